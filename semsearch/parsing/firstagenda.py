"""FirstAgenda's publication of a meeting, as JSON (its API) and as a page, -> Meeting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from semsearch.errors import DocumentError
from semsearch.parsing import html
from semsearch.parsing.encoding import clean
from semsearch.parsing.header import tidy_committee
from semsearch.parsing.items import is_closed
from semsearch.parsing.layout import kind_of
from semsearch.parsing.lines import BLANK, Line, Style, join, offsets, plain
from semsearch.parsing.sections import Context, attachments, split
from semsearch.records import AgendaItem, Meeting
from semsearch.text import normalise_case_number

_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()
_HINT = "fetch it again from the publication API"


def is_publication(data: object) -> bool:
    """Whether decoded JSON has the shape of a published meeting."""
    return isinstance(data, dict) and "Dagsordenpunkter" in data and isinstance(data.get("Moede"), dict)


def parse_json(text: str, path: str) -> Meeting:
    """Read a meeting as the publication API gives it; the text is laid out like printed minutes.

    Raises:
        DocumentError: it is no JSON, or not a published meeting.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError(f"{path} is no valid JSON", _HINT) from None
    if not is_publication(data):
        raise DocumentError(
            f"{path} is JSON, but no published meeting", "only FirstAgenda's JSON of a meeting is known"
        )
    published = _published(data, path)
    if not published.points:
        raise DocumentError(f"{path} holds no agenda items", _HINT)
    return _meeting(published)


@dataclass(frozen=True, slots=True)
class _Point:
    number: int
    title: str
    case: str
    body: list[Line]
    names: tuple[str, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class _Published:
    committee: str
    date: date
    start: time | None
    place: str | None
    present: tuple[str, ...]
    absent: tuple[str, ...]
    finished: bool
    points: list[_Point]


@dataclass
class _Writer:
    """Lays out the text of a meeting and remembers which lines belong to which item."""

    lines: list[Line] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(
        default_factory=list
    )  # first line, first of the body, after the last


def _published(data: Mapping[str, Any], path: str) -> _Published:
    meeting = _mapping(data.get("Moede"))
    committee = tidy_committee(_string(_mapping(data.get("Udvalg")).get("Navn")))
    begin = _moment(meeting.get("Dato")) or _moment(meeting.get("MeetingBeginUtc"))
    if begin is None:
        raise DocumentError(f"{path} does not say when the meeting was (Moede.Dato)", _HINT)
    if not committee:
        raise DocumentError(f"{path} does not say whose meeting it was (Udvalg.Navn)", _HINT)
    people = [_mapping(person) for person in _list(meeting.get("Moededeltagere"))]
    absent = [bool(person.get("Absent") or person.get("ParticipationCancelled")) for person in people]
    names = [_string(person.get("Name")) for person in people]
    return _Published(
        committee=committee,
        date=begin.date(),
        start=begin.time() if begin.time() != time(0) else None,
        place=_string(meeting.get("Sted")) or None,
        present=tuple(name for name, away in zip(names, absent, strict=True) if name and not away),
        absent=tuple(name for name, away in zip(names, absent, strict=True) if name and away),
        finished=meeting.get("Afsluttet") is True,
        points=[
            _point(_mapping(point), rank, path)
            for rank, point in enumerate(_list(data["Dagsordenpunkter"]), 1)
        ],
    )


def _point(point: Mapping[str, Any], rank: int, path: str) -> _Point:
    number = re.search(r"\d{1,4}", _string(point.get("Number")) or _string(point.get("Punktnummer")))
    fields = [_mapping(one) for one in _list(point.get("Felter"))]
    links = (_string(one.get("Link")) for one in fields)
    return _Point(
        number=int(number[0]) if number else rank,
        title=_string(point.get("Navn")) or _string(point.get("Caption")) or f"Punkt {rank}",
        case=_string(point.get("SagsNummer")) or _string(point.get("CaseNumber")),
        body=[line for one in fields for line in _field_lines(one, path)],
        names=tuple(
            name for one in _list(point.get("Bilag")) if (name := _string(_mapping(one).get("Navn")))
        ),
        url=next((link for link in links if link.startswith(("https://", "http://"))), None),
    )


def _field_lines(one: Mapping[str, Any], path: str) -> Iterator[Line]:
    """Render one field of an item, under its name where it has one."""
    body = html.lines_of(str(one.get("Html") or ""), path)
    if not body:
        body = [plain(clean(line).rstrip()) for line in str(one.get("Tekst") or "").split("\n")]
    name = _string(one.get("Navn"))
    if any(line.bare for line in body):
        if name:
            yield BLANK
            yield Line(name, name, Style.STYLED)
        yield BLANK
        yield from body


def _meeting(published: _Published) -> Meeting:
    decided = any(
        line.style is Style.STYLED and line.bare == "Beslutning"
        for point in published.points
        for line in point.body
    )
    minutes = published.finished or decided
    writer = _Writer()
    writer.lines += _header(published, minutes=minutes)
    for point in published.points:
        _write(writer, point)
    starts = offsets(writer.lines)
    items = tuple(
        _item(
            point,
            writer.lines,
            starts,
            span,
            Context(published.committee, published.date, point.title, not minutes),
        )
        for point, span in zip(published.points, writer.spans, strict=True)
    )
    return Meeting(
        committee=published.committee,
        date=published.date,
        kind=kind_of(items, published.finished),
        text=join(writer.lines),
        items=items,
        start=published.start,
        place=published.place,
        participants=published.present,
    )


def _header(published: _Published, *, minutes: bool) -> Iterator[Line]:
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


def _write(writer: _Writer, point: _Point) -> None:
    lines = writer.lines
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
    writer.spans.append((first, body, len(lines)))


def _item(
    point: _Point, lines: list[Line], starts: list[int], span: tuple[int, int, int], context: Context
) -> AgendaItem:
    first, body, last = span
    sections = split(lines, body, last, starts, context)
    return AgendaItem(
        number=point.number,
        title=point.title,
        case_number=normalise_case_number(point.case) or None,
        closed=is_closed(point.title),
        start=starts[first],
        end=sections[-1].end if sections else starts[body] - 1,
        sections=sections,
        attachments=tuple(dict.fromkeys((*attachments(lines, starts, sections), *point.names))),
        url=point.url,
    )


def _moment(value: object) -> datetime | None:
    """Read a time as written, whatever its zone: it is the hour on the clock of the town hall."""
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None) if value else None
    except ValueError:
        return None


def _string(value: object) -> str:
    return (
        " ".join(clean(str(value)).split())
        if isinstance(value, str | int) and not isinstance(value, bool)
        else ""
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
