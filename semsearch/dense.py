"""Vectors in FAISS: the only module that imports it. Flat, 16-bit, inner product of rows of length 1.

Flat search is exact and needs no training; at 25,000 passages it takes about a millisecond (RANKING).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Dense:
    """A matrix of unit vectors opened for search; immutable."""

    def __init__(self, path: Path) -> None:
        faiss.omp_set_num_threads(1)  # one query on one core; threads cost more to start than they save
        self._data = np.memmap(path, np.uint8, "r")  # searched where it lies, not copied
        reader: Any = faiss.ZeroCopyIOReader  # type: ignore[attr-defined]
        self._reader = reader(faiss.swig_ptr(self._data), self._data.size)
        self._index: Any = faiss.read_index(self._reader)
        start = len(_header(self.dim, 0))
        self._stored = np.frombuffer(self._data, "<f2", offset=start).reshape(-1, self.dim)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a row."""
        return int(self._index.d)

    def search(
        self, query: Vectors, k: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the `k` nearest rows of each query and their cosines, best first.

        Args:
            query: float32, (n, dim), rows of length 1.
            k: how many; fewer come back where fewer rows are allowed.
            allowed: bool, (len(self),): rows that may be returned; the rest is left out before ranking.

        Returns:
            rows int64 (n, k') and cosines float32 (n, k'); ties in row order.
        """
        k = min(k, len(self) if allowed is None else int(allowed.sum()))
        if k == 0:
            return np.zeros((len(query), 0), np.int64), np.zeros((len(query), 0), np.float32)
        params = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector: Any = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bits))
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        cosines, rows = self._index.search(query, k, params=params)
        order = np.lexsort((rows, -cosines), axis=1)
        return np.take_along_axis(rows, order, 1), np.take_along_axis(cosines, order, 1)

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the stored vectors of rows: float32, (len(rows), dim)."""
        return self._stored[rows].astype(np.float32)


class VectorWriter:
    """Writes a searchable matrix row by row, in memory for one block: what FAISS would write, at once.

    FAISS's file is a header, in which only the number of rows varies, and the rows as they are.
    """

    def __init__(self, path: Path, dim: int) -> None:
        self._dim = dim
        self._count = 0
        self._file = path.open("wb")
        self._file.write(_header(dim, 0))

    def add(self, block: NDArray[np.float16]) -> None:
        """Append rows: float16, (n, dim)."""
        self._count += len(block)
        self._file.write(np.ascontiguousarray(block, "<f2").data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                self._file.seek(0)
                self._file.write(_header(self._dim, self._count))


def save(path: Path, blocks: Iterable[NDArray[np.float16]], dim: int) -> None:
    """Write a searchable matrix of the blocks' rows, in order."""
    with VectorWriter(path, dim) as writer:
        for block in blocks:
            writer.add(block)


def stored(path: Path, dim: int) -> NDArray[np.float16]:
    """Map the rows of a file as they are stored, without reading it: float16, (n, dim)."""
    start = len(_header(dim, 0))
    count = (path.stat().st_size - start) // (2 * dim)
    if not count:
        return np.zeros((0, dim), np.float16)
    return np.memmap(path, "<f2", "r", offset=start, shape=(count, dim))


@cache
def _empty(dim: int) -> bytes:
    index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(np.zeros((1, dim), np.float32))
    return bytes(faiss.serialize_index(index))


def _header(dim: int, count: int) -> bytes:
    """Return what FAISS writes before `count` rows (its index_write.cpp: type, dim, count ..., bytes)."""
    empty = _empty(dim)
    return empty[:8] + struct.pack("<q", count) + empty[16:-8] + struct.pack("<Q", 2 * dim * count)
