"""The words of decisions: which formula says what, and what it weighs against another in one decision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from semsearch.records import OutcomeKind
from semsearch.text.patterns import LazyPattern

APPROVED, REJECTED, RECOMMENDED, NOTED, DISCUSSED, POSTPONED, REFERRED, WITHDRAWN, NO_DECISION = (
    OutcomeKind.APPROVED,
    OutcomeKind.REJECTED,
    OutcomeKind.RECOMMENDED,
    OutcomeKind.NOTED,
    OutcomeKind.DISCUSSED,
    OutcomeKind.POSTPONED,
    OutcomeKind.REFERRED,
    OutcomeKind.WITHDRAWN,
    OutcomeKind.NO_DECISION,
)


class Weight(IntEnum):
    """How much a formula weighs: of several in one decision only those of the least value count."""

    ACT = 0  # the body does something with the case
    TREATED = 1  # it notes or discusses it, or leaves it to others
    TOLD = 2  # it was told something, or remarked something
    WISHED = 3  # it wishes or orders something
    NOTHING = 4  # it says that there was nothing


@dataclass(frozen=True, slots=True)
class Formula:
    """A family of wordings; `pattern` begins at a word boundary, and `^` is the beginning of a sentence."""

    name: str
    kind: OutcomeKind
    weight: Weight
    pattern: str


_W = r"\w{1,30}"
BODY = r"\w{0,40}(?:udvalg|råd|direktion|bestyrels|nævn|forum)\w{0,20}"
_MATTER = r"(?:sag|punkt|pkt|forslag|dagsordenspunkt|indstilling|initiativ)\w{0,30}"
_ADOPT = r"(?:godkend|vedtag|tiltr[åæ]d|imødekom|tilslut|støtte)\w*"
_NOT = r"(?:ikke|ej)"
_CANNOT = r"(?:kan|kunne)\b[^.\n]{0,40}?\bikke"
_SEND = r"(?:over|videre|tilbage|frem)?send(?:es|er|e|te|t)"
_ONWARD = (
    r"(?:tilbage|til\s(?:[\w.]{1,30}[\s-]){0,3}?(?:\w*behandling|budget\w*|\w*udvalg\w*|byråd\w*"
    r"|administration\w*|forvaltning\w*|kommunalbestyrelse\w*|direktion\w*))"
)
_PUT = r"(?:blev\s|bliver\s|er\s|kan\s)?"

# At one place the earlier formula wins, so a negation stands before what it negates.
FORMULAS = (
    Formula(
        "lapsed",
        REJECTED,
        Weight.ACT,
        r"\w{0,20}forslag\w{0,10}\b[^.\n]{0,60}?\b(?:forkaste\w+|afvist\w*|nedstemt\w*|faldt)"
        r"|bortfald(?:er|t|et)?\b",
    ),
    Formula(
        "advised_against",
        REJECTED,
        Weight.ACT,
        rf"{_CANNOT}\s(?:anbefal|indstill)\w*|{_NOT}\s(?:anbefal|indstill)\w+"
        r"|(?:anbefale[rs]|indstille[rs])\s(?:det\s)?ikke\b"
        r"|(?:anbefale[rs]|indstille[rs])\b(?:(?!\b(?:godkendes|idet|med)\b)[^.\n]){0,150}?"
        r"\bikke\s(?:godkendes|imødekommes|vedtages|gennemføres)\b",
    ),
    Formula(
        "rejected",
        REJECTED,
        Weight.ACT,
        rf"{_CANNOT}\s(?:følge\b|{_ADOPT})|{_NOT}\s{_PUT}{_ADOPT}|{_ADOPT}\sikke\b"
        rf"|ikke\s(?:at\s)?(?:over)?sendes?\b"
        rf"|(?:beslutte(?:de|r|t)|vedtog),?\s(?:at\sder\sikke"
        rf"|(?:{_W}\s)?ikke\sat)\b|ikke\s(?:{_W}\s)?flertal\b|afvis(?:t|te|tes|es|er|e)\b|forkaste(?:t|de"
        rf"|des|s|r)?\b"
        r"|nedstem(?:t|te|tes|mes)\b|afsl(?:ås|og|ået|år)\b|(?:give[rs]?|gav|meddele[rs]?|meddelte)\safslag\b"
        rf"|^afslag\b|(?:nød|nyder)\sikke\sfremme\b|{BODY}\sstemte\simod\b|sagde\snej\b"
        r"|henl(?:ægges|ægger|agt|agde)\b",
    ),
    Formula("declined", REJECTED, Weight.ACT, r"ønske(?:r|de)\sikke\b"),
    Formula(
        "withdrawn",
        WITHDRAWN,
        Weight.ACT,
        r"taget\saf\W*$|(?:tage[st]?|tog|trukket|trækkes)\b[^.\n]{0,30}?\b(?:af|fra)\sdagsorden(?:en)?\b"
        rf"|{_MATTER}\b[^.\n]{{0,40}}?\b(?:udgår|udgik|udgået|trukket|trækkes|trækker)\b"
        rf"|^(?:udgår|udgik|udgået|trukket)\b|trak\s{_MATTER}|punkt\w{{0,5}}\s{_PUT}bortfald\w{{0,3}}\b",
    ),
    Formula(
        "postponed",
        POSTPONED,
        Weight.ACT,
        rf"udsat\b(?!\sfor\b)|udsættes\b|udsætter\b|udsætte\b|{BODY}\sudsatte\b|udskudt\b|udskyde[rs]?\b"
        r"|udskød\b|udskydelse\b|i\sbero\b|afvente(?:de|r)\sat\s(?:træffe|tage)\b"
        rf"|{_MATTER}\s(?:afventer|(?:{_W}\s){{0,2}}?genoptage[st])\b"
        rf"|(?:{_MATTER}\s|^)(?:over)?føres\s(?:over\s)?til\s|genoptages\spå\b|tages\sop\s(?:igen|på)\b",
    ),
    Formula(
        "recommended",
        RECOMMENDED,
        Weight.ACT,
        r"anbefal(?:es|er|et|ede|edes)\b|foreslår\b|indstill(?:er|es|ede|edes)\b|med\sanbefaling\b"
        rf"|{_SEND}\b[^.\n]{{0,80}}?\bmed\sanbefaling\b",
    ),
    Formula(
        "referred",
        REFERRED,
        Weight.ACT,
        rf"{_SEND}\b(?!\si\shøring|[^.\n]{{0,120}}?\btil\sorientering)[^.\n]{{0,120}}?\b{_ONWARD}"
        rf"|oversende[rs]\b|oversendt\b|videresend\w+|tilbagesend\w+"
        rf"|hjemvis\w+|{_MATTER}\s{_PUT}henvis(?:es|t|tes)\b|henvis(?:e|er|te)\s{_MATTER}"
        r"|^henvis(?:es|t)\b|overgår\stil\b",
    ),
    Formula(
        "adopted",
        APPROVED,
        Weight.ACT,
        r"godkend(?:t|te|tes|er|es|e)\b|vedtag(?:et|es|er|e)\b|vedtog\b|tiltråd(?:t|te|tes)?\b|tiltræde[rs]\b"
        r"|tilslutte(?:de|r)?\ssig\b|tilsluttes\b|imødekom(?:mes|met)?\b|bevil(?:li)?ge(?:s|t|r|de|des)\b"
        r"|udpeg(?:ede|er|es|et|edes)\b|pegede\spå\b|valgte\b|vælges\b|tildel(?:es|te|t)\b|bifald(?:t|es)\b"
        rf"|(?:meddel(?:te|es|er|t)|gav|giver|gives|givet)\s(?:{_W}\s){{0,2}}?(?:dispensation"
        rf"|\w*tilladelse|samtykke)\b"
        rf"|(?:dispensation|{_W}tilladelse)\w{{0,5}}\s{_PUT}(?:meddelt|meddeles|givet|gives)\b"
        r"|(?:gav|giver)\s(?:sin\s)?tilslutning\b|frigiv(?:es|et|er)\b|frigav\b"
        rf"|(?:som\sindstillet|efter\sindstillingen)\b|indstilling\w{{0,5}}\s{_PUT}(?:fulgt|følges)\b"
        rf"|send(?:es|er|e)\s(?:{_W}\s){{0,3}}?i\shøring\b|sendt\si\shøring\b",
    ),
    Formula(
        "resolved",
        APPROVED,
        Weight.ACT,
        r"beslutte(?:de|r|t|s|des)\b|(?:gav|giver|gives|fik|får)\b[^.\n]{0,40}?\b(?:mandat|bemyndigelse)\b"
        r"|bemyndige(?:r|s|de|des)\b|igangsætte[rs]\b|fastholde[rs]\b|fastholdt\b",
    ),
    Formula(
        "noted",
        NOTED,
        Weight.TREATED,
        r"(?:tage[srt]|tog)\b[^.\n]{0,100}?\befter\w{0,10}retning(?:en)?\b|til\sefter\w{0,10}retning(?:en)?\b"
        r"|(?:(?:tage[srt]|tog)\b[^.\n]{0,60}?\b)?ad\snotam\b"
        r"|(?:tage[srt]|tog)\b[^.\n]{0,60}?\btil\sorientering\b|til\sorientering\W*$|note(?:re|rede"
        r"|rer)\ssig\b"
        rf"|^efterretning\b|orientering(?:en)?\s{_PUT}(?:givet|modtaget)\b|konstatere(?:de|r)?\b|modtog\b"
        rf"|gennemgik\b|^gennemgået\b|^forelagt\b",
    ),
    Formula(
        "discussed",
        DISCUSSED,
        Weight.TREATED,
        rf"drøft(?:ede|er|es|et|edes)\b|debatter(?:ede|er|es|et)\b|evaluere(?:de|t)\b|{BODY}s\sdrøftelse\b"
        rf"|^(?:{_W}\s)?drøftelse\b|(?:var|havde)\sen\s(?:{_W}\s)?(?:drøftelse|dialog|debat)\b"
        rf"|behandlede\b|^behandlet\b|konkluder(?:ede|er)\b"
        rf"|(?:kom\smed|gav|afgav|havde)\s(?:{_W}\s){{0,2}}?(?:input|bemærkninger|kommentarer)\b",
    ),
    Formula("stood_aside", NO_DECISION, Weight.TREATED, r"undlod\b|undlader\b"),
    Formula(
        "told",
        NOTED,
        Weight.TOLD,
        rf"orienter(?:ede|er|et|es)\b|^orientering(?:er)?\s(?:om|fra|vedr|ved)\b"
        rf"|har\s(?:{_W}\s){{0,4}}?deltaget\b",
    ),
    Formula(
        "remarked",
        DISCUSSED,
        Weight.TOLD,
        r"bemærke(?:r|de|s)\b|tilkendegiver\b|tilkendegav\b|udtrykte\b",
    ),
    Formula(
        "nothing",
        NO_DECISION,
        Weight.NOTHING,
        rf"(?:intet|ikke\snoget)\s(?:til|at)\s\w+|^(?:intet|ingen)(?:\s{_W})?\W*$|ikke\s(?:behandlet"
        rf"|benyttet)\b|(?:blev|er)\s(?:af)?holdt\b|besvarede\b|blev\sbesvaret\b"
        rf"|ingen\s(?:{_W}\s){{0,2}}?(?:bemærkninger|orientering\w*|spørgsmål|meddelelser|punkter|sager"
        rf"|beslutning|emner)\b",
    ),
    Formula(
        "wished",
        APPROVED,
        Weight.WISHED,
        r"ønske(?:r|de|s)\b|skal\s\w{2,}|(?:gennemføres|iværksættes|indarbejdes|tilføjes)\b|anmode(?:r|de"
        r"|s)\b|beder\b|bad\b"
        r"|opfordre(?:r|de)\b|aftal(?:t|tes|es|te)\b|(?:der|administrationen|forvaltningen"
        r"|sagen)\s(?:udarbejde[rs]"
        r"|undersøge[rs]|fremlægge[rs]|arbejdes|indkaldes|igangsætte[rs]|forelægge[rs]|følges|vender)\b",
    ),
)
BY_NAME = {formula.name: formula for formula in FORMULAS}
TRIGGER = LazyPattern("|".join(f"(?P<{f.name}>\\b(?:{f.pattern}))" for f in FORMULAS), re.IGNORECASE)
ADVICE = LazyPattern("anbefal|indstill|følge", re.IGNORECASE)
WISH = LazyPattern(BY_NAME["wished"].pattern, re.IGNORECASE)

_ADDITION = (
    r"(?:bemærkning|tilføjelse|ændring|præcisering|justering|kommentar|rettelse|betingelse|forbehold"
    r"|nedjustering"
    r"|reduktion|tillæg|undtagelse|vilkår|ønske|opfordring|input)\w*"
)
# Where an addition to an outcome begins: anywhere in its sentence, and straight after its words.
RESERVED = LazyPattern(
    rf",?\s\b(?:idet|dog|forudsat|såfremt|således\sat|under\s(?:{_W}\s)?forudsætning"
    rf"|på\s(?:{_W}\s)?betingelse"
    rf"|med\s(?:(?:{_W}\s){{0,2}}?{_ADDITION}|(?:følgende|nedenstående|den|det)))\b|,\smen\b",
    re.IGNORECASE,
)
ADDED = LazyPattern(r",?\smed\s(?!stemme|\d|(?:et\s)?flertal|baggrund|henblik|afsæt|virkning)", re.IGNORECASE)
CONDITION = LazyPattern(
    rf"(?:med\s(?:{_W}\s)?(?:bemærkning|betingelse|forbehold|vilkår)|under\s|på\s)", re.IGNORECASE
)

# Where the main clause ends; what follows tells why and what for, not what was done.
CLAUSE = LazyPattern(
    r"\s(?:at|idet|så|hvor|hvorfor|hvorvidt|hvordan|hvad|hvilket|da|som|der|fordi|såfremt|inden|frem\smod)\b",
    re.IGNORECASE,
)
INFINITIVE = LazyPattern(rf"(?:\s{_W}){{0,2}}?,?\s(?:at|af)\s", re.IGNORECASE)
ASIDE = LazyPattern(r"\b(?:præciser(?:er|es|ede)|spurgte|erklærede|mener)\b", re.IGNORECASE)
