"""Heading -> what the section is for. The words are those of Danish municipalities; case does not count."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from semsearch.records import SectionKind

_NAMES = {
    SectionKind.RECOMMENDATION: """
        indstilling, indstillinger, forslag til beslutning, indstilling til beslutning,
        administrationens indstilling, forvaltningens indstilling, direktionens indstilling,
        borgmesterens indstilling, direktørens indstilling, udvalgets indstilling, administrationen
        indstiller, forvaltningen indstiller, direktionen indstiller, borgmesteren indstiller,
        direktøren indstiller
        """,
    SectionKind.BACKGROUND: """
        baggrund, sagens baggrund, baggrund for sagen, problemstilling, baggrund og formål, formål og
        baggrund
        """,
    SectionKind.PRESENTATION: """
        fremstilling, sagsfremstilling, sagsbeskrivelse, supplerende sagsfremstilling, supplerende
        sagsbeskrivelse, supplerende fremstilling, ny sagsfremstilling, ny sagsbeskrivelse, ny
        supplerende sagsfremstilling, uddybende sagsfremstilling, revideret sagsfremstilling, fortsat
        sagsfremstilling, sagens fremstilling, sagens indhold, redegørelse, redegørelse for sagen,
        beskrivelse af sagen, løsning, løsningsforslag, vurdering, administrationens vurdering,
        administrationens bemærkninger, administrationens overvejelser, forvaltningens vurdering,
        forvaltningens bemærkninger, forvaltningens overvejelser, supplerende oplysninger, supplerende
        bemærkninger
        """,
    SectionKind.ECONOMY: """
        økonomi, økonomiske konsekvenser, økonomisk konsekvens, økonomiske forhold, økonomisk
        påvirkning, økonomisk betydning, økonomi og finansiering, økonomi og personale,
        økonomi/personale, økonomi og bevilling, bevilling, bevillingsmæssige konsekvenser, konsekvenser
        for økonomien, økonomiske og personalemæssige konsekvenser, økonomiske og bevillingsmæssige
        konsekvenser
        """,
    SectionKind.ATTACHMENTS: """
        bilag, bilagsliste, bilagsfortegnelse, bilagsoversigt, vedlagte bilag, vedhæftede bilag,
        vedhæftede filer, liste over bilag, bilag til sagen, bilag til punktet
        """,
    SectionKind.SUMMARY: """
        resume, resumé, kort resume, kort resumé, sagsresume, sagsresumé, kort sagsresume, kort
        sagsresumé, resume af sagen, resumé af sagen, sammenfatning, kort fortalt
        """,
    SectionKind.OTHER: """
        lovgrundlag, retsgrundlag, retligt grundlag, hjemmel, lovgivning, tidsplan, kommunikation,
        sagens forløb, sagsforløb, sagens videre forløb, sagens tidligere forløb, sagens hidtidige
        forløb, sagsprocedure, sagsgang, beslutningsproces, øvrige konsekvenser, øvrige forhold, høring,
        høringer, høring og borgerinddragelse, borgerinddragelse, videre proces, den videre proces,
        videre forløb, handlemuligheder, beslutningstema, kompetence, beslutningskompetence,
        kompetenceudvalg, tværgående konsekvenser, andre konsekvenser, personalemæssige konsekvenser,
        konsekvenser, miljømæssige konsekvenser, miljøkonsekvenser, tidligere beslutninger, tidligere
        beslutning, tidligere behandling, tidligere politisk behandling, politisk behandling, historik,
        sagen afgøres i, sagen afgøres af, underskrift, underskrifter, underskriftsside,
        underskriftsblad
        """,
}
_HISTORY_NAMES = """
    sagens forløb, sagsforløb, sagens tidligere forløb, sagens hidtidige forløb, historik, tidligere
    beslutninger, tidligere beslutning, tidligere behandling, tidligere politisk behandling
    """


def _split(names: str) -> list[str]:
    return [" ".join(name.split()) for name in names.split(",")]


_KINDS = {name: kind for kind, names in _NAMES.items() for name in _split(names)}
_HISTORY = frozenset(_split(_HISTORY_NAMES))
_FIRST_WORDS = frozenset(re.split(r"\W", name, maxsplit=1)[0] for name in _KINDS)
_ADDRESSED = re.compile(r"indstilling(?:er)? (?:fra|til) .{2,60}")
_BODY = r"[\w,\- ]{0,60}?(?:udvalg|råd|bestyrelse|direktion|nævn|kommission|forum|repræsentantskab)\w*"
_DATE = r"\d{1,2}(?:\. ?|-|/|\.)(?:\d{1,2}|\w{3,9})(?:\.|-|/| )+(?:\d{4}|\d{2})"
_DAY = rf"(?:den |d\. ?)?{_DATE}"
_DECISION = re.compile(
    r"(?:endelig |foreløbig )?beslutning(?:er|sreferat|sprotokol)?"
    r"(?: for punkt \d+)?(?: (?:i|fra|af|på|ved|truffet af))?"
    rf"(?: {_BODY})?(?:,|:)?"
    rf"(?:(?: (?!om\b|at\b|til\b)[\w,\-()]+){{0,7}}?(?:,|:)? {_DAY}(?:,? (?:pkt|punkt|kl)\W.{{1,20}})?)?"
)
_NAME = r"(?:\w+-,? (?:og )?|\w+, |\w+ og |det |den ){0,4}\w*(?:udvalg|råd|bestyrelse|direktion|nævn)\w*"
_OWNED = re.compile(rf"{_NAME}s (?:beslutning|afgørelse)(?: {_DAY})?")
# What says which of several: "Supplerende sagsfremstilling den 17. maj 2022", "... - fra Økonomiudvalget".
_OCCURRENCE = re.compile(r",? (?:(?:den|d\.|pr\.) .{3,30}\d{4}|[-–] fra .{3,60}|\(.{1,40}\))$")
_ECONOMY = re.compile(r"økonomi(?:ske)?(?:/| (?:og|samt) )[\w-]{3,}(?: (?:konsekvenser|forhold))?")
_EDGE = " \t:.-–—"
_LONGEST = 120
_ALIKE = 0.97  # share of letters that agree where one reading of a title has a letter too many


def bare(heading: str) -> str:
    """Give a heading without case, odd spaces and the marks around it."""
    return " ".join(heading.split()).strip(_EDGE).casefold()


def section_kind(heading: str) -> SectionKind | None:
    """Tell what a section under this heading is for; None when it is no heading of a section.

    >>> section_kind("Beslutning Direktionen den 19-06-2017"), section_kind("Sæbehuset")
    (<SectionKind.DECISION: 'decision'>, None)
    """
    return _kind(heading) if len(heading) <= _LONGEST else None


def is_history(heading: str) -> bool:
    """Whether the section repeats what was decided earlier, or by others."""
    return bare(heading) in _HISTORY


def is_wrapper(heading: str) -> bool:
    """Whether the heading may stand over others and say nothing itself ("Fremstilling")."""
    return bare(heading) == "fremstilling"


def is_title(line: str, title: str) -> bool:
    """Whether a line prints a title, but for a letter or two misread in a hundred."""
    one, other = bare(line), bare(title)
    if one == other:
        return bool(one)
    close = abs(len(one) - len(other)) <= 2 and 8 < len(one) < 2 * _LONGEST
    close = close and (one[:6] == other[:6] or one[-6:] == other[-6:])
    return close and SequenceMatcher(None, one, other, autojunk=False).ratio() > _ALIKE


@lru_cache(maxsize=4096)
def _kind(heading: str) -> SectionKind | None:
    name = bare(heading)
    if not name or heading.rstrip().endswith((",", ";", "?", "!")):
        return None
    if kind := _KINDS.get(name):
        return kind
    if ("beslutning" in name or "afgørelse" in name) and _is_decision(name, heading):
        return SectionKind.DECISION
    if _ADDRESSED.fullmatch(name):
        return SectionKind.RECOMMENDATION
    if _ECONOMY.fullmatch(name):
        return SectionKind.ECONOMY
    if name.partition(" ")[0] not in _FIRST_WORDS:
        return None
    return _KINDS.get(_OCCURRENCE.sub("", name))


def _is_decision(name: str, heading: str) -> bool:
    return bool(_DECISION.fullmatch(name) or (_OWNED.fullmatch(name) and not heading.endswith(".")))
