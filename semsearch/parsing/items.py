"""Lines -> where each agenda item begins, its number, title and case.

A line such as "Punkt 5: ...", "5. ..." or "Sag nr. 5" is a candidate only: the same words stand in tables
of contents, in decisions and in lists. What follows tells them apart (a case number, a section heading),
and the items are the chain of rising numbers that is best supported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice

from semsearch.parsing.casenumbers import CaseLine, case_number_in_title, read_case_line
from semsearch.parsing.closed import is_closed, last_part, part, says_closed
from semsearch.parsing.contents import find_contents
from semsearch.parsing.headings import bare, is_title, section_kind
from semsearch.parsing.lines import Line, Style


class Form(IntEnum):
    """How items are numbered; a document keeps to one form."""

    POINT = 0  # "Punkt 5: X", "Pkt. 5 X", "Dagsordenspunkt 5"
    CASE = 1  # "Sag nr. 5, Beslutningskompetence: KB"
    DOTTED = 2  # "5. X"
    PLAIN = 3  # "5 X", "5<tab>X"


_POINT = r"(?:dagsordens?\s?)?(?:punkt|pkt\.?)(?:\s?nr\.?)?\s+(\d{1,4})(?![\d/]|[.,]\d)\s*[.:)–-]?\s*(.*)"
_CASE = r"sags?\s?(?:nr\.?|nummer)?\s*:?\s+(\d{1,4})(?![\d/-]|[.,]\d)\s*[.:,–-]?\s*(.*)"
_FORMS = (
    (Form.POINT, re.compile(_POINT, re.IGNORECASE)),
    (Form.CASE, re.compile(_CASE, re.IGNORECASE)),
    (Form.DOTTED, re.compile(r"(\d{1,4})[.:)]\s+(\S.*)")),
    (Form.PLAIN, re.compile(r"(\d{1,4})(?:\s*[-–]\s+|\s+)([A-ZÆØÅ§\"”(].*)")),
)
# Lines about the case that are no text: "Sag nr. 5, Beslutningskompetence: KB", "Kompetence: KB", "Åbent".
_ABOUT_CASE = re.compile(
    r"(?:sag nr\.? \d+,? ?)?"
    r"(?:(?:beslutnings)?kompetence|sagsbehandler|initialer|dok\w*\.? ?nr\.?|sagstype|journalnr) ?[:.].{1,60}"
    r"|sag nr\.? \d+|(?:åben|åbent|lukket|offentlig)(?: sag| punkt| dagsorden)?",
    re.IGNORECASE,
)
# What speaks for a candidate; a sure one has at least the weight of a case number under it.
_CASE_FOLLOWS, _LISTED, _SECTION_FOLLOWS, _STYLED, _CLOSED = 4, 3, 2, 2, 2
_SURE = 4
_LOOKAHEAD = 8
_LONGEST_TITLE = 300
_CONTINUED = 3  # lines that a title may go on over
_WRAPS_FROM = 50  # a title shorter than this does not go on in small letters
_MOST_READINGS = 250_000  # titles times entries of the contents that are compared
_REPEATED = 120  # lines under a title in which it may be printed again


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an item: lines `first:body` hold title and case, lines `body:last` the rest."""

    first: int
    body: int
    last: int
    number: int
    title: str
    case_number: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: int
    form: Form
    number: int
    rest: str
    weight: int


def find_heads(lines: Sequence[Line]) -> list[Head]:
    """Find the heads of all items, in order; [] where nothing looks like an agenda."""
    begin, listed = find_contents(lines)
    titles = frozenset(map(bare, listed))
    candidates = list(_candidates(lines, begin, titles))
    chains = [_best_chain([one for one in candidates if one.form == form]) for form in Form]
    heads = [_numbered(lines, one, titles) for one in max(chains, key=_support)] or _unnumbered(lines, begin)
    if len(heads) * len(listed) < _MOST_READINGS:
        heads = [_outvoted(lines, head, listed) for head in heads]
    return list(_ended(lines, heads))


def _candidates(lines: Sequence[Line], begin: int, titles: frozenset[str]) -> Iterator[_Candidate]:
    previous = ""
    for number in range(begin, len(lines)):
        line = lines[number]
        if not line.bare:
            continue
        if line.style is not Style.FIXED and len(line.bare) <= _LONGEST_TITLE and line.bare.count("\t") < 2:
            for form, pattern in _FORMS:
                if match := pattern.fullmatch(line.bare):
                    in_list = form >= Form.DOTTED and bool(pattern.match(previous[:_LONGEST_TITLE]))
                    weight = _weight(lines, number, form, match[2], titles) - 3 * in_list
                    yield _Candidate(number, form, int(match[1]), match[2].strip(), weight)
        previous = line.bare


def _weight(lines: Sequence[Line], number: int, form: Form, rest: str, titles: frozenset[str]) -> int:
    """How much speaks for a line being the title of an item."""
    weight = 1 if form < Form.DOTTED else 0
    weight += _STYLED * (lines[number].style is Style.STYLED)
    weight += _LISTED * (bool(rest) and (bare(rest) in titles or bare(lines[number].bare) in titles))
    weight += _CLOSED * is_closed(rest)
    weight -= 2 * (rest.endswith((".", ",", ";")) and not rest.endswith("mv.")) + (len(rest) > 150)
    return weight + _what_follows(lines, number)


def _what_follows(lines: Sequence[Line], number: int) -> int:
    """Weigh the next lines with text: a case number at once, or a section heading soon."""
    seen = 0
    for line in lines[number + 1 : number + 1 + _LOOKAHEAD]:
        if not line.bare:
            continue
        seen += 1
        if line.style is not Style.FIXED:
            if read_case_line(line.bare):
                return _CASE_FOLLOWS
            if section_kind(line.bare):
                return _SECTION_FOLLOWS
        if seen == 3 or _FORMS[0][1].fullmatch(line.bare[:_LONGEST_TITLE]):
            break
    return 0


def _names_item(line: str) -> bool:
    """Whether a line reads "Punkt 5 ..." or "Sag nr. 5 ..."."""
    return len(line) <= _LONGEST_TITLE and any(pattern.fullmatch(line) for _, pattern in _FORMS[:2])


def _best_chain(candidates: list[_Candidate]) -> list[_Candidate]:
    """Choose the candidates of rising number with the most weight; the next number is worth one more.

    Without any support a list counted 1, 2, 3 ... is taken as it stands. O(n log n).
    """
    positive = [one for one in candidates if one.weight > 0]
    chain = _heaviest(positive)
    sure = sum(one.weight >= _SURE for one in chain)
    if 2 * sure > len(chain):
        chain = _heaviest([one for one in positive if one.weight > 2 or is_closed(one.rest)])
    return chain or _counted(candidates)


def _heaviest(candidates: list[_Candidate]) -> list[_Candidate]:
    best: dict[
        int, tuple[int, int]
    ] = {}  # number -> weight of the best chain that ends in it, its last candidate
    rising: list[int] = []  # numbers whose best chain outweighs those of all smaller ones
    links: list[int | None] = []
    for index, one in enumerate(candidates):
        weight, link = _predecessor(best, rising, one.number)
        links.append(link)
        weight += one.weight
        if one.number not in best or weight > best[one.number][0]:
            best[one.number] = (weight, index)
            _keep_rising(rising, best, one.number)
    chain: list[_Candidate] = []
    last = max(best.values())[1] if best else None
    while last is not None:
        chain.append(candidates[last])
        last = links[last]
    return chain[::-1]


def _predecessor(best: dict[int, tuple[int, int]], rising: list[int], number: int) -> tuple[int, int | None]:
    at = bisect_left(rising, number)
    weight, link = best[rising[at - 1]] if at else (0, None)
    counted = best.get(number - 1)
    return (counted[0] + 1, counted[1]) if counted and counted[0] + 1 >= weight else (weight, link)


def _keep_rising(rising: list[int], best: dict[int, tuple[int, int]], number: int) -> None:
    """Put `number` among the rising ones unless a smaller one outweighs it; drop those it now outweighs."""
    at = bisect_left(rising, number)
    weight = best[number][0]
    if at and best[rising[at - 1]][0] >= weight:
        return
    end = at
    while end < len(rising) and best[rising[end]][0] <= weight:
        end += 1
    rising[at:end] = [number]


def _counted(candidates: list[_Candidate]) -> list[_Candidate]:
    """Take a plain list of titles: 1, 2, 3 ..., at least two, none ending as a sentence."""
    chain: list[_Candidate] = []
    for one in candidates:
        if one.number == len(chain) + 1 and one.rest and not one.rest.endswith((".", ",", ";")):
            chain.append(one)
    return chain if len(chain) > 1 else []


def _support(chain: list[_Candidate]) -> tuple[int, int]:
    return sum(max(one.weight, 0) for one in chain), len(chain)


def _numbered(lines: Sequence[Line], candidate: _Candidate, titles: frozenset[str]) -> Head:
    """Read the head that a candidate begins: its title, over several lines, and the lines about the case."""
    first, number, title = candidate.line, candidate.line + 1, candidate.rest
    if candidate.form is Form.CASE and _ABOUT_CASE.fullmatch(title):
        title = ""
    above: CaseLine | None = None
    if title:
        number, title = _continued(lines, number, title, titles)
    else:
        number, above = _case(lines, number)
        number, title = _title_after(lines, number)
    if not title and candidate.form is Form.CASE:
        first, title = _title_before(lines, first)
    head = _head(lines, first, number, candidate.number, title or f"Punkt {candidate.number}")
    if above is None:
        return head
    return replace(head, case_number=above.number, closed=head.closed or above.closed)


def _head(lines: Sequence[Line], first: int, number: int, item: int, title: str) -> Head:
    body, case = _case(lines, number)
    case_number = case.number if case else case_number_in_title(title)
    return Head(
        first,
        body,
        len(lines),
        item,
        title,
        case_number,
        is_closed(title) or (case is not None and case.closed),
    )


def _continued(lines: Sequence[Line], number: int, title: str, titles: frozenset[str]) -> tuple[int, str]:
    """Add the lines a long title goes on over, where the case, the contents or the look say that it does."""
    style, whole, wraps = lines[number - 1].style, title, len(title) >= _WRAPS_FROM
    for end in range(number, min(number + _CONTINUED, len(lines))):
        line = lines[end]
        if not line.bare or line.style is not style or _is_other(line.bare):
            break
        whole = f"{whole} {line.bare}"
        goes_on = (wraps and line.bare[0].islower()) or style is Style.STYLED
        if bare(whole) in titles or _is_case(lines, end + 1) or (goes_on and not line.bare.endswith(".")):
            number, title = end + 1, whole
    return number, title


def _is_other(line: str) -> bool:
    heading = not line[0].islower() and section_kind(line) is not None
    return heading or read_case_line(line) is not None or _names_item(line)


def _is_case(lines: Sequence[Line], number: int) -> bool:
    return number < len(lines) and read_case_line(lines[number].bare) is not None


def _title_after(lines: Sequence[Line], number: int) -> tuple[int, str]:
    """Find the title under a line that holds a number alone; "" where a section follows at once."""
    for at in range(number, min(number + _LOOKAHEAD, len(lines))):
        line = lines[at].bare
        if section_kind(line) or len(line) > _LONGEST_TITLE or _names_item(line):
            break
        if line and not read_case_line(line):
            return at + 1, line
    return number, ""


def _title_before(lines: Sequence[Line], number: int) -> tuple[int, str]:
    """Find the title in the paragraph above a line about the case; "" where there is none."""
    end = number
    while end and not lines[end - 1].bare:
        end -= 1
    first = end
    while (
        first
        and end - first < _CONTINUED
        and lines[first - 1].bare
        and not section_kind(lines[first - 1].bare)
    ):
        first -= 1
    title = " ".join(line.bare for line in lines[first:end])
    return (first, title) if 0 < len(title) <= _LONGEST_TITLE else (number, "")


def _case(lines: Sequence[Line], number: int) -> tuple[int, CaseLine | None]:
    """Read the lines about the case that stand first under a title; give the line where the body begins."""
    case: CaseLine | None = None
    body = number
    for at in range(number, min(number + _LOOKAHEAD, len(lines))):
        line = lines[at].bare
        if not line:
            continue
        read = read_case_line(line)
        if read:
            case = replace(case, closed=case.closed or read.closed) if case else read
        elif not _ABOUT_CASE.fullmatch(line):
            break
        body = at + 1
    return body, case


def _unnumbered(lines: Sequence[Line], begin: int) -> list[Head]:
    """Find items without numbers by the lines about their cases; they are counted from 1."""
    heads: list[Head] = []
    for number in range(begin, len(lines)):
        case = read_case_line(lines[number].bare) if lines[number].style is not Style.FIXED else None
        if case is None or (heads and number < heads[-1].body):
            continue
        first, title = _title_before(lines, number)
        if title and (case.labelled or _what_follows(lines, number)):
            heads.append(_head(lines, first, number, len(heads) + 1, title))
    return heads


def _outvoted(lines: Sequence[Line], head: Head, listed: Sequence[str]) -> Head:
    """Take a title of the contents where the title printed again below agrees with it, not with the head."""
    own = bare(head.title)
    other = next((title for title in listed if bare(title) != own and is_title(title, head.title)), None)
    if other is None or any(bare(title) == own for title in listed):
        return head
    below = islice(lines, head.body, head.body + _REPEATED)
    again = any(line.style is not Style.FIXED and bare(line.bare) == bare(other) for line in below)
    return replace(head, title=other) if again else head


def _ended(lines: Sequence[Line], heads: list[Head]) -> Iterator[Head]:
    """End each item; close those that a line above ("Lukkede punkter") or within calls closed."""
    closed = last_part(lines[: heads[0].first], closed=False) if heads else False
    ends = [head.first for head in heads[1:]] + [len(lines)]
    for head, last in zip(heads, ends, strict=False):
        begins = _before_part(lines, head.body, last)
        said = any(says_closed(line) for line in lines[head.first : min(head.body + _LOOKAHEAD, begins)])
        yield replace(head, body=min(head.body, begins), last=begins, closed=head.closed or closed or said)
        closed = last_part(lines[begins:last], closed)


def _before_part(lines: Sequence[Line], first: int, last: int) -> int:
    """Give the line of a heading over the next items ("Lukkede punkter") that ends an item; else `last`."""
    filled = [number for number in range(max(first, last - _LOOKAHEAD), last) if lines[number].bare]
    return next((number for number in filled[-2:] if part(lines[number]) is not None), last)
