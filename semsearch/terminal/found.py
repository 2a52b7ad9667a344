"""Hits and answers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.records import Answer, Hit, Quote, SectionKind
from semsearch.terminal.parts import (
    VALUE,
    barred,
    clean,
    console,
    excerpt,
    headed,
    marked,
    outcome_text,
    source_text,
    warn,
    where,
)

if TYPE_CHECKING:
    from semsearch.catalog import ItemRow
    from semsearch.index import Index
    from semsearch.searcher import Result

RELATED = 3


def show_hits(result: Result, index: Index, *, explain: bool = False) -> None:
    """Print hits, best first, or that there are none and what is covered."""
    out = console()
    _show_suggestions(result)
    if not result.hits:
        out.print(_nothing(index))
        return
    for hit in result.hits:
        out.print(_hit(hit, explain=explain))
    covered = f"from {_covered(index)}"
    out.print(Text(f"{len(result.hits)} items in {result.took_ms:.0f} ms, {covered}", style="dim"))


def show_similar(item: ItemRow, hits: Sequence[Hit]) -> None:
    """Print the items like an item."""
    out = console()
    out.print(Text.assemble(("Like ", "dim"), (clean(item.title), "bold"), (f"  {item.id}", "dim")))
    out.print()
    for hit in hits:
        out.print(_hit(hit, explain=False))
    if not hits:
        out.print(Text("Nothing in the minutes is like it.", style="bold"))


def show_answer(answer: Answer | None, result: Result, index: Index) -> None:
    """Print an answer's quotes, each with where it stands, then what else is related."""
    out = console()
    _show_suggestions(result)
    if answer is None:
        out.print(_nothing(index))
        return
    if answer.model:
        out.print(
            Group(Text(clean(answer.text)), Text(f"written by {clean(answer.model)} from:\n", style="dim"))
        )
    if answer.note:
        out.print(Text(f"{clean(answer.note)}\n", style="bold"))
    for place, quote in enumerate(answer.quotes):
        again = place > 0 and _same_item(answer.quotes[place - 1], quote)
        last = place + 1 == len(answer.quotes) or not _same_item(quote, answer.quotes[place + 1])
        out.print(_quote(out, answer, place, again=again))
        if last:
            out.print()
    _show_related(out, answer, result)


def _show_related(out: Console, answer: Answer, result: Result) -> None:
    """Print the best items of other cases, and how to see the whole of this one."""
    quoted = {_matter(quote) for quote in answer.quotes}
    others: dict[str, Hit] = {}
    for hit in result.hits:
        if _matter(hit) not in quoted:
            others.setdefault(_matter(hit), hit)
    if others:
        out.print(Text("Related", style="bold"))
    for hit in list(others.values())[:RELATED]:
        about = Group(headed(Text(clean(hit.item_title)), hit.outcome), Text(where(hit), style="dim"))
        out.print(Padding(about, (0, 0, 0, 2)))
    case = answer.quotes[0].case_number
    if case and sum(hit.case_number == case for hit in result.hits) > 1:
        out.print(Text(f"\nsemsearch case {clean(case)} shows the whole case", style="dim"))


def _matter(entry: Hit | Quote) -> str:
    return entry.case_number or f"{entry.source.path} {entry.item_number}"


def _hit(hit: Hit, *, explain: bool) -> RenderableType:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(width=2, justify="right", style="dim")
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(str(hit.rank), Text(clean(hit.item_title), style="bold"), outcome_text(hit.outcome))
    body: list[RenderableType] = [Text(where(hit), style="dim"), excerpt(hit.text, hit.highlights)]
    if explain:
        parts = "  ".join(f"{name} {value:.3f}" for name, value in hit.parts)
        body.append(Text(f"score {hit.score:.3f} = {parts}", style="dim italic"))
    body.append(Text(source_text(hit.source), style="dim"))
    return Group(line, Padding(Group(*body), (0, 0, 1, 3)))


def _quote(out: Console, answer: Answer, place: int, *, again: bool) -> RenderableType:
    """Return a quote under its item's title; `again` leaves the title out that stands above already."""
    quote = answer.quotes[place]
    decided = quote.section is SectionKind.DECISION
    number = f"[{place + 1}] " if answer.model else ""
    about = number + (quote.section.value if again else where(quote))
    stands = source_text(quote.source)
    between = " · " if len(about) + len(stands) + 3 <= out.width else "\n"
    bar = barred(out, marked(quote.text, quote.marks, VALUE), "┃", style="green" if decided else "cyan")
    lines = [Text(f"{about}{between}{stands}", style="dim"), bar]
    title = (
        [] if again else [headed(quote.item_title, answer.outcome if _has_outcome(answer, quote) else None)]
    )
    return Group(*title, *lines)


def _has_outcome(answer: Answer, quote: Quote) -> bool:
    """Whether the answer's outcome is that of a quote's item: the first whose decision is quoted."""
    decided = next((one for one in answer.quotes if one.section is SectionKind.DECISION), None)
    return decided is not None and _same_item(decided, quote)


def _same_item(one: Quote, other: Quote) -> bool:
    return (one.source.path, one.item_number) == (other.source.path, other.item_number)


def _covered(index: Index) -> str:
    manifest = index.manifest
    return f"{manifest['meetings']} meetings {manifest['first_date']} to {manifest['last_date']}"


def _nothing(index: Index) -> Text:
    return Text.assemble(("Not in the minutes.", "bold"), f"\nIndexed: {_covered(index)}.")


def _show_suggestions(result: Result) -> None:
    for word, like in result.suggestions:
        warn(f"{word} is not in the minutes; did you mean {like}?")
