"""What was found -> how much speaks for it: whether a query is answered at all.

What a corpus holds by chance has some of a query's words and misses others, or has them far apart, and stands
little above the next best items. A logistic fit on 844 answerable and 686 unanswerable queries over three
corpora, both kinds weighing the same; docs/quality.md says what each signal brings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEXT = 10  # the item whose score tells what the corpus holds of such words anyway; 0 where it is not there
FLOOR = 0.2  # added to a word's share: a missing word makes a query doubtful, not void
MOST = 1.5  # of a word's share that counts
WORDS, LETTERS = 5, 40  # that count: a longer query is no surer for being long
UNSAID = 0.1  # a word that is said less surely is not said


def weigh(
    *,
    words: Sequence[str],
    topic: Sequence[str],
    most: NDArray[np.float64],
    reach: NDArray[np.float64],
    shares: NDArray[np.float64],
    together: NDArray[np.float64],
    score: float,
    lexical: float,
    of_items: NDArray[np.float64],
    cosine: float,
) -> float:
    """Return the log-odds that a query is answered, were as many queries answerable as not.

    `words` are the query's content words, `topic` those that carry the topic. Of each of these, (topic,):
    `most` is what it could score, `reach` how surely the corpus can say it at all (0-1), `shares` what the
    best candidate's item holds of `most`; `together`, (windows, topic), how surely a few sentences side by
    side say it (0-1; at least one window). `score` is the best candidate's without boosts and `lexical` its
    lexical part; `of_items` are the scores of the items found; `cosine` is the best of all candidates.

    A long query is rarely met by chance, as far as its words are said in one place. The lexical part counts
    against, as all that is good in it is counted in the others.
    """
    lead = score - (float(np.sort(of_items)[-NEXT]) if len(of_items) >= NEXT else 0.0)
    letters = np.array([len(word) for word in topic], dtype=np.float64)
    unsaid = 1 - np.clip(together, 0.0, 1.0)
    return (
        -8.85
        + 0.67 * min(len(words), WORDS)
        + 0.145 * min(sum(map(len, words)), LETTERS)
        - 0.104 * float(np.min(unsaid @ letters))
        - 0.56 * float(np.min(np.sum(unsaid > 1 - UNSAID, axis=1)))
        + 2.85 * float(np.min(reach, initial=1.0))
        + 6.67 * _even(shares, most)
        - 9.38 * lexical
        + 10.49 * lead
        + 4.06 * cosine
    )


def _even(shares: NDArray[np.float64], most: NDArray[np.float64]) -> float:
    """Return the harmonic mean of what is held of each word: the one that is held least counts most."""
    held = np.clip(shares, 0.0, MOST)
    return float(most.sum() / np.sum(most / (held + FLOOR))) if most.any() else 0.0
