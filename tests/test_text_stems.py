"""Stems: forms of one word meet, different words stay apart."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import stem, stem_english

FAMILIES, DISTINCT = (
    [line.split() for line in block.splitlines()]
    for block in (Path(__file__).parent / "data" / "word_families.txt")
    .read_text(encoding="utf-8")
    .split("\n\n")
)


def test_forms_of_one_word_meet() -> None:
    pairs = [stem(one) == stem(other) for family in FAMILIES for one, other in combinations(family, 2)]
    assert len(pairs) == 1069
    assert sum(pairs) / len(pairs) >= 0.99  # Snowball alone: .775


def test_different_words_stay_apart() -> None:
    assert len(DISTINCT) == 75
    together = [pair for pair in DISTINCT if stem(pair[0]) == stem(pair[1])]
    assert len(together) <= 4, together


def test_families_stay_apart() -> None:
    shared = Counter(found for family in FAMILIES for found in {stem(word) for word in family})
    assert {found for found, count in shared.items() if count > 1} <= {"godkend", "led"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("budget", "budgettet"),
        ("center", "centret"),
        ("proces", "processen"),
        ("indsats", "indsatsen"),
        ("jobcenter", "jobcentrene"),
        ("plejebørn", "plejebarn"),
        ("kassetræk", "kassetrækket"),
        ("lønbudget", "lønbudgetterne"),
        ("by", "byens"),
        ("år", "årene"),
    ],
)
def test_pairs_snowball_parts(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_english() -> None:
    assert stem_english("policies") == stem_english("policy")
    assert stem_english("decided") == stem_english("decide")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøåé", max_size=80))
def test_a_stem_is_never_empty_nor_longer_than_the_word_by_more_than_a_letter(word: str) -> None:
    found = stem(word)
    assert bool(found) == bool(word)
    assert len(found) <= len(word) + 1
