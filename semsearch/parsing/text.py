"""Plain text, and text with Markdown marks, -> Meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.parsing.layout import read_meeting
from semsearch.parsing.lines import BLANK, Line, Style
from semsearch.records import Meeting

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
_WHOLLY_BOLD = re.compile(r"\s*(\*\*|__)(?!\s)(.+?)(?<!\s)\1:?\s*")
_MARKS = re.compile(
    r"\*\*|(?<!\w)__|__(?!\w)|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|</?[biu]>|\\(?=[_*#.\\-])"
)
_LIST = re.compile(r"\s*[-*+•·–]\s+")


def parse(text: str, path: str) -> Meeting:
    """Read minutes in plain or Markdown-like text; offsets count characters of `text`."""
    return read_meeting(list(lines_of(text)), path)


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of a text with what their marks say."""
    for line in text.split("\n"):
        yield _line(line)


def _line(line: str) -> Line:
    if not line or line.isspace():
        return BLANK if not line else Line(line, "")
    if match := _HEADING.fullmatch(line):
        return Line(line, _MARKS.sub("", match[1].rstrip().rstrip("#")).strip(), Style.STYLED)
    if match := _WHOLLY_BOLD.fullmatch(line):
        return Line(line, _MARKS.sub("", match[2]).strip(), Style.STYLED)
    bare = _MARKS.sub("", line).strip() if _marked(line) else line.strip()
    fixed = line.strip().count("\t") > 1 or bool(_LIST.match(line))
    return Line(line, bare, Style.FIXED if fixed else Style.PLAIN)


def _marked(line: str) -> bool:
    return any(mark in line for mark in "*<\\_")
