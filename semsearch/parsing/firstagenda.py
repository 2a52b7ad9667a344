"""FirstAgenda's publication of a meeting, as JSON (its API) and as a page, -> Meeting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from semsearch.errors import DocumentError
from semsearch.parsing import html
from semsearch.parsing.dates import find_date, find_time
from semsearch.parsing.encoding import clean
from semsearch.parsing.header import tidy_committee
from semsearch.parsing.lines import BLANK, Line, Style, plain
from semsearch.parsing.published import Point, Published, lay_out
from semsearch.records import Meeting

_NUMBER = re.compile(r"(?:punkt|pkt\.?)?\s*(\d{1,4})\b[.:)]?\s*", re.IGNORECASE)
_FETCH = "fetch it again from the publication API"
_SAVE = "save the page again when all items are unfolded"


def parse_json(text: str, path: str) -> Meeting:
    """Read a meeting as the publication API gives it.

    Raises:
        DocumentError: it is no JSON, or not a published meeting.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError(f"{path} is no valid JSON", _FETCH) from None
    if not (isinstance(data, dict) and "Dagsordenpunkter" in data and isinstance(data.get("Moede"), dict)):
        raise DocumentError(
            f"{path} is JSON, but no published meeting", "only FirstAgenda's JSON of a meeting is known"
        )
    meeting = _mapping(data["Moede"])
    begin = _moment(meeting.get("Dato")) or _moment(meeting.get("MeetingBeginUtc"))
    points = [
        _point(_mapping(point), rank, path) for rank, point in enumerate(_list(data["Dagsordenpunkter"]), 1)
    ]
    people = [_mapping(person) for person in _list(meeting.get("Moededeltagere"))]
    return _laid_out(
        path,
        _FETCH,
        committee=_string(_mapping(data.get("Udvalg")).get("Navn")),
        day=begin and begin.date(),
        start=begin.time() if begin and begin.time() != time(0) else None,
        place=_string(meeting.get("Sted")),
        present=[_string(person.get("Name")) for person in people if not _is_away(person)],
        absent=[_string(person.get("Name")) for person in people if _is_away(person)],
        finished=meeting.get("Afsluttet") is True,
        points=points,
    )


def is_page(tree: LexborHTMLParser) -> bool:
    """Whether a page is FirstAgenda's page of a meeting."""
    return tree.css_first(".punktrow") is not None and tree.css_first(".overskrift") is not None


def parse_page(tree: LexborHTMLParser, path: str) -> Meeting:
    """Read the page of a meeting.

    Raises:
        DocumentError: it does not say whose meeting it was, or when, or holds no items.
    """
    when = " ".join(_text(node) for node in tree.css(".dato"))
    return _laid_out(
        path,
        _SAVE,
        committee=_first(tree, ".udvalg"),
        day=find_date(when),
        start=find_time(when),
        place=_first(tree, ".sted"),
        present=[_text(node) for node in tree.css(".deltagere li, .moededeltagere li")],
        absent=[],
        finished="referat" in when.casefold(),
        points=[_row(node, rank) for rank, node in enumerate(tree.css(".punktrow"), 1)],
    )


def _laid_out(
    path: str,
    hint: str,
    *,
    committee: str,
    day: date | None,
    start: time | None,
    place: str,
    present: list[str],
    absent: list[str],
    finished: bool,
    points: list[Point],
) -> Meeting:
    """Check that what a meeting needs is there, and lay it out."""
    committee = tidy_committee(committee)
    if day is None:
        raise DocumentError(f"{path} does not say when the meeting was", hint)
    if not committee:
        raise DocumentError(f"{path} does not say whose meeting it was", hint)
    if not points:
        raise DocumentError(f"{path} holds no agenda items", hint)
    people = tuple(filter(None, present)), tuple(filter(None, absent))
    return lay_out(Published(committee, day, start, place or None, *people, finished or None, points))


def _point(point: Mapping[str, Any], rank: int, path: str) -> Point:
    number = _NUMBER.match(_string(point.get("Number")) or _string(point.get("Punktnummer")))
    fields = [_mapping(one) for one in _list(point.get("Felter"))]
    links = (_string(one.get("Link")) for one in fields)
    names = (_string(_mapping(one).get("Navn")) for one in _list(point.get("Bilag")))
    return Point(
        number=int(number[1]) if number else rank,
        title=_string(point.get("Navn")) or _string(point.get("Caption")) or f"Punkt {rank}",
        case=_string(point.get("SagsNummer")) or _string(point.get("CaseNumber")),
        body=[line for one in fields for line in _field(one, path)],
        names=tuple(filter(None, names)),
        url=next((link for link in links if link.startswith(("https://", "http://"))), None),
    )


def _field(one: Mapping[str, Any], path: str) -> Iterator[Line]:
    """Render one field of an item, under its name where it has one."""
    body = html.lines_of(str(one.get("Html") or ""), path)
    if not body:
        body = [plain(line.rstrip()) for line in clean(str(one.get("Tekst") or "")).split("\n")]
    if any(line.bare for line in body):
        if name := _string(one.get("Navn")):
            yield from (BLANK, Line(name, name, Style.STYLED))
        yield BLANK
        yield from body


def _row(row: LexborNode, rank: int) -> Point:
    """Read an item from its row and, where the page keeps them apart, the rows of details below it."""
    title = _text(row.css_first(".overskrift"))
    number = _NUMBER.fullmatch(_text(row.css_first(".nummer, .punktnummer, .punktnr, td")))
    bodies = row.css(".details") or _details_below(row)
    lists = [node for body in bodies for node in body.css(".bilag") if node.css_first("li, a")]
    names = [_text(name) for node in lists for name in node.css("li") or node.css("a")]
    for node in lists:
        node.remove()
    return Point(
        number=int(number[1]) if number else rank,
        title=title or f"Punkt {rank}",
        case=_text(row.css_first(".sagsnummer")),
        body=[line for body in bodies for line in (BLANK, *html.render(body))],
        names=tuple(filter(None, names)),
        closed="lukket" in (row.attributes.get("class") or "").casefold().split(),
    )


def _details_below(row: LexborNode) -> list[LexborNode]:
    found = []
    below = row.next
    while below is not None and "punktrow" not in (below.attributes.get("class") or "").split():
        if below.is_element_node:
            found.append(below)
        below = below.next
    return found


def _is_away(person: Mapping[str, Any]) -> bool:
    return bool(person.get("Absent") or person.get("ParticipationCancelled"))


def _moment(value: object) -> datetime | None:
    """Read a time as written, whatever its zone: it is the hour on the clock of the town hall."""
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None) if value else None
    except ValueError:
        return None


def _first(tree: LexborHTMLParser, selector: str) -> str:
    return _text(tree.css_first(selector))


def _text(node: LexborNode | None) -> str:
    return " ".join(clean(node.text(separator=" ")).split()) if node is not None else ""


def _string(value: object) -> str:
    is_value = isinstance(value, str | int) and not isinstance(value, bool)
    return " ".join(clean(str(value)).split()) if is_value else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
