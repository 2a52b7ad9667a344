"""What is new in the index since a date: for people who come back, and for alerts from cron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from semsearch.cases import Treatment, matching, treatment
from semsearch.config import MAX_K, MAX_QUERY_CHARS
from semsearch.errors import UsageError
from semsearch.records import Filters
from semsearch.searcher import Searcher

ENOUGH = 0.3  # score of a match
NEAR = 0.75  # of the score of what matches a query best, new or old
QUERY_HINT = "one query a line; lines that begin with # are left out"


@dataclass(frozen=True, slots=True)
class News:
    """An item whose wording came into the index on `changed` (ISO 8601, UTC), and the queries it matches."""

    treatment: Treatment
    changed: str
    queries: tuple[str, ...] = ()


def since(
    searcher: Searcher, day: date, *, queries: Sequence[str] = (), filters: Filters | None = None
) -> list[News]:
    """Return the items indexed anew or with other words on or after `day`, the newest meeting first.

    With `queries`, only the items that match one of them, each with those it matches.
    """
    filters = filters or Filters()
    index = searcher.index
    items = {
        item.id: item
        for item in matching(index, filters)
        if item.changed[:10] >= day.isoformat() and not item.closed
    }
    matches = _matches(searcher, queries, filters) if items else {}
    return [
        News(treatment(index, item), item.changed, tuple(matches.get(item.id, ())))
        for item in items.values()
        if not queries or item.id in matches
    ]


def read_queries(path: Path) -> list[str]:
    """Read saved queries, one a line; blank lines and lines that begin with # are left out.

    Raises:
        UsageError: the file cannot be read, holds no query, or one that is too long.
    """
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}", QUERY_HINT) from None
    queries = [line for line in lines if line and not line.startswith("#")]
    if not queries:
        raise UsageError(f"{path} holds no query", QUERY_HINT)
    for query in queries:
        if len(query) > MAX_QUERY_CHARS:
            raise UsageError(f"a query of {path} has {len(query)} characters", f"at most {MAX_QUERY_CHARS}")
    return queries


def _matches(searcher: Searcher, queries: Sequence[str], filters: Filters) -> dict[str, list[str]]:
    """Return which items match which queries, by item id: those about as good as the best there is."""
    matches: dict[str, list[str]] = {}
    for query in dict.fromkeys(queries):
        best = max((hit.score for hit in searcher.search(query, k=1).hits), default=0.0)
        hits = searcher.search(query, k=MAX_K, filters=filters).hits
        near = [hit for hit in hits if hit.score >= max(ENOUGH, NEAR * best)]
        for item_id in dict.fromkeys(hit.id.split("#")[0] for hit in near):
            matches.setdefault(item_id, []).append(query)
    return matches
