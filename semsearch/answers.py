"""Question -> answer: the minutes' own words, or nothing."""

from __future__ import annotations

import numpy as np

from semsearch.index import PassageRow
from semsearch.records import Answer, Filters, Hit, Quote, SectionKind, Source
from semsearch.searcher import Result, Searcher
from semsearch.text import sentences, stem, tokenise

BEST = 3  # sentences quoted where no decision is asked for
ITEMS = 3  # best items they are taken from


def ask(
    searcher: Searcher, question: str, *, filters: Filters | None = None, k: int = 10
) -> tuple[Answer | None, Result]:
    """Answer a question with quotes, or with None where the minutes hold nothing.

    A question for what was decided gets the decision of the best item whole; any other gets the
    sentences nearest to it, best first.
    """
    result = searcher.search(question, k=k, filters=filters)
    if not result.hits:
        return None, result
    quotes = _decision(searcher, result.hits[0]) if result.query.asks_decision else []
    quotes = quotes or _sentences(searcher, result)
    text = "\n".join(quote.text for quote in quotes)
    return Answer(text, tuple(quotes), result.hits[0].outcome), result


def _decision(searcher: Searcher, hit: Hit) -> list[Quote]:
    """Quote the decision of a hit's item, if it has one."""
    index = searcher.index
    found = _item_passages(searcher, hit)
    own = [passage for passage in found if passage.kind is SectionKind.DECISION]
    if not own:
        return []
    start, end = own[0].start, own[-1].end
    text = index.catalog.text(own[0].item.meeting.document)
    return [_quote(searcher, own[0], text, start, end)]


def _sentences(searcher: Searcher, result: Result) -> list[Quote]:
    """Quote the sentences of the best items that are nearest to the question."""
    scored: list[tuple[float, Quote]] = []
    vector = searcher.encoder.encode_queries([result.query.text])[0]
    wanted = {stem(word) for word in result.query.words}
    for place, hit in enumerate(result.hits[:ITEMS]):
        for passage in _item_passages(searcher, hit):
            if passage.kind is SectionKind.ATTACHMENTS:
                continue
            text = searcher.index.catalog.text(passage.item.meeting.document)
            spans = sentences(text, passage.start, passage.end)
            if not spans:
                continue
            cosines = searcher.encoder.encode_passages([text[start:end] for start, end in spans]) @ vector
            for (start, end), cosine in zip(spans, cosines, strict=True):
                stems = {stem(token.word) for token in tokenise(text[start:end])}
                share = len(wanted & stems) / max(1, len(wanted))
                score = 0.5 * float(cosine) + 0.5 * share - 0.15 * place
                scored.append((score, _quote(searcher, passage, text, start, end)))
    scored.sort(key=lambda entry: -entry[0])
    return [quote for _, quote in scored[:BEST]]


def _item_passages(searcher: Searcher, hit: Hit) -> list[PassageRow]:
    index = searcher.index
    items = index.catalog.items("m.id || '/' || i.label = ?", [hit.id.split("#")[0]])
    rows = index.rows_of_item(items[0].meeting.document, items[0].ordinal)
    return [index.passage(row) for row in np.arange(rows.start, rows.stop).tolist()]


def _quote(searcher: Searcher, passage: PassageRow, text: str, start: int, end: int) -> Quote:
    item = passage.item
    page = sum(offset <= start for offset in item.meeting.pages) or None
    return Quote(
        text=text[start:end],
        meeting_date=item.meeting.date,
        committee=item.meeting.committee,
        item_number=item.number,
        item_title=item.title,
        case_number=item.case_number,
        section=passage.kind,
        source=Source(item.meeting.path, start, end, page, item.url or item.meeting.url),
    )
