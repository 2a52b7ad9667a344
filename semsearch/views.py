"""Results as the JSON of the contract (schema "semsearch/1"), the same for every face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from semsearch.records import Answer, Filters, Hit, Quote, Source

if TYPE_CHECKING:
    from semsearch.cases import Treatment
    from semsearch.catalog import ItemRow, MeetingRow
    from semsearch.errors import SemsearchError
    from semsearch.index import Index
    from semsearch.news import News
    from semsearch.queries import Query
    from semsearch.searcher import Result

SCHEMA = "semsearch/1"
Json = dict[str, Any]


def search_json(result: Result, index: Index, filters: Filters) -> Json:
    """Return a search result; what a filter says stands in place of what the query says."""
    query = result.query
    given = filters if filters.first or filters.last else query
    committees = sorted(filters.committees or query.committees)
    return {
        "schema": SCHEMA,
        "query": query.text,
        "interpreted": {
            "text": " ".join(query.words),
            "case_number": _case_number(query, index, filters),
            "from": given.first and given.first.isoformat(),
            "to": given.last and given.last.isoformat(),
            "committee": committees[0] if committees else None,
            "outcome": filters.outcome or (query.outcome and query.outcome.value),
        },
        "index": index_json(index),
        "hits": [hit_json(hit) for hit in result.hits],
        "abstained": result.abstained,
        "suggestions": [{"word": word, "suggestion": like} for word, like in result.suggestions],
        "took_ms": round(result.took_ms, 2),
    }


def _case_number(query: Query, index: Index, filters: Filters) -> str | None:
    """Return the case that is asked for, a filter's as the minutes print it."""
    if filters.case is None:
        return query.case_number
    held = index.catalog.items("i.case_key = ?", [filters.case])
    return held[0].case_number if held else filters.case


def ask_json(answer: Answer | None, result: Result, index: Index, filters: Filters) -> Json:
    """Return an answer with the search it rests on."""
    view = search_json(result, index, filters)
    view["answer"] = None if answer is None else answer_json(answer)
    return view


def answer_json(answer: Answer) -> Json:
    """Return an answer."""
    return {
        "text": answer.text,
        "quotes": [quote_json(quote) for quote in answer.quotes],
        "outcome": answer.outcome and answer.outcome.value,
        "note": answer.note or None,
        "model": answer.model,
    }


def hit_json(hit: Hit) -> Json:
    """Return a hit."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "id": hit.id,
        "meeting_date": hit.meeting_date.isoformat(),
        "committee": hit.committee,
        "item_number": hit.item_number,
        "item_title": hit.item_title,
        "case_number": hit.case_number,
        "section": hit.section.value,
        "outcome": hit.outcome and hit.outcome.value,
        "closed": hit.closed,
        "text": hit.text,
        "highlights": [list(span) for span in hit.highlights],
        "source": source_json(hit.source),
        "explain": dict(hit.parts),
        "same_as": hit.same_as,
    }


def quote_json(quote: Quote) -> Json:
    """Return a quote."""
    return {
        "text": quote.text,
        "meeting_date": quote.meeting_date.isoformat(),
        "committee": quote.committee,
        "item_number": quote.item_number,
        "item_title": quote.item_title,
        "case_number": quote.case_number,
        "section": quote.section.value,
        "marks": [list(span) for span in quote.marks],
        "source": source_json(quote.source),
    }


def source_json(source: Source) -> Json:
    """Return where a text stands."""
    return {
        "path": source.path,
        "start": source.start,
        "end": source.end,
        "page": source.page,
        "url": source.url,
    }


def index_json(index: Index) -> Json:
    """Return what an index is, in short."""
    manifest = index.manifest
    view = {
        "generation": manifest["generation"],
        "model": manifest["settings"]["model"],
        "meetings": manifest["meetings"],
        "first_date": manifest["first_date"],
        "last_date": manifest["last_date"],
    }
    return view | ({"include_closed": True} if manifest["settings"]["include_closed"] else {})


def treatment_json(one: Treatment) -> Json:
    """Return one treatment of a case, or one item of a meeting."""
    item = one.item
    source = _source_json(item, one.start, one.end) if one.decision else None
    return {
        "id": item.id,
        "meeting_date": item.meeting.date.isoformat(),
        "committee": item.meeting.committee,
        "item_number": item.number,
        "item_title": item.title,
        "case_number": item.case_number,
        "outcome": item.outcome and item.outcome.value,
        "decision": one.decision,
        "decision_source": source,
        "recommendation": one.recommendation,
        "role": one.role,
        "standing": one.standing,
        "votes": item.outcome_details.get("votes", []),
        "closed": item.closed,
        "source": item_source_json(item),
    }


def item_source_json(item: ItemRow) -> Json:
    """Return where an item stands."""
    return _source_json(item, item.start, item.end)


def _source_json(item: ItemRow, start: int, end: int) -> Json:
    return source_json(item.source(start, end))


def case_json(treatments: Sequence[Treatment]) -> Json:
    """Return a case's way through the meetings; at least one treatment."""
    standing = next((one.item.id for one in treatments if one.standing), None)
    return {
        "schema": SCHEMA,
        "case_number": treatments[0].item.case_number,
        "title": treatments[-1].item.title,
        "standing": standing,
        "items": [treatment_json(one) for one in treatments],
    }


def decisions_json(treatments: Sequence[Treatment], index: Index) -> Json:
    """Return a list of decisions."""
    return {
        "schema": SCHEMA,
        "index": index_json(index),
        "items": [treatment_json(one) for one in treatments],
    }


def news_json(day: str, news: Sequence[News], index: Index) -> Json:
    """Return what is new since a day."""
    items = [
        treatment_json(one.treatment) | {"changed": one.changed, "queries": list(one.queries)} for one in news
    ]
    return {"schema": SCHEMA, "since": day, "index": index_json(index), "items": items}


def similar_json(item: ItemRow, hits: Sequence[Hit], index: Index) -> Json:
    """Return the items like an item."""
    hits_json = [hit_json(hit) for hit in hits]
    return {"schema": SCHEMA, "item": item.id, "index": index_json(index), "hits": hits_json}


def meeting_json(meeting: MeetingRow, treatments: Sequence[Treatment]) -> Json:
    """Return a meeting and its agenda."""
    return {
        "schema": SCHEMA,
        "meeting": {
            "id": meeting.id,
            "date": meeting.date.isoformat(),
            "start": meeting.start and meeting.start.isoformat("minutes"),
            "committee": meeting.committee,
            "kind": meeting.kind.value,
            "place": meeting.place,
            "participants": list(meeting.participants),
            "source": {"path": meeting.path, "start": 0, "end": 0, "page": None, "url": meeting.url},
        },
        "items": [treatment_json(one) for one in treatments],
    }


def error_json(error: SemsearchError) -> Json:
    """Return an error."""
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
