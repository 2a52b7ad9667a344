"""What documents read in a run hold, kept in a file until it is written in the order of their paths.

Documents come back from their parsers in any order, and which of them is indexed is known when all have:
ten thousand meetings would not fit into memory until then. The file has no name, and is gone with its run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from semsearch.bm25 import Postings
from semsearch.prepare import ROW, Content, Record

Vectors = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document's content lies in the file: its first byte, and how many each part has."""

    start: int
    sizes: tuple[int, ...]


class Spool:
    """A file of contents below `folder`; None keeps nothing, for a run that writes no index."""

    def __init__(self, folder: Path | None) -> None:
        self._file: IO[bytes] | None = None
        if folder is not None:
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `__exit__`

    def add(self, content: Content, vectors: Vectors) -> Place:
        """Keep a content and the vectors of its passages; return where."""
        record, postings = content.record, content.postings
        parts = (
            json.dumps([record.meeting, record.items], ensure_ascii=False).encode(),
            record.text,
            record.words,
            content.rows.tobytes(),
            *(getattr(postings, name).tobytes() for name in Postings.__slots__),
            vectors.tobytes(),
        )
        if self._file is None:
            return Place(0, ())
        place = Place(self._file.seek(0, 2), tuple(map(len, parts)))
        self._file.writelines(parts)
        return place

    def record(self, place: Place) -> Record:
        """Return what the catalog says of a document."""
        about, text, words = self._read(place, 0, 3)
        meeting, items = json.loads(about)
        return Record(tuple(meeting), [tuple(item) for item in items], text, words)

    def arrays(self, place: Place) -> tuple[NDArray[Any], Postings, Vectors]:
        """Return a document's rows, postings and vectors; the vectors flat."""
        rows, terms, tf, counts, lengths, vectors = self._read(place, 3, 9)
        postings = Postings(
            np.frombuffer(terms, np.uint32),
            np.frombuffer(tf, np.uint8),
            np.frombuffer(counts, np.uint16),
            np.frombuffer(lengths, np.uint16),
        )
        return np.frombuffer(rows, ROW), postings, np.frombuffer(vectors, np.float16)

    def _read(self, place: Place, first: int, last: int) -> list[bytes]:
        assert self._file is not None
        self._file.seek(place.start + sum(place.sizes[:first]))
        return [self._file.read(size) for size in place.sizes[first:last]]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
