"""Minutes in a simple form that tests render with real programs: what a line is, and what it says."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from semsearch.parsing.encoding import clean
from semsearch.parsing.headings import section_kind
from semsearch.parsing.lines import Style
from semsearch.parsing.text import lines_of
from semsearch.records import Meeting

_MARKS = re.compile(r"\*\*|</?[bi]>|^#+\s+|\\(?=[_*])")
_ITEM = re.compile(r"Punkt \d+: ")
_ROW = re.compile(r"[^\t]+\t|\t+[^\t]")


class Look(Enum):
    """How a line is printed."""

    TITLE = auto()
    ITEM = auto()
    HEADING = auto()
    BULLET = auto()
    ROW = auto()
    TEXT = auto()


@dataclass(frozen=True)
class Printed:
    """One paragraph, list item or table row."""

    look: Look
    text: str


def printed(text: str) -> Iterator[Printed]:
    """Read plain or Markdown-like minutes as what a secretary would have typed."""
    for line in lines_of(clean(text)):
        words = _MARKS.sub("", line.bare).strip()
        if not words or set(words) <= set("-\t "):
            continue
        look = _look(words, line.text)
        yield Printed(Look.HEADING if look is Look.TEXT and line.style is Style.STYLED else look, words)


def _look(words: str, line: str) -> Look:
    if words.startswith(("REFERAT ", "DAGSORDEN ")):
        return Look.TITLE
    if _ITEM.match(words):
        return Look.ITEM
    if section_kind(words) and not words.startswith("-"):
        return Look.HEADING
    if "....." in words:
        return Look.TEXT
    if _ROW.match(line.strip(" ")):
        return Look.ROW
    return Look.BULLET if re.match(r"\s*- ", line) else Look.TEXT


def as_html(text: str, *, style: str = "") -> str:
    """Set minutes as a page to print."""
    parts, within = [], Look.TEXT
    for one in printed(text):
        if one.look is not within:
            parts.append({Look.ROW: "</table>", Look.BULLET: "</ul>"}.get(within, ""))
            parts.append({Look.ROW: "<table>", Look.BULLET: "<ul>"}.get(one.look, ""))
        within = one.look
        parts.append(_element(one))
    css = "body{font:11pt serif}table{border-collapse:collapse}td{border:1px solid;padding:2pt 6pt}"
    return f"<!DOCTYPE html><meta charset=utf-8><style>{css}{style}</style><body>{''.join(parts)}</body>"


def _element(one: Printed) -> str:
    words = html.escape(one.text)
    if one.look is Look.ROW:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in words.split("\t")) + "</tr>"
    if one.look is Look.BULLET:
        return f"<li>{words.removeprefix('- ')}</li>"
    tag = {Look.TITLE: "h1", Look.ITEM: "h2", Look.HEADING: "h3"}.get(one.look, "p")
    return f"<{tag}>{words}</{tag}>"


def facts(meeting: Meeting) -> list[tuple[object, ...]]:
    """What must be the same whatever the format: items, cases, sections and the words of each section."""
    return [
        (item.number, item.title, item.case_number, item.closed, [section.kind for section in item.sections])
        for item in meeting.items
    ]


def words_of(meeting: Meeting, item: int, section: int) -> list[str]:
    """The words of a section's body, without the marks of lists and tables."""
    found = meeting.items[item].sections[section]
    return re.findall(
        r"\w+(?:[.,]\d+)*", _MARKS.sub("", meeting.text[found.body_start : found.end].replace("\\", ""))
    )
