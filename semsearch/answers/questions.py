"""What a question asks for: a decision, an amount, a date ... read from its words, in Danish and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from semsearch.text import normalise


class Asks(StrEnum):
    """What a question wants to know."""

    VOTE = "vote"
    REASON = "reason"
    DECISION = "decision"
    STATUS = "status"
    DATE = "date"
    AMOUNT = "amount"
    COUNT = "count"
    PERSON = "person"
    LIST = "list"
    PLACE = "place"
    YES_NO = "yes_no"
    TOPIC = "topic"  # no question: words on a subject


_START = r"^(?:og |and |men |but |så |so )?"
_FORMS = {
    Asks.VOTE: r"\b(?:stemte|stemmer(?:ne)?|stemt|stemmetal\w*|afstemning\w*|vote[ds]?|votes|voting)\b",
    Asks.REASON: r"\b(?:hvorfor|why|årsag\w*|begrund\w*|skyldes|reasons?|what caused|hvad er grunden|baggrunden for)\b",
    Asks.DECISION: (
        r"\b(?:beslut\w*|vedtag\w*|vedtog|godkend\w*|afgj\w*|afgør\w*|bestemt?e?|indstill\w*|afvis\w*|forkast\w*"
        r"|decid\w*|decisions?|approv\w*|adopt\w*|reject\w*|resol\w*|outcome|agreed?|conclu\w*"
        r"|hvad (?:endte|mente|sagde|skete|besked|fik)|what (?:happened to|became of|did (?:the )?\w+ (?:say|think))"
        r"|udsat|udskudt|udsættes|postponed|deferred|sendt tilbage|sent back|withdrawn|taget af dagsordenen|behandlet"
        r"|udfaldet|resultatet af behandlingen)\b"
    ),
    Asks.STATUS: (
        r"\b(?:status\w*|hvordan går (?:det)?|hvor langt|hvor lang er|how (?:far|is|are|has|have)\b[^?]*"
        r"|hvad er der sket med|what became of|gælder|still|stadig(?:væk)?)\b"
    ),
    Asks.DATE: (
        r"\b(?:hvornår|hvilke[nt]? (?:dag|dage|dato|datoer|år|måned|uge|tidspunkt)|hvor (?:længe|ofte|tit|lang tid)"
        r"|when|(?:which|what) (?:days?|dates?|years?|months?|weeks?|time)|how (?:long|often|soon)|until when"
        r"|deadline|tidsfrist|frist(?:en)?|startdato|slutdato)\b"
    ),
    Asks.AMOUNT: (
        r"\b(?:hvor (?:meget|stor[te]?|dyr[te]?|høj[te]?|lav[te]?|mange (?:penge|kroner|midler))|hvad (?:koste\w*|er prisen|betaler|"
        r"er der betalt)|koste\b|how (?:much|big|large|high|low|expensive|far)|cost[s]?\b|price\w*|fee|fees"
        r"|pris(?:en|er|erne)?|beløb\w*|udgift\w*|takst\w*|(?:what|hvilken|hvilket) (?:yearly |annual |årlig |årligt )?"
        r"(?:rate|interest|rente|sum|share|percentage|saving|besparelse|occupancy|andel|amount|budget|belægning))\b|hvad er (?:belægning|hastighed|rente|fartgræns)\w*"
        r"|hvad (?:blev|er) \w*(?:mål|tal|grænse|sats|takst|pris)\w*"
    ),
    Asks.COUNT: r"\b(?:hvor mange|how many|antal\w*|number of)\b",
    Asks.PERSON: (
        r"\b(?:hvem|who|whom|whose|(?:hvilke[nt]?|which|what) (?:to |two |tre |three )?(?:\w+ )?(?:leverandør\w*|kommune\w*|firma\w*|"
        r"virksomhed\w*|bank\w*|afdeling\w*|center|centre|konsulent\w*|forening\w*|organisation\w*|parti\w*|person\w*|revisor\w*|selskab\w*"
        r"|suppliers?|compan(?:y|ies)|firms?|banks?|departments?|consultants?|municipalit(?:y|ies)|part(?:y|ies)|organi[sz]ations?"
        r"|associations?|committees?|udvalg|persons?|people))\b"
    ),
    Asks.LIST: (
        r"\b(?:hvilke|which (?:two|three|four|five|\w+s)\b|what (?:two|three|four|five)|hvad består|list(?:en)? over|list of"
        r"|name the|nævn|what are the)\b"
    ),
    Asks.PLACE: (
        r"\b(?:hvor(?! (?:meget|mange|stor|stort|store|længe|ofte|tit|lang|langt|høj|højt|lav|lavt|dyr|dyrt|hurtigt|godt))|where"
        r"|placering\w*|hvilken adresse|which address)\b"
    ),
    Asks.YES_NO: (
        _START
        + r"(?:er|var|bliver|blev|skal|skulle|kan|kunne|må|måtte|har|havde|giver|får|fik|vil|ville|ønsker|ønskede|endte"
        r"|findes|gælder|is|are|was|were|does|do|did|should|shall|can|could|may|must|has|have|had|will|would)\b"
    ),
}
_FORM = {asks: re.compile(pattern) for asks, pattern in _FORMS.items()}

_MONTHS = (
    r"(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
    r"|january|february|march|may|june|july|october)"
)
_FIGURE = r"\d+(?:[.,]\d+)*"
_SPELLED = (
    r"(?:en|et|to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv|femten|tyve|tredive|halvtreds|hundrede"
    r"|hver|hvert|første|anden|sidste)"
)
_MONEY = (
    rf"(?:kr\.?|dkk)\s?{_FIGURE}|{_FIGURE}(?:,-)?\s?(?:mio\.?|mia\.?|millioner|milliarder|t\.|tkr|tusind)?\s?(?:kr\b|kroner\b|dkk\b)\.?"
    rf"|{_FIGURE}\s?(?:mio|mia|millioner|milliarder)\b\.?|{_FIGURE},-"
)
_SHARE = rf"{_FIGURE}\s?(?:%|pct\b\.?|procent\b|promille\b)"
_DATE = (
    rf"\b\d{{1,2}}\.?(?:\s?(?:-|–|og|til)\s?(?:den )?\d{{1,2}}\.?)?\s?{_MONTHS}(?:\s(?:19|20)\d\d)?"
    rf"|\b\d{{1,2}}[-./]\d{{1,2}}[-./]\d{{2,4}}\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    rf"|\b{_MONTHS}(?:\s(?:måned\s)?(?:19|20)\d\d)?\b|\b(?:for|efter|vinter)?(?:året|foråret|sommeren|efteråret|vinteren)\s(?:(?:19|20)\d\d)"
    r"|\b(?:19|20)\d\d/\d\d\b|\b(?:19|20)\d\d\b|\bkl\.\s?\d{1,2}(?:[.:]\d\d)?|\b(?:\d\.|første|andet|tredje|fjerde) (?:kvartal|halvår)\b"
    rf"|\b(?:{_FIGURE}|{_SPELLED})\s(?:dage?|uger?|måned(?:er)?|år|gange?)\b|\b(?:mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)(?:e|en)?\b"
)
_NAME = (
    r"(?<![.!?:•]\s)(?<!^)(?<!\n)\b[A-ZÆØÅ][\wæøåÆØÅ&/-]*(?:\s(?:og|&|for|i|af|de|van|von)?\s?[A-ZÆØÅ][\wæøåÆØÅ&/.-]*)*"
    r"|\b[A-ZÆØÅ][\wæøå-]+\s[A-ZÆØÅ][\wæøå-]+(?:\s[A-ZÆØÅ][\wæøå-]+)*|\b\w[\w ]{0,30} (?:A/S|ApS|I/S|P/S|Kommune)\b"
)
_BECAUSE = (
    r"\b(?:fordi|skyldes|på grund af|pga\.?|grundet|som følge af|idet|eftersom|årsag\w*|begrundelse\w*|begrundet|begrundes"
    r"|derfor|hvorfor|baggrund\w*|forårsage\w*|medfør\w*|betyde\w*|da\b|af hensyn til|for at|hensyn\w*|som konsekvens)\b"
)
_VOTES = r"\bstemte\b|\bstemmer\b|\bimod\b|\b\d+ for\b|\([A-ZÆØÅ](?:-\d)?\)"
_CASED = {Asks.PERSON, Asks.PLACE, Asks.LIST}
_VALUES = {
    Asks.AMOUNT: (rf"{_MONEY}|{_SHARE}|(?<![\w/.-])\d[\d.,/-]*(?:\s?[a-zæøå/²³]+)?",),
    Asks.COUNT: (
        rf"(?<![\w/.-]){_FIGURE}(?:-{_FIGURE})?\s(?:nye\s|flere\s)?[a-zæøå]{{3,}}|\b{_SPELLED}\s[a-zæøå]{{4,}}|{_MONEY}|{_SHARE}",
    ),
    Asks.DATE: (_DATE,),
    Asks.PERSON: (_NAME,),
    Asks.PLACE: (_NAME,),
    Asks.LIST: (_NAME,),
    Asks.REASON: (_BECAUSE,),
    Asks.VOTE: (_VOTES,),
    Asks.TOPIC: (rf"{_MONEY}|{_SHARE}|(?<![\w/.-]){_FIGURE}\s(?!(?:{_MONTHS}))[a-zæøå]{{4,}}",),
    Asks.STATUS: (rf"{_MONEY}|{_SHARE}|(?<![\w/.-]){_FIGURE}\s[a-zæøå]{{4,}}",),
}
_VALUE = {
    asks: re.compile(patterns[0], 0 if asks in _CASED else re.IGNORECASE)
    for asks, patterns in _VALUES.items()
}
_ABOUT_MONEY = re.compile(
    r"\b(?:penge|kroner|kr|midler|kost\w*|pris\w*|beløb\w*|udgift\w*|takst\w*|gebyr\w*|betal\w*|tilskud\w*|bevilling\w*"
    r"|\w*underskud\w*|\w*overskud\w*|\w*bevilling\w*|skyld\w*|afsætt?e\w*|besparelse\w*|money|cost\w*|price\w*|fees?|amount|saving|grant|pay|paid|credit|debt)\b"
)
_MONEY_OR_SHARE = re.compile(rf"{_MONEY}|{_SHARE}", re.IGNORECASE)
_CUES = {
    Asks.AMOUNT: r"pris|udgift|kost|beløb|\bsum|gebyr|takst|tilskud|bevilling|afsæt|afsat|betal|besparelse|finansier|i alt|samlet",
    Asks.COUNT: r"\bantal|i alt|samlet|plads til|op til|svarende til|modtaget|indkom|mindst|højst|færre|flere end",
    Asks.DATE: r"udløb|ophør|træder i kraft|gældende|forvent|ibrug|åbn|begynd|start|frist|senest|indtil|frem til|\bfra den|virkning|opret",
    Asks.PERSON: r"leverandør|formand|udpeg|valgt|indgå|samarbejd|rådgiv|ejes|ejer|\baf\b",
    Asks.PLACE: r"plac|ligger|adresse|\bved\b|\bpå\b",
    Asks.LIST: r":$|følgende|herunder|\bog\b",
    Asks.STATUS: r"status|faldet|steget|stigning|fald\b|forvent|udvikling|antal|nået|nu\b|aktuelt|pr\. ",
    Asks.YES_NO: r"\bikke\b|\bkan\b|\bskal\b|fortsat|overhold|mulig",
}
_CUE = {asks: re.compile(pattern, re.IGNORECASE) for asks, pattern in _CUES.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood: everything it asks for, most telling first; never empty."""

    text: str
    asks: tuple[Asks, ...]

    @property
    def first(self) -> Asks:
        """What it asks for above all."""
        return self.asks[0]

    @property
    def has_values(self) -> bool:
        """Whether it asks for something that can be recognised: an amount, a date, a name ..."""
        return any(asks in _VALUE for asks in self.asks)

    @property
    def wants_decision(self) -> bool:
        """Whether it asks what a body did: the decision is quoted first."""
        return self.first is Asks.VOTE or Asks.DECISION in self.asks

    def worth(self, sentence: str, marks: tuple[tuple[int, int], ...]) -> float:
        """Return how well the values of a sentence fit what is asked for: 1, or .3 for a bare figure for money."""
        if not marks:
            return 0.0
        if Asks.AMOUNT in self.asks and _ABOUT_MONEY.search(normalise(self.text)):
            return 1.0 if any(_MONEY_OR_SHARE.search(sentence[start:end]) for start, end in marks) else 0.3
        return 1.0

    def cued(self, sentence: str) -> float:
        """Return 1 where a sentence has a word that usually introduces what is asked for, else 0."""
        return float(any(asks in _CUE and _CUE[asks].search(sentence) is not None for asks in self.asks))

    def values(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Return where a sentence holds values of the kind asked for, leaving out what the question names."""
        known = normalise(self.text)
        spans = {
            span
            for asks in self.asks
            for span in _spans(asks, sentence)
            if normalise(sentence[slice(*span)]).strip(" .") not in known
        }
        return _apart(sorted(spans))


def read_question(text: str) -> Question:
    """Read what a question asks for; words that ask nothing are a topic.

    >>> read_question("Hvad kostede broen, og hvornår åbnede den?").asks
    (<Asks.DATE: 'date'>, <Asks.AMOUNT: 'amount'>)
    """
    plain = " ".join(normalise(text).split())
    found = [asks for asks, form in _FORM.items() if form.search(plain)]
    return Question(text, tuple(found) or (Asks.TOPIC,))


def _spans(asks: Asks, sentence: str) -> Iterator[tuple[int, int]]:
    pattern = _VALUE.get(asks)
    if pattern is not None:
        yield from (match.span() for match in pattern.finditer(sentence) if match.group().strip())


def _apart(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Leave out spans that lie within or reach into an earlier one."""
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return tuple(kept)
