"""The plan -> the files of the next generation. What is taken over is copied row by row."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from semsearch import bm25, dense, lexical, store, vocabulary
from semsearch.calibration import calibrate
from semsearch.catalog import Catalog, CatalogWriter
from semsearch.encoders import SHIPPED, Encoder, load_encoder
from semsearch.index import KEY_BITS, Index
from semsearch.outcomes import is_deciding
from semsearch.planning import Entry, Progress
from semsearch.prepare import Prepared
from semsearch.records import SECTION_KINDS, OutcomeKind


@dataclass(slots=True)
class Assembler:
    """Writes one generation. `before` and `old` are as in the plan; `now` dates what is new, ISO 8601 UTC."""

    target: Path
    encoder: Encoder
    before: Catalog | None
    old: Index | None
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
                if entry.old is None:
                    writer.add("documents", [_document_row(entry)])
                if entry.new is not None:
                    changed = _changed(self.before, entry.meeting_id)
                    writer.add("meetings", [_meeting_columns(entry, entry.new)])
                    items = entry.new.items if entry.status == "indexed" else []
                    writer.add(
                        "items",
                        [(entry.number, *row, changed.get((row[1], row[-1]), self.now), 0) for row in items],
                    )
                writer.place(
                    entry.number,
                    path=entry.path,
                    status=entry.status,
                    reason=entry.reason,
                    first_row=entry.first_row,
                    passages=entry.passages,
                    meeting=entry.meeting_id,
                )
            writer.mark_standing([kind.value for kind in OutcomeKind if is_deciding(kind)])
        finally:
            writer.close()

    def _write_arrays(self, live: Sequence[Entry]) -> None:
        rows = [
            entry.new.rows if entry.new else np.array(_old(self.old).rows[_span(entry)]) for entry in live
        ]
        np.save(self.target / "rows.npy", np.concatenate(rows), allow_pickle=False)
        bm25.save(self.target, bm25.concatenate([_postings(entry, self.old) for entry in live]))
        blocks = (
            entry.vectors
            if entry.vectors is not None
            else _old(self.old).dense.slice(_span(entry).start, _span(entry).stop)
            for entry in live
        )
        dense.save(self.target / "passages.faiss", blocks, self.encoder.dim)

    def _write_words(self, live: Sequence[Entry]) -> None:
        counts: Counter[str] = Counter()
        for entry in live:
            counts.update(_words(entry, self.old))
        words = vocabulary.select(counts)
        vocabulary.save(self.target / "words.tsv", words)
        embedded = self.encoder if self.encoder.name == SHIPPED else load_encoder(None)
        vectors = embedded.encode_passages([word.word for word in words])
        dense.save(self.target / "words.faiss", [vectors.astype(np.float16)], embedded.dim)

    def _write_lexical(self, live: Sequence[Entry]) -> None:
        years: dict[str, list[Entry]] = defaultdict(list)
        for entry in live:
            years[entry.identity[1][:4]].append(entry)
        before = dict(self.old.manifest["shards"]) if self.old else {}
        for year, group in years.items():
            target = self.target / "lexical" / year
            numbers = [entry.number for entry in group]
            if self.old and before.get(year) == numbers and not any(entry.new for entry in group):
                _link(self.old.generation.path / "lexical" / year, target)
            else:
                lexical.build(target, (passage for entry in group for passage in _passages(entry, self.old)))

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
            "meetings": len(live),
            "passages": sum(entry.passages for entry in live),
            "first_date": dates[0],
            "last_date": dates[-1],
        }
        self.progress("calibrating", 0, 1)
        opened = Index(store.Generation(self.target, 0, {**base, "files": {}}))
        return {
            **base,
            "items": len(opened.catalog.items()),
            "thresholds": calibrate(opened, self.encoder),
        }


def _old(old: Index | None) -> Index:
    assert old is not None
    return old


def _span(entry: Entry) -> slice:
    assert entry.old is not None
    return slice(entry.old.first_row, entry.old.first_row + entry.old.passages)


def _postings(entry: Entry, old: Index | None) -> bm25.Postings:
    if entry.new is not None:
        return entry.new.postings
    span = _span(entry)
    return _old(old).bm25.slice(span.start, span.stop)


def _words(entry: Entry, old: Index | None) -> Iterable[str]:
    return entry.new.vocabulary() if entry.new is not None else _old(old).catalog.words(entry.number)


def _document_row(entry: Entry) -> tuple[Any, ...]:
    new = entry.new
    indexed = new is not None and entry.status == "indexed"
    return (
        entry.number,
        entry.path,
        entry.digest,
        entry.size_bytes,
        entry.status,
        entry.reason,
        new.cpr_masked if new else 0,
        entry.first_row,
        entry.passages,
        new.text if new and indexed else None,
        new.words if new and indexed else None,
    )


def _meeting_columns(entry: Entry, new: Prepared) -> tuple[Any, ...]:
    return (
        entry.number,
        entry.meeting_id,
        new.kind,
        new.committee,
        new.slug,
        new.date,
        new.start,
        *new.meeting,
    )


def _changed(before: Catalog | None, meeting_id: str | None) -> dict[tuple[str, str], str]:
    """Return when each item of a meeting was first indexed, by label and digest of its text."""
    return before.changed(meeting_id) if before is not None and meeting_id else {}


def _passages(entry: Entry, old: Index | None) -> Iterator[lexical.Entry]:
    """Yield a document's passages for a lexical shard."""
    block = _postings(entry, old)
    slug, day, _ = entry.identity
    if entry.new is not None:
        rows, outcomes, cases = entry.new.rows, entry.new.outcomes, entry.new.cases
    else:
        rows = _old(old).rows[_span(entry)]
        facts = _old(old).catalog.facts(entry.number)
        outcomes, cases = [outcome for outcome, _ in facts], [case for _, case in facts]
    ends = np.cumsum(block.counts, dtype=np.int64)
    when = date.fromisoformat(day)
    for local, (item, kind, end, count) in enumerate(
        zip(rows["item"], rows["kind"], ends, block.counts, strict=True)
    ):
        terms = block.terms[end - count : end]
        times = np.minimum((block.tf[end - count : end] + 1) // 2, 3)
        yield lexical.Entry(
            key=entry.number << KEY_BITS | local,
            terms=np.repeat(terms, times).tolist(),
            date=when,
            committee=slug,
            case=cases[item],
            section=SECTION_KINDS[kind].value,
            outcome=outcomes[item],
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
