"""The corpus's own words: what a query word may stand for when the corpus does not hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semsearch.text import stem

RARE_ABOVE = 30_000  # with more words than this, one that occurs in a single document is left out
MIN_TYPO_CHARS = 5
TYPO_SIMILARITY = (
    0.75  # 1 - edits / length of the longer word; below it words differ in meaning, not in spelling
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the corpus, in how many documents it stands, and its stem."""

    word: str
    documents: int
    stem: str


class Vocabulary:
    """All words of the corpus, one for each stem; immutable."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words

    @classmethod
    def open(cls, path: Path) -> Vocabulary:
        """Read what `save` wrote."""
        lines = (line.split("\t") for line in path.read_text("utf-8").splitlines())
        return cls([Word(word, int(documents), stem) for word, documents, stem in lines])

    @cached_property
    def _spellings(self) -> list[str]:
        return [word.word for word in self.words]

    def like(self, word: str, limit: int = 4) -> list[tuple[Word, float]]:
        """Return the words spelled most like `word` and how alike they are (0-1), best first.

        Similarity is 1 - edits / length, an edit being an insertion, a deletion, a change or a swap of
        neighbours (optimal string alignment); ties go to the more frequent word.
        """
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        if len(word) < MIN_TYPO_CHARS:
            return []
        found = extract(
            word,
            self._spellings,
            scorer=OSA.normalized_similarity,
            score_cutoff=TYPO_SIMILARITY,
            limit=4 * limit,
        )
        ranked = sorted(found, key=lambda entry: (-entry[1], -self.words[entry[2]].documents, entry[0]))
        return [(self.words[place], similarity) for _, similarity, place in ranked[:limit]]


def select(counts: Mapping[str, int]) -> list[Word]:
    """Choose the words of a vocabulary: of each stem the most frequent form, in alphabetical order."""
    least = 2 if len(counts) > RARE_ABOVE else 1
    best: dict[str, Word] = {}
    for word in sorted(counts):
        if counts[word] >= least and len(word) > 2 and word.isalpha():
            known = Word(word, counts[word], stem(word))
            held = best.get(known.stem)
            if held is None or known.documents > held.documents:
                best[known.stem] = known
    return sorted(best.values(), key=lambda known: known.word)


def save(path: Path, words: Iterable[Word]) -> None:
    """Write a vocabulary, a line each: word, documents, stem."""
    path.write_text("".join(f"{word.word}\t{word.documents}\t{word.stem}\n" for word in words), "utf-8")
