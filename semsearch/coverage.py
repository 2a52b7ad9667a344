"""Whether the minutes are all there: months without a meeting, agendas whose minutes have not come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from semsearch.catalog import Catalog, DocumentRow, MeetingRow
from semsearch.records import MeetingKind

LEAST_MEETINGS = 4  # fewer have no rhythm
LEAST_DAYS = 45
STRETCH = 1.75  # of the usual distance
FORGOTTEN = timedelta(days=365)  # a body that has not met for so long has ended
RECESS = 7  # July, which does not count


def coverage(catalog: Catalog) -> dict[str, Any]:
    """Return what an operator should look at: gaps, agendas, and CPR numbers by document."""
    meetings, documents = catalog.meetings(), catalog.documents()
    return {
        "gaps": gaps(meetings),
        "agendas": agendas(meetings),
        "cpr_documents": cpr_documents(documents),
    }


def gaps(meetings: Sequence[MeetingRow]) -> list[dict[str, Any]]:
    """Find where a body did not meet, or its minutes are missing, against its usual rhythm.

    A gap is longer than 1.75 times the median distance between the body's meetings and at least 45 days, days
    in July not counted; a body needs four meetings to have a rhythm. `before` is None where the body has not
    met since, though others have; after a year it is taken to have ended.
    """
    dates: dict[str, set[date]] = defaultdict(set)
    for meeting in meetings:
        dates[meeting.slug].add(meeting.date)
    names = {meeting.slug: meeting.committee for meeting in meetings}
    newest = max((meeting.date for meeting in meetings), default=date.min)
    return [
        {"committee": names[slug], **gap}
        for slug, days in sorted(dates.items())
        if len(days) >= LEAST_MEETINGS
        for gap in _gaps(sorted(days), newest)
    ]


def agendas(meetings: Sequence[MeetingRow]) -> list[dict[str, Any]]:
    """List the meetings of which only the agenda is known; `overdue` where later minutes of the body are."""
    newest: dict[str, date] = {}
    for meeting in meetings:
        if meeting.kind is MeetingKind.MINUTES:
            newest[meeting.slug] = max(meeting.date, newest.get(meeting.slug, date.min))
    return [
        {
            "meeting": meeting.id,
            "committee": meeting.committee,
            "date": meeting.date.isoformat(),
            "path": meeting.path,
            "overdue": meeting.date < newest.get(meeting.slug, date.min),
        }
        for meeting in meetings
        if meeting.kind is MeetingKind.AGENDA
    ]


def cpr_documents(documents: Sequence[DocumentRow]) -> list[dict[str, Any]]:
    """List the documents in which CPR numbers were masked, with how many."""
    return [{"path": row.path, "cpr_masked": row.cpr_masked} for row in documents if row.cpr_masked]


def _gaps(days: Sequence[date], newest: date) -> Iterator[dict[str, Any]]:
    distances = [_distance(*pair) for pair in pairwise(days)]
    usual = median(distances)
    last = [newest] if days[-1] < newest < days[-1] + FORGOTTEN else []
    for after, before in pairwise([*days, *last]):
        counted = _distance(after, before)
        if counted > STRETCH * usual and counted >= LEAST_DAYS:
            yield {
                "after": after.isoformat(),
                "before": before.isoformat() if before in days else None,
                "days": (before - after).days,
                "usual_days": round(usual),
            }


def _distance(after: date, before: date) -> int:
    """Return the days from one date to another that do not lie in July."""
    recess = 0
    for year in range(after.year, before.year + 1):
        first, last = max(after, date(year, RECESS, 1)), min(before, date(year, RECESS + 1, 1))
        recess += max(0, (last - first).days)
    return (before - after).days - recess
