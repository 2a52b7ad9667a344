"""FirstAgenda's JSON and page: invented meetings here, and the 156 real ones beside the checkout."""

import json
import time as clock
from collections.abc import Iterator
from datetime import date, time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from semsearch.errors import DocumentError
from semsearch.parsing import encoding, parse
from semsearch.records import AgendaItem, Meeting, MeetingKind, SectionKind
from semsearch.text import normalise_case_number

KINDS = SectionKind


def point(number: int, title: str, html: str = "", **more: Any) -> dict[str, Any]:
    felter = [{"Navn": "", "Html": html, "Tekst": None, "Link": f"https://dagsorden.example/{number}"}]
    known = {"Number": str(number), "Navn": title, "SagsNummer": f"23-00{number}123", "IsOpen": False}
    return {**known, "Felter": felter, "Bilag": [], **more}


def publication(*points: dict[str, Any], **moede: Any) -> bytes:
    meeting = {
        "Dato": "2023-05-08T17:00:00+02:00",
        "Sted": "Salen",
        "Afsluttet": True,
        "Moededeltagere": [
            {"Name": "Ane Birk", "Absent": False, "ParticipationCancelled": False},
            {"Name": "Bo Dal", "Absent": True, "ParticipationCancelled": False},
            {"Name": "Cilla Eng", "Absent": False, "ParticipationCancelled": True},
        ],
    }
    data = {
        "Udvalg": {"Navn": ".Teknisk Udvalg "},
        "Moede": {**meeting, **moede},
        "Dagsordenpunkter": list(points),
    }
    return json.dumps(data).encode()


def read(*points: dict[str, Any], **moede: Any) -> Meeting:
    return parse(publication(*points, **moede), "invented.json")


def outline(item: AgendaItem) -> list[tuple[SectionKind, str]]:
    return [(section.kind, section.heading) for section in item.sections]


def rendered(html: str) -> str:
    """The text of a piece of HTML as it stands in a section."""
    meeting = read(point(1, "Plan", f"<h3>Resume</h3>{html}"))
    section = meeting.items[0].sections[0]
    return meeting.text[section.body_start : section.end].strip()


def test_head_of_the_meeting() -> None:
    meeting = read(point(1, "Plan"))
    assert (meeting.committee, meeting.date, meeting.start) == ("Teknisk Udvalg", date(2023, 5, 8), time(17))
    assert (meeting.place, meeting.participants, meeting.kind) == (
        "Salen",
        ("Ane Birk",),
        MeetingKind.MINUTES,
    )
    assert meeting.text.startswith(
        "REFERAT Teknisk Udvalg d. 08-05-2023\n\nMødedato: mandag d. 8. maj 2023 kl. 17:00\n"
    )


def test_item_with_all_that_belongs_to_it() -> None:
    html = """<div id='sagsfremstillingContainer'><div><h3>Beslutning</h3><span>Godkendt</span></div>
    <h3>Fremstilling</h3><span class='ukendt'>
    <div> <h3> <div> <h3><span>Sagsprocedure</span></h3> </div> </h3>
    </div>    <div>Teknisk Udvalg.</div> <h2>Resume</h2> <div>Kort.</div> <h3></h3><h3> </h3>
    <p><strong>Indstilling</strong></p>    <ol><li>at A</li><li>at B</li></ol>
    <h4>Økonomiske\r\nkonsekvenser</h4><h4>Sagen koster ikke kommunen noget.</h4></span>
    <h3>Sagens forløb</h3><span class='sagsforloeb'><u>01-05-2023 Udvalget</u><br>
    <h3>Beslutning</h3>Udsat<br></span></div>"""
    meeting = read(point(3, "Plan ", html, Bilag=[{"Navn": "Kort over havnen"}, {"Navn": "Notat"}]))
    (item,) = meeting.items
    assert (item.number, item.title, item.case_number) == (3, "Plan", "23-003123")
    assert item.url == "https://dagsorden.example/3"
    assert outline(item) == [
        (KINDS.DECISION, "Beslutning"),
        (KINDS.OTHER, "Sagsprocedure"),
        (KINDS.SUMMARY, "Resume"),
        (KINDS.RECOMMENDATION, "Indstilling"),
        (KINDS.ECONOMY, "Økonomiske konsekvenser"),
        (KINDS.OTHER, "Sagens forløb"),
        (KINDS.ATTACHMENTS, "Bilag"),
    ]
    assert item.attachments == ("Kort over havnen", "Notat")
    assert "1. at A\n2. at B" in meeting.text
    assert meeting.text[item.start :].startswith("Punkt 3: Plan\n23-003123\n\nBeslutning\n\nGodkendt\n\n")
    assert meeting.text.endswith("Bilag\n- Kort over havnen\n- Notat")


def test_open_is_no_sign_and_closed_titles_hide_all() -> None:
    meeting = read(
        point(1, "Åbent", "<h3>Resume</h3>Synligt", IsOpen=False),
        point(2, "Lukket: Salg", "<h3>Beslutning</h3>Hemmeligt", IsOpen=True, Bilag=[{"Navn": "Skøde"}]),
        point(3, "Lukkedage", "<h3>Resume</h3>Synligt"),
    )
    assert [item.closed for item in meeting.items] == [False, True, False]
    closed = meeting.items[1]
    assert (closed.title, closed.case_number, closed.url) == ("Lukket: Salg", "23-002123", None)
    assert (closed.sections, closed.attachments) == ((), ())
    assert "Hemmeligt" not in meeting.text
    assert "Skøde" not in meeting.text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Et&nbsp;<b>to</b>\n tre</p><p>fire<br>fem<br><br>seks</p>", "Et to tre\n\nfire\nfem\n\nseks"),
        ("<span>V</span><span>isitation</span>", "Visitation"),
        (
            "<p>A</p><ul><li>et</li><li><p>to</p><ul><li>tre</li></ul></li></ul><p>B</p>",
            "A\n\n- et\n- to\n  - tre\n\nB",
        ),
        ("<ol start=3><li>c</li><li>4. d</li><li value=9>e</li></ol>", "3. c\n4. d\n9. e"),
        ("<ol type=a><li>x</li><li>y</li></ol><ol type=i><li>z</li></ol>", "a. x\nb. y\n\ni. z"),
        (
            "<table><tr><th>Å<br>r</th><th>kr.</th></tr>"
            "<tr><td><p>2023</p><p>A</p></td><td></td><td>7</td></tr></table>",
            "Å r | kr.\n2023 A |  | 7",
        ),
        ("<table><tr><td>En</td></tr><tr><td>To</td></tr></table>", "En\n\nTo"),
        (
            "<table><tr><td>Ydre</td><td>"
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></td></tr></table>",
            "Ydre\n\na | b\nc | d",
        ),
        ("<table><tr><td><ul><li>a</li><li>b</li></ul></td><td>c</td></tr></table>", "a b | c"),
        ("<p>Se <a href='https://x.example'>siden</a><img src='data:image/png;base64,AAAA'></p>", "Se siden"),
        ("m<sup>2</sup><script>x</script><style>y</style><!-- z -->", "m2"),
        ("blød\u00adt og nul\u200bbredde", "blødt og nulbredde"),
    ],
)
def test_rendering(html: str, text: str) -> None:
    assert rendered(html) == text


def test_what_is_no_section_heading() -> None:
    html = """<h3>Resume</h3><p>Kort</p><h4>2023</h4><h3>Sæbehuset</h3><p>Mere</p><ul><li>Økonomi</li></ul>
    <table><tr><td><h4>Økonomi</h4></td><td><strong>Bilag</strong></td></tr></table>
    <p>Om <b>Indstilling</b> og mere</p>"""
    (item,) = read(point(1, "Plan", html)).items
    assert outline(item) == [(KINDS.SUMMARY, "Resume")]


def test_text_instead_of_html() -> None:
    field = {"Navn": "Indstilling", "Html": None, "Tekst": "At planen\u00a0godkendes.\r\nStraks."}
    meeting = read(point(1, "Plan", Felter=[field]))
    assert outline(meeting.items[0]) == [(KINDS.RECOMMENDATION, "Indstilling")]
    assert meeting.text.endswith("At planen godkendes.\nStraks.")


def test_an_unfinished_meeting_without_decisions_is_an_agenda() -> None:
    meeting = read(point(1, "Plan", "<h3>Indstilling</h3><p>At den godkendes.</p>"), Afsluttet=False)
    assert meeting.kind is MeetingKind.AGENDA
    assert meeting.text.startswith("DAGSORDEN ")


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"Dagsordenpunkter": []}',
        publication(),
        publication(point(1, "A"), Dato=None),
        publication(point(1, "A"), Dato="i morgen"),
        b'{"a":' * 100_000,
        publication(point(1, "A", "<div>" * 1_000_000)),
        publication(point(1, "A", "<b><p>" * 500_000)),
    ],
)
def test_damaged_publications_are_refused(data: bytes) -> None:
    began = clock.perf_counter()
    with pytest.raises(DocumentError) as refused:
        parse(data, "invented.json")
    assert "invented.json" in refused.value.message
    assert refused.value.hint
    assert clock.perf_counter() - began < 20


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 9_000 + "dybt",
        "<table><tr><td>" * 3_000 + "dybt",
        "<ul><li>" * 4_000 + "dybt",
        "<p>dybt " + "x" * 5_000_000,
    ],
)
def test_odd_html_is_read(html: str) -> None:
    assert "dybt" in rendered(html)


def test_odd_values_are_read() -> None:
    odd = {"Number": None, "Navn": None, "Felter": None, "Bilag": [None, {"Navn": 7}], "SagsNummer": ["x"]}
    meeting = read(odd, point(2, "B\ud800", "<p>\ud800x</p>"))
    assert [(item.number, item.title) for item in meeting.items] == [(1, "Punkt 1"), (2, "B")]
    assert meeting.text.encode()


PAGE = """<!DOCTYPE html><html><head><title>x</title></head><body><nav>Menu</nav>
<h1 class="dato">Referat mandag d. 8. maj 2023</h1><span class="udvalg">Teknisk Udvalg</span>
<span class="dato">8. maj 2023 kl. 17.00</span><span class="sted">Salen</span>
<ul class="deltagere"><li>Ane Birk</li></ul>
<table>
<tr class="punktrow"><td>4</td><td><h2 class="overskrift">Plan</h2><span class="sagsnummer">23-004123</span>
<div class="details"><div class="punkt"><h3>Beslutning</h3><p>Godkendt.</p></div>
<div class="punkt"><h3>Resume</h3>Kort
<ul class="bilag"><li><a href="/x.pdf">Kort over havnen</a></li></ul></div></div></td></tr>
<tr class="punktrow lukket"><td>5</td><td><h2 class="overskrift">Salg</h2>
<span class="sagsnummer">23-005123</span></td></tr>
<tr><td class="details"><div class="punkt"><h3>Resume</h3>Hemmeligt</div></td></tr>
</table></body></html>"""


def test_page() -> None:
    meeting = parse(PAGE.encode(), "side.html")
    assert (meeting.committee, meeting.date, meeting.start) == ("Teknisk Udvalg", date(2023, 5, 8), time(17))
    assert (meeting.place, meeting.participants) == ("Salen", ("Ane Birk",))
    first, second = meeting.items
    assert (first.number, first.title, first.case_number) == (4, "Plan", "23-004123")
    assert [kind for kind, _ in outline(first)] == [KINDS.DECISION, KINDS.SUMMARY, KINDS.ATTACHMENTS]
    assert first.attachments == ("Kort over havnen",)
    assert (second.number, second.closed, second.sections) == (5, True, ())
    assert "Hemmeligt" not in meeting.text
    assert "Menu" not in meeting.text


def test_any_other_page() -> None:
    html = """<html><body><h1>Referat fra Teknisk Udvalg</h1><p>Mødedato: 8. maj 2023</p>
    <h2>Punkt 1: Plan</h2><p>23/1234</p>
    <h3>Indstilling</h3><p>At den godkendes.</p><p><b>Beslutning</b></p><p>Godkendt.</p></body></html>"""
    meeting = parse(html.encode(), "side.html")
    assert [(item.number, item.title, item.case_number) for item in meeting.items] == [(1, "Plan", "23/1234")]
    assert [kind for kind, _ in outline(meeting.items[0])] == [KINDS.RECOMMENDATION, KINDS.DECISION]


class _Words(HTMLParser):
    """Another way to the words of HTML: the standard library's parser, with a break at every block."""

    BLOCKS = frozenset("p div br li ul ol table tr td th h1 h2 h3 h4 h5 h6 tbody thead".split())

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)
        self.words = encoding.clean("".join(self.parts)).split()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@pytest.fixture(scope="module")
def greve(shared: Path) -> list[tuple[dict[str, Any], Meeting]]:
    files = sorted((shared / "greve").glob("*.json"))
    return [(json.loads(f.read_bytes()), parse(f.read_bytes(), f.name, include_closed=True)) for f in files]


def pairs(
    greve: list[tuple[dict[str, Any], Meeting]],
) -> Iterator[tuple[dict[str, Any], Meeting, AgendaItem]]:
    for data, meeting in greve:
        for source, item in zip(data["Dagsordenpunkter"], meeting.items, strict=True):
            yield source, meeting, item


def test_real_meetings_are_whole(greve: list[tuple[dict[str, Any], Meeting]]) -> None:
    assert len(greve) == 156
    for data, meeting in greve:
        assert meeting.date.isoformat() == data["Moede"]["Dato"][:10]
        assert meeting.committee == data["Udvalg"]["Navn"].strip(" .")
        for one, following in pairwise(meeting.items):
            assert one.end <= following.start
        for item in meeting.items:
            for section, after in pairwise(item.sections):
                assert section.end == after.start
            if item.sections:
                head = meeting.text[item.start : item.sections[0].start].split("\n")
                assert [line for line in head if line] == [
                    f"Punkt {item.number}: {item.title}",
                    *filter(None, [item.case_number]),
                ]
                assert item.sections[-1].end == item.end
    for source, _, item in pairs(greve):
        assert str(item.number) == source["Number"]
        assert item.case_number == (normalise_case_number(source["SagsNummer"] or "") or None)
        assert item.closed == source["Navn"].startswith("Lukket")


def test_real_meetings_lose_no_word(greve: list[tuple[dict[str, Any], Meeting]]) -> None:
    for source, meeting, item in pairs(greve):
        words = [word for field in source["Felter"] for word in _Words(field["Html"] or "").words]
        found = iter(meeting.text[item.start : item.end].split())
        lost = [word for word in words if word not in found]  # each search goes on where the last one ended
        assert not lost, f"{meeting.date} {item.number}: {lost[:5]}"


def test_real_sections_are_those_of_the_template(greve: list[tuple[dict[str, Any], Meeting]]) -> None:
    for source, meeting, item in pairs(greve):
        html = " ".join(field["Html"] or "" for field in source["Felter"])
        own = [section for section in item.sections if section.kind is KINDS.DECISION]
        assert len(own) == ("<h3>Beslutning</h3>" in html), f"{meeting.date} {item.number}"
        history = [section for section in item.sections if section.heading == "Sagens forløb"]
        assert [section.kind for section in history] == [KINDS.OTHER] * ("sagsforloeb" in html)
        assert all("<" not in section.heading and "\n" not in section.heading for section in item.sections)


def test_real_text_reads_the_same_as_text(greve: list[tuple[dict[str, Any], Meeting]]) -> None:
    """What the JSON is laid out as is itself a document in the layout of printed minutes."""
    different = 0
    for _, meeting in greve:
        again = parse(meeting.text.encode(), "x.txt", include_closed=True)
        assert (again.text, again.committee, again.date, again.start) == (
            meeting.text,
            meeting.committee,
            meeting.date,
            meeting.start,
        )
        assert (again.place, again.participants, again.kind) == (
            meeting.place,
            meeting.participants,
            meeting.kind,
        )
        for one, other in zip(meeting.items, again.items, strict=True):
            assert (one.number, one.title, one.case_number, one.closed) == (
                other.number,
                other.title,
                other.case_number,
                other.closed,
            )
            different += one.sections != other.sections
    assert different <= 3  # "Kommunikation." is a heading only by its look
