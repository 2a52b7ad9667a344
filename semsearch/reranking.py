"""A second stage, measured by `eval` and not shipped: the best items once more, word by word.

MaxSim, or late interaction: each content word of the query is compared with every word of a passage, and the
nearest counts. With the vectors of words in place of a transformer's it needs no torch; docs/quality.md has
what it brings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from semsearch.encoders import word_encoder
from semsearch.records import Hit
from semsearch.searcher import Searcher
from semsearch.text import tokenise

BEST = 30  # hits that are looked at again
WEIGHT = 0.05  # of MaxSim beside the score


def rerank(searcher: Searcher, query: str, hits: Sequence[Hit]) -> list[tuple[Hit, float]]:
    """Return hits with their new scores, best first; those after the `BEST` keep theirs, and their places."""
    words = searcher.understand(query).words
    seen = [sorted({token.word for token in tokenise(hit.text)}) for hit in hits[:BEST]]
    known = {word: place for place, word in enumerate(sorted({word for text in seen for word in text}))}
    scores = [hit.score for hit in hits]
    if words and known:
        encoder = word_encoder(searcher.encoder)
        near = encoder.encode_queries(words) @ encoder.encode_passages(list(known)).T
        for place, text in enumerate(seen):
            if text:
                scores[place] += WEIGHT * float(np.mean(near[:, [known[word] for word in text]].max(axis=1)))
    best = sorted(zip(hits[:BEST], scores[:BEST], strict=True), key=lambda pair: -pair[1])
    return [*best, *zip(hits[BEST:], scores[BEST:], strict=True)]
