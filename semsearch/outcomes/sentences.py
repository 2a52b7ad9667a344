"""A decision's text -> its sentences, each with the numbered points it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from semsearch.text.patterns import LazyPattern

_HISTORY = LazyPattern(
    r"^[ \t#*]*(?:sagens (?:tidligere )?forløb|sagsforløb|(?:beslutnings)?historik"
    r"|tidligere (?:beslutning|behandling)\w*)[ \t:*]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DATED = LazyPattern(
    r"^[ \t#*]*(?:(?:beslutning|behandl)[^\n]{0,80}?\b(?:den|d\.)[ ]?)?"
    r"(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4})\b[^\n.]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_BREAK = LazyPattern(
    r"\n+|(?:(?<![ .\n][A-ZÆØÅ])(?<!\b\d)(?<!\b\d\d)|(?<=[a-zæøå] \d)|(?<=[a-zæøå] \d\d))[.!?;]"
    r"(?=\s+[A-ZÆØÅ(])"
)
_ABBREVIATED = LazyPattern(
    r"\b(?:nr|kr|mio|mia|pkt|stk|jf|kl|ca|vedr|inkl|ekskl|evt|bl\.a|f\.eks|ift|ad|v)$", re.IGNORECASE
)
_BULLET = LazyPattern(r"[ \t]{0,20}[-–•·*o][ \t]")
_BULLETS = LazyPattern(r"(?:\n[ \t]{0,20}[-–•·*o][ \t][^\n]*)+")
_ORNAMENT = " \t\n-–•·*#.,:;)"

_NUMBER = r"\d{1,2}(?!\d)\.?[ ]?(?:[a-zæøå](?![\wæøå])[.)]?(?:[ ]?-[ ]?[a-zæøå](?![\wæøå])[.)]?)?)?"
_NUMBERS = rf"{_NUMBER}(?:[ ]?(?:-|–|,|&|\bog\b|\btil\b)[ ]?{_NUMBER}){{0,30}}"
_POINT = LazyPattern(
    r"(?:^[ \t]*(?:[-–][ ])?|(?<=[.;:])[ ])(?P<word>(?:ad|(?:indstillings)?punkt\w{0,5}|pkt|pind)\b\.?[ ]?)?"
    rf"(?P<numbers>{_NUMBERS})(?P<mark>[.):,]*)[ ]*(?P<next>(?:ikke|kan|godkend|anbefal|indstil|tage|tog"
    r"|tiltr|vedta|drøft"
    r"|uds|udg|afvis|forkast|oversend|bortf|orientering|undlod|\w{0,40}udvalg|byråd|direktion)\w*)?",
    re.IGNORECASE | re.MULTILINE,
)
_MEASURE = LazyPattern(
    r"\s*(?:behandling|behandlede|kvartal|udkast|budget|jan|feb|marts|april|maj|juni|juli|aug|sept|okt|nov|dec"
    r"|kr|mio|pct|%)",
    re.IGNORECASE,
)
_CITED = LazyPattern(
    rf"(?<!jf\.\s)\b(?:indstillings)?(?:punkt|pkt|pind)(?:et|erne|er|s)?\.?[ ](?P<numbers>{_NUMBERS})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that begins with a letter, a digit or a bracket, at `start` of the decision."""

    start: int
    text: str
    listed: bool  # an entry of a list
    points: tuple[int, ...]  # numbers at the head of its line, () where there are none


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """`text` with spaces for what `pattern` matches: every other character stays where it was."""
    return pattern.sub(lambda match: _spaces(match.group()), text)


def own_part(decision: str) -> str:
    """`decision` with what earlier bodies did blanked out.

    Earlier outcomes stand under a "Sagens forløb" heading, or each under a dated heading; what stands before
    the first of these is this body's own, and where nothing does, the latest dated one is.
    """
    history = _HISTORY.now.search(decision)
    text = decision if history is None else decision[: history.start()] + _spaces(decision[history.start() :])
    dated = list(_DATED.now.finditer(text))
    if not dated:
        return text
    if text[: dated[0].start()].strip():
        return text[: dated[0].start()] + _spaces(text[dated[0].start() :])
    last = max(dated, key=lambda found: (int(found["year"]), int(found["month"]), int(found["day"])))
    end = min((found.start() for found in dated if found.start() > last.start()), default=len(text))
    return _spaces(text[: last.end()]) + text[last.end() : end] + _spaces(text[end:])


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of `text` in order; marks, bullets and the numbers of points are left out of them."""
    marks = list(_marks(text))
    place, line_end, listed = 0, 0, False
    points: tuple[int, ...] = ()
    for start, end in _spans(text, [start for start, _, _ in marks]):
        if start == 0 or text[start - 1] == "\n":
            listed = bool(_BULLET.now.match(text, start))
        while place < len(marks) and marks[place][0] <= start:
            _, after, points = marks[place]
            line_end = _line_end(text, after)
            start, place = max(start, after), place + 1
        start += len(text[start:end]) - len(text[start:end].lstrip(_ORNAMENT))
        if start < end:
            yield Sentence(start, text[start:end].rstrip(), listed, points if start < line_end else ())


def list_after(text: str, start: int) -> int:
    """Where the list that follows at `start` ends; `start` where there is none."""
    bullets = _BULLETS.now.match(text, start)
    return bullets.end() if bullets else start


def cited_points(text: str) -> tuple[int, ...]:
    """The points named in running text: "indstillingens punkt 1-3" gives 1, 2, 3."""
    return tuple(number for match in _CITED.now.finditer(text) for number in numbers_in(match["numbers"]))


def numbers_in(printed: str) -> tuple[int, ...]:
    """The numbers of a list of points, ascending.

    >>> numbers_in("1.-3. og 5a")
    (1, 2, 3, 5)
    """
    numbers: list[int] = []
    for match in re.finditer(r"(?P<to>(?:-|–|\btil\b)\s?)?(?P<number>\d+)", printed):
        number = int(match["number"])
        numbers += range(numbers[-1] + 1, number) if match["to"] and numbers else ()
        numbers.append(number)
    return tuple(sorted(set(numbers)))


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _line_end(text: str, start: int) -> int:
    """Where the line of a point ends; a point alone on its line has the next line too."""
    end = text.find("\n", start)
    if end >= 0 and not text[start:end].strip(" .:"):
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


def _spans(text: str, cuts: list[int]) -> Iterator[tuple[int, int]]:
    ends = [match.end() for match in _BREAK.now.finditer(text) if not _abbreviated(text, match.start())]
    bounds = sorted({0, len(text), *ends, *cuts})
    return pairwise(bounds)


def _abbreviated(text: str, stop: int) -> bool:
    return text[stop : stop + 1] == "." and bool(_ABBREVIATED.now.search(text[max(0, stop - 8) : stop]))


def _marks(text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Where numbered points begin, where their text begins, and their numbers."""
    for match in _POINT.now.finditer(text):
        after = match.end() if match["next"] is None else match.start("next")
        inline = match.group()[0] == " " and text[match.start() - 1 : match.start()] in (".", ";", ":")
        if inline and (match["next"] is None or _abbreviated(text, match.start() - 1)):
            continue
        marked = match["word"] or match["mark"] or match["next"] or match["numbers"].rstrip()[-1] in ".)"
        if marked and not _MEASURE.now.match(text, after):
            yield match.start("numbers"), after, numbers_in(match["numbers"])
