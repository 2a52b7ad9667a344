"""Which passages share terms with a query: tantivy over terms that are already analysed.

A shard is one year of meetings, a tantivy index of its own that is never changed: a night's run
rebuilds the years it touched and links the others, and a removed meeting leaves no postings behind.
tantivy's scores only choose the candidates; `bm25.py` scores them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import numpy as np
import tantivy
from numpy.typing import ArrayLike

from semsearch.records import Filters
from semsearch.terms import Alternate, Group, term_id

LEAST_OF_A_SHARD = 50
HEAP_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage to be indexed: its terms as numbers with whole occurrences, and what it is filtered by."""

    key: int  # document number << 24 | passage within the document
    terms: ArrayLike  # uint32
    date: date
    committee: str  # slug
    case: str  # case key, "" without
    section: str
    outcome: str


def build(folder: Path, entries: Iterable[Entry]) -> None:
    """Write one shard; the same entries in the same order give the same candidates.

    Raises:
        OSError: the disk is full or fails.
    """
    folder.mkdir(parents=True)
    try:
        _write(folder, entries)
    except ValueError as error:  # what tantivy makes of it
        raise OSError(errno.EIO, str(error), str(folder)) from error
    for lock in folder.glob(".*.lock"):
        lock.unlink()


def _write(folder: Path, entries: Iterable[Entry]) -> None:
    writer = tantivy.Index(_schema(), str(folder)).writer(HEAP_BYTES, 1)
    for entry in entries:
        document = tantivy.Document()
        document.add_unsigned("key", entry.key)
        document.add_text("terms", np.asarray(entry.terms, ">u4").tobytes().hex(" ", 4))
        document.add_unsigned("date", entry.date.toordinal())
        for name in ("committee", "case", "section", "outcome"):
            document.add_text(name, getattr(entry, name))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class Lexical:
    """All shards of a generation opened for search; immutable."""

    def __init__(self, shards: Sequence[Path]) -> None:
        self._shards = [_open(path) for path in shards]

    def search(self, groups: Sequence[Group], k: int, filters: Filters) -> list[int]:
        """Return the keys of passages that hold terms of the query: of each shard its best, best first.

        Together about twice `k`: shards of one corpus share what is found, but a year may hold it all.
        """
        keys: list[int] = []
        k = min(k, max(LEAST_OF_A_SHARD, 2 * k // max(1, len(self._shards))))
        for schema, searcher in self._shards:
            hits = searcher.search(_query(schema, groups, filters), k, count=False).hits
            values = searcher.fast_field_values("key", [address for _, address in hits])
            keys += [int(value) for value in values if value is not None]
        return keys


def _open(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    """Open a shard without touching its folder, which may be read-only.

    tantivy makes a lock file beside the files it opens, so it is shown a folder of links instead. Once the
    files are open the links are not needed.
    """
    try:
        with TemporaryDirectory(prefix="semsearch-", ignore_cleanup_errors=True) as links:
            for path in folder.iterdir():
                os.symlink(path.resolve(), os.path.join(links, path.name))
            index = tantivy.Index.open(links)
            searcher = index.searcher()
            rmtree(links, ignore_errors=True)  # and again on leaving: tantivy's watcher may lock meanwhile
            return index.schema, searcher
    except (OSError, NotImplementedError):  # no place for it, or a Windows that lets not everyone make links
        index = tantivy.Index.open(str(folder))
        return index.schema, index.searcher()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("date", indexed=True)
    for name in ("committee", "case", "section", "outcome"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _query(schema: tantivy.Schema, groups: Sequence[Group], filters: Filters) -> tantivy.Query:
    must = [
        (tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0))
        for query in _filters(schema, filters)
    ]
    words = [
        tantivy.Query.disjunction_max_query([_alternate(schema, alternate) for alternate in group])
        for group in groups
    ]
    match = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
    return tantivy.Query.boolean_query([*must, (tantivy.Occur.Must, match)])


def _alternate(schema: tantivy.Schema, alternate: Alternate) -> tantivy.Query:
    terms = [
        tantivy.Query.boost_query(tantivy.Query.term_query(schema, "terms", f"{term_id(term):08x}"), weight)
        for term, weight in alternate
    ]
    return (
        terms[0]
        if len(terms) == 1
        else tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
    )


def _filters(schema: tantivy.Schema, filters: Filters) -> list[tantivy.Query]:
    query = tantivy.Query
    clauses = []
    if filters.first or filters.last:
        low, high = (filters.first or date.min).toordinal(), (filters.last or date.max).toordinal()
        clauses.append(query.range_query(schema, "date", tantivy.FieldType.Unsigned, low, high))
    if filters.committees is not None:
        clauses.append(query.term_set_query(schema, "committee", sorted(filters.committees)))
    for name in ("case", "section", "outcome"):
        value = getattr(filters, name)
        if value is not None:
            clauses.append(query.term_query(schema, name, value))
    return clauses
