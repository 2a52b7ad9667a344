"""What a question asks for: a decision, an amount, a date ... read from its words, in Danish and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from semsearch.answers.asks import Asks
from semsearch.answers.values import Spans, has_values, is_cued, is_money, is_own_body, is_share, values_in
from semsearch.text import normalise

_BODIES = (  # what "which ..." asks for where it asks for a person or body
    r"leverandør\w*|kommune\w*|firma\w*|virksomhed\w*|bank\w*|afdeling\w*|center|centre|konsulent\w*|forening\w*"
    r"|organisation\w*|parti\w*|person\w*|revisor\w*|selskab\w*|udvalg|myndighed\w*|styrelser?|ministeri\w*"
    r"|region\w*|råd|entreprenør\w*|arkitekt\w*|forfatter\w*|kunstner\w*|klub\w*|skoler?|institution\w*"
    r"|suppliers?|compan(?:y|ies)|firms?|banks?|departments?|consultants?|municipalit(?:y|ies)|part(?:y|ies)"
    r"|organi[sz]ations?|associations?|committees?|persons?|people|authorit(?:y|ies)|agenc(?:y|ies)|ministr(?:y|ies)"
    r"|regions?|councils?|contractors?|architects?|authors?|artists?|clubs?|schools?|institutions?"
)
_MEASURES = (  # what "what ..." asks for where it asks for a figure
    r"rate|interest|rente|sum|share|percentage|saving|besparelse|occupancy|andel|amount|budget|belægning"
)
_HOW = r"meget|mange|stor[te]?|længe|ofte|tit|langt?|højt?|lavt?|dyrt?|dybt?|bredt?|hurtigt|godt"
_FORMS = {  # in the order of precedence: the first that matches is what is asked for above all
    Asks.VOTE: r"\b(?:opposed?|stemte|stemmer(?:ne)?|stemt|stemmetal\w*|afstemning\w*|vote[ds]?|votes|voting"
    r"|(?:hvilke[nt]?|which|what) part(?:i|ier|y|ies))\b",
    Asks.REASON: (
        r"\b(?:hvorfor|why|årsag\w*|begrund\w*|skyldes|reasons?|what caused|hvad er grunden|baggrunden for)\b"
    ),
    Asks.DECISION: (
        r"\b(?:beslut\w*|vedtag\w*|vedtog|godkend\w*|afgj\w*|afgør\w*|bestemt?e?|afvis\w*|forkast\w*"
        r"|udpeg\w*|valgt|appoint\w*|chosen|elected|anbefal\w*|indstill\w*|recommend\w*"
        r"|decid\w*|decisions?|approv\w*|adopt\w*|reject\w*|resol\w*|outcome|agreed?|conclu\w*"
        r"|hvad (?:endte|mente|sagde|skete|besked|fik)"
        r"|what (?:happened to|became of|did (?:the )?\w+ (?:say|think))"
        r"|udsat|udskudt|udsættes|postponed|deferred|send(?:t|te|es)\b[^?]*\btilbage|sent back|withdrawn"
        r"|taget af dagsordenen|behandlet|udfaldet|resultatet af behandlingen)\b"
    ),
    Asks.STATUS: (
        r"\b(?:status\w*|hvordan går (?:det)?|hvor langt|hvor lang er|how (?:far|is|are|has|have)\b[^?]*"
        r"|hvad er der sket med|what became of|gælder|still|stadig(?:væk)?)\b"
    ),
    Asks.OFTEN: r"\b(?:hvor (?:ofte|tit|hyppigt)|hvor mange gange|how (?:often|frequently|many times))\b",
    Asks.DATE: (
        r"\b(?:hvornår|hvilke[nt]? (?:dag|dage|dato|datoer|år|måned|uge|tidspunkt)"
        r"|hvor (?:længe|lang tid)|(?:which|what) (?:days?|dates?|years?|months?|weeks?|time)"
        r"|(?:^|(?<=[,;] )|(?<=and )|(?<=since )|(?<=until )|(?<=from )|(?<=by ))when|how (?:long|soon)"
        r"|deadline|tidsfrist|frist(?:en)?|startdato|slutdato)\b"
    ),
    Asks.AMOUNT: (
        r"\b(?:hvor (?:meget|stor[te]?|dyr[te]?|høj[te]?|lav[te]?|dyb[te]?|bred[te]?)"
        r"|hvor mange (?:penge|kroner|midler)|koste"
        r"|hvad (?:koste\w*|er prisen|betaler|er der betalt|er (?:belægning|hastighed|rente|fartgræns)\w*)"
        r"|hvad (?:blev|er) \w*(?:mål|tal|grænse|sats|takst|pris)\w*"
        r"|how (?:much|big|large|high|low|deep|wide|tall|expensive|far)|costs?"
        rf"|(?:what|hvilke[nt]) (?:(?:yearly|annual|årligt?) )?(?:{_MEASURES}))\b"
    ),
    Asks.COUNT: r"\b(?:hvor mange|how many|antal\w*|number of)\b",
    Asks.PERSON: (
        r"\b(?:hvem|who|whom|whose"
        rf"|(?:hvilke[nt]?|which|what) (?:to |two |tre |three )?(?:[\w'’-]+ )?(?:{_BODIES}))\b"
    ),
    Asks.LIST: (
        r"\b(?:hvilke|which (?:two|three|four|five|\w+s)\b|what (?:two|three|four|five)|hvad består"
        r"|list(?:en)? over|list of|name the|nævn|what are the)\b"
    ),
    Asks.PLACE: (
        rf"\b(?:hvor(?! (?:{_HOW}))|where|placering\w*"
        r"|(?:hvilke[nt]?|which|what) (?:adresser?|grunde?|placering|sted|address|sites?"
        r"|locations?|places?))\b"
    ),
    Asks.YES_NO: (
        r"^(?:og |and |men |but |så |so )?(?:er|var|bliver|blev|skal|skulle|kan|kunne|må|måtte|har|havde"
        r"|giver|får|fik|vil|ville|ønsker|ønskede|endte|findes|gælder|is|are|was|were|does|do|did|should|shall|can"
        r"|could|may|must|has|have|had|will|would)\b"
    ),
}
_AMOUNTS = re.compile(r"\b(?:price\w*|fees?|pris(?:en|er|erne)?|beløb\w*|udgift\w*|takst\w*)\b")
_WHATEVER = {Asks.VOTE, Asks.REASON, Asks.DECISION}  # asked of amounts as of anything else
_FORM = {asks: re.compile(pattern) for asks, pattern in _FORMS.items()}
_ABOUT_MONEY = re.compile(
    r"\b(?:penge|kroner|kr|midler|kost\w*|pris\w*|beløb\w*|udgift\w*|takst\w*|gebyr\w*|betal\w*|tilskud\w*"
    r"|\w*underskud\w*|\w*overskud\w*|\w*bevilling\w*|skyld\w*|afsætt?e\w*|besparelse\w*|money|cost\w*|price\w*"
    r"|fees?|amount|saving|grant|pay|paid|credit|debt)\b"
)
_ABOUT_SHARE = re.compile(
    r"\b(?:rente(?:n|sats\w*)?|interest|procent\w*|percent\w*|pct|andel\w*|share|belægning\w*|occupancy)\b"
)
_ABOUT_BODIES = re.compile(r"\b(?:\w*udvalg\w*|committees?|board|bodies|body|råd|councils?)\b")
BARE = 0.3  # worth of a value of another kind than is asked for: a bare figure where money is


@dataclass(frozen=True)
class Question:
    """A question understood: everything it asks for, the most telling first; never empty."""

    text: str
    asks: tuple[Asks, ...]

    @property
    def first(self) -> Asks:
        """What it asks for above all."""
        return self.asks[0]

    @property
    def wants_decision(self) -> bool:
        """Whether it asks what a body did: the decision is quoted first."""
        return self.first is Asks.VOTE or Asks.DECISION in self.asks

    @property
    def wants_decision_alone(self) -> bool:
        """Whether nothing is asked for that the decision itself does not say."""
        told = {Asks.VOTE, Asks.DECISION, Asks.STATUS, Asks.YES_NO}
        return self.first is not Asks.STATUS and set(self.asks) <= told

    @property
    def wants_one_fact(self) -> bool:
        """Whether one sentence can answer: an amount, a number, a date, a name, a place."""
        return self.first in (Asks.AMOUNT, Asks.COUNT, Asks.OFTEN, Asks.DATE, Asks.PERSON, Asks.PLACE)

    @property
    def has_values(self) -> bool:
        """Whether it asks for something that can be recognised: an amount, a date, a name ..."""
        return has_values(self.told_by)

    @property
    def told_by(self) -> tuple[Asks, ...]:
        """The kinds whose values tell: a reason alone where one is asked for, whatever it is a reason of."""
        return (Asks.REASON,) if self.first is Asks.REASON else self.asks

    @property
    def has_figures(self) -> bool:
        """Whether it asks for an amount, a number or a date, which a later meeting may have put right."""
        return self.first in (Asks.AMOUNT, Asks.COUNT, Asks.DATE)

    def values(self, sentence: str, title: str = "") -> Spans:
        """Return where a sentence holds what is asked for, without what the question or the title names."""
        known = normalise(self.text)
        if self.first is Asks.PERSON:
            known += normalise(title)
        found = [
            (start, end)
            for start, end in values_in(sentence, self.told_by)
            if normalise(sentence[start:end]).strip(" .") not in known
        ]
        return self._fitting(sentence, found) or tuple(found)

    def marks(self, quote: str) -> Spans:
        """Return where a quote holds what is asked for and nothing else: no bare figure where money is."""
        return self._fitting(quote, self.values(quote))

    def _fitting(self, sentence: str, found: Iterable[tuple[int, int]]) -> Spans:
        return tuple((start, end) for start, end in found if self._fits(sentence, start, end))

    def worth(self, sentence: str, marks: Spans) -> float:
        """Return how well values fit: 1; `BARE` where none is of the kind asked for; 0 for none."""
        if not marks:
            return 0.0
        return 1.0 if any(self._fits(sentence, start, end) for start, end in marks) else BARE

    def _fits(self, sentence: str, start: int, end: int) -> bool:
        """Whether a value is of the very kind asked for: money, a share, somebody who is no committee."""
        if Asks.AMOUNT in self.asks and self._is_about_share:
            return is_share(sentence[start:end])
        if Asks.AMOUNT in self.asks and self._is_about_money:
            return is_money(sentence, start, end)
        return self.first is not Asks.PERSON or self._is_about_bodies or not is_own_body(sentence[start:end])

    @cached_property
    def _is_about_money(self) -> bool:
        return _ABOUT_MONEY.search(normalise(self.text)) is not None

    @cached_property
    def _is_about_share(self) -> bool:
        return _ABOUT_SHARE.search(normalise(self.text)) is not None

    @cached_property
    def _is_about_bodies(self) -> bool:
        return _ABOUT_BODIES.search(normalise(self.text)) is not None

    def is_cued(self, sentence: str) -> bool:
        """Whether a sentence has a word that usually introduces what is asked for."""
        return is_cued(sentence, self.told_by)


def read_question(text: str) -> Question:
    """Read what a question asks for; words that ask nothing are a topic.

    >>> [asks.value for asks in read_question("Hvad kostede broen, og hvornår åbnede den?").asks]
    ['date', 'amount']
    """
    plain = " ".join(normalise(text).split())
    found = {asks for asks, form in _FORM.items() if form.search(plain)}
    if _AMOUNTS.search(plain) and not found & _WHATEVER:
        found.add(Asks.AMOUNT)
    leads = _FORM[Asks.AMOUNT].match(plain) and _ABOUT_MONEY.search(plain)
    if leads or _FORM[Asks.COUNT].match(plain):
        found.discard(Asks.DECISION)  # "how much money was granted": what was decided is the amount
    return Question(text, tuple(asks for asks in _FORM if asks in found) or (Asks.TOPIC,))
