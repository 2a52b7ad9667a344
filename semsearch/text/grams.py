"""Words as sets of letter runs: how alike two spellings are."""

from __future__ import annotations


def grams(word: str, n: int = 4) -> set[str]:
    """Give the runs of `n` characters of "^word$"; a word too short for one gives itself so marked.

    >>> sorted(grams("takst"))
    ['^tak', 'akst', 'kst$', 'taks']
    """
    marked = f"^{word}$"
    return {marked[at : at + n] for at in range(max(1, len(marked) - n + 1))}


def similarity(a: str, b: str) -> float:
    """Give the Dice coefficient of two words' 4-grams: 1.0 for the same word, 0.0 for none in common.

    >>> similarity("borgerservise", "borgerservice") > 0.6, similarity("takst", "havn")
    (True, 0.0)
    """
    ours, theirs = grams(a), grams(b)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))
