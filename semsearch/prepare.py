"""One document -> everything the index keeps of it. Runs in a child process, see `workers.py`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch import parsing
from semsearch.bm25 import Postings, postings
from semsearch.catalog import pack
from semsearch.config import Settings
from semsearch.outcomes import outcome_of, role_of
from semsearch.passages import split
from semsearch.records import SECTION_KINDS, AgendaItem, Meeting, OutcomeKind, Passage, Section, SectionKind
from semsearch.text import abbreviations, analyse, case_key, distinct_words, normalise, slug

ROW = np.dtype(
    [
        ("item", "<u4"),
        ("section", "<u2"),
        ("part", "<u2"),
        ("kind", "u1"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("digest", "<u8"),  # of what is encoded: an equal text keeps its vector
    ]
)
WHOLE, PART = 2, 1  # half occurrences a word and a compound's part count for in the running text
TITLE_WHOLE = 3  # a word of the title counts one and a half times, in each passage of its item


@dataclass(frozen=True, slots=True)
class Head:
    """What is told of a document that was read while the others are."""

    digest: str
    size_bytes: int
    kind: str
    committee: str
    slug: str
    date: str
    start: str | None
    cpr_masked: int
    passages: int


@dataclass(frozen=True, slots=True)
class Record:
    """What the catalog says of a document."""

    meeting: tuple[Any, ...]  # columns of `meetings` from `place` on
    items: list[tuple[Any, ...]]  # columns of `items` from `ordinal` to `digest`
    text: bytes
    words: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """All that is indexed of a document. `rows` has the dtype `ROW`."""

    record: Record
    rows: NDArray[Any]
    postings: Postings


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be indexed; `inputs` is what is encoded, by row."""

    head: Head
    content: Content
    inputs: list[str]


def prepare(data: bytes, path: str, digest: str, settings: Settings) -> Prepared:
    """Parse a document, split it, and count its terms.

    Raises:
        DocumentError: it holds no minutes that can be read.
    """
    meeting = parsing.parse(data, path, include_closed=settings.include_closed)
    passages = [
        (ordinal, passage)
        for ordinal, item in enumerate(meeting.items)
        for passage in split(meeting, item, words=settings.passage_words)
    ]
    inputs = [f"{passage.prefix}\n{meeting.text[passage.start : passage.end]}" for _, passage in passages]
    rows = [_row(*passage, text) for passage, text in zip(passages, inputs, strict=True)]
    explained = abbreviations(meeting.text)
    content = Content(
        _record(meeting),
        np.array(rows, dtype=ROW),
        postings(
            _terms(meeting, meeting.items[ordinal], passage, explained) for ordinal, passage in passages
        ),
    )
    return Prepared(_head(meeting, digest, len(data), len(passages)), content, inputs)


def _head(meeting: Meeting, digest: str, size_bytes: int, passages: int) -> Head:
    return Head(
        digest=digest,
        size_bytes=size_bytes,
        kind=meeting.kind.value,
        committee=meeting.committee,
        slug=slug(meeting.committee),
        date=meeting.date.isoformat(),
        start=meeting.start.isoformat("minutes") if meeting.start else None,
        cpr_masked=meeting.cpr_masked,
        passages=passages,
    )


def _record(meeting: Meeting) -> Record:
    return Record(
        meeting=(meeting.place, _json(meeting.participants), _json(meeting.pages), meeting.url),
        items=list(_items(meeting)),
        text=pack(meeting.text),
        words=pack("\n".join(sorted(distinct_words(meeting.text)))),
    )


Terms = tuple[tuple[Sequence[str], int], ...]


def _terms(meeting: Meeting, item: AgendaItem, passage: Passage, explained: Mapping[str, str]) -> Terms:
    """Return the terms of a passage with what each counts for."""
    text = meeting.text[passage.start : passage.end]
    body = analyse(text)
    title = _analyse_again(item.title)
    around = _analyse_again(passage.prefix[len(item.title) :])
    return (
        (body.stems, WHOLE),
        (body.parts, PART),
        (title.stems, TITLE_WHOLE),
        (title.parts, PART),
        (around.stems, PART),
        (around.parts, PART),
        (_other_names(text, body.stems, explained) if explained else (), PART),
    )


def _other_names(text: str, stems: Sequence[str], explained: Mapping[str, str]) -> list[str]:
    """Return what a passage leaves unsaid: what an abbreviation stands for, or the abbreviation of its words.

    `explained` holds those that the document itself explains, "Social- og Handicapcentret (SHC)".
    """
    held, plain = set(stems), normalise(text)
    names: list[str] = []
    for short, words in explained.items():
        if short in held:
            names += [] if words in plain else _analyse_again(words).stems
        elif words in plain:
            names.append(short)
    return names


_analyse_again = lru_cache(maxsize=4096)(analyse)  # titles and headings come with each passage


def _row(ordinal: int, passage: Passage, text: str) -> tuple[int, ...]:
    digest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
    kind = SECTION_KINDS.index(passage.kind)
    return ordinal, passage.section, passage.part, kind, passage.start, passage.end, digest


def _outcome(meeting: Meeting, item: AgendaItem) -> tuple[str, str | None]:
    """Return the outcome of an item and its details as JSON; offsets are those of the document."""
    if item.closed:
        return OutcomeKind.CLOSED.value, None
    section = next((section for section in item.sections if section.kind is SectionKind.DECISION), None)
    if section is None:
        return "", None
    outcome = outcome_of(meeting.text[section.body_start : section.end])
    details = {
        "words": outcome.words,
        "start": section.body_start + outcome.start,
        "end": section.body_start + outcome.end,
        "reservation": outcome.reservation,
        "points": outcome.points,
        "votes": [{"stance": vote.stance, "who": vote.who, "count": vote.count} for vote in outcome.votes],
        "role": role_of(outcome),
    }
    return outcome.kind.value, _json(details)


def _items(meeting: Meeting) -> Iterator[tuple[Any, ...]]:
    seen: Counter[int] = Counter()
    for ordinal, item in enumerate(meeting.items):
        kind, details = _outcome(meeting, item)
        seen[item.number] += 1
        again = seen[item.number]
        yield (
            ordinal,
            f"{item.number}" if again == 1 else f"{item.number}-{again}",
            item.number,
            item.title,
            item.case_number,
            case_key(item.case_number) if item.case_number else None,
            int(item.closed),
            kind or None,
            details,
            item.start,
            item.end,
            item.url,
            _json([_section(section) for section in item.sections]),
            _json(item.attachments),
            hashlib.sha256(meeting.text[item.start : item.end].encode()).hexdigest()[:32],
        )


def _section(section: Section) -> tuple[Any, ...]:
    return section.kind.value, section.heading, section.start, section.end, section.body_start


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
