"""Exact scores against the formula spelled out."""

from math import log1p
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch import bm25
from semsearch.bm25 import FILES, K1, B, Bm25, Frequencies, Postings, Writer, postings

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


@given(blocks, st.integers(1, 9))
def test_blocks_written_one_by_one_are_those_written_at_once(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[list[str]]], at_once: int
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    frequencies = Frequencies()
    with pytest.MonkeyPatch.context() as patch, Writer(folder, frequencies) as writer:
        patch.setattr(bm25, "COUNTED_AT_ONCE", at_once)
        for block in parts:
            found = postings([[(terms, 2)] for terms in block])
            writer.add(found)
            frequencies.add(found.terms)
    whole = folder / "whole"
    whole.mkdir()
    bm25.save(whole, postings([[(terms, 2)] for block in parts for terms in block]))
    assert [(folder / name).read_bytes() for name in FILES] == [(whole / name).read_bytes() for name in FILES]


@given(blocks, blocks)
def test_frequencies_of_what_comes_and_goes_are_those_of_what_is_left(
    tmp_path_factory: pytest.TempPathFactory, gone: list[list[list[str]]], kept: list[list[list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("counts")
    terms = [postings([[(words, 2)] for words in block]).terms for block in [*gone, *kept]]
    bm25.save(folder, postings([[(words, 2)] for block in gone for words in block]))
    frequencies = Frequencies(Bm25(folder))
    for block in terms[len(gone) :]:
        frequencies.add(block)
    for block in terms[: len(gone)]:
        frequencies.add(block, -1)
    fresh = Frequencies()
    for block in terms[len(gone) :]:
        fresh.add(block)
    assert frequencies.table().tolist() == fresh.table().tolist()


def test_a_slice_is_what_was_written(tmp_path: Path) -> None:
    whole = postings(PASSAGES)
    index = opened(tmp_path, whole)
    slices = [index.slice(0, 1), index.slice(1, 3)]
    for name in Postings.__slots__:
        assert [n for part in slices for n in getattr(part, name).tolist()] == getattr(whole, name).tolist()
