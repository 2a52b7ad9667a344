"""The lines of a laid-out document (text, PDF, DOCX, HTML) -> the meeting it tells of."""

from __future__ import annotations

from collections.abc import Sequence

from semsearch.errors import DocumentError
from semsearch.parsing.header import Header, read_header
from semsearch.parsing.items import Head, find_heads
from semsearch.parsing.lines import Line, join, offsets
from semsearch.parsing.sections import Context, attachments, split
from semsearch.records import AgendaItem, Meeting, MeetingKind, SectionKind


def read_meeting(lines: Sequence[Line], path: str) -> Meeting:
    """Read the meeting that `lines` tell of; nothing is left out or masked yet.

    Raises:
        DocumentError: no agenda items, no date or no committee are found.
    """
    if not any(line.bare for line in lines):
        raise DocumentError(f"{path} holds no text", "remove the file, or replace it by one with the minutes")
    heads = find_heads(lines)
    if not heads:
        raise DocumentError(
            f"{path} holds no agenda items",
            "items are found by lines such as 'Punkt 1: ...'; it may be no minutes",
        )
    header = read_header(lines[: heads[0].first])
    context = _context(header, path)
    starts = offsets(lines)
    items = tuple(_item(lines, head, starts, context) for head in heads)
    return Meeting(
        committee=context.committee,
        date=context.date,
        kind=kind_of(items, header.minutes),
        text=join(lines),
        items=items,
        start=header.start,
        place=header.place,
        participants=header.participants,
    )


def _context(header: Header, path: str) -> Context:
    if header.date is None:
        hint = "put a line 'Mødedato: 19-06-2017' above the first item"
        raise DocumentError(f"{path} does not say when the meeting was", hint)
    if not header.committee:
        hint = "put a line 'Udvalg: Økonomiudvalget' above the first item"
        raise DocumentError(f"{path} does not say whose meeting it was", hint)
    return Context(header.committee, header.date, agenda=header.minutes is False)


def _item(lines: Sequence[Line], head: Head, starts: Sequence[int], context: Context) -> AgendaItem:
    sections = split(lines, head.body, head.last, starts, context.of(head.title))
    return AgendaItem(
        number=head.number,
        title=head.title,
        case_number=head.case_number,
        closed=head.closed,
        start=starts[head.first],
        end=sections[-1].end if sections else max(starts[head.first], starts[head.body] - 1),
        sections=sections,
        attachments=attachments(lines, starts, sections),
    )


def kind_of(items: Sequence[AgendaItem], minutes: bool | None) -> MeetingKind:
    """Minutes where the document says so or an open item holds a decision; else an agenda."""
    decided = any(
        section.kind is SectionKind.DECISION for item in items if not item.closed for section in item.sections
    )
    return MeetingKind.MINUTES if decided or minutes else MeetingKind.AGENDA
