"""Inputs for the fuzzing run: real documents to begin with, and edits that know how documents are made."""

from __future__ import annotations

import html
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
SEED_BYTES = 8_000  # of a text; longer ones cost speed and teach nothing new
Edit = Callable[[bytes, Random], bytes]
WORDS = (
    "Punkt 1: Sag",
    "Punkt 2: Lukket: Salg",
    "Lukket punkt",
    "Lukkede punkter",
    "Åbne punkter",
    "Beslutning",
    "BESLUTNING Byrådet den 01-02-2023",
    "Indstilling",
    "Sagsfremstilling",
    "Bilag",
    "Økonomi",
    "Godkendt.",
    "1.-2. Godkendt. 3. Anbefales.",
    "Imod stemte (Ø)",
    "For stemte 15, imod 3",
    "23-001204",
    "J.nr. 306-2009-600",
    "010203-1234",
    "CPR: 0102031234",
    "Mødedato: 31-02-2023",
    "d. 29. februar 2023 kl. 25:61",
    "Indholdsfortegnelse",
    "Punkt 1 ........ 3",
    "Side 1 af 2",
    "| a | b |",
    "\t\t",
    "- ",
    "1. ",
    "a) ",
    "**",
    "# ",
    "___",
    "\f",
    "\r",
    "\u2028",
    "\ufeff",
    "\x00",
    "\ud800",
    "\u0301",
    "ﬁ",
    "İ",
    "ß",
    "９",
    "²",
    "\U0001f600",
    "&#0;",
    "&#x110000;",
    "&nbsp;",
    "<h3>Beslutning</h3>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<ul><li>",
    "<br/>",
    "<pre>",
    "<!--",
    "<![CDATA[",
    "<script>",
    '<tr class="punktrow lukket">',
    '<h2 class="overskrift">',
    '<div class="details">',
    '<span class="sagsnummer">',
    "<w:p><w:r><w:t>Punkt 3: X</w:t></w:r></w:p>",
    "<w:tbl><w:tr><w:tc>",
    '<w:numPr><w:ilvl w:val="99"/><w:numId w:val="-1"/></w:numPr>',
    "<w:b/>",
    "<w:txbxContent>",
    "9" * 60,
    "",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1e308,
    "",
    [],
    {},
    [[]],
    "0001-01-01",
    "9999-12-31T24:00",
)
KEYS = (
    "Dagsordenpunkter Udvalg Moede Navn Felter Html Dato Number SagsNummer Bilag Tekst Caption Link".split()
)


def seeds(parser: str, shared: Path) -> list[bytes]:
    """Return the documents to begin with, for `parser` one of `EDITS`."""
    known = {
        "text": lambda: _files("corpus/*.txt", ROOT) + _files("seeds/00[1-4]*.txt", shared),
        "markdown": lambda: _files("corpus/*.md", ROOT) + _files("seeds/000*.txt", shared),
        "firstagenda": lambda: list(_meetings(shared)),
        "html": lambda: _files("corpus/*.html", ROOT) + list(_pages()),
        "pdf": lambda: [one for data in _first_pages() for one in (data, inflated(data))] + list(_printed()),
        "docx": lambda: _files("corpus/*.docx", ROOT) + list(_typed()),
        "zip": lambda: [packed(dict(_members())), packed(dict(_members()), zipfile.ZIP_DEFLATED)],
    }
    return [
        one if parser in ("pdf", "docx", "zip", "firstagenda") else one[:SEED_BYTES]
        for one in known[parser]()
    ]


def _files(pattern: str, folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob(pattern)) if path.name != "README.md"]


def _meetings(shared: Path) -> Iterator[bytes]:
    """Yield published meetings, each with a few of its items."""
    for data in _files("corpus/*.json", ROOT) + _files("greve/*.json", shared)[::5]:
        meeting = json.loads(data)
        for first in range(0, min(6, len(meeting["Dagsordenpunkter"])), 2):
            few = {**meeting, "Dagsordenpunkter": meeting["Dagsordenpunkter"][first : first + 2]}
            text = json.dumps(few, ensure_ascii=False).encode()
            if len(text) < 3 * SEED_BYTES:
                yield text


def _pages() -> Iterator[bytes]:
    """Yield plain minutes as pages."""
    for data in _files("corpus/*.txt", ROOT):
        lines = data.decode()[:SEED_BYTES].split("\n")
        yield f"<html><body>{''.join(f'<p>{line}</p>' for line in lines if line)}</body></html>".encode()


def _first_pages() -> Iterator[bytes]:
    """Yield the real PDFs, cut short: a page costs 50 ms."""
    import pypdfium2

    for data in _files("corpus/*.pdf", ROOT):
        for pages in ([0], [0, 1]):
            few, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
            few.import_pages(pypdfium2.PdfDocument(data), pages)
            few.save(buffer)
            yield buffer.getvalue()


def _printed() -> Iterator[bytes]:
    """Yield the first page of plain minutes as the plainest of PDFs."""
    sys.path.insert(0, str(ROOT / "tests"))
    from pdfs import Text, pdf

    for data in _files("corpus/*.txt", ROOT):
        lines = [line for line in data.decode().split("\n") if line][:45]
        shown = [line[:90].encode("cp1252", "ignore").decode("cp1252") for line in lines]
        yield pdf([[Text(60, 790 - 16 * place, line) for place, line in enumerate(shown)]])


def _typed() -> Iterator[bytes]:
    """Yield plain minutes as the plainest of Word documents."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for data in _files("corpus/*.txt", ROOT):
        lines = (html.escape(line) for line in data.decode()[:SEED_BYTES].split("\n"))
        body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines if line)
        text = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        yield packed({"word/document.xml": text.encode()})


def _members() -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "corpus").glob("2022-*")):
        yield f"{path.stem[:4]}/{path.name}", path.read_bytes()[:4_000]


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def inflated(data: bytes) -> bytes:
    """Return a PDF with its compressed streams written out, so that edits reach what they say."""

    def opened(match: re.Match[bytes]) -> bytes:
        try:
            content = zlib.decompress(match[2])
        except zlib.error:
            return match[0]
        return match[1].replace(b"/Filter/FlateDecode", b"").replace(b"/Filter /FlateDecode", b"") + content

    return re.sub(
        rb"(<<(?:[^<>]|<<[^<>]*>>)*>>\s*stream\r?\n)(.*?)(?=\r?\nendstream)", opened, data, flags=re.S
    )


def edit_pieces(pieces: list[str], draw: Random) -> list[str]:
    """Do to some pieces of a document what authors, programs and mishaps do: once, or a few times."""
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(pieces) + 1)
        to = min(len(pieces), at + draw.choice((1, 1, 2, 5, 20)))
        run = pieces[at:to]
        match draw.randrange(8):
            case 0:
                del pieces[at:to]
            case 1:
                place = draw.randrange(len(pieces) + 1)
                pieces[place:place] = run
            case 2:
                pieces[at:to] = draw.sample(run, len(run))
            case 3:
                pieces[at:to] = run * draw.choice((2, 2, 9, 200))
            case 4:
                pieces[at:to] = ["".join(run)]
            case 5:
                pieces[at:to] = [edit_word(piece, draw) for piece in run]
            case _:
                pieces.insert(at, draw.choice(WORDS))
    return pieces


def edit_word(text: str, draw: Random) -> str:
    """Change a few letters, or put something strange between them."""
    at = draw.randrange(len(text) + 1)
    to = at + draw.choice((0, 0, 1, 5))
    if draw.random() < 0.2:
        return text[:at] + draw.choice(" .-_*#\t|1x(a ") * draw.choice((30, 300, 3_000)) + text[at:]
    if draw.random() < 0.3:
        return re.sub(r"\d", lambda match: str(draw.randrange(10)), text)
    return text[:at] + draw.choice((*WORDS, chr(draw.randrange(0x3000)))) + text[to:]


def edit_text(data: bytes, draw: Random) -> bytes:
    pieces = re.split("(\n+)" if draw.random() < 0.8 else "( )", data.decode("utf-8", "replace"))
    return "".join(edit_pieces(pieces, draw)).encode("utf-8", "surrogatepass")


def edit_marked(text: str, draw: Random) -> str:
    return "".join(edit_pieces(re.split("(<[^>]*>)", text), draw))


def edit_html(data: bytes, draw: Random) -> bytes:
    return edit_marked(data.decode("utf-8", "replace"), draw).encode("utf-8", "surrogatepass")


def edit_json(data: bytes, draw: Random) -> bytes:
    """Change a value somewhere in a JSON document; one that is none any more as text."""
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        return edit_text(data, draw)
    for _ in range(draw.choice((1, 1, 3))):
        places = list(_places(root))
        if not places:
            break
        holder, key = draw.choice(places)
        _edit_value(holder, key, draw)
    return json.dumps(root, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(root: Any) -> Iterator[tuple[Any, Any]]:
    stack = [root]
    while stack:
        holder = stack.pop()
        keys: Sequence[Any] = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], dict | list):
                stack.append(holder[key])


def _edit_value(holder: Any, key: Any, draw: Random) -> None:
    value = holder[key]
    if isinstance(value, str) and draw.random() < 0.7:
        holder[key] = edit_marked(value, draw)
    elif draw.random() < 0.3:
        del holder[key]
    elif isinstance(holder, list) and draw.random() < 0.5:
        holder.insert(draw.randrange(len(holder) + 1), value)
    elif isinstance(holder, dict) and draw.random() < 0.5:
        holder[draw.choice(KEYS)] = value
    else:
        holder[key] = draw.choice((*VALUES, draw.choice(WORDS), [value], {draw.choice(KEYS): value}))


def edit_docx(data: bytes, draw: Random) -> bytes:
    """Change one part of a Word document; of a spoilt archive, some bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - whatever zipfile says of an archive that was spoilt before
        return edit_bytes(data, draw)
    names = [name for name in members if name.startswith("word/") and name.endswith(".xml")]
    wanted = [
        name for name in ("word/document.xml", "word/styles.xml", "word/numbering.xml") if name in names
    ]
    if not wanted:
        return edit_bytes(data, draw)
    name = draw.choice([wanted[0], *wanted])
    members[name] = edit_xml(members[name], draw) if draw.random() < 0.8 else edit_html(members[name], draw)
    return packed({one: members[one] for one in wanted})


def edit_xml(data: bytes, draw: Random) -> bytes:
    """Move, repeat, remove and change elements; the result is well-formed where the input was."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return edit_html(data, draw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        one, other = draw.choice(elements), draw.choice(elements)
        parent = one.getparent()
        if parent is not None:
            _edit_element(one, parent, other, draw)
    return bytes(etree.tostring(root))


def _edit_element(one: Any, parent: Any, other: Any, draw: Random) -> None:
    match draw.randrange(6):
        case 0:
            parent.remove(one)
        case 1:
            for _ in range(draw.choice((1, 1, 9, 100))):
                parent.insert(draw.randrange(len(parent) + 1), deepcopy(one))
        case 2:
            other.append(deepcopy(one))
        case 3:
            for key, value in one.attrib.items():
                one.set(key, _printable(edit_word(value, draw)))
        case 4:
            one.tag = other.tag
        case _:
            one.text = _printable(edit_word(one.text or "", draw))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and not "\ud800" <= letter <= "\udfff")


def edit_bytes(data: bytes, draw: Random) -> bytes:
    """Change bytes wherever they are, as a bad disk or a broken download does."""
    spoilt = bytearray(data)
    for _ in range(draw.choice((1, 2, 8))):
        at = draw.randrange(len(spoilt) + 1)
        match draw.randrange(4):
            case 0:
                spoilt[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del spoilt[at : at + draw.choice((1, 4, 100))]
            case 2:
                spoilt[at : at + 4] = draw.choice(
                    (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"PK\1\2")
                )
            case _:
                spoilt[at:at] = spoilt[at : at + draw.choice((4, 50, 1000))]
    return bytes(spoilt)


def edit_pdf(data: bytes, draw: Random) -> bytes:
    """Change operators, objects and numbers of a PDF; its readers mend the table of places themselves."""
    if draw.random() < 0.2:
        return edit_bytes(data, draw)
    pieces = re.split("(\n| (?=[/(\\[]))", data.decode("latin-1"))
    return "".join(edit_pieces(pieces, draw)).encode("latin-1", "replace")


EDITS: dict[str, Edit] = {
    "text": edit_text,
    "markdown": edit_text,
    "firstagenda": edit_json,
    "html": edit_html,
    "pdf": edit_pdf,
    "docx": edit_docx,
    "zip": edit_bytes,
}
