"""Text -> tokens: words, and one token for each case number, paragraph, date and amount."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from semsearch.text.normalise import normalise

_WORD = re.compile(r"[^\W_]+(?:['’´-][^\W_]+)*")


class Token(NamedTuple):
    """A word as it is matched, and the span of the text it stands for."""

    word: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """Split `text` into tokens, in order of their start."""
    return [
        Token(word, match.start(), match.end())
        for match in _WORD.finditer(text)
        for word in _words(match.group())
    ]


@lru_cache(maxsize=262144)
def _words(surface: str) -> tuple[str, ...]:
    word = re.sub(r"'s?$", "", normalise(surface))
    if "-" in word:
        return (word.replace("-", ""), *word.split("-"))
    return (word.replace("'", ""),)
