"""Question -> answer: the minutes' own words, or nothing.

An answer is one to five quotes, best first. A question for a decision gets the decision that stands, whole,
with the points it refers to; any other gets the sentences or table rows that hold what it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from semsearch.answers.asks import Asks
from semsearch.answers.decisions import Span, decided, item_asked_for, recommendation, tells
from semsearch.answers.extract import Candidate, candidates, choose, terms_of
from semsearch.answers.questions import Question, read_question
from semsearch.answers.spans import widened
from semsearch.catalog import ItemRow
from semsearch.index import Index
from semsearch.records import Answer, Filters, OutcomeKind, Quote
from semsearch.searcher import Result, Searcher

__all__ = ["ask", "read_question"]

MOST = 5  # quotes of an answer
MORE = 12  # sentences that may stand in them, where neighbours make one quote
RUN_CHARS = 450  # of a quote that holds several
CLOSE_HITS = 3  # best hits whose later decisions are shown as well
CLOSE = 0.1  # of the best hit's score
GAP_CHARS = 120  # between two that are quoted as one
ALIKE = 0.4  # of the shorter text's words: two texts are then about one figure
BESIDE = 2  # quotes of the decision shown after the sentences where something else was asked for
NO_DECISION = "The minutes print no decision on this; what they hold comes closest."


def ask(
    searcher: Searcher, question: str, *, filters: Filters | None = None, k: int = 10
) -> tuple[Answer | None, Result]:
    """Answer a question with quotes, or with None where the minutes hold nothing.

    Returns:
        The answer and the search it rests on. `Answer.note` says so where a decision was asked for and
        none is printed; the quotes are then what comes closest.
    """
    filters = filters or Filters()
    result = searcher.search(question, k=k, filters=filters)
    if not result.hits:
        return None, result
    asked = read_question(question)
    found = candidates(searcher, asked, result)
    quotes, outcome, note = _compose(searcher.index, asked, result, filters, found)
    if not quotes:
        return None, result
    return Answer("\n".join(quote.text for quote in quotes), quotes, outcome, note=note), result


def _compose(
    index: Index, asked: Question, result: Result, filters: Filters, found: Sequence[Candidate]
) -> tuple[tuple[Quote, ...], OutcomeKind | None, str]:
    """Put the decision and the sentences in the order that fits the question."""
    item = item_asked_for(index, asked, result, filters)
    decision, note = list(decided(index, item)), ""
    said = [_text(index, span) for span in decision] if asked.wants_decision else []
    spans = list(_spans(index, asked, found, said))
    if asked.wants_decision:
        note = "" if decision else NO_DECISION
        spans = _merged([*(decision or recommendation(index, item)), *_later(index, result, item), *spans])
    else:
        beside = decision[: _beside(index, asked, decision)]
        spans = _merged([*_merged(spans)[: MOST - len(beside)], *beside, *spans])
        spans = _newer_first(index, asked, spans)
    outcome = item.outcome if decision and decision[0] in spans else None
    return tuple(_quote(index, asked, span) for span in spans), outcome, note


def _later(index: Index, result: Result, item: ItemRow) -> Iterator[Span]:
    """Yield what was decided later, under another case, of what is nearly as close to the question."""
    for hit in result.hits[:CLOSE_HITS]:
        other = index.catalog.item_by_id(hit.id.split("#")[0])
        is_later = other.meeting.date > item.meeting.date and other.case_number != item.case_number
        if is_later and hit.score >= result.hits[0].score - CLOSE:
            for span in list(decided(index, other))[:1]:
                if tells(_text(index, span)):
                    yield span


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
        and len(said & terms_of(_text(index, span)))
        >= ALIKE * min(len(said), len(terms_of(_text(index, span))))
    ]
    ordered = sorted((spans[place] for place in same), key=lambda span: span[0].meeting.date, reverse=True)
    swapped = dict(zip(same, ordered, strict=True))
    return [swapped.get(place, span) for place, span in enumerate(spans)]


def _beside(index: Index, asked: Question, decision: Sequence[Span]) -> int:
    """Return how many quotes of the decision stand beside the sentences: none that says nothing by itself."""
    if asked.first in (Asks.TOPIC, Asks.YES_NO, Asks.STATUS):
        return BESIDE
    return int(bool(decision) and tells(_text(index, decision[0])))


def _text(index: Index, span: Span) -> str:
    item, _, start, end = span
    return index.catalog.text(item.meeting.document)[start:end]


def _spans(index: Index, asked: Question, found: Sequence[Candidate], said: Sequence[str]) -> Iterator[Span]:
    """Yield where the best sentences stand, each widened to what it needs to answer."""
    for one in choose(found, MORE, said):
        yield one.passage.item, one.passage.kind, *widened(index, asked, one)


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
        marks=asked.values(text),
    )
