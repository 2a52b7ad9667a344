"""How fast `semsearch check` verifies: a gigabyte in one file, and in eight."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

BLOCK = os.urandom(1 << 20)


def main() -> None:
    """Print GB a second of wall time and of processor time, medians of five."""
    from semsearch.checking import check

    for files in (1, 8):
        with tempfile.TemporaryDirectory() as folder:
            index = Path(folder) / "index"
            _fill(index, files, 1024 // files)
            rates = []
            for _ in range(5):
                began = time.process_time()
                found = check(index)
                rates.append((found.bytes / found.seconds, found.bytes / (time.process_time() - began)))
        wall, cpu = (median(rate) / 1e9 for rate in zip(*rates, strict=True))
        print(f"{files} file(s), 1 GiB: {wall:.2f} GB/s of wall time, {cpu:.2f} GB/s of processor time")


def _fill(index: Path, files: int, blocks: int) -> None:
    from semsearch import store

    with store.writing(index) as folder:
        for number in range(files):
            with (folder / str(number)).open("wb") as file:
                file.writelines(BLOCK for _ in range(blocks))
        store.publish(index, folder, {"settings": {}})


if __name__ == "__main__":
    main()
