"""Which words are spelt alike: a typing mistake apart."""

from __future__ import annotations

from collections.abc import Sequence

MIN_CHARS = 5  # of a word that may be mistyped
LEAST = 0.75  # similarity; below it words differ in meaning, not in spelling


def spelt_like(
    word: str, spellings: Sequence[str], limit: int, least: float = LEAST
) -> list[tuple[float, int]]:
    """Return similarity and place of the `limit` spellings most like `word`, best first.

    Similarity is 1 - edits / length of the longer (0-1, at least `least`), an edit being an insertion, a
    deletion, a change or a swap of neighbours (optimal string alignment). Ties go to the earlier spelling.
    A word of fewer than `MIN_CHARS` letters is like none.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    if len(word) < MIN_CHARS:
        return []
    found = extract(word, spellings, scorer=OSA.normalized_similarity, score_cutoff=least, limit=limit)
    return [(float(similarity), place) for _, similarity, place in found]
