"""How good the answers are: every arm on every set of judged queries, by language and kind.

Run with `.venv/bin/python -m benchmarks.quality [--shared DIR]`. Prints, for each set, a table of MRR@10 and
one of nDCG@10, the abstention pair, and how many answers of `ask` hold what they should. Queries held back
from tuning are shown by language only, so that nobody learns from them which kinds to work on.
"""

from collections.abc import Sequence

from benchmarks.sets import Set, indexes, sets, shared_folder
from semsearch import OpenIndex, open_index
from semsearch.evaluation import Report, evaluate
from semsearch.judgments import Judged, read_judged


def table(report: Report, figure: str, heading: str, *, kinds: bool) -> str:
    """Return a figure as Markdown: a row for each group of queries, a column for each arm."""
    names = [arm.name for arm in report.arms]
    lines = [f"| {heading} | queries | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for group, figures in report.arms[0].figures.items():
        if group.startswith("kind=") and not kinds:
            continue
        values = [f"{getattr(arm.figures[group], figure):.3f}" for arm in report.arms]
        lines.append(f"| {group} | {figures.queries} | {' | '.join(values)} |")
    return "\n".join(lines)


def abstention(report: Report) -> str:
    pair = report.abstention
    return (
        f"hits for {len(pair.answered)} of {pair.unanswerable} unanswerable queries,"
        f" none for {len(pair.refused)} of {pair.answerable} answerable ones"
    )


def answered(index: OpenIndex, judged: Sequence[Judged]) -> tuple[int, int]:
    """Return how many answers hold every string they should, and how many questions name any."""
    asked = [one for one in judged if one.answer_contains]
    texts = [index.ask(one.query) for one in asked]
    good = [
        text is not None and all(wanted.casefold() in text.text.casefold() for wanted in one.answer_contains)
        for text, one in zip(texts, asked, strict=True)
    ]
    return sum(good), len(asked)


def show(one: Set, index: OpenIndex) -> None:
    judged = read_judged(one.queries, split=one.split)
    report = evaluate(index.searcher, judged)
    good, asked = answered(index, judged)
    kinds = one.split != "held"
    print(f"\n## {one.name}\n\n{table(report, 'mrr_10', 'MRR@10', kinds=kinds)}\n")
    print(f"{table(report, 'ndcg_10', 'nDCG@10', kinds=kinds)}\n")
    for pair in report.comparisons:
        print(f"- {pair.first} - {pair.second}: nDCG@10 {pair.difference:+.3f}, p {pair.p:.4f}")
    print(f"- {abstention(report)}")
    print(f"- `ask` holds what it should for {good} of {asked} questions")
    print(
        f"- warm search: p50 {report.latency_p50_ms:.1f} ms, p95 {report.latency_p95_ms:.1f} ms", flush=True
    )


def main() -> None:
    found = sets(shared_folder(__doc__))
    with indexes(found) as built:
        for one in found:
            show(one, open_index(built[one.corpus]))


if __name__ == "__main__":
    main()
