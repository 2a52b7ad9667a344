"""Cases, meetings and lists of decisions as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.terminal.parts import (
    EXCERPT_CHARS,
    OUTCOME_STYLES,
    barred,
    clean,
    console,
    day_text,
    flowed,
    headed,
    joined,
    outcome_text,
    shorten,
)

if TYPE_CHECKING:
    from semsearch.cases import Treatment
    from semsearch.catalog import MeetingRow
    from semsearch.news import News

LINE_CHARS = 160  # of a decision in a list
ADVICE_CHARS = 1_500  # of the recommendation that a standing decision refers to
GAP_DAYS = 60  # a longer pause in a case is worth a word
_SIGNS = {"decides": "●", "recommends": "◐", "notes": "○", "postpones": "◌", "refers": "↺"}


def show_case(treatments: Sequence[Treatment]) -> None:
    """Print a case's way through the meetings as a timeline, oldest first."""
    out = console()
    last = treatments[-1].item
    out.print(Text.assemble((clean(last.title), "bold")))
    out.print(Text(_way(treatments), style="dim"))
    out.print()
    for place, one in enumerate(treatments):
        if place:
            out.print(_gap(treatments[place - 1], one))
        out.print(_stop(out, one, last=place == len(treatments) - 1))


def show_meeting(row: MeetingRow, treatments: Sequence[Treatment]) -> None:
    """Print a meeting's agenda with outcomes."""
    out = console()
    start = row.start.strftime(" at %H:%M") if row.start else ""
    out.print(Text.assemble((clean(row.committee), "bold"), f"  {day_text(row.date)}{start}"))
    out.print(flowed([row.kind.value, clean(row.place or ""), row.id, clean(row.path)], out.width))
    out.print()
    out.print(_agenda(treatments))


def show_decisions(treatments: Sequence[Treatment]) -> None:
    """Print decisions meeting by meeting."""
    out = console()
    for part in _by_meeting(treatments, lambda one: ""):
        out.print(part)
    many = len(treatments)
    out.print(
        Text(
            f"{many} decision{'s' * (many != 1)}" if many else "No decision matches.",
            style="dim" if many else "bold",
        )
    )


def show_news(day: str, news: Sequence[News]) -> None:
    """Print what is new, meeting by meeting."""
    out = console()
    matched = {
        one.treatment.item.id: clean(f"matches {', '.join(one.queries)}") for one in news if one.queries
    }
    for part in _by_meeting([one.treatment for one in news], lambda one: matched.get(one.item.id, "")):
        out.print(part)
    many = len(news)
    text = (
        f"{many} new or changed item{'s' * (many != 1)} since {day}" if many else f"Nothing new since {day}."
    )
    out.print(Text(text, style="dim" if many else "bold"))


def _way(treatments: Sequence[Treatment]) -> str:
    """Return a case in a line: how often treated, when, and whether it is still open."""
    first, last, many = treatments[0].item, treatments[-1].item, len(treatments)
    span = day_text(first.meeting.date)
    if first.meeting.date != last.meeting.date:
        span += f" to {day_text(last.meeting.date)}"
    open_still = "" if any(one.standing for one in treatments) else "nothing decided yet"
    times = f"{many} treatment{'s' * (many != 1)}"
    return clean(joined([f"case {last.case_number}", times, span, open_still]))


def _gap(before: Treatment, after: Treatment) -> RenderableType:
    days = (after.item.meeting.date - before.item.meeting.date).days
    months = round(days / 30.4)
    words = (
        f"  {months} months later"
        if GAP_DAYS <= days < 700
        else f"  {days / 365.25:.1f} years later"
        if days >= 700
        else ""
    )
    return Text(f"│{words}", style="dim")


def _stop(out: Console, one: Treatment, *, last: bool) -> RenderableType:
    item = one.item
    style = (
        "bold green" if one.standing else OUTCOME_STYLES.get(item.outcome, "dim") if item.outcome else "dim"
    )
    head = Text.assemble(
        (f"{_SIGNS.get(one.role, '○')} ", style),
        (day_text(item.meeting.date), "bold"),
        "  ",
        clean(item.meeting.committee),
        (f"  item {item.number}", "dim"),
        ("  stands", "bold green") if one.standing else "",
    )
    said = one.decision or ("closed item" if item.closed else "no decision printed")
    limit = len(said) if one.standing else EXCERPT_CHARS
    body = [Text(_paragraphs(said, limit), style="" if one.decision else "dim italic")]
    if one.recommendation:
        advice = _paragraphs(one.recommendation, ADVICE_CHARS)
        body += [Text("recommendation", style="dim"), Text(advice)]
    place = Text(f"{clean(item.meeting.path)}:{one.start if one.decision else item.start}", style="dim")
    return Group(
        headed(head, item.outcome),
        barred(out, Text("\n").join([*body, place]), " " if last else "│", style="dim"),
    )


def _paragraphs(text: str, limit: int) -> str:
    """Return a decision in its own lines, without blank ones, cut where it gets longer than `limit`."""
    shown: list[str] = []
    for line in (clean(line).strip() for line in text.splitlines() if line.strip()):
        if sum(map(len, shown)) + len(line) > limit and shown:
            return "\n".join([*shown, "…"])
        shown.append(shorten(line, limit))
    return "\n".join(shown)


def _by_meeting(
    treatments: Iterable[Treatment], note: Callable[[Treatment], str]
) -> Iterator[RenderableType]:
    for _, group in groupby(treatments, key=lambda one: one.item.meeting.id):
        found = list(group)
        meeting = found[0].item.meeting
        yield Text.assemble((day_text(meeting.date), "bold"), "  ", clean(meeting.committee))
        for one in found:
            yield _entry(one, note(one))
        yield Text("")


def _entry(one: Treatment, note: str) -> RenderableType:
    """Return an item with its decision, which has the whole width to itself."""
    item = one.item
    line = Table.grid(padding=(0, 1, 0, 0), expand=True)
    line.add_column(justify="right", style="dim", no_wrap=True, width=3)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(str(item.number), clean(item.title), outcome_text(item.outcome))
    case = f"case {item.case_number}" if item.case_number else ""
    below: list[RenderableType] = [
        Text(joined([clean(case), shorten(one.decision or "", LINE_CHARS)]), style="dim")
    ]
    below += [Text(note, style="cyan")] if note else []
    return Group(line, Padding(Group(*below), (0, 0, 0, 4)))


def _agenda(treatments: Sequence[Treatment]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", style="dim", no_wrap=True, width=3)
    table.add_column(ratio=1)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    for one in treatments:
        item = one.item
        title = Text(clean(item.title), style="dim" if item.closed else "")
        table.add_row(str(item.number), title, clean(item.case_number or ""), outcome_text(item.outcome))
    return table
