"""The line under an item's title that names the case, and says whether the item is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.text import normalise_case_number

_LABEL = (
    r"(?:(?:esdh|acadre|sbsys|sagens|journal)[ .\-]{0,2})?"
    r"(?:sags?(?:en)?s?[ .\-]?(?:id|nr|nummer)|sag|journal[ .\-]?(?:nr|nummer)|j[ .]{0,2}nr)\b"
    r"[.:]{0,2}(?: ?:)?"
)
_NUMBER = r"[A-ZÆØÅ]{0,8}-?\d[\w.]*(?: ?[/\-–‐‑] ?\w+(?:\.\w+)*)*"
_SHAPES = (
    r"\d{2}(?:\d{2})? ?/ ?\d{1,8}[A-Z]?|\d{2}[-–‐‑]\d{4,8}[A-Z]?|\d{3}[-–‐‑](?:19|20)\d{2}[-–‐‑]\d{1,8}"
    r"|[A-ZÆØÅ]{1,8}[-–‐‑](?:19|20)\d{2}[-–‐‑]\d{2,8}|(?:19|20)\d{2}[-–‐‑](?!(?:19|20)\d{2}\b)\d{3,8}"
    r"|\d{2}\.\d{2}\.\d{2}[-–‐‑ ]?[A-ZÆØÅ]\d{2}(?:[-–‐‑/]\d{1,6}){0,3}"
)
_BARE = re.compile(rf"[(\[]?(?P<number>{_SHAPES})[)\]]?(?P<rest>(?:\s+.{{0,80}})?)", re.IGNORECASE)
_LABELLED = re.compile(rf"{_LABEL}\s*(?P<number>{_NUMBER})(?P<rest>(?:[\s,;|/(].{{0,120}})?)", re.IGNORECASE)
_FIELD = r"[\w.\-]+ ?[.:]{1,2}|åbent?|lukket|offentlig|bilag|dok\b.*"
_FIELDS = re.compile(rf"(?:^|[\s,;|(])(?:{_FIELD})", re.IGNORECASE)
_IN_TITLE = re.compile(
    rf"^(?:{_SHAPES})(?=\s?[-–:,.]?\s)|[(\[](?:(?:{_LABEL})\s*)?(?:{_SHAPES})[)\]]$", re.IGNORECASE
)
_CLOSED = re.compile(
    r"(?:^|[\s,;|:(])(?:lukket(?: (?:punkt|sag|dagsorden|møde))?|fortroligt?)\W*$", re.IGNORECASE
)
_DASHES = str.maketrans("–‐‑", "---")
_SHORTEST = 4  # digits of a number without any separator
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What the line says: the case number as it is compared, and whether it calls the item closed."""

    number: str
    closed: bool
    labelled: bool


def read_case_line(line: str) -> CaseLine | None:
    """Read a line that names a case and does nothing else; None for any other line.

    >>> read_case_line("Sagsnr.: 330-2018-3619 Dok.nr.: 330-2019-77 Åbent").number
    '330-2018-3619'
    """
    if len(line) > _LONGEST or not any(map(str.isdigit, line)):
        return None
    match, labelled = _BARE.fullmatch(line), False
    if match is None:
        match, labelled = _LABELLED.fullmatch(line), True
    if match is None:
        return None
    rest = match["rest"].strip()
    if rest and not _FIELDS.search(rest):
        return None
    number = normalise_case_number(match["number"].translate(_DASHES))
    if number.isdecimal() and len(number) < _SHORTEST:
        return None
    return CaseLine(number, bool(_CLOSED.search(rest)), labelled) if number else None


def case_number_in_title(title: str) -> str | None:
    """Find the case number printed before or after a title: "22-004579 - Budget", "Budget (17/163)"."""
    match = _IN_TITLE.search(title)
    return normalise_case_number(match[0].strip("()[]")) if match else None
