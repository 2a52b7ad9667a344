"""Minutes -> Meeting. The format is told by looking at the content; a file's suffix may lie."""

from __future__ import annotations

from semsearch.errors import DocumentError
from semsearch.records import Meeting

VERSION = "7"  # goes up when the same bytes give another Meeting

_FORMATS = "keep minutes as text, HTML, JSON, PDF or DOCX"
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "is an old Word document (.doc), or one protected by a password"),
    (b"{\\rtf", "is an RTF document"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"II*\0", "is a picture"),
    (b"MM\0*", "is a picture"),
    (b"\x1f\x8b", "is a compressed archive"),
    (b"7z\xbc\xaf", "is a compressed archive"),
)


def parse(data: bytes, path: str, *, include_closed: bool = False) -> Meeting:
    """Read one document. `path` only names it in messages.

    The text of closed items is left out unless `include_closed`; CPR numbers are masked always.

    Raises:
        DocumentError: it is empty, in no known format, damaged, or no minutes of a meeting.
    """
    from semsearch.parsing.redaction import redact

    if not data.strip():
        raise DocumentError(f"{path} is empty", "remove the file, or replace it by one with the minutes")
    for magic, what in _REFUSED:
        if data.startswith(magic):
            raise DocumentError(f"{path} {what}", _FORMATS)
    return redact(_read(data, path), include_closed=include_closed)


def _read(data: bytes, path: str) -> Meeting:
    if b"%PDF-" in data[:1024]:
        from semsearch.parsing import pdf

        return pdf.parse(data, path)
    if data.startswith(b"PK"):
        from semsearch.parsing import docx

        return docx.parse(data, path)
    from semsearch.parsing import encoding

    return _read_text(encoding.decode(data, path), path)


def _read_text(text: str, path: str) -> Meeting:
    begin = text[:4096].lstrip().lower()
    if begin.startswith("{"):
        from semsearch.parsing import firstagenda

        return firstagenda.parse_json(text, path)
    if begin.startswith(("<!doctype html", "<?xml")) or (
        begin.startswith("<") and ("<html" in begin or "<body" in begin)
    ):
        from semsearch.parsing import webpage

        return webpage.parse(text, path)
    from semsearch.parsing import encoding
    from semsearch.parsing import text as plain_text

    return plain_text.parse(encoding.clean(text), path)
