"""Question -> answer: the minutes' own words, or nothing.

An answer is one to five quotes, best first. A question for a decision gets the decision that stands, whole,
with the points it refers to; any other gets the sentences or table rows that hold what it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from semsearch.answers.decisions import Span, decided, item_asked_for, recommendation
from semsearch.answers.extract import Candidate, candidates
from semsearch.answers.questions import Asks, Question, read_question
from semsearch.catalog import ItemRow
from semsearch.index import Index
from semsearch.records import Answer, Filters, Quote, SectionKind, Source
from semsearch.searcher import Result, Searcher
from semsearch.text import normalise

__all__ = ["ask", "read_question"]

MOST = 5  # quotes of an answer
_DECIDED_FIRST = {Asks.DECISION, Asks.VOTE}
_DECIDED_TOO = {Asks.YES_NO, Asks.TOPIC, Asks.STATUS}
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
    return Answer("\n".join(quote.text for quote in quotes), quotes, outcome, note), result


def _compose(index, asked, result, filters, found):
    item = item_asked_for(index, asked, result, filters)
    decision = [_quote(index, asked, span) for span in decided(index, item)]
    sentences = _distinct(_sentence_quotes(index, asked, found))
    note = ""
    if asked.first in _DECIDED_FIRST or Asks.DECISION in asked.asks:
        if not decision:
            note = NO_DECISION
            decision = [_quote(index, asked, span) for span in recommendation(index, item)]
        quotes = _merge(decision, sentences)
    elif asked.first in _DECIDED_TOO:
        quotes = _merge(_take(sentences, MOST - min(2, len(decision))), decision[:2])
    else:
        quotes = _merge(_take(sentences, MOST), [])
    outcome = item.outcome if any(q.section is SectionKind.DECISION for q in quotes) else None
    return tuple(quotes[:MOST]), outcome, note


def _take(quotes: Iterable[Quote], many: int) -> list[Quote]:
    return [quote for _, quote in zip(range(many), quotes, strict=False)]


def _merge(first: Sequence[Quote], then: Iterable[Quote]) -> list[Quote]:
    """Join quotes, leaving out what lies within one already taken."""
    kept = list(first)
    for quote in then:
        if len(kept) >= MOST:
            break
        if not any(_within(quote, other) for other in kept):
            kept.append(quote)
    return kept


def _within(quote: Quote, other: Quote) -> bool:
    same = quote.source.path == other.source.path
    inside = same and quote.source.start < other.source.end and other.source.start < quote.source.end
    return inside or _plain(quote.text) in _plain(other.text)


def _plain(text: str) -> str:
    return " ".join(normalise(text).split())


def _distinct(quotes: Iterable[Quote]) -> Iterator[Quote]:
    seen: list[Quote] = []
    for quote in quotes:
        if not any(_within(quote, other) for other in seen):
            seen.append(quote)
            yield quote


def _sentence_quotes(index: Index, asked: Question, found: Sequence[Candidate]) -> Iterator[Quote]:
    for one in found:
        yield _quote(index, asked, (one.passage.item, one.passage.kind, one.start, one.end))


def _quote(index: Index, asked: Question, span: Span) -> Quote:
    item, kind, start, end = span
    text = index.catalog.text(item.meeting.document)[start:end]
    page = sum(offset <= start for offset in item.meeting.pages) or None
    return Quote(
        text=text,
        meeting_date=item.meeting.date,
        committee=item.meeting.committee,
        item_number=item.number,
        item_title=item.title,
        case_number=item.case_number,
        section=kind,
        source=Source(item.meeting.path, start, end, page, item.url or item.meeting.url),
        marks=asked.values(text),
    )
