"""Figures of rankings: pure functions of gains in rank order, each from 0 (worst) to 1 (best).

A ranking is given as its gains, best rank first: 0 for what is not relevant, 1 for what is.
Ties are the caller's: a list has one order. `tests/test_metrics.py` checks the values against ir_measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

import numpy as np

PERMUTATIONS = 10_000
SEED = 20_231


def dcg(gains: Sequence[float], k: int) -> float:
    """Return the sum of gain / log2(rank + 1) over the first `k` ranks (Järvelin & Kekäläinen 2002).

    >>> dcg([1, 0, 1], k=10)
    1.5
    """
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains[:k], start=1))


def ndcg(gains: Sequence[float], relevant: int, k: int = 10) -> float:
    """Return DCG at `k` divided by the best DCG there could be; 0 where nothing is relevant.

    Args:
        gains: gains of the ranking, best rank first.
        relevant: how many relevant things there are.
        k: how many ranks count.

    >>> ndcg([0, 1], relevant=1)  # 1 / log2(3)
    0.6309297535714575
    >>> ndcg([1, 1], relevant=2), ndcg([], relevant=2), ndcg([0], relevant=0)
    (1.0, 0.0, 0.0)
    """
    best = dcg([1.0] * relevant, k)
    return dcg(gains, k) / best if best else 0.0


def reciprocal_rank(gains: Sequence[float], k: int = 10) -> float:
    """Return 1 / rank of the first relevant thing, 0 if none stands in the first `k` (Voorhees 1999).

    >>> reciprocal_rank([0, 0, 1]), reciprocal_rank([0] * 10 + [1]), reciprocal_rank([])
    (0.3333333333333333, 0.0, 0.0)
    """
    return next((1 / rank for rank, gain in enumerate(gains[:k], start=1) if gain > 0), 0.0)


def recall(gains: Sequence[float], relevant: int, k: int) -> float:
    """Return the share of the relevant things that stand in the first `k`; 0 where nothing is relevant.

    >>> recall([1, 0, 1], relevant=4, k=2), recall([1], relevant=0, k=10)
    (0.25, 0.0)
    """
    return sum(gain > 0 for gain in gains[:k]) / relevant if relevant else 0.0


def success(gains: Sequence[float], k: int = 1) -> float:
    """Return 1 if something relevant stands in the first `k`, else 0.

    >>> success([1]), success([0, 1]), success([0, 1], k=2), success([])
    (1.0, 0.0, 1.0, 0.0)
    """
    return float(any(gain > 0 for gain in gains[:k]))


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean.

    Raises:
        ValueError: there are no values: a mean over no queries is no figure.

    >>> mean([1, 0, 0.5])
    0.5
    """
    if not values:
        raise ValueError("no mean of no values")
    return sum(values) / len(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0-1) of the values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.

    >>> percentile([3, 1, 2, 4], 0.5), percentile([3, 1, 2, 4], 0.95), percentile([7], 0)
    (2, 4, 7)
    """
    if not values:
        raise ValueError("no percentile of no values")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def paired_p(
    first: Sequence[float], second: Sequence[float], *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> float:
    """Return how likely a mean difference this large is if the two systems were one: 0 < p <= 1.

    Paired randomisation test, two-sided (Fisher 1935; Smucker, Allan & Carterette, CIKM 2007): which system
    a query's two scores belong to is swapped at random, and p is the share of the `permutations` whose mean
    difference is at least that seen, the one seen counted among them, so that p is never 0. The same scores
    and seed give the same p; equal scores, or none, give 1.

    Args:
        first: one score for each query.
        second: the other system's scores of the same queries, in the same order.
        permutations: how many random assignments are drawn.
        seed: of the draws.

    Raises:
        ValueError: the two lists differ in length.

    >>> paired_p([0.5, 1.0], [0.5, 1.0])
    1.0
    >>> paired_p([1.0] * 20, [0.0] * 20) < 0.001
    True
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores cannot be paired with {len(second)}")
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    differences = differences[differences != 0]  # swapping equal scores changes nothing
    seen = abs(differences.sum())
    if not seen:
        return 1.0
    signs = np.random.default_rng(seed).integers(0, 2, (permutations, len(differences)), dtype=np.int8)
    drawn = np.abs((2.0 * signs - 1.0) @ differences)
    return float((np.count_nonzero(drawn >= seen - 1e-9) + 1) / (permutations + 1))
