"""A small writer of PDF files: text and lines at given places, so that tests need no other program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842


@dataclass(frozen=True)
class Text:
    """A line of text; `x` from the left, `y` from the bottom, in points."""

    x: float
    y: float
    words: str
    size: float = 10
    bold: bool = False

    def operators(self) -> bytes:
        shown = (
            self.words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        )
        font = b"F2" if self.bold else b"F1"
        return b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font, self.size, self.x, self.y, shown)


@dataclass(frozen=True)
class Rule:
    """A drawn line."""

    x: float
    y: float
    to_x: float
    to_y: float

    def operators(self) -> bytes:
        return b"%g %g m %g %g l S" % (self.x, self.y, self.to_x, self.to_y)


def pdf(pages: Iterable[Sequence[Text | Rule]], *, trailer: bytes = b"") -> bytes:
    """Write a PDF with these pages, in Helvetica."""
    contents = [b"\n".join(drawn.operators() for drawn in page) for page in pages]
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(contents)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(contents), kids),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    for number, content in enumerate(contents):
        resources = b"<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources %s /Contents %d 0 R >>"
            % (WIDTH, HEIGHT, resources, first + 2 * number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects, trailer)


def _file(objects: list[bytes], trailer: bytes) -> bytes:
    data = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(data)
