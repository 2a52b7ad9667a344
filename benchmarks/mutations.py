"""Damage: every file of an index spoiled at random; whether a reader refuses it, by name, unparsed."""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

TRIALS = 10_000


def main(trials: int = TRIALS) -> None:
    """Print how many mutations of each kind were refused, and what was not."""
    from semsearch import build_index
    from semsearch.errors import IndexDamaged
    from semsearch.index import Index

    draw, refused, missed, unnamed = random.Random(1), Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(Path(__file__).parents[1] / "corpus", index)
        files = [path for path in index.rglob("*") if path.is_file() and not path.name.startswith("LOCK")]
        began = perf_counter()
        for trial in range(trials):
            path = files[trial % len(files)]
            data = path.read_bytes()
            how, mutant = next(iter(_mutants(data, draw)))
            path.write_bytes(mutant)
            try:
                Index.open(index, hold=True)
                missed[how] += 1
            except IndexDamaged as error:
                refused[how] += 1
                unnamed[how] += str(path) not in error.message
            path.write_bytes(data)
        seconds = perf_counter() - began
        shutil.rmtree(index)
    print(f"{trials} mutations of {len(files)} files in {seconds:.0f} s\n")
    print("| mutation | refused with exit 7 | not refused | refused, another file named |\n|---|---|---|---|")
    for how in sorted(refused | missed):
        print(f"| {how} | {refused[how]} | {missed[how]} | {unnamed[how]} |")


def _mutants(data: bytes, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield one way in which a disk, a copy or an editor spoils a file, drawn by chance."""
    place, kind = draw.randrange(len(data) or 1), draw.random()
    if kind < 0.5 and data:
        yield (
            "a bit flipped",
            data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :],
        )
    elif kind < 0.6 and data:
        yield "cut short", data[:place]
    elif kind < 0.7:
        yield "bytes appended", data + draw.randbytes(draw.randint(1, 9))
    elif kind < 0.8 and len(data) > 1:
        yield "a byte dropped", data[:place] + data[place + 1 :]
    elif kind < 0.9 and data.strip(b"\0"):
        yield "all zeroes", bytes(len(data))
    else:
        yield "random bytes of the same size", draw.randbytes(max(16, len(data)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=TRIALS)
    main(parser.parse_args().trials)
