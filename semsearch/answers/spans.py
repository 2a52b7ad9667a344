"""From the sentence that matches to the span that answers: a list with its lead, a value next to it."""

from __future__ import annotations

import re
from itertools import pairwise

from semsearch.answers.asks import Asks
from semsearch.answers.extract import Candidate, is_entry, is_row
from semsearch.answers.questions import Question
from semsearch.index import Index
from semsearch.text import sentences

MAX_CHARS = 900  # of a list with its lead
TABLE_CHARS = 500  # of a table that is quoted whole
LEAD_CHARS = 500  # how far before an entry or a row its list or table may begin; at least `TABLE_CHARS`
REASON_CHARS = 600  # of a reason with what stands around it
AROUND = 2  # sentences on either side among which a reason stands

# A sentence that begins so says something only after the one before it.
_BACK = re.compile(
    r"(?:Det (?:er|var|svarer|betyder|skyldes|drejer)|Dette|Denne|Disse|Heraf|Dermed|Herved|Derved|Han|Hun"
    r"|Sidstnævnte|Førstnævnte|Beløbet|Udgiften|Begge)\b"
)

Bounds = tuple[int, int]


def widened(index: Index, question: Question, one: Candidate) -> Bounds:
    """Return the smallest span around a sentence that answers.

    A sentence that announces a list ("følgende:") brings the list, unless it holds the one value asked for;
    an entry of a list brings all of it where a list is asked for. What says the same as a question for a
    reason brings what stands around it: the reason. A sentence without the value asked for brings the one
    beside it that has it.
    """
    text = index.catalog.text(one.passage.item.meeting.document)
    section = one.passage.item.sections[one.passage.section : one.passage.section + 1]
    if not section:
        return one.start, one.end
    line = text.rfind("\n", 0, max(0, one.start - LEAD_CHARS)) + 1  # a unit cut in two would be no unit
    units = sentences(text, max(section[0].body_start, line), min(section[0].end, one.end + MAX_CHARS))
    here = next((place for place, (start, end) in enumerate(units) if start <= one.start < end), None)
    if here is None:
        return one.start, one.end
    if is_row(one.text):
        return _table(text, units, here)
    listed = any(_is_entry(text, unit) for unit in units[here : here + 2])
    says_it = question.wants_one_fact and question.worth(one.text, one.marks) == 1
    announces = one.text.rstrip("* ").endswith(":") and not says_it
    if announces or (question.first is Asks.LIST and listed):
        return _list(text, units, here)
    if question.first is Asks.REASON:
        return _paragraph(text, units, here)
    if here and _BACK.match(one.text) and _adjoin(text, units[here - 1], units[here]):
        return units[here - 1][0], units[here][1]
    if one.marks or not question.has_values:
        return one.start, one.end
    return _with_value(text, units, here, question)


def _is_entry(text: str, unit: Bounds) -> bool:
    words = text[slice(*unit)]
    return is_entry(words) or is_row(words)


def _list(text: str, units: list[Bounds], here: int) -> Bounds:
    """Return a list from its lead to its last entry, as far as `MAX_CHARS` goes."""
    first = here
    while first > 0 and _is_entry(text, units[first]):
        first -= 1
    last, start = first, units[first][0]
    while (
        last + 1 < len(units)
        and (_is_entry(text, units[last + 1]) or (last > first and _same_line(text, units, last)))
        and units[last + 1][1] - start <= MAX_CHARS
    ):
        last += 1
    return (start, units[max(last, here)][1])


def _paragraph(text: str, units: list[Bounds], here: int) -> Bounds:
    """Return a sentence with those around it in its paragraph, the next first, as far as they fit."""
    first = last = here
    for _ in range(AROUND):
        if last + 1 < len(units) and _is_run(text, units[first : last + 2]):
            last += 1
    for _ in range(AROUND):
        if first and _is_run(text, units[first - 1 : last + 1]):
            first -= 1
    return units[first][0], units[last][1]


def _is_run(text: str, units: list[Bounds]) -> bool:
    """Whether units stand in one paragraph and are short enough to be quoted together for a reason."""
    return units[-1][1] - units[0][0] <= REASON_CHARS and all(
        _adjoin(text, one, other) for one, other in pairwise(units)
    )


def _table(text: str, units: list[Bounds], here: int) -> Bounds:
    """Return a short table whole; of a long one the row, with its header where that stands close."""
    first = last = here
    while first > 0 and is_row(text[slice(*units[first - 1])]):
        first -= 1
    while last + 1 < len(units) and is_row(text[slice(*units[last + 1])]):
        last += 1
    for begin, stop in ((first, last), (first, here)):
        if units[stop][1] - units[begin][0] <= TABLE_CHARS:
            return units[begin][0], units[stop][1]
    return units[here]


def _same_line(text: str, units: list[Bounds], place: int) -> bool:
    """Whether the unit after a place stands on the same line."""
    return "\n" not in text[units[place][1] : units[place + 1][0]]


def _with_value(text: str, units: list[Bounds], here: int, question: Question) -> Bounds:
    """Return a sentence with the next, or else the one before, if that holds the value asked for."""
    for near in (here + 1, here - 1):
        if (
            0 <= near < len(units)
            and question.worth(text[slice(*units[near])], question.values(text[slice(*units[near])])) == 1
        ):
            first, last = min(here, near), max(here, near)
            if _adjoin(text, units[first], units[last]):
                return units[first][0], units[last][1]
    return units[here]


def _adjoin(text: str, first: Bounds, second: Bounds) -> bool:
    """Whether two units stand in one paragraph."""
    return text.count("\n", first[1], second[0]) < 2 and not _is_entry(text, second)
