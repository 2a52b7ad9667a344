"""What was found -> how much speaks for it: whether a query is answered at all.

What a corpus holds by chance has some of a query's words and misses others, stands little above the next best
items, and has other titles. A logistic fit on 548 answerable and 229 unanswerable queries over three corpora,
both kinds weighing the same; docs/quality.md says what each signal brings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEXT = 10  # the item whose score tells what the corpus holds of such words anyway
FLOOR = 0.1  # added to a word's share: a missing word makes a query doubtful, not void
MOST = 1.5  # of a word's share that counts


def weigh(
    *,
    words: Sequence[str],
    shares: NDArray[np.float64],
    score: float,
    of_items: NDArray[np.float64],
    cosine: float,
    titled: float,
) -> float:
    """Return the log-odds that a query is answered, were as many queries answerable as not.

    `words` are the query's content words; `shares` what the best candidate's item holds of each that carries
    the topic, (n,), of what it could score at most; `score` is the best candidate's without boosts;
    `of_items` that of each item found; `cosine` the best of all candidates; `titled` the share of the query
    (0-1) that the best candidate's title holds.

    A long query is rarely met by chance. The mean of the shares is harmonic: the word that is held least
    counts most. The score itself counts against, as all that is good in it is counted in the others.
    """
    letters = sum(map(len, words))
    held = np.clip(shares, 0.0, MOST) + FLOOR
    lead = score - float(np.sort(of_items)[::-1][:NEXT][-1])
    return (
        -20.3
        + 2.3 * float(np.log2(len(words) + 1))
        + 2.25 * float(np.log2(letters + 1))
        + 6.4 * (1 / float(np.mean(1 / held)) if len(held) else 0.0)
        - 5.0 * score
        + 6.4 * lead
        + 8.35 * cosine
        + 1.65 * titled
    )
