"""Case numbers: how municipalities print them, and when two are the same.

Known shapes: `17/7354`, `22-004579`, `19-022821K`, `2017/01234`, `330-2018-3619`, `SAG-2024-12345` and
`00.22.04-P35-2-20`. Dates, spans of years, telephone and CPR numbers and paragraphs look much the same,
so a short or hyphenated number counts only with "sag" (or the like) before it, or alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from semsearch.text.patterns import LazyPattern

_BEGIN = re.compile(r"\d{2,4}(?=\s?[./-]\s?[\dA-Za-z])")
_NUMBER = LazyPattern(
    r"""(?:
      (?P<kle>\d{2}\.\d{2}\.\d{2}\s?-?\s?[A-ZÆØÅ]\d{2}(?:\s?-\s?\d{1,6}){1,2})
    | (?P<office>\d{3}-(?:19|20)\d{2}-\d{1,8})
    | (?P<year>(?:19|20)?\d{2})(?P<separator>\s?[/-]\s?)(?P<serial>\d{1,8})(?P<suffix>[A-Za-z]?)
      (?P<document>-\d{1,3})?
    )(?![\w§%])(?!\s?[/-]\s?\d|[.,:]\d)""",
    re.VERBOSE,
)
_LETTERS = LazyPattern(r"(?<![\w-])[A-ZÆØÅ]{1,8}-$", re.IGNORECASE)
_PREFIX = LazyPattern(
    r"\b(?:sag(?:en|er|s)?|case|journal|j|esdh|acadre)(?:[\s.-]*(?:id|nr|nummer|no|number|num))?[.:#\s]+$",
    re.IGNORECASE,
)
# Words before a number that say it is something else.
_OTHER = LazyPattern(
    r"(?:§|\+45|\b(?:§+|stk|kl|tlf|telefon\w*|mobil\w*|phone|fax|cpr|cvr|ean|konto|dok|dokument|matr|sider?|s|pages?)"
    r"[.:]?\s*(?:nr|nummer|no)?[.:]{0,2})\s*$",
    re.IGNORECASE,
)
_LOOK_BACK = 24
_SEPARATORS = LazyPattern(r"[\s./_-]+")
_NUMERIC = LazyPattern(r"\w*\d[\w./-]*")


def find_case_numbers(text: str, *, lenient: bool = False) -> list[tuple[int, int, str]]:
    """Find the case numbers of running text as (start, end, normalised), in order.

    The span is the number without the words before it. With `lenient` (for queries) "17-163" and
    "17 / 163" count without "sag" before them.
    """
    found: list[tuple[int, int, str]] = []
    at = 0
    for match in _BEGIN.finditer(text):
        if match.start() >= at and (span := case_number_at(text, match.start(), lenient=lenient)):
            found.append((*span, _printed(text[slice(*span)])))
            at = span[1]
    return found


def case_number_at(text: str, start: int, *, lenient: bool = False) -> tuple[int, int] | None:
    """Give the span of the case number whose first digits stand at `start`, or None.

    The span begins before `start` where letters belong to the number (SAG-2024-12345).
    """
    if start and (text[start - 1].isalnum() or text[start - 1] == "§"):
        return None
    match = _NUMBER.now.match(text, start)
    if not match:
        return None
    before = text[max(0, start - _LOOK_BACK) : start]
    if letters := _LETTERS.now.search(before):
        return _with_letters(match, letters, lenient=lenient)
    if before[-2:-1].isdigit() and before[-1] in "./,:-":
        return None
    prefixed = bool(_PREFIX.now.search(before))
    if not prefixed and _OTHER.now.search(before):
        return None
    alone = len(text) < 2 * _LOOK_BACK and match.group() == text.strip(" \t\n.,?!:;")
    if not _is_case(match, prefixed=prefixed, whole=alone or lenient):
        return None
    return start, match.start("document") if match["document"] else match.end()


def _with_letters(match: re.Match[str], letters: re.Match[str], *, lenient: bool) -> tuple[int, int] | None:
    """SAG-2024-12345: upper case in running text, and not "BUDGET-2018-2021"."""
    year, serial = match["year"], match["serial"]
    if not year or len(year) != 4 or match["separator"] != "-" or len(serial) < 3 or _is_year(serial):
        return None
    if not letters.group().isupper() and not lenient:
        return None
    return match.start() - len(letters.group()), match.end()


def _is_year(serial: str) -> bool:
    return len(serial) == 4 and serial[:2] in ("19", "20")


def _is_case(match: re.Match[str], *, prefixed: bool, whole: bool) -> bool:
    if not match["year"]:
        return True
    year, serial, separator = match["year"], match["serial"], match["separator"]
    if _is_no_case(match):
        return False
    if prefixed:
        return len(serial) > 1
    if separator == "/":
        return len(serial) > 2 and not (_is_year(serial) and int(year) <= 12)
    return (separator == "-" and len(serial) > 4) or (whole and len(serial) > 2)


def _is_no_case(match: re.Match[str]) -> bool:
    """Whether the parts rule a case number out: no such year, a span of years, a line of numbers."""
    year, serial, separator = match["year"], match["serial"], match["separator"].strip()
    if len(year) == 2 and 40 < int(year) < 80:
        return True
    if _is_year(serial) and (len(year) == 4 or separator == "-"):
        return True
    return (len(year) == 4 and len(serial) < 3) or bool(match["document"] and separator == "-")


def _printed(number: str) -> str:
    return re.sub(r"\s+", "", number).upper()


@lru_cache(maxsize=65536)
def normalise_case_number(text: str) -> str:
    """Give a case number in its one form: upper case, separators as printed, no spaces, no words before it.

    `text` is taken to name a case; without any digit the result is "".

    >>> normalise_case_number("Sagsnr.: 330-2018-3619"), normalise_case_number("sag 19 - 022821k")
    ('330-2018-3619', '19-022821K')
    """
    found = find_case_numbers(text, lenient=True)
    if found:
        return found[0][2]
    bare = _NUMERIC.now.search(text)
    return _printed(bare.group().rstrip("./-")) if bare else ""


@lru_cache(maxsize=65536)
def case_key(text: str) -> str:
    """Give what is equal for every way of writing one case number; "" without a digit.

    Separators are alike, case and zeros after a separator do not count.

    >>> case_key("22-004579") == case_key("sag 22/4579")
    True
    """
    first, *rest = _SEPARATORS.now.split(normalise_case_number(text))
    return "-".join([first, *(part.lstrip("0") or "0" for part in rest)])
