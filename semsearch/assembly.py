"""The plan -> the files of the next generation. What is taken over is copied row by row."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch import bm25, dense, lexical, seen, store, vocabulary
from semsearch.arrays import ArrayWriter, mapped
from semsearch.calibration import calibrate
from semsearch.catalog import Catalog, CatalogWriter, DocumentRow
from semsearch.encoders import Encoder, word_encoder
from semsearch.index import KEY_BITS, Index
from semsearch.planning import Entry, Progress
from semsearch.prepare import ROW, Head, Record
from semsearch.records import SECTION_KINDS
from semsearch.spool import Spool

ROWS_AT_ONCE = 10_000  # taken over in one go: 5 MB of vectors


@dataclass(slots=True)
class Assembler:
    """Writes one generation. `before` and `old` are as in the plan; `now` dates what is new, ISO 8601 UTC."""

    target: Path
    encoder: Encoder
    before: Catalog | None
    old: Index | None
    spool: Spool
    now: str
    progress: Progress

    def write(self, entries: Sequence[Entry]) -> None:
        """Write all files of the next generation."""
        number = max([0, *(row.number for row in self.old.catalog.documents())] if self.old else [0])
        first = 0
        for entry in entries:
            if not entry.number:
                number += 1
                entry.number = number
            entry.first_row = first
            first += entry.passages
        seen.save(self.target, {entry.path: entry.stamp for entry in entries})
        live = [entry for entry in entries if entry.passages]
        steps: list[tuple[str, Callable[[], None]]] = [
            ("records", lambda: self._write_records(entries)),
            ("vectors", lambda: self._write_arrays(live)),
            ("words", lambda: self._write_words(live)),
            ("terms", lambda: self._write_lexical(live)),
        ]
        for done, (name, step) in enumerate(steps):
            self.progress(f"writing {name}", done, len(steps))
            step()

    def _write_records(self, entries: Sequence[Entry]) -> None:
        writer = CatalogWriter(self.target / "records.sqlite")
        try:
            if self.old is not None:
                kept = [entry.number for entry in entries if entry.old is not None]
                writer.copy(self.old.generation.path / "records.sqlite", kept)
            for entry in entries:
                self._write_record(writer, entry)
            writer.mark_standing()
        finally:
            writer.close()

    def _write_record(self, writer: CatalogWriter, entry: Entry) -> None:
        if entry.old is None:
            writer.add("documents", [_document_columns(entry)])
        if entry.new is not None and entry.place is not None:
            record = self.spool.record(entry.place)
            writer.add("meetings", [_meeting_columns(entry, entry.new, record)])
            if entry.status == "indexed":
                writer.add("texts", [(entry.number, record.text, record.words)])
                changed = _changed(self.before, entry.meeting_id)
                items = ((*row, changed.get((row[1], row[-1]), self.now), 0) for row in record.items)
                writer.add("items", [(entry.number, *row) for row in items])
        old = entry.old
        if old is not None and _is_as_it_was(entry, old):
            if old.first_row != entry.first_row:
                writer.move(entry.number, entry.first_row)
            return
        writer.place(
            entry.number,
            path=entry.path,
            status=entry.status,
            reason=entry.reason,
            first_row=entry.first_row,
            passages=entry.passages,
            meeting=entry.meeting_id,
        )

    def _write_arrays(self, live: Sequence[Entry]) -> None:
        frequencies = bm25.Frequencies(self.old.bm25 if self.old else None)
        for row in _dropped(live, self.old):
            gone = _old(self.old).bm25.slice(row.first_row, row.first_row + row.passages)
            frequencies.add(gone.terms, -1)
        with (
            ArrayWriter(self.target / "rows.npy", ROW) as rows,
            bm25.Writer(self.target, frequencies) as postings,
            dense.VectorWriter(self.target / "passages.faiss", self.encoder.dim) as vectors,
        ):
            for entry, (first, last) in _runs(live):
                if entry.place is not None:
                    columns, block, flat = self.spool.arrays(entry.place)
                    frequencies.add(block.terms)
                    stored = flat.reshape(-1, self.encoder.dim)
                else:
                    columns, block = _old(self.old).rows[first:last], _old(self.old).bm25.slice(first, last)
                    stored = _old(self.old).vectors[first:last]
                rows.add(columns)
                postings.add(block)
                vectors.add(stored)

    def _write_words(self, live: Sequence[Entry]) -> None:
        counts, known = self._count_words(live)
        stems = vocabulary.stems(counts, known)
        vocabulary.save_counts(self.target / "words.counts.tsv", counts, stems)
        words_kept = vocabulary.select(counts, stems)
        vocabulary.save(self.target / "words.tsv", words_kept)
        vectors = self._encode_words(words_kept)
        dense.save(self.target / "words.faiss", [vectors], vectors.shape[1])

    def _count_words(self, live: Sequence[Entry]) -> tuple[Counter[str], dict[str, str]]:
        """Count in how many documents each word stands: what was counted, less what goes, plus what comes.

        Return also the stems of the words that stood in the old index.
        """
        counts: Counter[str] = Counter()
        stems: dict[str, str] = {}
        if self.old is not None:
            counts, stems = vocabulary.read_counts(self.old.generation.path / "words.counts.tsv")
            for words in self.old.catalog.words(row.number for row in _dropped(live, self.old)):
                counts.subtract(words)
        coming = (entry.number for entry in live if entry.new is not None)
        for words in Catalog(self.target / "records.sqlite").words(coming):
            counts.update(words)
        return +counts, stems

    def _encode_words(self, words: Sequence[vocabulary.Word]) -> NDArray[np.float16]:
        """Encode words by the shipped model, but for those whose vectors the old index holds."""
        embedded = word_encoder(self.encoder)
        held: dict[str, int] = {}
        if self.old is not None and embedded is self.encoder:  # of the same revision, or all is built anew
            held = {known.word: row for row, known in enumerate(self.old.vocabulary)}
        rows = np.array([held.get(known.word, -1) for known in words], np.int64)
        vectors = np.zeros((len(words), embedded.dim), np.float16)
        if held:
            old = dense.stored(_old(self.old).generation.path / "words.faiss", embedded.dim)
            vectors[rows >= 0] = old[rows[rows >= 0]]
        fresh = np.flatnonzero(rows < 0)
        if len(fresh):
            vectors[fresh] = embedded.encode_passages([words[place].word for place in fresh.tolist()])
        return vectors

    def _write_lexical(self, live: Sequence[Entry]) -> None:
        years: dict[str, list[Entry]] = defaultdict(list)
        for entry in live:
            years[entry.identity[1][:4]].append(entry)
        before = dict(self.old.manifest["shards"]) if self.old else {}
        catalog = Catalog(self.target / "records.sqlite")
        rows = mapped(self.target / "rows.npy")
        postings = bm25.Bm25(self.target)
        for year, group in years.items():
            target = self.target / "lexical" / year
            numbers = [entry.number for entry in group]
            if self.old and before.get(year) == numbers and not any(entry.new for entry in group):
                _link(self.old.generation.path / "lexical" / year, target)
            else:
                documents = (_passages(entry, catalog, rows, postings) for entry in group)
                lexical.build(target, chain.from_iterable(documents))

    def manifest(self, entries: Sequence[Entry], base: store.Manifest) -> store.Manifest:
        """Return what the manifest says of this generation, added to `base`; calibrates its thresholds."""
        live = [entry for entry in entries if entry.passages]
        dates = sorted(entry.identity[1] for entry in live)
        shards: dict[str, list[int]] = defaultdict(list)
        for entry in live:
            shards[entry.identity[1][:4]].append(entry.number)
        base = {
            "created": self.now,
            **base,
            "shards": dict(shards),
            "documents": {entry.path: entry.digest for entry in entries if entry.digest},
            "meetings": len(live),
            "passages": sum(entry.passages for entry in live),
            "first_date": dates[0],
            "last_date": dates[-1],
        }
        self.progress("calibrating", 0, 1)
        if self.old is not None:
            self.old.let_go()  # or two generations are in memory while the new one is searched
        opened = Index(store.Generation(self.target, 0, {**base, "files": {}}))
        return {
            **base,
            "items": opened.catalog.count_items(),
            "thresholds": calibrate(opened, self.encoder),
        }


def _old(old: Index | None) -> Index:
    assert old is not None
    return old


def _is_as_it_was(entry: Entry, old: DocumentRow) -> bool:
    """Tell whether all that is written of a document's place, but for its rows', is there already."""
    meeting = entry.meeting.id if entry.meeting else None
    was = old.path, old.status, old.reason, old.passages, meeting
    return was == (entry.path, entry.status, entry.reason, entry.passages, entry.meeting_id)


def _dropped(live: Sequence[Entry], old: Index | None) -> Iterator[DocumentRow]:
    """Yield the documents of the old index whose rows are not taken over."""
    kept = {entry.number for entry in live if entry.new is None}
    for row in old.catalog.documents() if old else []:
        if row.passages and row.number not in kept:
            yield row


def _runs(live: Sequence[Entry]) -> Iterator[tuple[Entry, tuple[int, int]]]:
    """Yield what is read anew, and between it runs of old rows that lie side by side."""
    run: tuple[Entry, tuple[int, int]] | None = None
    for entry in live:
        span = (entry.old.first_row, entry.old.first_row + entry.old.passages) if entry.old else (0, 0)
        if run and entry.old and run[1][1] == span[0] and span[1] - run[1][0] <= ROWS_AT_ONCE:
            run = run[0], (run[1][0], span[1])
            continue
        if run:
            yield run
        run = (entry, span) if entry.old else None
        if run is None:
            yield entry, span
    if run:
        yield run


def _document_columns(entry: Entry) -> tuple[Any, ...]:
    masked = entry.new.cpr_masked if entry.new else 0
    return (
        entry.number,
        entry.path,
        entry.digest,
        entry.size_bytes,
        entry.status,
        entry.reason,
        masked,
        entry.first_row,
        entry.passages,
    )


def _meeting_columns(entry: Entry, new: Head, record: Record) -> tuple[Any, ...]:
    return (
        entry.number,
        entry.meeting_id,
        new.kind,
        new.committee,
        new.slug,
        new.date,
        new.start,
        *record.meeting,
    )


def _changed(before: Catalog | None, meeting_id: str | None) -> dict[tuple[str, str], str]:
    """Return when each item of a meeting was first indexed, by label and digest of its text."""
    return before.changed(meeting_id) if before is not None and meeting_id else {}


def _passages(
    entry: Entry, catalog: Catalog, all_rows: NDArray[Any], all_postings: bm25.Bm25
) -> Iterator[lexical.Entry]:
    """Yield a document's passages for a lexical shard."""
    last = entry.first_row + entry.passages
    rows, block = all_rows[entry.first_row : last], all_postings.slice(entry.first_row, last)
    facts = catalog.facts(entry.number)
    slug, day, _ = entry.identity
    when = date.fromisoformat(day)
    times = np.minimum((block.tf + 1) // 2, 3)
    terms = np.repeat(block.terms, times)
    cuts = np.cumsum([0, *times.tolist()])[np.cumsum([0, *block.counts.tolist()])].tolist()
    for local, (item, kind) in enumerate(zip(rows["item"].tolist(), rows["kind"].tolist(), strict=True)):
        outcome, case = facts[item]
        yield lexical.Entry(
            key=entry.number << KEY_BITS | local,
            terms=terms[cuts[local] : cuts[local + 1]],
            date=when,
            committee=slug,
            case=case,
            section=SECTION_KINDS[kind].value,
            outcome=outcome,
        )


def _link(source: Path, target: Path) -> None:
    """Take over a shard that is never changed: by hard links where the disk has them."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.suffix == ".lock":
            continue
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)
