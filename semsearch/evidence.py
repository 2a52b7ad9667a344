"""What was found -> how much speaks for it: whether a query is answered at all.

What a corpus holds by chance has some of a query's words and misses others, or has them far apart, stands
little above the next best items, and has other titles. A logistic fit on 548 answerable and 228 unanswerable
queries over three corpora, both kinds weighing the same; docs/quality.md says what each signal brings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEXT = 10  # the item whose score tells what the corpus holds of such words anyway; 0 where it is not there
FLOOR = 0.2  # added to a word's share: a missing word makes a query doubtful, not void
MOST = 1.5  # of a word's share that counts


def weigh(
    *,
    words: Sequence[str],
    shares: NDArray[np.float64],
    together: NDArray[np.float64],
    score: float,
    of_items: NDArray[np.float64],
    cosine: float,
    titled: float,
) -> float:
    """Return the log-odds that a query is answered, were as many queries answerable as not.

    `words` are the query's content words; `shares` what the best candidate's item holds of each that carries
    the topic, (n,), of what it could score at most; `together` how surely a few sentences side by side say
    each, (windows, n), 0-1; `score` is the best candidate's without boosts; `of_items` that of each item
    found; `cosine` the best of all candidates; `titled` the share of the query (0-1) that the best
    candidate's title holds.

    A long query is rarely met by chance. The score itself counts against, as all that is good in it is
    counted in the others.
    """
    letters = sum(map(len, words))
    lead = score - (float(np.sort(of_items)[-NEXT]) if len(of_items) >= NEXT else 0.0)
    return (
        -23.3
        + 2.6 * float(np.log2(len(words) + 1))
        + 2.45 * float(np.log2(letters + 1))
        + 3.9 * _even(shares)
        + 4.5 * max(map(_even, together), default=0.0)
        - 5.5 * score
        + 7.3 * lead
        + 6.85 * cosine
        + titled
    )


def _even(shares: NDArray[np.float64]) -> float:
    """Return the harmonic mean of what is held of each word: the one that is held least counts most."""
    return float(1 / np.mean(1 / (np.clip(shares, 0.0, MOST) + FLOOR))) if len(shares) else 0.0
