"""What an index of thousands of meetings costs: build, nightly runs, memory, disk, searches.

Run with `.venv/bin/python -m benchmarks.scale [--shared DIR] [--meetings N]`. The corpus is made by
multiplying real meetings under invented committees, dates, titles and figures; it and its index take 2.5 GB
at 5,320 meetings, in a folder that is removed again. CPU is user and system time of a command and all its
children; memory is the sum of what they hold at once, sampled every 0.1 s: their own, which the system must
find room for, and with the pages of mapped files, which it can drop.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.sets import ROOT
from semsearch import open_index

MEETINGS = 5_320  # of 151 passages on average
CHANGED = 20
PLACES = "Nyby Østerlund Sandvad Møllerup Havnsted Birkesø Lyngager Klintholm".split()
SPAN = timedelta(days=546)  # what the real meetings cover
SPANS = 6  # nine years
QUERIES = (
    "hvad blev besluttet om lokalplan for boliger",
    "støj fra vindmøller",
    "takster for daginstitutioner",
    "who pays for road maintenance",
    "cykelsti ved skolen",
    "budgetopfølgning",
)


@dataclass(frozen=True)
class Cost:
    """A command: wall and CPU seconds, the most memory its processes held together, what it printed.

    `own_mb` is without mapped files, `mapped_mb` with them.
    """

    wall_s: float
    cpu_s: float
    own_mb: float
    mapped_mb: float
    output: str


def multiplied(source: Path, target: Path, meetings: int) -> None:
    """Write `meetings` documents made from the meetings of `source`."""
    target.mkdir()
    originals = sorted(source.glob("*.json"))
    for number in range(meetings):
        copy, place = divmod(number, len(originals))
        text = varied(originals[place].read_text("utf-8"), copy)
        (target / f"{copy:03}-{place:03}.json").write_text(text, "utf-8")


def varied(text: str, copy: int) -> str:
    """Return a meeting moved to another place and time; figures differ, words mostly do not."""
    data = json.loads(text)
    name = f"{PLACES[copy // SPANS % len(PLACES)]} {1 + copy // (SPANS * len(PLACES))}"
    data["Udvalg"]["Navn"] = f"{data['Udvalg']['Navn']} {name}"
    day = datetime.fromisoformat(data["Moede"]["Dato"]) - SPAN * (copy % SPANS)
    data["Moede"]["Dato"] = day.isoformat()
    for point in data["Dagsordenpunkter"]:
        point["Navn"] = f"{point['Navn']} i {name}"
        point["SagsNummer"] = shifted(point.get("SagsNummer") or "", copy)
        for field in point["Felter"]:
            field["Html"] = re.sub(
                r">[^<]+", lambda match: shifted(match.group(), copy), field.get("Html") or ""
            )
    return json.dumps(data, ensure_ascii=False)


def shifted(text: str, copy: int) -> str:
    """Return the text with each digit turned by `copy`, but for years."""
    return re.sub(
        r"\b(?:19|20)\d\d\b|(\d)",
        lambda match: str((int(match[1]) + copy) % 10) if match[1] else match[0],
        text,
    )


def cost(*arguments: str) -> Cost:
    """Run semsearch in a fresh process."""
    began = perf_counter()
    command = [sys.executable, "-m", "semsearch", *arguments]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    done = threading.Event()
    peaks = [0, 0]
    sampler = threading.Thread(target=sample, args=(child.pid, done, peaks))
    sampler.start()
    output = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    done.set()
    sampler.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    own, mapped = (peak / 1e6 for peak in peaks)
    return Cost(perf_counter() - began, usage.ru_utime + usage.ru_stime, own, mapped, output)


def sample(pid: int, done: threading.Event, peaks: list[int]) -> None:
    """Add what a process and its descendants hold, of their own and in all, until `done`."""
    while not done.wait(0.1):
        held = [sum(sizes) for sizes in zip(*map(held_bytes, tree(pid)), strict=True)]
        peaks[:] = map(max, peaks, held)


def tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from tree(int(child))


def held_bytes(pid: int) -> tuple[int, int]:
    """Return what a process holds of its own, and with the pages of files."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    except (OSError, ValueError):
        return 0, 0
    page = os.sysconf("SC_PAGE_SIZE")
    return (resident - shared) * page, resident * page


def change(corpus: Path, count: int) -> None:
    """Change the newest meetings, as a night's new minutes do."""
    for path in sorted(corpus.glob("000-*.json"), reverse=True)[:count]:
        path.write_text(path.read_text("utf-8").replace("odkendt", "odkendt uændret"), "utf-8")


def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def memory(cost: Cost) -> str:
    return f"{cost.own_mb:,.0f} MB, {cost.mapped_mb:,.0f} MB with mapped files"


def show(corpus: Path, index: Path) -> None:
    command = ("--index", str(index), "--json", "index", str(corpus))
    full = cost(*command)
    report = json.loads(full.output)
    passages = report["passages"]
    print(f"| | {report['meetings']} meetings, {passages} passages |\n|---|---|")
    print(f"| full build, wall | {full.wall_s:.0f} s: {passages / full.wall_s:,.0f} passages/s |")
    print(f"| full build, CPU | {full.cpu_s:.0f} s: {passages / full.cpu_s:,.0f} passages/s and core |")
    print(f"| full build, memory of all processes at most | {memory(full)} |")
    print(f"| index | {size_bytes(index) / passages:,.0f} bytes a passage |", flush=True)
    again = cost(*command)
    print(
        f"| nothing new | {again.cpu_s:.2f} s CPU, {again.wall_s:.2f} s wall, {memory(again)} |",
        flush=True,
    )
    change(corpus, CHANGED)
    nightly = cost(*command)
    news = json.loads(nightly.output)
    print(
        f"| {news['changed']} meetings changed | {nightly.cpu_s:.1f} s CPU:"
        f" {100 * nightly.cpu_s / full.cpu_s:.1f} % of the full build; {nightly.wall_s:.1f} s wall,"
        f" {memory(nightly)} |",
        flush=True,
    )


def show_searches(index: Path) -> None:
    cold = [cost("--index", str(index), "--json", "search", query) for query in QUERIES[:3]]
    cpu, wall = (statistics.median(getattr(run, name) for run in cold) for name in ("cpu_s", "wall_s"))
    print(f"| cold search | {cpu:.2f} s CPU, {wall:.2f} s wall, {memory(cold[0])} |", flush=True)
    opened = open_index(index)
    opened.search(QUERIES[0])
    times = []
    for query in QUERIES * 3:
        began = perf_counter()
        opened.search(query)
        times.append(1000 * (perf_counter() - began))
    print(f"| warm search | median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared", help="folder with the real meetings"
    )
    parser.add_argument("--meetings", type=int, default=MEETINGS)
    options = parser.parse_args()
    if not (options.shared / "greve").is_dir():
        raise SystemExit(f"no meetings in {options.shared / 'greve'}: name the folder with --shared DIR")
    with tempfile.TemporaryDirectory(prefix="semsearch-scale-") as folder:
        corpus, index = Path(folder) / "corpus", Path(folder) / "index"
        multiplied(options.shared / "greve", corpus, options.meetings)
        print(f"corpus: {size_bytes(corpus) / 1e6:,.0f} MB", flush=True)
        show(corpus, index)
        show_searches(index)
    print(f"| load average at the end, {os.cpu_count()} cores | {os.getloadavg()[0]:.1f} |")


if __name__ == "__main__":
    main()
