"""Documents, meetings and items of a generation, in one SQLite file that is read immutable.

A document owns a contiguous run of rows (its passages) in every array of the generation;
`first_row` says where. Texts are kept whole, so that each quote can be shown to stand at its offsets.
"""

from __future__ import annotations

import errno
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from semsearch.records import Filters, MeetingKind, OutcomeKind, SectionKind, Source

_SCHEMA = """
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, path TEXT NOT NULL, digest TEXT NOT NULL, size_bytes INTEGER NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL, cpr_masked INTEGER NOT NULL,
  first_row INTEGER NOT NULL, passages INTEGER NOT NULL);
CREATE TABLE texts (
  document INTEGER PRIMARY KEY REFERENCES documents, text BLOB NOT NULL, words BLOB NOT NULL);
CREATE TABLE meetings (
  document INTEGER PRIMARY KEY REFERENCES documents, id TEXT NOT NULL, kind TEXT NOT NULL,
  committee TEXT NOT NULL, slug TEXT NOT NULL, date TEXT NOT NULL, start TEXT, place TEXT,
  participants TEXT NOT NULL, pages TEXT NOT NULL, url TEXT);
CREATE TABLE items (
  document INTEGER NOT NULL, ordinal INTEGER NOT NULL, label TEXT NOT NULL, number INTEGER NOT NULL,
  title TEXT NOT NULL, case_number TEXT, case_key TEXT, closed INTEGER NOT NULL,
  outcome TEXT, outcome_json TEXT, start INTEGER NOT NULL, "end" INTEGER NOT NULL, url TEXT,
  sections TEXT NOT NULL, attachments TEXT NOT NULL, digest TEXT NOT NULL, changed TEXT NOT NULL,
  standing INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE INDEX items_case ON items (case_key);
CREATE INDEX meetings_id ON meetings (id);
"""
# Nothing is synced here: the generation is, as a whole, before it is published. What is deleted is blanked.
_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;"
_STANDING = (
    """
CREATE TEMP TABLE standing AS
  SELECT document, ordinal FROM (
    SELECT i.document, i.ordinal, row_number() OVER (
      PARTITION BY i.case_key ORDER BY m.date DESC, m.start DESC, m.id DESC, i.ordinal DESC) AS place
    FROM items i JOIN meetings m USING (document)
    WHERE i.case_key IS NOT NULL AND json_extract(i.outcome_json, '$.role') = 'decides')
  WHERE place = 1""",
    """
UPDATE items SET standing = 0 WHERE standing
  AND (document, ordinal) NOT IN (SELECT document, ordinal FROM temp.standing)""",
    """
UPDATE items SET standing = 1 WHERE NOT standing
  AND (document, ordinal) IN (SELECT document, ordinal FROM temp.standing)""",
)
_COLUMNS = {"documents": 9, "texts": 3, "meetings": 11, "items": 18}
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document as the index knows it; `status` is "indexed", "superseded" or "skipped"."""

    number: int
    path: str
    digest: str
    size_bytes: int
    status: str
    reason: str
    cpr_masked: int
    first_row: int
    passages: int


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting of the index and the document it is read from."""

    document: int
    id: str
    kind: MeetingKind
    committee: str
    slug: str
    date: date
    start: time | None
    place: str | None
    participants: tuple[str, ...]
    pages: tuple[int, ...]
    url: str | None
    path: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section of an item, by offsets in the document's text."""

    kind: SectionKind
    heading: str
    start: int
    end: int
    body_start: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One agenda item of the index."""

    meeting: MeetingRow
    ordinal: int
    label: str
    number: int
    title: str
    case_number: str | None
    closed: bool
    outcome: OutcomeKind | None
    outcome_details: dict[str, Any]
    start: int
    end: int
    url: str | None
    sections: tuple[SectionRow, ...]
    attachments: tuple[str, ...]
    changed: str  # when this wording was first indexed, ISO 8601 UTC
    standing: bool  # the last treatment of its case that decided: what holds today
    digest: str  # of its text

    @property
    def id(self) -> str:
        """`<committee-slug>/<date>/<item>`."""
        return f"{self.meeting.id}/{self.label}"

    def source(self, start: int, end: int) -> Source:
        """Return where characters `start:end` of the item's document stand."""
        page = sum(first <= start for first in self.meeting.pages) or None
        return Source(self.meeting.path, start, end, page, self.url or self.meeting.url)


class Catalog:
    """Reads the SQLite file of one generation."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(_read_only(path), uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise OSError(errno.EIO, str(error), str(path)) from error
        self.text = lru_cache(maxsize=256)(self._text)
        self.meeting = lru_cache(maxsize=4096)(self._meeting)
        self.item = lru_cache(maxsize=4096)(self._item)

    def documents(self) -> list[DocumentRow]:
        """Return all documents, in path order."""
        rows = self._db.execute(f"SELECT {', '.join(DocumentRow.__slots__)} FROM documents ORDER BY path")
        return [DocumentRow(*row) for row in rows]

    def meetings(self) -> list[MeetingRow]:
        """Return all indexed meetings, oldest first."""
        rows = self._db.execute(
            "SELECT m.*, d.path FROM meetings m JOIN documents d ON d.number = m.document"
            " WHERE d.status = 'indexed' ORDER BY m.date, m.start, m.id"
        )
        return [_meeting_row(row) for row in rows]

    def items(self, where: str = "1", parameters: Sequence[Any] = ()) -> list[ItemRow]:
        """Return the indexed items that satisfy an SQL condition over `i` and `m`, oldest first.

        `where` is written by semsearch itself; what a user typed goes into `parameters`.
        """
        rows = self._db.execute(
            "SELECT i.* FROM items i JOIN meetings m USING (document)"
            " JOIN documents d ON d.number = i.document"
            f" WHERE d.status = 'indexed' AND ({where}) ORDER BY m.date, m.start, m.id, i.ordinal",
            parameters,
        )
        return [self._item_row(row) for row in rows]

    def item_by_id(self, item_id: str) -> ItemRow:
        """Return an item by its id (`<meeting>/<label>`).

        Raises:
            KeyError: there is none.
        """
        meeting, _, label = item_id.rpartition("/")
        found = self.items("m.id = ? AND i.label = ?", [meeting, label])
        if not found:
            raise KeyError(item_id)
        return found[0]

    def admitted(self, filters: Filters) -> list[tuple[int, int]]:
        """Return (document, ordinal) of every item the filters admit; `section` is left to the rows."""
        clauses, values = _conditions(filters)
        rows = self._db.execute(
            "SELECT i.document, i.ordinal FROM items i JOIN meetings m USING (document)"
            f" WHERE {' AND '.join(clauses)}",
            values,
        )
        return rows.fetchall()

    def case_numbers(self) -> dict[str, str]:
        """Return every case's number as printed, by its key."""
        rows = self._db.execute("SELECT DISTINCT case_key, case_number FROM items WHERE case_key IS NOT NULL")
        return dict(rows.fetchall())

    def standing(self) -> list[tuple[int, int]]:
        """Return (document, ordinal) of the items whose decision is the standing one of their case."""
        rows = self._db.execute("SELECT document, ordinal FROM items WHERE standing")
        return rows.fetchall()

    def words(self, documents: Iterable[int]) -> Iterator[list[str]]:
        """Yield the distinct words of each of some indexed documents."""
        for number in documents:
            row = self._db.execute("SELECT words FROM texts WHERE document = ?", [number]).fetchone()
            yield unpack(row[0]).split("\n")

    def open_items(self) -> Iterator[tuple[tuple[int, int], str, str]]:
        """Yield (document, ordinal), id and digest of the text of every item that is not closed."""
        rows = self._db.execute(
            "SELECT i.document, i.ordinal, m.id || '/' || i.label, i.digest"
            " FROM items i JOIN meetings m USING (document) WHERE NOT i.closed"
        )
        for document, ordinal, item_id, digest in rows:
            yield (document, ordinal), item_id, digest

    def matters(self) -> dict[tuple[int, int], tuple[str | None, str]]:
        """Return case number and title of every item, by (document, ordinal)."""
        rows = self._db.execute("SELECT document, ordinal, case_number, title FROM items")
        return {(document, ordinal): (case, title) for document, ordinal, case, title in rows}

    def count_items(self) -> int:
        """Return how many items are indexed."""
        (count,) = self._db.execute("SELECT count(*) FROM items").fetchone()
        return int(count)

    def facts(self, document: int) -> list[tuple[str, str]]:
        """Return (outcome, case key) of each item of a document, "" where there is none."""
        rows = self._db.execute(
            "SELECT ifnull(outcome, ''), ifnull(case_key, '') FROM items WHERE document = ? ORDER BY ordinal",
            [document],
        )
        return rows.fetchall()

    def changed(self, meeting_id: str) -> dict[tuple[str, str], str]:
        """Return when each item of a meeting was first indexed, by (label, digest of its text)."""
        rows = self._db.execute(
            "SELECT i.label, i.digest, i.changed FROM items i JOIN meetings m USING (document)"
            " WHERE m.id = ?",
            [meeting_id],
        )
        return {(label, digest): changed for label, digest, changed in rows}

    def _text(self, document: int) -> str:
        """Return the document's text as semsearch read it."""
        (blob,) = self._db.execute("SELECT text FROM texts WHERE document = ?", [document]).fetchone()
        return unpack(blob)

    def _meeting(self, document: int) -> MeetingRow:
        """Return the meeting a document holds."""
        row = self._db.execute(
            "SELECT m.*, d.path FROM meetings m JOIN documents d ON d.number = m.document WHERE document = ?",
            [document],
        ).fetchone()
        return _meeting_row(row)

    def _item(self, document: int, ordinal: int) -> ItemRow:
        """Return one item."""
        row = self._db.execute(
            "SELECT * FROM items WHERE document = ? AND ordinal = ?", [document, ordinal]
        ).fetchone()
        return self._item_row(row)

    def _item_row(self, row: Row) -> ItemRow:
        document, ordinal, label, number, title, case, _, closed, outcome, details, start, end, url = row[:13]
        return ItemRow(
            self.meeting(document),
            ordinal,
            label,
            number,
            title,
            case,
            bool(closed),
            OutcomeKind(outcome) if outcome else None,
            json.loads(details) if details else {},
            start,
            end,
            url,
            tuple(SectionRow(SectionKind(kind), *rest) for kind, *rest in json.loads(row[13])),
            tuple(json.loads(row[14])),
            row[16],
            bool(row[17]),
            row[15],
        )


class CatalogWriter:
    """Writes the SQLite file of the next generation; call `close` at the end.

    Raises:
        OSError: from every method, when the disk is full or fails.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._disk_errors():
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rwc", uri=True)
            self._db.executescript(_PRAGMAS + _SCHEMA)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Insert rows of a table, all columns in schema order."""
        marks = ", ".join("?" * _COLUMNS[table])
        with self._disk_errors():
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def copy(self, old: Path, numbers: Sequence[int]) -> None:
        """Take over documents of an older generation with all that hangs on them."""
        with self._disk_errors():
            self._db.commit()
            self._db.execute("ATTACH ? AS old", [_read_only(old)])
            self._db.execute("CREATE TEMP TABLE kept (number INTEGER PRIMARY KEY)")
            self._db.executemany("INSERT INTO kept VALUES (?)", [(number,) for number in numbers])
            self._db.execute("INSERT INTO main.documents SELECT * FROM old.documents WHERE number IN kept")
            for table in ("texts", "meetings", "items"):
                self._db.execute(f"INSERT INTO main.{table} SELECT * FROM old.{table} WHERE document IN kept")
            self._db.commit()
            self._db.execute("DETACH old")

    def place(
        self,
        number: int,
        *,
        path: str,
        status: str,
        reason: str,
        first_row: int,
        passages: int,
        meeting: str | None,
    ) -> None:
        """Set what may differ between generations for a document that did not change."""
        with self._disk_errors():
            self._db.execute(
                "UPDATE documents SET path = ?, status = ?, reason = ?, first_row = ?, passages = ?"
                " WHERE number = ?",
                [path, status, reason, first_row, passages, number],
            )
            if status != "indexed":
                self._db.execute("DELETE FROM texts WHERE document = ?", [number])
                self._db.execute("DELETE FROM items WHERE document = ?", [number])
            self._db.execute("UPDATE meetings SET id = ? WHERE document = ?", [meeting, number])

    def move(self, number: int, first_row: int) -> None:
        """Set where the rows of a document begin, which is all that differs between generations."""
        with self._disk_errors():
            self._db.execute("UPDATE documents SET first_row = ? WHERE number = ?", [first_row, number])

    def mark_standing(self) -> None:
        """Mark the last treatment of each case in which a body decided it."""
        with self._disk_errors():
            for statement in _STANDING:
                self._db.execute(statement)

    def close(self) -> None:
        """Commit and close."""
        with closing(self._db), self._disk_errors():
            self._db.commit()

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OSError(errno.EIO, str(error), str(self._path)) from error


def _read_only(path: Path) -> str:
    """Return a URI that makes SQLite neither lock nor write: a published file never changes."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def pack(text: str) -> bytes:
    """Compress a text for the catalog; a third of its size, half a millisecond to read back."""
    return zlib.compress(text.encode(), 6)


def unpack(blob: bytes) -> str:
    """Return what `pack` packed."""
    return zlib.decompress(blob).decode()


def _meeting_row(row: Row) -> MeetingRow:
    document, id_, kind, committee, slug, day, start, place, participants, pages, url, path = row
    return MeetingRow(
        document,
        id_,
        MeetingKind(kind),
        committee,
        slug,
        date.fromisoformat(day),
        time.fromisoformat(start) if start else None,
        place,
        tuple(json.loads(participants)),
        tuple(json.loads(pages)),
        url,
        path,
    )


def _conditions(filters: Filters) -> tuple[list[str], list[Any]]:
    clauses, values = ["1"], list[Any]()
    for condition, value in (
        ("m.date >= ?", filters.first and filters.first.isoformat()),
        ("m.date <= ?", filters.last and filters.last.isoformat()),
        ("i.case_key = ?", filters.case),
        ("i.outcome = ?", filters.outcome),
    ):
        if value is not None:
            clauses.append(condition)
            values.append(value)
    if filters.committees is not None:
        clauses.append(f"m.slug IN ({', '.join('?' * len(filters.committees))})")
        values += sorted(filters.committees)
    return clauses, values
