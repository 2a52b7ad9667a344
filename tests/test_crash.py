"""A run that fails or is killed at any step: the old generation answers, and the next run succeeds."""

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from invented import ITEMS, minutes, write

from semsearch import build_index, open_index, store
from semsearch.errors import IndexMissing, SemsearchError
from semsearch.index import Index

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
STEPS = {"os.rename", "os.mkdir", "os.link", "os.remove", "os.rmdir", "os.chmod", "sqlite3.connect"}
MARK = "hvalros"


class Killed(BaseException):
    """Ends a run at once, like a signal; nothing but `finally` sees it."""


class Faults:
    """Counts the writing steps below a folder and fails at step `at`; seen through audit events and fsync."""

    def __init__(self) -> None:
        self.folder = ""
        self.at = self.count = 0
        self.error: BaseException = Killed()
        self.steps: list[str] = []
        self._fsync = os.fsync
        sys.addaudithook(self._hear)

    def arm(self, folder: Path, at: int, error: BaseException) -> None:
        self.folder, self.at, self.count, self.error, self.steps = str(folder), at, 0, error, []

    def disarm(self) -> bool:
        """Return whether the run got as far as the fault."""
        self.folder = ""
        return self.count >= self.at

    def fsync(self, handle: int) -> None:
        if self.folder:  # counted only: no power fails here, and the disk's time is most of a small run's
            self._step("os.fsync", os.readlink(f"/proc/self/fd/{handle}"))
        else:
            self._fsync(handle)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder:
            return
        if event in STEPS or (event == "open" and arguments[2] & WRITING):
            self._step(event, arguments[0])

    def _step(self, event: str, path: object) -> None:
        if self.folder and isinstance(path, str | bytes | Path) and self.folder in os.fsdecode(path):
            self.count += 1
            self.steps.append(f"{event} {os.path.basename(os.fsdecode(path))}")
            if self.count == self.at:
                raise self.error


@pytest.fixture(scope="module")
def faults() -> Iterator[Faults]:
    found = Faults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", found.fsync)
        yield found
    found.disarm()


def mark(corpus: Path, version: int) -> None:
    """Change one document, so that a generation of the index tells which version it holds."""
    item = ITEMS[0]._replace(body=f"Taget er utæt, siger {MARK} nr. {version}.")
    write(corpus, a=minutes("2023-05-08", item, *ITEMS[1:]))


def version_of(index: Path) -> int:
    """Open the whole index, every byte verified, and return the version that all its parts hold."""
    opened = Index.open(index, hold=True)
    assert len(opened.bm25) == len(opened.dense) == len(opened)
    (number,) = [row.number for row in opened.catalog.documents() if row.path == "a.txt"]
    text = opened.catalog.text(number)
    return int(text.split(f"{MARK} nr. ")[1].split(".")[0])


@pytest.fixture
def home(in_process: None, tmp_path: Path) -> Path:
    write(tmp_path / "corpus", a="", b=minutes("2024-06-05"), c=minutes("2024-06-05", kind="DAGSORDEN"))
    mark(tmp_path / "corpus", 0)
    build_index(tmp_path / "corpus", tmp_path / "index")
    return tmp_path


@pytest.mark.parametrize(
    ("error", "stride"),
    [(Killed(), 1), (OSError(errno.ENOSPC, "No space left on device"), 3)],
    ids=["killed", "full"],
)
def test_a_fault_at_every_write_step(home: Path, faults: Faults, error: BaseException, stride: int) -> None:
    index, version, steps = home / "index", 0, list[str]()
    for step in range(1, 400, stride):
        mark(home / "corpus", step)
        faults.arm(index, step, error)
        try:
            build_index(home / "corpus", index)
            finished = True
        except (Killed, IndexMissing):
            finished = False
        finally:
            reached = faults.disarm()
        seen = version_of(index)
        assert seen in {version, step}, (step, faults.steps[-3:])
        assert seen == step or not finished, f"step {step} passed over in silence"
        if seen == step:
            last_whole = faults.steps
        version, steps = seen, faults.steps
        if not reached:
            break
    assert len(steps) > 40, "the steps are not seen any more"
    assert {"os.rename CURRENT.part", "os.fsync manifest.json.part", "sqlite3.connect records.sqlite"} <= {
        step.replace("file:///", "/").split("?")[0] for step in steps
    }
    assert last_whole == steps
    assert not build_index(home / "corpus", index).published
    assert len(list(index.glob("gen-*"))) == 2
    assert open_index(index).search("svømmehallen")


def test_a_first_run_that_fails_leaves_no_index(home: Path, faults: Faults) -> None:
    for step in (3, 10, 20, 30):
        shutil.rmtree(home / "index")
        faults.arm(home / "index", step, Killed())
        with pytest.raises(Killed):
            build_index(home / "corpus", home / "index")
        faults.disarm()
        with pytest.raises(IndexMissing, match="no index"):
            Index.open(home / "index")
    assert build_index(home / "corpus", home / "index").generation == 1


def test_a_full_disk_says_so(home: Path) -> None:
    """Every file of the next generation is refused beyond a size; the old one answers."""
    mark(home / "corpus", 1)
    for size in (0, 100, 5_000, 20_000):
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            with pytest.raises(SemsearchError) as caught:
                build_index(home / "corpus", home / "index")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert "cannot write" in caught.value.message
        assert "previous index still answers" in caught.value.hint
        assert version_of(home / "index") == 0
    assert build_index(home / "corpus", home / "index").published
    assert version_of(home / "index") == 1


def test_tantivys_own_words_for_a_full_disk_are_not_shown(tmp_path: Path) -> None:
    from semsearch import lexical

    entries = [
        lexical.Entry(n, [n, n + 1], date(2023, 5, 8), "raad", "", "decision", "approved") for n in range(99)
    ]
    lexical.build(tmp_path / "whole", entries)
    largest = max(path.stat().st_size for path in (tmp_path / "whole").iterdir())
    for size in (0, 50, largest - 1):
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            with pytest.raises(OSError, match=str(tmp_path)):
                lexical.build(tmp_path / str(size), entries)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def command(home: Path) -> list[str]:
    return [sys.executable, "-m", "semsearch", "--index", str(home / "index"), "index", str(home / "corpus")]


def test_kill_9_at_any_moment(home: Path) -> None:
    draw, version, killed = random.Random(9), 0, 0
    began = time.perf_counter()
    mark(home / "corpus", 1)
    subprocess.run(command(home), check=True, capture_output=True)
    whole = time.perf_counter() - began
    version = version_of(home / "index")
    assert version == 1
    for trial in range(2, 14):
        mark(home / "corpus", trial)
        with subprocess.Popen(command(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            time.sleep(whole * (0.3 + 0.8 * draw.random()))
            run.kill()
        killed += run.returncode == -signal.SIGKILL
        seen = version_of(home / "index")
        assert seen in {version, trial}
        version = seen
    assert killed >= 3, "too few were killed in time"
    subprocess.run(command(home), check=True, capture_output=True)
    assert version_of(home / "index") == 13


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_the_old_generation(home: Path, number: signal.Signals) -> None:
    before = store.current(home / "index").number
    mark(home / "corpus", 1)
    fifo = home / "corpus" / "zz.txt"
    write(home / "corpus", zz=minutes("2024-06-07") * 200)
    with subprocess.Popen(command(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 30
        while not (home / "index" / "LOCK.holder").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(number)
        _, errors = run.communicate(timeout=60)
    assert fifo.exists()
    assert "Traceback" not in errors
    assert store.current(home / "index").number == before
    assert version_of(home / "index") == 0
    if number == signal.SIGINT:
        assert run.returncode == 130
        assert "the index is as it was" in errors
        assert not list((home / "index").glob("gen-000002"))
    assert build_index(home / "corpus", home / "index").published
