"""What every format is turned into before it is read: lines, each with what its look says about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate


class Style(Enum):
    """What the look of a line says; words alone decide where it says nothing."""

    PLAIN = auto()
    STYLED = auto()  # printed as a heading: a heading element, bold, larger
    FIXED = auto()  # part of a table, a list, a quotation: never a heading or a title


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `text` stands in the meeting's text; `bare` is the same without markup and outer space."""

    text: str
    bare: str
    style: Style = Style.PLAIN


BLANK = Line("", "")
CELL = " | "  # what parts the cells of a table row


class Sheet:
    """Lines as they are written: a blank line comes where one was called for since the last line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.gap = False

    def add(self, text: str, style: Style = Style.PLAIN) -> None:
        """Add a line of text without outer space at its end."""
        if self.gap and self.lines:
            self.lines.append(BLANK)
        self.gap = False
        self.lines.append(Line(text, text.strip(), style))

    def add_row(self, cells: Sequence[str]) -> None:
        """Add a table row as one line; empty cells at its end, and empty rows, are left out."""
        row = CELL.join(cells).rstrip(CELL)
        if row:
            self.add(row.strip() if len(cells) == 1 else row, Style.FIXED)


def plain(text: str) -> Line:
    """Make a line without markup."""
    return Line(text, text.strip())


def join(lines: Iterable[Line]) -> str:
    """Join lines to the meeting's text: one "\\n" after each but the last."""
    return "\n".join(line.text for line in lines)


def offsets(lines: Iterable[Line]) -> list[int]:
    """Give the offset of each line in `join(lines)`, and last the offset after the end plus one."""
    return list(accumulate((len(line.text) + 1 for line in lines), initial=0))
