"""An evaluation as people read it: one table of arms, then where they differ, refusals and latency."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from semsearch.evaluation import Arm, Comparison, Report

COLUMNS = {
    "nDCG@10": "ndcg_10",
    "MRR@10": "mrr_10",
    "recall@10": "recall_10",
    "recall@100": "recall_100",
    "success@1": "success_1",
}
SIGNIFICANT = 0.05


def show_evaluation(report: Report, out: Console) -> None:
    """Print a report: figures of each arm and group, p between arms, the abstention pair, latency."""
    if report.abstention.answerable:
        out.print(_arms(report))
    if report.comparisons:
        out.print(_comparisons(report))
    for line in _facts(report):
        out.print(line)


def _arms(report: Report) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("queries", "", "arm"):
        table.add_column(heading, justify="right" if not heading else "left")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    for group in report.arms[0].figures if report.arms else ():
        _add_group(table, group, report.arms)
    return table


def _add_group(table: Table, group: str, arms: Iterable[Arm]) -> None:
    """Add one row an arm; the best nDCG of the group is bold."""
    rows = [(arm.name, arm.figures[group]) for arm in arms]
    best = max(figures.ndcg_10 for _, figures in rows)
    for place, (name, figures) in enumerate(rows):
        head = (group, str(figures.queries)) if place == 0 else ("", "")
        values = [_figure(getattr(figures, column)) for column in COLUMNS.values()]
        style = "bold" if figures.ndcg_10 == best else ""
        table.add_row(*head, Text(name, style), *(Text(value, style) for value in values))
    table.add_section()
    table.add_row()


def _comparisons(report: Report) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("nDCG@10 between arms", "difference", "p"):
        table.add_column(heading, justify="left" if " " in heading else "right")
    for one in report.comparisons:
        table.add_row(f"{one.first} - {one.second}", f"{one.difference:+.3f}", Text(_p(one), _style(one)))
    return table


def _facts(report: Report) -> Iterable[Text]:
    pair, many = report.abstention, len(report.judged)
    yield Text(
        f"\n{many} judged {'query' if many == 1 else 'queries'}: {pair.answerable} answerable,"
        f" {pair.unanswerable} not. p: paired randomisation test, two-sided."
    )
    yield Text(
        f"as users get it: {len(pair.answered)} of {pair.unanswerable} unanswerable queries got hits"
        f"{_ids(pair.answered)}, {len(pair.refused)} of {pair.answerable} answerable ones none"
        f"{_ids(pair.refused)}"
    )
    yield Text(f"a warm query: p50 {report.latency_p50_ms:.1f} ms, p95 {report.latency_p95_ms:.1f} ms")
    if report.absent:
        yield Text(f"counted 0, for their items are not indexed: {', '.join(report.absent)}", "yellow")


def _ids(queries: tuple[str, ...]) -> str:
    shown = ", ".join(queries[:8]) + (", ..." if len(queries) > 8 else "")
    return f" ({shown})" if shown else ""


def _p(one: Comparison) -> str:
    return f"{one.p:.4f}" if one.p >= 0.001 else "< .001"


def _style(one: Comparison) -> str:
    return "bold" if one.p < SIGNIFICANT else ""


def _figure(value: float) -> str:
    return f"{value:.3f}"
