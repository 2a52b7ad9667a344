"""Candidates of tantivy against what brute force says shares a term."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from semsearch import lexical
from semsearch.lexical import Entry, Lexical
from semsearch.records import Filters
from semsearch.terms import term_id


def entry(key: int, words: str, **facts: Any) -> Entry:
    base = Entry(
        key, [term_id(word) for word in words.split()], date(2022, 5, 1), "byraadet", "", "decision", ""
    )
    return replace(base, **facts)


ENTRIES = [
    entry(1, "havn bad"),
    entry(2, "havn", date=date(2023, 1, 9), committee="direktionen"),
    entry(3, "skole", case="17/163", outcome="approved"),
    entry(4, "skole havn", section="economy"),
]


@pytest.fixture
def index(tmp_path: Path) -> Lexical:
    lexical.build(tmp_path / "2022", [one for one in ENTRIES if one.date.year == 2022])
    lexical.build(tmp_path / "2023", [one for one in ENTRIES if one.date.year == 2023])
    return Lexical([tmp_path / "2022", tmp_path / "2023"])


def found(index: Lexical, *words: str, filters: Filters | None = None) -> set[int]:
    return set(index.search([[[(word, 1.0)]] for word in words], 10, filters or Filters()))


def test_every_passage_that_shares_a_term_is_found(index: Lexical) -> None:
    assert found(index, "havn") == {1, 2, 4}
    assert found(index, "havn", "skole") == {1, 2, 3, 4}
    assert found(index, "bro") == set()


def test_alternates_and_terms_that_count_together(index: Lexical) -> None:
    assert set(index.search([[[("bro", 1.0)], [("bad", 0.5)]]], 10, Filters())) == {1}
    assert set(index.search([[[("bad", 0.5), ("skole", 0.5)]]], 10, Filters())) == {1, 3, 4}


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (Filters(first=date(2022, 6, 1)), {2}),
        (Filters(last=date(2022, 6, 1)), {1, 4}),
        (Filters(first=date(2023, 1, 9), last=date(2023, 1, 9)), {2}),
        (Filters(committees=frozenset({"direktionen", "byraadet"})), {1, 2, 4}),
        (Filters(committees=frozenset({"direktionen"})), {2}),
        (Filters(section="economy"), {4}),
        (Filters(outcome="approved"), set()),
        (Filters(case="17/163"), set()),
    ],
)
def test_filters(index: Lexical, filters: Filters, keys: set[int]) -> None:
    assert found(index, "havn", filters=filters) == keys


def test_filters_apply_before_ranking(tmp_path: Path) -> None:
    many = [entry(key, "havn havn havn") for key in range(100, 400)]
    lexical.build(tmp_path / "2022", [*many, entry(1, "havn", committee="direktionen")])
    index = Lexical([tmp_path / "2022"])
    assert index.search([[[("havn", 1.0)]]], 5, Filters(committees=frozenset({"direktionen"}))) == [1]


def test_a_search_writes_nothing(tmp_path: Path) -> None:
    lexical.build(tmp_path / "2022", ENTRIES)
    before = sorted(path.name for path in (tmp_path / "2022").iterdir())
    assert found(Lexical([tmp_path / "2022"]), "havn")
    assert sorted(path.name for path in (tmp_path / "2022").iterdir()) == before


def test_opening_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where tantivy's watcher locks the folder while it is removed, once in some hundred times."""
    links = tmp_path / "links"
    links.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(links))
    lexical.build(tmp_path / "2022", ENTRIES)
    for _ in range(1000):
        Lexical([tmp_path / "2022"])
    assert list(links.iterdir()) == []
