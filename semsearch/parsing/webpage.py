"""A saved page of minutes -> Meeting."""

from __future__ import annotations

from semsearch.parsing.html import lines_of
from semsearch.parsing.layout import read_meeting
from semsearch.records import Meeting


def parse(html: str, path: str) -> Meeting:
    """Read minutes laid out in HTML."""
    return read_meeting(lines_of(html, path), path)
