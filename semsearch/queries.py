"""What was typed -> what it means: case numbers, dates, committee, language, what is asked for."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from semsearch.errors import UsageError
from semsearch.records import OutcomeKind
from semsearch.text import (
    LIGHT,
    MONTHS,
    STOPWORDS_DA,
    STOPWORDS_EN,
    Language,
    bodies_in,
    find_case_numbers,
    is_unicode,
    language,
    normalise,
    tokenise,
)
from semsearch.text.patterns import LazyPattern

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = (
    LazyPattern(rf"\b{_YEAR}-(?P<month>\d\d?)-(?P<day>\d\d?)\b"),
    LazyPattern(rf"\b(?P<day>\d\d?)[-./](?P<month>\d\d?)[-./]{_YEAR}\b"),
    LazyPattern(rf"\b(?:d(?:en)?\.? )?(?P<day>\d\d?)(?:\.|st|nd|rd|th)? (?P<month>{_MONTH})\.?,? {_YEAR}\b"),
    LazyPattern(rf"\b(?P<month>{_MONTH})\.? (?P<day>\d\d?)(?:st|nd|rd|th)?,? {_YEAR}\b"),
    LazyPattern(
        rf"\b(?P<since>{_MONTH})\.?(?: ?[-–/] ?| (?:og|til|and|to) )(?P<month>{_MONTH})\.? {_YEAR}\b"
    ),
    LazyPattern(rf"\b(?P<month>{_MONTH})\.? {_YEAR}\b"),
    LazyPattern(rf"\b{_YEAR}-(?P<month>\d\d)\b(?!-)"),
    LazyPattern(rf"\b{_YEAR}\b"),
)  # fmt: skip
_BARE_YEAR = _DATES[-1]
_OPEN = LazyPattern(  # before a date: the period goes on from there, or up to there
    r"\b(?:(?P<since>siden|since)|(?P<after>efter|after)|(?P<before>før|inden|before)|(?P<until>indtil|until))"
    r"\s+(?:år(?:et)? |the )?$"
)
_DIGIT = re.compile(r"\d")  # every date has one
_DECISION = LazyPattern(
    r"\b(beslut\w*|vedtag\w*|godkend\w*|afgjor\w*|afgør\w*|bestem\w*|indstil\w*|afvis\w*|forkast\w*|udfald\w*"
    r"|decid\w*|decision\w*|approv\w*|adopt\w*|reject\w*|resol\w*|outcome|agree[ds]?)\b"
)
_OUTCOMES = (
    (
        OutcomeKind.POSTPONED,
        LazyPattern(r"\b(udsat|udsatte|udskudt|udskudte|udsættelse|postponed|deferred)\b"),
    ),
    (OutcomeKind.REFERRED, LazyPattern(r"\b(sendt tilbage|tilbagesendt|sent back|referred back)\b")),
    (
        OutcomeKind.REJECTED,
        LazyPattern(r"\b(afvist|afviste|forkastet|forkastede|nedstemt|rejected|voted down)\b"),
    ),
    (OutcomeKind.WITHDRAWN, LazyPattern(r"\b(taget af dagsordenen|trukket tilbage|withdrawn)\b")),
)

_ASKED = LazyPattern(  # what is named says what kind of answer is wanted: "hvor stort" wants nothing large
    r"\b(?:hvor (?P<how>store?|stort|lange?|langt|højt?|høje|gamle|gammelt?|ofte|længe|dyrt?)"
    r"|how (?P<size>big|large|long|high|old|often|soon|expensive)"
    r"|hvad\b.*?\b(?P<price>kost(?:e|er|ede|et))"
    r"|(?:what|how much) (?:do|does|did|will|would|has|is)\b.*?\b(?P<cost>costs?)"
    r"|(?P<dear>dyrere|billigere)"
    r"|hvilke[nt]? (?P<dag>dage?|dato(?:er)?|år|måned(?:er)?|uger?|tidspunkt(?:er)?)"
    r"|(?:which|what) (?P<day>days?|dates?|years?|months?|weeks?|time)"
    r"|hvornår\b.*?\b(?P<enters>træde|træder|trådte)\b.*?\bi (?P<force>kraft)"
    r"|when\b.*?\b(?P<takes>takes?|comes?|goe?s?) (?:into )?(?P<effect>effect|force)"
    r"|(?P<wants>want(?:s|ed)?) to|(?P<wishes>ønske(?:r|de)?) at)\b",
    re.IGNORECASE,
)
_FORM = LazyPattern(  # goes with any topic, where a date, the state of a case, a place or a name is asked for
    r"\b(?:hvornår|when)\b.*?\b(?P<event>åbne[rst]?|åbnede|lukke[rst]?|lukkede|begynder?|begyndte|ophører?"
    r"|forventes|open(?:s|ed)?|close[sd]?|finish(?:es|ed)?|due|ready|færdig[et]?)\b"
    r"|(?:^|\b(?:hvad|what|what's)\b.*?\b)(?P<state>status|seneste|nyeste|latest|newest|situationen)\b"
    r"|\b(?:hvor|where)\b.*?\b(?P<place>ligge[rs]?|placere[st]|stå|located|placed|lie)\b"
    r"|\b(?:hvem|hvornår|who|when|(?:hvilke[nt]?|which) (?P<meeting>møder?|meetings?))\b.*?"
    r"\b(?P<treat>behandle(?:r|s|t|de|des)?|drøfte(?:s|t|de)?|dealt|treated|discussed)\b"
    r"|\b(?:er der|is there|any)\b.*?\b(?P<news>nyt|news)\b"
    r"|\b(?:hvem|hvilke|hvordan|who|which|how)\b.*?\b(?P<vote>stemte|stemmer|voted?|votes)\b"
    r"|\b(?:hvor mange|how much) (?P<money>penge|kroner|money)\b"
    r"|\b(?:hvem|who)\b.*?\b(?P<duty>ansvar(?:et|lig)?|responsible|stand(?:s|ing)?)\b",
    re.IGNORECASE,
)
_SCAFFOLDING: Mapping[Language, frozenset[str]] = {
    "da": STOPWORDS_DA,
    "en": STOPWORDS_EN,  # not the Danish ones, too: "dog", "men", "mine"
    "mixed": STOPWORDS_DA | STOPWORDS_EN,
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood. `words` are what is looked up; the rest steers what they are looked up for."""

    text: str  # as typed, trimmed
    language: Language  # "da", "en" or "mixed"
    words: tuple[str, ...]  # content words as typed, normalised, in order, each once
    spans: tuple[tuple[int, int], ...] = ()  # of `words` in `text`
    light: frozenset[str] = frozenset()  # those of `words` that carry little of the topic, never all
    has_topic: bool = True  # whether any word says what it is about ("hvem stemte imod?" has none)
    case_numbers: tuple[str, ...] = ()  # normalised as printed, in order
    first: date | None = None  # of the period it names; with None it is open on that side
    last: date | None = None
    precise: bool = False  # the period is a day or a month, not a year alone
    committees: frozenset[str] = field(default_factory=frozenset)  # slugs it names
    asks_decision: bool = False
    outcome: OutcomeKind | None = None  # the outcome it asks after ("hvornår blev sagen udsat")

    @property
    def case_number(self) -> str | None:
        """The first case number it names."""
        return next(iter(self.case_numbers), None)


def parse(text: str, committees: Mapping[str, str] | None = None) -> Query:
    """Understand a query; `committees` maps the slugs of the corpus's committees to their names.

    A text of stop words only is searched as typed.

    Raises:
        UsageError: the text holds what is no character.
    """
    if not is_unicode(text):
        raise UsageError(f"the query {text!r} is not UTF-8 text", "type it in a terminal that writes UTF-8")
    text = unicodedata.normalize("NFC", text.strip())
    tongue = language(text)
    cases = find_case_numbers(text)
    first, last, dated = _period(text)
    dates = [
        (start, end) for start, end in dated if end - start > len("2020")
    ]  # "regnskab 2020" is met in 2021
    tokens = [token for token in tokenise(text) if not _within(token.start, dates)]
    scaffolding = {
        token[1:]
        for token in tokens
        if token.word in _SCAFFOLDING[tongue] and not _is_initials(text, *token[1:])
    } | {match.span(name) for match in _ASKED.now.finditer(text) for name in match.groupdict()}
    spans = _wholes(token[1:] for token in tokens if token[1:] not in scaffolding)
    has_topic = bool(spans)
    spans = spans or _wholes(token[1:] for token in tokens)
    typed = {normalise(text[start:end]): (start, end) for start, end in reversed(spans)}
    words = sorted(typed, key=lambda word: typed[word])
    formal = {normalise(word) for match in _FORM.now.finditer(text) for word in match.groups() if word}
    light = (LIGHT[tongue] | formal).intersection(words)
    return Query(
        text=text,
        language=tongue,
        words=tuple(words),
        spans=tuple(typed[word] for word in words),
        light=light if len(light) < len(words) else frozenset(),
        has_topic=has_topic and len(light) < len(words),
        case_numbers=tuple(number for _, _, number in cases),
        first=first,
        last=last,
        precise=bool(dates),
        committees=bodies_in(text, committees or {}),
        asks_decision=bool(_DECISION.now.search(normalise(text))),
        outcome=next((kind for kind, pattern in _OUTCOMES if pattern.now.search(normalise(text))), None),
    )


def parse_date(text: str, *, end: bool = False) -> date:
    """Read a date as people type it; a month or a year alone means its first day, or its last with `end`.

    Raises:
        ValueError: it is no date.
    """
    first, last, spans = _period(text.strip())
    if first is None or last is None or spans != [(0, len(text.strip()))]:
        raise ValueError(f"{text!r} is not a date")
    return last if end else first


def _is_initials(text: str, start: int, end: int) -> bool:
    """Tell IT from it."""
    return end - start > 1 and text[start:end].isupper() and not text.isupper()


def _wholes(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep each span once, and of a hyphenated word the whole, not its pieces."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _period(text: str) -> tuple[date | None, date | None, list[tuple[int, int]]]:
    """Return the period that the dates of a text span, and where they stand.

    Beside dates that a word like "since" leaves open on one side, others do not count.
    """
    whole: list[tuple[date | None, date | None]] = []
    opened: list[tuple[date | None, date | None]] = []
    spans: list[tuple[int, int]] = []
    lower = text.lower()
    for pattern in _DATES if _DIGIT.search(text) else ():
        for match in pattern.now.finditer(lower):
            if _within(match.start(), spans) or (
                pattern is _BARE_YEAR and _part_of_number(text, match.span())
            ):
                continue
            period = _days(match)
            if period:
                side = _OPEN.now.search(lower[: match.start()])
                (opened if side else whole).append(_opened(side, *period) if side else period)
                spans.append(match.span())
    periods = opened or whole
    first = min((first for first, _ in periods if first), default=None)
    last = max((last for _, last in periods if last), default=None)
    return (None, None, spans) if first and last and first > last else (first, last, spans)


def _opened(side: re.Match[str], first: date, last: date) -> tuple[date | None, date | None]:
    """Return what is left of a period that the word before it opens on one side."""
    if side["since"] or side["after"]:
        return first if side["since"] else last + timedelta(days=1), None
    return None, last if side["until"] else first - timedelta(days=1)


def _part_of_number(text: str, span: tuple[int, int]) -> bool:
    return text[max(0, span[0] - 1) : span[0]] in tuple("/-.") or text[span[1] : span[1] + 1] in tuple("/-")


def _days(match: re.Match[str]) -> tuple[date, date] | None:
    parts = match.groupdict()
    year = int(parts["year"])
    month = MONTHS.get(parts.get("month") or "") or int(parts.get("month") or 0)
    try:
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        if not parts.get("day"):
            since = MONTHS.get(parts.get("since") or "", month)
            begin = date(year - (since > month), since, 1)
            return begin, date(year, month, calendar.monthrange(year, month)[1])
        day = date(year, month, int(parts["day"]))
    except ValueError:
        return None
    return day, day
