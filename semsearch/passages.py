"""Meeting -> passages: even runs of whole sentences or table rows, never across two sections."""

from __future__ import annotations

from collections.abc import Iterator

from semsearch.records import AgendaItem, Meeting, Passage, Section, SectionKind
from semsearch.text import sentences

SECTION_WORDS = {
    SectionKind.RECOMMENDATION: "Indstilling",
    SectionKind.DECISION: "Beslutning",
    SectionKind.BACKGROUND: "Baggrund",
    SectionKind.PRESENTATION: "Sagsfremstilling",
    SectionKind.ECONOMY: "Økonomi",
    SectionKind.ATTACHMENTS: "Bilag",
    SectionKind.SUMMARY: "Resume",
}


def split(meeting: Meeting, item: AgendaItem, *, words: int) -> list[Passage]:
    """Split an item into passages of about `words` words, in order.

    The passages of a section cover every non-blank character of its body exactly once. An item
    without any text (closed, or a title alone) is one passage over its title line, so that it can be found.
    """
    passages = [
        Passage(
            ordinal,
            part,
            section.kind,
            start,
            end,
            prefix(meeting, item, section),
        )
        for ordinal, section in enumerate(item.sections)
        for part, (start, end) in enumerate(_spans(meeting.text, section, words))
    ]
    if passages:
        return passages
    start, end = _title_span(meeting.text, item)
    return [Passage(0, 0, SectionKind.OTHER, start, end, prefix(meeting, item, None))]


def prefix(meeting: Meeting, item: AgendaItem, section: Section | None) -> str:
    """Return what is indexed before a passage's own words: title, section, committee."""
    heading = section and (SECTION_WORDS.get(section.kind) or section.heading)
    return " · ".join(part for part in (item.title, heading, meeting.committee) if part)


def _spans(text: str, section: Section, words: int) -> Iterator[tuple[int, int]]:
    """Yield runs of sentences, each close to an even share of the section, none above twice `words`."""
    units = [
        cut
        for unit in sentences(text, section.body_start, section.end)
        for cut in _cut(text, unit, 2 * words)
    ]
    counts = [text.count(" ", *unit) + text.count("\n", *unit) + 1 for unit in units]
    parts = max(1, round(sum(counts) / words))
    share, seen, first = sum(counts) / parts, 0, 0
    for here, count in enumerate(counts):
        if here > first and seen + count / 2 > share:
            yield units[first][0], units[here - 1][1]
            seen, first = 0, here
        seen += count
    if units:
        yield units[first][0], units[-1][1]


def _cut(text: str, unit: tuple[int, int], words: int) -> Iterator[tuple[int, int]]:
    """Cut a unit of more than `words` words (a list without stops, a table in one line) at spaces."""
    start, end = unit
    left = text.count(" ", start, end)
    while left > words:
        stop = start
        for _ in range(words):
            stop = text.index(" ", stop + 1)
        left -= text.count(" ", start, stop + 1)
        yield start, stop
        start = stop + 1
    yield start, end


def _title_span(text: str, item: AgendaItem) -> tuple[int, int]:
    end = text.find("\n", item.start, item.end)
    return item.start, end if end >= 0 else item.end
