"""Which quotes make an answer, and in which order: as few as answer.

A question for a decision gets the decision that stands with what it refers to; any other the best sentences.
Where the search holds another case to be about as good, the best that it says is quoted too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from semsearch.answers.asks import Asks
from semsearch.answers.decisions import (
    Span,
    admitted,
    decided,
    is_within,
    item_asked_for,
    names_meeting_days,
    recommendation,
)
from semsearch.answers.extract import Candidate, adds_to, choose
from semsearch.answers.questions import Question
from semsearch.answers.spans import widened
from semsearch.cases import followed, is_overruled, tells, treatments
from semsearch.catalog import ItemRow
from semsearch.index import Index
from semsearch.records import Filters, Hit, OutcomeKind, Quote, SectionKind
from semsearch.searcher import Result
from semsearch.text import terms_of

MOST = 5  # quotes of an answer
FEW = 3  # of the best case, where one fact is asked for
MORE = 12  # sentences that may stand in them, where neighbours make one quote
WORSE = 1.0  # than the best sentence: not worth quoting
RUN_CHARS = 450  # of a quote that holds several
GAP_CHARS = 120  # between two that are quoted as one
NEAR = 0.85  # of the best case's score: about as good; holds the right one of 16 of 49 wrong first ones
NEAR_LATER = 0.7  # of the best case's score, for what was decided later
DECIDED = 1.3  # than the best sentence: what the decision that stands says of it still comes first
OTHERS = 2  # cases that are about as good
ALIKE = 0.4  # of the shorter text's words: two texts are then about one figure
BESIDE = 2  # quotes of the decision beside the sentences, where something else was asked for
REPEATED_WORDS = 6  # fewer ("Anbefales.") are said of many cases
SpanOf = Callable[[Candidate], Span]
NO_DECISION = "The minutes print no decision on this; what they hold comes closest."
OTHER_TIME = "No meeting from {first} to {last} decided this; what another decided comes closest."


def compose(
    index: Index, asked: Question, result: Result, filters: Filters, found: Sequence[Candidate]
) -> tuple[tuple[Quote, ...], OutcomeKind | None, str]:
    """Return an answer's quotes, the outcome of the decision among them, and what must be said beside."""
    span_of = partial(_span, index, asked, filters)
    item = item_asked_for(index, asked, result, filters)
    decision, note = [span for span in decided(index, item) if _admits(filters, span)], ""
    if asked.first is Asks.VOTE:
        decision = [span for span in decision if span[1] is SectionKind.DECISION]
    if asked.wants_decision or (decision and asked.first is Asks.STATUS):
        note = _note(result, decision) if decision or not filters.section else ""
        spans = [*(decision or recommendation(index, item)), *_decided_elsewhere(index, result, item)]
        spans = _merged(span for span in spans if _admits(filters, span))
        if not (decision and asked.wants_decision_alone):
            spans = _merged([*spans, *_spans(found, [_text(index, span) for span in spans], span_of)])
    else:
        spans = _sentences(index, asked, result, found, decision, item, span_of=span_of)
        spans = _newer_first(index, asked, spans)
    outcome = _outcome(index, item) if decision and decision[0] in spans else None
    return tuple(_quote(index, asked, span) for span in spans), outcome, note


def _note(result: Result, decision: Sequence[Span]) -> str:
    """Return what must be said where no decision is printed, or none of a meeting of the time asked for."""
    if not decision:
        return NO_DECISION
    if not names_meeting_days(result.query) or is_within(decision[0][0].meeting.date, result.query):
        return ""
    return OTHER_TIME.format(first=result.query.first or "the first", last=result.query.last or "the last")


def _admits(filters: Filters, span: Span) -> bool:
    """Whether a span stands in the section that is asked for; `found` has no others."""
    return filters.section is None or span[1] == filters.section


def _outcome(index: Index, item: ItemRow) -> OutcomeKind | None:
    """Return what became of what was proposed: rejected where the advice that was followed was against it."""
    return OutcomeKind.REJECTED if is_overruled(followed(index, item)) else item.outcome


def _sentences(
    index: Index,
    asked: Question,
    result: Result,
    found: Sequence[Candidate],
    decision: Sequence[Span],
    item: ItemRow,
    *,
    span_of: SpanOf,
) -> list[Span]:
    """Return the best sentences, then those of other treatments and cases, then the decision."""
    beside = _beside(index, asked, decision)
    lead = [span_of(one) for one in _decided_first(asked, item, found)]
    most = min(MOST, len(lead) + (FEW if asked.wants_one_fact else MOST))
    own = _merged([*lead, *_spans(found, (), span_of)])[:most]
    later = [span_of(one) for one in _said_later(index, asked, found, own)]
    others = [span_of(one) for one in _said_elsewhere(result, found)]
    others = others[: MOST - 1 - len(later) - len(beside)]
    room = min(most, MOST - len(others)) - len(later) - len(beside)
    return _merged([*own[:room], *later, *others, *beside])


def _beside(index: Index, asked: Question, decision: Sequence[Span]) -> list[Span]:
    """Return what of a decision stands beside the sentences: what tells something that was asked for."""
    if asked.first in (Asks.TOPIC, Asks.YES_NO, Asks.STATUS):
        texts = [_text(index, span) for span in decision[:BESIDE]]
        return [
            span
            for place, (span, text) in enumerate(zip(decision, texts, strict=False))
            if place == 0 or tells(text) or asked.values(text)
        ]
    text = _text(index, decision[0]) if decision else ""
    fits = not asked.has_values or asked.worth(text, asked.values(text)) == 1
    return [decision[0]] if text and tells(text) and fits else []


def _decided_first(asked: Question, item: ItemRow, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the figure or date that the standing decision gives, ahead of what was proposed or held."""
    for one in found:
        if not asked.has_figures or one.score < found[0].score - DECIDED:
            return
        own = one.passage.item.id == item.id and one.passage.kind is SectionKind.DECISION
        if own and one.coverage > 0 and asked.worth(one.text, one.marks) == 1:
            yield one
            return


def _said_later(
    index: Index, asked: Question, found: Sequence[Candidate], own: Sequence[Span]
) -> Iterator[Candidate]:
    """Yield the best sentence of a later treatment that gives another value for what is quoted first."""
    first, said = own[0][0], [terms_of(_text(index, span)) for span in own]
    for one in found:
        if one.score < found[0].score - WORSE:
            return
        item = one.passage.item
        is_later = (
            item.case_number == first.case_number is not None and item.meeting.date > first.meeting.date
        )
        has_value = asked.worth(one.text, one.marks) == 1
        if is_later and has_value and _are_alike(one.terms, said[0]) and adds_to(one, said):
            yield one
            return


def _said_elsewhere(result: Result, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the best sentence of each other case that is about as good."""
    for hit in _others(result, _case(found[0].passage.item), NEAR)[:OTHERS]:
        yield from [one for one in found if _case(one.passage.item) == _case(hit)][:1]


def _decided_elsewhere(index: Index, result: Result, item: ItemRow) -> Iterator[Span]:
    """Yield the decisions that tell something of other cases about as good, or nearly so and later."""
    for hit in _others(result, _case(item), NEAR_LATER)[: 1 + OTHERS]:
        if names_meeting_days(result.query) and not is_within(hit.meeting_date, result.query):
            continue
        is_near = hit.score >= NEAR * result.hits[0].score
        if is_near or hit.meeting_date > item.meeting.date:
            other = index.catalog.item_by_id(hit.id.split("#")[0])
            yield from [span for span in list(decided(index, other))[:1] if tells(_text(index, span))]


def _others(result: Result, case: str, near: float) -> list[Hit]:
    """Return the best hit of each other case that scores `near` times as much as the best, best first."""
    best: dict[str, Hit] = {}
    for hit in result.hits:
        best.setdefault(_case(hit), hit)
    least = near * max(hit.score for hit in result.hits)
    return [hit for other, hit in best.items() if other != case and hit.score >= least]


def _case(entry: Hit | ItemRow) -> str:
    return entry.case_number or entry.id.split("#")[0]


def _newer_first(index: Index, asked: Question, spans: list[Span]) -> list[Span]:
    """Put what a later meeting says before what an earlier one said of the same figure or date of a case."""
    if not spans or not asked.has_figures:
        return spans
    said = terms_of(_text(index, spans[0]))
    same = [
        place
        for place, span in enumerate(spans)
        if span[0].case_number == spans[0][0].case_number is not None
        and asked.values(_text(index, span))
        and _are_alike(said, terms_of(_text(index, span)))
    ]
    ordered = sorted((spans[place] for place in same), key=lambda span: span[0].meeting.date, reverse=True)
    swapped = dict(zip(same, ordered, strict=True))
    return [swapped.get(place, span) for place, span in enumerate(spans)]


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * min(len(one), len(other))


def _text(index: Index, span: Span) -> str:
    item, _, start, end = span
    return index.catalog.text(item.meeting.document)[start:end]


def _spans(found: Sequence[Candidate], said: Sequence[str], span_of: SpanOf) -> Iterator[Span]:
    """Yield where the best sentences stand, each widened to what it needs to answer."""
    for one in choose(found, MORE, said):
        if one.score < found[0].score - WORSE:
            return
        yield span_of(one)


def _span(index: Index, asked: Question, filters: Filters, one: Candidate) -> Span:
    return _said_first(index, filters, one) or (
        one.passage.item,
        one.passage.kind,
        *widened(index, asked, one),
    )


def _said_first(index: Index, filters: Filters, one: Candidate) -> Span | None:
    """Return where another body decided what a sentence of a case's course repeats; None elsewhere."""
    item = one.passage.item
    if filters.section or one.passage.kind is not SectionKind.OTHER or len(one.text.split()) < REPEATED_WORDS:
        return None
    for other in treatments(index, item):
        place = (other.decision or "").find(one.text)
        if place >= 0 and other.item.id != item.id and admitted(other.item, filters):
            return other.item, SectionKind.DECISION, other.start + place, other.start + place + len(one.text)
    return None


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the first `MOST` spans; one that overlaps or adjoins one already taken makes it longer."""
    kept: list[Span] = []
    for span in spans:
        joined = next(((place, both) for place, one in enumerate(kept) if (both := _joined(one, span))), None)
        if joined:
            kept[joined[0]] = joined[1]
        elif len(kept) < MOST and not any(_overlap(one, span) for one in kept):
            kept.append(span)
    return kept


def _overlap(one: Span, other: Span) -> bool:
    return one[0].meeting.document == other[0].meeting.document and one[2] < other[3] and other[2] < one[3]


def _joined(one: Span, other: Span) -> Span | None:
    """Return two spans of one section as one, if they adjoin and the whole is short."""
    if one[:2] != other[:2]:
        return None
    start, end = min(one[2], other[2]), max(one[3], other[3])
    gap = max(one[2], other[2]) - min(one[3], other[3])
    longest = max(RUN_CHARS, one[3] - one[2])
    if not any(section.body_start <= start and end <= section.end for section in one[0].sections):
        return None
    return (*one[:2], start, end) if gap <= GAP_CHARS and end - start <= longest else None


def _quote(index: Index, asked: Question, span: Span) -> Quote:
    item, kind, start, end = span
    text = _text(index, span)
    return Quote(
        text=text,
        meeting_date=item.meeting.date,
        committee=item.meeting.committee,
        item_number=item.number,
        item_title=item.title,
        case_number=item.case_number,
        section=kind,
        source=item.source(start, end),
        marks=() if asked.first in (Asks.REASON, Asks.VOTE) else asked.marks(text),  # these have no value
    )
