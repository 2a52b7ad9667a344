"""The table of contents of minutes: where it ends, and the titles it lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from semsearch.parsing.headings import bare
from semsearch.parsing.lines import Line

_LEADS = " \t.…_"  # what stands between a title and its page
_LEADER = re.compile(r"\s*(?:\.{3,}|…|(?:\. ){3,}|_{3,}|\t|\s{3,})")
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
    return len(line) <= _LONGEST and _title(line) is not None


def find_contents(lines: Sequence[Line]) -> tuple[int, list[str]]:
    """Give the line after the table of contents and its titles, in order; 0 and [] without one.

    An entry ends in dots (or a tab) and a page number. A single one counts only under a heading.
    """
    end, titles, headed, begun = 0, [], False, ""
    for number, line in enumerate(lines):
        if not line.bare or len(line.bare) > _LONGEST:
            continue
        if title := _title(line.bare):
            if "\t" not in title:
                titles.append(f"{begun} {title}".strip())
                end = number + 1
            begun = ""
        elif titles and number - end > _GAP:
            break
        elif is_contents_heading(line.bare):
            headed = True
        elif headed:
            begun = f"{begun} {line.bare}".strip()  # of a title that goes on in the next line
    return (end, titles) if headed or len(titles) > 1 else (0, [])


def _title(line: str) -> str | None:
    """Return the title of an entry, None where a line is none.

    One pattern for the whole line would try each way to share the blanks: minutes for a few hundred of them.
    """
    before = line.rstrip("0123456789")
    if not 1 <= len(line) - len(before) <= 4 or not before[:1].strip():
        return None
    end = max(1, len(before.rstrip(_LEADS)))
    leader = _LEADER.search(before, end)
    return before[: leader.start()] if leader else None
