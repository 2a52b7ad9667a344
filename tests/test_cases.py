"""Who recommended, who decided, which decision stands: against cases labelled by hand."""

import json
from pathlib import Path

import pytest

from semsearch import OpenIndex, open_index
from semsearch.cases import Treatment
from semsearch.errors import NotFound, UsageError

JUDGED = Path(__file__).parent / "judged"


def judged(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (JUDGED / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def opened(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


def place(one: Treatment) -> tuple[str, str, int, str | None]:
    item = one.item
    outcome = item.outcome.value if item.outcome else None
    return item.meeting.date.isoformat(), item.meeting.committee, item.number, outcome


@pytest.mark.parametrize("case", judged("corpus_cases.jsonl"), ids=lambda case: str(case["case_number"]))
def test_cases_of_the_corpus(opened: OpenIndex, case: dict[str, object]) -> None:
    found = opened.case(str(case["case_number"]))
    keys = ("meeting_date", "committee", "item_number", "outcome")
    assert [place(one) for one in found] == [tuple(one[key] for key in keys) for one in case["treatments"]]  # type: ignore[attr-defined]
    standing = [place(one) for one in found if one.standing]
    wanted = case["standing"]
    assert standing == ([tuple(wanted[key] for key in keys)] if wanted else [])  # type: ignore[index]


def test_roles_of_real_cases(greve_index: Path) -> None:
    opened = open_index(greve_index)
    cases = judged("cases_greve.jsonl")
    wrong = []
    for case in cases:
        found = {
            (f"greve/{one.item.meeting.path}", one.item.number): one
            for one in opened.case(str(case["case_number"]))
        }
        labelled = case["treatments"]
        assert isinstance(labelled, list)
        for number, label in enumerate(labelled):
            one = found[label["file"], label["item_number"]]
            if (one.role, one.standing) != (label["role"], number == case["standing"]):
                wrong.append((case["case_number"], number, one.role, one.standing))
    assert len(cases) == 40
    assert not wrong


@pytest.mark.parametrize("number", ["23-007315", "sag 23/7315", "23 - 007315", "Sagsnr.: 23-7315"])
def test_number_may_be_written_in_any_way(opened: OpenIndex, number: str) -> None:
    assert len(opened.case(number)) == 4


def test_near_misses_are_suggested(opened: OpenIndex) -> None:
    with pytest.raises(NotFound) as raised:
        opened.case("23-007316")
    assert "23-007315" in raised.value.hint


@pytest.mark.parametrize("number", ["", "nothing", "99-999999999"])
def test_no_such_case(opened: OpenIndex, number: str) -> None:
    with pytest.raises(NotFound, match="no case"):
        opened.case(number)


def test_terse_decision_that_stands_brings_what_it_refers_to(opened: OpenIndex) -> None:
    *earlier, last = opened.case("22-010700")
    assert last.decision == "Godkendt."
    assert last.recommendation is not None
    assert "5,2 mio. kr." in last.recommendation
    assert not any(one.recommendation for one in earlier)
    assert not any(one.recommendation for one in opened.case("23-007315"))  # says it itself


def test_decision_stands_where_it_says(opened: OpenIndex) -> None:
    for one in opened.decisions():
        text = opened.index.catalog.text(one.item.meeting.document)
        assert one.decision is None or text[one.start : one.end] == one.decision


def test_decisions_are_filtered_and_newest_first(opened: OpenIndex) -> None:
    found = opened.decisions(opened.filters(committee="Byrådet", outcome="rejected"))
    assert [(one.item.meeting.date.isoformat(), one.item.number) for one in found] == [
        ("2023-10-09", 5),
        ("2022-10-10", 6),
    ]
    dates = [one.item.meeting.date for one in opened.decisions()]
    assert dates == sorted(dates, reverse=True)


def test_similar_items_are_of_other_cases(opened: OpenIndex) -> None:
    hits = opened.similar("byraadet/2023-10-09/2", k=5)
    assert hits[0].item_title.startswith("Status på belægningen på Solgården")
    assert len({hit.case_number for hit in hits}) == len(hits) == 5
    assert all(hit.case_number != "23-007315" for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_similar_needs_an_item_with_text(opened: OpenIndex) -> None:
    with pytest.raises(NotFound, match="no item"):
        opened.similar("byraadet/1999-01-01/1")
    closed = next(item for item in opened.index.catalog.items() if item.closed)
    with pytest.raises(UsageError, match="no text"):
        opened.similar(closed.id)
