"""Arrays on disk, mapped to be read and written piece by piece: no more than a piece is held in memory."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0
from numpy.typing import DTypeLike, NDArray

_READING = Lock()  # numpy parses a header with `ast`, which Python 3.11 cannot do in two threads (gh-106905)


def mapped(path: Path) -> NDArray[Any]:
    """Map the array of an `.npy` file into memory, to be read only.

    Raises:
        OSError, ValueError: it is missing, or no array.
    """
    with _READING:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


class ArrayWriter:
    """Writes a one-dimensional `.npy` file; its length is known at the end only.

    numpy leaves room in a header for the length to grow, so that it can be written over.
    """

    def __init__(self, path: Path, dtype: DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self._count = 0
        self._file = path.open("wb")
        self._write_header()

    def add(self, values: NDArray[Any]) -> None:
        """Append values, cast to the file's type."""
        self._count += len(values)
        self._file.write(np.ascontiguousarray(values, self._dtype).data)

    def _write_header(self) -> None:
        header = header_data_from_array_1_0(np.zeros(0, self._dtype)) | {"shape": (self._count,)}
        self._file.seek(0)
        write_array_header_1_0(self._file, header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                self._write_header()
