"""Fuzzing: each parser fed with millions of spoilt documents, guided by the code they reach.

Run with `.venv/bin/python -m benchmarks.fuzz [--hours H] [--parser NAME] [--keep DIR]` (Linux). Parsers take
turns of a few minutes, one process at a time. An input is a finding when anything but a DocumentError is
raised, when the meeting breaks a promise of `records.py` (offsets, sections end to end, passages that cover
their sections, closed items without text, no CPR number), when it takes too long, or ends the process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.mutants import EDITS, ROOT, seeds

if TYPE_CHECKING:
    from semsearch.records import AgendaItem, Meeting

TURN_S = 240
LONGEST_S = 5.0  # CPU time of one input, instrumented; a night allows 60
MOST_BYTES = {"pdf": 400_000, "docx": 200_000}
USUAL_BYTES = 24_000
MEMORY_MB = 1_500
INSTRUMENTED = [
    "semsearch.parsing",
    "semsearch.text",
    "semsearch.outcomes",
    "semsearch.passages",
    "semsearch.corpus",
]


class Broken(Exception):
    """A promise that a meeting does not keep."""


def fuzz(parser: str, seconds: int, folder: Path, shared: Path) -> None:
    """Feed one parser; never returns. What is found goes to `folder`."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from semsearch import corpus, prepare  # noqa: F401
        from semsearch.parsing import docx, encoding, firstagenda, pdf, redaction, text, webpage  # noqa: F401
    inputs, edit = folder / parser, EDITS[parser]
    if not inputs.is_dir():
        inputs.mkdir(parents=True)
        for data in seeds(parser, shared):
            (inputs / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    trial = Trial(parser, folder)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        draw = Random(seed)
        if draw.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        return edit(data, draw)[:most]

    most = MOST_BYTES.get(parser, USUAL_BYTES)
    options = [f"-max_total_time={seconds}", f"-max_len={most}", f"-rss_limit_mb={MEMORY_MB}", "-timeout=600"]
    options += [
        "-report_slow_units=60",
        "-len_control=0",
        f"-artifact_prefix={folder}/{parser}-ended-",
        "-reload=0",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(inputs)], trial, custom_mutator=mutate)
    atheris.Fuzz()


class Trial:
    """Reads one input after the other and keeps the figures."""

    def __init__(self, parser: str, folder: Path) -> None:
        self.parser, self.folder = parser, folder
        self.state = folder / f"{parser}.json"
        self.figures: dict[str, Any] = {
            "inputs": 0,
            "meetings": 0,
            "cpu_s": 0.0,
            "slowest_s": 0.0,
            "findings": {},
        }
        if self.state.is_file():
            self.figures |= json.loads(self.state.read_text())

    def __call__(self, data: bytes) -> None:
        """Read an input; note what it breaks."""
        began = time.process_time()
        self.figures["inputs"] += 1
        try:
            self.figures["meetings"] += read_archive(data) if self.parser == "zip" else read(data)
        except Exception as error:  # noqa: BLE001 - each is a finding
            self._note(error, data)
        took = time.process_time() - began
        self.figures["cpu_s"] += took
        self.figures["slowest_s"] = max(self.figures["slowest_s"], took)
        if took > LONGEST_S:
            self._note(Broken(f"took more than {LONGEST_S} s"), data)
        if self.figures["inputs"] % 500 == 0 or self.figures["inputs"] < 500:
            self.save()

    def _note(self, error: Exception, data: bytes) -> None:
        """Keep the first input of each kind of failure, and how many there were."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        kind = f"{type(error).__name__}{place} {error if isinstance(error, Broken) else ''}".strip()
        found = self.figures["findings"]
        if kind not in found:
            name = f"{self.parser}-{hashlib.sha256(kind.encode()).hexdigest()[:8]}"
            (self.folder / name).write_bytes(data)
            (self.folder / f"{name}.why").write_text("".join(traceback.format_exception(error)))
        found[kind] = found.get(kind, 0) + 1
        self.save()

    def save(self) -> None:
        """Write the figures: the process may end at any input."""
        self.state.write_text(json.dumps(self.figures))


def read(data: bytes) -> bool:
    """Read a document as a night does; return whether it held a meeting."""
    from semsearch.config import Settings
    from semsearch.errors import DocumentError
    from semsearch.parsing import parse
    from semsearch.prepare import prepare

    try:
        meeting = parse(data, "a.file")
    except DocumentError as error:
        if "a.file" not in error.message or not error.hint:
            raise Broken("a message without the file or a hint") from None
        return False
    judge(meeting)
    if data[-1] % 8 == 0:
        judge_closed(meeting, parse(data, "a.file", include_closed=True))
        prepare(data, "a.file", "", Settings())
    return True


def read_archive(data: bytes) -> bool:
    """List and read the documents of an archive, without parsing them."""
    from semsearch.corpus import read, scan
    from semsearch.errors import DocumentError

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        (Path(folder) / "a.zip").write_bytes(data)
        listing = scan(Path(folder))
        count = 0
        for path in listing.paths:
            try:
                read(Path(folder), path, limit_bytes=1 << 20)
                count += 1
            except DocumentError as error:
                if path not in error.message:
                    raise Broken("a message without the file") from None
    return count > 0


def demand(holds: bool, promise: str) -> None:
    if not holds:
        raise Broken(promise)


def judge(meeting: Meeting) -> None:
    """Hold a meeting to what `records.py` promises."""
    from semsearch.passages import split

    text = meeting.text
    demand(bool(meeting.items), "a meeting holds items")
    demand(unicodedata.is_normalized("NFC", text) and "\r" not in text and "\0" not in text, "clean text")
    text.encode()
    demand(all(one.end <= other.start for one, other in pairwise(meeting.items)), "items in order")
    demand(list(meeting.pages) == sorted(meeting.pages), "pages in order")
    demand(all(0 <= page <= len(text) for page in meeting.pages), "pages within the text")
    for item in meeting.items:
        judge_item(item, text)
        spans = [(passage.start, passage.end) for passage in split(meeting, item, words=120)]
        judge_passages(item, spans, text)
    judge_masks(meeting)


def judge_item(item: AgendaItem, text: str) -> None:
    from semsearch.outcomes import outcome_of
    from semsearch.records import SectionKind

    demand(0 <= item.start <= item.end <= len(text), "items within the text")
    demand(bool(item.title.strip()), "items have titles")
    demand(item.number >= 0, "numbers count")
    demand(all(one.end == other.start for one, other in pairwise(item.sections)), "sections end to end")
    for section in item.sections:
        demand(
            item.start <= section.start <= section.body_start <= section.end <= item.end,
            "sections within items",
        )
        if section.kind is SectionKind.DECISION:
            body = text[section.body_start : section.end]
            outcome = outcome_of(body)
            demand(body[outcome.start : outcome.end] == outcome.words, "words of an outcome where it says")
    if item.closed:
        demand(not (item.sections or item.attachments or item.url), "closed items without content")


def judge_passages(item: AgendaItem, spans: list[tuple[int, int]], text: str) -> None:
    """Demand that the passages cover the bodies of the sections, each character once."""
    demand(all(0 <= start <= end <= len(text) for start, end in spans), "passages within the text")
    demand(all(one[1] <= other[0] for one, other in pairwise(spans)), "passages in order")
    if item.sections:
        bodies = "".join(text[section.body_start : section.end] for section in item.sections)
        covered = "".join(text[start:end] for start, end in spans)
        blank = re.compile(r"\s+")
        if blank.sub("", bodies):
            demand(blank.sub("", bodies) == blank.sub("", covered), "passages cover the sections")


def judge_masks(meeting: Meeting) -> None:
    from semsearch.parsing.redaction import mask_cpr

    for value in strings(meeting):
        demand(not mask_cpr(value)[1], "no CPR number is left")
    for item in meeting.items:
        demand(not mask_cpr(item.title)[1], "no CPR number is left in a title")


def strings(meeting: Meeting) -> Iterator[str]:
    yield from (meeting.text, meeting.committee, meeting.place or "", *meeting.participants)
    for item in meeting.items:
        yield from (item.title, item.case_number or "", *item.attachments)
        yield from (section.heading for section in item.sections)


def judge_closed(public: Meeting, whole: Meeting) -> None:
    """Demand that no line which stands in closed items alone is in any text of the public meeting."""
    demand([item.number for item in public.items] == [item.number for item in whole.items], "the same items")
    open_text, at = [], 0
    for item in whole.items:
        if item.closed:
            begin = item.sections[0].start if item.sections else item.end
            open_text.append(whole.text[at:begin])
            at = item.end
    rest = "\n".join([*open_text, whole.text[at:]])
    shown = "\n".join(strings(public))
    closed = (section for item in whole.items if item.closed for section in item.sections)
    for section in closed:
        for line in whole.text[section.start : section.end].split("\n"):
            demand(len(line.strip()) < 12 or line in rest or line not in shown, "no text of closed items")


def main(hours: float, parsers: list[str], folder: Path, shared: Path) -> None:
    """Let the parsers take turns until the time is up, then print what was found."""
    deadline = time.monotonic() + 3600 * hours
    spent = dict.fromkeys(parsers, 0.0)
    reached: dict[str, str] = {}
    while (left := deadline - time.monotonic()) > 5:
        parser = min(parsers, key=spent.__getitem__)
        began = time.monotonic()
        seconds = int(min(TURN_S, max(5, 3600 * hours / len(parsers)), left))
        command = [sys.executable, "-m", "benchmarks.fuzz", "--turn", str(seconds), "--parser", parser]
        command += ["--keep", str(folder), "--shared", str(shared)]
        done = subprocess.run(
            command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False
        )
        covered = re.findall(rb"cov: (\d+)", done.stderr)
        if covered:
            reached[parser] = covered[-1].decode()
        elif parser not in reached:
            raise SystemExit(
                f"the turn of {parser} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}"
            )
        spent[parser] += time.monotonic() - began
    show(parsers, spent, reached, folder)


def show(parsers: list[str], spent: dict[str, float], reached: dict[str, str], folder: Path) -> None:
    print("| parser | hours | CPU | inputs | held a meeting | branches | slowest | ended | findings |")
    print("|---|---|---|---|---|---|---|---|---|")
    for parser in parsers:
        figures = json.loads((folder / f"{parser}.json").read_text())
        ended = sum(len(list(folder.glob(f"{parser}-ended-{how}-*"))) for how in ("crash", "timeout", "oom"))
        print(
            f"| {parser} | {spent[parser] / 3600:.2f} | {figures['cpu_s'] / 3600:.2f}"
            f" | {figures['inputs']:,} | {figures['meetings']:,}"
            f" | {reached[parser]} | {figures['slowest_s']:.1f} s | {ended} | {len(figures['findings'])} |"
        )
    for parser in parsers:
        for kind, count in json.loads((folder / f"{parser}.json").read_text())["findings"].items():
            print(f"{parser}: {kind} ({count} inputs)")


def run(options: argparse.Namespace, folder: Path) -> None:
    if options.turn:
        fuzz(options.parser, options.turn, folder, options.shared)
    else:
        main(options.hours, [options.parser] if options.parser else list(EDITS), folder, options.shared)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hours", type=float, default=1.0, help="all parsers together [1]")
    arguments.add_argument("--parser", choices=list(EDITS))
    arguments.add_argument("--keep", type=Path, help="folder for inputs and findings, to go on from")
    arguments.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared", help="real minutes [../shared]"
    )
    arguments.add_argument("--turn", type=int, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="semsearch-fuzz-") as made:
        run(chosen, chosen.keep or Path(made))
