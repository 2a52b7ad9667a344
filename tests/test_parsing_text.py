"""Minutes as plain and Markdown-like text: invented layouts, and the real ones beside the checkout."""

import json
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from semsearch.errors import DocumentError
from semsearch.parsing import parse
from semsearch.records import AgendaItem, Meeting, MeetingKind, SectionKind

HEADER = """REFERAT Teknisk Udvalg d. 04-09-2023

Mødedato Mandag d. 4. september 2023 kl. 08:30

Mødested Mødelokale 3

Mødedeltagere Ane Birk, Bo Dal, Cilla Eng Falk
(sekretær)
"""
KINDS = SectionKind


def read(text: str) -> Meeting:
    return parse(text.encode(), "invented.txt")


def minutes(items: str, header: str = HEADER) -> Meeting:
    return read(f"{header}\n{items}")


def outline(item: AgendaItem) -> list[tuple[SectionKind, str]]:
    return [(section.kind, section.heading) for section in item.sections]


def body(meeting: Meeting, item: int, section: int) -> str:
    found = meeting.items[item].sections[section]
    return meeting.text[found.body_start : found.end]


def assert_tiled(meeting: Meeting) -> None:
    """Items lie in order and apart; the sections of an item lie end to end up to its end."""
    at = 0
    for item in meeting.items:
        assert at <= item.start < item.end <= len(meeting.text)
        at = item.end
        for section, following in zip(item.sections, item.sections[1:], strict=False):
            assert section.end == following.start
        for section in item.sections:
            assert item.start < section.start <= section.body_start <= section.end
            heading = meeting.text[section.start : section.body_start]
            assert not section.heading or section.heading in heading.replace("*", "").replace("\\", "")
        if item.sections:
            assert item.sections[-1].end == item.end
            assert not meeting.text[item.end - 1].isspace()


ITEM = """Punkt 1: Vinterberedskab

23/1234

Baggrund

Kommunen salter om vinteren.

Indstilling

at udvalget tager orienteringen til efterretning.

Beslutning Teknisk Udvalg den 04-09-2023

Taget til efterretning.

Sagsfremstilling

Der saltes på 412 km vej.

Saltlageret

Lageret er fyldt.

Økonomi

Ingen bemærkninger.

Bilag

Rutekort 2023.pdf

Aftale med entreprenøren
"""


def test_header() -> None:
    meeting = minutes(ITEM)
    assert (meeting.committee, meeting.date, meeting.start) == (
        "Teknisk Udvalg",
        date(2023, 9, 4),
        time(8, 30),
    )
    assert meeting.place == "Mødelokale 3"
    assert meeting.participants == ("Ane Birk", "Bo Dal", "Cilla Eng Falk (sekretær)")
    assert meeting.kind is MeetingKind.MINUTES


def test_item_and_its_sections() -> None:
    meeting = minutes(ITEM)
    (item,) = meeting.items
    assert (item.number, item.title, item.case_number, item.closed) == (
        1,
        "Vinterberedskab",
        "23/1234",
        False,
    )
    assert outline(item) == [
        (KINDS.BACKGROUND, "Baggrund"),
        (KINDS.RECOMMENDATION, "Indstilling"),
        (KINDS.DECISION, "Beslutning Teknisk Udvalg den 04-09-2023"),
        (KINDS.PRESENTATION, "Sagsfremstilling"),
        (KINDS.ECONOMY, "Økonomi"),
        (KINDS.ATTACHMENTS, "Bilag"),
    ]
    assert item.attachments == ("Rutekort 2023.pdf", "Aftale med entreprenøren")
    assert body(meeting, 0, 2).strip() == "Taget til efterretning."
    assert "Saltlageret" in body(meeting, 0, 3)  # a heading of its own, yet no section
    assert_tiled(meeting)


def test_title_that_begins_with_a_number() -> None:
    meeting = minutes("Punkt 1: 1. budgetopfølgning\n\n23/1\n\nBaggrund\n\nTekst.\n")
    assert [(item.number, item.title) for item in meeting.items] == [(1, "1. budgetopfølgning")]


def test_a_year_alone_on_a_line_is_text() -> None:
    meeting = minutes("Punkt 1: Puljen\n\n23/17\n\nSagsfremstilling\n\n2017\n\n2018\n\nPuljen er brugt.\n")
    assert len(meeting.items) == 1
    assert body(meeting, 0, 0).split() == ["2017", "2018", "Puljen", "er", "brugt."]


def test_punkt_as_the_head_of_a_table() -> None:
    rows = "Punkt\tDisponering af puljen\treference\t2017\n1.1\tSkærme\t20.3.17\t700\n2\tStole\t\t40\n"
    meeting = minutes(f"Punkt 1: Puljen\n\n23/17\n\nSagsfremstilling\n\n{rows}\nPunkt 2: Evt.\n\n23/18\n")
    assert [item.title for item in meeting.items] == ["Puljen", "Evt."]
    assert rows.strip() in body(meeting, 0, 0)


def test_headings_within_running_text_are_text() -> None:
    text = (
        "Udvalget fandt, at indstilling og beslutning hænger sammen, og at sagen derfor kræver en ny\n"
        "Økonomi\n"
        "og en ny plan. Bilag: se nedenfor. Beslutning kan træffes senere.\n"
    )
    meeting = minutes(f"Punkt 1: Plan\n\n23/17\n\nSagsfremstilling\n\n{text}\nØkonomi\n\nIngen.\n")
    assert [kind for kind, _ in outline(meeting.items[0])] == [KINDS.PRESENTATION, KINDS.ECONOMY]
    assert body(meeting, 0, 0).strip() == text.strip()


def test_the_last_word_of_a_wrapped_line_is_no_heading() -> None:
    text = "Udvalget besluttede at sende forslaget til ny plan for havnen og byens torv i\nhøring\n\nMere."
    meeting = minutes(f"Punkt 1: Plan\n\n23/17\n\nSagsfremstilling\n\n{text}\n")
    assert [kind for kind, _ in outline(meeting.items[0])] == [KINDS.PRESENTATION]


def test_a_short_number_under_the_title_is_no_case() -> None:
    meeting = minutes("Punkt 1: Plan\n\nSag 12\n\nBaggrund\n\nTekst.\n")
    (item,) = meeting.items
    assert (item.number, item.title, item.case_number) == (1, "Plan", None)
    assert [kind for kind, _ in outline(item)] == [KINDS.OTHER, KINDS.BACKGROUND]


def test_text_under_the_case_belongs_to_the_item() -> None:
    meeting = minutes("Punkt 1: Plan\n\n23/17\n\nÅbent hus holdes den 4. maj.\n\nBaggrund\n\nTekst.\n")
    assert body(meeting, 0, 0).strip() == "Åbent hus holdes den 4. maj."


def test_contents_are_skipped() -> None:
    contents = (
        "Indholdsfortegnelse\n\n1. budgetopfølgning.....\t3\nLukket.....\t4\nPunkt 3 og 4 i aftalen ..... 5\n"
    )
    items = "".join(
        f"Punkt {number}: {title}\n\n23/{number}{number}{number}\n\n"
        for number, title in enumerate(("1. budgetopfølgning", "Lukket", "Punkt 3 og 4 i aftalen"), 1)
    )
    meeting = minutes(contents + "\n" + items)
    assert [item.title for item in meeting.items] == [
        "1. budgetopfølgning",
        "Lukket",
        "Punkt 3 og 4 i aftalen",
    ]
    assert meeting.participants[-1] == "Cilla Eng Falk (sekretær)"


def test_numbered_points_of_a_decision_are_no_items() -> None:
    decision = "Beslutning\n\nPunkt 1: Godkendt\n\nPunkt 2: Afvist\n\nPunkt 3: Udsat\n"
    meeting = minutes(f"Punkt 1: A\n\n23/111\n\n{decision}\nPunkt 2: B\n\n23/222\n\nPunkt 3: C\n\n23/333\n")
    assert [item.title for item in meeting.items] == ["A", "B", "C"]
    assert "Afvist" in body(meeting, 0, 0)


def test_history_is_not_the_decision() -> None:
    items = (
        "Punkt 1: Lokalplan\n\n23/111\n\nBeslutning Byrådet den 04-09-2023\n\nGodkendt.\n\nSagens forløb\n\n"
        "21-08-2023 Teknisk Udvalg\n\nBeslutning\n\nAnbefales.\n\n"
        "Beslutning Økonomiudvalget den 28-08-2023\n\nAfvist.\n\nBilag\n\nKort\n"
    )
    meeting = minutes(items, HEADER.replace("Teknisk Udvalg", "Byrådet"))
    assert [kind for kind, _ in outline(meeting.items[0])] == [KINDS.DECISION, KINDS.OTHER, KINDS.ATTACHMENTS]
    assert "Afvist" in body(meeting, 0, 1)


def test_decisions_of_other_bodies_are_history() -> None:
    items = (
        "Punkt 1: Lokalplan\n\n23/111\n\nBeslutning Teknisk Udvalg den 21-08-2023\n\nAnbefales.\n\n"
        "Beslutning Økonomiudvalget den 28-08-2023\n\nAnbefales.\n\n"
        "Beslutning Byrådet den 04-09-2023\n\nGodkendt.\n"
    )
    meeting = minutes(items, HEADER.replace("Teknisk Udvalg", "Byrådet"))
    assert [kind for kind, _ in outline(meeting.items[0])] == [KINDS.OTHER, KINDS.OTHER, KINDS.DECISION]


def test_a_misprinted_day_in_the_only_decision_does_no_harm() -> None:
    meeting = minutes("Punkt 1: Plan\n\n23/111\n\nBeslutning Teknisk Udvalg den 03-09-2023\n\nGodkendt.\n")
    assert outline(meeting.items[0]) == [(KINDS.DECISION, "Beslutning Teknisk Udvalg den 03-09-2023")]


def test_an_empty_wrapper_heading_is_no_section() -> None:
    meeting = minutes("Punkt 1: Plan\n\n23/111\n\nFremstilling\n\nResume\n\nKort.\n\nFremstilling\n\nLang.\n")
    assert outline(meeting.items[0]) == [(KINDS.SUMMARY, "Resume"), (KINDS.PRESENTATION, "Fremstilling")]
    assert body(meeting, 0, 0).strip() == "Kort."
    assert_tiled(meeting)


def test_closed_items_hold_no_text() -> None:
    secret = "Baggrund\n\nKøb af Hemmelighedsvej 7.\n\nBilag\n\nSkøde.pdf\n"
    closed_item = f"Punkt 2: Lukket: Køb\n\n23/222\n\n{secret}"
    shown = f"Punkt 1: A\n\n23/111\n\n{closed_item}\nPunkt 3: C\n\n23/333\n\nBaggrund\n\nX.\n"
    meeting = minutes(shown)
    closed = meeting.items[1]
    assert (closed.number, closed.title, closed.case_number, closed.closed) == (
        2,
        "Lukket: Køb",
        "23/222",
        True,
    )
    assert (closed.sections, closed.attachments) == ((), ())
    assert "Hemmelighedsvej" not in meeting.text
    assert "Skøde" not in meeting.text
    assert meeting.text[closed.start : closed.end] == "Punkt 2: Lukket: Køb\n\n23/222"
    assert body(meeting, 2, 0).strip() == "X."
    everything = parse(f"{HEADER}\n{shown}".encode(), "x.txt", include_closed=True)
    assert everything.items[1].attachments == ("Skøde.pdf",)
    assert "Hemmelighedsvej" in everything.text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80), st.integers(0, 3))
@example("<HTML", 0)
def test_what_a_closed_item_says_changes_nothing(secret: str, gap: int) -> None:
    def document(words: str) -> str:
        return f"{HEADER}\nPunkt 1: A\n\n23/111\n\nPunkt 2: Lukket\n\n23/222\n{words}\nPunkt 3: C\n\n23/333\n"

    blanks = "\n" * gap
    assert read(document(f"\n\nBaggrund\n\n{secret}\n{blanks}")) == read(document(""))


def test_markdown_marks() -> None:
    text = """# **REFERAT Direktionen d. 12-02-2016**

**Mødedato** Fredag d. 12. februar 2016 kl. 11:00

## **Punkt 1: Forslag til Cykelrådsgiverens ruter**

16/0512

### **Bilag**

48213-16\\_v1\\_TU - sag.pdf

# Forslag til Cykelrådgiverens ruter

## Baggrund

Tekst med **fed** og *kursiv*.

<b>Drift</b>\t<b>550</b>\t<b>557</b>
Økonomi\t4\t5

### INDSTILLING

---

At planen godkendes.

**ØKONOMI**

Ingen.
"""
    meeting = read(text)
    (item,) = meeting.items
    assert [kind for kind, _ in outline(item)] == [
        KINDS.ATTACHMENTS,
        KINDS.BACKGROUND,
        KINDS.RECOMMENDATION,
        KINDS.ECONOMY,
    ]
    assert item.attachments == ("48213-16_v1_TU - sag.pdf",)
    assert meeting.text == text
    assert_tiled(meeting)


def test_a_misread_title_is_outvoted_by_the_contents_and_the_title_printed_again() -> None:
    text = """# **REFERAT Direktionen d. 12-02-2016**

## Indholdsfortegnelse

Forslag til Cykelrådgiverens ruter.....\t22
Evt......\t24

## **Punkt 1: Forslag til Cykelrådsgiverens ruter**

16/0512

# Forslag til Cykelrådgiverens ruter

## Baggrund

Tekst.

## **Punkt 2: Evt.**

16/0513
"""
    assert read(text).items[0].title == "Forslag til Cykelrådgiverens ruter"


KLIMA = """Referat af møde i Klima- og Planudvalget
Den 09.01.2020 kl. 13:00
Mødested: Teknikgården
Til stede: Ane Birk (A), Bo Dal (V) og Cilla Eng (F)
Fraværende: Dan Fisk (O)

1. Godkendelse af dagsorden (B)
Sagsnr.: 330-2018-3619 Dok.nr.: 330-2019-700100 Åbent
Beslutning i Klima- og Planudvalget den 9. januar 2020:
Godkendt.

2. Klimaplan med et navn som er så langt at det må fortsætte
på den næste linje (O)
Sagsnr.: 330-2019-55 Dok.nr.: 330-2019-700101 Åbent
Kompetence: Fagudvalg
Indstilling
1. at planen godkendes
2. at den sendes i høring
Retligt grundlag
Planloven.
Økonomiske og personalemæssige konsekvenser
Ingen.

Lukkede punkter

3. Køb af jord (B)
Sagsnr.: 330-2019-56 Dok.nr.: 330-2019-700102 Lukket
Jorden koster 7 mio. kr.
"""


def test_layout_with_document_numbers() -> None:
    meeting = read(KLIMA)
    assert (meeting.committee, meeting.date) == ("Klima- og Planudvalget", date(2020, 1, 9))
    assert meeting.start == time(13)
    assert meeting.participants == ("Ane Birk (A)", "Bo Dal (V)", "Cilla Eng (F)")
    first, second, third = meeting.items
    assert (first.title, first.case_number) == ("Godkendelse af dagsorden (B)", "330-2018-3619")
    assert [kind for kind, _ in outline(first)] == [KINDS.DECISION]
    assert second.title == "Klimaplan med et navn som er så langt at det må fortsætte på den næste linje (O)"
    assert [kind for kind, _ in outline(second)] == [KINDS.RECOMMENDATION, KINDS.OTHER, KINDS.ECONOMY]
    assert (third.closed, third.case_number, third.sections) == (True, "330-2019-56", ())
    assert "7 mio." not in meeting.text
    assert_tiled(meeting)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Punkt 7: Havnen\n\n22-004579\n", "Havnen"),
        ("Punkt 7. Havnen\nSagsnr. 22-004579\n", "Havnen"),
        ("PUNKT 7 - Havnen\nJ.nr.: 22-004579\n", "Havnen"),
        ("Pkt. 7 Havnen\nSag: 22-004579\n", "Havnen"),
        ("7. Havnen\nSagsnr: 22-004579\nSagsbehandler: abc\n", "Havnen"),
        ("7 Havnen\n\nSagsnummer: 22-004579\n", "Havnen"),
        ("Sag nr. 7, Beslutningskompetence: KB\nJ.nr. 22-004579\nHavnen\n", "Havnen"),
        ("Havnen\nSag nr. 7, Beslutningskompetence: KB\nJ.nr. 22-004579\n", "Havnen"),
        ("Punkt 7\nHavnen\n22-004579\n", "Havnen"),
        ("Punkt 7: Havnen\nSag nr. 130, Beslutningskompetence: KB\nJ.nr. 22-004579\n", "Havnen"),
        ("7. Havnen (22-004579)\n", "Havnen (22-004579)"),
    ],
)
def test_ways_to_number_an_item(head: str, title: str) -> None:
    meeting = minutes(f"{head}\nIndstilling\n\nAt den renses.\n\nBeslutning\n\nGodkendt.\n")
    (item,) = meeting.items
    assert (item.number, item.title, item.case_number) == (7, title, "22-004579")
    assert [kind for kind, _ in outline(item)] == [KINDS.RECOMMENDATION, KINDS.DECISION]


def test_an_item_may_have_nothing_but_its_number() -> None:
    meeting = minutes("Punkt 1\n\n23/111\n\nPunkt 2: B\n\n23/222\n\nBaggrund\n\nX.\n\nPunkt 3\n")
    assert [(item.title, item.case_number) for item in meeting.items[:2]] == [
        ("Punkt 1", "23/111"),
        ("B", "23/222"),
    ]
    assert_tiled(meeting)


def test_items_without_numbers_are_counted() -> None:
    meeting = minutes(
        "Havnen\n\nSagsnr.: 22/100\n\nBeslutning\n\nGodkendt.\n\n"
        "Søen\n\nSagsnr.: 22/200\n\nIndstilling\n\nX.\n"
    )
    assert [(i.number, i.title, i.case_number) for i in meeting.items] == [
        (1, "Havnen", "22/100"),
        (2, "Søen", "22/200"),
    ]


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("17/7354", "17/7354"),
        ("22-004579", "22-004579"),
        ("19-022821K", "19-022821K"),
        ("330-2018-3619", "330-2018-3619"),
        ("306-2009-600", "306-2009-600"),
        ("SAG-2024-12345", "SAG-2024-12345"),
        ("Sagsnr.: SAG-2024-12345", "SAG-2024-12345"),
        ("J.nr. 01.02.03-P16-12-19", "01.02.03-P16-12-19"),
        ("Sag nr. 17/163", "17/163"),
        ("sagsnr. 19 – 022821k", "19-022821K"),
    ],
)
def test_case_numbers(printed: str, number: str) -> None:
    meeting = minutes(f"Punkt 1: Plan\n\n{printed}\n\nBaggrund\n\nTekst.\n")
    assert meeting.items[0].case_number == number


def test_an_agenda_is_told_from_minutes() -> None:
    agenda = minutes(
        "Punkt 1: Plan\n\n23/111\n\nIndstilling\n\nAt den godkendes.\n",
        HEADER.replace("REFERAT", "DAGSORDEN"),
    )
    assert agenda.kind is MeetingKind.AGENDA


@pytest.mark.parametrize(
    "line",
    [
        "Mødedato: mandag den 4. september 2023",
        "Den 04.09.2023 kl. 13.00",
        "Dato: 2023-09-04",
        "Mandag 4/9 2023",
    ],
)
def test_days(line: str) -> None:
    meeting = read(f"Referat fra Byrådet\n{line}\n\nPunkt 1: Plan\n\n23/111\n")
    assert (meeting.committee, meeting.date) == ("Byrådet", date(2023, 9, 4))


@pytest.mark.parametrize(
    "text", ["", " \n\n", "Kære alle\n\nTak for sidst.\n", "1. Pisk æggene\n2. Bag kagen\n"]
)
def test_what_is_no_minutes_is_refused(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read(text)
    assert "invented.txt" in refused.value.message
    assert refused.value.hint


def test_encodings_and_line_ends_give_the_same_meeting() -> None:
    import unicodedata

    text = f"{HEADER}\n{ITEM}"
    expected = read(text)
    for data in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("latin-1"),
        text.encode("cp1252"),
        text.replace("\n", "\r\n").encode(),
        unicodedata.normalize("NFD", text).encode(),
        text.encode().decode("cp1252").encode(),
    ):
        assert parse(data, "x.txt") == expected


@pytest.mark.parametrize(
    "data", [b"\x00" * 5_000_000, b"x" * 5_000_000, bytes(range(256)) * 20_000, b"\x89PNG\r\n" + b"\x00" * 99]
)
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        parse(data, "x.txt")


@pytest.mark.parametrize(
    "text",
    [
        "Punkt 1: A\n\n23/111\n\nBaggrund\n\n" + "ord " * 1_200_000,
        "".join(f"Punkt {number}: A\n\n23/111\n\nBilag\n\na\n\nb\n\n" for number in range(1, 20_000)),
        "".join(f"{number % 997}. A\n" for number in range(100_000)),
        "Punkt 1: A\n\n23/111\n\nBilag\n" + "- navn\n" * 100_000,
        "Punkt 1: A\n\n23/111\n\n# " + " " * 3_000_000 + "x",
        "Punkt 1: A\n\n23/111\n\na" + "\u0301\u0316" * 1_000_000,
        "Punkt 1: A\n\n23/111\n\n# A" + "\t" * 100_000 + "9",
        "Punkt 1: A\n\n23/111\n\n# A" + "# " * 100_000 + "9",
        "Punkt 1: A\n\n23/111\n\n" + f"kl.{' ' * 280}15:00\n{'. ' * 140}x\n" * 10,
    ],
)
def test_large_documents_take_seconds(text: str) -> None:
    assert minutes(text).items


def test_seeds_agree_with_their_truth_table(shared: Path) -> None:
    truth = [
        json.loads(line) for line in (shared / "eval/items.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    found = [
        {
            "meeting_date": meeting.date.isoformat(),
            "committee": meeting.committee,
            "item_number": item.number,
            "case_number": item.case_number,
            "title": item.title,
            "closed": item.closed,
        }
        for meeting in map(read_file, sorted((shared / "seeds").iterdir()))
        for item in meeting.items
    ]
    by_place = [
        sorted(items, key=lambda item: (item["meeting_date"], item["item_number"]))
        for items in (truth, found)
    ]
    assert len(found) == 52
    assert by_place[0] == by_place[1]


def read_file(path: Path) -> Meeting:
    return parse(path.read_bytes(), path.name)


def test_sections_of_the_seeds(shared: Path) -> None:
    meetings = {meeting.date: meeting for meeting in map(read_file, sorted((shared / "seeds").iterdir()))}
    for meeting in meetings.values():
        assert_tiled(meeting)
        for item in meeting.items:
            kinds = [section.kind for section in item.sections]
            assert item.closed == (not kinds)
            assert kinds.count(KINDS.DECISION) <= 1
            assert all(section.heading for section in item.sections)
    budget = meetings[date(2017, 6, 19)].items[4]
    assert [kind for kind, _ in outline(budget)] == [
        KINDS.BACKGROUND,
        KINDS.RECOMMENDATION,
        KINDS.DECISION,
        KINDS.PRESENTATION,
        KINDS.ATTACHMENTS,
    ]
    assert len(meetings[date(2021, 3, 8)].participants) == 5
    assert len(meetings[date(2015, 3, 27)].items[0].attachments) == 23
