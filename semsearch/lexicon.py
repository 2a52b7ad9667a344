"""English words -> Danish words, and Danish words -> Danish words of the same meaning, from a shipped file.

The file was learned from sentence pairs and dictionaries (`training/lexicon.py`, `data/README.md`). It is
sorted by the bytes of its keys and searched in place, so that a query of six words reads some lines of it,
not all. A line holds a key, then Danish words with their weights in hundredths, best first, between tabs.
Keys are "e" and one to three English words (`english_base`), "s" and English stems, "d" and Danish stems. Of
a name in several words only the content words stand in its key, as a query keeps no others ("terms of
reference" is "term reference"); a best weight of 100 says that they mean this only together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from semsearch.errors import SemsearchError
from semsearch.sortedlines import SortedLines
from semsearch.text import Language, stem, stem_english

MOST_WORDS = 3  # that have a line together
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

    `start`, `end` count the words of the query; up to three are covered, where the pieces of a hyphenated
    word and their joined form count as they stand. Weights are > 0 and <= 1: how sure the translation is.
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
        come in the order of their start, the longer first. Within a hyphenated word and a name that means
        its Danish words only together, nothing else is given: "red tape" is no tape. No word is its own
        alternate.
        """
        joined = {place: _around(words, place) for place, word in enumerate(words) if "-" in word}
        found = [
            Translation(start, end, alternates)
            for place, (start, end) in joined.items()
            if (alternates := self._joined(words[place], language))
        ]
        alone = {(entry.start, entry.end) for entry in found}
        plain = [place for place, (start, end) in joined.items() if end - start == 1]
        plain += [place for place in range(len(words)) if place not in joined]
        for run in _runs(sorted(plain)):
            span = run[0], run[-1] + 1
            alternates = self._alternates([words[place] for place in run], language)
            if alternates and span not in alone:
                found.append(Translation(*span, alternates))
                if len(run) > 1 and alternates[0][1] == 1.0:
                    alone.add(span)
        found.sort(key=lambda entry: (entry.start, -entry.end))
        return [entry for entry in found if not _is_within(entry, alone)]

    def _joined(self, word: str, language: Language) -> tuple[tuple[str, float], ...]:
        """Look a hyphenated word up as it stands, in one, and in pieces: "follow-up", "e-mail", "part-time"."""
        pieces = word.split("-")
        several = pieces if len(pieces) <= MOST_WORDS else [word]
        return (
            self._alternates([word], language)
            or self._alternates(["".join(pieces)], language)
            or self._alternates(several, language)
        )

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


def _around(words: Sequence[str], place: int) -> tuple[int, int]:
    """Return the span of a hyphenated word with its pieces, where a query has them beside it."""
    start, end, pieces = place, place + 1, words[place].split("-")
    while start > 0 and words[start - 1] in pieces:
        start -= 1
    while end < len(words) and words[end] in pieces:
        end += 1
    return start, end


def _runs(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield every run of neighbours that may have a line."""
    for start in range(len(places)):
        for end in range(start + 1, min(start + MOST_WORDS, len(places)) + 1):
            yield places[start:end]


def _is_within(entry: Translation, spans: Collection[tuple[int, int]]) -> bool:
    """Tell whether a translation covers a part, not all, of one of the spans."""
    return any(
        start <= entry.start and entry.end <= end and entry.end - entry.start < end - start
        for start, end in spans
    )


def english_base(word: str) -> str:
    """Give the singular of a lower-case English word, in American spelling.

    Forms in -ing and -ed stay, as they often mean another thing ("housing", "parking"); a genitive does not. After Harman (1991),
    "How effective is suffixing?", the S stemmer, with exceptions for sibilants. The spelling need not be
    right, only the same for both: "exercise" becomes "exercize".

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
