"""Cases, meetings and lists of decisions as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
GAP_DAYS = 60  # a longer pause in a case is worth a word
_SIGNS = {"decides": "●", "recommends": "◐", "notes": "○", "postpones": "◌", "refers": "↺"}
_ROLES = {
    "decides": "decided",
    "recommends": "recommended",
    "notes": "noted",
    "postpones": "put off",
    "refers": "sent on",
}


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
    out.print(Text(joined([row.kind.value, clean(row.place or ""), clean(row.path), row.id]), style="dim"))
    out.print()
    out.print(_agenda(treatments, decisions=False))


def show_decisions(treatments: Sequence[Treatment]) -> None:
    """Print decisions meeting by meeting."""
    out = console()
    for part in _by_meeting(treatments, lambda one: one):
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
    by_id = {one.treatment.item.id: one for one in news}
    for part in _by_meeting([one.treatment for one in news], lambda one: by_id[one.item.id].queries):
        out.print(part)
    many = len(news)
    text = (
        f"{many} new or changed item{'s' * (many != 1)} since {day}" if many else f"Nothing new since {day}."
    )
    out.print(Text(text, style="dim" if many else "bold"))


def _way(treatments: Sequence[Treatment]) -> str:
    """Return a case in a line: how often treated, when, and whose decision stands."""
    first, last, many = treatments[0].item, treatments[-1].item, len(treatments)
    span = day_text(first.meeting.date)
    if first.meeting.date != last.meeting.date:
        span += f" to {day_text(last.meeting.date)}"
    stands = next((one.item.meeting for one in treatments if one.standing), None)
    standing = (
        f"the decision of {stands.committee}, {day_text(stands.date)}, stands"
        if stands
        else "no decision yet"
    )
    return clean(
        joined([f"case {last.case_number}", f"treated {many} time{'s' * (many != 1)}", span, standing])
    )


def _gap(before: Treatment, after: Treatment) -> RenderableType:
    days = (after.item.meeting.date - before.item.meeting.date).days
    months = round(days / 30.4)
    words = (
        f"  {months} months later"
        if 60 <= days < 700
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
    body = Text(_paragraphs(said), style="" if one.decision else "dim italic")
    place = Text(f"{clean(item.meeting.path)}:{one.start if one.decision else item.start}", style="dim")
    return Group(
        headed(head, item.outcome),
        barred(out, Text("\n").join([body, place]), " " if last else "│", style="dim"),
    )


def _paragraphs(text: str) -> str:
    """Return a decision in its own lines, without blank ones, cut where it gets long."""
    lines = [clean(line).strip() for line in text.splitlines() if line.strip()]
    shown, left = [], EXCERPT_CHARS
    for line in lines:
        if left <= 0:
            shown.append("…")
            break
        shown.append(shorten(line, left))
        left -= len(line)
    return "\n".join(shown)


def _by_meeting(treatments: Iterable[Treatment], note: object) -> Iterator[RenderableType]:
    for _, group in groupby(treatments, key=lambda one: one.item.meeting.id):
        found = list(group)
        meeting = found[0].item.meeting
        yield Text.assemble((day_text(meeting.date), "bold"), "  ", clean(meeting.committee))
        yield Padding(_agenda(found, decisions=True, note=note), (0, 0, 1, 0))


def _agenda(treatments: Sequence[Treatment], *, decisions: bool, note: object = None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", style="dim", no_wrap=True, width=3)
    table.add_column(ratio=1)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    for one in treatments:
        item = one.item
        title = Text(clean(item.title), style="dim" if item.closed else "")
        if decisions and one.decision:
            title.append("\n" + shorten(one.decision, LINE_CHARS), style="dim")
        queries = note(one) if callable(note) else None
        if isinstance(queries, tuple) and queries:
            title.append(f"\nmatches {', '.join(map(clean, queries))}", style="cyan")
        table.add_row(str(item.number), title, clean(item.case_number or ""), outcome_text(item.outcome))
    return table
