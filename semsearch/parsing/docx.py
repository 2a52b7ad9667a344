"""Word documents (DOCX) -> Meeting: paragraphs, numbered lists and tables in the order they are printed.

Read with lxml from the zip itself: python-docx leaves out text in content controls and tracked insertions,
gives no numbers of lists, and loads every picture.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from semsearch.errors import DocumentError
from semsearch.parsing.encoding import clean
from semsearch.parsing.layout import read_meeting
from semsearch.parsing.lines import Line, Sheet, Style
from semsearch.parsing.numbering import Numbering, read_numbering
from semsearch.parsing.wordstyles import Styles, is_on, read_styles
from semsearch.records import Meeting

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LARGEST_BYTES = 64 << 20  # of one part, unpacked; a report of 500 pages has 10 MB
_MOST_PARTS = 10_000
# What the standard library raises for damaged, encrypted or unknown archives.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error, KeyError, IndexError),
)
_AGAIN = "open it in Word and save it again as DOCX"
# Text that is not printed: deletions, moved text at its old place, codes of fields, a second rendering.
_UNPRINTED = {_W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr")} | {
    _FALLBACK
}
_BREAKS = {_W + "br": "\n", _W + "cr": "\n", _W + "tab": "\t", _W + "ptab": "\t", _W + "noBreakHyphen": "-"}


def parse(data: bytes, path: str) -> Meeting:
    """Read minutes in a Word document.

    Raises:
        DocumentError: the file is damaged, no Word document, unpacks to more than any document needs,
            or holds no minutes.
    """
    return read_meeting(lines_of(data, path), path)


def lines_of(data: bytes, path: str) -> list[Line]:
    """Render a Word document as lines.

    Raises:
        DocumentError: see `parse`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _part(archive, "word/document.xml", path)
            styles = read_styles(_part(archive, "word/styles.xml", path))
            numbering = read_numbering(_part(archive, "word/numbering.xml", path))
    except _DAMAGED as error:
        raise DocumentError(f"{path} is a damaged Word document: {error}", _AGAIN) from None
    if body is None:
        raise DocumentError(
            f"{path} is an archive, but no Word document", "unpack it, and keep the minutes themselves"
        )
    renderer = _Renderer(styles, numbering)
    for element in _blocks(body):
        renderer.block(element)
    return renderer.sheet.lines


def _part(archive: zipfile.ZipFile, name: str, path: str) -> etree._Element | None:
    """Read one part of the package, within limits; None where there is none."""
    if len(archive.infolist()) > _MOST_PARTS:
        raise DocumentError(f"{path} holds more than {_MOST_PARTS} parts", _AGAIN)
    if name not in archive.namelist():
        return None
    with archive.open(name) as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise DocumentError(f"{path} unpacks to more than {_LARGEST_BYTES >> 20} MB of text", _AGAIN)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(f"{path} is a damaged Word document: {error.msg}", _AGAIN) from None


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables that stand in an element, through wrappers such as content controls."""
    stack = [iter(parent)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in (_W + "p", _W + "tbl"):
            yield element
        elif element.tag not in _UNPRINTED:
            stack.append(iter(element))


@dataclass
class _Run:
    """What a paragraph says, piece by piece."""

    parts: list[str] = field(default_factory=list)
    plain: bool = False  # whether any of it is not bold
    boxes: list[etree._Element] = field(default_factory=list)  # text boxes anchored in it

    def text(self) -> str:
        return clean("".join(self.parts))


@dataclass
class _Renderer:
    """Turns blocks into lines; one for each document."""

    styles: Styles
    numbering: Numbering
    sheet: Sheet = field(default_factory=Sheet)

    def block(self, element: etree._Element) -> None:
        if element.tag == _W + "tbl":
            self._table(element)
        else:
            self._paragraph(element)

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = self.styles.of(paragraph)
        label = self.numbering.label(paragraph, style.numbering)
        run = _Run()
        _collect(paragraph, run, bold=style.bold)
        lines = [line.strip() for line in run.text().split("\n")]
        look = self._look(style.heading, bold=not run.plain, label=label)
        if not label or look is Style.STYLED:
            self.sheet.gap = True
        for number, line in enumerate(filter(None, lines)):
            self.sheet.add(f"{label} {line}" if label and not number else line, look)
        self.sheet.gap = self.sheet.gap or not label or look is Style.STYLED or not any(lines)
        for box in run.boxes:
            for block in _blocks(box):
                self.block(block)

    def _look(self, heading: bool, *, bold: bool, label: str) -> Style:
        if heading or (bold and label.strip() != "-"):
            return Style.STYLED
        return Style.FIXED if label and not label[0].isdigit() else Style.PLAIN

    def _table(self, table: etree._Element) -> None:
        """Render a table of data row by row; one that only lays out the page block by block."""
        rows = [list(row.iter(_W + "tc")) for row in table.iter(_W + "tr")]
        nested = any(inner is not table for inner in table.iter(_W + "tbl"))
        self.sheet.gap = True
        if nested or all(len(row) < 2 for row in rows):
            for cell in _cells(table):
                for block in _blocks(cell):
                    self.block(block)
        else:
            for row in rows:
                self.sheet.add_row([self._cell(cell) for cell in row])
        self.sheet.gap = True

    def _cell(self, cell: etree._Element) -> str:
        """Give a cell's text as one line."""
        inner = _Renderer(self.styles, self.numbering)
        for block in _blocks(cell):
            inner.block(block)
        return " ".join(" ".join(line.bare for line in inner.sheet.lines).split())


def _cells(table: etree._Element) -> Iterator[etree._Element]:
    """Yield the cells of a table itself, not of those within it."""
    for row in table.iterchildren():
        for cell in row.iter(_W + "tc"):
            owner = next(cell.iterancestors(_W + "tbl"))
            if owner is table:
                yield cell


def _collect(element: etree._Element, run: _Run, *, bold: bool) -> None:
    """Add what is printed of a paragraph, in order, to `run`."""
    stack = [(iter(element), bold)]
    while stack:
        children, bold = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
        elif child.tag == _W + "t":
            run.parts.append(child.text or "")
            run.plain = run.plain or (not bold and bool((child.text or "").strip()))
        elif child.tag in _BREAKS:
            run.parts.append(_BREAKS[child.tag])
        elif child.tag == _W + "txbxContent":
            run.boxes.append(child)
        elif child.tag == _W + "r":
            properties = child.find(_W + "rPr")
            if not is_on(properties, "vanish"):
                stack.append((iter(child), is_on(properties, "b", bold)))
        elif child.tag not in _UNPRINTED:
            stack.append((iter(child), bold))
