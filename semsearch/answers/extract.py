"""Candidate sentences of the best items, each with what speaks for it, best first.

What speaks for a sentence (`FEATURES`) is weighed by `WEIGHTS`, tuned on the judged questions' tuning split;
docs/quality.md has the figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from semsearch.answers.asks import Asks
from semsearch.answers.questions import Question
from semsearch.index import PassageRow
from semsearch.outcomes import absences
from semsearch.records import Filters, Hit, SectionKind
from semsearch.searcher import Result, Searcher
from semsearch.text import sentences, terms_of, tokenise

if TYPE_CHECKING:
    from semsearch.meanings import Meaning

ITEMS = 6  # best items that are read
PASSAGES = 30  # of them, best first
FAR = 0.15  # an item whose score is farther below the best is not read
OF_FIRST, OF_OTHERS = 20, 6  # passages that are read of the best item and of each other
ENCODED = 60  # sentences that get a cosine
NEAR_CHARS = 60  # a value farther than this from the question's words has nothing to do with them
WEIGHTS: Mapping[str, float] = {
    "coverage": 0.25,  # share of the question's weight (idf) that the sentence's words hold
    "rest": 0.5,  # the same without the words that the item's title holds
    "around": 1.0,  # the same for the sentence, its neighbours and the title together
    "cosine": 0.45,  # of sentence and question
    "value": 0.75,  # whether it holds what is asked for: an amount, a date, a name
    "cue": 0.3,  # 1 where a word stands that usually introduces it ("udgift", "senest")
    "near": 0.55,  # how close such a value stands to a word of the question, 0-1
    "label": 0.4,  # 1 for a table row whose first cell the question names in full
    "passage": 0.5,  # how far its passage's score is below the best passage's, 0 or less
    "item": 4.0,  # how far its item's score is below the best hit's, 0 or less
    "first": 0.35,  # 1 for the best hit's item
    "section": 4.0,  # what sections usually answer this kind of question
    "stub": -0.2,  # 1 for less than four words, .3 for less than six
    "long": -0.45,  # 0 up to 30 words, 1 from 90
}
POOL = 60  # best sentences that are chosen from
ALIKE = 0.3  # of words shared with a better sentence, from which a sentence says little new
REPEATS = 0.3  # what saying the same costs
MARGIN = 0.5  # how much worse a sentence of another matter may be than the best
SAME = 0.65  # above ALIKE: nothing new at all
SUMMARY = 0.05  # what a summary has ahead, where the kind of question says nothing else
NOTHING: frozenset[str] = frozenset()
_ROW = re.compile(r"\t| \| ")
_ENTRY = re.compile(r"(?:[-–—•*·▪o]|\(?(?:\d{1,2}|[a-zæøå])[.)])\s")
_NUMBERED = re.compile(r"\s*\d+[a-z]?[.)]\s*")
_SECTION = {
    Asks.AMOUNT: {SectionKind.ECONOMY: 0.1, SectionKind.RECOMMENDATION: 0.05},
    Asks.VOTE: {SectionKind.DECISION: 0.6},
    Asks.YES_NO: {SectionKind.DECISION: 0.2, SectionKind.RECOMMENDATION: 0.1, SectionKind.SUMMARY: 0.1},
    Asks.DECISION: {SectionKind.DECISION: 0.2, SectionKind.RECOMMENDATION: 0.1},
    Asks.STATUS: {SectionKind.SUMMARY: 0.1},
    Asks.TOPIC: {SectionKind.SUMMARY: 0.1, SectionKind.RECOMMENDATION: 0.1},
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or table row that may answer: `start:end` of its document, and what speaks for it."""

    passage: PassageRow
    start: int
    end: int
    text: str
    marks: tuple[tuple[int, int], ...]
    terms: frozenset[str]
    coverage: float  # share of the question's weight that its own words hold
    score: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    passage: PassageRow
    start: int
    end: int
    text: str
    terms: frozenset[str]
    lead: frozenset[str]  # terms of a row's header and caption, or of what announces a list's entry


def candidates(searcher: Searcher, question: Question, result: Result, filters: Filters) -> list[Candidate]:
    """Return the sentences of the best items' best passages that the filters admit, best first."""
    meanings = searcher.meanings(result.query)
    vector = searcher.encoder.encode_queries([result.query.text])[0]
    passages, strengths = _passages(searcher, result, filters, meanings, vector)
    found = list(_sentences(searcher, passages))
    lexicon = Lexicon(searcher, meanings)
    own = [lexicon.coverage(one.terms | one.lead if is_row(one.text) else one.terms) for one in found]
    around = [lexicon.coverage(_around(found, place)) for place in range(len(found))]
    cosines = _cosines(searcher, found, np.array(own) + np.array(around), vector)
    items = _Items(result)
    counts = question.first is Asks.COUNT
    named = terms_of(question.text)
    scored = []
    for place, one in enumerate(found):
        title = terms_of(one.passage.item.title)
        marks = question.values(one.text, one.passage.item.title)
        leads = question.first is Asks.LIST and _leads(found, place)
        worth = question.worth(one.text, marks)
        near = lexicon.nearness(one.text, marks, inside=counts) if own[place] else 0.0
        features = {
            "coverage": own[place],
            "rest": lexicon.coverage(one.terms - title) if own[place] else 0.0,
            "around": around[place],
            "cosine": float(cosines[place]),
            "value": 1.0 if leads else worth,
            "cue": float(leads or question.is_cued(one.text)),
            "near": max(float(leads), near),
            "label": float(is_row(one.text) and bool(label := _label(one.text)) and label <= named),
            "passage": strengths[one.passage.row],
            "item": items.strength(one.passage),
            "first": items.is_first(one.passage),
            "section": _prior(question, one.passage.kind),
            "stub": _stub(one.text),
            "long": _long(one.text),
        }
        total = sum(WEIGHTS[name] * value for name, value in features.items())
        scored.append(
            Candidate(one.passage, one.start, one.end, one.text, marks, one.terms, own[place], total)
        )
    return sorted(scored, key=lambda one: (-one.score, one.passage.row, one.start))


def choose(found: Sequence[Candidate], many: int, said: Sequence[str] = ()) -> Iterator[Candidate]:
    """Yield the best candidates that each say something new, at most `many` (maximal marginal relevance).

    `said` are texts that stand in the answer already.
    """
    pool = _worthwhile(found)[:POOL]
    known = [terms_of(text) for text in said]
    repeated = [_repeated(one, known) for one in pool]
    while pool and many:
        place = max(
            range(len(pool)), key=lambda place: (pool[place].score - REPEATS * repeated[place], -place)
        )
        best, share = pool.pop(place), repeated.pop(place)
        if share < SAME:
            many -= 1
            repeated = [
                max(old, _repeated(one, [best.terms])) for one, old in zip(pool, repeated, strict=True)
            ]
            yield best


def _worthwhile(found: Sequence[Candidate]) -> list[Candidate]:
    """Leave out sentences of other matters that are much worse than the best."""
    return [one for one in found if one.score >= found[0].score - MARGIN or _same_matter(one, found[0])]


def _same_matter(one: Candidate, other: Candidate) -> bool:
    item, best = one.passage.item, other.passage.item
    return item.id == best.id or (item.case_number is not None and item.case_number == best.case_number)


def adds_to(one: Candidate, known: Sequence[frozenset[str]]) -> bool:
    """Whether a sentence says something that is not said already."""
    return _repeated(one, known) < SAME


def _repeated(one: Candidate, known: Sequence[frozenset[str]]) -> float:
    """Return how much of a sentence others say already, above what any two sentences share."""
    shares = (len(one.terms & terms) / max(1, min(len(one.terms), len(terms))) for terms in known)
    return max(0.0, max(shares, default=0.0) - ALIKE)


class Lexicon:
    """What the words of a query weigh, and which terms stand for them."""

    def __init__(self, searcher: Searcher, meanings: Sequence[Meaning]) -> None:
        self.terms = frozenset(
            term for meaning in meanings for alternate in meaning.alternates for term, _ in alternate
        )
        ordered = sorted(self.terms)
        idf = dict(zip(ordered, searcher.index.bm25.idf(ordered).tolist(), strict=True)) if ordered else {}
        weighed = [
            [[(term, weight * idf[term]) for term, weight in alternate] for alternate in meaning.alternates]
            for meaning in meanings
        ]
        self._words = [
            (word, frozenset(term for alternate in word for term, _ in alternate)) for word in weighed
        ]
        best = [max((_sum(alternate) for alternate in word), default=0.0) for word in weighed]
        self._most = sum(best) or 1.0

    def coverage(self, terms: frozenset[str]) -> float:
        """Return the share of the query's weight that `terms` hold, 0-1."""
        held = terms & self.terms
        if not held:
            return 0.0
        total = 0.0
        for word, names in self._words:
            if not held.isdisjoint(names):
                total += max(_sum([pair for pair in alternate if pair[0] in held]) for alternate in word)
        return total / self._most

    def nearness(self, text: str, marks: Sequence[tuple[int, int]], *, inside: bool) -> float:
        """Return how close a value stands to a word of the query, from 0 (far) to 1 (side by side).

        A word within the value counts with `inside` alone: "44 answers" is what "how many answers" asks for,
        but a name that the question gives is not the one it asks for.
        """
        if not marks:
            return 0.0
        matched = [(start, end) for word, start, end in tokenise(text) if terms_of(word) & self.terms]
        gaps = [
            max(start - mark_end, mark_start - end, 0)
            for start, end in matched
            for mark_start, mark_end in marks
            if inside or not (mark_start <= start and end <= mark_end)
        ]
        return max(0.0, 1 - min(gaps, default=NEAR_CHARS) / NEAR_CHARS)


def _sum(alternate: Sequence[tuple[str, float]]) -> float:
    return sum(value for _, value in alternate)


class _Items:
    """How good the items of a result are, and which is the best."""

    def __init__(self, result: Result) -> None:
        best = max(result.hits, key=lambda hit: hit.score)
        self._first = _item_id(result.hits[0])
        self._strengths: dict[str, float] = {}
        for hit in result.hits:
            self._strengths.setdefault(_item_id(hit), hit.score - best.score)

    def strength(self, passage: PassageRow) -> float:
        return self._strengths[passage.item.id]

    def is_first(self, passage: PassageRow) -> float:
        return float(passage.item.id == self._first)


def _prior(question: Question, kind: SectionKind) -> float:
    if kind is SectionKind.ATTACHMENTS:
        return -0.5
    return _SECTION.get(question.first, {}).get(kind, SUMMARY if kind is SectionKind.SUMMARY else 0.0)


def _stub(text: str) -> float:
    words = len(text.split())
    return 1.0 if words < 4 else 0.3 if words < 6 else 0.0


def _long(text: str) -> float:
    return min(1.0, max(0.0, (len(text.split()) - 30) / 60))


def _around(found: Sequence[_Sentence], place: int) -> frozenset[str]:
    """Return the terms of a sentence, the ones beside it in its passage, and its item's title."""
    passage = found[place].passage
    near = [one.terms for one in found[max(0, place - 1) : place + 2] if one.passage is passage]
    return frozenset().union(terms_of(passage.item.title), found[place].lead, *near)


def _leads(found: Sequence[_Sentence], place: int) -> bool:
    """Whether a list follows a sentence."""
    after = found[place + 1] if place + 1 < len(found) else None
    return (
        after is not None
        and after.passage is found[place].passage
        and is_entry(after.text)
        and found[place].text.rstrip("* ").endswith(":")
    )


def _cosines(
    searcher: Searcher, found: Sequence[_Sentence], order: NDArray[np.float64], vector: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return cosines with the question: float64, (len(found),); 0 for all but the `ENCODED` likeliest."""
    cosines = np.zeros(len(found))
    chosen = np.argsort(-order, kind="stable")[:ENCODED]
    if len(chosen):
        cosines[chosen] = searcher.encoder.encode_passages([found[place].text for place in chosen]) @ vector
    return cosines


def _item_id(hit: Hit) -> str:
    return hit.id.split("#")[0]


def _passages(
    searcher: Searcher,
    result: Result,
    filters: Filters,
    meanings: Sequence[Meaning],
    vector: NDArray[np.float32],
) -> tuple[list[PassageRow], dict[int, float]]:
    """Return the best passages of the best items, in the order of the minutes, and how good each is."""
    index, allowed = searcher.index, searcher.index.allowed(filters)
    rows: list[int] = []
    owners: list[int] = []
    least = max(hit.score for hit in result.hits) - FAR
    near = [_item_id(hit) for hit in result.hits if hit.score >= least or hit is result.hits[0]]
    for place, item_id in enumerate(list(dict.fromkeys(near))[:ITEMS]):
        item = index.catalog.item_by_id(item_id)
        every = index.rows_of_item(item.meeting.document, item.ordinal)
        own = [row for row in every if allowed is None or allowed[row]]
        rows += own
        owners += [place] * len(own)
    places = np.array(rows, dtype=np.int64)
    cosine = (index.dense.vectors(places) @ vector).astype(np.float64)
    total = 0.5 * searcher.lexical_scores(places, meanings) + 0.5 * cosine
    order = np.argsort(-total, kind="stable").tolist()
    chosen = sorted(_shared_out(order, owners))
    best = float(total.max())
    passages = [index.passage(int(places[place])) for place in chosen]
    return passages, {int(places[place]): float(total[place]) - best for place in chosen}


def _shared_out(order: Sequence[int], owners: Sequence[int]) -> list[int]:
    """Return the best of passages in order: the best item's first, some of each other, then any."""
    taken, left = Counter[int](), list[int]()
    chosen: list[int] = []
    for place in order:
        if taken[owners[place]] < (OF_OTHERS if owners[place] else OF_FIRST):
            chosen.append(place)
            taken[owners[place]] += 1
        else:
            left.append(place)
    return chosen + left[: max(0, PASSAGES - len(chosen))]


def _sentences(searcher: Searcher, passages: Sequence[PassageRow]) -> Iterator[_Sentence]:
    for passage in passages:
        text = searcher.index.catalog.text(passage.item.meeting.document)
        lead, before, in_table = NOTHING, NOTHING, False
        for start, end in sentences(text, passage.start, passage.end):
            words = text[start:end]
            if passage.kind is SectionKind.DECISION and absences(words):
                continue
            terms, row = terms_of(words), is_row(words)
            if row and not in_table:
                lead = before
            yield _Sentence(passage, start, end, words, terms, lead if row or is_entry(words) else NOTHING)
            if row and not in_table:
                lead = before | terms
            elif not row and not is_entry(words):
                lead = terms
            before, in_table = terms, row


def _label(row: str) -> frozenset[str]:
    """Return the terms of a row's first cell, without its number in a list ("34. Ældre Sagen")."""
    return terms_of(_NUMBERED.sub("", _ROW.split(row, maxsplit=1)[0]))


def is_row(text: str) -> bool:
    """Whether a unit is a row of a table."""
    return _ROW.search(text) is not None


def is_entry(text: str) -> bool:
    """Whether a unit is an entry of a list."""
    return _ENTRY.match(text) is not None
