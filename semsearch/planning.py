"""Corpus against index -> what each document of the next generation is made from.

A document whose bytes the index knows is taken over, wherever it now lies; any other is parsed in a child
process and encoded. Nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch import corpus, seen, workers
from semsearch.catalog import Catalog, DocumentRow, MeetingRow
from semsearch.config import Limits, Settings
from semsearch.encoders import Encoder
from semsearch.errors import DocumentError, UsageError
from semsearch.index import Index
from semsearch.prepare import Head, Prepared, prepare
from semsearch.spool import Place, Spool

MASS_DELETE = 0.2
FORMAT_RANK = {".json": 0, ".html": 1, ".htm": 1, ".docx": 2, ".txt": 3, ".md": 3, ".pdf": 4}
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Report:
    """What a run did. `skipped` names each document that could not be read, and why.

    `parsed` and `encoded` say what the run cost: documents read by a parser, passages encoded anew;
    `cpr_masked` counts what was masked in those. Size, thresholds, gaps, agendas and `cpr_documents` are
    those of the index as it is after the run (see `coverage.py`).
    """

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
    parsed: int = 0
    encoded: int = 0
    cpr_masked: int = 0
    seconds: float = 0.0
    model: str = ""
    size_bytes: int = 0
    thresholds: dict[str, float] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    agendas: list[dict[str, Any]] = field(default_factory=list)
    cpr_documents: list[dict[str, Any]] = field(default_factory=list)
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
class Entry:
    """One document of the next generation: taken over (`old`), read anew (`new`), or neither (skipped)."""

    path: str
    digest: str = ""  # "" when it could not be read, or not within its limits: it is tried again next time
    size_bytes: int = 0
    number: int = 0
    old: DocumentRow | None = None
    meeting: MeetingRow | None = None  # of `old`
    new: Head | None = None
    place: Place | None = None  # of what was read anew
    status: str = "indexed"
    reason: str = ""  # why it is skipped, superseded, or indexed as it was before
    problem: str = ""  # why it could not be read in this run
    meeting_id: str | None = None
    first_row: int = 0
    stamp: str = ""  # of the file, when it was looked at

    @property
    def readable(self) -> bool:
        """Tell whether there is a meeting to index: one just read, or one taken over."""
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
        """Agenda or minutes."""
        return self.new.kind if self.new is not None else str(self.meeting and self.meeting.kind.value)

    @property
    def passages(self) -> int:
        """How many rows it fills."""
        if self.status != "indexed":
            return 0
        return self.new.passages if self.new is not None else self.old.passages if self.old else 0

    def keep(self, row: DocumentRow, meeting: MeetingRow) -> None:
        """Take over what the index holds."""
        self.old, self.number, self.meeting = row, row.number, meeting


@dataclass(slots=True)
class Planner:
    """Makes the plan of one run.

    `before` is what the index held, whatever it was built with; `old` is the same when its rows may be
    taken over. What is read anew goes into the spool.
    """

    folder: Path
    settings: Settings
    encoder: Encoder
    limits: Limits
    report: Report
    before: Catalog | None
    old: Index | None
    spool: Spool
    progress: Progress

    def plan(self, *, allow_mass_delete: bool) -> list[Entry]:
        """Say of each document where its rows come from; documents that must be read are read here.

        Raises:
            UsageError: no corpus, no documents in it, or too many gone.
        """
        listing = corpus.scan(self.folder)
        held = {row.path: row for row in self.before.documents()} if self.before else {}
        if not listing.paths and not held:
            raise UsageError(
                f"the corpus {self.folder} holds no minutes",
                f"put minutes there ({', '.join(sorted(corpus.SUFFIXES))}), or name another folder",
            )
        hidden = dict(_hidden(listing, held))
        known = {*listing.paths, *hidden}
        gone = {path: row for path, row in held.items() if path not in known and not path.endswith("/")}
        entries = [self._hide(path, reason, held) for path, reason in hidden.items()]
        entries += self._match(list(self._read(listing.paths, held)), held, gone)
        entries.sort(key=lambda entry: entry.path)
        self.report.seen, self.report.removed = len(listing.paths), len(gone)
        if not allow_mass_delete:
            self._refuse_mass_delete(gone, held)
        self._prepare([entry for entry in entries if not entry.readable and not entry.reason], held)
        self._resolve(entries)
        self._count(entries, held)
        return entries

    def differs(self, entries: Sequence[Entry]) -> bool:
        """Tell whether the next generation would differ from the one that is there.

        Raises:
            UsageError: it would hold nothing.
        """
        if not any(entry.passages for entry in entries):
            reasons = "; ".join(reason for _, reason in self.report.skipped[:3]) or "all documents are gone"
            raise UsageError(
                f"nothing of {self.folder} can be indexed: {reasons}",
                "is it the right folder? to get rid of an index, remove its folder",
            )
        if self.old is None:
            return True
        held = {row.path: row for row in self.old.catalog.documents()}
        return len(held) != len(entries) or any(
            self._is_news(entry, held.get(entry.path)) for entry in entries
        )

    def _refuse_mass_delete(self, gone: dict[str, DocumentRow], held: dict[str, DocumentRow]) -> None:
        lost, had = (sum(row.status != "skipped" for row in rows.values()) for rows in (gone, held))
        if lost > MASS_DELETE * had:
            raise UsageError(
                f"{lost} of {had} documents are gone from {self.folder}; nothing was changed",
                "is the folder mounted? if they were removed on purpose: --allow-mass-delete",
            )

    def _is_news(self, entry: Entry, row: DocumentRow | None) -> bool:
        if row is None or entry.new is not None or (entry.old and entry.old.number != row.number):
            return True
        if (entry.status, entry.reason) != (row.status, row.reason):
            return True
        return entry.meeting is not None and entry.meeting.id != entry.meeting_id

    def _read(self, paths: Sequence[str], held: dict[str, DocumentRow]) -> Iterator[Entry]:
        """Find out what each document holds; one that nobody touched holds what it held."""
        stamps = seen.load(self.old.generation.path) if self.old else {}
        for done, path in enumerate(paths):
            self.progress("reading", done, len(paths))
            # taken before the file is read: what is written in between leaves another one
            stamp = seen.stamp(corpus.file_of(self.folder, path))
            row = held.get(path)
            untouched = stamp and row and row.digest and stamps.get(path) == stamp
            if row and untouched and row.size_bytes <= self.limits.size_bytes:
                yield Entry(path, row.digest, row.size_bytes, stamp=stamp)
            else:
                yield self._read_one(path, stamp)

    def _read_one(self, path: str, stamp: str) -> Entry:
        try:
            document, _ = corpus.read(self.folder, path, limit_bytes=self.limits.size_bytes)
        except DocumentError as error:
            return Entry(path, problem=error.message)
        return Entry(path, document.digest, document.size_bytes, stamp=stamp)

    def _hide(self, path: str, reason: str, held: dict[str, DocumentRow]) -> Entry:
        entry = Entry(path, problem=reason)
        self._skip(entry, held.get(path))
        return entry

    def _match(
        self, entries: list[Entry], held: dict[str, DocumentRow], gone: dict[str, DocumentRow]
    ) -> list[Entry]:
        """Give each entry the old rows of the same bytes at the same path, or at a path that is gone."""
        moved = {row.digest: path for path, row in gone.items() if row.digest and row.status != "skipped"}
        for entry in entries:
            row = held.get(entry.path)
            if entry.problem:
                self._skip(entry, row)
            elif row is not None and row.digest == entry.digest:
                self._take_over(entry, row)
            elif row is None and entry.digest in moved:
                self._take_over(entry, gone.pop(moved.pop(entry.digest)))
        return entries

    def _take_over(self, entry: Entry, row: DocumentRow) -> None:
        if self.old is None:
            return
        if row.status != "skipped":
            entry.keep(row, self.old.catalog.meeting(row.number))
        elif row.path == entry.path:
            entry.old, entry.number = row, row.number
            entry.status, entry.reason, entry.problem = "skipped", row.reason, row.reason

    def _skip(self, entry: Entry, row: DocumentRow | None) -> None:
        """Keep the last good parse of a document that cannot be read, or leave it out."""
        entry.reason = entry.problem
        if row is not None and row.status != "skipped" and self.old is not None:
            entry.keep(row, self.old.catalog.meeting(row.number))
        else:
            entry.status = "skipped"

    def _prepare(self, entries: Sequence[Entry], held: dict[str, DocumentRow]) -> None:
        """Read documents in child processes and encode them as they come back."""
        if not entries:
            return
        waiting = {entry.path: entry for entry in entries}
        tasks = [(str(self.folder), path, self.settings, self.limits.size_bytes) for path in waiting]
        known = _KnownVectors(self.old)
        for done, (path, result) in enumerate(workers.run(read_and_prepare, tasks, self.limits)):
            self.progress("indexing", done, len(entries))
            self.report.parsed += 1
            entry = waiting[path]
            if isinstance(result, Prepared):
                entry.new = result.head
                entry.digest, entry.size_bytes = result.head.digest, result.head.size_bytes
                entry.place = self.spool.add(result.content, self._encode(result, known))
                continue
            entry.problem = result.message
            if isinstance(result, workers.LimitExceeded):
                entry.digest = ""
            self._skip(entry, held.get(path))

    def _encode(self, prepared: Prepared, known: _KnownVectors) -> NDArray[np.float16]:
        vectors = np.zeros((len(prepared.inputs), self.encoder.dim), np.float16)
        fresh = np.flatnonzero(~known.fill(prepared.content.rows["digest"], vectors))
        if len(fresh):
            vectors[fresh] = self.encoder.encode_passages([prepared.inputs[place] for place in fresh])
        self.report.encoded += len(fresh)
        return vectors

    def _resolve(self, entries: Sequence[Entry]) -> None:
        """Choose one document for each meeting, and read those again that no longer stand back.

        A document that is read again may hold something else by now, or nothing: then it is chosen anew.
        """
        while True:
            _choose(entries)
            again = [
                entry
                for entry in entries
                if entry.status == "indexed" and entry.old is not None and entry.old.status == "superseded"
            ]
            if not again:
                return
            for entry in again:
                entry.old, entry.meeting, entry.number, entry.problem = None, None, 0, ""
            self._prepare(again, {})

    def _count(self, entries: Sequence[Entry], held: dict[str, DocumentRow]) -> None:
        report = self.report
        for entry in entries:
            if entry.problem:
                report.skipped.append((entry.path, entry.problem))
            report.superseded += entry.status == "superseded"
            report.kept += entry.old is not None and entry.status != "skipped"
            if entry.new is not None:
                report.added += entry.path not in held
                report.changed += entry.path in held
                report.cpr_masked += entry.new.cpr_masked
        report.passages = sum(entry.passages for entry in entries)
        report.meetings = sum(entry.status == "indexed" for entry in entries)


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
        vectors[known] = self._old.vectors[self._order[place[known]]]
        return known


def read_and_prepare(folder: str, path: str, settings: Settings, limit_bytes: int) -> Prepared:
    """Read one document; what a child process does.

    Raises:
        DocumentError: it cannot be read, or holds no minutes.
    """
    document, data = corpus.read(Path(folder), path, limit_bytes=limit_bytes)
    return prepare(data, path, document.digest, settings)


def _hidden(listing: corpus.Listing, held: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what cannot be seen, with the reason: names that are no text, folders, and what was in them."""
    yield from listing.unreadable.items()
    folders = tuple(path for path in listing.unreadable if path.endswith("/"))
    for path in held:
        if path.startswith(folders) and path not in listing.unreadable:
            yield path, next(listing.unreadable[folder] for folder in folders if path.startswith(folder))


def _choose(entries: Sequence[Entry]) -> None:
    """Choose one document for each meeting: minutes before an agenda, then the richer format."""
    meetings: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.readable:
            meetings[entry.identity[:2]].append(entry)
    for (slug, day), group in meetings.items():
        starts = sorted({entry.identity[2] for entry in group} - {""}) or [""]
        for place, start in enumerate(starts):
            same = [entry for entry in group if (entry.identity[2] or starts[0]) == start]
            _rank(same, f"{slug}/{day}" if place == 0 else f"{slug}/{day}-{start.replace(':', '')}")


def _rank(same: Sequence[Entry], meeting_id: str) -> None:
    winner = min(same, key=_preference) if len(same) > 1 else same[0]
    for entry in same:
        entry.meeting_id = meeting_id
        if entry is winner:
            entry.status, entry.reason = "indexed", entry.problem
        else:
            entry.status, entry.reason = "superseded", f"{winner.path} holds the same meeting"


def _preference(entry: Entry) -> tuple[int, int, str]:
    return (
        0 if entry.kind == "minutes" else 1,
        FORMAT_RANK.get(Path(entry.path).suffix.lower(), 9),
        entry.path,
    )
