"""Bytes -> text: any encoding Danish documents come in, NFC, "\\n" line ends, no invisible characters."""

from __future__ import annotations

import codecs
import re
import unicodedata

from semsearch.errors import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65536
_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"
_SPACES = "\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
# Control characters, the soft hyphen, zero-width and direction marks, halves of a surrogate pair.
_NOTHING = [
    *(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r" + _LINE_ENDS),
    *(0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, *range(0xD800, 0xE000)),
]
_CLEAN = str.maketrans(
    {**dict.fromkeys(_LINE_ENDS, "\n"), **dict.fromkeys(_SPACES, " "), **dict.fromkeys(_NOTHING, "")}
)
_UNCLEAN = re.compile("[\r" + "".join(re.escape(chr(code)) for code in _CLEAN) + "]")
# Marks that pile up on one letter cost normalisation the square of their number; no word has this many.
_PILE = re.compile("([\u0300-\u036f]{30})[\u0300-\u036f]+")
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f]")
# What UTF-8 letters turn into when they were read as cp1252 once too often.
_MOJIBAKE = ("Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…")


def decode(data: bytes, path: str) -> str:
    """Decode a text document, as it is: `clean` puts it in the form offsets count in.

    Tried in turn: byte order mark, UTF-16 without one, UTF-8 (also with a few broken bytes), cp1252.

    Raises:
        DocumentError: the bytes are no text.
    """
    text = _decode(data)
    sample = text[:_SAMPLE]
    if len(_STRANGE.findall(sample)) * 20 > len(sample):
        raise DocumentError(f"{path} is no text document", "keep minutes as text, HTML, JSON, PDF or DOCX")
    return _mended(text)


def clean(text: str) -> str:
    """Put text in the one form offsets count in: NFC, "\\n", plain spaces, nothing invisible."""
    if _UNCLEAN.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _PILE.sub(r"\1", text))


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if wide := _wide(data[:_SAMPLE]):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit(data)


def _wide(sample: bytes) -> str | None:
    """Tell UTF-16 without a byte order mark by its zero bytes, nearly all on one side."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 3 < len(sample) or min(even, odd) * 20 > len(sample):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bit(data: bytes) -> str:
    """Decode what is not clean UTF-8: UTF-8 with a few broken bytes, or else cp1252."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    letters = sum(map(lenient.count, "æøåÆØÅé§–’”“"))
    return lenient if letters > 4 * broken else data.decode("cp1252", "replace").replace("\ufffd", "")


def _mended(text: str) -> str:
    """Undo one reading of UTF-8 as cp1252, where every letter shows it."""
    if sum(map(text[:_SAMPLE].count, _MOJIBAKE)) <= 2 * sum(map(text[:_SAMPLE].count, "æøå")):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
