"""Text -> its smallest quotable units: sentences, list items, table rows, headings.

A line break ends a unit where the page shows one: at a blank line, before a bullet or a numbered point,
around a table row (a tab or " | "), before a case number alone, after a colon, and after a short line when
the next begins with a capital or a digit (a heading). Otherwise text is taken to be wrapped by the typesetter
and goes on, and so it does over a blank line after "og", "i" and the like (a page break within a sentence).
A table row is never split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.text.patterns import LazyPattern

# Never the last word of a sentence.
_OPEN = frozenset(
    """evt adr afd afs ang apr aug bd bek betj bl bygn ca cand cf cirk civ co cvr d dec dep dir div dr e ekskl
    ekspl el eng f fa feb febr fhv fig fl fm forb fr frk følg gl gr hhv hr i ift iht ill incl ing inkl instr
    int ivf j jan jf jfr jnr jr jul jun kap kgl kl koll kst ldr lic litra mag maks mar matr max medl min
    mr mrs ms nos nov nr nuv obs okt oms omtr ordf overs p pag par pct pga pkt pl pr prof pt red ref reg
    s sagsnr sekr sen sep sept sml st str stud sv t tdl tel tidl tilf tilh tlf trp uddr ult undt ung
    vedr vejl vha vs årg årh""".split()
)
# May be the last word, and is where a capital follows.
_EITHER = frozenset("kr mio mia tkr pct stk m km cm mv mm osv etc ol lign md mdr dkk aps ff bla".split())
_MONTHS = frozenset(
    """april august december februar february januar january juli july june juni maj march marts may
    november october oktober september""".split()
)
_BREAK = LazyPattern(r"[\n\f]\s*")
_STOP = LazyPattern(r"[.!?…]['\"”’»)\]]*(?=\s)")
_LAST_WORD = LazyPattern(r"[^\s(\[\"“”»«/]*$")
_BULLET = LazyPattern(
    r"(?:[-–—•*·▪◦●○■□➢✓]|o|\(?(?:\d{1,2}|[a-zæøåA-ZÆØÅ]|[ivx]{1,4})\)|\d{1,2}\.(?!\s[a-zæøå]))[ \t]"
)
_POINTS = LazyPattern(r"(?!.*\d{3})(?:[\d.,\s–•*-]|og|samt|ad|punkt|pkt)+", re.DOTALL)
_DOTTED = LazyPattern(r"[a-zæøå]{1,4}(?:\.[a-zæøå]{1,5})+", re.IGNORECASE)
_OPENERS = "\"'“”«»(['‘„-–"
_SHORT_LINE = 45
# No sentence, heading or item ends with these, so one that seems to has met the end of a line or page.
_CONNECTIVES = frozenset(
    """af and at de den der det efter eller en et for fra i med mellem of og om or på samt som the til to
    under ved""".split()
)
_CASE_LINE = LazyPattern(r"\d+[/-]\d[\d/-]*[A-Z]?$")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Split `text[start:end]` into units, as ordered spans of `text` without white space around them.

    Every character that is not white space lies in exactly one span. Linear time.

    >>> [text[a:b] for text in ["Taget. Jf. § 17, stk. 4 godkendt d. 1. maj."] for a, b in sentences(text)]
    ['Taget.', 'Jf. § 17, stk. 4 godkendt d. 1. maj.']
    """
    spans = []
    for first, last in _blocks(text, start, len(text) if end is None else min(end, len(text))):
        if _is_row(text, first, last):
            spans.append((first, last))
        else:
            spans.extend(_split(text, first, last))
    return spans


def _is_row(text: str, start: int, end: int) -> bool:
    return text.find("\t", start, end) >= 0 or text.find(" | ", start, end) >= 0


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield runs of lines that read as one: a paragraph, a list item, a heading, a table row."""
    first = None
    previous: tuple[int, int] | None = None
    for line in _lines(text, start, end):
        if first is None or previous is None:
            first = line[0]
        elif not _goes_on(text, previous, line):
            yield first, previous[1]
            first = line[0]
        previous = line
    if first is not None and previous is not None:
        yield first, previous[1]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of lines that are not blank, white space around them left out."""
    at = _skip_space(text, start, end)
    for match in _BREAK.now.finditer(text, at, end):
        last = _drop_space(text, at, match.start())
        if last > at:
            yield at, last
        at = match.end()
    last = _drop_space(text, at, end)
    if last > at:
        yield at, last


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _drop_space(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _goes_on(text: str, previous: tuple[int, int], line: tuple[int, int]) -> bool:
    """Whether `line` continues the sentence of the line before it."""
    if _is_row(text, *previous) or _is_row(text, *line) or _BULLET.now.match(text, *line):
        return False
    begins_low, open_ended = text[line[0]].islower(), _last_word(text, *previous) in _CONNECTIVES
    if text.count("\n", previous[1], line[0]) > 1:
        return begins_low and open_ended
    last = text[previous[1] - 1]
    if last in ":;" or _CASE_LINE.now.match(text, *line):
        return False
    return begins_low or open_ended or last in ",-–" or previous[1] - previous[0] >= _SHORT_LINE


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _STOP.now.finditer(text, start, end):
        following = _skip_space(text, match.end(), end)
        if following < end and _ends(text, start, match.start(), following):
            yield start, match.end()
            start = following
    yield start, end


def _ends(text: str, start: int, stop: int, following: int) -> bool:
    """Whether the mark at `stop` ends the sentence begun at `start`; the next word is at `following`."""
    ahead = text[following : following + 12].lstrip(_OPENERS)
    if not ahead or ahead[0].islower():
        return False
    if text[stop] != ".":
        return True
    word = _last_word(text, start, stop)
    if word.isdigit() and len(word) < 3 and _next_word(ahead) in _MONTHS:
        return False
    if stop - start < 30 and _POINTS.now.fullmatch(text, start, stop):
        return False
    return not _is_abbreviation(word, before_capital=ahead[0].isupper())


def _last_word(text: str, start: int, stop: int) -> str:
    match = _LAST_WORD.now.search(text[max(start, stop - 24) : stop])
    return match.group() if match else ""


def _next_word(ahead: str) -> str:
    return re.split(r"\W", ahead.lower(), maxsplit=1)[0]


def _is_abbreviation(word: str, *, before_capital: bool) -> bool:
    lowered = word.lower()
    if lowered in _EITHER or _DOTTED.now.fullmatch(lowered):
        return not before_capital
    return lowered in _OPEN or (len(word) == 1 and word.isalpha())
