"""What stands on a page of a PDF: words with their place and look, and the ruled lines of tables."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_HYPHENS = frozenset((0x2, 0xAD, 0xFFFE))  # how the library gives a hyphen at the end of a line
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xF0B7: "•",
    0xF0A7: "•",
}
_BOLD_FROM = 600
_SPACES = frozenset((0, 0x9, 0xA, 0xD, 0x20, 0xA0, *range(0x2000, 0x200C)))
_DESCENT = 0.2  # of a letter's height: what lies below the line it stands on
_GAP = 0.25  # of a letter's height: what parts words where no space is written
_THIN = 2.5  # points: a shape that is thinner is a line
_SHORT = 6.0  # points: a shorter line is no side of a cell
_MOST_LINES = 4000  # of one page
_MOST_SEGMENTS = 40_000


@dataclass(slots=True)
class Word:
    """One word; x grows to the right, y upward, in points. `bottom:top` is the height of its font."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    bold: bool

    @property
    def size(self) -> float:
        """The height of its font."""
        return self.top - self.bottom


@dataclass(slots=True)
class Page:
    """The words of a page in the order they were written, and its ruled lines.

    `across` are (y, left, right) from the top down; `down` are (x, bottom, top) from left to right.
    """

    words: list[Word] = field(default_factory=list)
    across: list[tuple[float, float, float]] = field(default_factory=list)
    down: list[tuple[float, float, float]] = field(default_factory=list)


def read_page(page: pdfium.PdfPage) -> Page:
    """Read a page; its words may be in any order."""
    text = page.get_textpage()
    try:
        read = Page(list(_words(text.raw)))
    finally:
        text.close()
    for left, bottom, right, top in _shapes(page):
        _add_sides(read, left, bottom, right, top)
    read.across.sort(reverse=True)
    read.down.sort()
    return read


def _words(text: raw.FPDF_TEXTPAGE) -> Iterator[Word]:
    word: Word | None = None
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    box_, x_, y_ = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in _SPACES or not raw.FPDFText_GetLooseCharBox(text, index, box_):
            if word is not None:
                yield word
            word = None
            continue
        raw.FPDFText_GetCharOrigin(text, index, x_, y_)
        letter = "-" if code in _HYPHENS else _LIGATURES.get(code) or chr(code)
        if word is not None and _goes_on(word, box.left, y.value):
            word.text += letter
            word.right = max(word.right, box.right)
            continue
        if word is not None:
            yield word
        size = _size(text, index)
        bottom = y.value - _DESCENT * size
        word = Word(letter, box.left, box.right, bottom, bottom + size, _is_bold(text, index))
    if word is not None:
        yield word


def _goes_on(word: Word, left: float, baseline: float) -> bool:
    near = -word.size < left - word.right < _GAP * word.size
    return near and abs(baseline - word.bottom - _DESCENT * word.size) < 0.5 * word.size


def _size(text: raw.FPDF_TEXTPAGE, index: int) -> float:
    """Give the height of a letter's font as it stands on the page."""
    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(text, index)
    if raw.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
        size *= math.hypot(matrix.b, matrix.d) or 1.0
    return max(float(size), 1.0)


def _is_bold(text: raw.FPDF_TEXTPAGE, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(text, index) >= _BOLD_FROM:
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    length = raw.FPDFText_GetFontInfo(text, index, name, 128, ctypes.byref(flags))
    return 0 < length <= 128 and any(sign in name.value.lower() for sign in (b"bold", b"black", b"heavy"))


def _shapes(page: pdfium.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes around the parts of all drawn paths, as left, bottom, right, top."""
    left_over = _MOST_SEGMENTS
    for drawn in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=4):
        count = raw.FPDFPath_CountSegments(drawn.raw)
        left_over -= max(count, 0)
        if left_over < 0:
            return
        matrix = drawn.get_matrix()
        points: list[tuple[float, float]] = []
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(drawn.raw, index)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
                yield _box(points)
                points = []
            x, y = ctypes.c_float(), ctypes.c_float()
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            points.append(matrix.on_point(x.value, y.value))
        if points:
            yield _box(points)


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _add_sides(page: Page, left: float, bottom: float, right: float, top: float) -> None:
    """Add a line, or the four sides of a box, to the ruled lines of a page."""
    wide, high = right - left, top - bottom
    if len(page.across) + len(page.down) > _MOST_LINES or max(wide, high) < _SHORT:
        return
    if high < _THIN:
        page.across.append(((bottom + top) / 2, left, right))
    elif wide < _THIN:
        page.down.append(((left + right) / 2, bottom, top))
    else:
        page.across += [(bottom, left, right), (top, left, right)]
        page.down += [(left, bottom, top), (right, bottom, top)]
