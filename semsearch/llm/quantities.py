"""Text -> the numbers, amounts, dates and case numbers in it, as keys that are equal however it is written.

A scale and a unit are part of their number: "30 mio. kr." is not 30. A date is a whole, and so is a case
number or a paragraph: none of their digits is a number by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from semsearch.text import MONTHS, case_key, find_case_numbers, tokenise
from semsearch.text.numerals import SCALES, numerals

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = re.compile(
    rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?:of\s)?(?P<month>{_NAMES})\b"
    rf"|\b(?P<before>{_NAMES})\.?\s(?P<after>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d)",
    re.IGNORECASE,
)
_LONG_NAMES = "|".join({name for name in MONTHS if len(name) > 3} | {"maj"})  # "may" and "jan": words, too
_MONTH = re.compile(rf"\b(?:{_LONG_NAMES})\b", re.IGNORECASE)
_MONTH_LAST = re.compile(rf"\b(?:{_NAMES})\.?\s$", re.IGNORECASE)
_ITEM = re.compile(r"\b(?:punkt|pkt\.?|item|point)\s(?:n[ro]\.?\s)?(\d{1,3})\b(?![.,]?\d)", re.IGNORECASE)
_UNITS = {
    **dict.fromkeys("% pct procent percent per_cent".split(), "%"),
    **dict.fromkeys("kr kroner dkk ,-".split(), "kr"),
    **dict.fromkeys("€ eur euro euros".split(), "eur"),
    **dict.fromkeys("$ usd dollar dollars".split(), "usd"),
}
_WORDED_UNITS = "pct|procent|percent|per\\scent|kr|kroner|dkk|eur|euros?|usd|dollars?"
_FIGURE = re.compile(
    rf"""(?:(?:\b(?P<before>kr|dkk|eur|usd)\.?|(?P<sign>[€$]))\s?)?
    (?<![^\W_])(?P<letters>[^\W\d_]*)
    (?P<digits>\d{{1,3}}(?:\s\d{{3}})+(?![.,]?\d)|\d+(?:[.,:]\d+)*)
    (?:[\s-]?(?P<scale>{"|".join(sorted(SCALES, key=len, reverse=True))}|t(?=\.?\s?kr))(?:\b|(?=kr))\.?)?
    (?:\s?(?P<unit>[%€$]|,-|(?:{_WORDED_UNITS})\b))?
    (?P<rest>[^\W\d_]\w*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_ORDINAL = {"st", "nd", "rd", "th", "s"}
_RANGE = re.compile(r"\s?(?:[-–]|\b(?:til|to|og|and|eller|or)\b)\s?")
_COUNTS = re.compile(r"[\s-]*[^\W\d_]")


class Quantity(NamedTuple):
    """What a span of text says: `keys`, of which one must be borne out; `beside`, which it bears out too."""

    keys: frozenset[str]
    beside: frozenset[str]
    start: int
    end: int


def quantities(text: str, *, english: bool = False) -> Iterator[Quantity]:
    """Yield what `text` says in figures or in words, each part of it once.

    With `english` figures may be in the English way, too: "1,284" and "1.284" are each 1.284 or 1284.
    """
    for read in (_cases, _dates, _paragraphs, _years_months, _days, _months, _items):
        found = list(read(text))
        text = blank(text, found)
        yield from found
    figures = list(_figures(text, english=english))
    yield from figures
    for value, start, end in numerals(blank(text, figures), english=english):
        key = _key(value)
        yield Quantity(frozenset([key]), frozenset([f"{key}kr", f"{key}%"]), start, end)


def grounds(text: str) -> set[str]:
    """Return the keys that a Danish text bears out."""
    return {key for found in quantities(text) for key in found.keys | found.beside}


def date_keys(day: date) -> set[str]:
    """Return the keys of a day: with its year, without, and its month with the year.

    >>> sorted(date_keys(date(2023, 10, 9)))
    ['--10-09', '2023-10', '2023-10-09']
    """
    return {f"{day}", f"{day:--%m-%d}", f"{day:%Y-%m}"}


def case_keys(number: str) -> set[str]:
    """Return the key of a case number."""
    return {f"case {case_key(number)}"}


def item_keys(number: int) -> set[str]:
    """Return the key of an item of an agenda: its number, where it is called one ("punkt 2")."""
    return {f"item {number}"}


def blank(text: str, found: Iterable[Quantity]) -> str:
    """Return `text` with spaces for what was found in it; of the same length."""
    for _, _, start, end in found:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _whole(keys: set[str], beside: set[str], span: tuple[int, int]) -> Quantity:
    return Quantity(frozenset(keys), frozenset(beside), *span)


def _cases(text: str) -> Iterator[Quantity]:
    for start, end, number in find_case_numbers(text):
        yield _whole(case_keys(number), set(), (start, end))


def _dates(text: str) -> Iterator[Quantity]:
    for word, start, end in tokenise(text):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            year, month = word[:4], word[5:7]
            before = _MONTH_LAST.search(text[max(0, start - 14) : start])  # "October 2, 2023"
            first = start - len(before.group()) if before else start
            yield _whole({word}, {f"-{word[4:]}", word[:7], year, f"month {month}"}, (first, end))


def _paragraphs(text: str) -> Iterator[Quantity]:
    spans = {(start, end): word for word, start, end in tokenise(text) if word.startswith("§")}
    for span, word in spans.items():  # of a span the last word says most: §17.4
        yield _whole({word}, {word.partition(".")[0]}, span)


def _days(text: str) -> Iterator[Quantity]:
    for match in _DAY.finditer(text):
        month = MONTHS[(match["month"] or match["before"]).lower()]
        day = int(match["day"] or match["after"])
        yield _whole({f"--{month:02}-{day:02}"}, {f"month {month:02}"}, match.span())


def _years_months(text: str) -> Iterator[Quantity]:
    for word, start, end in tokenise(text):
        if re.fullmatch(r"\d{4}-\d\d", word):
            yield _whole({word}, {word[:4], f"month {word[5:]}"}, (start, end))


def _months(text: str) -> Iterator[Quantity]:
    for match in _MONTH.finditer(text):
        yield _whole({f"month {MONTHS[match.group().lower()]:02}"}, set(), match.span())


def _items(text: str) -> Iterator[Quantity]:
    for match in _ITEM.finditer(text):
        yield _whole({match[1], *item_keys(int(match[1]))}, set(), match.span())


def _figures(text: str, *, english: bool) -> Iterator[Quantity]:
    """Yield the numbers in figures, last first; one that begins a range has the scale and unit of its end."""
    after: re.Match[str] | None = None
    for match in reversed(list(_FIGURE.finditer(text))):
        if match["letters"] or (match["rest"] or "s").lower() not in _ORDINAL:  # a word: "A4", "24b"
            yield _whole({match.group().strip().lower()}, set(), match.span())
            continue
        values, unit = _values(match["digits"], match["scale"], english=english), _unit(match)
        keys, beside = {value + unit for value in values}, values
        if match["scale"]:
            beside = beside | {f"{value}kr" for value in values}
        elif not unit and not _COUNTS.match(text, match.end()):  # a cell of a table, whose head has the unit
            beside = beside | {value + any_unit for value in values for any_unit in ("kr", "%")}
        if after and not (unit or match["scale"]) and _RANGE.fullmatch(text, match.end(), after.start()):
            values = _values(match["digits"], after["scale"], english=english)
            keys, beside = keys | {value + _unit(after) for value in values}, beside | values
        yield _whole(keys, beside, match.span())
        after = match


def _unit(match: re.Match[str]) -> str:
    """Return the unit of a figure in its one spelling, "" for none."""
    printed = match["unit"] or match["before"] or match["sign"] or ""
    return _UNITS[re.sub(r"\s", "_", printed.lower())] if printed else ""


def _values(digits: str, scale: str | None, *, english: bool) -> set[str]:
    """Return what a figure may mean, as keys: in the Danish way, or where that may be meant the English."""
    figure = re.sub(r"\s", "", digits).replace(":", ".")
    danish, other = _decimal(figure, ".", ","), _decimal(figure, ",", ".")
    if danish is None and other is None:
        return {figure}
    as_thousands = not scale and danish is not None and other is not None and other > danish  # "1,284 kr."
    read = {danish, other} if danish is None or english or as_thousands else {danish}
    factor = SCALES.get((scale or "").lower(), Decimal(1000 if scale else 1))
    return {_key(value * factor) for value in read if value is not None}


def _decimal(figure: str, thousands: str, point: str) -> Decimal | None:
    """Read a figure whose separators are these, or else one separator as a point; None for several."""
    if re.fullmatch(rf"\d{{1,3}}(?:[{thousands}]\d{{3}})+(?:[{point}]\d+)?", figure):
        figure = figure.replace(thousands, "")
    parts = re.split("[.,]", figure)
    return Decimal(".".join(parts)) if len(parts) < 3 else None


def _key(value: Decimal) -> str:
    return f"{value.normalize():f}"
