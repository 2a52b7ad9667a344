"""The lines above the first item -> what meeting it was: committee, day, time, place, who was there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from semsearch.parsing.dates import find_date, find_time
from semsearch.parsing.contents import is_contents_heading
from semsearch.parsing.lines import Line

_FIELDS = {
    "date": "mødedato|mødetidspunkt|mødet (?:blev )?(?:afholdt|holdt)|dato(?: og tid(?:spunkt)?)?|tid(?:spunkt)?(?: og sted)?|mødedag|møde den",
    "time": "starttidspunkt|mødetid|start|mødestart|mødet (?:startede|begyndte)|begyndt",
    "place": "mødested|mødelokale|sted|lokale|mødet afholdes",
    "participants": """mødedeltagere|deltagere|til ?stede(?: var)?|tilstedeværende|medlemmer(?: til stede)?|deltagende(?: medlemmer)?"""
    "|følgende deltog|mødte",
    "committee": "udvalg|udvalgsnavn|mødeforum|forum|organ|råd",
    "other": """fraværende|afbud(?: fra)?|ikke til ?stede|bemærkninger|referent|sekretær|mødeleder|ordstyrer|formand|mødetype
        |mødenr|møde ?nr|journal ?nr|sagsnr|slut(?:tidspunkt)?|mødet (?:sluttede|hævet)|offentliggjort|udskrevet|kommune|øvrige deltagere
        |desuden deltog|inviterede|gæster|mødeindkaldelse|godkendt|bilag|dagsorden""".replace(
        "\n        ", ""
    ),
}
_LABEL = re.compile(
    r"(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items())
    + r")(?:\s*\.?:\s*(?P<after>.*)|\s+(?P<value>.*)|)",
    re.IGNORECASE,
)
_KIND = r"(?:(?:udkast til|åben|åbent|lukket|beslutnings|ekstraordinær[et]?|tillægs|endelig[et]?|foreløbig[et]?)[ -]?)*(?:referat|dagsorden|protokol|mødeindkaldelse|beslutningsreferat)"
_TITLE = re.compile(
    rf"{_KIND}\s*[:–-]?\s*(?:(?:af|fra|til|for|over|ved)\s+)?(?:(?:det\s+)?(?:ekstraordinært?\s+|ordinært?\s+)?(?:møde(?:t)?|udvalgsmøde)\b\s*(?:(?:i|for|af|med)\s+)?)?(?P<rest>.*)",
    re.IGNORECASE,
)
_MEETING_IN = re.compile(
    r"(?:ekstraordinært?\s+|ordinært?\s+)?møde (?:i|for|med)\s+(?P<rest>.+)", re.IGNORECASE
)
_DAY = re.compile(
    r"[\s,]*[-–(]?\s*\b(?:(?:d\.?|den|på|fra|kl)\s*\.?\s*)?(?:(?:man|tirs|ons|tors|fre|lør|søn)dag\b\s*,?\s*)?(?:(?:d\.?|den)\s*)?\d{1,2}(?:[.\-/]\s*\d|\.?\s*(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)).*$"
    r"|[\s,]*\b(?:19|20)\d{2}-\d{2}-\d{2}.*$|[\s,]+(?:man|tirs|ons|tors|fre|lør|søn)dag\b.*$",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"udvalg|byråd|råd(?:et)?\b|direktion|bestyrelse|nævn|kommission|forum|repræsentantskab", re.IGNORECASE
)
_NOISE = re.compile(
    r"^(?:udskrevet|udskrift|offentliggjort|side \d|www\.|http|dato for|sidst|oprettet|godkendt)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\b(?:man|tirs|ons|tors|fre|lør|søn)dag\b", re.IGNORECASE)
_MINUTES = re.compile(r"\b(?:beslutnings)?(?:referat|protokol)|beslutningsprotokol", re.IGNORECASE)
_AGENDA = re.compile(r"dagsorden\b|mødeindkaldelse", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;](?![^(]*\))")
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
    texts = [line.bare for line in lines[:_MOST] if len(line.bare) < 4 * _LONGEST]
    fields = dict(_fields(texts))
    dated = _dated(texts)
    clock = fields.get("time", "")
    return Header(
        committee=_committee(texts, fields),
        date=find_date(fields.get("date", "")) or (find_date(dated) if dated else None),
        start=find_time(fields.get("date", ""))
        or find_time(clock)
        or find_time(f"kl. {clock}")
        or find_time(dated or ""),
        place=fields.get("place") or None,
        participants=_people(fields.get("participants", "")),
        minutes=_minutes(texts),
    )


def tidy_committee(name: str) -> str:
    """Give a committee's name as printed, without the dots and spaces around it."""
    return " ".join(name.split()).strip(" .,:;–-*_#")


def _fields(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield labelled values, the first of each; people may follow over many lines, others stand on one."""
    seen: set[str] = set()
    for number, text in enumerate(texts):
        match = _LABEL.fullmatch(text) if len(text) < _LONGEST * 4 else None
        if match is None or match.lastgroup is None:
            continue
        name = next(field for field in _FIELDS if match[field])
        value = (match["after"] or match["value"] or "").strip()
        more = _following(texts, number + 1)
        if name == "participants":
            value = "\n".join([value, *more] if value else more)
        elif not value and more:
            value = more[0]
        if (
            name not in seen
            and value
            and (name != "place" or match["after"] is not None or len(value) < _LONGEST)
        ):
            seen.add(name)
            yield name, value


def _following(texts: Sequence[str], number: int) -> list[str]:
    """Collect the lines that belong to the label above them: up to the next label, contents or gap of two lines."""
    found: list[str] = []
    gap = 0
    for text in texts[number:]:
        gap = 0 if text else gap + 1
        if text and (
            _LABEL.fullmatch(text)
            or is_contents_heading(text)
            or _TITLE.fullmatch(text)
            or len(text) > _LONGEST
        ):
            break
        if gap > 1 and found:
            break
        if text:
            found.append(text)
    return found


def _dated(texts: Sequence[str]) -> str | None:
    """Choose the line that most looks like the one that says when the meeting was."""
    best, choice = 0, None
    for text in texts:
        if len(text) < _LONGEST and not _NOISE.match(text) and find_date(text):
            score = (
                1
                + 4 * bool(_TITLE.match(text))
                + 3 * bool(_WEEKDAY.search(text))
                + 3 * (find_time(text) is not None)
            )
            score += 2 * (len(text) < 40) + 2 * text.casefold().startswith(("den ", "d. "))
            if score > best:
                best, choice = score, text
    return choice


def _committee(texts: Sequence[str], fields: dict[str, str]) -> str | None:
    if "committee" in fields:
        return tidy_committee(fields["committee"])
    for text in texts:
        title = _TITLE.fullmatch(text) or _MEETING_IN.fullmatch(text)
        name = tidy_committee(_DAY.sub("", title["rest"])) if title and len(text) < _LONGEST else ""
        if len(name) > 1 and not find_date(name) and name.casefold() not in ("fra", "den"):
            return name
    short = [
        tidy_committee(_DAY.sub("", text)) for text in texts if len(text) < 80 and not _LABEL.fullmatch(text)
    ]
    return next((text for text in short if _BODY.search(text)), None)


def _people(value: str) -> tuple[str, ...]:
    """Split a list of people at commas, or by lines where it has none; their names are as printed."""
    joined = " ".join(value.split())
    parts = _SEPARATORS.split(joined) if "," in joined or ";" in joined else value.split("\n")
    if len(parts) > 1 or "\n" not in value:
        parts = [name for part in parts for name in re.split(r"\s+og\s+(?=[A-ZÆØÅ])", part)]
    names = (part.strip(" .-–•*\t") for part in parts)
    return tuple(name for name in names if name and any(map(str.isalpha, name)))


def _minutes(texts: Sequence[str]) -> bool | None:
    for text in texts:
        if len(text) < _LONGEST and not _LABEL.fullmatch(text):
            if _MINUTES.search(text):
                return True
            if _AGENDA.search(text):
                return False
    return None
