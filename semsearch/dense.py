"""Vectors in FAISS: the only module that imports it. Flat, 16-bit, inner product of rows of length 1.

Flat search is exact and needs no training; at 25,000 passages it takes about a millisecond (RANKING).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Dense:
    """A matrix of unit vectors opened for search; immutable."""

    def __init__(self, path: Path) -> None:
        faiss.omp_set_num_threads(1)  # one query on one core; threads cost more to start than they save
        self._index: Any = faiss.deserialize_index(np.fromfile(path, dtype=np.uint8))

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
        if not len(rows):
            return np.zeros((0, self.dim), np.float32)
        found: Vectors = self._index.reconstruct_batch(rows)
        return found

    def slice(self, first: int, last: int) -> NDArray[np.float16]:
        """Return rows `first:last` as they are stored: float16, (last - first, dim)."""
        if first == last:
            return np.zeros((0, self.dim), np.float16)
        return np.array(self._index.reconstruct_n(first, last - first), dtype=np.float16)


def save(path: Path, blocks: Iterable[NDArray[np.float16]], dim: int) -> None:
    """Write a searchable matrix of the blocks' rows, in order."""
    index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(np.zeros((1, dim), np.float32))
    for block in blocks:
        if len(block):
            index.add(block.astype(np.float32))
    faiss.serialize_index(index).tofile(path)
