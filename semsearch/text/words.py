"""Text -> tokens: words, and one token each for a case number, a paragraph, a date and an amount.

Forms that are one thing to a reader become one token: "§ 17, stk. 4" is `§17` and `§17.4` however it is
written, "19-06-2017" and "19. juni 2017" are `2017-06-19`, "1,1 mio. kr." and "1.100.000 kr." are
`1100000kr`, "95 pct." is `95%`. Such tokens stand beside the words they are made of, at the same place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from semsearch.text.cases import case_key, case_number_at
from semsearch.text.normalise import normalise
from semsearch.text.patterns import LazyPattern


class Token(NamedTuple):
    """A word as it is matched, and the span of the text it stands for."""

    word: str
    start: int
    end: int


MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "januar january jan",
            "februar february feb",
            "marts march mar",
            "april apr",
            "maj may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
_MONTH_SURFACES = frozenset(form for name in MONTHS for form in (name, name.capitalize(), name.upper()))
# A letter, then letters and digits, accents and soft hyphens within; a hyphen, dot or apostrophe joins when a
# letter follows, and so does a hyphen at the end of a line, but not before a conjunction ("børne-\nog unge").
_RUN = r"[^\W\d_][^\W_]*(?:[\u0300-\u036f\u00ad\u200b]+[^\W_]*)*"
_JOINT = r"['’´.\u2010\u2011-]|[-\u2010\u00ad][ \t]*\n[ \t]*(?!(?:og|eller|samt)\b)(?=[a-zß-öø-ÿ])"
_WORD = re.compile(rf"{_RUN}(?:(?:{_JOINT}){_RUN})*")
_DIGITS = re.compile(r"[§\d]+")
_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DATE = LazyPattern(
    rf"(?P<iso>{_YEAR}-\d\d-\d\d)(?!\d)"
    rf"|(?P<day>\d{{1,2}})(?:"
    rf"\s?([./-])\s?(?P<month>\d{{1,2}})(?:\3|[- ]|\s?-\s?)(?P<year>{_YEAR}|\d\d)(?![\d/-]|[.,]\d)"
    rf"|(?:\.|th|st|nd|rd)?\s?(?:of\s)?(?P<name>{_MONTH_NAMES})\b[.,]?\s?(?P<named_year>{_YEAR})(?!\d))",
    re.IGNORECASE,
)
_AFTER_MONTH = LazyPattern(rf"(?P<day>\d{{1,2}})(?:th|st|nd|rd)?,?\s(?P<year>{_YEAR})(?!\d)")
_MONTH_BEFORE = LazyPattern(rf"\b(?P<name>{_MONTH_NAMES})\.?\s$", re.IGNORECASE)
_YEAR_NEXT = LazyPattern(rf"\.?\s({_YEAR})(?!\d)")
_PARAGRAPH = LazyPattern(
    r"(?:§{1,2}\s?)?(?P<number>\d{1,4})(?P<letter>\s?[a-hj-zæøå](?!\w)|i(?!\w))?"
    r"(?:,?\s*(?:stk|stykke|subsection|subs)\b\.?\s?(?P<part>\d{1,2})|[,.](?P<short>\d{1,2})(?![\d.]|,\d)"
    r"|\s?\((?P<bracket>\d{1,2})\))?",
    re.IGNORECASE,
)
_PARAGRAPH_BEFORE = LazyPattern(r"(?:§{1,2}|\b(?:paragraf(?:fen)?|section|sec\.))\s?$", re.IGNORECASE)
_NUMBER = LazyPattern(
    r"\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d{1,3}(?:,\d{3}){2,}(?!\d)|\d+[,.]\d+(?![.,]\d)|\d+"
)
_THOUSANDS = LazyPattern(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SPACED = LazyPattern(r"\d{1,3}(?: \d{3}){1,4}(?=(?:,\d\d|,-)?\s?(?:kr\b|kroner\b|dkk\b))", re.IGNORECASE)
_UNIT = LazyPattern(
    r"\s?(?:(?P<percent>%|pct\b|procent\b|percent\b|per cent\b)"
    r"|(?P<scale>mio|mill|millioner|million|mia|milliarder|milliard|billion|tusind|thousand|t(?=\.?\s?kr\b)|t(?=kr\b))"
    r"(?:\b|(?=kr\b))\.?\s?(?P<scaled>kroner|kr|dkk)?\b"
    r"|(?P<plain>,-(?=\s|\W|$)|(?:kroner|kr|dkk)\b))",
    re.IGNORECASE,
)
_MONEY_BEFORE = LazyPattern(r"(?:\bkr\.?|\bdkk)\s?$", re.IGNORECASE)
_SCALES = {"mio": 10**6, "mil": 10**6, "mia": 10**9, "bil": 10**9, "tus": 10**3, "tho": 10**3, "t": 10**3}
_LOOK_BACK = 14
_APOSTROPHE = LazyPattern(r"['’´](?:s|en|et|er|erne|ens|ets)?$", re.IGNORECASE)
_INITIALS_GENITIVE = LazyPattern(r"[A-ZÆØÅ]{2,}s$")
_LINE_END = LazyPattern(r"[-\u2010\u00ad][ \t]*\n[ \t]*")
_PIECE = LazyPattern(r"[^.\u2010\u2011-]+")
_LETTERS_DIGITS = LazyPattern(r"([^\W\d_]{3,})-?(\d+)$")
_DIGRAPHS = LazyPattern("aa|oe|ae")
_FOLD = str.maketrans({"ö": "ø", "ä": "æ", "ü": "u"})


def tokenise(text: str) -> list[Token]:
    """Split `text` into tokens, in order of their start (an amount or date before its own words).

    A word written in several ways gives several tokens: a hyphenated one its joined form and its pieces,
    one with aa, oe, ae or an accent also the form without. Offsets count characters of `text`.
    """
    tokens: list[Token] = []
    for start, end, found in _runs(text):
        _add_words(text, start, end, tokens)
        tokens.extend(found)
    return tokens


def surfaces(text: str) -> Iterator[tuple[list[str], list[Token]]]:
    """Yield runs of words as they are printed, for `words`, and the tokens after each.

    The same tokens in the same order as of `tokenise`, for who does not ask where they stand: three times
    as fast, since the words of a text are few.
    """
    for start, end, found in _runs(text):
        printed = _WORD.findall(text, start, end)
        if printed and printed[-1] in _MONTH_SURFACES:  # before a year, the two are one token more
            tokens: list[Token] = []
            _add_words(text, start, end, tokens)
            printed, found = [], [*tokens, *found]
        yield printed, found


def distinct_words(text: str) -> set[str]:
    """Give the words of letters of `text`, each once; also the months that are part of a date.

    >>> sorted(distinct_words("Havnen, havnen og 1. maj 2024"))
    ['havnen', 'maj', 'og']
    """
    printed = set(_WORD.findall(text))
    return {word for surface in printed for word, _, _ in words(surface)}


def _runs(text: str) -> Iterator[tuple[int, int, list[Token]]]:
    """Yield spans without numbers, and the tokens of the number after each."""
    at = plain_until = 0
    for run in _DIGITS.finditer(text):
        start = run.start()
        if start < at or (start and text[start] != "§" and _in_word(text[start - 1])):
            continue
        first, last, found = _numeric(text, start, plain=start < plain_until)
        yield at, first, found
        at = last
        if found and found[0].end > last:
            plain_until = found[0].end
    yield at, len(text), []


def _in_word(letter: str) -> bool:
    return letter.isalnum() or "\u0300" <= letter <= "\u036f" or letter in "\u00ad\u200b"


def _add_words(text: str, start: int, end: int, tokens: list[Token]) -> None:
    make = tuple.__new__
    for match in _WORD.finditer(text, start, end):
        at = match.start()
        surface = match.group()
        for word, first, last in words(surface):
            tokens.append(make(Token, (word, at + first, at + last)))
        if surface in _MONTH_SURFACES and (year := _YEAR_NEXT.now.match(text, match.end())):
            tokens.append(Token(f"{year[1]}-{MONTHS[surface.lower()]:02}", at, year.end()))


@lru_cache(maxsize=262144)
def words(surface: str) -> tuple[tuple[str, int, int], ...]:
    """Give the words one run of letters stands for, each with its place in `surface`."""
    if surface.isalpha():
        whole = surface[:-1] if _INITIALS_GENITIVE.now.match(surface) else surface
        return _variants(normalise(whole), 0, len(surface))
    bare = _LINE_END.now.sub("", surface)
    if bare == surface:
        return _pieces(surface)
    return tuple((word, 0, len(surface)) for word, _, _ in words(bare))


def _pieces(surface: str) -> tuple[tuple[str, int, int], ...]:
    bare = _APOSTROPHE.now.sub("", surface)
    pieces = list(_PIECE.now.finditer(bare))
    joined = normalise("".join(piece.group() for piece in pieces)).replace("'", "")
    found = list(_variants(joined, 0, len(surface)))
    if "." in bare and all(len(piece.group()) < 5 for piece in pieces) and len(joined) < 9:
        return tuple(found)
    if "." in bare:
        found = []
    if len(pieces) > 1:
        for piece in pieces:
            word = normalise(piece.group()).replace("'", "")
            found.extend(_variants(word, piece.start(), piece.end()))
    elif match := _LETTERS_DIGITS.now.match(joined):
        found.extend((part, 0, len(surface)) for part in match.groups())
    return tuple(found)


def _variants(word: str, start: int, end: int) -> tuple[tuple[str, int, int], ...]:
    """Give `word`, and beside it the form with å, ø, æ for aa, oe, ae and without accents."""
    other = _DIGRAPHS.now.sub(lambda match: {"aa": "å", "oe": "ø", "ae": "æ"}[match.group()], word)
    if not other.isascii():
        other = "".join(map(_plain_letter, other))
    if other == word:
        return ((word, start, end),)
    return (word, start, end), (other, start, end)


def _plain_letter(letter: str) -> str:
    if letter in "æøå":
        return letter
    return letter.translate(_FOLD) if letter in "öäü" else unicodedata.normalize("NFD", letter)[0]


def _numeric(text: str, start: int, *, plain: bool) -> tuple[int, int, list[Token]]:
    """Read what begins with the digit or § at `start`: the span done with, and its tokens."""
    if not plain:
        before = text[max(0, start - _LOOK_BACK) : start]
        found = _paragraph(text, start, before) or _date(text, start, before) or _case(text, start)
        if found:
            return found
    if text[start] == "§":
        return start, start + 1, []
    return _number(text, start, plain=plain)


def _paragraph(text: str, start: int, before: str) -> tuple[int, int, list[Token]] | None:
    if text[start] != "§" and not _PARAGRAPH_BEFORE.now.search(before):
        return None
    match = _PARAGRAPH.now.match(text, start)
    if not match:
        return None
    name = f"§{match['number'].lstrip('0')}{(match['letter'] or '').strip().lower()}"
    part = match["part"] or match["short"] or match["bracket"]
    found = [Token(name, start, match.end())]
    if part:
        found.append(Token(f"{name}.{int(part)}", start, match.end()))
    return start, match.end(), found


def _date(text: str, start: int, before: str) -> tuple[int, int, list[Token]] | None:
    month = _MONTH_BEFORE.now.search(before)
    match = (_AFTER_MONTH.now.match(text, start) if month else None) or _DATE.now.match(text, start)
    if not match:
        return None
    parts = match.groupdict()
    name = month["name"] if month else parts["name"]
    if name:
        word = _iso(parts["year"] or parts["named_year"], MONTHS[name.lower()], match["day"])
        beside = Token(match["day"], *match.span("day"))
        return (start, beside.end, [Token(word, start, match.end()), beside]) if word else None
    word = parts["iso"] or _iso(match["year"], int(match["month"]), match["day"])
    if not word:
        return None
    return start, match.end(), [Token(word, start, match.end()), Token(word[:4], start, match.end())]


def _iso(year: str, month: int, day: str) -> str | None:
    if not (1 <= month <= 12 and 1 <= int(day) <= 31):
        return None
    century = "" if len(year) == 4 else "19" if int(year) > 60 else "20"
    return f"{century}{year}-{month:02}-{int(day):02}"


def _case(text: str, start: int) -> tuple[int, int, list[Token]] | None:
    span = case_number_at(text, start)
    if not span:
        return None
    return (*span, [Token(case_key(text[slice(*span)]).lower(), *span)])


def _number(text: str, start: int, *, plain: bool) -> tuple[int, int, list[Token]]:
    match = _SPACED.now.match(text, start) or _NUMBER.now.match(text, start)
    if not match:
        return start, start + 1, []
    end = match.end()
    if end < len(text) and text[end].isalpha() and (tail := _WORD.match(text, end)):
        return _number_word(text, start, end, tail.end())
    digits = match.group().replace(" ", "")
    found = [] if plain else _amount(text, start, end, digits)
    found.append(Token(_figure(digits), start, end))
    return start, end, found


def _number_word(text: str, start: int, end: int, last: int) -> tuple[int, int, list[Token]]:
    """Read digits with letters on: "3D", "8a" are one word, "5kr", "10mio" a figure and words."""
    found = _amount(text, start, end, text[start:end])
    if found or len(normalise(text[end:last])) > 3:
        return start, end, [*found, Token(_figure(text[start:end]), start, end)]
    return start, last, [Token(normalise(text[start:last]), start, last)]


def _figure(digits: str) -> str:
    """Give digits with thousands joined and a decimal point: "1.100.000,00" -> "1100000", "1,1" -> "1.1"."""
    if digits.isdigit():
        return digits
    if _THOUSANDS.now.fullmatch(digits):
        digits = digits.replace(".", "")
    return digits.replace(",", "." if digits.count(",") == 1 else "").removesuffix(".00")


def _amount(text: str, start: int, end: int, digits: str) -> list[Token]:
    unit = _UNIT.now.match(text, end)
    if unit and unit["percent"]:
        share = _figure(digits)
        share = share.rstrip("0").rstrip(".") if "." in share else share
        return [Token(f"{share}%", start, unit.end())]
    before = _MONEY_BEFORE.now.search(text[max(0, start - 5) : start])
    if not (unit or before):
        return []
    scale = unit["scale"].lower()[:3] if unit and unit["scale"] else ""
    if scale in ("tus", "tho") and not (before or (unit and unit["scaled"])):
        return []
    if not scale and re.fullmatch(r"\d{1,3},\d{3}", digits):
        digits = digits.replace(",", "")
    last = start + len(text[start : unit.end() if unit else end].rstrip())
    return [Token(_money(_figure(digits), _SCALES.get(scale, 1)), start, last)]


def _money(figure: str, scale: int) -> str:
    whole, _, decimals = figure.partition(".")
    hundredths = int(whole + decimals[:12].ljust(12, "0")) * scale // 10**10
    kroner, rest = divmod(hundredths, 100)
    return f"{kroner}.{rest:02}kr" if rest else f"{kroner}kr"
