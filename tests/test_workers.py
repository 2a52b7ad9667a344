"""Children that read documents: whatever one does costs its own document, and no other."""

import ctypes
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from semsearch import workers
from semsearch.config import Limits
from semsearch.errors import DocumentError, SemsearchError

LIMITS = Limits(timeout_s=1.5, memory_bytes=1 << 30)


class Unsendable:
    def __reduce__(self) -> Any:
        raise TypeError("not to be sent")


def spin() -> None:
    while True:
        pass


def recurse() -> None:
    recurse()


def complain() -> None:
    raise ValueError("fortrolig 010203-1234")


def refuse() -> None:
    raise DocumentError("8.txt is no minutes", "look")


DEEDS: dict[str, Callable[[], Any]] = {
    "hang": lambda: time.sleep(600),
    "spin": spin,
    "hang in C": lambda: ctypes.PyDLL(None).sleep(600),  # holds the interpreter's lock
    "eat": lambda: len(bytearray(4 << 30)),
    "crash": lambda: ctypes.string_at(0),
    "leave": lambda: os._exit(3),
    "raise": complain,
    "refuse": refuse,
    "recurse": recurse,
    "unsendable": Unsendable,
    "exit": lambda: sys.exit("bye"),
    "large": lambda: b"x" * 20_000_000,
}


def work(verb: str, path: str) -> Any:
    """What a document may do to its reader."""
    return DEEDS.get(verb, lambda: (verb, os.getpid()))()


def run(*verbs: str, limits: Limits = LIMITS) -> dict[str, Any]:
    return dict(workers.run(work, [(verb, f"{n}.txt") for n, verb in enumerate(verbs)], limits))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_results_come_back_by_path() -> None:
    found = run("a", "large", "b", "c")
    assert {path: result[0] for path, result in found.items() if path != "1.txt"} == {
        "0.txt": "a",
        "2.txt": "b",
        "3.txt": "c",
    }
    assert len(found["1.txt"]) == 20_000_000
    assert not any(alive(result[1]) for path, result in found.items() if path != "1.txt")


def test_no_tasks_start_no_child() -> None:
    assert not run()


def test_each_way_to_fail_costs_one_document(capfd: pytest.CaptureFixture[str]) -> None:
    verbs = ["hang", "spin", "hang in C", "eat", "crash", "leave", "raise", "refuse", "recurse", "unsendable"]
    verbs += ["exit", "fine"]
    began = time.monotonic()
    found = {verbs[int(path.split(".")[0])]: result for path, result in run(*verbs).items()}
    assert time.monotonic() - began < 60
    assert found.pop("fine")[0] == "fine"
    assert len(found) == 11
    assert all(isinstance(result, DocumentError) for result in found.values())
    messages = {verb: result.message.split(" ", 1)[1] for verb, result in found.items()}
    assert messages["hang"] == messages["spin"] == messages["hang in C"] == "took more than 1.5 s to read"
    assert messages["eat"] == "takes more memory than allowed to read"
    assert messages["crash"] == messages["leave"] == "ended the process that read it"
    assert messages["refuse"] == "is no minutes"
    assert messages["recurse"] == "is nested too deep to read"
    assert messages["unsendable"].startswith("cannot be read: TypeError")
    assert messages["raise"].startswith("cannot be read: ValueError (test_workers.py:")
    assert "fortrolig" not in str(messages)
    transient = {verb for verb, result in found.items() if isinstance(result, workers.LimitExceeded)}
    assert transient == {"hang", "spin", "hang in C", "eat", "crash", "leave", "exit"}
    assert "Traceback" not in capfd.readouterr().err


def test_a_slow_reader_of_results_is_not_a_slow_document() -> None:
    """While one result is used for longer than the limit, what is done meanwhile is not killed."""
    tasks = ((name, f"{name}.txt") for name in "abcdef")  # of unknown number: a child for each core
    results = workers.run(work, tasks, Limits(timeout_s=0.3))
    found = {}
    for path, result in results:
        found[path] = result
        time.sleep(0.5)
    assert {result[0] for result in found.values()} == set("abcdef")


def test_few_documents_are_read_by_one_child() -> None:
    found = dict(workers.run(work, [(name, f"{name}.txt") for name in "abcdef"], LIMITS))
    assert len({pid for _, pid in found.values()}) == 1


def test_an_idle_child_that_dies_costs_nothing() -> None:
    def tasks() -> Iterator[tuple[str, str]]:
        yield "first", "0.txt"
        for number in itertools.count(1):
            if children:
                break
            yield "more", f"{number}.txt"
        for child in children:
            os.kill(child, 9)
        time.sleep(0.2)
        yield "last", "last.txt"

    children: set[int] = set()
    found = {}
    for path, (verb, pid) in workers.run(work, tasks(), Limits(timeout_s=30)):
        found[path] = verb
        children.add(pid)
    assert found["last.txt"] == "last"


def test_a_child_that_cannot_start_is_no_documents_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SemsearchError, match="cannot start a process") as caught:
        list(workers.run(_unfindable(), [("a", "a.txt")], LIMITS))
    assert not isinstance(caught.value, DocumentError)
    monkeypatch.setattr(SpawnProcess, "start", _refused)
    with pytest.raises(SemsearchError, match="Resource temporarily unavailable"):
        list(workers.run(work, [("a", "a.txt")], LIMITS))


def _refused(process: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def _unfindable() -> Callable[..., Any]:
    """A function that a child cannot import, as when the package was half upgraded."""
    import types

    module = types.ModuleType("semsearch_gone")
    sys.modules["semsearch_gone"] = module

    def gone(verb: str, path: str) -> None: ...

    gone.__module__, gone.__qualname__ = "semsearch_gone", "gone"
    module.gone = gone  # type: ignore[attr-defined]
    return gone


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on processor time there")
def test_an_orphan_ends(tmp_path: Path) -> None:
    """A parent killed while a child computes: the child ends by its own limit."""
    code = (
        "from test_workers import work\nfrom semsearch import workers\nfrom semsearch.config import Limits\n"
        "print('up', flush=True)\n"
        "list(workers.run(work, [('spin', 'a.txt')], Limits(timeout_s=0.5)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout
        parent.stdout.readline()
        deadline = time.monotonic() + 20
        while not (children := _children(parent.pid)) and time.monotonic() < deadline:
            time.sleep(0.005)
        parent.kill()
    while any(map(_spins, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(_spins, children))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("child", [1, 2])
def test_a_child_half_started_leaves_no_traceback(number: signal.Signals, child: int) -> None:
    """A signal between a child's birth and its first message waits until the child is whole."""
    code = f"""
import os
from multiprocessing import util
from test_workers import work
from semsearch import workers
from semsearch.config import Limits

born = 0

def spawn(path, arguments, descriptors):
    global born
    pid = util_spawn(path, arguments, descriptors)
    if not any("resource_tracker" in str(argument) for argument in arguments):
        born += 1
        if born == {child}:
            os.kill(os.getpid(), {int(number)})
    return pid

util_spawn, util.spawnv_passfds = util.spawnv_passfds, spawn
list(workers.run(work, ((name, name + ".txt") for name in ("hang", "hang")), Limits(timeout_s=30)))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20)
    assert run.returncode == -number
    assert "spawn_main" not in run.stderr
    assert ("KeyboardInterrupt" in run.stderr) == (number == signal.SIGINT)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def _spins(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
