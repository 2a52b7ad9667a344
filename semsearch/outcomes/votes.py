"""Who voted how, who was absent, and which sentences tell of single members instead of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.outcomes.wording import BODY
from semsearch.records import Vote
from semsearch.text.patterns import LazyPattern

ABSENT = LazyPattern(
    r"^[ \t]*(?:(?:der var )?(?:afbud|fraværende|forfald)\b|ikke (?:til ?stede|mødt|deltagende)\b)[^\n]*"
    r"(?:(?<=:)\n[^\n]+)?|^[^\n.:]{1,80} var (?:ikke til ?stede|fraværende)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)

_PARTY = r"\([A-ZÆØÅ]{1,3}(?:-\d)?\)"
_NAME = r"[A-ZÆØÅ](?:\.|[\w'’-]{0,30})(?:[ ][A-ZÆØÅ](?:\.|[\w'’-]{0,30})){1,4}"
_WHO = rf"(?:{_NAME}[ ]{_PARTY}|{_PARTY}|{_NAME}|[A-ZÆØÅ]{{1,2}}\b|[Ii]ngen\b)"
_LIST = rf"{_WHO}(?:(?:,[ ](?:og[ ])?|[ ]og[ ]|[ ]?\n){_WHO}){{0,40}}"
_EACH = LazyPattern(_WHO)
_MEMBER = LazyPattern(
    rf"(?:{_NAME}[ ]{_PARTY}|{_PARTY}|[A-ZÆØÅ]{{1,2}}(?=,|[ ]og[ ][A-ZÆØÅ]"
    r"|[ ](?:stem|undl|still|for|kan)))"
)
_CHOSEN = LazyPattern(r"\b(?:udpege|valgt|vælges)", re.IGNORECASE)
_VOTED = LazyPattern(r"(?:for|imod|mod)\b[^\n]{0,80}?\bstemte\b|stemte\b", re.IGNORECASE)
_PROPOSED = LazyPattern(
    r"\b(?:still(?:er|ede)|frems(?:atte|ætter)|foreslog|foreslår)\b|\bspurgte\b[^\n]{0,120}\binhabil|\bstemte\som\b",
    re.IGNORECASE,
)
_BODY_FIRST = LazyPattern(rf"(?:[\w-]{{1,40}},?[ ](?:og[ ])?){{0,3}}?{BODY}\b", re.IGNORECASE)
_VOTES = LazyPattern(
    rf"\b(?P<before>[Ff]or|[Ii]?[Mm]od)(?:[ ][^\n.:]{{1,60}}?)?[ ]stemte[ ]?:?\s?(?P<who1>{_LIST})"
    rf"|\b[Ss]temte[ ](?P<colon>for|imod|mod)[ ]?:\s?(?P<who2>{_LIST})"
    rf"|(?<![\w.(])(?P<who3>{_LIST})[ ](?:(?:stemte|stemmer)[ ](?P<after>for|imod|mod)\b"
    r"|(?P<aside>undlod|undlader)\b)"
    r"|\b[Ss]temmer(?:ne)?[ ](?P<for>\d{1,3})[ ]for(?:,|[ ]og)?(?:[ ](?P<against>\d{1,3}|ingen)[ ]i?mod)?"
    r"|\b(?P<for2>\d{1,3})[ ]stemmer[ ]for(?:[^.\n\d]{0,40}(?P<against2>\d{1,3})[ ](?:stemmer[ ])?i?mod)?"
    r"|\b(?P<for3>\d{1,3})[ ](?:stemmer[ ])?mod[ ](?P<against3>\d{1,3})(?:[ ]stemmer)?\b"
)


def absences(decision: str) -> tuple[str, ...]:
    """The lines that say who was not there ("Afbud: ...", "Ikke til stede: ..."), as printed, in order."""
    return tuple(match.group().strip() for match in ABSENT.now.finditer(decision))


def is_personal(sentence: str) -> bool:
    """Whether a sentence is a vote, or tells what single members or parties did, thought or asked."""
    return bool(
        _VOTED.now.match(sentence) or (_MEMBER.now.match(sentence) and not _CHOSEN.now.search(sentence))
    )


def is_proposal(sentence: str) -> bool:
    """Whether somebody other than the body moves something; the votes that follow are on that."""
    return bool(_PROPOSED.now.search(sentence)) and not _BODY_FIRST.now.match(sentence)


def votes_in(text: str) -> list[Vote]:
    """The votes of `text` in the order printed; a head count gives one vote for and one against."""
    return [vote for match in _VOTES.now.finditer(text) for vote in _cast(match)]


def _cast(match: re.Match[str]) -> Iterator[Vote]:
    counted = match["for"] or match["for2"] or match["for3"]
    if counted:
        yield Vote("for", (), int(counted))
        against = match["against"] or match["against2"] or match["against3"]
        if against:
            yield Vote("against", (), int(against) if against.isdecimal() else 0)
        return
    stance = match["before"] or match["colon"] or match["after"]
    who = match["who1"] or match["who2"] or match["who3"]
    names = tuple(name for name in _EACH.now.findall(who) if name.lower() != "ingen")
    yield Vote("abstained" if stance is None else "for" if stance.lower() == "for" else "against", names)
