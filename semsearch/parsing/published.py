"""A meeting as a publication system holds it -> Meeting, laid out like printed minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from semsearch.parsing.closed import is_closed
from semsearch.parsing.layout import kind_of
from semsearch.parsing.lines import BLANK, Line, Style, join, offsets, plain
from semsearch.parsing.sections import Context, attachments, split
from semsearch.records import AgendaItem, Meeting, SectionKind
from semsearch.text import normalise_case_number

_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()


@dataclass(frozen=True, slots=True)
class Point:
    """One item: its head, the lines of its body, and the names of attachments that are not in the body."""

    number: int
    title: str
    case: str
    body: list[Line]
    names: tuple[str, ...] = ()
    url: str | None = None
    closed: bool = False  # what the system says; a title that says so closes an item as well


@dataclass(frozen=True, slots=True)
class Published:
    """One meeting. `minutes` is what the system says; None where it does not."""

    committee: str
    date: date
    start: time | None
    place: str | None
    present: tuple[str, ...]
    absent: tuple[str, ...]
    minutes: bool | None
    points: list[Point]


def lay_out(published: Published) -> Meeting:
    """Write the text of a meeting, its head and its items, and find the sections; nothing is left out."""
    minutes = bool(published.minutes) or any(map(_is_decided, published.points))
    lines = list(_header(published, minutes=minutes))
    spans = [_write(lines, point) for point in published.points]
    starts = offsets(lines)
    context = Context(published.committee, published.date, agenda=not minutes)
    items = tuple(
        _item(point, lines, starts, span, context)
        for point, span in zip(published.points, spans, strict=True)
    )
    return Meeting(
        committee=published.committee,
        date=published.date,
        kind=kind_of(items, published.minutes),
        text=join(lines),
        items=items,
        start=published.start,
        place=published.place,
        participants=published.present,
    )


def _is_decided(point: Point) -> bool:
    """Whether an open item holds a decision under a plain heading; one that names a body may be another's."""
    return not _is_closed(point) and any(
        line.style is not Style.FIXED and line.bare.strip(":. ").casefold() == "beslutning"
        for line in point.body
    )


def _header(published: Published, *, minutes: bool) -> Iterator[Line]:
    """Yield the lines printed minutes begin with."""
    day = published.date
    when = f"{_WEEKDAYS[day.weekday()]} d. {day.day}. {_MONTHS[day.month - 1]} {day.year}"
    clock = f" kl. {published.start:%H:%M}" if published.start else ""
    yield plain(f"{'REFERAT' if minutes else 'DAGSORDEN'} {published.committee} d. {day:%d-%m-%Y}")
    yield BLANK
    yield plain(f"Mødedato: {when}{clock}")
    for label, value in (
        ("Mødested", published.place),
        ("Mødedeltagere", ", ".join(published.present)),
        ("Fraværende", ", ".join(published.absent)),
    ):
        if value:
            yield plain(f"{label}: {value}")


def _write(lines: list[Line], point: Point) -> tuple[int, int, int]:
    """Add an item to `lines`; give its first line, the first of its body and of its list of attachments."""
    lines.append(BLANK)
    first = len(lines)
    lines.append(plain(f"Punkt {point.number}: {point.title}"))
    if point.case:
        lines.append(plain(point.case))
    body = len(lines)
    lines += point.body
    if point.names:
        lines += [BLANK, Line("Bilag", "Bilag", Style.STYLED)]
        lines += [Line(f"- {name}", name, Style.FIXED) for name in point.names]
    return first, body, len(lines)


def _item(
    point: Point, lines: Sequence[Line], starts: Sequence[int], span: tuple[int, int, int], context: Context
) -> AgendaItem:
    first, body, last = span
    sections = split(lines, body, last, starts, context.of(point.title))
    printed = sections[:-1] if point.names and sections[-1].kind is SectionKind.ATTACHMENTS else sections
    return AgendaItem(
        number=point.number,
        title=point.title,
        case_number=normalise_case_number(point.case) or None,
        closed=_is_closed(point),
        start=starts[first],
        end=sections[-1].end if sections else starts[body] - 1,
        sections=sections,
        attachments=tuple(dict.fromkeys((*attachments(lines, starts, printed), *point.names))),
        url=point.url,
    )


def _is_closed(point: Point) -> bool:
    return point.closed or is_closed(point.title)
