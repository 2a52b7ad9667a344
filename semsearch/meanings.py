"""Query words -> what they are looked up as: the corpus's own words for them.

A word stands for itself, for its compound's parts, for what the lexicon says that minutes call it (an English
word, or a Danish word of the street), for the words of the corpus nearest to it in the embedding, and, where
the corpus lacks it, for a likely spelling. Alternates compete: the best of them counts, never their sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from semsearch.bm25 import K1
from semsearch.config import Weights
from semsearch.encoders import Encoder, StaticEncoder, word_encoder
from semsearch.index import Index
from semsearch.lexicon import Lexicon
from semsearch.queries import Query
from semsearch.terms import Alternate
from semsearch.text import Language, analyse, stem, tokenise

NEIGHBOURS = 8
ATTAINABLE = 0.75  # of BM25's ceiling: what a word that stands once or twice in a passage reaches


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of the query: what it is looked up as, whether the corpus holds it, and a likely spelling."""

    word: str
    alternates: tuple[Alternate, ...]
    known: bool
    translated: bool
    likely: str | None
    variant: str | None = None  # the spelling of the corpus where it writes å for aa
    light: bool = False  # it carries little of the topic

    def said_by(self, terms: Set[str]) -> float:
        """Return how surely a text of these terms says the word: its best alternate there; 0 for none."""
        said = (
            sum(weight for _, weight in alternate)
            for alternate in self.alternates
            if all(term in terms for term, _ in alternate)
        )
        return max(said, default=0.0)


class Thesaurus:
    """Looks words up in one generation of an index; immutable."""

    def __init__(self, index: Index, encoder: Encoder, weights: Weights) -> None:
        self._index = index
        self._encoder = encoder
        self._weights = weights

    def meanings(self, query: Query) -> list[Meaning]:
        """Return what each word of a query is looked up as."""
        if not query.words:
            return []
        mended = self._mended(query)
        words = [mended.get(place, (word, 1.0))[0] for place, word in enumerate(query.words)]
        vectors = self._words.encode_queries(words)
        places, cosines = self._index.words.search(vectors, NEIGHBOURS)
        danish = self._danish(words, query.language, mended)
        found = [
            self._meaning(
                word,
                list(zip(near.tolist(), close.tolist(), strict=True)),
                danish.get(place, []),
                self._weights.literal if danish.get(place) and query.language == "en" else 1.0,
                mended[place][0] if place in mended else None,
            )
            for place, (word, near, close) in enumerate(zip(query.words, places, cosines, strict=True))
        ]
        return [self._lightened(meaning) if meaning.word in query.light else meaning for meaning in found]

    def _lightened(self, meaning: Meaning) -> Meaning:
        alternates = tuple(
            [(term, self._weights.light * weight) for term, weight in alternate]
            for alternate in meaning.alternates
        )
        return replace(meaning, alternates=alternates, light=True)

    def _mended(self, query: Query) -> dict[int, tuple[str, float]]:
        """Return by place the likely English spelling of words that nobody knows, and how alike it is.

        A word of the corpus that is as like is preferred, see `_meaning`.
        """
        found: dict[int, tuple[str, float]] = {}
        if query.language == "da":
            return found
        for place, word in enumerate(query.words):
            held = self._index.bm25.df(analyse(word).stems).any()
            if held or self._words.knows(word) or self._lexicon.translate([word], "mixed"):
                continue
            english = self._lexicon.like(word)
            danish = self._index.vocabulary.like(word, limit=1)
            if english and not (danish and danish[0][1] > english[1]):
                found[place] = english
        return found

    def _danish(
        self, words: Sequence[str], language: Language, mended: Mapping[int, tuple[str, float]]
    ) -> dict[int, list[tuple[str, float]]]:
        """Return what minutes call each word of a query, by place; a phrase's name is that of each word."""
        found: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for translation in self._lexicon.translate(words, language):
            for place in range(translation.start, translation.end):
                doubt = self._weights.typo * mended[place][1] ** 2 if place in mended else 1.0
                found[place] += [
                    (word, self._weights.translation * sure * doubt)
                    for word, sure in translation.alternates
                    if self._holds(word)
                ]
        return found

    def _holds(self, word: str) -> bool:
        """Tell whether the corpus holds a word or a part of it."""
        terms = analyse(word)
        return bool(self._index.bm25.df([*terms.stems, *terms.parts]).any())

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.open()

    def _meaning(
        self,
        word: str,
        neighbours: Sequence[tuple[int, float]],
        danish: Sequence[tuple[str, float]],
        literal: float,
        mended: str | None,
    ) -> Meaning:
        """Collect a word's alternates: itself, its parts, other words for it, its likely spelling."""
        weights, own, words = self._weights, analyse(word), self._index.vocabulary
        found: dict[str, float] = dict.fromkeys(own.stems, literal)
        alternates: list[Alternate] = []
        for other, weight in danish:
            terms = analyse(other)
            if len(terms.stems) == 1:
                found[terms.stems[0]] = max(found.get(terms.stems[0], 0.0), weight)
            else:
                alternates.append([(term, weight / len(terms.stems)) for term in terms.stems])
            alternates += _parts(terms.parts, weight)
        for place, cosine in neighbours:
            if cosine >= weights.least_cosine:
                near = words[place].stem
                found[near] = max(found.get(near, 0.0), weights.neighbour * cosine**2)
        known = bool(self._index.bm25.df(own.stems).any())
        likely = [] if known or danish else self._index.vocabulary.like(word)
        for like, similarity in likely:
            found[like.stem] = max(found.get(like.stem, 0.0), weights.typo * similarity**2)
        alternates += [[(term, weight)] for term, weight in found.items()]
        alternates += _parts(own.parts, literal)
        return Meaning(
            word,
            tuple(alternates),
            known,
            bool(danish),
            mended or (likely[0][0].word if likely else None),
            self._variant(word),
        )

    def _variant(self, word: str) -> str | None:
        spellings = [token.word for token in tokenise(word)]
        held = [spelling for spelling in spellings if self._index.bm25.df([stem(spelling)]).any()]
        return held[0] if held and spellings[0] not in held else None

    def most(self, meaning: Meaning) -> float:
        """Return what a word could score at most here; one the corpus lacks in every form is rare."""
        terms = [term for alternate in meaning.alternates for term, _ in alternate]
        held = self._index.bm25.df(terms) > 0
        idf = dict(zip(terms, np.where(held, self._index.bm25.idf(terms), 0.0), strict=True))
        best = max(sum(weight * idf[term] for term, weight in alternate) for alternate in meaning.alternates)
        rare = float(self._index.bm25.idf([""])[0]) if not (meaning.known or meaning.translated) else 0.0
        rare *= self._weights.light if meaning.light else 1.0
        return float(max(best, rare)) * (K1 + 1) * ATTAINABLE

    def reach(self, meaning: Meaning) -> float:
        """Return how surely this corpus can say a word at all, 0-1; by a compound's parts half as surely."""
        weights = [
            min(weight for _, weight in alternate)
            for alternate in meaning.alternates
            if (self._index.bm25.df([term for term, _ in alternate]) > 0).all()
        ]
        return max(weights, default=0.0)

    @cached_property
    def _words(self) -> StaticEncoder:
        return word_encoder(self._encoder)


def _parts(parts: Sequence[str], weight: float) -> list[Alternate]:
    """Return a compound's parts as one alternate, which weighs no more than the whole."""
    return [[(term, weight / len(parts)) for term in parts]] if len(parts) > 1 else []
