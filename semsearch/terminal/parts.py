"""What every view is made of: the console, cleaned text, outcomes, places, dates."""

from __future__ import annotations

import io
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from semsearch.records import Hit, OutcomeKind, Quote, Source

WIDTH = 100  # of a pipe, and the widest a terminal is used: longer lines are hard to read
EXCERPT_CHARS = 420
SEPARATOR = " · "
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
# Only colours that can be read on black and on white; what matters is also said in words.
OUTCOME_STYLES = {
    OutcomeKind.APPROVED: "green",
    OutcomeKind.APPROVED_AMENDED: "green",
    OutcomeKind.RECOMMENDED: "cyan",
    OutcomeKind.POSTPONED: "magenta",
    OutcomeKind.REFERRED: "magenta",
    OutcomeKind.REJECTED: "red",
    OutcomeKind.WITHDRAWN: "red",
}
HIGHLIGHT = "bold"
VALUE = "bold underline"


def clean(text: str) -> str:
    """Return text without terminal escapes and invisible direction marks: minutes are data, not commands."""
    return _UNSAFE.sub("", text)


def console(*, stderr: bool = False) -> Console:
    """Return a console no wider than reads well; without colour when piped or `NO_COLOR` is set.

    A pipe is as wide as `COLUMNS` says, if it does.
    """
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        width = min(WIDTH, os.get_terminal_size(stream.fileno()).columns)
        return Console(file=stream, width=width, highlight=False, emoji=False, soft_wrap=False)
    trimmed = cast(TextIO, _Trimmed(stream))
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) else WIDTH
    return Console(file=trimmed, width=width, highlight=False, emoji=False, soft_wrap=False)


class _Trimmed(io.TextIOBase):
    """A stream without the blanks that fill lines up to the edge: in a pipe there is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(r"[ \t]+(?=\n)", "", text))

    def flush(self) -> None:
        self._stream.flush()


def warn(text: str) -> None:
    """Print a warning on stderr."""
    console(stderr=True).print(Text(clean(text), style="magenta"))


def headed(title: str | Text, outcome: OutcomeKind | None) -> Table:
    """Return a title with the outcome at the right edge."""
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(clean(title), style="bold") if isinstance(title, str) else title, outcome_text(outcome))
    return line


def barred(out: Console, text: Text, bar: str, *, style: str) -> RenderableType:
    """Return text with a bar down its left side, however often it wraps."""
    width = max(20, out.width - len(bar) - 1)
    lines = [
        line for part in text.split("\n", allow_blank=True) for line in (part.wrap(out, width) or [Text("")])
    ]
    return Group(*(Text.assemble((bar, style), " ", line) for line in lines))


def columned(out: Console, text: Text, width: int) -> Text:
    """Return text with the rows of each table in columns, where their words fit."""
    shown: list[Text] = []
    for cells, lines in groupby(text.split("\n", allow_blank=True), key=lambda line: len(_cells(line))):
        rows = list(lines)
        shown += _columns(out, rows, width) if cells > 1 else rows
    return Text("\n").join(shown)


def _columns(out: Console, rows: list[Text], width: int) -> list[Text]:
    """Return rows of equally many cells in columns, line by line; as they are if a word would break."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*_cells(row))
    lines = [
        Text.assemble(*((part.text, part.style or "") for part in line))
        for line in out.render_lines(grid, out.options.update_width(width), pad=False)
    ]
    said = Counter(word for row in rows for cell in _cells(row) for word in cell.plain.split())
    return lines if said == Counter(word for line in lines for word in line.plain.split()) else rows


def _cells(line: Text) -> list[Text]:
    """Return the cells of a table's row, as minutes print it; of any other line the line."""
    return list(line.split("\t" if "\t" in line.plain else " | ", allow_blank=True))


def outcome_text(outcome: OutcomeKind | None) -> Text:
    """Return an outcome as `--outcome` takes it, in its colour; nothing for one that is not known."""
    if outcome is None or outcome is OutcomeKind.UNKNOWN:
        return Text("")
    return Text(outcome.value.replace("_", " "), style=OUTCOME_STYLES.get(outcome, "dim"))


def where(entry: Hit | Quote) -> list[str]:
    """Return body, date, item and case of a hit or quote, each cleaned."""
    case = f"case {entry.case_number}" if entry.case_number else ""
    parts = [entry.committee, day_text(entry.meeting_date), f"item {entry.item_number}", case]
    return [clean(part) for part in parts if part]


def flowed(parts: Iterable[str], width: int) -> Text:
    """Return the parts that say something with dots between them, dim, broken only between parts."""
    lines: list[str] = []
    for part in filter(None, parts):
        if lines and len(lines[-1]) + len(SEPARATOR) + len(part) <= width:
            lines[-1] += SEPARATOR + part
        else:
            lines.append(part)
    return Text("\n".join(lines), style="dim")


def source_text(source: Source) -> str:
    """Return file, offset and page, as other programs' `file:place`."""
    page = f" page {source.page}" if source.page else ""
    return clean(f"{source.path}:{source.start}{page}")


def marked(text: str, spans: Sequence[tuple[int, int]], style: str) -> Text:
    """Return text with spans in a style; blanks at the beginning of lines are left out."""
    shown, place = Text(), 0
    for start, end in spans:
        shown.append(_line(text[place:start]))
        shown.append(_line(text[start:end]), style=style)
        place = end
    shown.append(_line(text[place:]))
    return shown


def excerpt(text: str, highlights: Sequence[tuple[int, int]]) -> Text:
    """Return the part of a passage around its first highlights, marked."""
    begin = _excerpt_start(text, highlights)
    end = min(len(text), begin + EXCERPT_CHARS)
    if end < len(text):
        end = text.rfind(" ", begin, end) if " " in text[begin + 1 : end] else end
    inside = [(start - begin, stop - begin) for start, stop in highlights if begin <= start and stop <= end]
    shown = marked(text[begin:end], inside, HIGHLIGHT)
    return Text.assemble("… " if begin else "", shown, " …" if end < len(text) else "")


def shorten(text: str, limit: int) -> str:
    """Return text in one paragraph, cut at a space before `limit`."""
    text = " ".join(clean(text).split())
    if len(text) <= limit:
        return text
    return text[: max(text.rfind(" ", 0, limit), limit // 2)] + " …"


def day_text(day: date) -> str:
    """Return a date as people write it."""
    return f"{day.day} {day:%b %Y}"


def joined(parts: Iterable[str]) -> str:
    """Return the parts that say something, with dots between them."""
    return SEPARATOR.join(part for part in parts if part)


def _excerpt_start(text: str, highlights: Sequence[tuple[int, int]]) -> int:
    if not highlights or len(text) <= EXCERPT_CHARS or highlights[0][0] < EXCERPT_CHARS // 2:
        return 0
    return text.rfind(" ", 0, max(1, highlights[0][0] - 80)) + 1


def _line(text: str) -> str:
    return clean(re.sub(r"\n\s*", "\n", text))
