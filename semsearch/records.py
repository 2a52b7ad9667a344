"""The frozen values everything else passes around: what a meeting is, what a hit and an answer are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class SectionKind(StrEnum):
    """What a section of an agenda item is for, whatever its heading says."""

    RECOMMENDATION = "recommendation"
    DECISION = "decision"
    BACKGROUND = "background"
    PRESENTATION = "presentation"
    ECONOMY = "economy"
    ATTACHMENTS = "attachments"
    SUMMARY = "summary"
    OTHER = "other"


SECTION_KINDS = tuple(SectionKind)  # the index stores a kind by its place here


class OutcomeKind(StrEnum):
    """What a body did with an item."""

    APPROVED = "approved"
    APPROVED_AMENDED = "approved_amended"
    RECOMMENDED = "recommended"
    NOTED = "noted"
    DISCUSSED = "discussed"
    POSTPONED = "postponed"
    REFERRED = "referred"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    NO_DECISION = "no_decision"
    UNKNOWN = "unknown"


class MeetingKind(StrEnum):
    """Whether a document tells what is to be decided or what was; minutes supersede the agenda."""

    AGENDA = "agenda"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of an agenda item.

    `start:end` are offsets in `Meeting.text` and cover the heading line and the body; the sections
    of an item lie end to end, so each character of an item's text lies in exactly one of them.
    """

    kind: SectionKind
    heading: str  # as printed, "" where the text stands without one
    start: int
    end: int
    body_start: int  # where the text after the heading begins; == start without a heading


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item of the agenda. `start:end` in `Meeting.text` cover title line, case line and sections.

    `number` is the position as printed (1, 2, ...); an item that prints none gets its rank.
    """

    number: int
    title: str
    case_number: str | None  # normalised, see `semsearch.text.normalise_case_number`
    closed: bool
    start: int
    end: int
    sections: tuple[Section, ...] = ()
    attachments: tuple[str, ...] = ()  # names as printed
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one document says about one meeting.

    `text` is the source as semsearch read it (NFC, "\\n" line ends, CPR numbers masked, text of closed
    items left out): every offset anywhere counts characters of it.
    """

    committee: str
    date: date
    kind: MeetingKind
    text: str
    items: tuple[AgendaItem, ...]
    start: time | None = None
    place: str | None = None
    participants: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()  # offset of each page's first character; () where the format has none
    url: str | None = None
    cpr_masked: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is indexed: a run of whole sentences or table rows of one section.

    `start:end` are offsets in the document's text. `prefix` (title, section, committee) is
    indexed with the passage and never quoted.
    """

    section: int  # ordinal of the section in the item, from 0
    part: int  # ordinal of the passage in the section, from 0
    kind: SectionKind
    start: int
    end: int
    prefix: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, with the words that say so.

    `start:end` are offsets of `words` in the text that was read; `points` holds the outcome of each
    numbered point where a decision has several ("1.-2. Godkendt. 3. Anbefales.").
    """

    kind: OutcomeKind
    words: str = ""
    start: int = 0
    end: int = 0
    reservation: str = ""  # the addition to an approval, a recommendation or a noting, as printed
    points: tuple[tuple[int, OutcomeKind], ...] = ()
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """Who voted how, as printed: `stance` is "for", "against" or "abstained".

    `count` is the head count where one is printed ("15 for og 3 imod"); such a vote names nobody.
    """

    stance: str
    who: tuple[str, ...]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text stands: file (relative to the corpus), characters `start:end`, page from 1, address."""

    path: str
    start: int
    end: int
    page: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked passage. `rank` counts from 1; a larger `score` is better.

    `parts` is what the score of the item's best passage is made of, by name: `lexical` counts with
    `lexical_weight`, `cosine` with what that leaves of 1; all others are added; then `again` (a further
    treatment of a matter) and `closed` (the item is) multiply the sum. `case` stands alone.
    `same_as` is the rank of a hit above with the same text, or much the same in its own case.
    """

    rank: int
    score: float
    id: str
    meeting_date: date
    committee: str
    item_number: int
    item_title: str
    case_number: str | None
    section: SectionKind
    outcome: OutcomeKind | None
    closed: bool
    text: str
    highlights: tuple[tuple[int, int], ...]
    source: Source
    parts: tuple[tuple[str, float], ...] = ()
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the minutes: `text` stands, character for character, at `source.start:source.end`."""

    text: str
    meeting_date: date
    committee: str
    item_number: int
    item_title: str
    case_number: str | None
    section: SectionKind
    source: Source
    marks: tuple[tuple[int, int], ...] = ()  # the value asked for (amount, date, name) within `text`


@dataclass(frozen=True, slots=True)
class Answer:
    """What the minutes say to a question, in their own words, best first."""

    text: str
    quotes: tuple[Quote, ...]
    outcome: OutcomeKind | None = None
    model: str | None = None  # the language model that wrote `text` from the quotes; None: they are `text`
    note: str = ""  # what must be said beside the quotes, for example that no decision is printed


@dataclass(frozen=True, slots=True)
class Filters:
    """What passages must be, whatever the query says; None admits all."""

    first: date | None = None
    last: date | None = None
    committees: frozenset[str] | None = None  # slugs
    case: str | None = None  # case key
    section: str | None = None
    outcome: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, name) is not None for name in self.__slots__)
