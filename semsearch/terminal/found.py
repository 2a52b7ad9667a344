"""Hits and answers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.records import Answer, Hit, OutcomeKind, Quote, SectionKind
from semsearch.terminal.parts import (
    VALUE,
    barred,
    clean,
    columned,
    console,
    excerpt,
    flowed,
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

NOTHING = "Not in the minutes."
RELATED = 3
INDENT = 3  # below the rank of a hit


def show_hits(result: Result, index: Index, *, explain: bool = False) -> None:
    """Print hits, best first, or that there are none and what is covered."""
    out = console()
    _show_suggestions(result)
    if not result.hits:
        out.print(_nothing(index))
        return
    for hit in result.hits:
        out.print(_hit(out, hit, explain=explain))
    covered = f"from {_covered(index)}"
    items = "1 item" if len(result.hits) == 1 else f"{len(result.hits)} items"
    out.print(Text(f"{items} in {result.took_ms:.0f} ms, {covered}", style="dim"))


def show_similar(item: ItemRow, hits: Sequence[Hit]) -> None:
    """Print the items like an item."""
    out = console()
    out.print(Text.assemble(("Like ", "dim"), (clean(item.title), "bold"), (f"  {item.id}", "dim")))
    out.print()
    for hit in hits:
        out.print(_hit(out, hit))
    if not hits:
        out.print(Text("Nothing in the minutes is like it.", style="bold"))


def show_answer(answer: Answer | None, result: Result, index: Index) -> None:
    """Print an answer's quotes, each with where it stands, and what is related; or what comes closest."""
    out = console()
    _show_suggestions(result)
    if answer is None:
        out.print(_nothing(index, "No answer in the minutes." if result.hits else NOTHING))
        _show_items(out, "\nClosest", result.hits, ())
        return
    if answer.model:
        out.print(
            Group(Text(clean(answer.text)), Text(f"written by {clean(answer.model)} from:\n", style="dim"))
        )
    if answer.note:
        out.print(Text(f"{clean(answer.note)}\n", style="bold"))
    outcomes = _outcomes(answer, result)
    for place, quote in enumerate(answer.quotes):
        again = place > 0 and _same_item(answer.quotes[place - 1], quote)
        last = place + 1 == len(answer.quotes) or not _same_item(quote, answer.quotes[place + 1])
        if not again:
            out.print(headed(quote.item_title, outcomes.get(_item(quote))))
        number = f"[{place + 1}] " if answer.model else ""
        out.print(_quote(out, quote, number, again=again))
        if last:
            out.print()
    _show_related(out, answer, result)


def _outcomes(answer: Answer, result: Result) -> dict[tuple[str, int], OutcomeKind | None]:
    """Return the outcomes of the items found, and that of the decision quoted, which may be of another."""
    outcomes = {_item(hit): hit.outcome for hit in result.hits}
    decided = next((quote for quote in answer.quotes if quote.section is SectionKind.DECISION), None)
    return outcomes | ({_item(decided): answer.outcome} if decided and answer.outcome else {})


def _show_related(out: Console, answer: Answer, result: Result) -> None:
    """Print the best items of other cases, and how to see the whole of this one."""
    _show_items(out, "Related", result.hits, answer.quotes)
    case = answer.quotes[0].case_number
    if case and sum(hit.case_number == case for hit in result.hits) > 1:
        out.print(Text(f"\nsemsearch case {clean(case)} shows the whole case", style="dim"))


def _show_items(out: Console, heading: str, hits: Sequence[Hit], quotes: Sequence[Quote]) -> None:
    """Print the best items of cases that are not quoted."""
    quoted = {_matter(quote) for quote in quotes}
    others: dict[str, Hit] = {}
    for hit in hits:
        if _matter(hit) not in quoted:
            others.setdefault(_matter(hit), hit)
    if others:
        out.print(Text(heading, style="bold"))
    for hit in list(others.values())[:RELATED]:
        about = Group(headed(Text(clean(hit.item_title)), hit.outcome), flowed(where(hit), out.width - 2))
        out.print(Padding(about, (0, 0, 0, 2)))


def _matter(entry: Hit | Quote) -> str:
    return entry.case_number or f"{entry.source.path} {entry.item_number}"


def _hit(out: Console, hit: Hit, *, explain: bool = False) -> RenderableType:
    """Return a hit, without its text where one above tells much the same, as treatments of a case do."""
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(width=2, justify="right", style="dim")
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(str(hit.rank), Text(clean(hit.item_title), style="bold"), outcome_text(hit.outcome))
    told = excerpt(hit.text, hit.highlights)
    if hit.same_as:
        told = Text(f"much the same text as {hit.same_as}", style="dim italic")
    body: list[RenderableType] = [flowed(where(hit), out.width - INDENT), told]
    if explain:
        body.append(Text(explained(hit), style="dim italic"))
    body.append(flowed([hit.section.value, source_text(hit.source)], out.width - INDENT))
    return Group(line, Padding(Group(*body), (0, 0, 1, INDENT)))


def explained(hit: Hit) -> str:
    """Return how a hit's score comes about, as a sum to follow."""
    parts = {name: value for name, value in hit.parts if value}
    weight = parts.pop("lexical_weight", 0.0)
    weights = {"lexical": weight, "cosine": 1 - weight}
    factors = [f" × {name} {parts.pop(name):.3f}" for name in ("again", "closed") if name in parts]
    terms = [
        f"{name} {value:z.3f}" + (f" × {weights[name]:.3f}" if name in weights else "")
        for name, value in parts.items()
    ]
    total = f"({' + '.join(terms)})" if factors else " + ".join(terms)
    return f"score {hit.score:z.3f} = {total}{''.join(factors)}"


def _quote(out: Console, quote: Quote, number: str, *, again: bool) -> RenderableType:
    """Return a quote below where it stands; `again` leaves out what stands above already."""
    places = [*([] if again else where(quote)), quote.section.value, source_text(quote.source)]
    about = flowed([number + places[0], *places[1:]], out.width)
    style = "green" if quote.section is SectionKind.DECISION else "cyan"
    said = columned(out, marked(quote.text, quote.marks, VALUE), out.width - INDENT)
    return Group(about, barred(out, said, "┃", style=style))


def _same_item(one: Quote, other: Quote) -> bool:
    return _item(one) == _item(other)


def _item(entry: Hit | Quote) -> tuple[str, int]:
    return entry.source.path, entry.item_number


def _covered(index: Index) -> str:
    manifest = index.manifest
    return f"{manifest['meetings']} meetings {manifest['first_date']} to {manifest['last_date']}"


def _nothing(index: Index, said: str = NOTHING) -> Text:
    return Text.assemble((said, "bold"), f"\nIndexed: {_covered(index)}.")


def _show_suggestions(result: Result) -> None:
    for word, like in result.suggestions:
        warn(f"{word} is not in the minutes; did you mean {like}?")
