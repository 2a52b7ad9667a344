"""English words -> Danish words, and Danish words -> Danish words of the same meaning, from a shipped file.

The file was learned from sentence pairs and dictionaries (`training/lexicon.py`, `data/README.md`). It is
sorted by the bytes of its keys and searched in place, so that a query of six words reads some lines of it,
not all. A line holds a key, then Danish words with their weights in hundredths, best first, between tabs.
Keys are "e" and an English word or two (`english_base`), "s" and an English stem, "d" and a Danish stem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from semsearch.errors import SemsearchError
from semsearch.sortedlines import SortedLines
from semsearch.text import Language, stem, stem_english

_PATH = Path(__file__).parent / "data" / "lexicon.tsv"
_IRREGULAR = {
    "buses": "bus",
    "campuses": "campus",
    "children": "child",
    "feet": "foot",
    "lives": "life",
    "men": "man",
    "mice": "mouse",
    "teeth": "tooth",
    "viruses": "virus",
    "wives": "wife",
    "women": "woman",
}
_OUR = re.compile(r"(arm|behavi|col|endeav|fav|harb|hon|hum|lab|neighb|par[kl]|rum|savi|vap|vig)our")
_RE = re.compile(r"(cent|fib|lit|lust|met|meag|somb|spect|theat)re$")
_ISE = re.compile(r"(\w{3,})is(e|ed|er|ing|ation|ational)$")
_AMERICAN = {
    "catalogue": "catalog",
    "cheque": "check",
    "defence": "defense",
    "dialogue": "dialog",
    "enrolment": "enrollment",
    "grey": "gray",
    "jewellery": "jewelry",
    "kerb": "curb",
    "licence": "license",
    "mould": "mold",
    "offence": "offense",
    "plough": "plow",
    "programme": "program",
    "storey": "story",
    "tyre": "tire",
}


class Translation(NamedTuple):
    """What `words[start:end]` of a query may be called in the minutes: Danish words with weights, best first.

    `start`, `end` count the words of the query; one or two are covered. Weights are > 0 and <= 1: how sure
    the translation is.
    """

    start: int
    end: int
    alternates: tuple[tuple[str, float], ...]


class Lexicon:
    """The shipped lexicon, opened; immutable."""

    def __init__(self, lines: SortedLines) -> None:
        self._lines = lines

    @classmethod
    def open(cls, path: Path | None = None) -> Lexicon:
        """Open the shipped lexicon, or another of its format; nothing is parsed before it is asked for.

        Raises:
            SemsearchError: the file is missing.
        """
        path = path or _PATH
        try:
            return cls(SortedLines.open(path))
        except (OSError, ValueError) as error:
            raise SemsearchError(
                f"the lexicon {path} cannot be read", hint="install semsearch again"
            ) from error

    def translate(self, words: Sequence[str], language: Language = "en") -> list[Translation]:
        """Give what the words of a query, in lower case and in order, are called in Danish; [] if unknown.

        `language` "en" translates, "da" gives Danish words of the same meaning, "mixed" does both. Words and
        pairs of neighbours are each looked up by themselves, so that spans overlap; they come in the order
        of their start, the longer first. No word is its own alternate.
        """
        found = []
        for start in range(len(words)):
            for end in (start + 2, start + 1):
                if end <= len(words):
                    alternates = self._alternates(words[start:end], language)
                    if alternates:
                        found.append(Translation(start, end, alternates))
        return found

    def _alternates(self, words: Sequence[str], language: Language) -> tuple[tuple[str, float], ...]:
        best: dict[str, float] = {}
        if language != "da":
            bases = " ".join(map(english_base, words))
            best.update(
                self._line("e" + bases) or self._line("s" + " ".join(map(stem_english, bases.split(" "))))
            )
        if language != "en":
            for danish, weight in self._line("d" + " ".join(map(stem, words))):
                best[danish] = max(best.get(danish, 0.0), weight)
        best.pop(" ".join(words), None)
        return tuple(sorted(best.items(), key=lambda entry: (-entry[1], entry[0])))

    def _line(self, key: str) -> list[tuple[str, float]]:
        """Give the alternates on the line of a key; [] where there is none."""
        line = self._lines.find(key)
        if line is None:
            return []
        fields = (field.rpartition(" ") for field in line.split("\t"))
        return [(word, int(hundredths) / 100) for word, _, hundredths in fields]


def english_base(word: str) -> str:
    """Give the singular of a lower-case English word, in American spelling.

    Forms in -ing and -ed stay, as they often mean another thing ("housing", "parking"). After Harman (1991),
    "How effective is suffixing?", the S stemmer, with exceptions for sibilants. The spelling need not be
    right, only the same for both: "exercise" becomes "exercize".

    >>> english_base("parties"), english_base("harbours"), english_base("churches"), english_base("bus")
    ('party', 'harbor', 'church', 'bus')
    """
    word = _singular(word)
    word = _OUR.sub(r"\1or", word)
    word = _RE.sub(r"\1er", word)
    word = _ISE.sub(r"\1iz\2", word)
    return _AMERICAN.get(word, word)


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]
