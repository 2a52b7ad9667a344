"""What was decided: the decision that stands, and what it refers to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

from semsearch.answers.asks import Asks
from semsearch.answers.questions import Question
from semsearch.cases import (
    ALIKE,
    decision_span,
    followed,
    is_overruled,
    section_span,
    tells_all,
    title_likeness,
    treatments,
)
from semsearch.catalog import ItemRow
from semsearch.index import Index
from semsearch.queries import Query
from semsearch.records import Filters, OutcomeKind, SectionKind
from semsearch.searcher import Result
from semsearch.text import sentences

# A shorter period says when a meeting was held, a year what it was about ("takster for 2024").
YEAR_DAYS = 300
MAX_CHARS = 1_500  # of a recommendation quoted beside its decision
_IN_YEAR = re.compile(r"\b(?:i|in|during|under|siden|since|før|before|efter|after)\s(?:19|20)\d\d\b", re.I)
_ALREADY = {
    OutcomeKind.POSTPONED: re.compile(r"\b(?:udsat|udskudt|udsætte\w*|udskyde\w*|postponed?|deferred?)\b"),
    OutcomeKind.REFERRED: re.compile(
        r"\b(?:sendt tilbage|tilbagesendt|oversendt|henvist|sent back|referred)\b"
    ),
    OutcomeKind.WITHDRAWN: re.compile(r"\b(?:trukket|taget af dagsordenen|withdrawn)\b"),
}

Span = tuple[ItemRow, SectionKind, int, int]


def item_asked_for(index: Index, question: Question, result: Result, filters: Filters) -> ItemRow:
    """Return the item whose decision answers.

    The best hit's case is followed to the treatment whose decision stands, or to the last that decided
    anything; a question that names a date, a body or an outcome ("udsat") keeps to what it names.
    """
    ids = dict.fromkeys(hit.id.split("#")[0] for hit in result.hits)
    items = [index.catalog.item_by_id(item_id) for item_id in ids]
    named = [item for item in items if _is_named(item, result.query)]
    best = (named or items)[0]
    same = [
        other
        for other in treatments(index, best)
        if title_likeness(best, other.item) >= ALIKE and admitted(other.item, filters)
    ]
    for kind, words in _ALREADY.items():
        had = [one.item for one in same if one.item.outcome is kind]
        if had and words.search(question.text.lower()):
            return had[-1]
    if _names(result.query, filters):
        return best
    standing = [one.item for one in same if one.role == "decides"]
    treated = [one.item for one in same if one.decision]
    if question.first is Asks.STATUS:
        return (treated or [best])[-1]
    return (standing or treated or [best])[-1]


def decided(index: Index, item: ItemRow) -> Iterator[Span]:
    """Yield an item's decision in full, then what it refers to where it is too short to say it itself.

    Nothing where the item has no decision of its own.
    """
    span = decision_span(index, item)
    if span is None:
        return
    yield item, SectionKind.DECISION, *span
    text = index.catalog.text(item.meeting.document)[slice(*span)]
    if tells_all(item, text):
        return
    chain = followed(index, item)
    yield from ((one.item, SectionKind.DECISION, one.start, one.end) for one in chain)
    if not is_overruled(chain):
        yield from recommendation(index, item)


def recommendation(index: Index, item: ItemRow) -> Iterator[Span]:
    """Yield an item's recommendation, if it has one."""
    span = section_span(index, item, SectionKind.RECOMMENDATION)
    if span:
        yield item, SectionKind.RECOMMENDATION, *_cut(index, item, *span)


def admitted(item: ItemRow, filters: Filters) -> bool:
    """Return whether an item's meeting and outcome are what the filters ask for."""
    day = item.meeting.date
    return (
        (filters.first is None or filters.first <= day)
        and (filters.last is None or day <= filters.last)
        and (filters.committees is None or item.meeting.slug in filters.committees)
        and (filters.outcome is None or item.outcome == filters.outcome)
    )


def _cut(index: Index, item: ItemRow, start: int, end: int) -> tuple[int, int]:
    """End a long span after the last whole sentence that `MAX_CHARS` holds."""
    if end - start <= MAX_CHARS:
        return start, end
    text = index.catalog.text(item.meeting.document)
    ends = [stop for _, stop in sentences(text, start, end) if stop - start <= MAX_CHARS]
    return start, ends[-1] if ends else end


def _names(query: Query, filters: Filters) -> bool:
    """Whether the question or the filters say which meeting is meant."""
    return bool(query.committees or _is_dated(query) or filters.first or filters.last)


def _is_named(item: ItemRow, query: Query) -> bool:
    """Whether an item lies in the period and belongs to the bodies that the question names."""
    if query.committees and item.meeting.slug not in query.committees:
        return False
    return _days(query) >= YEAR_DAYS or is_within(item.meeting.date, query)


def is_within(day: date, query: Query) -> bool:
    """Return whether a day lies in the period that a question names; any does where it names none."""
    return (query.first is None or query.first <= day) and (query.last is None or day <= query.last)


def names_meeting_days(query: Query) -> bool:
    """Return whether a question's period says when a meeting was held, not what it was about."""
    in_year = query.case_number is None and (query.first or query.last) and _IN_YEAR.search(query.text)
    return _is_dated(query) or bool(in_year)


def is_beyond(index: Index, query: Query) -> bool:
    """Return whether a question is about days before the first meeting that is indexed, or after the last."""
    first, last = (date.fromisoformat(index.manifest[name]) for name in ("first_date", "last_date"))
    return _is_dated(query) and ((query.last or last) < first or (query.first or first) > last)


def _is_dated(query: Query) -> bool:
    """Whether a question without a case number names a period shorter than a year."""
    return query.case_number is None and _days(query) < YEAR_DAYS


def _days(query: Query) -> float:
    """Return how long the period is that a question names; infinite where it names none or an open one."""
    return (query.last - query.first).days if query.first and query.last else math.inf
