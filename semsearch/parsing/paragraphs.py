"""The lines of all pages -> paragraphs as they were typed: heads of pages gone, broken lines mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from semsearch.parsing.casenumbers import read_case_line
from semsearch.parsing.contents import is_contents_entry, is_contents_heading
from semsearch.parsing.headings import section_kind
from semsearch.parsing.lines import Line, Sheet, Style, offsets
from semsearch.parsing.pdftables import Row, TextLine

_EDGE = 3  # lines at the top and bottom of a page that may be its head and foot
_OFTEN = 0.6  # of the pages: a line on more of them is their head or foot
_LARGER = 1.12  # times the size of the text: a heading
_LEADING = 1.35  # times the usual distance of lines: a paragraph
_INDENT = 1.2  # of a letter's height: what is more is an indent
_SLACK = 0.5  # of a letter's height: how much room a word needs beyond its width to have fitted
_BULLET = re.compile(r"(?:[•·▪◦●○■□➢✓\ue000-\uf8ff–—-]|o)\s+")
_NUMBER = re.compile(r"(\d{1,3}|[a-zæøå])[.)]\s+(\S)")
_DATE = re.compile(r"\d{1,2}\.\s+(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)", re.IGNORECASE)
_ITEM = re.compile(r"(?:punkt|pkt\.?|sag nr\.?)\s+\d|\d+\.\s|lukket", re.IGNORECASE)
AND = ("og", "eller", "samt", "og/eller", "til")
_WORD = re.compile(r"\w+(?:-\w+)*-?")


class Words:
    """How words are spelled within lines, to know whether a hyphen at the end of one belongs to the word."""

    def __init__(self, words: Iterable[str] = (), *, hyphenated: bool = True) -> None:
        self.known = Counter(word.casefold() for word in words)
        self.hyphenated = hyphenated  # whether the typesetter broke words

    def join(self, text: str, more: str) -> str:
        """Join two lines of a paragraph: hyphens at line ends vanish, except before "og" and within names.

        >>> Words().join("bruger-", "undersøgelser"), Words().join("børne-", "og ungeudvalg")
        ('brugerundersøgelser', 'børne- og ungeudvalg')
        """
        if not text.endswith("-") or not text[-2:-1].isalnum() or not more:
            return f"{text} {more}" if text and more else text or more
        left, right = _WORD.findall(text)[-1][:-1], more.split()[0].strip(".,;:()")
        if right.casefold() in AND:
            return f"{text} {more}"
        return text + more if self._keeps_hyphen(left, right) else text[:-1] + more

    def _keeps_hyphen(self, left: str, right: str) -> bool:
        hyphenated, joined = f"{left}-{right}".casefold(), f"{left}{right}".casefold()
        if self.known[hyphenated] or self.known[joined]:
            return self.known[hyphenated] >= self.known[joined]
        is_name = not right[:1].islower() or len(left) < 3 or left.isupper() or any(map(str.isdigit, left))
        return is_name or not self.hyphenated


def assemble(
    pages: Sequence[Sequence[TextLine | Row]], words: Words, distance: float
) -> tuple[list[Line], tuple[int, ...]]:
    """Write the lines of a document, and give the offset of each page's first character.

    `distance` is that of the lines of a paragraph.
    """
    pages = _without_heads(pages)
    writer = _Writer(_Body.of(pages), words, distance)
    for page in pages:
        writer.page()
        for line in page:
            writer.row(line) if isinstance(line, Row) else writer.text(line)
    writer.end()
    return writer.sheet.lines, writer.starts()


@dataclass(frozen=True, slots=True)
class _Body:
    """What running text looks like: the height of its letters, and its edges."""

    size: float
    left: float
    right: float
    bold: bool

    @classmethod
    def of(cls, pages: Sequence[Sequence[TextLine | Row]]) -> _Body:
        texts = [[line for line in page if isinstance(line, TextLine)] for page in pages]
        sizes: Counter[tuple[float, bool]] = Counter()
        for line in (line for page in texts for line in page):
            sizes[(line.size, line.bold)] += len(line.text)
        if not sizes:
            return cls(10.0, 0.0, 0.0, False)
        (size, bold), _ = sizes.most_common(1)[0]
        rights = sorted(line.right for page in texts for line in page if line.size == size)
        lefts = Counter(round(line.left) for page in texts for line in page if line.size == size)
        right = rights[min(len(rights) - 1, int(0.98 * len(rights)))]
        return cls(size, lefts.most_common(1)[0][0], right, bold)


@dataclass
class _Writer:
    """Puts lines together to paragraphs, across pages."""

    body: _Body
    words: Words
    distance: float
    sheet: Sheet = field(default_factory=Sheet)
    paragraph: str = ""
    last: TextLine | None = None  # the last line of the paragraph being written
    style: Style = Style.PLAIN
    new_page: bool = False
    marks: list[tuple[int, int] | None] = field(default_factory=list)  # of each page: line, character in it
    waiting: list[int] = field(default_factory=list)  # pages that begin within the paragraph being written
    within: list[tuple[int, int]] = field(default_factory=list)  # of those: page, character of the paragraph

    def page(self) -> None:
        self.marks.append(None)
        self.waiting.append(len(self.marks) - 1)
        self.new_page = True

    def row(self, row: Row) -> None:
        self.end()
        if not any(row.cells):
            return
        self.sheet.gap = self.sheet.gap or not self._after_row()
        self._begin(0)
        self.sheet.add_row(row.cells)
        self._place()
        self.new_page = False

    def _after_row(self) -> bool:
        return bool(self.sheet.lines) and " | " in self.sheet.lines[-1].text

    def text(self, line: TextLine) -> None:
        style = self._style(line)
        if self.last is not None and self._goes_on(self.last, line, style):
            joined = self.words.join(self.paragraph, line.text)
            self._begin(len(joined) - len(line.text))
            self.paragraph = joined
        else:
            gap = not (self.last and self._follows(self.last, line))
            self.end()
            self.sheet.gap = self.sheet.gap or gap
            self._begin(0)
            self.paragraph, self.style = line.text, style
        self.last = line
        self.new_page = False

    def end(self) -> None:
        """Write the paragraph that is being put together."""
        if self.paragraph:
            self.sheet.add(self.paragraph, self.style)
            self._place()
        self.paragraph, self.last = "", None

    def starts(self) -> tuple[int, ...]:
        """Give the offset of each page's first character; an empty page begins where the next one does."""
        at = offsets(self.sheet.lines)
        end = max(at[-1] - 1, 0)
        found: list[int] = []
        for mark in reversed(self.marks):
            end = at[mark[0]] + mark[1] if mark else end
            found.append(end)
        return tuple(reversed(found))

    def _begin(self, character: int) -> None:
        self.within += [(page, character) for page in self.waiting]
        self.waiting.clear()

    def _place(self) -> None:
        for page, character in self.within:
            self.marks[page] = (len(self.sheet.lines) - 1, character)
        self.within.clear()

    def _style(self, line: TextLine) -> Style:
        styled = line.size > _LARGER * self.body.size or (line.bold and not self.body.bold)
        if styled:
            return Style.STYLED
        if _BULLET.match(line.text):
            return Style.FIXED
        indented = line.left > self.body.left + _INDENT * line.size and not _NUMBER.match(line.text)
        return Style.FIXED if indented and read_case_line(line.text) is None else Style.PLAIN

    def _goes_on(self, above: TextLine, line: TextLine, style: Style) -> bool:
        """Whether a line continues the paragraph of the line above it."""
        styled = style is Style.STYLED
        if styled != (self.style is Style.STYLED) or abs(line.size - above.size) > 0.08 * above.size:
            return False
        if not self._is_full(above, line) or _stands_alone(above.text) or _stands_alone(line.text):
            return False
        if not styled and self._begins_point(above, line):
            return False
        if self.new_page:
            return not styled and (line.text[:1].islower() or above.text[-1] not in ".:;!?")
        return self._is_close(above, line)

    def _begins_point(self, above: TextLine, line: TextLine) -> bool:
        """Whether a line begins a point of a list, and does not only begin with a number by chance."""
        if _BULLET.match(line.text):
            return True
        number, before = _NUMBER.match(line.text), _NUMBER.match(self.paragraph)
        if not number or _DATE.match(line.text):
            return False
        follows = before is not None and _next(before[1]) == number[1]
        return follows or above.text[-1] in ".:;,!?" or not number[2].islower()

    def _is_full(self, above: TextLine, line: TextLine) -> bool:
        """Whether the first word of a line had no room at the end of the line above."""
        return above.right + 0.2 * line.size + line.first > self.body.right - _SLACK * line.size

    def _is_close(self, above: TextLine, line: TextLine) -> bool:
        distance = above.bottom - line.bottom
        indent = line.left - (above.inner if self.paragraph == above.text else above.left)
        usual = self.distance * line.size / self.body.size
        return 0 < distance < _LEADING * usual and abs(indent) < _INDENT * line.size

    def _follows(self, above: TextLine, line: TextLine) -> bool:
        """Whether a line stands right under the one above, as the points of a list do."""
        listed = _BULLET.match(line.text) or _NUMBER.match(line.text)
        return bool(listed) and bool(_BULLET.match(self.paragraph) or _NUMBER.match(self.paragraph))


def _stands_alone(text: str) -> bool:
    """Whether a line is part of no paragraph: a heading, a case, an entry of the contents."""
    if (section_kind(text) and not text[0].islower()) or read_case_line(text):
        return True
    return is_contents_heading(text) or is_contents_entry(text)


def _next(mark: str) -> str:
    return str(int(mark) + 1) if mark.isdecimal() else chr(ord(mark) + 1)


def _without_heads(pages: Sequence[Sequence[TextLine | Row]]) -> list[list[TextLine | Row]]:
    """Drop the lines that stand at the top or bottom of most pages; a head is kept on the first page."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update({key for line in _edges(page) if (key := _key(line))})
    least = max(2, _OFTEN * len(pages))
    result = []
    for number, page in enumerate(pages):
        edges = {id(line) for line in _edges(page) if counts[_key(line) or ("", 0)] >= least}
        kept = {id(line) for line in page[:_EDGE]} if not number else set()
        result.append([line for line in page if id(line) not in edges or id(line) in kept])
    return result


def _edges(page: Sequence[TextLine | Row]) -> list[TextLine | Row]:
    return [*page[:_EDGE], *page[max(_EDGE, len(page) - _EDGE) :]]


def _key(line: TextLine | Row) -> tuple[str, int] | None:
    """Give what a line says, whatever its numbers, and where it stands; None for what is never a page's head.

    Items, cases and section headings are not, however often they stand at the same place.
    """
    text = " ".join(line.cells) if isinstance(line, Row) else line.text
    if _ITEM.match(text) or section_kind(text) or read_case_line(text):
        return None
    return re.sub(r"\d+", "#", text), round(line.top)
