"""The words of a page -> its lines of text and its table rows, from the top down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from semsearch.parsing.casenumbers import read_case_line
from semsearch.parsing.encoding import clean
from semsearch.parsing.pdfwords import Page, Word

_WIDE = 0.9  # of a letter's height: a gap within a line that parts columns
_SAME = 0.4  # of a letter's height: how far words of one line may be off each other
_NEAR = 2.0  # points: ruled lines that are closer are one
_MOST_TESTS = 5_000_000  # words times ruled lines of a page
_MARK = re.compile(
    r"(?:\d{1,4}|[a-zæøåA-Z]|[ivx]{1,4})[.):]?|(?:Punkt|PUNKT|Pkt\.|Sag nr\.) \d{1,4}[.:]?|\W{1,2}|o"
)
_LEADER = re.compile(r".*(?:\.{3,}|…|_{3,}|(?:\. ){3,}\.?)\s*")


@dataclass(slots=True)
class TextLine:
    """One line of text; `inner` is where its text begins after the mark of a list.

    `first` is the width of its first word, `size` the height of most of its letters.
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


T = TypeVar("T")
Joiner = Callable[[str, str], str]  # joins two lines to one text


def lines_of(page: Page, join: Joiner) -> list[TextLine | Row]:
    """Give the lines and rows of a page, from the top down. Cells of several lines are joined by `join`."""
    rows, words = _ruled(page, join)
    lines: list[TextLine | Row] = [*rows, *_columns(_lines(words))]
    return sorted(lines, key=lambda line: -line.top)


def _ruled(page: Page, join: Joiner) -> tuple[list[Row], list[Word]]:
    """Give the rows of tables with ruled lines, and the words that lie in none."""
    if not page.down or len(page.words) * (len(page.down) + len(page.across)) > _MOST_TESTS:
        return [], page.words
    cells: dict[tuple[float, float, float, float], list[Word]] = defaultdict(list)
    outside = []
    for word in page.words:
        cell = _cell(page, (word.left + word.right) / 2, (word.bottom + word.top) / 2)
        if cell is None:
            outside.append(word)
        else:
            cells[cell].append(word)
    rows = []
    for tops in _clustered(sorted(cells, key=lambda cell: -cell[3]), key=lambda cell: cell[3]):
        row = _row(page, {cell: cells[cell] for cell in tops}, join)
        if row is None:
            outside += [word for cell in tops for word in cells[cell]]
        else:
            rows.append(row)
    return rows, outside


def _cell(page: Page, x: float, y: float) -> tuple[float, float, float, float] | None:
    """Find the ruled lines around a point: left, right, bottom, top; None where a side is open."""
    left = right = bottom = top = None
    for at, low, high in page.down:
        if low - _NEAR <= y <= high + _NEAR:
            if at <= x:
                left = at
            else:
                right = at
                break
    if left is None or right is None:
        return None
    for at, begin, end in page.across:
        if begin - _NEAR <= x <= end + _NEAR:
            if at >= y:
                top = at
            else:
                bottom = at
                break
    return None if bottom is None or top is None else (left, right, bottom, top)


def _row(page: Page, cells: dict[tuple[float, float, float, float], list[Word]], join: Joiner) -> Row | None:
    """Read the cells with one upper edge as a row; None where there is only one column: a box around text."""
    lowest = max(cell[2] for cell in cells)
    top = min(cell[3] for cell in cells)
    middle = (lowest + top) / 2
    sides = [at for at, low, high in page.down if low - _NEAR <= middle <= high + _NEAR]
    edges = [group[0] for group in _clustered(sides, key=lambda at: at)]
    if len(edges) < 3:
        return None
    texts = [""] * (len(edges) - 1)
    for cell, words in cells.items():
        column = max((n for n, edge in enumerate(edges[:-1]) if edge <= cell[0] + _NEAR), default=0)
        lines = [line.text for line in _lines(words)]
        text = lines[0]
        for line in lines[1:]:
            text = join(text, line)
        texts[column] = f"{texts[column]} {text}".strip()
    return Row(texts, top)


def _clustered(values: Iterable[T], key: Callable[[T], float]) -> Iterator[list[T]]:
    """Group sorted values whose keys lie close to that of the first of the group."""
    group: list[T] = []
    for value in values:
        if group and abs(key(value) - key(group[0])) > _NEAR:
            yield group
            group = []
        group.append(value)
    if group:
        yield group


def _lines(words: Sequence[Word]) -> list[TextLine]:
    """Group words to lines, from the top down; a column is told by the wide gap before it."""
    lines: list[list[Word]] = []
    reference: Word | None = None
    for word in sorted(words, key=lambda word: -(word.bottom + word.top)):
        if reference is not None and _beside(reference, word):
            lines[-1].append(word)
            reference = max(reference, word, key=lambda one: one.size)
        else:
            lines.append([word])
            reference = word
    return [_line(sorted(line, key=lambda word: word.left)) for line in lines]


def _beside(one: Word, other: Word) -> bool:
    apart = abs(one.bottom + one.top - other.bottom - other.top) / 2
    return apart < _SAME * max(one.size, other.size)


def _line(words: list[Word]) -> TextLine:
    parts = [words[0].text]
    for before, word in pairwise(words):
        wide = word.left - before.right > _WIDE * max(before.size, word.size)
        parts.append(("\t" if wide else " ") + word.text)
    letters = [word for word in words if any(map(str.isalnum, word.text))] or words
    sizes: dict[float, int] = defaultdict(int)
    for word in letters:
        sizes[round(word.size, 1)] += len(word.text)
    text = clean("".join(parts)).strip()
    mark = len(words) > 1 and _MARK.fullmatch(words[0].text)
    return TextLine(
        text=text,
        left=words[0].left,
        right=max(word.right for word in words),
        bottom=min(word.bottom for word in words),
        top=max(word.top for word in words),
        bold=all(word.bold for word in letters),
        size=max(sizes, key=lambda size: sizes[size]),
        inner=words[1].left if mark else words[0].left,
        first=words[0].right - words[0].left,
    )


def _columns(lines: list[TextLine]) -> Iterator[TextLine | Row]:
    """Take runs of at least two lines with columns for the rows of a table; tabs elsewhere are spaces."""
    run: list[TextLine] = []
    for line in [*lines, None]:
        if line is not None and _has_columns(line):
            run.append(line)
            continue
        if len(run) > 1:
            yield from (Row(one.text.split("\t"), one.top) for one in run)
        else:
            yield from map(_plain, run)
        run = []
        if line is not None:
            yield _plain(line)


def _has_columns(line: TextLine) -> bool:
    """Whether a line has columns, and is none of those that have gaps for other reasons."""
    cells = line.text.split("\t")
    if len(cells) < 2 or (len(cells) == 2 and _MARK.fullmatch(cells[0])):
        return False
    contents = cells[-1].isdecimal() and _LEADER.fullmatch("\t".join(cells[:-1]))
    return not contents and read_case_line(" ".join(cells)) is None


def _plain(line: TextLine) -> TextLine:
    line.text = line.text.replace("\t", " ")
    return line
