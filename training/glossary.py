"""A Danish-English glossary counted from the sentence pairs, and Danish texts with their words swapped by it.

Swapped titles and sentences against Danish passages teach English words the company that minutes keep, of
which no translation exists (code-switching: Qin et al. 2020, "CoSDA-ML", for contextual models).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from semsearch.text import stem

WORD = re.compile(r"[^\W\d_]+")


def glossary(rows: Sequence[tuple[str, str]], least: float = 0.1) -> dict[str, str]:
    """Danish word -> the English word that comes and goes with it.

    The score is c(d, e)^2 / (c(d) c(e)) over sentence pairs (Ochiai's coefficient, squared); pairs of single
    words fill the gaps.
    """
    certain = {da.lower(): en.lower() for en, da in rows if WORD.fullmatch(da) and WORD.fullmatch(en)}
    danish, danish_counts = _presence([da for _, da in rows])
    english, english_counts = _presence([en for en, _ in rows])
    together = (danish_counts.T @ english_counts).tocoo()
    often_d = np.asarray(danish_counts.sum(0)).ravel()
    often_e = np.asarray(english_counts.sum(0)).ravel()
    scores = together.data.astype(float) ** 2 / (often_d[together.row] * often_e[together.col])
    scores[together.data < 2] = 0
    found: dict[str, str] = {}
    for i in np.argsort(scores, kind="stable")[np.searchsorted(np.sort(scores), least) :]:
        found[danish[together.row[i]]] = english[together.col[i]]
    return certain | found


def _presence(texts: Sequence[str]) -> tuple[list[str], csr_matrix]:
    """Which word stands in which text: (words, texts x words of 0 and 1)."""
    index: dict[str, int] = {}
    columns, starts = [], [0]
    for text in texts:
        columns += [index.setdefault(word, len(index)) for word in set(WORD.findall(text.lower()))]
        starts.append(len(columns))
    ones = np.ones(len(columns), dtype=np.int32)
    return list(index), csr_matrix((ones, columns, starts), shape=(len(texts), len(index)))


def with_hand(words: dict[str, str], by_hand: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Add terms translated by hand, (English, Danish) with the best first, and their forms by stem ("#...").

    What was counted for a form stands before what its stem says.
    """
    found: dict[str, str] = {}
    for english, danish in by_hand:
        found.setdefault(danish, english)
    stems: dict[str, str] = {}
    for danish, english in found.items():
        stems.setdefault("#" + stem(danish), english)
    return words | found | stems


def swap(text: str, words: dict[str, str]) -> tuple[str, float]:
    """Swap every word the glossary knows: the text, and the share of its words that were swapped."""
    found = {word: words.get(word) or words.get("#" + stem(word)) for word in WORD.findall(text.lower())}
    known = sum(found[word] is not None for word in WORD.findall(text.lower()))
    swapped = WORD.sub(lambda match: found.get(match[0].lower()) or match[0], text)
    return swapped, known / max(1, len(WORD.findall(text.lower())))
