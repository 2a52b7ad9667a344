"""What an index holds, what a run did, and how far it has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from semsearch.terminal.parts import clean, console

if TYPE_CHECKING:
    from semsearch.checking import Check
    from semsearch.reindex import Report


def show_status(status: dict[str, Any]) -> None:
    """Print what an index holds."""
    out = console()
    facts = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    facts.add_column(style="dim")
    facts.add_column()
    for name, value in (
        ("index", f"{status['index']}  generation {status['generation']}, {status['created']}"),
        ("corpus", clean(status["corpus"])),
        ("model", status["model"]),
        ("holds", f"{status['meetings']} meetings, {status['items']} items, {status['passages']} passages"),
        ("dates", f"{status['first_date']} to {status['last_date']}"),
        ("size", _size(status)),
        ("closed items", "with their text" if status["include_closed"] else "without their text"),
        ("thresholds", ", ".join(f"{name} {value}" for name, value in status["thresholds"].items())),
        ("CPR numbers", f"{status['cpr_masked']} masked in {len(status['cpr_documents'])} documents"),
    ):
        facts.add_row(name, value)
    out.print(facts)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading, justify in (
        ("committee", "left"),
        ("meetings", "right"),
        ("first", "left"),
        ("last", "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for row in status["committees"]:
        table.add_row(clean(row["committee"]), str(row["meetings"]), row["first_date"], row["last_date"])
    out.print()
    out.print(table)
    remarks = [Text(clean(line), style="magenta") for line in _remarks(status)]
    if remarks:
        out.print()
    for remark in remarks:
        out.print(remark, soft_wrap=not out.is_terminal)  # a pipe is searched line by line


def _size(status: dict[str, Any]) -> str:
    generations = ", ".join(map(str, status["generations"]))
    return (
        f"{status['size_bytes'] / 1e6:.1f} MB, {status['size_bytes_per_passage']} bytes a passage;"
        f" generations kept: {generations}"
    )


def _remarks(status: dict[str, Any]) -> Iterator[str]:
    """Yield what an operator should look at, a line each."""
    for gap in status["gaps"]:
        until = f"and {gap['before']}" if gap["before"] else "and now"
        yield (
            f"gap: {gap['committee']}: none between {gap['after']} {until},"
            f" {gap['days']} days; usual are {gap['usual_days']}"
        )
    for agenda in status["agendas"]:
        overdue = "; later minutes are here" if agenda["overdue"] else ""
        yield f"agenda without minutes: {agenda['committee']} {agenda['date']}: {agenda['path']}{overdue}"
    for row in status["cpr_documents"]:
        yield f"CPR numbers: {row['cpr_masked']} masked in {row['path']}"
    for row in status["skipped"]:
        yield f"skipped: {row['path']}: {row['reason']}"


def show_check(check: Check) -> None:
    """Print what was compared, in one line."""
    files = (
        f"{check.files} files"
        if check.files == check.of_files
        else f"{check.files} of {check.of_files} files"
    )
    quotes = "" if check.quotes is None else f", {check.quotes} places of quotes"
    console().print(
        f"{check.index} generation {check.generation} is as it was written:"
        f" {files}, {check.bytes / 1e6:.1f} MB in {check.seconds:.2f} s{quotes}",
        soft_wrap=True,
    )


def show_report(report: Report, folder: Path, *, dry_run: bool, quiet: bool = False) -> None:
    """Print what an index run did: on stderr what went wrong, on stdout one line that sums it up.

    In a pipe or a journal each message is one line, and the last says more; with `quiet` only what went
    wrong is printed.
    """
    err = console(stderr=True)
    for path, reason in report.skipped:
        told = clean(reason if path in reason else f"{path}: {reason}")
        err.print(Text.assemble(("skipped ", "magenta"), told), soft_wrap=not sys.stderr.isatty())
    if quiet:
        return
    for note in report.notes:
        err.print(Text(clean(note), style="magenta"), soft_wrap=not sys.stderr.isatty())
    changes = ", ".join(
        f"{getattr(report, name)} {name}" for name in ("added", "changed", "removed") if getattr(report, name)
    )
    done = "would index" if dry_run else "indexed" if report.published else "up to date:"
    facts = "" if sys.stdout.isatty() else f" {_facts(report)}"
    console().print(
        f"{done} {report.meetings} meetings, {report.passages} passages"
        f" ({changes or 'nothing new'}) in {report.seconds:.1f} s -> {folder}{facts}",
        soft_wrap=True,
    )


def _facts(report: Report) -> str:
    """Return what a journal is searched for."""
    return (
        f"generation={report.generation} seen={report.seen} skipped={len(report.skipped)}"
        f" superseded={report.superseded} encoded={report.encoded} cpr_masked={report.cpr_masked}"
        f" gaps={len(report.gaps)} agendas={len(report.agendas)} size_bytes={report.size_bytes}"
    )


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what `build_index` reports its progress to; a bar on a terminal, nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done, total: bar.update(task, description=step, completed=done, total=total)
