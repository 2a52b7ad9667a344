"""Dates and times as Danish documents print them."""

from __future__ import annotations

import re
from datetime import date, time

_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_NUMERIC = r"(?P<day>\d{1,2})\s?[.\-/]\s?(?P<month>\d{1,2})\s?[.\-/ ]\s?(?P<year>(?:19|20)?\d{2})"
_SPELLED = (
    r"(?P<day_>\d{1,2})\.?\s*(?P<name>jan(?:uar)?|feb(?:r|ruar)?|mar(?:ts|s)?|apr(?:il)?|maj|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?,?\s*(?P<year_>(?:19|20)\d{2})"
)
_ISO = r"(?P<iso>(?:19|20)\d{2}-\d{2}-\d{2})"
_DATE = re.compile(rf"(?<![\d./-])(?:{_ISO}|{_SPELLED}|{_NUMERIC})(?![\d/-])(?!\.\d)", re.IGNORECASE)
_TIME = re.compile(
    r"\bkl(?:okken)?\b[.:]?\s*(\d{1,2})(?:\s?[.:]\s?(\d{2}))?(?!\d)|(?<![\d.:])(\d{1,2}):(\d{2})(?![\d:])",
    re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """Find the first date that exists: "19. juni 2017", "19-06-2017", "9.1.2020", "19/6 2017", "2017-06-19".

    A year of two digits is one of this century.
    """
    for match in _DATE.finditer(text):
        if found := _read(match):
            return found
    return None


def find_time(text: str) -> time | None:
    """Find the first time of day: "kl. 08:30", "kl. 8.30", "kl. 17", "08:30"."""
    for match in _TIME.finditer(text):
        hour, minute = int(match[1] or match[3]), int(match[2] or match[4] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    return None


def _read(match: re.Match[str]) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["name"]:
            return date(int(match["year_"]), _MONTHS.index(match["name"][:3].lower()) + 1, int(match["day_"]))
        year = int(match["year"])
        return date(year + 2000 if year < 100 else year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None
