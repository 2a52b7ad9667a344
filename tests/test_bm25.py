"""Exact scores against the formula spelled out."""

from math import log1p
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch import bm25
from semsearch.bm25 import K1, B, Bm25, Postings, concatenate, postings

PASSAGES = [
    [(["havn", "bad", "havn"], 2)],  # 6 half occurrences
    [(["havn"], 2), (["bad"], 1)],  # 3: "bad" as a part
    [(["skole"], 2)],  # 2
]
MEAN = (6 + 3 + 2) / 3


def opened(folder: Path, block: Postings) -> Bm25:
    bm25.save(folder, block)
    return Bm25(folder)


def value(tf: float, length: float, df: int) -> float:
    return log1p((3 - df + 0.5) / (df + 0.5)) * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / MEAN))


def test_scores_follow_the_formula(tmp_path: Path) -> None:
    index = opened(tmp_path, postings(PASSAGES))
    scores = index.score(np.array([0, 1, 2]), [[[("havn", 1.0)]], [[("bad", 1.0)]]])
    expected = [
        [value(2, 6, 2), value(1, 6, 2)],
        [value(1, 3, 2), value(0.5, 3, 2)],
        [0, 0],
    ]
    assert scores == pytest.approx(np.array(expected))


def test_the_best_alternate_counts_and_its_terms_add_up(tmp_path: Path) -> None:
    index = opened(tmp_path, postings(PASSAGES))
    both = index.score(np.array([0]), [[[("skole", 1.0)], [("havn", 0.5), ("bad", 0.5)]]])
    assert both[0, 0] == pytest.approx(0.5 * value(2, 6, 2) + 0.5 * value(1, 6, 2))


def test_a_term_nobody_holds_scores_nothing_and_has_the_highest_idf(tmp_path: Path) -> None:
    index = opened(tmp_path, postings(PASSAGES))
    assert index.score(np.array([0, 2]), [[[("bro", 1.0)]]]).tolist() == [[0.0], [0.0]]
    assert index.df(["bro", "havn", "skole"]).tolist() == [0, 2, 1]
    assert index.idf(["bro", "skole", "havn"]).tolist() == sorted(
        index.idf(["bro", "skole", "havn"]), reverse=True
    )


def test_no_rows_and_no_words_are_no_error(tmp_path: Path) -> None:
    index = opened(tmp_path, postings(PASSAGES))
    assert index.score(np.zeros(0, np.int64), [[[("havn", 1.0)]]]).shape == (0, 1)
    assert index.score(np.array([1]), []).shape == (1, 0)


words = st.lists(st.sampled_from(["a", "b", "c", "dd", "ø"]), max_size=6)
blocks = st.lists(st.lists(words, min_size=1, max_size=4), min_size=1, max_size=4)


@given(blocks)
def test_joined_blocks_are_the_postings_of_all(parts: list[list[list[str]]]) -> None:
    joined = concatenate([postings([[(terms, 2)] for terms in block]) for block in parts])
    whole = postings([[(terms, 2)] for block in parts for terms in block])
    for name in Postings.__slots__:
        assert getattr(joined, name).tolist() == getattr(whole, name).tolist()


def test_a_slice_is_what_was_written(tmp_path: Path) -> None:
    index = opened(tmp_path, postings(PASSAGES))
    again = concatenate([index.slice(0, 1), index.slice(1, 3)])
    for name in Postings.__slots__:
        assert getattr(again, name).tolist() == getattr(postings(PASSAGES), name).tolist()
