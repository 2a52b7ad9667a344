"""Child processes that read documents, so that no document can stop the night.

A child that takes too long, takes too much memory or dies costs one document: it is killed, the
document is named, and a new child goes on with the next.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

from semsearch.config import Limits
from semsearch.errors import DocumentError

Task = tuple[Any, ...]  # arguments of the work; the second one is the path


class _Child:
    """One child and what it is busy with."""

    def __init__(self, work: Callable[..., Any], limits: Limits) -> None:
        context = multiprocessing.get_context(
            "spawn"
        )  # a fork would copy the threads' locks of faiss and tantivy
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work, limits.memory_bytes), daemon=True)
        with _nameless_main():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.deadline = 0.0

    @property
    def path(self) -> str:
        return str(self.task[1]) if self.task else ""

    def give(self, task: Task, timeout_s: float) -> None:
        self.task, self.deadline = task, monotonic() + timeout_s
        self.pipe.send(task)

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Keep a new child from importing the caller's script again, which would run it a second time."""
    main = sys.modules["__main__"]
    file, spec = main.__dict__.pop("__file__", None), main.__spec__
    main.__spec__ = None
    try:
        yield
    finally:
        main.__spec__ = spec
        if file is not None:
            main.__file__ = file


def run(work: Callable[..., Any], tasks: Iterable[Task], limits: Limits) -> Iterator[tuple[str, Any]]:
    """Yield each task's path as it is done, with `work(*task)` or the DocumentError that stands for it.

    `work` is a module-level function. At most one task a child is taken from `tasks` ahead of time.
    """
    queue = iter(tasks)
    first = next(queue, None)
    if first is None:
        return
    waiting = deque([first])
    children: list[_Child] = []
    try:
        while True:
            _feed(children, waiting, queue, work, limits)
            busy = {child.pipe: child for child in children if child.task is not None}
            if not busy:
                return
            ready = wait(
                list(busy), timeout=max(0.0, min(child.deadline for child in busy.values()) - monotonic())
            )
            for pipe in ready:
                yield _collect(busy[pipe], children)  # type: ignore[index]
            for child in [
                child for child in busy.values() if child.task is not None and monotonic() > child.deadline
            ]:
                yield _kill(child, children, f"took more than {limits.timeout_s:.0f} s to read")
    finally:
        for child in children:
            child.stop()


def _feed(
    children: list[_Child],
    waiting: deque[Task],
    queue: Iterator[Task],
    work: Callable[..., Any],
    limits: Limits,
) -> None:
    idle = [child for child in children if child.task is None]
    while idle or len(children) < (os.cpu_count() or 1):
        task = waiting.popleft() if waiting else next(queue, None)
        if task is None:
            return
        if not idle:
            children.append(_Child(work, limits))
            idle = [children[-1]]
        idle.pop().give(task, limits.timeout_s)


def _collect(child: _Child, children: list[_Child]) -> tuple[str, Any]:
    try:
        result = child.pipe.recv()
    except (EOFError, OSError):
        return _kill(child, children, "ended the process that read it")
    path, child.task = child.path, None
    return path, result


def _kill(child: _Child, children: list[_Child], why: str) -> tuple[str, DocumentError]:
    child.stop()
    children.remove(child)
    hint = "look at the file; the rest of the corpus is indexed without it"
    return child.path, DocumentError(f"{child.path} {why}", hint)


def _serve(pipe: Connection, work: Callable[..., Any], memory_bytes: int) -> None:
    _limit_memory(memory_bytes)
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            task = pipe.recv()
            try:
                result = work(*task)
            except DocumentError as error:
                result = error
            except MemoryError:
                result = DocumentError(f"{task[1]} takes more memory than allowed to read", "split the file")
            except RecursionError:
                result = DocumentError(f"{task[1]} is nested too deep to read", "look at the file")
            except Exception as error:  # noqa: BLE001 - whatever a parser stumbles over costs one document
                result = DocumentError(
                    f"{task[1]} cannot be read: {type(error).__name__}: {error}", "report the file"
                )
            pipe.send(result)


def _limit_memory(memory_bytes: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
