"""Metrics against arithmetic spelled out, against ir_measures, and against their own laws."""

import doctest
from collections.abc import Callable
from itertools import product
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch import metrics
from semsearch.metrics import mean, ndcg, paired_p, percentile, recall, reciprocal_rank, success

RANKINGS = st.lists(st.sampled_from([0, 1]), max_size=30)


def test_doctests() -> None:
    done = doctest.testmod(metrics)
    assert done.attempted >= 10
    assert not done.failed


def test_ndcg_is_the_formula() -> None:
    gains = [0, 1, 0, 1]
    assert ndcg(gains, relevant=3, k=10) == pytest.approx(
        (1 / log2(3) + 1 / log2(5)) / (1 / log2(2) + 1 / log2(3) + 1 / log2(4))
    )
    assert ndcg(gains, relevant=3, k=2) == pytest.approx((1 / log2(3)) / (1 / log2(2) + 1 / log2(3)))


def test_means_and_percentiles_of_nothing_are_errors() -> None:
    with pytest.raises(ValueError, match="no values"):
        mean([])
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@given(RANKINGS, st.integers(0, 5), st.integers(1, 40))
def test_figures_lie_between_0_and_1(gains: list[int], missed: int, k: int) -> None:
    relevant = sum(gains) + missed
    for value in (ndcg(gains, relevant, k), recall(gains, relevant, k), reciprocal_rank(gains, k)):
        assert 0 <= value <= 1 + 1e-12
    assert success(gains, k) == (reciprocal_rank(gains, k) > 0)


@given(RANKINGS, st.integers(0, 5), st.integers(1, 40))
def test_a_relevant_hit_further_up_never_lowers_a_figure(gains: list[int], missed: int, k: int) -> None:
    better = sorted(gains, reverse=True)
    relevant = sum(gains) + missed
    assert ndcg(better, relevant, k) >= ndcg(gains, relevant, k) - 1e-12
    assert reciprocal_rank(better, k) >= reciprocal_rank(gains, k)
    assert recall(better, relevant, k) >= recall(gains, relevant, k)


@given(st.lists(RANKINGS, min_size=1, max_size=8), st.integers(0, 3))
def test_figures_are_those_of_ir_measures(rankings: list[list[int]], missed: int) -> None:
    """Queries without anything relevant are left out: trec_eval does not judge them."""
    ir_measures = pytest.importorskip("ir_measures")
    rankings = [gains for gains in rankings if sum(gains) + missed]
    if not rankings:
        return
    qrels, run = [], []
    for number, gains in enumerate(rankings):
        query = f"q{number}"
        qrels += [ir_measures.Qrel(query, f"d{rank}", gain) for rank, gain in enumerate(gains)]
        qrels += [ir_measures.Qrel(query, f"missed{extra}", 1) for extra in range(missed)]
        run += [ir_measures.ScoredDoc(query, f"d{rank}", 100.0 - rank) for rank in range(len(gains))]
    measures: dict[str, Callable[[list[int]], float]] = {
        "nDCG@10": lambda gains: ndcg(gains, sum(gains) + missed, 10),
        "RR@10": lambda gains: reciprocal_rank(gains, 10),
        "R@10": lambda gains: recall(gains, sum(gains) + missed, 10),
        "R@100": lambda gains: recall(gains, sum(gains) + missed, 100),
        "Success@1": lambda gains: success(gains, 1),
    }
    theirs = ir_measures.calc_aggregate(map(ir_measures.parse_measure, measures), qrels, run)
    for measure, value in theirs.items():
        assert value == pytest.approx(mean([measures[str(measure)](gains) for gains in rankings]))


def exact_p(first: list[float], second: list[float]) -> float:
    """The share of all 2^n assignments whose mean difference is at least that seen."""
    differences = [one - other for one, other in zip(first, second, strict=True)]
    seen = abs(sum(differences))
    every = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(value >= seen - 1e-9 for value in every) / len(every)


@given(st.lists(st.tuples(st.sampled_from([0, 0.5, 1]), st.sampled_from([0, 0.5, 1])), max_size=9))
def test_p_is_near_that_of_all_assignments(pairs: list[tuple[float, float]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    assert paired_p(first, second) == pytest.approx(exact_p(first, second), abs=0.02)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=20))
def test_p_does_not_depend_on_which_system_comes_first(pairs: list[tuple[float, float]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    assert paired_p(first, second) == paired_p(second, first)
    assert 0 < paired_p(first, second) <= 1


def test_p_needs_pairs() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_p([1.0], [1.0, 0.0])
