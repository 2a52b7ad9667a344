"""The demo corpus parses to what its truth tables say, and the tables agree with each other."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from semsearch.outcomes import outcome_of
from semsearch.parsing import parse
from semsearch.records import AgendaItem, Meeting, MeetingKind, OutcomeKind, SectionKind

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
JUDGED = ROOT / "tests" / "judged"
SUPERSEDED = "2023-10-02_oekonomiudvalget_dagsorden.json"
UPCOMING = "2025-05-12_byraadet_dagsorden.txt"
FILES = sorted(p.name for p in CORPUS.iterdir() if p.name != "README.md")
MINUTES = [name for name in FILES if name not in (SUPERSEDED, UPCOMING)]
NEVER_SHOWN = ("Egekær", "Ansøgningen imødekommes")


@cache
def rows(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (JUDGED / name).read_text("utf-8").splitlines())


@cache
def meeting(name: str) -> Meeting:
    return parse((CORPUS / name).read_bytes(), name)


def expected(name: str) -> list[dict[str, Any]]:
    source = name.replace("_dagsorden.json", ".txt")
    return [row for row in rows("corpus_items.jsonl") if row["file"] in (name, source)]


def decision(document: Meeting, item: AgendaItem) -> str:
    bodies = [document.text[s.body_start : s.end] for s in item.sections if s.kind is SectionKind.DECISION]
    return "\n".join(bodies).strip()


def printed_title(row: dict[str, Any], item: AgendaItem) -> bool:
    if row["closed"]:
        return item.title.startswith("Lukket")
    return " ".join(item.title.split()) == str(row["title"])


@pytest.mark.parametrize("name", FILES)
def test_items_are_those_of_the_truth_table(name: str) -> None:
    document = meeting(name)
    truth = expected(name)
    assert [item.number for item in document.items] == [row["item_number"] for row in truth]
    assert [item.case_number for item in document.items] == [row["case_number"] for row in truth]
    assert [item.closed for item in document.items] == [row["closed"] for row in truth]
    assert [i.title for r, i in zip(truth, document.items, strict=True) if not printed_title(r, i)] == []


@pytest.mark.parametrize("name", FILES)
def test_head_names_body_and_date(name: str) -> None:
    document = meeting(name)
    assert (document.committee, str(document.date)) == (
        expected(name)[0]["committee"],
        expected(name)[0]["meeting_date"],
    )
    assert document.start is not None
    assert document.place


@pytest.mark.parametrize("name", MINUTES)
def test_decisions_have_the_outcome_of_the_truth_table(name: str) -> None:
    document = meeting(name)
    assert document.kind is MeetingKind.MINUTES
    wrong = []
    for row, item in zip(expected(name), document.items, strict=True):
        got = OutcomeKind.CLOSED if item.closed else outcome_of(decision(document, item)).kind
        if got != row["outcome"]:
            wrong.append((item.number, str(got), row["outcome"]))
    assert wrong == []


@pytest.mark.parametrize("name", [SUPERSEDED, UPCOMING])
def test_an_agenda_is_one_and_decides_nothing(name: str) -> None:
    document = meeting(name)
    assert document.kind is MeetingKind.AGENDA
    assert [item.number for item in document.items if decision(document, item)] == []


@pytest.mark.parametrize("name", FILES)
def test_text_of_closed_items_is_left_out(name: str) -> None:
    document = meeting(name)
    assert [words for words in NEVER_SHOWN if words in document.text] == []
    assert document.cpr_masked == 0


def test_some_files_do_carry_text_in_a_closed_item() -> None:
    everything = "".join(p.read_text("utf-8") for p in CORPUS.glob("*.json"))
    assert [words for words in NEVER_SHOWN if words not in everything] == []


def test_earlier_outcomes_are_no_decision_of_the_later_body() -> None:
    document = meeting("2023-10-09_byraadet.md")
    item = document.items[1]
    assert item.case_number == "23-007315"
    assert "648 kr." in decision(document, item)
    assert "Udsat" not in decision(document, item)
    assert "Udsat" in document.text[item.start : item.end]


def test_tables_agree_with_each_other() -> None:
    items = {(r["meeting_date"], r["item_number"]): r for r in rows("corpus_items.jsonl")}
    assert len(items) == len(rows("corpus_items.jsonl"))
    for case in rows("corpus_cases.jsonl"):
        for treatment in case["treatments"]:
            row = items[treatment["meeting_date"], treatment["item_number"]]
            assert (row["case_number"], row["outcome"]) == (case["case_number"], treatment["outcome"])
        dates = [t["meeting_date"] for t in case["treatments"]]
        assert dates == sorted(dates)
        deciding = [t for t in case["treatments"] if t["committee"] == case["standing"]["committee"]]
        assert case["standing"] == deciding[-1]


def test_queries_point_at_open_items_that_hold_the_answer() -> None:
    documents = {(str(meeting(n).date)): meeting(n) for n in [*MINUTES, UPCOMING]}
    assert len({row["id"] for row in rows("corpus_queries.jsonl")}) == len(rows("corpus_queries.jsonl"))
    for query in rows("corpus_queries.jsonl"):
        assert (query["kind"] == "unanswerable") == (query["relevant"] == [])
        texts = []
        for document in documents.values():
            for item in document.items:
                wanted = [{"case_number": item.case_number}]
                wanted.append(
                    {
                        "meeting_date": str(document.date),
                        "item_number": item.number,  # type: ignore[dict-item]
                        "committee": document.committee,
                    }
                )
                if any(one in query["relevant"] for one in wanted):
                    assert not item.closed, query
                    texts.append(" ".join(document.text[item.start : item.end].split()))
        assert bool(texts) == bool(query["relevant"]), query
        assert all(any(answer in text for text in texts) for answer in query["answer_contains"]), query
