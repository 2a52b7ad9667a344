"""Abbreviations a text explains itself: "Social- og Handicapcentret (SHC)"."""

from __future__ import annotations

import re

from semsearch.text.normalise import normalise
from semsearch.text.patterns import LazyPattern

_SHORT = LazyPattern(r"[A-ZÆØÅ][A-ZÆØÅa-zæøå&]{0,8}[A-ZÆØÅ]|[A-ZÆØÅ]{2,10}")
_BRACKETED = LazyPattern(rf"\(({_SHORT.source})\)")
_BEFORE = LazyPattern(r"[^\W\d_]+(?:-[^\W\d_]+)*-?")
_AFTER = LazyPattern(r"\s*\(([^\W\d_][^()\n]{3,80})\)")
_LOOK_BACK = 120
_MOST_WORDS = 10
_SMALL = frozenset("og for i af til på med den det de en et the of and & samt".split())


def abbreviations(text: str) -> dict[str, str]:
    """Give the abbreviations `text` explains, as {lower-case abbreviation: words it stands for, normalised}.

    Both "Social- og Handicapcentret (SHC)" and "SHC (Social- og Handicapcentret)" count; the letters must
    be found in order at the beginnings of the words, or within compounds after the first letter. The first
    explanation of an abbreviation stands.
    """
    found: dict[str, str] = {}
    for match in _BRACKETED.now.finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        if long := _expansion(match[1], before):
            found.setdefault(match[1].lower(), long)
    for match in _SHORT.now.finditer(text):
        after = _AFTER.now.match(text, match.end())
        if after and (long := _expansion(match.group(), after[1])) and long == _joined(after[1]):
            found.setdefault(match.group().lower(), long)
    return found


def _joined(text: str) -> str:
    return " ".join(normalise(text).split())


def _expansion(short: str, before: str) -> str | None:
    """Give the shortest run of words at the end of `before` that `short` abbreviates."""
    line = before.rstrip()
    words = list(_BEFORE.now.finditer(line))
    if not words or words[-1].end() != len(line):
        return None
    letters = normalise(short).replace("&", "")
    for match in reversed(words[-_MOST_WORDS:]):
        run = [word.group().lower() for word in words if word.start() >= match.start()]
        if "\n\n" in line[match.start() :] or re.search(r"[.:;!?()]\s", line[match.start() :]):
            return None
        if (
            match.group()[0].lower() == letters[0]
            and len(run) <= 2 * len(letters)
            and _abbreviates(letters, run)
        ):
            return _joined(line[match.start() :])
    return None


def _abbreviates(letters: str, words: list[str]) -> bool:
    """Whether the letters are met in order, each word that is not small giving its first one."""
    if len(words) == 1 and len(words[0]) < 2 * len(letters):
        return False
    return _met(letters, words)


def _met(letters: str, words: list[str]) -> bool:
    if not words:
        return not letters
    word, rest = words[0], words[1:]
    if word in _SMALL and _met(letters, rest):
        return True
    at = 0
    while letters and at < len(word) and word[at] == letters[0]:
        letters = letters[1:]
        if _met(letters, rest):
            return True
        at = word.find(letters[0], at + 1) if letters else -1
        if at < 0:
            break
    return False
