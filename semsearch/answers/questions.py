"""What a question asks for: a decision, an amount, a date ... read from its words, in Danish and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.answers.asks import Asks
from semsearch.answers.values import Spans, has_values, is_cued, is_money, values_in
from semsearch.text import normalise

_BODIES = (  # what "which ..." asks for where it asks for a person or body
    r"leverandør\w*|kommune\w*|firma\w*|virksomhed\w*|bank\w*|afdeling\w*|center|centre|konsulent\w*|forening\w*"
    r"|organisation\w*|parti\w*|person\w*|revisor\w*|selskab\w*|udvalg|suppliers?|compan(?:y|ies)|firms?|banks?"
    r"|departments?|consultants?|municipalit(?:y|ies)|part(?:y|ies)|organi[sz]ations?|associations?|committees?"
    r"|persons?|people"
)
_MEASURES = (  # what "what ..." asks for where it asks for a figure
    r"rate|interest|rente|sum|share|percentage|saving|besparelse|occupancy|andel|amount|budget|belægning"
)
_HOW = r"meget|mange|stor[te]?|længe|ofte|tit|langt?|højt?|lavt?|dyrt?|hurtigt|godt"
_FORMS = {  # in the order of precedence: the first that matches is what is asked for above all
    Asks.VOTE: r"\b(?:stemte|stemmer(?:ne)?|stemt|stemmetal\w*|afstemning\w*|vote[ds]?|votes|voting)\b",
    Asks.REASON: (
        r"\b(?:hvorfor|why|årsag\w*|begrund\w*|skyldes|reasons?|what caused|hvad er grunden|baggrunden for)\b"
    ),
    Asks.DECISION: (
        r"\b(?:beslut\w*|vedtag\w*|vedtog|godkend\w*|afgj\w*|afgør\w*|bestemt?e?|indstill\w*|afvis\w*|forkast\w*"
        r"|decid\w*|decisions?|approv\w*|adopt\w*|reject\w*|resol\w*|outcome|agreed?|conclu\w*"
        r"|hvad (?:endte|mente|sagde|skete|besked|fik)"
        r"|what (?:happened to|became of|did (?:the )?\w+ (?:say|think))"
        r"|udsat|udskudt|udsættes|postponed|deferred|sendt tilbage|sent back|withdrawn|taget af dagsordenen"
        r"|behandlet|udfaldet|resultatet af behandlingen)\b"
    ),
    Asks.STATUS: (
        r"\b(?:status\w*|hvordan går (?:det)?|hvor langt|hvor lang er|how (?:far|is|are|has|have)\b[^?]*"
        r"|hvad er der sket med|what became of|gælder|still|stadig(?:væk)?)\b"
    ),
    Asks.DATE: (
        r"\b(?:hvornår|hvilke[nt]? (?:dag|dage|dato|datoer|år|måned|uge|tidspunkt)"
        r"|hvor (?:længe|ofte|tit|lang tid)|when|(?:which|what) (?:days?|dates?|years?|months?|weeks?|time)"
        r"|how (?:long|often|soon)|until when|deadline|tidsfrist|frist(?:en)?|startdato|slutdato)\b"
    ),
    Asks.AMOUNT: (
        r"\b(?:hvor (?:meget|stor[te]?|dyr[te]?|høj[te]?|lav[te]?|mange (?:penge|kroner|midler))|koste"
        r"|hvad (?:koste\w*|er prisen|betaler|er der betalt|er (?:belægning|hastighed|rente|fartgræns)\w*)"
        r"|hvad (?:blev|er) \w*(?:mål|tal|grænse|sats|takst|pris)\w*"
        r"|how (?:much|big|large|high|low|expensive|far)|costs?|price\w*|fees?|pris(?:en|er|erne)?"
        rf"|beløb\w*|udgift\w*|takst\w*|(?:what|hvilke[nt]) (?:(?:yearly|annual|årligt?) )?(?:{_MEASURES}))\b"
    ),
    Asks.COUNT: r"\b(?:hvor mange|how many|antal\w*|number of)\b",
    Asks.PERSON: (
        r"\b(?:hvem|who|whom|whose"
        rf"|(?:hvilke[nt]?|which|what) (?:to |two |tre |three )?(?:\w+ )?(?:{_BODIES}))\b"
    ),
    Asks.LIST: (
        r"\b(?:hvilke|which (?:two|three|four|five|\w+s)\b|what (?:two|three|four|five)|hvad består"
        r"|list(?:en)? over|list of|name the|nævn|what are the)\b"
    ),
    Asks.PLACE: rf"\b(?:hvor(?! (?:{_HOW}))|where|placering\w*|hvilken adresse|which address)\b",
    Asks.YES_NO: (
        r"^(?:og |and |men |but |så |so )?(?:er|var|bliver|blev|skal|skulle|kan|kunne|må|måtte|har|havde"
        r"|giver|får|fik|vil|ville|ønsker|ønskede|endte|findes|gælder|is|are|was|were|does|do|did|should|shall|can"
        r"|could|may|must|has|have|had|will|would)\b"
    ),
}
_FORM = {asks: re.compile(pattern) for asks, pattern in _FORMS.items()}
_ABOUT_MONEY = re.compile(
    r"\b(?:penge|kroner|kr|midler|kost\w*|pris\w*|beløb\w*|udgift\w*|takst\w*|gebyr\w*|betal\w*|tilskud\w*"
    r"|\w*underskud\w*|\w*overskud\w*|\w*bevilling\w*|skyld\w*|afsætt?e\w*|besparelse\w*|money|cost\w*|price\w*"
    r"|fees?|amount|saving|grant|pay|paid|credit|debt)\b"
)
BARE = 0.3  # worth of a bare figure where money is asked for


@dataclass(frozen=True, slots=True)
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
    def has_values(self) -> bool:
        """Whether it asks for something that can be recognised: an amount, a date, a name ..."""
        return has_values(self.asks)

    @property
    def has_figures(self) -> bool:
        """Whether it asks for an amount, a number or a date, which a later meeting may have put right."""
        return self.first in (Asks.AMOUNT, Asks.COUNT, Asks.DATE)

    def values(self, sentence: str) -> Spans:
        """Return where a sentence holds values of the kind asked for, leaving out what the question names."""
        known = normalise(self.text)
        found = [
            (start, end)
            for start, end in values_in(sentence, self.asks)
            if normalise(sentence[start:end]).strip(" .") not in known
        ]
        money = [(start, end) for start, end in found if is_money(sentence[start:end])]
        return tuple(money if money and self._is_about_money else found)

    @property
    def _is_about_money(self) -> bool:
        return Asks.AMOUNT in self.asks and _ABOUT_MONEY.search(normalise(self.text)) is not None

    def worth(self, sentence: str, marks: Spans) -> float:
        """Return how well values fit: 1; `BARE` for a bare figure where money is asked for; 0 for none."""
        if not marks:
            return 0.0
        if self._is_about_money:
            return 1.0 if any(is_money(sentence[start:end]) for start, end in marks) else BARE
        return 1.0

    def is_cued(self, sentence: str) -> bool:
        """Whether a sentence has a word that usually introduces what is asked for."""
        return is_cued(sentence, self.asks)


def read_question(text: str) -> Question:
    """Read what a question asks for; words that ask nothing are a topic.

    >>> [asks.value for asks in read_question("Hvad kostede broen, og hvornår åbnede den?").asks]
    ['date', 'amount']
    """
    plain = " ".join(normalise(text).split())
    found = [asks for asks, form in _FORM.items() if form.search(plain)]
    return Question(text, tuple(found) or (Asks.TOPIC,))
