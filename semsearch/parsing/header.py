"""The lines above the first item -> what meeting it was: committee, day, time, place, who was there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from semsearch.parsing.contents import is_contents_heading
from semsearch.parsing.dates import find_date, find_time
from semsearch.parsing.lines import Line

_FIELDS = {
    "date": r"mødedato|mødetidspunkt|mødedag|dato(?: og tid(?:spunkt)?)?|tid(?:spunkt)?(?: og sted)?"
    r"|afholdt(?: den)?",
    "time": r"starttidspunkt|mødetid|start|mødestart|mødet (?:startede|begyndte)|begyndt",
    "place": r"mødested|mødelokale|sted|lokale|mødet afholdes",
    "participants": r"mødedeltagere|deltagere|til ?stede(?: var)?|tilstedeværende|medlemmer(?: til stede)?"
    r"|deltagende(?: medlemmer)?|følgende deltog|mødte",
    "committee": r"udvalg|udvalgsnavn|mødeforum|forum|organ",
    "other": r"fraværende|afbud(?: fra)?|ikke til ?stede|bemærkninger|referent|sekretær|mødeleder|ordstyrer"
    r"|formand|mødetype|møde ?nr|journal ?nr|sagsnr|slut(?:tidspunkt)?|mødet (?:sluttede|hævet)"
    r"|offentliggjort|udskrevet|kommune|øvrige deltagere|desuden deltog|inviterede|gæster"
    r"|godkendt|bilag|dagsorden",
}
_NAMES = "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items())
_LABEL = re.compile(rf"(?:{_NAMES})(?:\s*\.?:\s*(?P<after>.*)|\s+(?P<value>.*)|)", re.IGNORECASE)
_KIND = (
    r"(?:(?:udkast til|åben|åbent|lukket|ekstraordinær[et]?|tillægs|endelig[et]?|foreløbig[et]?)[ -]?)*"
    r"(?:beslutnings)?(?:referat|dagsorden|protokol|mødeindkaldelse)"
)
_OF_MEETING = r"(?:det )?(?:(?:ekstra)?ordinært? )?(?:møde(?:t)?|udvalgsmøde)\b\s*(?:(?:i|for|af|med)\s+)?"
_TITLE = re.compile(
    rf"{_KIND}\b\s*[:–-]?\s*(?:(?:af|fra|til|for|over|ved)\s+)?(?:{_OF_MEETING})?(?P<rest>.*)"
    r"|(?:(?:ekstra)?ordinært? )?møde (?:i|for|med)\s+(?P<meeting>.+)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\b(?:man|tirs|ons|tors|fre|lør|søn)dag\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)"
# Where the day begins in a line that names a body and a day: "Direktionen d. 19-06-2017".
_DAY = re.compile(
    rf"(?:^|[\s,(–-])(?:(?:d\.?|den|på)\s+|{_WEEKDAY.pattern}|\d{{1,2}}\.?\s*(?:[.\-/]\s*\d|{_MONTH})"
    r"|\d{4}-\d\d-\d\d).*$",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"udvalg|råd(?:et)?\b|direktion|bestyrelse|nævn|kommission|forum|repræsentantskab", re.IGNORECASE
)
_NOISE = re.compile(
    r"udskre?v|udskrift|offentliggjort|side \d|www\.|http|sidst|oprettet|godkendt", re.IGNORECASE
)
_MINUTES = re.compile(r"referat\b|protokol\b", re.IGNORECASE)
_AGENDA = re.compile(r"dagsorden\b|mødeindkaldelse\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;](?![^(]*\))")
_AND = re.compile(r"\s+og\s+(?=[A-ZÆØÅ])")
_LONGEST = 200
_MOST = 400  # lines of a header that are read


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines above the first item say; None and () for what they do not."""

    committee: str | None
    date: date | None
    start: time | None
    place: str | None
    participants: tuple[str, ...]
    minutes: bool | None  # what the document calls itself; None when it does not


def read_header(lines: Sequence[Line]) -> Header:
    """Read the lines above the first item of the agenda."""
    texts = [line.bare if len(line.bare) < 4 * _LONGEST else "" for line in lines[:_MOST]]
    fields = dict(_fields(texts))
    when, clock = fields.get("date", ""), fields.get("time", "")
    dated = _dated([text for text in texts if len(text) < _LONGEST])
    return Header(
        committee=_committee(texts, fields.get("committee")),
        date=find_date(when) or find_date(dated),
        start=find_time(when) or find_time(f"kl. {clock}") or find_time(dated),
        place=fields.get("place"),
        participants=_people(fields.get("participants", "")),
        minutes=_minutes(texts),
    )


def tidy_committee(name: str) -> str:
    """Give a committee's name as printed, without the dots and marks around it."""
    return " ".join(name.split()).strip(" .,:;–-*_#")


def _fields(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield labelled values, the first of each; people may follow over many lines, others stand on one."""
    seen: set[str] = set()
    for number, text in enumerate(texts):
        match = _LABEL.fullmatch(text)
        name = next((field for field in _FIELDS if match[field]), None) if match else None
        if match is None or name is None or name in seen:
            continue
        value = (match["after"] or match["value"] or "").strip(" \t|")
        if name == "participants" or not value:
            more = _following(texts, number + 1)
            value = "\n".join([value, *more] if name == "participants" else more[:1]).strip()
        if value:
            seen.add(name)
            yield name, value


def _following(texts: Sequence[str], number: int) -> list[str]:
    """Collect the lines that belong to the label above: up to the next label, contents or two blank lines."""
    found: list[str] = []
    gap = 0
    for text in texts[number:]:
        gap = 0 if text else gap + 1
        if gap > 1 and found:
            break
        if text and (len(text) > _LONGEST or _begins_else(text)):
            break
        if text:
            found.append(text)
    return found


def _begins_else(text: str) -> bool:
    return bool(_LABEL.fullmatch(text) or _TITLE.fullmatch(text)) or is_contents_heading(text)


def _dated(texts: Sequence[str]) -> str:
    """Choose the line that most looks like the one that says when the meeting was; "" without any."""
    dated = [text for text in texts if not _NOISE.match(text) and find_date(text)]
    return max(dated, key=_looks_dated, default="")


def _looks_dated(text: str) -> int:
    """How much a line with a date looks like the one that says when the meeting was."""
    score = (
        4 * bool(_TITLE.fullmatch(text)) + 3 * bool(_WEEKDAY.search(text)) + 3 * (find_time(text) is not None)
    )
    return score + 2 * (len(text) < 40) + 2 * text.casefold().startswith(("den ", "d. "))


def _committee(texts: Sequence[str], labelled: str | None) -> str | None:
    """Find whose meeting it was: under a label, in the document's title, or on a line of its own."""
    if labelled:
        return tidy_committee(labelled)
    short = [text for text in texts if text and len(text) < _LONGEST]
    for text in short:
        title = _TITLE.fullmatch(text)
        name = tidy_committee(_DAY.sub("", title["rest"] or title["meeting"] or "")) if title else ""
        if len(name) > 1 and not _LABEL.fullmatch(name):
            return name
    alone = (
        tidy_committee(_DAY.sub("", text)) for text in short if len(text) < 80 and not _LABEL.fullmatch(text)
    )
    return next((name for name in alone if _BODY.search(name)), None)


def _people(value: str) -> tuple[str, ...]:
    """Split a list of people at commas, or by lines where it has none; their names are as printed."""
    joined = " ".join(value.split())
    parts = _SEPARATORS.split(joined) if "," in joined or ";" in joined else value.split("\n")
    names = (name.strip(" .-–•*\t") for part in parts for name in _AND.split(part))
    return tuple(name for name in names if any(map(str.isalpha, name)))


def _minutes(texts: Sequence[str]) -> bool | None:
    """Tell what the document calls itself first: minutes, an agenda, or neither."""
    for text in texts:
        if 0 < len(text) < _LONGEST and not _LABEL.fullmatch(text):
            if _MINUTES.search(text):
                return True
            if _AGENDA.search(text):
                return False
    return None
