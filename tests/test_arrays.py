"""Arrays written piece by piece are the files numpy writes at once."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

from semsearch.arrays import ArrayWriter
from semsearch.prepare import ROW


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, ROW])
@pytest.mark.parametrize("count", [0, 1, 4099])
def test_a_file_in_pieces_is_the_file_at_once(tmp_path: Path, dtype: DTypeLike, count: int) -> None:
    values = np.frombuffer(np.random.default_rng(1).bytes(count * np.dtype(dtype).itemsize), dtype)
    with ArrayWriter(tmp_path / "pieces.npy", dtype) as writer:
        for begin in range(0, count, 1000):
            writer.add(values[begin : begin + 1000])
    np.save(tmp_path / "whole.npy", values)
    assert (tmp_path / "pieces.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()


def test_what_is_added_is_cast(tmp_path: Path) -> None:
    with ArrayWriter(tmp_path / "a.npy", np.uint16) as writer:
        writer.add(np.array([1, 2, 70000 - 65536]))
    assert np.load(tmp_path / "a.npy").tolist() == [1, 2, 4464]
