"""The lines of an agenda item -> its sections, which lie end to end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, zip_longest

from semsearch.parsing.dates import find_date
from semsearch.parsing.headings import is_history, is_title, is_wrapper, section_kind
from semsearch.parsing.lines import Line, Style
from semsearch.records import Section, SectionKind

_RUNNING = 60  # a line as long as this is running text where the next begins with a small letter
_PLACE = re.compile(r"(?:^beslutning(?:er)?|\b(?:i|fra|af|den|d)\b|\d[\d./-]*|[,:.])", re.IGNORECASE)
_BODY = re.compile(r"udvalg|råd|bestyrelse|direktion|nævn|kommission", re.IGNORECASE)
_NO_ATTACHMENTS = re.compile(r"(?:ingen|der er ingen)(?: bilag)?[.:]?|-+", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-–—•*·▪◦●○■□➢✓]|o(?= ))\s*")
_STARTS = re.compile(rf"{_BULLET.pattern}|\d{{1,3}}[.)] ")


@dataclass(frozen=True, slots=True)
class Context:
    """What decides whether a decision in an item is this meeting's own."""

    committee: str
    date: date
    title: str = ""
    agenda: bool = False

    def of(self, title: str) -> Context:
        """Give the context of one item."""
        return replace(self, title=title)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A heading: where its section begins, where its own line stands, and what it says."""

    first: int
    line: int
    kind: SectionKind
    heading: str


def split(
    lines: Sequence[Line], first: int, last: int, starts: Sequence[int], context: Context
) -> tuple[Section, ...]:
    """Split `lines[first:last]`, the body of an item, at its headings; `starts` are the lines' offsets.

    Blank lines at both ends belong to no section; without any text there is none. Text before the first
    heading is a section of its own, without heading.
    """
    while last > first and not lines[last - 1].bare:
        last -= 1
    while first < last and not lines[first].bare:
        first += 1
    if first == last:
        return ()
    marks = list(_own_decision(_without_wrappers(list(_marks(lines, first, last, context)), lines), context))
    if not marks or marks[0].first > first:
        marks.insert(0, _Mark(first, first - 1, SectionKind.OTHER, ""))
    ends = [mark.first for mark in marks[1:]] + [last]
    return tuple(_section(mark, end, lines, last, starts) for mark, end in zip(marks, ends, strict=True))


def attachments(lines: Sequence[Line], starts: Sequence[int], sections: Sequence[Section]) -> tuple[str, ...]:
    """List the names printed in the sections of attachments, each once, in order.

    A name may go over several lines where blank lines part the names.
    """
    names: dict[str, None] = {}
    for section in sections:
        if section.kind is SectionKind.ATTACHMENTS:
            first, last = bisect_left(starts, section.body_start), bisect_left(starts, section.end)
            names.update(dict.fromkeys(_names(line.bare for line in lines[first:last])))
    return tuple(names)


def _names(lines: Iterable[str]) -> Iterator[str]:
    lines = "\n".join(lines).strip().split("\n")
    one_each, name = "" not in lines, ""
    for line in [*lines, ""]:
        starts = not line or one_each or _STARTS.match(line)
        if starts and name and not _NO_ATTACHMENTS.fullmatch(name):
            yield name
        name = _BULLET.sub("", line) if starts or not name else f"{name} {line}"


def _section(mark: _Mark, end: int, lines: Sequence[Line], last: int, starts: Sequence[int]) -> Section:
    """Build the section from its mark to line `end`; what follows the heading begins at a line with text."""
    stop = starts[end] if end < last else starts[last] - 1
    body = mark.line + 1
    while body < end and not lines[body].bare:
        body += 1
    return Section(mark.kind, mark.heading, starts[mark.first], stop, min(starts[body], stop))


def _marks(lines: Sequence[Line], first: int, last: int, context: Context) -> Iterator[_Mark]:
    above: SectionKind | None = None
    history = decided = False
    for number in range(first, last):
        line = lines[number]
        kind = _kind(lines, number, above, context.title)
        if kind is None or _is_running_text(lines, number, first, last):
            continue
        if kind is SectionKind.DECISION:
            elsewhere = _is_elsewhere(line.bare, context) or _names_its_source(lines, number, first)
            if history and (decided or elsewhere):
                continue
            decided = True
        above, history = kind, is_history(line.bare)
        yield _Mark(number, number, kind, line.bare)


def _kind(lines: Sequence[Line], number: int, above: SectionKind | None, title: str) -> SectionKind | None:
    """Tell what a line begins, under a section of kind `above`: a section, the title once more, or nothing.

    Layouts print the title again where the text begins: at once, or below the attachments.
    """
    line = lines[number]
    if not line.bare or line.style is Style.FIXED:
        return None
    if line.style is Style.PLAIN and line.bare[0].islower():
        return None  # the last word of a sentence
    if kind := section_kind(line.bare):
        return kind
    if above not in (None, SectionKind.ATTACHMENTS) or not is_title(line.bare, title):
        return None
    again = above is None or line.style is Style.STYLED or _before_section(lines, number)
    return SectionKind.OTHER if again else None


def _before_section(lines: Sequence[Line], number: int) -> bool:
    following = next((line.bare for line in islice(lines, number + 1, None) if line.bare), "")
    return section_kind(following) is not None


def _is_running_text(lines: Sequence[Line], number: int, first: int, last: int) -> bool:
    """Whether a line that reads like a heading is one of a wrapped paragraph."""
    if lines[number].style is Style.STYLED:
        return False
    if lines[number].bare.endswith("."):
        return True
    before = lines[number - 1].bare if number > first else ""
    after = lines[number + 1].bare if number + 1 < last else ""
    if before.endswith((",", "-", "–", " og", " eller", " i", " af", " til")):
        return True
    return len(before) >= _RUNNING and before[-1] not in ".:;!?" and after[:1].islower()


def _names_its_source(lines: Sequence[Line], number: int, first: int) -> bool:
    """Whether the line before says which earlier meeting what follows is from."""
    before = next((lines[n].bare for n in range(number - 1, first, -1) if lines[n].bare), "")
    return len(before) < 100 and find_date(before) is not None


def _is_elsewhere(heading: str, context: Context) -> bool:
    """Whether a heading of a decision names another day, or another body, than this meeting's."""
    day = find_date(heading)
    return (day is not None and day != context.date) or _is_other_body(heading, context)


def _is_other_body(heading: str, context: Context) -> bool:
    named, own = _words(_PLACE.sub(" ", heading)), _words(context.committee)
    return bool(_BODY.search(heading)) and not (named <= own or own <= named)


def _words(text: str) -> set[str]:
    """The words of a body's name, without the endings "-et", "-ets" and "s"."""
    words = re.findall(r"[^\W\d]{4,}", text.casefold())
    return {re.sub(r"(?<=\w{4})(?:ets|et|ens|en|s)$", "", word) for word in words}


def _without_wrappers(marks: list[_Mark], lines: Sequence[Line]) -> Iterator[_Mark]:
    """Give a heading that only stands over the next one to that one's section."""
    first: int | None = None
    for mark, following in zip_longest(marks, marks[1:]):
        start = mark.first if first is None else first
        empty = following and not any(line.bare for line in lines[mark.line + 1 : following.first])
        if empty and (is_wrapper(mark.heading) or section_kind(mark.heading) in (None, following.kind)):
            first = start
        else:
            yield replace(mark, first=start)
            first = None


def _own_decision(marks: Iterator[_Mark], context: Context) -> list[_Mark]:
    """Take decisions of other days or bodies, printed beside this meeting's own, for what they are: history.

    The only decision of an item in this body's minutes is its own, whatever day the heading names.
    """
    found = list(marks)
    decisions = [mark for mark in found if mark.kind is SectionKind.DECISION]
    elsewhere = {mark.line for mark in decisions if _is_elsewhere(mark.heading, context)}
    if len(decisions) == 1 and not context.agenda and not _is_other_body(decisions[0].heading, context):
        elsewhere.clear()
    return [replace(mark, kind=SectionKind.OTHER) if mark.line in elsewhere else mark for mark in found]
