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
from semsearch.parsing.headings import bare, is_title, section_kind
from semsearch.parsing.lines import Line, Style


class Form(IntEnum):
    """How items are numbered; a document keeps to one form."""

    POINT = 0  # "Punkt 5: X", "Pkt. 5 X", "Dagsordenspunkt 5"
    CASE = 1  # "Sag nr. 5, Beslutningskompetence: KB"
    DOTTED = 2  # "5. X"
    BARE = 3  # "5 X", "5<tab>X"


_FORMS = (
    (
        Form.POINT,
        re.compile(
            r"(?:dagsorden(?:s)?\s?)?(?:punkt|pkt\.?)(?:\s?nr\.?)?\s+(\d{1,4})(?!\d|[.,]\d|/)\s*[.:)–-]?\s*(.*)",
            re.I,
        ),
    ),
    (
        Form.CASE,
        re.compile(
            r"sag(?:s)?\s?(?:nr\.?|nummer)?\s*:?\s+(\d{1,4})(?![\d/-]|[.,]\d)\s*[.:,–-]?\s*(.*)", re.I
        ),
    ),
    (Form.DOTTED, re.compile(r"(\d{1,3})[.:)]\s+(\S.*)")),
    (Form.BARE, re.compile(r"(\d{1,3})(?:\s*[-–]\s+|\s+)([A-ZÆØÅ§\"”(].*)")),
)
_SURE = 4
_CASE, _CONTENTS, _CLOSED, _SECTION, _STYLED = 4, 3, 2, 2, 2
_LEADER = re.compile(r"(?:\.{3,}|…{1,}|(?:\. ){3,}|_{3,}|\t|\s{3,})[\s.…_]*\d{1,4}$")
_PAGE = re.compile(r"[\s.…_]+\d{1,4}$")
_CONTENTS_HEAD = re.compile(
    r"indholdsfortegnelse|indhold|sagsoversigt|punktoversigt|dagsordenspunkter|punkter på dagsordenen|oversigt"
)
_FIELD = re.compile(
    r"beslutningskompetence|kompetence|åbent?|lukket|offentlig|sagsbehandler|initialer|besl\b", re.I
)
_LOOKAHEAD = 8
_LONGEST_TITLE = 300
_CONTINUED = 3
_REPEATED = 120  # lines under a title in which it may be printed again


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an item: lines `first` to before `body` hold title and case."""

    first: int
    body: int
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
    begin, listed = _contents(lines)
    titles = frozenset(map(bare, listed))
    candidates = list(_candidates(lines, begin, titles))
    chain = max(
        (_best_chain([c for c in candidates if c.form == form]) for form in Form), key=_support, default=[]
    )
    heads = [_numbered(lines, candidate, titles) for candidate in chain] or _unnumbered(lines, begin)
    if len(heads) == len(listed):
        heads = [_outvoted(lines, head, title) for head, title in zip(heads, listed, strict=True)]
    return _marked_closed(lines, heads)


def _outvoted(lines: Sequence[Line], head: Head, listed: str) -> Head:
    """Take the title of the contents where the title printed again below agrees with it, not with the head."""
    if bare(listed) == bare(head.title) or not is_title(listed, head.title):
        return head
    again = (
        line.bare for line in islice(lines, head.body, head.body + _REPEATED) if line.style is Style.STYLED
    )
    return replace(head, title=listed) if any(bare(line) == bare(listed) for line in again) else head


def is_contents_heading(line: str) -> bool:
    """Whether a line stands over a table of contents."""
    return bool(_CONTENTS_HEAD.fullmatch(bare(line)))


def is_closed(title: str) -> bool:
    """Whether a title says that the item is closed to the public: "Lukket", "Lukket: ...", "... (Lukket)"."""
    return bool(_CLOSED_TITLE.match(title.strip()) or _CLOSED_END.search(title))


_CLOSED_TITLE = re.compile(
    r"[(\[*–-]*\s*(?:lukket|fortrolig(?:t|e)?|ikke[- ]offentlig(?:t)?)\b(?!-)", re.IGNORECASE
)
_CLOSED_END = re.compile(
    r"(?:[(\[]\s*(?:lukket(?: punkt| sag)?|L|fortroligt?)\s*[)\]]|[-–:,] lukket(?: punkt| sag)?)\W*$",
    re.IGNORECASE,
)
_CLOSED_LINE = re.compile(
    r"(?:(?:dette |dagsordens)?(?:punkt(?:et)?|sagen) (?:er|var|behandles(?: som)?|blev behandlet)(?: som)? )?(?:et )?(?:lukket?(?: punkt| sag| dagsorden)?"
    r"|(?:(?:behandles |behandlet )?(?:for|bag) )?lukkede døre)\W*|(?:åben/lukket|offentlighed|status|adgang|sagstype)\W+lukket(?: punkt| sag)?\W*",
    re.IGNORECASE,
)
_CLOSED_PART = re.compile(
    r"(?:den )?lukkede?\s+(?:punkter|sager|dagsorden|del(?: af dagsordenen)?)|lukket (?:dagsorden|møde|del)",
    re.IGNORECASE,
)
_OPEN_PART = re.compile(
    r"(?:den )?(?:åbne|offentlige)\s+(?:punkter|sager|dagsorden|del(?: af dagsordenen)?)|åben dagsorden|åbent møde",
    re.IGNORECASE,
)


def _contents(lines: Sequence[Line]) -> tuple[int, list[str]]:
    """Give the line after the table of contents, and the titles it lists; 0 and none without one."""
    end, titles, open_ = 0, [], True
    for number, line in enumerate(lines):
        if not line.bare:
            continue
        leader = _LEADER.search(line.bare) if len(line.bare) < _LONGEST_TITLE else None
        if leader and open_ and line.bare.count("\t") < 2:
            titles.append(_PAGE.sub("", line.bare))
            end = number + 1
        elif titles and number - end > _LOOKAHEAD:
            open_ = False
            break
    known = len(titles) > 1 or any(is_contents_heading(line.bare) for line in lines[:end])
    return (end, titles) if known else (0, [])


def _candidates(lines: Sequence[Line], begin: int, titles: frozenset[str]) -> Iterator[_Candidate]:
    previous: int | None = None
    for number in range(begin, len(lines)):
        line = lines[number]
        if not line.bare:
            continue
        if line.style is not Style.FIXED and len(line.bare) <= _LONGEST_TITLE and line.bare.count("\t") < 2:
            for form, pattern in _FORMS:
                if match := pattern.fullmatch(line.bare):
                    neighbour = (
                        form >= Form.DOTTED
                        and previous is not None
                        and bool(pattern.match(lines[previous].bare))
                    )
                    weight = _weight(lines, number, form, match[2], titles) - 3 * neighbour
                    yield _Candidate(number, form, int(match[1]), match[2].strip(), weight)
        previous = number


def _weight(lines: Sequence[Line], number: int, form: Form, rest: str, titles: frozenset[str]) -> int:
    """How much speaks for a line being the title of an item."""
    weight = 1 if form < Form.DOTTED else 0
    weight += _STYLED * (lines[number].style is Style.STYLED)
    weight += _CONTENTS * (bool(rest) and (bare(rest) in titles or bare(lines[number].bare) in titles))
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
                return _CASE
            if section_kind(line.bare):
                return _SECTION
        if seen == 3 or any(pattern.fullmatch(line.bare) for form, pattern in _FORMS if form < Form.DOTTED):
            break
    return 0


def _best_chain(candidates: list[_Candidate]) -> list[_Candidate]:
    """Choose the candidates of rising number with the most weight; the next number is worth one more.

    Without any support a list counted 1, 2, 3 ... is taken as it stands. O(n log n).
    """
    positive = [candidate for candidate in candidates if candidate.weight > 0]
    chain = _heaviest(positive)
    sure = sum(candidate.weight >= _SURE for candidate in chain)
    if 2 * sure > len(chain):
        chain = _heaviest([c for c in positive if c.weight > 2 or is_closed(c.rest)])
    return chain or _counted(candidates)


def _heaviest(candidates: list[_Candidate]) -> list[_Candidate]:
    best: dict[int, tuple[int, int]] = {}  # number -> (weight of the best chain that ends in it, candidate)
    numbers: list[int] = []  # numbers whose chain outweighs those of all smaller ones, rising
    before: list[int | None] = []
    for index, candidate in enumerate(candidates):
        weight, link = 0, None
        if at := bisect_left(numbers, candidate.number):
            weight, link = best[numbers[at - 1]]
        follows = best.get(candidate.number - 1)
        if follows and follows[0] + 1 >= weight:
            weight, link = follows[0] + 1, follows[1]
        before.append(link)
        weight += candidate.weight
        if candidate.number not in best or weight > best[candidate.number][0]:
            best[candidate.number] = (weight, index)
            _raise(numbers, best, candidate.number)
    chain: list[_Candidate] = []
    index_ = max(best.values())[1] if best else None
    while index_ is not None:
        chain.append(candidates[index_])
        index_ = before[index_]
    return chain[::-1]


def _raise(numbers: list[int], best: dict[int, tuple[int, int]], number: int) -> None:
    """Keep in `numbers` only those that no smaller number outweighs."""
    at = bisect_left(numbers, number)
    weight = best[number][0]
    if at and best[numbers[at - 1]][0] >= weight:
        return
    end = at
    while end < len(numbers) and (numbers[end] == number or best[numbers[end]][0] <= weight):
        end += 1
    numbers[at:end] = [number]


def _counted(candidates: list[_Candidate]) -> list[_Candidate]:
    """Take a plain list of titles: 1, 2, 3 ..., at least two, none ending as a sentence."""
    chain: list[_Candidate] = []
    for candidate in candidates:
        if (
            candidate.number == len(chain) + 1
            and candidate.rest
            and not candidate.rest.endswith((".", ",", ";"))
        ):
            chain.append(candidate)
    return chain if len(chain) > 1 else []


def _support(chain: list[_Candidate]) -> tuple[int, int]:
    return sum(max(candidate.weight, 0) for candidate in chain), len(chain)


def _numbered(lines: Sequence[Line], candidate: _Candidate, titles: frozenset[str]) -> Head:
    """Read the head that a candidate begins: its title, over several lines, and the lines about the case."""
    title = candidate.rest
    first, number = candidate.line, candidate.line + 1
    if candidate.form is Form.CASE and _FIELD.match(title):
        title = ""
    if not title:
        number, title = _title_after(lines, number)
        if not title:
            first, title = _title_before(lines, candidate.line)
    else:
        number, title = _continued(lines, number, title, titles, styled=lines[first].style is Style.STYLED)
    body, case = _case(lines, number)
    return Head(
        first,
        body,
        candidate.number,
        title,
        case.number if case else case_number_in_title(title),
        is_closed(title) or bool(case and case.closed),
    )


def _continued(
    lines: Sequence[Line], number: int, title: str, titles: frozenset[str], *, styled: bool
) -> tuple[int, str]:
    """Add the lines a long title goes on over, where the case, the contents or the look say that it does."""
    whole = title
    for end in range(number, min(number + _CONTINUED, len(lines))):
        line = lines[end]
        if not line.bare or line.style is Style.FIXED or section_kind(line.bare) or read_case_line(line.bare):
            break
        whole = f"{whole} {line.bare}"
        after = lines[end + 1] if end + 1 < len(lines) else None
        goes_on = (
            line.style is Style.STYLED if styled else line.bare[0].islower() and len(title) > _CONTINUED_FROM
        )
        known = bare(whole) in titles or (after is not None and read_case_line(after.bare) is not None)
        if known or (goes_on and not line.bare.endswith(".")):
            number, title = end + 1, whole
    return number, title


_CONTINUED_FROM = 50


def _title_after(lines: Sequence[Line], number: int) -> tuple[int, str]:
    """Find the title under a line that holds a number alone; "" where a section follows at once."""
    for at in range(number, min(number + _LOOKAHEAD, len(lines))):
        line = lines[at]
        if section_kind(line.bare):
            break
        if line.bare and not read_case_line(line.bare):
            return (at + 1, line.bare) if len(line.bare) <= _LONGEST_TITLE else (number, "")
    return number, ""


def _title_before(lines: Sequence[Line], number: int) -> tuple[int, str]:
    """Find the title in the paragraph above a line about the case."""
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
    return (first, title) if title else (number, "")


def _case(lines: Sequence[Line], number: int) -> tuple[int, CaseLine | None]:
    """Read the lines about the case that stand first under a title; give the line where the body begins."""
    case: CaseLine | None = None
    body = number
    for at in range(number, min(number + _LOOKAHEAD, len(lines))):
        line = lines[at].bare
        if not line:
            continue
        read = read_case_line(line)
        if read is None and not (case and _FIELD.match(line) and len(line) < 80):
            break
        if read:
            case = CaseLine(
                case.number if case else read.number, read.closed or bool(case and case.closed), read.labelled
            )
        body = at + 1
    return body, case


def _unnumbered(lines: Sequence[Line], begin: int) -> list[Head]:
    """Find items without numbers by the labelled lines about their cases; they are counted from 1."""
    heads: list[Head] = []
    for number in range(begin, len(lines)):
        case = read_case_line(lines[number].bare) if lines[number].style is not Style.FIXED else None
        if case is None or (heads and number < heads[-1].body):
            continue
        first, title = _title_before(lines, number)
        if title and (case.labelled or _what_follows(lines, number)):
            body, _ = _case(lines, number)
            heads.append(
                Head(first, body, len(heads) + 1, title, case.number, is_closed(title) or case.closed)
            )
    return heads


def _marked_closed(lines: Sequence[Line], heads: list[Head]) -> list[Head]:
    """Close the items that lines above them ("Lukkede punkter") or in them ("Lukket punkt") call closed."""
    closed_part = False
    marked = []
    at = 0
    for head, end in zip(heads, [head.first for head in heads[1:]] + [len(lines)], strict=True):
        closed_part = _part(lines, at, head.first, closed_part)
        said = any(
            _CLOSED_LINE.fullmatch(lines[n].bare) for n in range(head.first, min(head.body + _LOOKAHEAD, end))
        )
        at = head.body
        if (closed_part or said) and not head.closed:
            head = replace(head, closed=True)
        marked.append(head)
    return marked


def _part(lines: Sequence[Line], start: int, end: int, closed: bool) -> bool:
    """Tell whether the part of the agenda at line `end` is closed."""
    for line in lines[start:end]:
        if len(line.bare) < 40 and line.style is not Style.FIXED:
            name = bare(line.bare)
            if _CLOSED_PART.fullmatch(name):
                closed = True
            elif _OPEN_PART.fullmatch(name):
                closed = False
    return closed
