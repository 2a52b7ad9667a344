"""Corpus against index -> plan -> next generation. The nightly job; costs what has changed.

Every document is read and its digest compared; what is new is parsed in child processes, what is
not is taken over row by row. The result is the same as that of a fresh build.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch import bm25, corpus, dense, lexical, parsing, store, text, vocabulary, workers
from semsearch.calibration import calibrate
from semsearch.catalog import CatalogWriter, DocumentRow, MeetingRow
from semsearch.config import Limits, Settings
from semsearch.encoders import Encoder, load_encoder
from semsearch.errors import DocumentError, IndexDamaged, IndexMissing, UsageError
from semsearch.index import KEY_BITS, Index
from semsearch.outcomes import is_deciding
from semsearch.prepare import Prepared, prepare
from semsearch.records import SECTION_KINDS, OutcomeKind

MASS_DELETE = 0.2
FORMAT_RANK = {".json": 0, ".html": 1, ".htm": 1, ".docx": 2, ".txt": 3, ".md": 3, ".pdf": 4}
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Report:
    """What a run did. `skipped` names each document that could not be read, and why."""

    generation: int = 0
    published: bool = False
    seen: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0
    superseded: int = 0
    meetings: int = 0
    items: int = 0
    passages: int = 0
    encoded: int = 0
    cpr_masked: int = 0
    seconds: float = 0.0
    model: str = ""
    thresholds: dict[str, float] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """Return the report as the JSON object that `index --json` prints."""
        return {
            "schema": "semsearch/1",
            **asdict(self),
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
        }


@dataclass(slots=True)
class _Entry:
    """One document of the next generation: taken over (`old`), read anew (`new`), or neither (skipped)."""

    path: str
    digest: str
    size_bytes: int
    number: int = 0
    old: DocumentRow | None = None
    meeting: MeetingRow | None = None  # of `old`
    new: Prepared | None = None
    status: str = "indexed"
    reason: str = ""
    meeting_id: str | None = None
    first_row: int = 0
    vectors: NDArray[np.float16] | None = None

    @property
    def readable(self) -> bool:
        return self.new is not None or self.meeting is not None

    @property
    def identity(self) -> tuple[str, str, str]:
        """Committee slug, date, start ("" unknown): what makes two documents the same meeting."""
        if self.new is not None:
            return self.new.slug, self.new.date, self.new.start or ""
        assert self.meeting is not None
        start = self.meeting.start.isoformat("minutes") if self.meeting.start else ""
        return self.meeting.slug, self.meeting.date.isoformat(), start

    @property
    def kind(self) -> str:
        return self.new.kind if self.new is not None else str(self.meeting and self.meeting.kind.value)

    @property
    def passages(self) -> int:
        if self.status != "indexed":
            return 0
        return len(self.new.rows) if self.new is not None else self.old.passages if self.old else 0


def build_index(
    corpus_folder: Path | str,
    index_folder: Path | str,
    *,
    settings: Settings | None = None,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_mass_delete: bool = False,
    progress: Progress = lambda step, done, total: None,
    limits: Limits | None = None,
) -> Report:
    """Build or update an index so that it answers for what the corpus holds now.

    Args:
        corpus_folder: folder of minutes, searched with its subfolders.
        index_folder: where the index lies; made when missing.
        settings: model and splitting; an index of other settings is built anew.
        rebuild: read and encode everything, whatever is there.
        dry_run: find out what would be done, and publish nothing.
        allow_mass_delete: go on when more than a fifth of the documents has gone.
        progress: called with a step's name, how much is done, and of how much.
        limits: what one document may cost.

    Returns:
        What was done. With nothing new, no generation is published.

    Raises:
        UsageError: no corpus, no documents in it, or too many gone.
        IndexLocked: another run is writing.
        ModelMissing: the model named is not at hand.
    """
    began = perf_counter()
    folder, index = Path(corpus_folder), Path(index_folder)
    settings = settings or Settings()
    paths = list(corpus.scan(folder))
    encoder = load_encoder(settings.model)
    with store.writing(index) as target:
        run = _Run(
            folder, target, settings, encoder, progress, limits or Limits(), Report(model=encoder.name)
        )
        old = None if rebuild else run.usable(index)
        entries = run.plan(paths, old, allow_mass_delete=allow_mass_delete)
        if not dry_run and run.differs(entries, old):
            run.write(entries, old)
            run.report.generation = store.publish(index, target, run.manifest(entries)).number
            run.report.published = True
        elif old is not None:
            run.report.generation = old.generation.number
    run.report.seconds = perf_counter() - began
    return run.report


@dataclass(slots=True)
class _Run:
    """One run's inputs and its report."""

    folder: Path
    target: Path
    settings: Settings
    encoder: Encoder
    progress: Progress
    limits: Limits
    report: Report

    def usable(self, index: Path) -> Index | None:
        """Open the index that is there if its rows can be taken over; a note says why not."""
        if not store.exists(index):
            return None
        try:
            old = Index.open(index)
        except (IndexMissing, IndexDamaged) as error:
            self.report.notes.append(f"{error.message}; everything is read anew")
            return None
        made, wanted = old.manifest["settings"], self.made_with()
        if made["include_closed"] != wanted["include_closed"]:
            what = "with" if made["include_closed"] else "without"
            raise UsageError(
                f"{index} was built {what} the text of closed items", "name another folder with --index"
            )
        differing = [name for name in wanted if made.get(name) != wanted[name]]
        if differing:
            self.report.notes.append(
                f"{', '.join(differing)} changed since the last run; everything is read anew"
            )
            return None
        return old

    def made_with(self) -> dict[str, Any]:
        """Return what the rows of an index depend on."""
        return {
            "model": self.encoder.name,
            "revision": self.encoder.revision,
            "dim": self.encoder.dim,
            "parser": parsing.VERSION,
            "analyser": text.VERSION,
            "passage_words": self.settings.passage_words,
            "include_closed": self.settings.include_closed,
        }

    def plan(self, paths: Sequence[str], old: Index | None, *, allow_mass_delete: bool) -> list[_Entry]:
        """Say of each document where its rows come from; documents that must be read are read here."""
        held = {row.path: row for row in old.catalog.documents()} if old else {}
        if not paths and not held:
            raise UsageError(
                f"the corpus {self.folder} holds no minutes",
                f"put minutes there ({', '.join(sorted(corpus.SUFFIXES))}), or name another folder",
            )
        present = set(paths)
        gone = {row.digest: row for path, row in held.items() if path not in present}
        entries = [self._match(entry, held, gone, old) for entry in self._read(paths)]
        self.report.seen, self.report.removed = len(paths), len(gone)
        if len(gone) > MASS_DELETE * len(held) and not allow_mass_delete:
            raise UsageError(
                f"{len(gone)} of {len(held)} documents are gone from {self.folder}; nothing was changed",
                "is the folder mounted? if they were removed on purpose: --allow-mass-delete",
            )
        self._prepare(
            [entry for entry in entries if not entry.readable and entry.status == "indexed"], held, old
        )
        self._resolve(entries)
        again = [entry for entry in entries if entry.status == "indexed" and entry.old and not entry.passages]
        for entry in again:
            entry.meeting, entry.old, entry.number = None, None, 0
        self._prepare(again, {}, None)
        self._count(entries, held)
        return entries

    def _read(self, paths: Sequence[str]) -> Iterator[_Entry]:
        for done, path in enumerate(paths):
            self.progress("reading", done, len(paths))
            try:
                document, _ = corpus.read(self.folder, path, limit_bytes=self.limits.size_bytes)
                yield _Entry(path, document.digest, document.size_bytes)
            except DocumentError as error:
                yield _Entry(path, "", 0, status="skipped", reason=error.message)

    def _match(
        self, entry: _Entry, held: dict[str, DocumentRow], gone: dict[str, DocumentRow], old: Index | None
    ) -> _Entry:
        """Give an entry the old rows of the same bytes at the same path, or at a path that is gone."""
        row = held.get(entry.path)
        if row is None or row.digest != entry.digest:
            row = gone.pop(entry.digest, None) if row is None else None
        if entry.status == "skipped":
            self._skip(entry, entry.reason, held.get(entry.path), old)
        elif row is not None and old is not None:
            entry.old, entry.number = row, row.number
            if row.status == "skipped":
                entry.status, entry.reason = row.status, row.reason
            else:
                entry.meeting = old.catalog.meeting(row.number)
        return entry

    def _prepare(self, entries: Sequence[_Entry], held: dict[str, DocumentRow], old: Index | None) -> None:
        """Read documents in child processes and encode them as they come back."""
        waiting = {entry.path: entry for entry in entries}
        tasks = ((str(self.folder), path, self.settings, self.limits.size_bytes) for path in waiting)
        known = _KnownVectors(old)
        for done, (path, result) in enumerate(workers.run(_read_and_prepare, tasks, self.limits)):
            self.progress("indexing", done, len(entries))
            entry = waiting[path]
            if isinstance(result, Prepared):
                entry.digest, entry.size_bytes, entry.new = result.digest, result.size_bytes, result
                entry.vectors = self._encode(result, known)
            else:
                self._skip(entry, result.message, held.get(path), old)

    def _skip(self, entry: _Entry, reason: str, row: DocumentRow | None, old: Index | None) -> None:
        """Keep the last good parse of a document that cannot be read, or leave it out."""
        entry.reason = reason
        if row is not None and row.status != "skipped" and old is not None:
            entry.old, entry.number, entry.meeting = row, row.number, old.catalog.meeting(row.number)
        else:
            entry.status = "skipped"

    def _encode(self, prepared: Prepared, known: _KnownVectors) -> NDArray[np.float16]:
        vectors = np.zeros((len(prepared.rows), self.encoder.dim), np.float16)
        fresh = np.flatnonzero(~known.fill(prepared.rows["digest"], vectors))
        if len(fresh):
            vectors[fresh] = self.encoder.encode_passages([prepared.inputs[place] for place in fresh])
        prepared.inputs.clear()
        self.report.encoded += len(fresh)
        return vectors

    def _resolve(self, entries: Sequence[_Entry]) -> None:
        """Choose one document for each meeting: minutes before an agenda, then the richer format."""
        meetings: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
        for entry in entries:
            if entry.readable:
                meetings[entry.identity[:2]].append(entry)
        for (slug, day), group in meetings.items():
            starts = sorted({entry.identity[2] for entry in group} - {""})
            for place, start in enumerate(starts or [""]):
                same = [entry for entry in group if (entry.identity[2] or (starts or [""])[0]) == start]
                winner = min(same, key=_preference)
                name = f"{slug}/{day}" if place == 0 else f"{slug}/{day}-{start.replace(':', '')}"
                for entry in same:
                    entry.meeting_id = name
                    if entry is not winner:
                        entry.status, entry.reason = "superseded", f"{winner.path} holds the same meeting"
                    elif entry.status == "superseded" or (entry.old and entry.old.status == "superseded"):
                        entry.status, entry.reason = "indexed", ""

    def _count(self, entries: Sequence[_Entry], held: dict[str, DocumentRow]) -> None:
        report = self.report
        for entry in entries:
            if entry.status == "skipped" or (entry.reason and entry.status == "indexed"):
                report.skipped.append((entry.path, entry.reason))
            report.superseded += entry.status == "superseded"
            report.kept += entry.old is not None and entry.status != "skipped"
            if entry.new is not None:
                report.added += entry.path not in held
                report.changed += entry.path in held
                report.cpr_masked += entry.new.cpr_masked
        report.passages = sum(entry.passages for entry in entries)
        report.meetings = sum(entry.status == "indexed" for entry in entries)

    def differs(self, entries: Sequence[_Entry], old: Index | None) -> bool:
        """Tell whether the next generation would differ from the one that is there."""
        if old is None:
            if not any(entry.readable for entry in entries):
                names = "; ".join(reason for _, reason in self.report.skipped[:3])
                raise UsageError(
                    f"no document of {self.folder} could be read: {names}", "is it the right folder?"
                )
            return True
        held = {row.path: row for row in old.catalog.documents()}
        return len(held) != len(entries) or any(
            entry.old is None
            or (entry.path, entry.status, entry.reason)
            != (entry.old.path, entry.old.status, entry.old.reason)
            or (entry.meeting is not None and entry.meeting.id != entry.meeting_id)
            for entry in entries
        )

    def write(self, entries: Sequence[_Entry], old: Index | None) -> None:
        """Write all files of the next generation."""
        number = max([0, *(row.number for row in old.catalog.documents())] if old else [0])
        first = 0
        for entry in entries:
            if not entry.number:
                number += 1
                entry.number = number
            entry.first_row = first
            first += entry.passages
        live = [entry for entry in entries if entry.passages]
        steps: list[tuple[str, Callable[[], None]]] = [
            ("records", lambda: self._write_records(entries, old)),
            ("vectors", lambda: self._write_arrays(live, old)),
            ("words", lambda: self._write_words(live, old)),
            ("terms", lambda: self._write_lexical(live, old)),
        ]
        for done, (name, step) in enumerate(steps):
            self.progress(f"writing {name}", done, len(steps))
            step()

    def _write_records(self, entries: Sequence[_Entry], old: Index | None) -> None:
        writer = CatalogWriter(self.target / "records.sqlite")
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        try:
            if old is not None:
                kept = [entry.number for entry in entries if entry.old is not None]
                writer.copy(old.generation.path / "records.sqlite", kept)
            for entry in entries:
                if entry.old is None:
                    writer.add("documents", [_document_row(entry)])
                if entry.new is not None:
                    changed = _changed(old, entry.meeting_id)
                    writer.add("meetings", [_meeting_columns(entry, entry.new)])
                    items = entry.new.items if entry.status == "indexed" else []
                    writer.add(
                        "items",
                        [(entry.number, *row, changed.get((row[1], row[-1]), now), 0) for row in items],
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

    def _write_arrays(self, live: Sequence[_Entry], old: Index | None) -> None:
        rows = [entry.new.rows if entry.new else np.array(_old(old).rows[_span(entry)]) for entry in live]
        np.save(self.target / "rows.npy", np.concatenate(rows), allow_pickle=False)
        bm25.save(self.target, bm25.concatenate([_postings(entry, old) for entry in live]))
        blocks = (
            entry.vectors
            if entry.vectors is not None
            else _old(old).dense.slice(_span(entry).start, _span(entry).stop)
            for entry in live
        )
        dense.save(self.target / "passages.faiss", blocks, self.encoder.dim)

    def _write_words(self, live: Sequence[_Entry], old: Index | None) -> None:
        counts: Counter[str] = Counter()
        for entry in live:
            counts.update(_words(entry, old))
        words = vocabulary.select(counts)
        vocabulary.save(self.target / "words.tsv", words)
        embedded = load_encoder(None)
        vectors = embedded.encode_passages([word.word for word in words])
        dense.save(self.target / "words.faiss", [vectors.astype(np.float16)], embedded.dim)

    def _write_lexical(self, live: Sequence[_Entry], old: Index | None) -> None:
        years: dict[str, list[_Entry]] = defaultdict(list)
        for entry in live:
            years[entry.identity[1][:4]].append(entry)
        before = dict(old.manifest["shards"]) if old else {}
        for year, group in years.items():
            target = self.target / "lexical" / year
            numbers = [entry.number for entry in group]
            if old is not None and before.get(year) == numbers and not any(entry.new for entry in group):
                _link(old.generation.path / "lexical" / year, target)
            else:
                lexical.build(target, (passage for entry in group for passage in _passages(entry, old)))

    def manifest(self, entries: Sequence[_Entry]) -> store.Manifest:
        """Return what the manifest says of this generation; calibrates its thresholds."""
        years: dict[str, list[int]] = defaultdict(list)
        for entry in entries:
            if entry.passages:
                years[entry.identity[1][:4]].append(entry.number)
        dates = sorted(entry.identity[1] for entry in entries if entry.passages)
        report = self.report
        base = {
            "corpus": str(self.folder.resolve()),
            "settings": self.made_with(),
            "shards": dict(years),
            "meetings": report.meetings,
            "passages": report.passages,
            "first_date": dates[0] if dates else None,
            "last_date": dates[-1] if dates else None,
        }
        self.progress("calibrating", 0, 1)
        opened = Index(store.Generation(self.target, 0, {**base, "files": {}}))
        report.items = len(opened.catalog.items())
        report.thresholds = calibrate(opened, self.encoder)
        return {**base, "items": report.items, "thresholds": report.thresholds}


class _KnownVectors:
    """Vectors of an older generation by the digest of what was encoded."""

    def __init__(self, old: Index | None) -> None:
        self._old = old
        digests = old.rows["digest"] if old else np.zeros(0, np.uint64)
        self._order = np.argsort(digests, kind="stable")
        self._digests = digests[self._order]

    def fill(self, digests: NDArray[np.uint64], vectors: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Fill in the vectors that are known; return which."""
        if self._old is None or not len(self._digests):
            return np.zeros(len(digests), np.bool_)
        place = np.minimum(np.searchsorted(self._digests, digests), len(self._digests) - 1)
        known: NDArray[np.bool_] = self._digests[place] == digests
        vectors[known] = self._old.dense.vectors(self._order[place[known]])
        return known


def _read_and_prepare(folder: str, path: str, settings: Settings, limit_bytes: int) -> Prepared:
    document, data = corpus.read(Path(folder), path, limit_bytes=limit_bytes)
    return prepare(data, path, document.digest, settings)


def _preference(entry: _Entry) -> tuple[int, int, str]:
    return (
        0 if entry.kind == "minutes" else 1,
        FORMAT_RANK.get(Path(entry.path).suffix.lower(), 9),
        entry.path,
    )


def _old(old: Index | None) -> Index:
    assert old is not None
    return old


def _span(entry: _Entry) -> slice:
    assert entry.old is not None
    return slice(entry.old.first_row, entry.old.first_row + entry.old.passages)


def _postings(entry: _Entry, old: Index | None) -> bm25.Postings:
    if entry.new is not None:
        return entry.new.postings
    span = _span(entry)
    return _old(old).bm25.slice(span.start, span.stop)


def _words(entry: _Entry, old: Index | None) -> Iterable[str]:
    return entry.new.vocabulary() if entry.new is not None else _old(old).catalog.words(entry.number)


def _document_row(entry: _Entry) -> tuple[Any, ...]:
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


def _meeting_columns(entry: _Entry, new: Prepared) -> tuple[Any, ...]:
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


def _changed(old: Index | None, meeting_id: str | None) -> dict[tuple[str, str], str]:
    """Return when each item of a meeting was first indexed, by label and digest of its text."""
    return old.catalog.changed(meeting_id) if old is not None and meeting_id else {}


def _passages(entry: _Entry, old: Index | None) -> Iterator[lexical.Entry]:
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
