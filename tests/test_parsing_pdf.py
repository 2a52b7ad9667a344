"""PDF: written by hand where the place on the page matters, printed by real programs where installed."""

import re
import shutil
import subprocess
from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import as_html, facts, words_of
from pdfs import Rule, Text, pdf
from test_parsing_docx import as_docx

from semsearch.errors import DocumentError
from semsearch.parsing import parse
from semsearch.parsing.paragraphs import Words
from semsearch.records import Meeting, SectionKind

KINDS = SectionKind
CORPUS = Path(__file__).parents[1] / "corpus"


def page(*lines: str | Text | Rule, top: float = 780, step: float = 12) -> list[Text | Rule]:
    """Set lines below each other; "" leaves a line free, "# " begins a heading."""
    drawn: list[Text | Rule] = []
    for line in lines:
        if not isinstance(line, str):
            drawn.append(line)
            continue
        if line.startswith("# "):
            drawn.append(Text(60, top, line[2:], 13, bold=True))
        elif line:
            drawn.append(Text(60, top, line))
        top -= step
    return drawn


HEAD = (
    "# REFERAT Teknisk Udvalg d. 04-09-2023",
    "",
    "Mødedato: mandag d. 4. september 2023 kl. 08:30",
    "",
    "",
)
BROKEN = (
    "Kommunens vinterberedskab er klar til sæsonen, og der er ifølge Center for Vej nok af vej-",
    "salt på det store lager ved havnen. Lageret blev fyldt op i sommer, og det skal efter pla-",
    "nen række til april. Efter den seneste aftale kører entreprenøren ud, når det fryser på de",
)
LONG = "Der saltes om vinteren på alle de større veje i kommunen, og det sker som regel om natten, når"


def read(*pages: list[Text | Rule]) -> Meeting:
    return parse(pdf(pages), "x.pdf")


def body(meeting: Meeting, item: int = 0, section: int = 0) -> str:
    found = meeting.items[item].sections[section]
    return meeting.text[found.body_start : found.end].strip()


def test_headings_paragraphs_and_lists() -> None:
    meeting = read(
        page(
            *HEAD,
            *(
                "# Punkt 1: Vinter",
                "",
                "23/1234",
                "",
                "# Indstilling",
                "",
                "Det indstilles,",
                "1. at der saltes",
            ),
            *("2. at der skrabes", "", "# Sagsfremstilling", "", LONG, "det fryser. Så er vejene klar.", ""),
            *("Næste afsnit.", "", "# Økonomi", "", "Ingen."),
        )
    )
    (item,) = meeting.items
    assert (meeting.committee, meeting.date, meeting.start) == (
        "Teknisk Udvalg",
        date(2023, 9, 4),
        time(8, 30),
    )
    assert (item.number, item.title, item.case_number) == (1, "Vinter", "23/1234")
    assert [section.kind for section in item.sections] == [
        KINDS.RECOMMENDATION,
        KINDS.PRESENTATION,
        KINDS.ECONOMY,
    ]
    assert body(meeting) == "Det indstilles,\n\n1. at der saltes\n2. at der skrabes"
    assert body(meeting, section=1) == f"{LONG} det fryser. Så er vejene klar.\n\nNæste afsnit."


def test_heads_and_feet_of_pages_are_dropped_and_sentences_mended() -> None:
    def numbered(number: int, *lines: str) -> list[Text | Rule]:
        edges = (Text(60, 810, "Kommunen 2023"), Text(280, 40, f"Side {number} af 3"))
        return page(*edges, *lines)

    meeting = read(
        numbered(1, *HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Sagsfremstilling", "", LONG),
        numbered(2, "det fryser. Så er vejene klar.", "", LONG),
        numbered(3, "Vi salter igen om morgenen.", "", "# Punkt 2: Lukket", "", "23/1235"),
    )
    assert body(meeting) == f"{LONG} det fryser. Så er vejene klar.\n\n{LONG} Vi salter igen om morgenen."
    assert meeting.text.count("Kommunen 2023") == 1  # of the first page
    assert "Side" not in meeting.text
    assert [meeting.text[at:][:10] for at in meeting.pages] == ["Kommunen 2", "det fryser", "Vi salter "]


def test_what_stands_on_top_of_each_page_may_be_an_item() -> None:
    meeting = read(
        page(*HEAD, "# Punkt 1: Lukket", "", "23/1231"),
        *(page(f"# Punkt {number}: Lukket", "", f"23/123{number}") for number in range(2, 6)),
    )
    assert [(item.number, item.case_number) for item in meeting.items] == [
        (n, f"23/123{n}") for n in range(1, 6)
    ]


def test_closed_items_hold_no_text() -> None:
    meeting = read(
        page(*HEAD, "# Punkt 1: Lukket: Køb", "", "23/1231", "", "# Baggrund", "", "Hemmeligt."),
        page("Mere hemmeligt.", "", "# Punkt 2: Plan", "", "23/1232", "", "# Baggrund", "", "Synligt."),
    )
    assert [item.closed for item in meeting.items] == [True, False]
    assert "emmeligt" not in meeting.text
    assert body(meeting, 1) == "Synligt."
    assert meeting.text[meeting.pages[1] :].lstrip().startswith("Punkt 2: Plan")


def test_a_title_over_two_lines() -> None:
    long = Text(
        60, 700, "Punkt 1: Forslag til en ny plan for havnen og alle byens torve, sendt i", 15, bold=True
    )
    meeting = read([*page(*HEAD), long, *page("# høring", "", "23/1231", "", "# Høring", "", LONG, top=682)])
    assert meeting.items[0].title.endswith(
        "sendt i"
    )  # larger letters than the second line: not the same title
    same = Text(
        60, 700, "Punkt 1: Forslag til en ny plan for havnen og alle byens torve, sendt i", 13, bold=True
    )
    meeting = read([*page(*HEAD), same, *page("# høring", "", "23/1231", "", "# Høring", "", LONG, top=684)])
    assert meeting.items[0].title.endswith("sendt i høring")
    assert meeting.items[0].case_number == "23/1231"


def test_ruled_table() -> None:
    rules = [Rule(60, y, 400, y) for y in (600, 580, 550, 530)] + [
        Rule(x, 530, x, 600) for x in (60, 200, 300, 400)
    ]
    cells = [
        *(Text(64, 586, "Post"), Text(204, 586, "Drift"), Text(304, 586, "Anlæg")),
        *(Text(64, 568, "Vejsalt og"), Text(64, 556, "skrabning"), Text(304, 562, "7")),
        *(Text(64, 536, "Økonomi"), Text(204, 536, "3"), Text(304, 536, "4")),
    ]
    head = (*HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Sagsfremstilling", "", "Før.")
    meeting = read(page(*head, *rules, *cells, Text(60, 500, "Efter.")))
    table = "Post | Drift | Anlæg\nVejsalt og skrabning |  | 7\nØkonomi | 3 | 4"
    assert body(meeting) == f"Før.\n\n{table}\n\nEfter."


def test_a_frame_around_text_is_no_table() -> None:
    corners = ((50, 540), (500, 540), (500, 600), (50, 600), (50, 540))
    frame = [Rule(*one, *other) for one, other in pairwise(corners)]
    head = (*HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Baggrund", "")
    meeting = read(page(*head, *frame, Text(60, 580, "I rammen."), Text(60, 550, "Mere.")))
    assert body(meeting) == "I rammen.\n\nMere."


def test_table_without_rules() -> None:
    rows = (("Post", "Drift", "Anlæg"), ("Vejsalt", "3", ""), ("Skrabning", "", "7"))
    cells = [
        Text(x, 600 - 20 * number, cell)
        for number, row in enumerate(rows)
        for x, cell in zip((60, 200, 300), row, strict=True)
        if cell
    ]
    head = (*HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Sagsfremstilling", "", "Før.")
    meeting = read(page(*head, *cells, Text(64, 548, "om natten"), Text(60, 500, "Efter.")))
    table = "Post | Drift | Anlæg\nVejsalt | 3\nSkrabning om natten |  | 7"
    assert body(meeting) == f"Før.\n\n{table}\n\nEfter."


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("en bruger-", "undersøgelse viser", "en brugerundersøgelse viser"),
        ("børne-", "og ungeudvalget", "børne- og ungeudvalget"),
        ("drift-", "eller anlæg", "drift- eller anlæg"),
        ("drift-", "samt anlæg", "drift- samt anlæg"),
        ("Covid-", "19", "Covid-19"),
        ("Høje-", "Taastrup", "Høje-Taastrup"),
        ("en it-", "strategi", "en it-strategi"),
        ("en SHC-", "sag", "en SHC-sag"),
        ("et forslag -", "og et til", "et forslag - og et til"),
        ("et", "forslag", "et forslag"),
    ],
)
def test_hyphens_at_the_end_of_a_line(above: str, below: str, joined: str) -> None:
    assert Words().join(above, below) == joined


def test_words_of_the_document_decide_about_hyphens() -> None:
    assert (
        Words(["brugerundersøgelse"], hyphenated=False).join("bruger-", "undersøgelse")
        == "brugerundersøgelse"
    )
    assert Words(["leder-udvalg"]).join("leder-", "udvalg") == "leder-udvalg"
    assert Words(hyphenated=False).join("leder-", "udvalg") == "leder-udvalg"


def test_a_document_that_breaks_words() -> None:
    head = (*HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Baggrund", "")
    meeting = read(page(*head, *BROKEN, "store veje."))
    assert "nok af vejsalt på det store lager" in body(meeting)
    assert "efter planen række til april" in body(meeting)


def test_scanned_protected_and_damaged_files_are_named_as_such() -> None:
    whole = pdf([page(*HEAD, "# Punkt 1: Vinter", "", "23/1234")])
    key = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"00" * 32,
        b"00" * 32,
    )
    files = {
        "scanned": pdf([[Rule(0, 0, 500, 500)]] * 2),
        "password": pdf([page(*HEAD)], trailer=key),
        "damaged": whole[: len(whole) // 3],
        "no agenda": pdf([page("Tak for sidst.")]),
    }
    for word, data in files.items():
        with pytest.raises(DocumentError) as refused:
            parse(data, "x.pdf")
        assert word in refused.value.message
        assert "x.pdf" in refused.value.message
        assert refused.value.hint


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_mutated_file_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(pdf([page(*HEAD, "# Punkt 1: Vinter", "", "23/1234", "", "# Indstilling", "", LONG)]))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        assert parse(bytes(data), "x.pdf").items
    except DocumentError as refused:
        assert refused.hint


def print_page(source: Path) -> bytes:
    """Print a file as PDF with the program that opens it, or skip."""
    program = next(filter(None, map(shutil.which, _PROGRAMS[source.suffix])), None)
    if program is None:
        pytest.skip(f"none of {', '.join(_PROGRAMS[source.suffix])} is installed")
    target = source.with_suffix(".pdf")
    if source.suffix == ".html":
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--print-to-pdf={target}",
            str(source),
        ]
    else:
        command = [program, "--headless", "--convert-to", "pdf", "--outdir", str(target.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=source.parent)
    return target.read_bytes()


_PROGRAMS = {".html": ("chromium", "chromium-browser", "google-chrome"), ".docx": ("soffice", "libreoffice")}


def assert_same(printed: Meeting, plain: Meeting, *, words: bool = True) -> None:
    head = (plain.committee, plain.date, plain.start, plain.place, plain.participants)
    assert (printed.committee, printed.date, printed.start, printed.place, printed.participants) == head
    assert facts(printed) == facts(plain)
    for number, item in enumerate(plain.items):
        assert printed.items[number].attachments == item.attachments
        for ordinal in range(len(item.sections) if words else 0):
            assert words_of(printed, number, ordinal) == words_of(plain, number, ordinal)


def assert_pages(meeting: Meeting) -> None:
    assert meeting.pages[0] == 0
    assert list(meeting.pages) == sorted(set(meeting.pages))
    assert meeting.pages[-1] < len(meeting.text)


def test_real_minutes_printed_by_a_browser(shared: Path, tmp_path: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        source = tmp_path / f"{path.stem}.html"
        source.write_text(as_html(path.read_text(encoding="utf-8")), encoding="utf-8")
        printed = parse(print_page(source), "x.pdf")
        assert_same(printed, parse(path.read_bytes(), path.name))
        assert_pages(printed)


@pytest.mark.parametrize(
    "style",
    [
        "body{font:13pt/1.15 sans-serif}@page{size:A5;margin:12mm}",
        "body{text-align:justify}@page{margin:25mm}h2{break-before:page}",
        "h1,h2,h3{font:inherit;margin:1em 0}p{margin:.6em 0}",
        "p,h1,h2,h3,ul{margin:0}h1,h2,h3{font-size:inherit}",
    ],
)
def test_other_looks_of_the_same_minutes(style: str, tmp_path: Path) -> None:
    text = (CORPUS / "2021-03-15_direktionen.txt").read_text(encoding="utf-8")
    source = tmp_path / "look.html"
    source.write_text(as_html(text, style=style), encoding="utf-8")
    assert_same(parse(print_page(source), "x.pdf"), parse(text.encode(), "x.txt"))


def test_word_document_printed_by_an_office(shared: Path, tmp_path: Path) -> None:
    path = sorted((shared / "seeds").iterdir())[1]
    source = tmp_path / "minutes.docx"
    source.write_bytes(as_docx(path.read_text(encoding="utf-8")))
    printed = parse(print_page(source), "x.pdf")
    assert_same(printed, parse(path.read_bytes(), path.name))
    assert_pages(printed)


def test_the_corpus_holds_a_pdf() -> None:
    for path in CORPUS.glob("*.pdf"):
        meeting = parse(path.read_bytes(), path.name)
        assert_pages(meeting)
        assert meeting.items
        assert not re.search(r"^Side \d+$", meeting.text, re.MULTILINE)
