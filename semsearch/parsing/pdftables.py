"""Tables without ruled lines: told by the columns that the parts of lines below each other leave free."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from semsearch.parsing.casenumbers import read_case_line
from semsearch.parsing.headings import section_kind

Joiner = Callable[[str, str], str]  # joins two lines to one text

MARK = re.compile(
    r"(?:\d{1,4}|[a-zæøåA-Z]|[ivx]{1,4})[.):]?|(?:Punkt|PUNKT|Pkt\.|Sag nr\.) \d{1,4}[.:]?|\W{1,2}|o"
)
_LEADER = re.compile(r".*(?:\.{3}|…|_{3}|(?:\. ){3}\.?)\s*")
_GUTTER = 0.4  # of a letter's height: what stays free between two columns
_TIGHT = 1.15  # times the usual distance of lines: within a cell
_APART = 2.2  # times the usual distance of lines: no longer the same table


@dataclass(slots=True)
class TextLine:
    """One line of text, or the part of one in a column; x grows to the right, y upward, in points.

    `inner` is where its text begins after the mark of a list, `first` the width of its first word,
    `size` the height of most of its letters.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    bold: bool
    size: float
    inner: float
    first: float


@dataclass(slots=True)
class Row:
    """One row of a table: the text of each cell; `top` is its upper edge."""

    cells: list[str]
    top: float


def merged(parts: Sequence[TextLine]) -> TextLine:
    """Give the parts of a line as one line, its gaps as spaces."""
    if len(parts) == 1:
        return parts[0]
    longest = max(parts, key=lambda part: len(part.text))
    return TextLine(
        text=" ".join(part.text for part in parts),
        left=parts[0].left,
        right=parts[-1].right,
        bottom=min(part.bottom for part in parts),
        top=max(part.top for part in parts),
        bold=all(part.bold for part in parts),
        size=longest.size,
        inner=parts[1].left if MARK.fullmatch(parts[0].text) else parts[0].inner,
        first=parts[0].first,
    )


def unruled(lines: Sequence[list[TextLine]], join: Joiner, usual: float) -> Iterator[TextLine | Row]:
    """Yield lines from the top down, those of tables put together to rows.

    A table has at least two lines with parts in two columns; lines with one part belong to it as long as
    the columns stay apart. `usual` is the distance of lines within a paragraph.
    """
    at = 0
    while at < len(lines):
        end, columns = _table(lines, at, usual) if _has_columns(lines[at]) else (at, [])
        if end == at:
            yield merged(lines[at])
            at += 1
            continue
        for row in _rows(lines[at:end], usual):
            yield Row(_cells(row, columns, join), max(part.top for parts in row for part in parts))
        at = end


def _has_columns(parts: Sequence[TextLine]) -> bool:
    """Whether the gaps of a line part columns: not those after a list's mark, in contents, about a case."""
    if len(parts) < 2 or (len(parts) == 2 and MARK.fullmatch(parts[0].text)):
        return False
    texts = [part.text for part in parts]
    contents = texts[-1].isdecimal() and _LEADER.fullmatch(" ".join(texts[:-1]))
    return not contents and read_case_line(" ".join(texts)) is None


def _table(lines: Sequence[list[TextLine]], at: int, usual: float) -> tuple[int, list[tuple[float, float]]]:
    """Give the line after the table that begins at line `at`, and its columns; `at` where there is none."""
    columns = _spans(lines[at], [])
    end, last, filled = at + 1, at, 1
    found = columns
    while end < len(lines):
        parts = lines[end]
        wider = _spans(parts, columns)
        distance = lines[end - 1][0].bottom - parts[0].bottom
        if len(wider) < 2 or distance > _APART * usual:
            break
        if _has_columns(parts):
            last, filled, found = end, filled + 1, wider
        elif (
            len(parts) > 1
            or _ends_table(parts[0])
            or (distance > _TIGHT * usual and not _columns_ahead(lines, end))
        ):
            break
        elif distance <= _TIGHT * usual and end == last + 1:
            last, found = end, wider
        columns = wider
        end += 1
    return (last + 1, found) if filled > 1 else (at, [])


def _columns_ahead(lines: Sequence[list[TextLine]], at: int) -> bool:
    return any(_has_columns(parts) for parts in lines[at + 1 : at + 4])


def _ends_table(part: TextLine) -> bool:
    return section_kind(part.text) is not None and part.bold


def _spans(parts: Sequence[TextLine], columns: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Add the parts of a line to the columns; those that touch become one."""
    gutter = _GUTTER * parts[0].size
    spans: list[tuple[float, float]] = []
    for left, right in sorted([*columns, *((part.left, part.right) for part in parts)]):
        if spans and left < spans[-1][1] + gutter:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    return spans


def _rows(lines: Sequence[list[TextLine]], usual: float) -> Iterator[list[list[TextLine]]]:
    """Group the lines of a table to rows: by the distance of lines where it tells, else by what is filled."""
    distances = [one[0].bottom - other[0].bottom for one, other in pairwise(lines)]
    spaced = any(distance > _TIGHT * usual for distance in distances)
    row = [lines[0]]
    for distance, parts in zip(distances, lines[1:], strict=True):
        starts = distance > _TIGHT * usual if spaced else len(parts) > 1 or not parts[0].text[:1].islower()
        if starts:
            yield row
            row = []
        row.append(parts)
    yield row


def _cells(row: Sequence[list[TextLine]], columns: Sequence[tuple[float, float]], join: Joiner) -> list[str]:
    texts: list[list[str]] = [[] for _ in columns]
    for parts in row:
        for part in parts:
            column = max((n for n, (left, _) in enumerate(columns) if left <= part.left + 1), default=0)
            texts[column].append(part.text)
    return [reduce(join, lines) if lines else "" for lines in texts]
