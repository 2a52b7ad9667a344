"""The corpus's own words: what a query word may stand for when the corpus does not hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semsearch.text import spelt_like, stem

RARE_ABOVE = 30_000  # with more words than this, one that occurs in a single document is left out


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the corpus, in how many documents it stands, and its stem."""

    word: str
    documents: int
    stem: str


class Vocabulary:
    """All words of the corpus, one for each stem; immutable."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the lines of the file; a query reads a few of them."""
        self._lines = lines

    @classmethod
    def open(cls, path: Path) -> Vocabulary:
        """Read what `save` wrote."""
        return cls(path.read_text("utf-8").split("\n")[:-1])

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Word]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int) -> Word:
        word, documents, stem = self._lines[place].split("\t")
        return Word(word, int(documents), stem)

    @cached_property
    def _spellings(self) -> list[str]:
        return [line.partition("\t")[0] for line in self._lines]

    @cached_property
    def _stems(self) -> list[str]:
        return [line.rpartition("\t")[2] for line in self._lines]

    def like(self, word: str, limit: int = 4) -> list[tuple[Word, float]]:
        """Return the words spelled most like `word` and how alike they are (0-1), best first.

        A mistyped word may be inflected in another way than here, so stems are compared too. Ties go to the
        more frequent word.
        """
        found: dict[int, float] = {}
        for typed, spellings in ((word, self._spellings), (stem(word), self._stems)):
            for similarity, place in spelt_like(typed, spellings, 4 * limit):
                found[place] = max(similarity, found.get(place, 0.0))
        like = [(self[place], similarity) for place, similarity in found.items()]
        return sorted(like, key=lambda entry: (-entry[1], -entry[0].documents, entry[0].word))[:limit]


def stems(counts: Mapping[str, int], known: Mapping[str, str]) -> dict[str, str]:
    """Return the stem of each word that may be chosen; `known` holds those that were found before."""
    least = 2 if len(counts) > RARE_ABOVE else 1
    return {
        word: known.get(word) or stem(word)
        for word in sorted(counts)
        if counts[word] >= least and len(word) > 2 and word.isalpha()
    }


def select(counts: Mapping[str, int], stems: Mapping[str, str]) -> list[Word]:
    """Choose the words of a vocabulary: of each stem the most frequent form, in alphabetical order."""
    best: dict[str, Word] = {}
    for word, its_stem in sorted(stems.items()):
        held = best.get(its_stem)
        if held is None or counts[word] > held.documents:
            best[its_stem] = Word(word, counts[word], its_stem)
    return sorted(best.values(), key=lambda known: known.word)


def save(path: Path, words: Iterable[Word]) -> None:
    """Write a vocabulary, a line each: word, documents, stem."""
    path.write_text("".join(f"{word.word}\t{word.documents}\t{word.stem}\n" for word in words), "utf-8")


def read_counts(path: Path) -> tuple[Counter[str], dict[str, str]]:
    """Read what `save_counts` wrote: in how many documents each word stands, and the stems."""
    lines = [line.split("\t") for line in path.read_text("utf-8").split("\n")[:-1]]
    found = {word: stem[0] for word, _, *stem in lines if stem and stem[0]}
    return Counter({word: int(documents) for word, documents, *_ in lines}), found


def save_counts(path: Path, counts: Mapping[str, int], stems: Mapping[str, str]) -> None:
    """Write in how many documents each word stands, also those that are not chosen, and its stem if known."""
    lines = (f"{word}\t{counts[word]}\t{stems.get(word, '')}\n" for word in sorted(counts))
    path.write_text("".join(lines), "utf-8")
