"""What the terminal shows, against pictures in text: 80 and 120 columns, and a pipe.

After a change that was looked at: SEMSEARCH_SNAPSHOTS=write pytest tests/test_terminal.py
"""

import io
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from semsearch import OpenIndex, answers, open_index
from semsearch.cases import treatment
from semsearch.news import News
from semsearch.queries import parse
from semsearch.records import Answer, Hit, OutcomeKind, Quote, SectionKind, Source
from semsearch.searcher import Result
from semsearch.status import status_of
from semsearch.terminal import clean, found, listings, maintenance, parts

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(scope="module")
def opened(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


def quote(opened: OpenIndex, item_id: str, kind: SectionKind, marks: tuple[str, ...] = ()) -> Quote:
    item = opened.item(item_id)
    section = next(section for section in item.sections if section.kind is kind)
    whole = opened.index.catalog.text(item.meeting.document)
    start = whole.index(whole[section.body_start : section.end].strip(), section.body_start)
    text = whole[section.body_start : section.end].strip()
    return Quote(
        text=text,
        meeting_date=item.meeting.date,
        committee=item.meeting.committee,
        item_number=item.number,
        item_title=item.title,
        case_number=item.case_number,
        section=kind,
        source=Source(item.meeting.path, start, start + len(text)),
        marks=tuple((text.index(mark), text.index(mark) + len(mark)) for mark in marks),
    )


def hit(opened: OpenIndex, item_id: str) -> Hit:
    shown = quote(opened, item_id, SectionKind.DECISION)
    names = (
        "meeting_date",
        "committee",
        "item_number",
        "item_title",
        "case_number",
        "section",
        "text",
        "source",
    )
    facts = {name: getattr(shown, name) for name in names}
    outcome = opened.item(item_id).outcome
    return Hit(
        rank=1, score=0.5, id=f"{item_id}#0.0", outcome=outcome, closed=False, highlights=((0, 7),), **facts
    )


def result(opened: OpenIndex, *item_ids: str) -> Result:
    hits = tuple(hit(opened, item_id) for item_id in item_ids)
    return Result(parse("solgården"), hits, not hits, 12.3, ())


def twice(opened: OpenIndex) -> Result:
    once = result(opened, BEFORE)
    return replace(once, hits=(*once.hits, replace(once.hits[0], rank=2, same_as=1)))


RATES, BATH = "byraadet/2023-10-09/2", "byraadet/2023-10-09/4"
BEFORE = "oekonomiudvalget/2023-10-02/2"


def show_ask(opened: OpenIndex) -> None:
    quotes = (
        quote(opened, RATES, SectionKind.DECISION, ("648 kr.", "118 kr.")),
        quote(opened, RATES, SectionKind.ECONOMY),
        quote(opened, BEFORE, SectionKind.DECISION),
    )
    answer = Answer("", quotes, OutcomeKind.APPROVED)
    found.show_answer(answer, result(opened, RATES, BEFORE, BATH), opened.index)


def show_related(opened: OpenIndex) -> None:
    answer = Answer("", (quote(opened, BATH, SectionKind.RECOMMENDATION),), None, note=answers.NO_DECISION)
    found.show_answer(answer, result(opened, BATH), opened.index)


def show_worded(opened: OpenIndex) -> None:
    quotes = (quote(opened, BATH, SectionKind.DECISION),)
    answer = Answer(
        "The grant was raised to 5.6 million kr. [1]", quotes, OutcomeKind.APPROVED, "llama3.1:8b"
    )
    found.show_answer(answer, result(opened, BATH), opened.index)


def show_news(opened: OpenIndex) -> None:
    items = [opened.item(item_id) for item_id in (RATES, BATH, BEFORE)]
    stamp = "2026-01-01T03:00:00+00:00"
    news = [News(treatment(opened.index, item), stamp, ("havnebad",) * (item.id == BATH)) for item in items]
    listings.show_news("2026-01-01", news)


def show_similar(opened: OpenIndex) -> None:
    found.show_similar(opened.item(BATH), result(opened, RATES, BEFORE).hits)


def show_status(opened: OpenIndex) -> None:
    changing = {
        "index": "indexes/minutes",
        "corpus": "corpus",
        "created": "2026-01-01T03:00:00Z",
        "passages": 700,
        "size_bytes": 2_000_000,
        "size_bytes_per_passage": 3_000,
        "thresholds": {"evidence": 0.8, "answer": 1.4},
        "skipped": [{"path": "scan.pdf", "reason": "no text"}],
    }
    maintenance.show_status(status_of(opened.index.generation.path.parent) | changing)


VIEWS: dict[str, Callable[[OpenIndex], None]] = {
    "search": lambda opened: found.show_hits(result(opened, RATES, BATH), opened.index),
    "search-again": lambda opened: found.show_hits(twice(opened), opened.index),
    "ask": show_ask,
    "ask-related": show_related,
    "ask-worded": show_worded,
    "ask-nothing": lambda opened: found.show_answer(None, result(opened), opened.index),
    "ask-closest": lambda opened: found.show_answer(None, result(opened, RATES, BATH), opened.index),
    "case": lambda opened: listings.show_case(opened.case("23-007315")),
    "case-terse": lambda opened: listings.show_case(opened.case("22-010700")),
    "case-years": lambda opened: listings.show_case(opened.case("742-2021-3308")),
    "meeting": lambda opened: listings.show_meeting(*opened.meeting("2023-10-09")),
    "decisions": lambda opened: listings.show_decisions(
        opened.decisions(opened.filters(first="2024-12", last="2024-12"))
    ),
    "since": show_news,
    "similar": show_similar,
    "status": show_status,
}


def rendered(view: str, opened: OpenIndex, monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    out = io.StringIO()
    plain = Console(file=out, width=min(width, parts.WIDTH), highlight=False, emoji=False)
    for module in (parts, found, listings, maintenance):
        monkeypatch.setattr(module, "console", lambda stderr=False: plain)
    VIEWS[view](opened)
    return re.sub(r"[ \t]+(?=\n)", "", out.getvalue())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_view(view: str, width: int, opened: OpenIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    text = rendered(view, opened, monkeypatch, width)
    path = SNAPSHOTS / f"{view}-{width}.txt"
    if os.environ.get("SEMSEARCH_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8")
    assert max(map(len, text.splitlines())) <= width
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("score", "told", "line"),
    [
        (2.0, {"case": 2.0}, "score 2.000 = case 2.000"),
        (
            0.73,
            {"lexical_weight": 0.75, "lexical": 0.8, "cosine": 0.4, "standing": 0.03, "period": 0.0},
            "score 0.730 = lexical 0.800 × 0.750 + cosine 0.400 × 0.250 + standing 0.030",
        ),
        (
            0.4,
            {"lexical_weight": 0.6, "lexical": 0.8, "cosine": 0.13, "attachments": -0.03, "again": 0.8},
            "score 0.400 = (lexical 0.800 × 0.600 + cosine 0.130 × 0.400 + attachments -0.030) × again 0.800",
        ),
        (
            0.0,
            {"lexical_weight": 0.0, "lexical": 0.0, "cosine": -0.0004, "again": 0.8, "closed": 0.8},
            "score 0.000 = (cosine 0.000 × 1.000) × again 0.800 × closed 0.800",
        ),
    ],
)
def test_a_score_can_be_followed(opened: OpenIndex, score: float, told: dict[str, float], line: str) -> None:
    assert found.explained(replace(hit(opened, RATES), score=score, parts=tuple(told.items()))) == line


@pytest.mark.parametrize("separator", ["\t", " | "])
@pytest.mark.parametrize("width", [12, 30, 60, 100])
def test_tables_stand_in_columns_and_keep_every_word(separator: str, width: int) -> None:
    rows = [["Ansøger", "Indstillet beløb"], ["Lyngby-Strandvejens Sangforening", "45.000"], ["Kor", "7.000"]]
    said = Text("\n".join(["Tre ansøgninger:", *map(separator.join, rows), "Puljen er brugt."]))
    shown = parts.columned(Console(width=width), said, width).plain
    assert shown.replace(" |", "").split() == said.plain.replace(" |", "").split()
    lines = shown.split("\n")
    if width >= 60:
        assert len({lines[1].index("Indstillet"), lines[2].index("45.000"), lines[3].index("7.000")}) == 1
    assert (lines[0], lines[-1]) == ("Tre ansøgninger:", "Puljen er brugt.")


def test_pipe_has_no_colour_and_no_blanks_at_line_ends(
    opened: OpenIndex, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    VIEWS["case"](opened)
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert not re.search(r"[ \t]\n", text)
    assert text == (SNAPSHOTS / "case-120.txt").read_text(encoding="utf-8")


def test_one_item_is_one(opened: OpenIndex, capsys: pytest.CaptureFixture[str]) -> None:
    found.show_hits(result(opened, RATES), opened.index)
    assert "\n1 item in 12 ms" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("140", 140), ("1", 1), ("0", 100), ("-5", 100), ("wide", 100)]
)
def test_a_pipe_is_as_wide_as_columns_says(
    columns: str, width: int, opened: OpenIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert parts.console().width == width
    for show in VIEWS.values():
        show(opened)


def test_minutes_cannot_command_the_terminal() -> None:
    assert clean("a\x1b[31mred\x07\u202e\nb\tc") == "a[31mred\nb\tc"
