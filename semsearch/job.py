"""An index run as a job: its report in a file, whatever comes of it, and runs that follow the corpus."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semsearch.corpus import ARCHIVE, SUFFIXES
from semsearch.errors import SemsearchError, UsageError
from semsearch.reindex import Report

if TYPE_CHECKING:
    from watchfiles import Change

QUIET_MS = 1_000  # without a change, until a run begins
MOST_MS = 30_000  # from the first change until a run begins, however many follow
SKIPPED = 6  # exit code of a run that left documents out


def run(build: Callable[[], Report], report_file: Path | None) -> Report:
    """Build, and write the report as JSON where one is wanted: also when the build fails, with the error.

    Raises:
        SemsearchError: the build's own, or the report cannot be written.
    """
    began = datetime.now(UTC)
    try:
        report = build()
    except SemsearchError as error:
        if report_file is not None:
            told = {"code": error.code, "message": error.message, "hint": error.hint}
            _write(report_file, {"schema": "semsearch/1", "error": told}, began, error.exit_code)
        raise
    if report_file is not None:
        _write(report_file, report.json(), began, exit_code(report))
    return report


def exit_code(report: Report) -> int:
    """Return the exit code of a run that came to its end."""
    return SKIPPED if report.skipped else 0


def changes(corpus: Path, index: Path) -> Iterator[None]:
    """Yield at once, then whenever documents below `corpus` have changed and come to rest; Ctrl-C ends it.

    Raises:
        UsageError: the folder cannot be watched.
    """
    from watchfiles import watch

    if not corpus.is_dir():
        raise UsageError(f"the corpus {corpus} is no folder", "name the folder that holds the minutes")
    own = index.resolve()

    def is_document(change: Change, path: str) -> bool:
        place = Path(path)
        listed = place.suffix.lower() in SUFFIXES | {ARCHIVE, ""}  # a folder has none
        return listed and not place.name.startswith(".") and not place.is_relative_to(own)

    yield
    try:
        for _ in watch(corpus, watch_filter=is_document, debounce=MOST_MS, step=QUIET_MS):
            yield
    except KeyboardInterrupt:
        return
    except OSError as error:
        raise UsageError(
            f"{corpus} cannot be watched: {error}", "run semsearch index from a timer, see docs/operations.md"
        ) from None


def _write(path: Path, report: dict[str, Any], began: datetime, code: int) -> None:
    """Write a report whole or not at all: who reads it meanwhile sees the one before."""
    told = {**report, "exit_code": code, "began": f"{began:%Y-%m-%dT%H:%M:%SZ}"}
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(
            f"the report {path} cannot be written: {error.strerror}",
            "the index is as the run left it; name a file in a folder that can be written",
        ) from None
