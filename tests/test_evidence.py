"""How much speaks for an answer: each signal moves it the way it should."""

import numpy as np
import pytest

from semsearch.evidence import NEXT, weigh

FOUND = {
    "words": ["takster", "solgården", "nye"],
    "topic": ["takster", "solgården"],
    "most": np.array([5.0, 9.0]),
    "reach": np.array([0.9, 1.0]),
    "shares": np.array([0.9, 0.8]),
    "together": np.array([[1.0, 0.0], [0.9, 0.8]]),
    "score": 0.6,
    "lexical": 0.5,
    "of_items": np.array([0.2, 0.6, *[0.3] * 8]),
    "cosine": 0.5,
}


@pytest.mark.parametrize(
    "less",
    [
        {"words": ["takster", "solgården"]},
        {"shares": np.array([0.9, 0.0])},
        {"reach": np.array([0.9, 0.3])},
        {"together": np.array([[1.0, 0.0], [0.0, 0.8]])},
        {"of_items": np.array([0.5, 0.6, *[0.5] * 8])},
        {"cosine": 0.3},
    ],
)
def test_less_is_found(less: dict[str, object]) -> None:
    assert weigh(**{**FOUND, **less}) < weigh(**FOUND)  # type: ignore[arg-type]


def test_the_word_held_least_counts_most() -> None:
    even, uneven = np.array([0.5, 0.5]), np.array([1.0, 0.1])
    assert weigh(**{**FOUND, "shares": even}) > weigh(**{**FOUND, "shares": uneven})  # type: ignore[arg-type]


def test_words_far_apart_are_not_together() -> None:
    apart = np.array([[1.0, 0.0], [0.0, 1.0]])
    beside = np.array([[0.0, 0.0], [0.6, 0.6]])
    assert weigh(**{**FOUND, "together": beside}) > weigh(**{**FOUND, "together": apart})  # type: ignore[arg-type]


def test_a_query_without_words_is_weighed_by_meaning_alone() -> None:
    none = {"words": [], "topic": [], "most": np.zeros(0), "shares": np.zeros(0)}
    none |= {"reach": np.zeros(0), "together": np.zeros((3, 0))}
    assert np.isfinite(weigh(**{**FOUND, **none}))  # type: ignore[arg-type]


def test_a_query_is_no_surer_for_being_long() -> None:
    """What it asks beside what the minutes say makes it doubtful, however many words they hold."""
    words = [f"{letter}ppelsin" for letter in "abcdefghijkl"]
    asked = {"words": words, "topic": words, "most": np.full(12, 5.0), "reach": np.ones(12)}
    half = np.array([0.9, 0.0] * 6)
    found = {**FOUND, **asked, "shares": half, "together": half[None]}
    fewer = {**found, "words": words[:6], "topic": words[:6], "most": np.full(6, 5.0)}
    fewer |= {"reach": np.ones(6), "shares": half[:6], "together": half[None, :6]}
    assert weigh(**found) < weigh(**fewer)  # type: ignore[arg-type]


def test_few_items_are_not_all_found_by_chance() -> None:
    only = {**FOUND, "of_items": np.array([0.6])}  # what a filter by case leaves
    among = {**FOUND, "of_items": np.array([0.6, *[0.3] * NEXT])}
    assert weigh(**only) > weigh(**among)  # type: ignore[arg-type]
