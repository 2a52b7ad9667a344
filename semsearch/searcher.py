"""Query -> hits: the one search path of the command line, Python and every other face.

Both arms find candidates (terms in tantivy, vectors in FAISS); each candidate then gets its exact score
in both, so that a passage one arm missed is still compared fairly:

    score = (w * lexical + (1 - w) * cosine + small boosts) * what is left to a closed item or another
            treatment of a matter       (see `Weights`; `Hit.parts` holds all of it)

lexical is the share of the query's weight the passage holds (0-1, seldom more): BM25 over its words, each
counted through the best of its alternates (itself, its compound parts, the corpus's words nearest to it in
meaning, a likely spelling), divided by the most that query could score. It is never stretched to the best
hit of the query: a query that is not in the minutes scores low everywhere, and is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from math import prod
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from semsearch import evidence, queries
from semsearch.config import Weights
from semsearch.encoders import Encoder
from semsearch.index import Index, PassageRow, Rows
from semsearch.meanings import Meaning, Thesaurus
from semsearch.queries import Query
from semsearch.records import SECTION_KINDS, Filters, Hit, SectionKind, Source
from semsearch.text import analyse, case_key, sentences, spelt_like, stem, terms_of

TOLD = 0.75  # of its attachments' score: a passage that says more of the item than their list
POOL = 200  # candidates of each arm
READ = 3  # best passages whose sentences tell whether the query's words stand together
STRAIGHT = str.maketrans("“”„«»’‘–—", '"""""\'\'--')
ALIKE = 0.85  # share of their words that two texts have in common which tell much the same
SURE = 0.5  # weight of an alternate from which on it is highlighted
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Scores:
    """Candidates and their scores, row by row: each array is (n,), but `shares`, (n, words of the query)."""

    rows: Rows
    total: NDArray[np.float64]
    lexical: NDArray[np.float64]
    cosine: NDArray[np.float64]
    shares: NDArray[np.float64]  # of what a word could score at most, what the candidate's item holds
    lexical_weight: float  # beside the cosine's, 0-1
    boosts: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def plain(self) -> NDArray[np.float64]:
        """The totals, boosts left out."""
        return self.total - sum(self.boosts.values())

    def where(self, kept: NDArray[np.bool_]) -> Scores:
        """Return the candidates that are kept: bool, (n,)."""
        return Scores(
            rows=self.rows[kept],
            total=self.total[kept],
            lexical=self.lexical[kept],
            cosine=self.cosine[kept],
            shares=self.shares[kept],
            lexical_weight=self.lexical_weight,
            boosts={name: values[kept] for name, values in self.boosts.items()},
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found: no hits where the minutes hold nothing; `suggestions` are likely spellings.

    `sure` says whether enough was found for an answer too.
    """

    query: Query
    hits: tuple[Hit, ...]
    abstained: bool
    took_ms: float
    suggestions: tuple[tuple[str, str], ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An item that scored: by which parts its best passage did, and the place of the passage it shows."""

    score: float
    day: int
    shown: int
    parts: tuple[tuple[str, float], ...]


class Searcher:
    """Searches one generation; immutable, so it may be shared between threads."""

    def __init__(self, index: Index, encoder: Encoder, weights: Weights | None = None) -> None:
        self.index = index
        self.encoder = encoder
        self.weights = weights or Weights()

    def search(
        self, text: str, *, k: int = 10, filters: Filters | None = None, abstain: bool = True
    ) -> Result:
        """Return the `k` best items, each by its best passage; ties go to the newer meeting, then by id.

        Filters are applied before ranking. A case number that the corpus holds brings its items, newest
        first, whatever else is asked; several bring those of each case in turn.
        """
        began = perf_counter()
        query, filters = self.understand(text), filters or Filters()
        if filters.case and not query.has_topic:
            query = replace(query, case_numbers=(filters.case,))  # "hvad blev besluttet?" in that case
        meanings = self.meanings(query)
        scores = self.score(query, meanings, filters)
        strength = self._strength(meanings, scores) if abstain else np.inf
        enough = strength >= self._least("evidence")
        words = _words(meanings)
        hits = self._hits(query, words, scores, k) if enough else ()
        own = self._case_hits(query, words, filters)
        hits = tuple(folded(_first(own, hits, k)))
        sure = bool(own) or strength >= self._least("answer")
        doubtful = [(meaning.word, meaning.likely) for meaning in meanings if meaning.likely]
        suggestions = tuple((word, _form(word, likely, hits)) for word, likely in doubtful)
        return Result(query, hits, not hits, (perf_counter() - began) * 1000, suggestions, sure)

    def understand(self, text: str) -> Query:
        """Parse a query against this corpus's committees."""
        return queries.parse(text, self._committees)

    @cached_property
    def _committees(self) -> dict[str, str]:
        return {meeting.slug: meeting.committee for meeting in self.index.catalog.meetings()}

    @cached_property
    def _thesaurus(self) -> Thesaurus:
        return Thesaurus(self.index, self.encoder, self.weights)

    def score(self, query: Query, meanings: Sequence[Meaning], filters: Filters) -> Scores:
        """Find candidates with both arms and score each in both."""
        vector = self.encoder.encode_queries([_respelt(query, meanings)])
        allowed = self.index.allowed(filters)
        dense_rows, _ = self.index.dense.search(vector, POOL, allowed=allowed)
        words = [meaning.alternates for meaning in meanings]
        keys = self.index.lexical.search(words, POOL, filters) if words else []
        rows = _union(dense_rows[0], self.index.rows_of_keys(keys))
        if query.asks_decision and filters.section is None:
            rows = _union(rows, self._decision_rows(rows))
        cosine = (self.index.dense.vectors(rows) @ vector[0]).astype(np.float64)
        lexical, shares = self._lexical(rows, meanings)
        boosts = self._boosts(query, rows)
        weight = self._lexical_weight(meanings)
        total = weight * lexical + (1 - weight) * cosine + sum(boosts.values())
        return Scores(rows, total, lexical, cosine, shares, weight, boosts)

    def _decision_rows(self, rows: Rows) -> Rows:
        """Return the rows of the decisions of the items that rows belong to."""
        spans = [self.index.rows_of_item(*key) for key in set(self.index.items_of(rows))]
        own = np.concatenate([np.arange(span.start, span.stop) for span in spans] or [rows])
        decisions: Rows = own[self.index.rows["kind"][own] == _kind(SectionKind.DECISION)]
        return decisions

    def meanings(self, query: Query) -> list[Meaning]:
        """Return what each word of a query is looked up as."""
        return self._thesaurus.meanings(query)

    def lexical_scores(self, rows: Rows, meanings: Sequence[Meaning]) -> NDArray[np.float64]:
        """Return the share of the query's weight each passage holds: float64, (len(rows),)."""
        return self._lexical(rows, meanings)[0]

    def _lexical(
        self, rows: Rows, meanings: Sequence[Meaning]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the share of the query's weight each passage holds, and of each word's its item holds."""
        if not meanings or not len(rows):
            return np.zeros(len(rows)), np.zeros((len(rows), len(meanings)))
        scores = self.index.bm25.score(rows, [meaning.alternates for meaning in meanings])
        best, spread = self._best_of_item(rows, scores), self.weights.spread
        most = np.array([self._thesaurus.most(meaning) for meaning in meanings])
        held = (1 - spread) * scores + spread * best
        return held.sum(axis=1) / (most.sum() or 1.0), best / np.where(most > 0, most, 1.0)

    def _best_of_item(self, rows: Rows, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give each passage, word by word, the best score among its item's candidates: (n, words)."""
        owners = self._owners(rows)
        cuts = np.flatnonzero(np.any(np.diff(owners, axis=0, prepend=-1) != 0, axis=1))
        best = np.maximum.reduceat(scores, cuts, axis=0)
        return np.repeat(best, np.diff(cuts, append=len(rows)), axis=0)

    def _owners(self, rows: Rows) -> NDArray[np.int64]:
        """Return the items that rows belong to, (n, 2)."""
        return np.array(self.index.items_of(rows), dtype=np.int64).reshape(-1, 2)

    def _lexical_weight(self, meanings: Sequence[Meaning]) -> float:
        """Weigh the arms by the query: the fewer of its words the corpus holds, the less they can tell."""
        weights = self.weights
        if not meanings:
            return 0.0
        known = sum(meaning.known for meaning in meanings) / len(meanings)
        return weights.lexical + (weights.lexical_known - weights.lexical) * known

    def _boosts(self, query: Query, rows: Rows) -> dict[str, NDArray[np.float64]]:
        weights = self.weights
        boosts: dict[str, NDArray[np.float64]] = {}
        kinds = self.index.rows["kind"][rows]
        if query.asks_decision:
            boosts["decision"] = weights.decision * (kinds == _kind(SectionKind.DECISION))
        if not query.outcome:
            boosts["standing"] = weights.standing * self.index.standing[rows].astype(np.float64)
        boosts["attachments"] = -weights.attachments * (kinds == _kind(SectionKind.ATTACHMENTS))
        if query.outcome:
            items = [self.index.catalog.item(*key) for key in self.index.items_of(rows)]
            boosts["outcome"] = weights.outcome * np.array([item.outcome is query.outcome for item in items])
        if query.first or query.last or query.committees:
            meetings = [self.index.catalog.meeting(document) for document, _ in self.index.items_of(rows)]
            if query.first or query.last:
                first, last = query.first or date.min, query.last or date.max
                inside = [first <= meeting.date <= last for meeting in meetings]
                weight = weights.period if query.precise else weights.year
                boosts["period"] = weight * np.array(inside, dtype=np.float64)
            if query.committees:
                named = [meeting.slug in query.committees for meeting in meetings]
                boosts["committee"] = weights.committee * np.array(named, dtype=np.float64)
        return boosts

    def evidence(self, meanings: Sequence[Meaning], scores: Scores) -> float:
        """Return how much speaks for the best candidate, see `evidence.py`; -inf without any."""
        if not len(scores.rows):
            return -np.inf
        best = int(scores.plain.argmax())
        items, places = np.unique(self._owners(scores.rows), axis=0, return_inverse=True)
        of_items = np.full(len(items), -np.inf)
        np.maximum.at(of_items, places.ravel(), scores.plain)
        topic = [meaning for meaning in meanings if not meaning.light]
        return evidence.weigh(
            words=[meaning.word for meaning in meanings],
            topic=[meaning.word for meaning in topic],
            most=np.array([self._thesaurus.most(meaning) for meaning in topic]),
            reach=np.array([self._thesaurus.reach(meaning) for meaning in topic]),
            shares=scores.shares[best][[not meaning.light for meaning in meanings]],
            together=np.array(
                [[meaning.said_by(terms) for meaning in topic] for terms in self._windows(scores)]
            ),
            score=float(scores.plain[best]),
            lexical=float(scores.lexical[best]),
            of_items=of_items,
            cosine=float(scores.cosine.max()),
        )

    def _windows(self, scores: Scores) -> Iterator[frozenset[str]]:
        """Yield the terms of the best passages' titles, and of each sentence with those beside it."""
        for place in np.argsort(-scores.plain, kind="stable")[:READ]:
            passage = self.index.passage(int(scores.rows[place]))
            text = self.index.catalog.text(passage.item.meeting.document)
            title = terms_of(passage.item.title)
            own = [terms_of(text[start:end]) for start, end in sentences(text, passage.start, passage.end)]
            yield title
            for middle in range(len(own)):
                yield title.union(*own[max(0, middle - 1) : middle + 2])

    def _strength(self, meanings: Sequence[Meaning], scores: Scores) -> float:
        """Return the evidence; an item that holds every word, as typed or likely spelt, is all it takes."""
        return np.inf if self._is_held_literally(meanings, scores.rows) else self.evidence(meanings, scores)

    def _least(self, what: str) -> float:
        """Return what this corpus gives by chance, see `calibration.py`."""
        return float((self.index.manifest.get("thresholds") or {}).get(what, -np.inf))

    def _is_held_literally(self, meanings: Sequence[Meaning], rows: Rows) -> bool:
        if not meanings or not len(rows):
            return False
        typed = [
            [[(term, 1.0)] for term in analyse(f"{meaning.word} {meaning.likely or ''}").stems]
            for meaning in meanings
        ]
        held = self._best_of_item(rows, self.index.bm25.score(rows, typed)) > 0
        return bool(held.all(axis=1).any())

    def _hits(self, query: Query, words: frozenset[str], scores: Scores, k: int) -> tuple[Hit, ...]:
        """Return the best passage of each of the `k` best items; stems of `words` are highlighted."""
        ranked = self._ranked(query, scores, k)
        ranked.sort(key=lambda entry: (entry.score, entry.day), reverse=True)
        return tuple(
            self.hit(self.index.passage(int(scores.rows[entry.shown])), words, rank, entry.score, entry.parts)
            for rank, entry in enumerate(ranked[:k], start=1)
        )

    def _ranked(self, query: Query, scores: Scores, k: int) -> list[_Ranked]:
        """Return the items that scored, enough for the `k` best.

        An item scores by its best passage; `_shown` says which it shows.
        One matter that several bodies treated stands once: its other treatments are set back, so that they
        do not crowd out other matters.
        """
        ranked: dict[tuple[int, int], _Ranked] = {}
        matters: set[tuple[str | None, str]] = set()
        whole: list[float] = []  # scores that nothing was taken off
        keys = self.index.items_of(scores.rows)
        total = np.round(scores.total, 6)
        order = np.argsort(-total, kind="stable").tolist()
        shown = self._shown(query, scores, keys, order)
        for place in order:
            if len(whole) >= k and total[place] < whole[k - 1]:
                break
            key = keys[place]
            if key not in ranked:
                item = self.index.catalog.item(*key)
                matter = item.case_number, item.title.casefold()
                factors = {"again": self.weights.again} if item.case_number and matter in matters else {}
                factors |= {"closed": self.weights.closed} if item.closed else {}
                matters.add(matter)
                if not factors:
                    whole.append(float(total[place]))
                score = float(total[place]) * prod(factors.values())
                day = item.meeting.date.toordinal()
                ranked[key] = _Ranked(score, day, shown[key], _parts(scores, place, factors))
        return list(ranked.values())

    def _shown(
        self, query: Query, scores: Scores, keys: Sequence[tuple[int, int]], order: Sequence[int]
    ) -> dict[tuple[int, int], int]:
        """Return the place of the passage that each item shows.

        It is the decision where that is asked for, and else the best one; not a list of attachments where
        another is nearly as good.
        """
        kinds, total = self.index.rows["kind"][scores.rows], scores.total
        best = {keys[place]: place for place in reversed(order)}
        if query.asks_decision:
            told = kinds == _kind(SectionKind.DECISION)
        else:
            least = np.array([TOLD * total[best[key]] for key in keys])
            told = (kinds != _kind(SectionKind.ATTACHMENTS)) & (total >= least)
        return best | {keys[place]: place for place in reversed(order) if told[place]}

    def hit(
        self,
        passage: PassageRow,
        words: frozenset[str],
        rank: int,
        score: float,
        parts: tuple[tuple[str, float], ...] = (),
    ) -> Hit:
        """Return a passage as a hit, with the stems of `words` highlighted."""
        item = passage.item
        return Hit(
            rank=rank,
            score=round(score, 4),
            id=passage.id,
            meeting_date=item.meeting.date,
            committee=item.meeting.committee,
            item_number=item.number,
            item_title=item.title,
            case_number=item.case_number,
            section=passage.kind,
            outcome=item.outcome,
            closed=item.closed,
            text=passage.text,
            highlights=_highlights(words, passage.text),
            source=self.source(passage),
            parts=parts,
        )

    def source(self, passage: PassageRow) -> Source:
        """Return where a passage stands."""
        return passage.item.source(passage.start, passage.end)

    def _case_hits(self, query: Query, words: frozenset[str], filters: Filters) -> list[Hit]:
        """Return the items of the cases a query names, newest first; of several cases each in turn."""
        named = dict.fromkeys(map(case_key, query.case_numbers))
        cases = [self._case(case, words, filters) for case in named if filters.case in (None, case)]
        return [hit for turn in zip_longest(*cases) for hit in turn if hit]

    def _case(self, case: str, words: frozenset[str], filters: Filters) -> list[Hit]:
        """Return the items of a case that the filters admit, newest first, by their decisions if they can."""
        wanted = replace(filters, case=case)
        mask = self.index.allowed(wanted)
        rows = np.flatnonzero(mask) if mask is not None else np.zeros(0, np.int64)
        first: dict[tuple[int, int], int] = {}
        for row, key in zip(rows.tolist(), self.index.items_of(rows), strict=True):
            kept = first.setdefault(key, row)
            if self.index.rows["kind"][row] == _kind(SectionKind.DECISION) != self.index.rows["kind"][kept]:
                first[key] = row
        passages = [self.index.passage(row) for row in first.values()]
        passages.sort(key=lambda passage: (passage.item.meeting.date, passage.item.number), reverse=True)
        return [self.hit(passage, words, 0, 2.0, (("case", 2.0),)) for passage in passages]


def _first(own: Sequence[Hit], hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """Put some hits before the others, each item once: at most `k`, ranked anew."""
    items = {hit.id.split("#")[0] for hit in own}
    merged = [*own, *(hit for hit in hits if hit.id.split("#")[0] not in items)]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(merged[:k], start=1))


def folded(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield hits in their order, each with the rank of one above that tells the same, see `Hit`.

    Treatments of a case repeat one another, but decisions, and texts with other numbers, are told in full.
    """
    texts: dict[str, int] = {}
    cases: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
    for hit in hits:
        told = cases[hit.case_number] if hit.case_number and hit.section is not SectionKind.DECISION else []
        words = frozenset(_WORD.findall(hit.text.lower()))
        same = texts.get(hit.text) or next((rank for rank, other in told if _is_alike(words, other)), None)
        if same is None:
            texts[hit.text] = hit.rank
            told.append((hit.rank, words))
        yield replace(hit, same_as=same)


def _is_alike(words: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two texts share nearly all of their words, and every number."""
    differ = words ^ other
    return len(differ) < (1 - ALIKE) * len(words | other) and not any(map(_DIGIT.search, differ))


def _union(one: Rows, other: Rows) -> Rows:
    """Return the rows of either, ascending; np.union1d would load masked arrays first, 7 ms."""
    rows = np.sort(np.concatenate([one, other]))
    union: Rows = rows[np.diff(rows, prepend=-1) != 0]
    return union


def _words(meanings: Sequence[Meaning]) -> frozenset[str]:
    """Return the stems a reader takes for the query's words: themselves and what they surely mean."""
    return frozenset(
        term
        for meaning in meanings
        for alternate in meaning.alternates
        for term, weight in alternate
        if len(alternate) == 1 and weight >= SURE
    )


def _form(typed: str, likely: str, hits: Sequence[Hit]) -> str:
    """Return the form of a likely word that is nearest to what was typed: that, or one the hits hold."""
    own = stem(likely)
    told = "\n".join(f"{hit.item_title}\n{hit.text}" for hit in hits)
    words = set(_WORD.findall(told.lower()))
    forms = [likely, *sorted(word for word in words if word != likely and stem(word) == own)]
    near = spelt_like(typed, forms, limit=1)
    return forms[near[0][1]] if near else likely


def _highlights(words: frozenset[str], text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _WORD.finditer(text) if stem(match.group().lower()) in words)


def _respelt(query: Query, meanings: Sequence[Meaning]) -> str:
    """Return the query's text as the corpus would write it, for the arm that reads it whole."""
    text = query.text
    for meaning, (start, end) in sorted(
        zip(meanings, query.spans, strict=True), key=lambda pair: pair[1], reverse=True
    ):
        spelling = meaning.variant or meaning.likely
        if spelling:
            text = text[:start] + spelling + text[end:]
    return text.translate(STRAIGHT)


def _parts(scores: Scores, place: int, factors: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what a score is made of, see `Hit`; adding 0 makes a 0 of -0."""
    arms = {"lexical": scores.lexical, "cosine": scores.cosine}
    parts = {name: float(values[place]) for name, values in (arms | scores.boosts).items()}
    parts = {"lexical_weight": scores.lexical_weight, **parts, **factors}
    return tuple((name, round(value, 4) + 0.0) for name, value in parts.items())


def _kind(kind: SectionKind) -> int:
    return SECTION_KINDS.index(kind)
