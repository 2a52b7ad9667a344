"""What an amount, a date, a name or a reason looks like in a sentence, and which words introduce them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from semsearch.answers.asks import Asks
from semsearch.text import STOPWORDS_DA
from semsearch.text.patterns import LazyPattern

_MONTHS = (
    r"(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
    r"|january|february|march|may|june|july|october)"
)
_YEAR = r"(?:19|20)\d\d"
_FIGURE = r"(?<!\d)\d+(?:[.,]\d+)*"
_START = (  # a figure that counts something, unlike "§ 79" and "bilag 3"
    r"(?<![\w/.-])(?<!§ )(?<!§)(?<!\bstk\. )(?<!\bnr\. )(?<!\bpkt\. )(?<!\bpunkt )(?<!\bbilag )(?<!\bplan )"
)
_SEVERAL = r"(?:to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv|femten|tyve|tredive|halvtreds|hundrede)"
_SPELLED = rf"(?:en|et|hver|hvert|første|anden|sidste|{_SEVERAL})"
_SCALE = r"(?:mio\.?|mia\.?|millioner|milliarder)"
_MONEY = (
    rf"(?:kr\.?|dkk)\s?{_FIGURE}|{_FIGURE}(?:,-)?\s?(?:{_SCALE}|t\.|tkr|tusind)?\s?(?:kr\b|kroner\b|dkk\b)\.?"
    rf"|{_FIGURE}\s?{_SCALE}(?!\w)|{_FIGURE},-"
)
_SHARE = rf"{_FIGURE}\s?(?:%|pct\b\.?|procent\b|promille\b)"
_DATE = "|".join(
    (
        rf"\b\d{{1,2}}\.?(?:\s?(?:-|–|og|til)\s?(?:den )?\d{{1,2}}\.?)?\s?{_MONTHS}(?:\s{_YEAR})?",
        rf"\b\d{{1,2}}[-./]\d{{1,2}}[-./]\d{{2,4}}\b|\b{_YEAR}-\d\d-\d\d\b",
        rf"\b{_MONTHS}(?:\s(?:måned\s)?{_YEAR})?\b",
        rf"\b(?:for|efter|vinter)?(?:året|foråret|sommeren|efteråret|vinteren)\s{_YEAR}",
        rf"(?<![\w/.-]){_YEAR}(?:/\d\d\b|(?![\w/]|-\d))|\bkl\.\s?\d{{1,2}}(?:[.:]\d\d)?",
        r"\b(?:\d\.|første|andet|tredje|fjerde) (?:kvartal|halvår)\b",
        rf"\b(?:{_FIGURE}|{_SPELLED})\s(?:dage?|uger?|måned(?:er)?|år|gange?)\b",
        r"\b(?:man|tirs|ons|tors|fre|lør|søn)dag(?:e|en)?\b|\buge\s\d{1,2}(?:\s?(?:-|–|og|til)\s?\d{1,2})?\b",
    )
)
_CAPITAL = r"(?!(?:BEK|LBK|LOV|CIR|VEJ)\b)[A-ZÆØÅ][\wæøåÆØÅ&/-]*"
_OFTEN = (
    rf"\b(?:{_FIGURE}|{_SPELLED})\s(?:gange?|årlige|månedlige|ugentlige|daglige)\b|\bhvert?(?:\s?(?:anden|andet|tredje|fjerde))?\s"
    r"(?:dag|uge|måned|kvartal|halvår|år)\b|\b(?:daglig|ugentlig|månedlig|årlig|halvårlig|kvartalsvis|løbende)t?\b"
)
_CONTENT = rf"(?!(?:{'|'.join(sorted(word.capitalize() for word in STOPWORDS_DA))})\b)"
_NAME = (
    rf"(?<![.!?:•]\s)(?<!^)(?<!\n)\b{_CONTENT}{_CAPITAL}(?:\s(?:og|&|for|i|af|de|van|von)?\s?[A-ZÆØÅ][\wæøåÆØÅ&/.-]*)*"
    rf"|\b{_CONTENT}[A-ZÆØÅ][\wæøå-]+\s[A-ZÆØÅ][\wæøå-]+(?:\s[A-ZÆØÅ][\wæøå-]+)*"
    r"|\b\w[\w ]{0,30} (?:A/S|ApS|I/S|P/S|Kommune)\b"
)
_ROLE = (  # somebody without a capital: who decides, pays, is heard
    r"(?i:\b(?:\w*bestyrelsen?|\w*ejer(?:en|e|ne)?|parten?|\w*parter(?:ne)?|lejer(?:en|e|ne)?|køber(?:en|e|ne)?"
    r"|bygherren?|\w*leder(?:en|e|ne)?|formand(?:en)?|borgmester(?:en)?|regionen|staten|politiet)\b)"
)
_BECAUSE = (
    r"\b(?:fordi|skyldes|på grund af|pga\.?|grundet|som følge af|idet|eftersom|årsag\w*|begrundelse\w*"
    r"|begrundet|begrundes|derfor|hvorfor|baggrund\w*|forårsage\w*|medfør\w*|betyde\w*|da\b|af hensyn til"
    r"|(?:gjort|gør|gjorde|betød|bevirke\w*),? at|for at|hensyn\w*|som konsekvens"
    r"|skyldtes|fejl\w*|forkert\w*|manglende|steget|stigende)\b"
)
_VOTES = r"\bstemte\b|\bstemmer\b|\bimod\b|\b\d+ for\b|\([A-ZÆØÅ](?:-\d)?\)"
_NUMBER = rf"{_START}(?!{_YEAR}\b){_FIGURE}"
_COUNTED = rf"{_NUMBER}(?:-{_FIGURE})?\s(?:nye\s|flere\s)?[a-zæøå]{{3,}}|\b{_SEVERAL}\s[a-zæøå]{{4,}}"
_VALUES = {
    Asks.AMOUNT: (
        rf"{_MONEY}|{_SHARE}"
        rf"|(?<!^)(?<!\n){_START}(?!{_YEAR}\b){_FIGURE}(?!\.?\s?{_MONTHS})(?:\s(?:km/t|m2|m²|timer|dage|år|stk)\b)?"
    ),
    Asks.COUNT: rf"{_COUNTED}|{_MONEY}|{_SHARE}",
    Asks.OFTEN: rf"{_OFTEN}|{_COUNTED}",
    Asks.DATE: _DATE,
    Asks.PERSON: rf"{_NAME}|{_ROLE}",
    Asks.PLACE: _NAME,
    Asks.LIST: _NAME,
    Asks.REASON: _BECAUSE,
    Asks.VOTE: _VOTES,
    Asks.TOPIC: rf"{_MONEY}|{_SHARE}|{_NUMBER}\s(?!{_MONTHS})[a-zæøå]{{4,}}",
    Asks.STATUS: rf"{_MONEY}|{_SHARE}|{_NUMBER}\s(?!{_MONTHS})[a-zæøå]{{4,}}",
}
_CUES = {
    Asks.AMOUNT: (
        r"pris|udgift|kost|beløb|\bsum|gebyr|takst|tilskud|bevilling|afsæt|afsat|betal|besparelse|finansier"
        r"|i alt|samlet"
    ),
    Asks.COUNT: (
        r"\bantal|i alt|samlet|plads til|op til|svarende til|modtaget|indkom|mindst|højst|færre|flere end"
    ),
    Asks.OFTEN: r"\bgange?\b|hvert? |årlig|månedlig|ugentlig|\bantal|i alt|registrer",
    Asks.DATE: (
        r"udløb|ophør|træder i kraft|gældende|forvent|ibrug|åbn|begynd|start|frist|senest|indtil|frem til"
        r"|\bfra den|virkning|opret"
    ),
    Asks.PERSON: r"leverandør|formand|udpeg|valgt|indgå|samarbejd|rådgiv|ejes|ejer|\baf\b",
    Asks.PLACE: r"plac|ligger|adresse|\bved\b|\bpå\b",
    Asks.LIST: r":$|følgende|herunder|\bog\b",
    Asks.STATUS: r"status|faldet|steget|stigning|fald\b|forvent|udvikling|antal|nået|nu\b|aktuelt|pr\. ",
    Asks.YES_NO: r"\bikke\b|\bkan\b|\bskal\b|fortsat|overhold|mulig",
}
_CASED = (Asks.PERSON, Asks.PLACE, Asks.LIST)  # a name is known by its capital
_VALUE = {
    asks: LazyPattern(pattern, 0 if asks in _CASED else re.IGNORECASE) for asks, pattern in _VALUES.items()
}
_CUE = {asks: LazyPattern(pattern, re.IGNORECASE) for asks, pattern in _CUES.items()}
# A bare figure in a table.
_CELL = LazyPattern(rf"(?:\||\t)\s*(?P<figure>{_FIGURE})(?= *(?:\||\t|$))", re.MULTILINE)
_GROUPED = LazyPattern(r"\d{1,3}(?:\.\d{3})+$")
_MONEY_OR_SHARE = LazyPattern(rf"{_MONEY}|{_SHARE}", re.IGNORECASE)
_SHARE_OF = LazyPattern(_SHARE, re.IGNORECASE)
_BODY = LazyPattern(r"(?:udvalg|råd|direktion|administration|forvaltning)(?:et|en)?s?$|^Center for|^Kommunen")

Spans = tuple[tuple[int, int], ...]


def has_values(asks: Iterable[Asks]) -> bool:
    """Return whether any of what is asked for can be recognised by its form."""
    return any(one in _VALUE for one in asks)


def values_in(sentence: str, asks: Iterable[Asks]) -> Spans:
    """Return where a sentence holds what is asked for, in order; of spans that overlap the earlier."""
    asked = tuple(asks)
    spans = {match.span() for one in asked if one in _VALUE for match in _VALUE[one].now.finditer(sentence)}
    if Asks.AMOUNT in asked or Asks.COUNT in asked:
        spans |= {match.span("figure") for match in _CELL.now.finditer(sentence)}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if end > start and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return tuple(kept)


def is_money(sentence: str, start: int, end: int) -> bool:
    """Return whether a value is money or a share: of bare figures only a table's cell ("45.000")."""
    value = sentence[start:end]
    if _MONEY_OR_SHARE.now.search(value):
        return True
    return _GROUPED.now.match(value) is not None and any(
        match.span("figure") == (start, end) for match in _CELL.now.finditer(sentence)
    )


def is_share(text: str) -> bool:
    """Return whether a value is a share of a whole."""
    return _SHARE_OF.now.search(text) is not None


def is_own_body(text: str) -> bool:
    """Return whether a name is that of a committee, a council or a part of the administration."""
    return _BODY.now.search(text) is not None


def is_cued(sentence: str, asks: Iterable[Asks]) -> bool:
    """Return whether a sentence has a word that usually introduces what is asked for."""
    return any(one in _CUE and _CUE[one].now.search(sentence) is not None for one in asks)
