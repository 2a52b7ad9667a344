"""Child processes that read documents, so that no document can stop the night.

A child that takes too long, takes too much memory or dies costs one document: it is killed, the
document is named, and a new child goes on with the next.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from time import monotonic
from traceback import extract_tb
from typing import Any

from semsearch.config import Limits
from semsearch.errors import DocumentError, SemsearchError

Task = tuple[Any, ...]  # arguments of the work; the second one is the path
_STOPS = (signal.SIGINT, signal.SIGTERM)
TASKS_EACH = 25  # as many documents are read in the time in which two children start and warm up
STARTUP_S = 300.0  # a new child imports the parsers first, from a disk that may be busy


class LimitExceeded(DocumentError):
    """A document cost more than it may; on another night, or another machine, it may not."""


class _Child:
    """One child and what it is busy with."""

    def __init__(self, work: Callable[..., Any], limits: Limits) -> None:
        context = multiprocessing.get_context(
            "spawn"
        )  # a fork would copy the threads' locks of faiss and tantivy
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work, limits), daemon=True)
        self.limits = limits
        self.ready = False
        self.task: Task | None = None
        self.deadline = 0.0
        try:
            with _nameless_main(), _undisturbed():
                self.process.start()
        except OSError as error:
            raise _unable(error.strerror or str(error)) from error
        theirs.close()

    @property
    def path(self) -> str:
        return str(self.task[1]) if self.task else ""

    def give(self, task: Task) -> None:
        self.task = task
        self._restart_clock()
        with suppress(OSError):  # of a child that has just died; its pipe says so when it is waited for
            self.pipe.send(task)

    def begin(self) -> None:
        """Take the child's word that it has started, which starts its document's time."""
        self.pipe.recv()
        self.ready = True
        self._restart_clock()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def _restart_clock(self) -> None:
        self.deadline = monotonic() + (self.limits.timeout_s if self.ready else STARTUP_S)


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


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off Ctrl-C and SIGTERM until a child has been started whole.

    Half started, it would outlive this process by a traceback. It is born deaf to both: Ctrl-C is for
    this process alone, which stops its children itself; to SIGTERM it listens once it serves.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # started by the first child, it would lift the mask
    waiting: list[int] = []  # another thread may take the signal: it is kept until the child has been started
    handlers = {
        number: signal.signal(number, lambda number, frame: waiting.append(number)) for number in _STOPS
    }
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in waiting:
            signal.raise_signal(late)


def run(work: Callable[..., Any], tasks: Iterable[Task], limits: Limits) -> Iterator[tuple[str, Any]]:
    """Yield each task's path as it is done, with `work(*task)` or the DocumentError that stands for it.

    `work` is a module-level function. At most one task a child is taken from `tasks` ahead of time. There
    is a child for each core, but for a few tasks, of which their number is known, fewer.

    Raises:
        SemsearchError: no child can be started; that is no document's fault.
    """
    queue = iter(tasks)
    children: list[_Child] = []
    most = os.cpu_count() or 1
    if isinstance(tasks, Sized):
        most = min(most, 1 + len(tasks) // TASKS_EACH)
    try:
        while True:
            _feed(children, queue, work, limits, most)
            busy = {child.pipe: child for child in children if child.task is not None}
            if not busy:
                return
            first = min(child.deadline for child in busy.values())
            wait(list(busy), timeout=max(0.0, first - monotonic()))
            for child in busy.values():
                # polled again: while one result was used, others may have come in
                if child.pipe.poll():
                    yield from _collect(child, children)
                elif monotonic() > child.deadline:
                    yield _overdue(child, children)
    finally:
        for child in children:
            child.stop()


def _feed(
    children: list[_Child],
    queue: Iterator[Task],
    work: Callable[..., Any],
    limits: Limits,
    most: int,
) -> None:
    while any(child.task is None for child in children) or len(children) < most:
        task = next(queue, None)
        if task is None:
            return
        _free(children, work, limits).give(task)


def _free(children: list[_Child], work: Callable[..., Any], limits: Limits) -> _Child:
    """Return an idle child that lives, or a new one."""
    for child in [child for child in children if child.task is None]:
        if child.process.is_alive():
            return child
        child.stop()
        children.remove(child)
    children.append(_Child(work, limits))
    return children[-1]


def _collect(child: _Child, children: list[_Child]) -> Iterator[tuple[str, Any]]:
    """Yield a child's result, if what it sent is one."""
    if not child.ready:
        try:
            child.begin()
        except (EOFError, OSError):
            raise _unable("it ended before it had begun") from None
        return
    try:
        result = child.pipe.recv()
    except (EOFError, OSError):
        yield _kill(child, children, "ended the process that read it")
        return
    path, child.task = child.path, None
    if isinstance(result, LimitExceeded):  # what is left of its memory may not be enough for the next
        child.stop()
        children.remove(child)
    yield path, result


def _overdue(child: _Child, children: list[_Child]) -> tuple[str, DocumentError]:
    if not child.ready:
        raise _unable(f"it took more than {STARTUP_S:.0f} s")
    return _kill(child, children, f"took more than {child.limits.timeout_s:g} s to read")


def _kill(child: _Child, children: list[_Child], why: str) -> tuple[str, DocumentError]:
    child.stop()
    children.remove(child)
    hint = "look at the file; the rest of the corpus is indexed without it"
    return child.path, LimitExceeded(f"{child.path} {why}", hint)


def _unable(why: str) -> SemsearchError:
    return SemsearchError(
        f"cannot start a process to read documents: {why}",
        "the previous index still answers; free memory or processes and run again",
    )


def _serve(pipe: Connection, work: Callable[..., Any], limits: Limits) -> None:
    with suppress(EOFError, OSError, KeyboardInterrupt):
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        _limit_memory(limits.memory_bytes)
        pipe.send(None)  # ready
        while True:
            task = pipe.recv()
            _limit_cpu(limits.timeout_s)
            result = _done(work, task)
            try:
                pipe.send(result)
            except OSError:
                return
            except Exception as error:  # noqa: BLE001 - what cannot be sent costs one document, too
                pipe.send(_failure(error, task))


def _done(work: Callable[..., Any], task: Task) -> Any:
    try:
        return work(*task)
    except DocumentError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever a parser stumbles over costs one document
        return _failure(error, task)


def _failure(error: Exception, task: Task) -> DocumentError:
    """Say what a document did to its parser; never in the error's own words, which may be the document's."""
    if isinstance(error, MemoryError):
        return LimitExceeded(f"{task[1]} takes more memory than allowed to read", "split the file")
    if isinstance(error, RecursionError):
        return DocumentError(f"{task[1]} is nested too deep to read", "look at the file")
    frames = extract_tb(error.__traceback__)
    where = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return DocumentError(
        f"{task[1]} cannot be read: {type(error).__name__}{where}", "report the file: its parser failed on it"
    )


def _limit_memory(memory_bytes: int) -> None:
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):  # a lower limit is set already, or there is none to set
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_cpu(timeout_s: float) -> None:
    """End this process when it goes on computing after its parent, which would stop it, was killed."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        with suppress(OSError, ValueError):
            resource.setrlimit(
                resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + 2 * timeout_s) + 2, most)
            )
