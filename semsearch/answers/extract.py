"""Candidate sentences of the best items, each with what speaks for it, best first.

A sentence is scored by

    coverage   share of the question's weight (idf) its words hold, through the searcher's `meanings`
    around     the same for the sentence with its neighbours and its item's title
    cosine     of the sentence and the question
    value      whether it holds what is asked for: an amount, a date, a name ...
    section    what sections usually answer this kind of question
    item       how good its item is, against the best
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from semsearch.answers.questions import Asks, Question
from semsearch.index import PassageRow
from semsearch.records import Hit, SectionKind
from semsearch.searcher import Meaning, Result, Searcher
from semsearch.text import analyse, sentences

ITEMS = 6  # best items that are read
PASSAGES = 18  # of them, best first
ENCODED = 60  # sentences that get a cosine


@dataclass(frozen=True, slots=True)
class Weights:
    """How what speaks for a sentence is weighed; tuned on the judged questions' first two thirds."""

    coverage: float = 1.0
    around: float = 0.5
    cosine: float = 0.6
    value: float = 0.35
    item: float = 0.8
    passage: float = 0.4


WEIGHTS = Weights()
_SECTION = {
    Asks.REASON: {SectionKind.BACKGROUND: 0.05, SectionKind.PRESENTATION: 0.05},
    Asks.AMOUNT: {SectionKind.ECONOMY: 0.1, SectionKind.RECOMMENDATION: 0.05},
    Asks.VOTE: {SectionKind.DECISION: 0.6},
    Asks.YES_NO: {SectionKind.DECISION: 0.2, SectionKind.RECOMMENDATION: 0.1, SectionKind.SUMMARY: 0.1},
    Asks.DECISION: {SectionKind.DECISION: 0.2, SectionKind.RECOMMENDATION: 0.1},
    Asks.STATUS: {SectionKind.SUMMARY: 0.1},
    Asks.TOPIC: {SectionKind.SUMMARY: 0.1, SectionKind.RECOMMENDATION: 0.1},
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or table row that may answer, `start:end` of its document, and what speaks for it."""

    passage: PassageRow
    start: int
    end: int
    text: str
    marks: tuple[tuple[int, int], ...]
    score: float
    features: tuple[float, ...] = ()


def candidates(searcher: Searcher, question: Question, result: Result) -> list[Candidate]:
    """Return the sentences of the best items, best first."""
    meanings = searcher.meanings(result.query)
    vector = searcher.encoder.encode_queries([result.query.text])[0]
    passages = _passages(searcher, result, meanings, vector)
    found = [
        (passage, start, end, score)
        for passage, score in passages
        for start, end in _units(searcher.index.catalog.text(passage.item.meeting.document), passage)
    ]
    texts = [
        searcher.index.catalog.text(passage.item.meeting.document)[start:end] for passage, start, end, _ in found
    ]
    lexicon = Lexicon(searcher, meanings)
    coverage = np.array([lexicon.coverage(terms_of(text)) for text in texts])
    around = np.array([lexicon.coverage(_around(found, texts, place)) for place in range(len(found))])
    cosine = _cosines(searcher, texts, coverage + around, vector)
    strengths = _item_strengths(result)
    scored = []
    for place, (passage, start, end, score) in enumerate(found):
        marks = question.values(texts[place])
        features = (
            float(coverage[place]),
            float(around[place]),
            float(cosine[place]),
            float(bool(marks)),
            strengths[passage.item.id],
            score,
        )
        total = _total(features) + _prior(question, passage.kind) - _penalty(texts[place])
        scored.append(Candidate(passage, start, end, texts[place], marks, total, features))
    return sorted(scored, key=lambda one: (-one.score, one.passage.row, one.start))


def _total(features: Sequence[float]) -> float:
    weights = WEIGHTS
    return float(
        np.dot(
            features,
            (
                weights.coverage,
                weights.around,
                weights.cosine,
                weights.value,
                weights.item,
                weights.passage,
            ),
        )
    )


def _prior(question: Question, kind: SectionKind) -> float:
    if kind is SectionKind.ATTACHMENTS:
        return -0.5
    return _SECTION.get(question.first, {}).get(kind, 0.0)


def _penalty(text: str) -> float:
    """Headings and stubs say nothing."""
    words = len(text.split())
    return 0.3 if words < 4 else 0.1 if words < 6 else 0.0


class Lexicon:
    """What the words of a query weigh, and which terms stand for them."""

    def __init__(self, searcher: Searcher, meanings: Sequence[Meaning]) -> None:
        terms = sorted({term for meaning in meanings for alternate in meaning.alternates for term, _ in alternate})
        idf = dict(zip(terms, searcher.index.bm25.idf([(term) for term in terms]).tolist(), strict=True)) if terms else {}
        self._words = [
            [[(term, weight * idf[term]) for term, weight in alternate] for alternate in meaning.alternates]
            for meaning in meanings
        ]
        self._most = [
            max((sum(value for _, value in alternate) for alternate in word), default=0.0) for word in self._words
        ]
        self._sum = sum(self._most) or 1.0

    def coverage(self, terms: frozenset[str]) -> float:
        """Return the share of the query's weight that `terms` hold, 0-1."""
        held = 0.0
        for word in self._words:
            held += max(
                (sum(value for term, value in alternate if term in terms) for alternate in word), default=0.0
            )
        return held / self._sum


@lru_cache(maxsize=20_000)
def terms_of(text: str) -> frozenset[str]:
    """Return the terms of a text, whole words and parts."""
    found = analyse(text)
    return frozenset((*found.stems, *found.parts))


def _around(found: Sequence[tuple[PassageRow, int, int, float]], texts: Sequence[str], place: int) -> frozenset[str]:
    """Return the terms of a sentence, the ones beside it in its passage, and its item's title."""
    passage = found[place][0]
    terms = set(terms_of(passage.item.title))
    for near in (place - 1, place, place + 1):
        if 0 <= near < len(found) and found[near][0] is passage:
            terms |= terms_of(texts[near])
    return frozenset(terms)


def _cosines(
    searcher: Searcher, texts: Sequence[str], order: NDArray[np.float64], vector: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return cosines with the question: float64, (len(texts),); 0 for all but the `ENCODED` likeliest."""
    cosines = np.zeros(len(texts))
    chosen = np.argsort(-order, kind="stable")[:ENCODED]
    if len(chosen):
        cosines[chosen] = searcher.encoder.encode_passages([texts[place] for place in chosen]) @ vector
    return cosines


def _item_strengths(result: Result) -> dict[str, float]:
    best = max((hit.score for hit in result.hits), default=1.0)
    strengths: dict[str, float] = {}
    for hit in result.hits:
        strengths.setdefault(_item_id(hit), hit.score - best)
    return strengths


def _item_id(hit: Hit) -> str:
    return hit.id.split("#")[0]


def _passages(
    searcher: Searcher, result: Result, meanings: Sequence[Meaning], vector: NDArray[np.float32]
) -> list[tuple[PassageRow, float]]:
    """Return the best passages of the best items with their scores, in the order of the minutes."""
    index = searcher.index
    rows: list[int] = []
    items = list(dict.fromkeys(_item_id(hit) for hit in result.hits))[:ITEMS]
    for item_id in items:
        (item,) = index.catalog.items("m.id || '/' || i.label = ?", [item_id])[:1]
        rows += index.rows_of_item(item.meeting.document, item.ordinal)
    places = np.array(rows, dtype=np.int64)
    cosine = (index.dense.vectors(places) @ vector).astype(np.float64)
    total = 0.5 * searcher.lexical_scores(places, meanings) + 0.5 * cosine
    chosen = np.argsort(-total, kind="stable")[:PASSAGES]
    return [(index.passage(int(places[place])), float(total[place])) for place in sorted(chosen.tolist())]


def _units(text: str, passage: PassageRow) -> Iterator[tuple[int, int]]:
    yield from sentences(text, passage.start, passage.end)
