"""Quality floors: what users get must not become worse, kind by kind, on as many queries as were judged.

Floors are MRR@10 of the hybrid arm, about half a query under what was measured; raise them when it rises.
Queries held back from tuning are kept by language only. `make bench` prints the figures.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from semsearch import open_index
from semsearch.evaluation import Report, evaluate
from semsearch.judgments import read_judged

JUDGED = Path(__file__).resolve().parent / "judged"
Floors = Mapping[str, tuple[int, float]]  # group -> queries judged, least MRR@10
FLOORS: dict[tuple[str, str, str | None], Floors] = {
    ("corpus", "corpus_queries.jsonl", None): {
        "all": (79, 0.89),
        "lang=da": (53, 0.94),
        "lang=en": (25, 0.79),
        "lang=mixed": (1, 0.50),
        "kind=keyword": (19, 0.92),
        "kind=metadata": (5, 0.90),
        "kind=paraphrase": (13, 0.85),
        "kind=question": (37, 0.87),
        "kind=typo": (5, 0.90),
    },
    ("seeds", "dev.jsonl", None): {
        "all": (37, 0.92),
        "lang=da": (27, 0.98),
        "lang=en": (9, 0.72),
        "lang=mixed": (1, 0.50),
        "kind=keyword": (21, 0.95),
        "kind=metadata": (2, 0.75),
        "kind=paraphrase": (7, 0.78),
        "kind=question": (6, 0.83),
        "kind=typo": (1, 0.50),
    },
    ("seeds", "seeds_queries.jsonl", "tune"): {
        "all": (33, 0.78),
        "lang=da": (17, 0.91),
        "lang=en": (16, 0.63),
        "kind=compound": (2, 0.75),
        "kind=date": (2, 0.32),
        "kind=inflection": (1, 0.50),
        "kind=keyword": (5, 0.90),
        "kind=metadata": (1, 0.50),
        "kind=paraphrase": (5, 0.26),
        "kind=question": (15, 0.81),
        "kind=typo": (2, 0.75),
    },
    ("seeds", "seeds_queries.jsonl", "held"): {
        "all": (21, 0.79),
        "lang=da": (12, 0.87),
        "lang=en": (9, 0.62),
    },
    ("greve", "greve_dev.jsonl", None): {
        "all": (16, 0.54),
        "lang=da": (3, 0.83),
        "lang=en": (13, 0.44),
        "kind=keyword": (1, 0.50),
        "kind=paraphrase": (14, 0.48),
        "kind=question": (1, 0.50),
    },
    ("greve", "greve_queries.jsonl", "tune"): {
        "all": (164, 0.61),
        "lang=da": (88, 0.80),
        "lang=en": (76, 0.40),
        "kind=compound": (11, 0.95),
        "kind=date": (9, 0.83),
        "kind=inflection": (10, 0.95),
        "kind=keyword": (21, 0.85),
        "kind=metadata": (9, 0.94),
        "kind=paraphrase": (46, 0.09),
        "kind=question": (48, 0.68),
        "kind=typo": (10, 0.85),
    },
    ("greve", "greve_queries.jsonl", "held"): {
        "all": (79, 0.54),
        "lang=da": (41, 0.73),
        "lang=en": (38, 0.33),
    },
}
# unanswerable queries and how many of them may get hits; answerable ones refused: see REFUSED
JUNK: dict[tuple[str, str, str | None], tuple[int, int]] = {
    ("corpus", "corpus_queries.jsonl", None): (14, 6),
    ("seeds", "dev.jsonl", None): (3, 1),
    ("seeds", "seeds_queries.jsonl", "tune"): (8, 1),
    ("seeds", "seeds_queries.jsonl", "held"): (3, 1),
    ("greve", "greve_dev.jsonl", None): (0, 0),
    ("greve", "greve_queries.jsonl", "tune"): (24, 4),
    ("greve", "greve_queries.jsonl", "held"): (12, 8),
}
REFUSED = 0.05
GROUPS = [(*key, group) for key, floors in FLOORS.items() for group in floors]


@pytest.fixture(scope="module")
def reports(request: pytest.FixtureRequest) -> "Reports":
    return Reports(request)


class Reports:
    """Evaluates each set once, when a test first asks for it."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._known: dict[tuple[str, str, str | None], Report] = {}

    def of(self, minutes: str, queries: str, split: str | None) -> Report:
        key = (minutes, queries, split)
        if key not in self._known:
            path = JUDGED / queries if (JUDGED / queries).is_file() else self._shared() / "eval" / queries
            index = self._request.getfixturevalue(f"{minutes}_index")
            searcher = open_index(index).searcher
            self._known[key] = evaluate(searcher, read_judged(path, split=split), arms=["hybrid"])
        return self._known[key]

    def _shared(self) -> Path:
        return Path(self._request.getfixturevalue("shared"))


def test_floors_have_junk_beside_them() -> None:
    assert FLOORS.keys() == JUNK.keys()


@pytest.mark.parametrize(("minutes", "queries", "split", "group"), GROUPS)
def test_quality_is_at_least(
    reports: Reports, minutes: str, queries: str, split: str | None, group: str
) -> None:
    judged, floor = FLOORS[minutes, queries, split][group]
    figures = reports.of(minutes, queries, split).arm("hybrid").figures[group]
    assert figures.queries == judged
    assert figures.mrr_10 >= floor


@pytest.mark.parametrize(("minutes", "queries", "split"), FLOORS)
def test_every_group_has_a_floor(reports: Reports, minutes: str, queries: str, split: str | None) -> None:
    groups = set(reports.of(minutes, queries, split).arm("hybrid").figures)
    kept = {group for group in groups if split != "held" or not group.startswith("kind=")}
    assert kept == set(FLOORS[minutes, queries, split])


@pytest.mark.parametrize(("minutes", "queries", "split"), JUNK)
def test_what_the_minutes_do_not_hold_is_refused(
    reports: Reports, minutes: str, queries: str, split: str | None
) -> None:
    unanswerable, most = JUNK[minutes, queries, split]
    pair = reports.of(minutes, queries, split).abstention
    assert pair.unanswerable == unanswerable
    answered, refused = (
        len(pair.answered),
        len(pair.refused),
    )  # numbers only: ids of held queries are not shown
    assert answered <= most
    assert refused <= max(1, REFUSED * pair.answerable)


@pytest.mark.parametrize(("minutes", "queries", "split"), FLOORS)
def test_every_judged_item_is_indexed(
    reports: Reports, minutes: str, queries: str, split: str | None
) -> None:
    assert reports.of(minutes, queries, split).absent == ()
