"""The thresholds of evidence, for hits and for an answer, found at index time and kept in the manifest.

What junk finds depends on the corpus: how large it is, how alike its cases are. So the corpus is asked for
words of its own items, once as it is (it knows the answer), once with the item's case left out (what is found
then is found by chance). Between the two lies what a query must find. An answer takes more than a hit: what
falls between is shown as what comes closest.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from heapq import nsmallest

import numpy as np

from semsearch.encoders import Encoder
from semsearch.index import Index
from semsearch.records import Filters
from semsearch.searcher import Searcher
from semsearch.text import STOPWORDS_DA, tokenise

SAMPLE = 40  # items whose words are asked for
WORDS = 3
LEAST_WORDS = 20  # of an item to be asked about
LEAST_LENGTH = 5  # of a word
SURER = 0.6  # what an answer takes above a hit
Key = tuple[int, int]  # document, ordinal of an item
PRIOR, SHARE = -1.85, 0.75  # what fits the judged corpora on average, and what it counts beside this corpus


def calibrate(index: Index, encoder: Encoder) -> dict[str, float]:
    """Return the least `Searcher.evidence` of a query that has hits, and of a question that is answered.

    The same documents give the same thresholds: items are drawn by the digest of their text.
    """
    searcher, matters = Searcher(index, encoder), index.catalog.matters()
    asked = [_evidence(searcher, matters, key, words) for key, words in _questions(index)]
    found = np.array([pair for pair in asked if np.isfinite(pair).all()], dtype=np.float64).reshape(-1, 2)
    own = float(np.median(found, axis=0).mean()) if len(found) else PRIOR
    least = SHARE * PRIOR + (1 - SHARE) * own
    return {"evidence": round(least, 4), "answer": round(least + SURER, 4)}


def _questions(index: Index) -> Iterator[tuple[Key, list[str]]]:
    """Yield items, each with a few of its own content words."""
    drawn = [(_digest(name, text), key) for key, name, text in index.catalog.open_items()]
    for digest, key in nsmallest(SAMPLE, drawn):
        item = index.catalog.item(*key)
        text = index.catalog.text(item.meeting.document)[item.start : item.end]
        words = [token.word for token in tokenise(text) if token.word.isalpha()]
        content = sorted({word for word in words if len(word) >= LEAST_LENGTH and word not in STOPWORDS_DA})
        if len(content) >= LEAST_WORDS:
            yield key, random.Random(digest).sample(content, WORDS)


def _digest(item_id: str, text_digest: str) -> str:
    return hashlib.sha256(f"{item_id}\n{text_digest}".encode()).hexdigest()


def _evidence(
    searcher: Searcher, matters: dict[Key, tuple[str | None, str]], own: Key, words: list[str]
) -> tuple[float, float]:
    """Return the evidence that the words of an item find, and outside its case and under other titles."""
    query = searcher.understand(" ".join(words))
    meanings = searcher.meanings(query)
    scores = searcher.score(query, meanings, Filters())
    own_case, own_title = matters[own]
    others = []
    for key in searcher.index.items_of(scores.rows):
        case, title = matters[key]
        same = case == own_case if case else key == own
        others.append(not same and title != own_title)
    by_chance = scores.where(np.array(others, dtype=np.bool_))
    return searcher.evidence(meanings, scores), searcher.evidence(meanings, by_chance)
