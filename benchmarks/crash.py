"""Crashes: `index` killed with -9 at random moments; whether a whole generation answers after each.

Most trials kill a forked copy of this process, which has everything imported, so that the moments fall on
the work itself; some kill the command, start-up and child processes included.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

TRIALS, COMMANDS, LIMIT_S = 1_000, 40, 1_500.0
MARK = "hvalros nr. "
MINUTES = """REFERAT Teknisk Udvalg d. {day}-05-2023

Mødedato Mandag d. {day}. maj 2023 kl. 16:00

Punkt 1: Svømmehallen

23-001204

Sagsfremstilling

Taget er utæt, siger {mark}{version}.

Beslutning Teknisk Udvalg den {day}-05-2023

Godkendt.
"""


def main(trials: int = TRIALS, commands: int = COMMANDS, limit_s: float = LIMIT_S) -> None:
    """Print after how many kills the old generation answered, after how many the new one, and failures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "corpus").mkdir()
        for day in range(10, 20):
            (home / "corpus" / f"{day}.txt").write_text(MINUTES.format(day=day, mark=MARK, version=0))
        subprocess.run(_command(home), check=True, capture_output=True)
        deadline = time.monotonic() + limit_s
        for name, count, start in (("forked", trials, _fork), ("command", commands, _spawn)):
            outcomes, seconds = _kill_often(home, count, start, deadline)
            print(f"{name}: {sum(outcomes.values())} trials in {seconds:.0f} s")
            for outcome, times in sorted(outcomes.items()):
                print(f"  {times:5} {outcome}")
        subprocess.run(_command(home), check=True, capture_output=True)
        names = sorted(path.name for path in (home / "index").iterdir())
        print(f"after one more run: {names}")


def _kill_often(
    home: Path, count: int, start: Callable[[Path], int], deadline: float
) -> tuple[Counter[str], float]:
    draw, outcomes, began = random.Random(7), Counter[str](), time.perf_counter()
    whole = _timed(home, start)
    version = _version(home / "index")
    for trial in range(1, count + 1):
        if time.monotonic() > deadline:
            break
        (home / "corpus" / "10.txt").write_text(MINUTES.format(day=10, mark=MARK, version=trial))
        pid = start(home)
        time.sleep(draw.uniform(0, 1.1 * whole))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status)
        try:
            seen = _version(home / "index")
        except Exception as error:  # noqa: BLE001 - a failure is what is counted here
            outcomes[f"FAILED: {error}"] += 1
            continue
        if seen not in {version, trial}:
            outcomes[f"FAILED: {seen} is neither {version} nor {trial}"] += 1
        half = ", half a new one beside it" if _has_leftovers(home / "index") else ""
        what = "the new generation answers" if seen == trial else f"the old generation answers{half}"
        outcomes[what if killed else "finished before the kill"] += 1
        version = seen
    return outcomes, time.perf_counter() - began


def _timed(home: Path, start: Callable[[Path], int]) -> float:
    """Return how long an uninterrupted run takes, the median of three."""
    times = []
    for version in (1_000_001, 1_000_002, 1_000_003):
        (home / "corpus" / "10.txt").write_text(MINUTES.format(day=10, mark=MARK, version=version))
        began = time.perf_counter()
        os.waitpid(start(home), 0)
        times.append(time.perf_counter() - began)
    return sorted(times)[1]


def _has_leftovers(index: Path) -> bool:
    from semsearch.store import current

    return any(path.name > current(index).path.name for path in index.glob("gen-*"))


def _version(index: Path) -> int:
    """Open every part of an index, every byte verified, and return the version that it holds."""
    from semsearch.index import Index

    opened = Index.open(index, hold=True)
    assert len(opened.bm25) == len(opened.dense) == len(opened)
    (number,) = [row.number for row in opened.catalog.documents() if row.path == "10.txt"]
    return int(opened.catalog.text(number).split(MARK)[1].split(".")[0])


def _command(home: Path) -> list[str]:
    return [sys.executable, "-m", "semsearch", "--index", str(home / "index"), "index", str(home / "corpus")]


def _spawn(home: Path) -> int:
    null = subprocess.DEVNULL
    return subprocess.Popen(_command(home), stdout=null, stderr=null).pid


def _fork(home: Path) -> int:
    from semsearch import reindex, workers

    workers.run = _run_here
    pid = os.fork()
    if pid == 0:
        try:
            reindex.build_index(home / "corpus", home / "index")
        finally:
            os._exit(0)
    return pid


def _run_here(work: Callable[..., Any], tasks: Iterable[Any], limits: Any) -> Iterator[tuple[str, Any]]:
    for task in tasks:
        yield task[1], work(*task)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=TRIALS)
    parser.add_argument("--commands", type=int, default=COMMANDS)
    parser.add_argument("--limit-s", type=float, default=LIMIT_S)
    arguments = parser.parse_args()
    main(arguments.trials, arguments.commands, arguments.limit_s)
