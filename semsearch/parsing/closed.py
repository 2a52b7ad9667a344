"""Which agenda items are closed to the public: what titles, lines and parts of an agenda say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from semsearch.parsing.headings import bare
from semsearch.parsing.lines import Line, Style

_ITEM = r"(?: punkt| sag| dagsorden| møde)?"
_NOT_PUBLIC = r"(?:fortrolig(?:t|e)?|ikke[- ]offentlig(?:t)?)"
_TITLE = re.compile(
    rf"[(\[*–-]*\s*(?:lukket|{_NOT_PUBLIC})\b(?!-)"
    rf"|.*(?:[(\[]\s*(?:lukket{_ITEM}|l|{_NOT_PUBLIC})\s*[)\]]|(?:\s[-–]|[:,]) lukket{_ITEM})\W*$",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT = r"(?:dette |dagsordens)?(?:punkt(?:et)?|sagen) "
_LINE = re.compile(
    rf"(?:{_SUBJECT}(?:er|var|behandles|blev behandlet)(?: som)? )?(?:et )?lukket{_ITEM}"
    rf"|(?:{_SUBJECT})?(?:(?:blev )?behandle(?:s|t) )?(?:for|bag) lukkede døre"
    rf"|(?:åben/lukket|offentlighed|status|adgang|sagstype|punkttype)\W+lukket{_ITEM}"
    rf"|{_NOT_PUBLIC}(?: punkt| sag)?",
)
_PART = r"(?:punkter|sager|dagsordens?punkter|dagsorden|møde|del(?: af (?:dagsordenen|mødet))?)"
_CLOSED_PART = re.compile(rf"(?:den |de )?(?:lukkede?t?|ikke[- ]offentlige?) {_PART}")
_OPEN_PART = re.compile(rf"(?:den |de )?(?:åbne?t?|offentlige?t?) {_PART}")
_LONGEST = 80


def is_closed(title: str) -> bool:
    """Whether a title says that its item is closed: "Lukket", "Lukket: ...", "... (Lukket)", "... (L)".

    >>> is_closed("Lukket: Salg af grund"), is_closed("Lukkedage i 2023")
    (True, False)
    """
    return bool(_TITLE.match(title.strip()))


def says_closed(line: Line) -> bool:
    """Whether a line does nothing but say that the item it stands in is closed."""
    return (
        len(line.bare) < _LONGEST and line.style is not Style.FIXED and bool(_LINE.fullmatch(bare(line.bare)))
    )


def part(line: Line) -> bool | None:
    """Tell a line that begins the closed (True) or the open (False) part of an agenda from others (None)."""
    if len(line.bare) >= _LONGEST or line.style is Style.FIXED:
        return None
    name = bare(line.bare)
    if _CLOSED_PART.fullmatch(name):
        return True
    return False if _OPEN_PART.fullmatch(name) else None


def last_part(lines: Iterable[Line], closed: bool) -> bool:
    """Tell whether the part of the agenda after `lines` is closed; `closed` is what it was before them."""
    for line in lines:
        begun = part(line)
        closed = closed if begun is None else begun
    return closed
