"""What never leaves the parser: the text of closed items, and civil registration (CPR) numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import zip_longest

from semsearch.records import AgendaItem, Meeting

_NUMBER = re.compile(r"\d{6}\s?[-–‐‑−]\s?\d{4}")
_NAMED = re.compile(r"(cpr[\w.\- ]{0,12}[:#]?\s{0,3})(\d{6}\s?\d{4})(?!\d)", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[\d/]|\d[-–.,])\Z")  # not $: a digit that ends the line before is another number
_AFTER = re.compile(r"[\d/]|[-–.,]\d")
_DIGIT = re.compile(r"\d")


def mask_cpr(text: str) -> tuple[str, int]:
    """Put "X" for the digits of every CPR number; the length stays. Return also how many there were.

    A number counts as one when it has the form ddmmyy-xxxx with a day and month that exist; without the
    hyphen only after "cpr". The checksum (modulus 11) says nothing: numbers since 2007 need not fit.

    >>> mask_cpr("født 010203-1234, sag 306-2009-600")
    ('født XXXXXX-XXXX, sag 306-2009-600', 1)
    """
    text, count = _masked(text, _NUMBER, 0)
    if "cpr" not in text.casefold():
        return text, count
    text, named = _masked(text, _NAMED, 2)
    return text, count + named


def _masked(text: str, pattern: re.Pattern[str], group: int) -> tuple[str, int]:
    parts: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        start, end = match.span(group)
        if (
            _is_birthday(text, start)
            and not _BEFORE.search(text, max(0, start - 2), start)
            and not _AFTER.match(text, end)
        ):
            parts += [text[at:start], _DIGIT.sub("X", text[start:end])]
            at = end
    return "".join([*parts, text[at:]]), len(parts) // 2


def _is_birthday(text: str, at: int) -> bool:
    """Whether the six digits at `at` begin with a day and a month that exist."""
    return 1 <= int(text[at : at + 2]) <= 31 and 1 <= int(text[at + 2 : at + 4]) <= 12


def redact(meeting: Meeting, *, include_closed: bool = False) -> Meeting:
    """Leave out the text of closed items, unless asked for, and mask CPR numbers everywhere."""
    return _mask_meeting(meeting if include_closed else without_closed(meeting))


def without_closed(meeting: Meeting) -> Meeting:
    """Cut everything between the head of a closed item and the next item; all offsets move along.

    A closed item keeps number, title and case number: no sections, no attachments, no address.
    """
    if not any(item.closed for item in meeting.items):
        return meeting
    cuts = _Cuts(meeting)
    return replace(
        meeting,
        text=cuts.text,
        items=tuple(_moved(item, cuts) for item in meeting.items),
        pages=tuple(cuts.moved(offset) for offset in meeting.pages),
    )


class _Cuts:
    """The spans that go, and where what stays moves to."""

    def __init__(self, meeting: Meeting) -> None:
        text, items = meeting.text, meeting.items
        parts: list[str] = []
        self.starts: list[int] = []  # of the spans that go
        self.cuts: list[tuple[int, int]] = []  # their ends, and by how much offsets after them shift
        at = shift = 0
        for item, following in zip_longest(items, items[1:]):
            if item.closed:
                start, end = _head_end(text, item), following.start if following else len(text)
                filler = "\n\n" if following else "\n"
                parts += [text[at:start], filler]
                shift += end - start - len(filler)
                self.starts.append(start)
                self.cuts.append((end, shift))
                at = end
        self.text = "".join([*parts, text[at:]])

    def moved(self, offset: int) -> int:
        """Give the new place of an offset; one within a cut goes to its beginning."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return offset
        end, shift = self.cuts[index]
        before = self.cuts[index - 1][1] if index else 0
        return offset - shift if offset >= end else self.starts[index] - before


def _head_end(text: str, item: AgendaItem) -> int:
    """Give the end of an item's title and case lines, blank lines after them left out."""
    head = text[item.start : item.sections[0].start if item.sections else item.end]
    return item.start + len(head.rstrip())


def _moved(item: AgendaItem, cuts: _Cuts) -> AgendaItem:
    if item.closed:
        end = item.sections[0].start if item.sections else item.end
        return replace(
            item, start=cuts.moved(item.start), end=cuts.moved(end), sections=(), attachments=(), url=None
        )
    sections = tuple(
        replace(s, start=cuts.moved(s.start), end=cuts.moved(s.end), body_start=cuts.moved(s.body_start))
        for s in item.sections
    )
    return replace(item, start=cuts.moved(item.start), end=cuts.moved(item.end), sections=sections)


def _mask_meeting(meeting: Meeting) -> Meeting:
    text, count = mask_cpr(meeting.text)
    if not count:
        return meeting
    return replace(
        meeting,
        text=text,
        committee=mask_cpr(meeting.committee)[0],
        place=mask_cpr(meeting.place)[0] if meeting.place else None,
        participants=tuple(mask_cpr(name)[0] for name in meeting.participants),
        items=tuple(_mask_item(item) for item in meeting.items),
        cpr_masked=meeting.cpr_masked + count,
    )


def _mask_item(item: AgendaItem) -> AgendaItem:
    return replace(
        item,
        title=mask_cpr(item.title)[0],
        case_number=mask_cpr(item.case_number)[0] if item.case_number else None,
        attachments=tuple(mask_cpr(name)[0] for name in item.attachments),
        sections=tuple(replace(section, heading=mask_cpr(section.heading)[0]) for section in item.sections),
    )
