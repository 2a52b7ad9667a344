"""Results as people read them: rich text on a terminal, plain lines in a pipe."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.records import Answer, Hit, OutcomeKind, Quote, SectionKind, Source

if TYPE_CHECKING:
    from semsearch.catalog import ItemRow, MeetingRow
    from semsearch.checking import Check
    from semsearch.index import Index
    from semsearch.reindex import Report
    from semsearch.searcher import Result

WIDTH = 100  # of a pipe, and the widest a terminal is used: longer lines are hard to read
EXCERPT_CHARS = 420
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
OUTCOME_STYLES = {
    OutcomeKind.APPROVED: "green",
    OutcomeKind.APPROVED_AMENDED: "green",
    OutcomeKind.RECOMMENDED: "cyan",
    OutcomeKind.NOTED: "blue",
    OutcomeKind.DISCUSSED: "blue",
    OutcomeKind.POSTPONED: "yellow",
    OutcomeKind.REFERRED: "yellow",
    OutcomeKind.REJECTED: "red",
    OutcomeKind.WITHDRAWN: "red",
}


def clean(text: str) -> str:
    """Return text without terminal escapes and invisible direction marks: minutes are data, not commands."""
    return _UNSAFE.sub("", text)


def console(*, stderr: bool = False) -> Console:
    """Return a console no wider than reads well; without colour when piped or `NO_COLOR` is set."""
    stream = sys.stderr if stderr else sys.stdout
    width = min(WIDTH, os.get_terminal_size(stream.fileno()).columns) if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False, soft_wrap=False)


def show_hits(result: Result, index: Index, *, explain: bool = False) -> None:
    """Print hits, best first, or that there are none and what is covered."""
    out = console()
    _show_suggestions(result)
    if not result.hits:
        out.print(_nothing(result, index))
        return
    for hit in result.hits:
        out.print(_hit(hit, explain=explain))
    _print_summary(result, index)


def show_answer(answer: Answer | None, result: Result, index: Index) -> None:
    """Print an answer's quotes, each with where it stands, then what else is related."""
    out = console()
    _show_suggestions(result)
    if answer is None:
        out.print(_nothing(result, index))
        return
    for quote in answer.quotes:
        out.print(_quote(quote, answer.outcome if quote.section is SectionKind.DECISION else None))
    quoted = {(quote.source.path, quote.item_number) for quote in answer.quotes}
    related = [hit for hit in result.hits if (hit.source.path, hit.item_number) not in quoted][:3]
    if related:
        out.print(Text("\nRelated", style="bold"))
    for hit in related:
        out.print(Text.assemble("  ", clean(hit.item_title), (f"  {_where(hit)}", "dim")))


def show_case(items: Sequence[ItemRow], decisions: Sequence[str | None]) -> None:
    """Print a case's way through the meetings as a timeline, oldest first."""
    out = console()
    out.print(
        Text.assemble(
            ("Case ", "dim"), (clean(str(items[0].case_number)), "bold"), "  ", clean(items[-1].title)
        )
    )
    for place, (item, decision) in enumerate(zip(items, decisions, strict=True)):
        last = place == len(items) - 1
        out.print()
        out.print(_treatment(item, decision, last=last))


def show_meeting(row: MeetingRow, items: Sequence[ItemRow]) -> None:
    """Print a meeting's agenda with outcomes."""
    out = console()
    start = row.start.strftime(" %H:%M") if row.start else ""
    out.print(
        Text.assemble(
            (clean(row.committee), "bold"), f"  {_day(row.date)}{start}", (f"  {row.kind.value}", "dim")
        )
    )
    if row.place:
        out.print(Text(clean(row.place), style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    for item in items:
        title = Text(clean(item.title), style="dim" if item.closed else "")
        table.add_row(str(item.number), title, clean(item.case_number or ""), _outcome(item.outcome))
    out.print()
    out.print(table)
    out.print(Text(f"\n{clean(row.path)}  {row.id}", style="dim"))


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
        ("size", f"{status['size_bytes'] / 1e6:.1f} MB"),
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
    for row in status["skipped"]:
        out.print(Text(f"skipped: {clean(row['path'])}: {clean(row['reason'])}", style="yellow"))


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


def show_report(report: Report, folder: Path, *, dry_run: bool) -> None:
    """Print what an index run did, on stderr but for the one line that sums it up."""
    err = console(stderr=True)
    for note in report.notes:
        err.print(Text(clean(note), style="yellow"))
    for path, reason in report.skipped:
        err.print(
            Text.assemble(("skipped ", "yellow"), clean(reason if path in reason else f"{path}: {reason}"))
        )
    changes = ", ".join(
        f"{getattr(report, name)} {name}" for name in ("added", "changed", "removed") if getattr(report, name)
    )
    done = "would index" if dry_run else "indexed" if report.published else "up to date:"
    console().print(
        f"{done} {report.meetings} meetings, {report.passages} passages"
        f" ({changes or 'nothing new'}) in {report.seconds:.1f} s -> {folder}",
        soft_wrap=True,
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


def _hit(hit: Hit, *, explain: bool) -> RenderableType:
    head = Table.grid(expand=True, padding=(0, 1))
    head.add_column(width=2, justify="right", style="dim")
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    head.add_row(str(hit.rank), Text(clean(hit.item_title), style="bold"), _outcome(hit.outcome))
    body: list[RenderableType] = [Text(_where(hit), style="dim"), _excerpt(hit.text, hit.highlights)]
    if explain:
        parts = "  ".join(f"{name} {value:.3f}" for name, value in hit.parts)
        body.append(Text(f"score {hit.score:.3f} = {parts}", style="dim italic"))
    body.append(Text(_source(hit.source), style="dim"))
    return Group(head, Padding(Group(*body), (0, 0, 1, 3)))


def _quote(quote: Quote, outcome: OutcomeKind | None) -> RenderableType:
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    head.add_row(Text(clean(quote.item_title), style="bold"), _outcome(outcome))
    bar = Table.grid(padding=(0, 1))
    bar.add_column(width=1, style="green")
    bar.add_column(ratio=1)
    for line in clean(quote.text).split("\n"):
        bar.add_row("┃", line)
    return Padding(
        Group(head, Text(_where(quote), style="dim"), bar, Text(_source(quote.source), style="dim")),
        (0, 0, 1, 0),
    )


def _treatment(item: ItemRow, decision: str | None, *, last: bool) -> RenderableType:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(width=1, style="green" if last else "dim")
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(
        "●" if last else "○",
        Text.assemble(
            (_day(item.meeting.date), "bold"),
            "  ",
            clean(item.meeting.committee),
            (f"  item {item.number}", "dim"),
        ),
        _outcome(item.outcome),
    )
    text = _shorten(clean(decision or ("closed" if item.closed else "no decision printed")), EXCERPT_CHARS)
    return Group(
        line,
        Padding(
            Group(Text(text), Text(f"{clean(item.meeting.path)}:{item.start}", style="dim")), (0, 0, 0, 2)
        ),
    )


def _where(entry: Hit | Quote) -> str:
    case = f" · case {entry.case_number}" if entry.case_number else ""
    day = _day(entry.meeting_date)
    return clean(f"{entry.committee} · {day} · item {entry.item_number}{case} · {entry.section.value}")


def _source(source: Source) -> str:
    page = f" page {source.page}" if source.page else ""
    return clean(f"{source.path}:{source.start}{page}")


def _excerpt(text: str, highlights: Sequence[tuple[int, int]]) -> Text:
    """Return the part of a passage around its first highlights, marked."""
    begin = _excerpt_start(text, highlights)
    end = min(len(text), begin + EXCERPT_CHARS)
    if end < len(text):
        end = text.rfind(" ", begin, end) if " " in text[begin + 1 : end] else end
    shown = Text("… " if begin else "")
    place = begin
    for start, stop in highlights:
        if place <= start and stop <= end:
            shown.append(_line(text[place:start]))
            shown.append(_line(text[start:stop]), style="bold yellow")
            place = stop
    shown.append(_line(text[place:end]))
    shown.append(" …" if end < len(text) else "")
    return shown


def _excerpt_start(text: str, highlights: Sequence[tuple[int, int]]) -> int:
    if not highlights or len(text) <= EXCERPT_CHARS or highlights[0][0] < EXCERPT_CHARS // 2:
        return 0
    return text.rfind(" ", 0, max(1, highlights[0][0] - 80)) + 1


def _line(text: str) -> str:
    return clean(re.sub(r"\n\s*", "\n", text))


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: text.rfind(" ", 0, limit)] + " …"


def _outcome(outcome: OutcomeKind | None) -> Text:
    if outcome is None or outcome is OutcomeKind.UNKNOWN:
        return Text("")
    return Text(outcome.value.replace("_", " "), style=OUTCOME_STYLES.get(outcome, "dim"))


def _nothing(result: Result, index: Index) -> Text:
    manifest = index.manifest
    return Text.assemble(
        ("Not in the minutes.", "bold"),
        f"\nIndexed: {manifest['meetings']} meetings, {manifest['first_date']} to {manifest['last_date']}.",
    )


def _show_suggestions(result: Result) -> None:
    for word, like in result.suggestions:
        console(stderr=True).print(
            Text(f"{clean(word)} is not in the minutes; did you mean {like}?", style="yellow")
        )


def _print_summary(result: Result, index: Index) -> None:
    manifest = index.manifest
    console().print(
        Text(
            f"{len(result.hits)} items in {result.took_ms:.0f} ms, from {manifest['meetings']} meetings"
            f" {manifest['first_date']} to {manifest['last_date']}",
            style="dim",
        )
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
