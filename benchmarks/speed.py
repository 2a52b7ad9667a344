"""How quick it is: indexing, an index run with nothing new, a cold and a warm search, memory.

Run with `.venv/bin/python -m benchmarks.speed [--shared DIR]`; measures the largest set at hand. Each cold
figure is the median of fresh processes; CPU is user and system time, children of the process included.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from benchmarks.sets import ROOT, Set, sets, shared_folder
from semsearch import open_index
from semsearch.judgments import read_judged
from semsearch.metrics import percentile

RUNS = 7
ROUNDS = 3
HEAVY = ("torch", "transformers", "sentence_transformers", "scipy", "sklearn", "fastapi")
LOADED = "import sys; from semsearch.cli import run; run(sys.argv[1:]); print('\\0'.join(sys.modules))"


@dataclass(frozen=True)
class Cost:
    """One fresh process: seconds of wall and CPU time, the most memory it held, what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


def cost(*arguments: str) -> Cost:
    """Run a fresh interpreter with these arguments; `wait4` counts this child alone, and its own children."""
    began = perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    output = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def show_indexing(corpus: Path, index: Path) -> None:
    command = ("-m", "semsearch", "--index", str(index), "--json", "index", str(corpus))
    first, second = cost(*command), cost(*command)
    report = json.loads(first.output)
    print(f"| | {report['meetings']} meetings, {report['passages']} passages |\n|---|---|")
    print(f"| index, wall | {first.wall_s:.1f} s: {report['passages'] / first.wall_s:,.0f} passages/s |")
    print(f"| index, CPU | {first.cpu_s:.1f} s |")
    print(f"| index, peak memory of its largest process | {first.peak_mb:.0f} MB |")
    print(f"| index, nothing new | {second.wall_s:.2f} s |", flush=True)


def show_cold(index: Path, query: str) -> None:
    command = ("--index", str(index), "--json", "search", query)
    runs = [cost("-m", "semsearch", *command) for _ in range(RUNS)]
    modules = {name.partition(".")[0] for name in cost("-c", LOADED, *command).output.split("\0")}
    loaded = [name for name in HEAVY if name in modules]
    for name, unit in (("cpu_s", "s CPU"), ("wall_s", "s wall"), ("peak_mb", "MB peak")):
        values = [getattr(run, name) for run in runs]
        print(
            f"| cold search, {unit} | {statistics.median(values):.3g} ({min(values):.3g}-{max(values):.3g}) |"
        )
    print(f"| cold search, heavy packages loaded | {', '.join(loaded) or 'none'} |", flush=True)


def show_warm(index: Path, queries: list[str]) -> None:
    opened = open_index(index)
    opened.search(queries[0])
    times = []
    for query in queries * ROUNDS:
        began = perf_counter()
        opened.search(query)
        times.append(1000 * (perf_counter() - began))
    print(f"| warm search, p50 | {percentile(times, 0.5):.1f} ms ({len(times)} searches) |")
    print(f"| warm search, p95 | {percentile(times, 0.95):.1f} ms |")
    peak_mb = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(f"| peak memory of the process that searches warm | {peak_mb:.0f} MB |")


def largest(found: list[Set]) -> list[Set]:
    """Return the sets of the corpus that takes the most bytes."""
    corpora = {one.corpus for one in found}
    size = {corpus: sum(path.stat().st_size for path in corpus.rglob("*")) for corpus in corpora}
    return [one for one in found if one.corpus == max(corpora, key=lambda corpus: size[corpus])]


def main() -> None:
    found = largest(sets(shared_folder(__doc__)))
    queries = [judged.query for one in found for judged in read_judged(one.queries, split=one.split)]
    with tempfile.TemporaryDirectory(prefix="semsearch-bench-") as folder:
        index = Path(folder) / "index"
        show_indexing(found[0].corpus, index)
        show_cold(index, queries[0])
        show_warm(index, queries)
    print(f"| load average at the end, {os.cpu_count()} cores | {os.getloadavg()[0]:.1f} |")


if __name__ == "__main__":
    main()
