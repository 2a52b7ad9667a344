"""Case numbers: how municipalities print them, and when two are the same.

Known shapes: `17/7354`, `22-004579`, `19-022821K`, `2017/01234`, `330-2018-3619`, `SAG-2024-12345` and
`00.22.04-P35-2-20`. Dates, spans of years, telephone and CPR numbers and paragraphs look much the same,
so a short or hyphenated number counts only with "sag" (or the like) before it, or alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PREFIX = (
    r"(?:\b(?:sag(?:en|er|s)?|case|journal|j|esdh)[\s.\-]*(?:id|nr|nummer|no|number|num)?\b(?!-)[.:\s\#]*)"
)
_NUMBER = r"""
      (?P<kle>\d{2}\.\d{2}\.\d{2}\s?-?\s?[A-ZÆØÅ]\d{2}\s?-\s?\d{1,6}(?:\s?-\s?\d{2,4})?)
    | (?P<office>\d{3}-(?:19|20)\d{2}-\d{1,8})
    | (?P<letters>[A-ZÆØÅ]{1,8}-(?:19|20)\d{2}-\d{2,8}[A-Z]?)
    | (?P<year>(?:19|20)?\d{2})(?P<separator>\s?[/-]\s?)(?P<serial>\d{1,8})(?P<suffix>[A-Z]?)(?P<document>-\d{1,3})?
"""
_CANDIDATE = re.compile(
    rf"(?P<prefix>{_PREFIX})?(?<![\w§])(?<!\d[./,:-])(?<!§\ )(?:{_NUMBER})(?![\w§%])(?![./,:-]\d)(?!\s?[-/]\s?\d)",
    re.VERBOSE | re.IGNORECASE,
)
# Words before a number that say it is something else.
_OTHER = re.compile(
    r"(?:§§?|stk|kl|tlf|telefon|mobil|phone|fax|cpr|cvr|ean|konto|dok|dokument|matr|side|s|\+45)"
    r"[\w]{0,10}[.:]?\s*(?:nr|nummer|nr\.)?[.:]?\s*$",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s./_-]+")
_NUMERIC = re.compile(r"\w*\d[\w./-]*")


def find_case_numbers(text: str, *, lenient: bool = False) -> list[tuple[int, int, str]]:
    """Find the case numbers of running text as (start, end, normalised), in order.

    The span is the number without the words before it. With `lenient` (for queries) "17-163" and
    "17 / 163" count without "sag" before them.
    """
    if not any(map(str.isdigit, text)):
        return []
    alone = lenient or len(text) < 40
    found = []
    for match in _CANDIDATE.finditer(text):
        whole = alone and (lenient or match.group().strip() == text.strip(" \t\n.,?!:;"))
        if match["prefix"] or not _OTHER.search(text, max(0, match.start() - 24), match.start()):
            if _is_case(match, sure=bool(match["prefix"]), whole=whole):
                start, end = _span(match)
                found.append((start, end, _printed(text[start:end])))
    return found


def _span(match: re.Match[str]) -> tuple[int, int]:
    start = match.end("prefix") if match["prefix"] else match.start()
    return start, match.start("document") if match["document"] else match.end()


def _is_case(match: re.Match[str], *, sure: bool, whole: bool) -> bool:
    if match["kle"] or match["office"]:
        return True
    if match["letters"]:
        return (
            sure
            or (match["letters"].isupper() and len(match["letters"]) > 9)
            or (whole and len(match["letters"]) > 9)
        )
    return _is_year_and_serial(match, sure=sure, whole=whole)


def _is_year_and_serial(match: re.Match[str], *, sure: bool, whole: bool) -> bool:
    year, serial, separator = match["year"], match["serial"], match["separator"]
    looks_a_year = len(serial) == 4 and serial[:2] in ("19", "20")
    if len(year) == 2 and 40 < int(year) < 80:
        return False
    if len(year) == 4 and (looks_a_year or (len(serial) == 2 and not sure)):
        return False
    if match["document"] and separator.strip() != "/":
        return False
    if sure:
        return len(serial) > 1 and not (looks_a_year and "-" in separator)
    if separator == "/":
        return len(serial) > 2 and not (looks_a_year and int(year) <= 12)
    if separator == "-" and len(serial) > 4:
        return True
    return whole and len(serial) > 2 and not (looks_a_year and "-" in separator)


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
    bare = _NUMERIC.search(text)
    return _printed(bare.group().rstrip("./-")) if bare else ""


@lru_cache(maxsize=65536)
def case_key(text: str) -> str:
    """Give what is equal for every way of writing one case number; "" without a digit.

    Separators are alike, case and zeros after a separator do not count.

    >>> case_key("22-004579") == case_key("sag 22/4579")
    True
    """
    first, *rest = _SEPARATORS.split(normalise_case_number(text))
    return "-".join([first, *(part.lstrip("0") or "0" for part in rest)])
