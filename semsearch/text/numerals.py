"""Numbers in words -> their values, in Danish and English: "enogtredive", "two hundred and five"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_ONES = dict(enumerate("en to tre fire fem seks syv otte ni".split(), 1))
_TENS = {
    20: "tyve", 30: "tredive tredve", 40: "fyrre fyrretyve", 50: "halvtreds halvtredsindstyve",
    60: "tres tresindstyve", 70: "halvfjerds halvfjerdsindstyve", 80: "firs firsindstyve",
    90: "halvfems halvfemsindstyve",
}  # fmt: skip
# Without "first" and "second", "første" and "anden", which mostly count nothing.
_PLAIN: dict[int | Decimal, str] = {
    1: "one", 2: "to two", 3: "tre three tredje third", 4: "fire four fjerde fourth",
    5: "fem five femte fifth", 6: "seks six sjette sixth", 7: "syv seven syvende seventh",
    8: "otte eight ottende eighth", 9: "ni nine niende ninth", 10: "ti ten tiende tenth",
    11: "elleve eleven ellevte eleventh", 12: "tolv twelve tolvte twelfth dusin dozen",
    13: "tretten thirteen", 14: "fjorten fourteen", 15: "femten fifteen", 16: "seksten sixteen",
    17: "sytten seventeen", 18: "atten eighteen", 19: "nitten nineteen", 20: "twenty snes", 30: "thirty",
    40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety",
    Decimal("1.5"): "halvanden halvandet",
    Decimal("0.5"): "halv halvt halve halvdel halvdelen halvår halvåret half halves",
}  # fmt: skip
_SCALES = {
    100: "hundrede hundred hundreder hundreds",
    10**3: "tusind tusinde tusinder thousand thousands",
    10**6: "million millionen millioner millions",
    10**9: "milliard milliarden milliarder billion billions",
    10**12: "billioner trillion trillions",
}
_SHORT = {10**6: "mio mill", 10**9: "mia mrd bn"}
_BELOW_100 = {
    **{word: Decimal(value) for value, words in (*_PLAIN.items(), *_TENS.items()) for word in words.split()},
    **{
        f"{one}og{word}": Decimal(ten + unit)
        for ten, words in _TENS.items()
        for word in words.split()
        for unit, one in _ONES.items()
    },
}
SCALES = {
    word: Decimal(value) for value, words in (*_SCALES.items(), *_SHORT.items()) for word in words.split()
}
"""What a number is multiplied by for a word behind it: "mio", "tusind", "hundred"; lower case."""
_VALUES = {**_BELOW_100, **SCALES}
_ENGLISH_TOO = {"to", "fire"}
# Part of a number behind another part; alone they count nothing.
_ONLY_BEHIND = {"one", *(word for words in _SHORT.values() for word in words.split())}
_WORD = re.compile(r"[^\W\d_]+")
_ATOM = "|".join(sorted(_VALUES.keys() - _ONLY_BEHIND, key=len, reverse=True))
_GLUED = re.compile(rf"(?:{_ATOM}|og|e[nt])++")
_MEASURE = re.compile(rf"({_ATOM})(?:år|måned|uge|dag|time|dobbelt|del)")


class Numeral(NamedTuple):
    """A number in words, and the span of the text that says it."""

    value: Decimal
    start: int
    end: int


def numerals(text: str, *, english: bool = False) -> Iterator[Numeral]:
    """Yield the numbers that `text` says in words, in order; also those a word begins with ("femårig").

    With `english`, "to" and "fire" are the English words. A scale alone is a number ("tusind kroner").

    >>> [int(number.value) for number in numerals("enogtredive, to hundrede og fem, halvanden million")]
    [31, 205, 1500000]
    """
    run: list[Decimal] = []
    start = end = 0
    for match in _WORD.finditer(text.lower()):
        atoms = [] if english and match.group() in _ENGLISH_TOO else _atoms(match.group())
        joined = bool(run) and _joins(text[end : match.start()].lower(), run[-1], atoms)
        if run and not joined and (atoms or match.group() not in ("og", "and")):
            yield Numeral(_value(run), start, end)
            run = []
        if atoms and (run or match.group() not in _ONLY_BEHIND):
            start, end = (start if run else match.start()), match.end()
            run += atoms
    if run:
        yield Numeral(_value(run), start, end)


def _atoms(word: str) -> list[Decimal]:
    """Give the values a word is made of: "tohundredefem" is 2, 100, 5; [] for no numeral."""
    if word in _VALUES:
        return [_VALUES[word]]
    if measure := _MEASURE.match(word):
        return [_VALUES[measure[1]]]
    atoms = [_VALUES[atom] for atom in re.findall(_ATOM, word)] if _GLUED.fullmatch(word) else []
    return atoms if any(atom >= 100 for atom in atoms) else []


def _joins(between: str, last: Decimal, atoms: list[Decimal]) -> bool:
    """Whether a word that says `atoms` goes on with a number whose last part is `last`."""
    if not atoms or not re.fullmatch(r"[\s-]+|\s(?:og|and)\s", between):
        return False
    if between.strip(" -\n\t"):
        return last >= 100 > atoms[0]
    return atoms[0] >= 100 or last >= 100 or (20 <= last < 100 and atoms[0] < 10)


def _value(run: list[Decimal]) -> Decimal:
    total = current = Decimal(0)
    for atom in run:
        if atom >= 1000:
            total, current = total + (current or 1) * atom, Decimal(0)
        elif atom == 100:
            current = (current or 1) * atom
        else:
            current += atom
    return total + current
