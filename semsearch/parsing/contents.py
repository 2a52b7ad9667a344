"""The table of contents of minutes: where it ends, and the titles it lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from semsearch.parsing.headings import bare
from semsearch.parsing.lines import Line

_ENTRY = re.compile(r"(\S.*?)\s*(?:\.{3,}|…|(?:\. ){3,}|_{3,}|\t|\s{3,})[\s.…_]*\d{1,4}")
_HEADING = frozenset(
    (
        *(
            "indholdsfortegnelse",
            "indhold",
            "sagsoversigt",
            "punktoversigt",
            "sagsliste",
            "oversigt over sager",
        ),
        *("dagsordenspunkter", "dagsordenpunkter", "punkter på dagsordenen", "oversigt over punkter"),
    )
)
_LONGEST = 300
_GAP = 8  # lines without an entry that end the table


def is_contents_heading(line: str) -> bool:
    """Whether a line stands over a table of contents."""
    return bare(line) in _HEADING


def is_contents_entry(line: str) -> bool:
    """Whether a line reads like an entry: a title, dots, and the number of a page."""
    return len(line) <= _LONGEST and bool(_ENTRY.fullmatch(line))


def find_contents(lines: Sequence[Line]) -> tuple[int, list[str]]:
    """Give the line after the table of contents and its titles, in order; 0 and [] without one.

    An entry ends in dots (or a tab) and a page number. A single one counts only under a heading.
    """
    end, titles, headed, begun = 0, [], False, ""
    for number, line in enumerate(lines):
        if not line.bare or len(line.bare) > _LONGEST:
            continue
        if entry := _ENTRY.fullmatch(line.bare):
            if "\t" not in entry[1]:
                titles.append(f"{begun} {entry[1]}".strip())
                end = number + 1
            begun = ""
        elif titles and number - end > _GAP:
            break
        elif is_contents_heading(line.bare):
            headed = True
        elif headed:
            begun = f"{begun} {line.bare}".strip()  # of a title that goes on in the next line
    return (end, titles) if headed or len(titles) > 1 else (0, [])
