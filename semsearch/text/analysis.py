"""Text -> what is indexed and asked for: stems, and beside them the stems of compounds' parts."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from semsearch.text.compounds import Compounds, default_compounds
from semsearch.text.stems import stem
from semsearch.text.words import surfaces, words

_MOST_CACHED = 400_000
_TEXTS_CACHED = 50_000


class Analysis(NamedTuple):
    """The terms of a text, in order, with duplicates.

    `stems` are whole words and the tokens of numbers, dates, paragraphs and case numbers; `parts` are the
    stems of compounds' parts, which count for less, on both sides.
    """

    stems: list[str]
    parts: list[str]


class Analyser:
    """Analyses texts with one splitter and remembers each distinct word."""

    def __init__(self, compounds: Compounds) -> None:
        self._compounds = compounds
        self._seen: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._printed: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def analyse(self, text: str) -> Analysis:
        """Give the terms of `text`; passages and queries must be analysed alike."""
        stems: list[str] = []
        parts: list[str] = []
        for printed, tokens in surfaces(text):
            for surface in printed:
                terms, inner = self._printed.get(surface) or self._surface(surface)
                stems += terms
                if inner:
                    parts += inner
            for word, _, _ in tokens:
                term, inner = self.term(word)
                stems.append(term)
                parts += inner
        return Analysis(stems, parts)

    def term(self, word: str) -> tuple[str, tuple[str, ...]]:
        """Give the stem of one token's word and the stems of its parts.

        >>> default_analyser().term("budgetopfølgningen")
        ('budgetopfølgning', ('budg', 'opfølgning'))
        """
        return self._seen.get(word) or self._term(word)

    def _surface(self, surface: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if len(self._printed) >= _MOST_CACHED:
            self._printed.clear()
        terms = [self.term(word) for word, _, _ in words(surface)]
        found = tuple(term for term, _ in terms), tuple(part for _, parts in terms for part in parts)
        self._printed[surface] = found
        return found

    def _term(self, word: str) -> tuple[str, tuple[str, ...]]:
        if len(self._seen) >= _MOST_CACHED:
            self._seen.clear()
        found = (stem(word), self._compounds.parts(word)) if word.isalpha() else (word, ())
        self._seen[word] = found
        return found


@cache
def default_analyser() -> Analyser:
    """Give the analyser that knows the shipped words only."""
    return Analyser(default_compounds())


def analyse(text: str) -> Analysis:
    """Give the terms of `text` by the shipped words.

    >>> analyse("Kassetrækket i § 17, stk. 4-sagen")
    Analysis(stems=['kassetræk', 'i', '§17', '§17.4', 'sag'], parts=['kas', 'træk'])
    """
    return default_analyser().analyse(text)


@lru_cache(maxsize=_TEXTS_CACHED)
def terms_of(text: str) -> frozenset[str]:
    """Give the distinct terms of `text`: its words' stems and those of their parts."""
    found = analyse(text)
    return frozenset((*found.stems, *found.parts))
