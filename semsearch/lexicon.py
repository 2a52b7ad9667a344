"""English words -> Danish words, and Danish words -> Danish words of the same meaning, from a shipped file.

The file was learned from sentence pairs and dictionaries (`training/lexicon.py`, `data/README.md`). It is
sorted by the bytes of its keys and searched in place, so that a query of six words reads some lines of it,
not all. A line holds a key, then Danish words with their weights in hundredths, best first, between tabs.
Keys are "e" and one to three English words (`english_base`), "s" and an English stem, "d" and Danish stems.
Of a name in several words only the content words stand in its key, as a query keeps no others ("terms of
reference" is "term reference"); a best weight of 100 says that they mean this only together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from semsearch.errors import SemsearchError
from semsearch.sortedlines import SortedLines
from semsearch.text import STOPWORDS_EN, Language, spelt_like, stem, stem_english

MOST_WORDS = 3  # that have a line together
OF_PIECE = 0.8  # what the translation of a hyphenated word's piece weighs
LEAST_LIKE = 0.8  # spelling: a sound word that has no line is rarely so like one that has
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
_GENITIVE = re.compile(r"['’´]s?$")
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

    `start`, `end` count the words of the query; up to three are covered. Weights are > 0 and <= 1: how sure
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
        runs of up to `MOST_WORDS` neighbours are each looked up by themselves, so that spans overlap; they
        come in the order of their start, the longer first. Within words that mean their Danish words only
        together nothing else is given: "red tape" is no tape. A word is among its own alternates where both
        languages have it ("plan").
        """
        found: list[Translation] = []
        alone: list[tuple[int, int]] = []
        for start, end in _runs(len(words)):
            alternates = self._alternates(words[start:end], language)
            if alternates:
                found.append(Translation(start, end, alternates))
                if end - start > 1 and alternates[0][1] == 1.0:
                    alone.append((start, end))
        return [entry for entry in found if not _is_within(entry, alone)]

    def like(self, word: str) -> tuple[str, float] | None:
        """Give the English word that has a line and is spelt most like `word`, and how alike they are (0-1).

        Ties go to the first in the alphabet; words are in the form of `english_base`. None: none is like it.
        """
        found = spelt_like(english_base(word), self._english_words, 1, LEAST_LIKE)
        return (self._english_words[found[0][1]], found[0][0]) if found else None

    @cached_property
    def _english_words(self) -> list[str]:
        return [match.decode() for match in re.findall(rb"^e([a-z]+)\t", self._lines.lines, re.MULTILINE)]

    def _alternates(self, words: Sequence[str], language: Language) -> tuple[tuple[str, float], ...]:
        best: dict[str, float] = {}
        if language != "da":
            best.update(next(filter(None, map(self._english, _spellings(words))), self._in_pieces(words)))
        if language != "en":
            for danish, weight in self._line("d" + " ".join(map(stem, words))):
                best[danish] = max(best.get(danish, 0.0), weight)
        return tuple(sorted(best.items(), key=lambda entry: (-entry[1], entry[0])))

    def _in_pieces(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Give what the pieces of one hyphenated word are called: "worn-out" is at least worn."""
        pieces = _pieces(words[0]) if len(words) == 1 and "-" in words[0] else []
        return [
            (word, round(OF_PIECE * weight, 2)) for piece in pieces for word, weight in self._english([piece])
        ]

    def _english(self, words: Sequence[str]) -> list[tuple[str, float]]:
        bases = [english_base(word) for word in words]
        found = self._line("e" + " ".join(bases))
        return found if found or len(bases) > 1 else self._line("s" + stem_english(bases[0]))

    def _line(self, key: str) -> list[tuple[str, float]]:
        """Give the alternates on the line of a key; [] where there is none."""
        line = self._lines.find(key)
        if line is None:
            return []
        fields = (field.rpartition(" ") for field in line.split("\t"))
        return [(word, int(hundredths) / 100) for word, _, hundredths in fields]


def _runs(count: int) -> Iterator[tuple[int, int]]:
    """Yield every run of words that may have a line, in the order of their start, the longer first."""
    for start in range(count):
        for end in range(min(start + MOST_WORDS, count), start, -1):
            yield start, end


def _spellings(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield how words may stand in a key: hyphenated ones as they are, in one ("e-mail"), in pieces.

    >>> list(_spellings(["follow-up"])), list(_spellings(["drop-in", "centre"]))
    ([['follow-up'], ['followup']], [['drop', 'centre']])
    """
    if len(words) == 1:
        yield words
        if "-" not in words[0]:
            return
        yield [words[0].replace("-", "")]
    content = [piece for word in words for piece in _pieces(word)]
    if 1 < len(content) <= MOST_WORDS:
        yield content


def _pieces(word: str) -> list[str]:
    """Give the content words of a hyphenated word, any other as it is."""
    return [piece for piece in word.split("-") if piece == word or piece not in STOPWORDS_EN]


def _is_within(entry: Translation, spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether a translation covers a part, not all, of one of the spans."""
    return any(
        start <= entry.start and entry.end <= end and entry.end - entry.start < end - start
        for start, end in spans
    )


@lru_cache(maxsize=4096)
def english_base(word: str) -> str:
    """Give the singular of a lower-case English word, in American spelling.

    Forms in -ing and -ed stay, as they often mean another thing ("housing", "parking"), genitives go. After
    Harman (1991), "How effective is suffixing?", the S stemmer, with exceptions for sibilants. The spelling
    need not be right, only the same for both: "exercise" becomes "exercize".

    >>> english_base("parties"), english_base("harbours"), english_base("churches"), english_base("bus")
    ('party', 'harbor', 'church', 'bus')
    """
    word = _singular(_GENITIVE.sub("", word))
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
