"""The words of a page -> its lines of text and its table rows, from the top down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import pairwise
from typing import TypeVar

from semsearch.parsing.encoding import clean
from semsearch.parsing.pdftables import MARK, Joiner, Row, TextLine, merged, unruled
from semsearch.parsing.pdfwords import Page, Word

_WIDE = 0.9  # of a letter's height: a gap within a line that parts columns
_SAME = 0.4  # of a letter's height: how far words of one line may be off each other
_NEAR = 2.0  # points: ruled lines that are closer are one
T = TypeVar("T")
_MOST_TESTS = 5_000_000  # words times ruled lines of a page


def lines_of(page: Page, join: Joiner, distance: float) -> list[TextLine | Row]:
    """Give the lines and rows of a page, from the top down.

    Cells of several lines are joined by `join`; `distance` is that of the lines of a paragraph.
    """
    rows, words = _ruled(page, join)
    lines: list[TextLine | Row] = [*rows, *unruled(_lines(words), join, distance)]
    return sorted(lines, key=lambda line: -line.top)


def usual_distance(pages: Sequence[Page]) -> float:
    """Give the distance of lines within a paragraph: the smallest that is no exception in the document."""
    steps: Counter[int] = Counter()
    heights: Counter[float] = Counter()
    for page in pages:
        lines = [merged(parts) for parts in _lines(page.words)]
        heights.update(line.size for line in lines)
        apart = ((one.bottom - other.bottom, one.size) for one, other in pairwise(lines))
        steps.update(round(2 * step) for step, size in apart if size < step < 2 * size)
    often = [step for step, count in steps.items() if 4 * count >= max(steps.values())]
    return min(often) / 2 if often else 1.15 * heights.most_common(1)[0][0] if heights else 1.0


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
        text = reduce(join, (merged(parts).text for parts in _lines(words)))
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


def _lines(words: Sequence[Word]) -> list[list[TextLine]]:
    """Group words to lines, from the top down, and each line to the parts between its wide gaps."""
    lines: list[list[Word]] = []
    reference: Word | None = None
    for word in sorted(words, key=lambda word: -(word.bottom + word.top)):
        if reference is not None and _beside(reference, word):
            lines[-1].append(word)
            reference = max(reference, word, key=lambda one: one.size)
        else:
            lines.append([word])
            reference = word
    return [_parts(sorted(line, key=lambda word: word.left)) for line in lines]


def _beside(one: Word, other: Word) -> bool:
    apart = abs(one.bottom + one.top - other.bottom - other.top) / 2
    return apart < _SAME * max(one.size, other.size)


def _parts(words: list[Word]) -> list[TextLine]:
    parts = [[words[0]]]
    for before, word in pairwise(words):
        if word.left - before.right > _WIDE * max(before.size, word.size):
            parts.append([])
        parts[-1].append(word)
    return [_line(part) for part in parts]


def _line(words: list[Word]) -> TextLine:
    letters = [word for word in words if any(map(str.isalnum, word.text))] or words
    sizes: dict[float, int] = defaultdict(int)
    for word in letters:
        sizes[round(word.size, 1)] += len(word.text)
    mark = len(words) > 1 and MARK.fullmatch(words[0].text)
    return TextLine(
        text=clean(" ".join(word.text for word in words)).strip(),
        left=words[0].left,
        right=max(word.right for word in words),
        bottom=min(word.bottom for word in words),
        top=max(word.top for word in words),
        bold=all(word.bold for word in letters),
        size=max(sizes, key=lambda size: sizes[size]),
        inner=words[1].left if mark else words[0].left,
        first=words[0].right - words[0].left,
    )
