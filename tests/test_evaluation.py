"""An evaluation of the shipped corpus: every figure accounted for, in every form it is shown or written."""

import doctest
import json
from collections.abc import Sequence
from dataclasses import fields
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from semsearch import evaluation, open_index
from semsearch.cli import run as run_cli
from semsearch.config import Weights
from semsearch.errors import UsageError
from semsearch.evaluation import ARMS, Report, arm_weights, evaluate, score
from semsearch.evaluation_view import show_evaluation
from semsearch.judgments import Judged, Target, read_judged, read_run
from semsearch.searcher import Searcher

JUDGED = Path(__file__).resolve().parent / "judged" / "corpus_queries.jsonl"
NOWHERE = Judged("lost", "budget", (Target(item="nowhere/2020-01-01/1"),), "da", "keyword")


@pytest.fixture(scope="module")
def searcher(corpus_index: Path) -> Searcher:
    return open_index(corpus_index).searcher


@pytest.fixture(scope="module")
def judged() -> Sequence[Judged]:
    return read_judged(JUDGED)


@pytest.fixture(scope="module")
def report(searcher: Searcher, judged: Sequence[Judged]) -> Report:
    return evaluate(searcher, judged)


def test_doctests() -> None:
    done = doctest.testmod(evaluation)
    assert done.attempted
    assert not done.failed


def test_a_case_takes_one_place_and_counts_once() -> None:
    cases = {"a/1": "1", "a/2": "1", "b/1": "2", "b/2": "2"}
    figures = score(["b/1", "b/2", "a/2", "a/1"], [frozenset({"a/1", "a/2"})], cases)
    assert figures.mrr_10 == pytest.approx(1 / 3)  # third item
    assert figures.ndcg_10 == pytest.approx(0.6309, abs=1e-4)  # second case: 1 / log2(3)
    assert (figures.recall_10, figures.success_1) == (1.0, 0.0)


def test_of_several_items_each_counts() -> None:
    figures = score(["a", "x", "b"], [frozenset({"a"}), frozenset({"b"}), frozenset({"c"})], {})
    assert figures.ndcg_10 == pytest.approx((1 + 0.5) / (1 + 0.6309 + 0.5), abs=1e-4)
    assert figures.recall_10 == pytest.approx(2 / 3)
    assert (figures.mrr_10, figures.success_1) == (1.0, 1.0)


def test_nothing_ranked_and_nothing_indexed_score_0() -> None:
    assert score([], [frozenset({"a"})], {}).ndcg_10 == 0
    assert score(["a"], [frozenset()], {}).mrr_10 == 0


def test_every_arm_is_scored_on_every_group(report: Report, judged: Sequence[Judged]) -> None:
    answerable = [one for one in judged if one.relevant]
    groups = {"all"} | {f"lang={one.lang}" for one in answerable} | {f"kind={one.kind}" for one in answerable}
    assert [arm.name for arm in report.arms] == list(ARMS)
    for arm in report.arms:
        assert set(arm.figures) == groups
        assert arm.figures["all"].queries == len(answerable)
        kinds = [figures for group, figures in arm.figures.items() if group.startswith("kind=")]
        assert sum(figures.queries for figures in kinds) == len(answerable)
        total = sum(figures.queries * figures.mrr_10 for figures in kinds)
        assert total / len(answerable) == pytest.approx(arm.figures["all"].mrr_10)


def test_arms_differ(report: Report) -> None:
    rankings = {name: report.arm(name).ranked for name in ARMS}
    assert all(rankings[one] != rankings[other] for one in ARMS for other in ARMS if one < other)


def test_every_weight_has_its_place_in_the_arms() -> None:
    """A new weight is part of the words' score, a translation, or left out of all arms but hybrid: decide."""
    words = {"lexical", "lexical_known", "light", "spread"}
    translation = {"translation", "literal", "neighbour", "least_cosine", "typo"}
    hybrid = {
        "decision",
        "standing",
        "closed",
        "again",
        "period",
        "year",
        "outcome",
        "attachments",
        "committee",
    }
    assert {weight.name for weight in fields(Weights)} == words | translation | hybrid
    arms = arm_weights(Weights())
    for name in ("lexical", "dense", "translated"):
        assert all(getattr(arms[name], weight) in (0.0, 1.0) for weight in hybrid)
    assert all(getattr(arms["lexical"], weight) in (0.0, 1.0, 2.0) for weight in translation)
    assert arms["hybrid"] == Weights()


def test_every_two_arms_are_compared(report: Report) -> None:
    assert len(report.comparisons) == 10
    for one in report.comparisons:
        values = [report.arm(name).figures["all"].ndcg_10 for name in (one.first, one.second)]
        assert one.difference == pytest.approx(values[0] - values[1])
        assert 0 < one.p <= 1


def test_abstention_counts_both_mistakes(
    report: Report, searcher: Searcher, judged: Sequence[Judged]
) -> None:
    pair = report.abstention
    assert pair.answerable + pair.unanswerable == len(judged) == 93
    unanswerable = [one for one in judged if not one.relevant]
    assert list(pair.answered) == [one.id for one in unanswerable if searcher.search(one.query).hits]


def test_items_that_are_not_indexed_count_0(searcher: Searcher, judged: Sequence[Judged]) -> None:
    known = next(one for one in judged if one.relevant)
    both = evaluate(searcher, [known, NOWHERE], arms=["hybrid"])
    assert both.absent == ("lost",)
    assert both.arm("hybrid").figures["all"].queries == 2
    with pytest.raises(UsageError, match="none of the items"):
        evaluate(searcher, [NOWHERE])


def test_bad_requests_are_usage_errors(searcher: Searcher, judged: Sequence[Judged]) -> None:
    with pytest.raises(UsageError, match="no judged queries"):
        evaluate(searcher, [])
    with pytest.raises(UsageError, match="no arm 'colour'"):
        evaluate(searcher, judged, arms=["colour"])


def test_unanswerable_queries_alone_give_the_abstention_pair(
    searcher: Searcher, judged: Sequence[Judged]
) -> None:
    junk = [one for one in judged if not one.relevant]
    found = evaluate(searcher, junk)
    assert found.abstention.unanswerable == len(junk)
    assert all(not arm.figures for arm in found.arms)
    assert f"{len(junk)} judged queries: 0 answerable" in shown(found)
    assert "1 judged query: 0 answerable" in shown(evaluate(searcher, junk[:1]))


def test_trec_files_give_the_figures_back(report: Report, searcher: Searcher, tmp_path: Path) -> None:
    """ir_measures on what is written; on the queries judged by item, where a case takes no single place."""
    ir_measures = pytest.importorskip("ir_measures")
    by_item = [one for one in report.judged if one.relevant and not any(t.case for t in one.relevant)]
    assert len(by_item) > 50
    found = evaluate(searcher, by_item, arms=["hybrid"])
    found.write_trec(tmp_path)
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.txt")))
    ranked = list(ir_measures.read_trec_run(str(tmp_path / "hybrid.run")))
    measures = {"nDCG@10": "ndcg_10", "RR@10": "mrr_10", "R@100": "recall_100", "Success@1": "success_1"}
    theirs = ir_measures.calc_aggregate(map(ir_measures.parse_measure, measures), qrels, ranked)
    for measure, value in theirs.items():
        ours = getattr(found.arm("hybrid").figures["all"], measures[str(measure)])
        assert ours == pytest.approx(value)


def test_a_run_that_was_written_is_one_more_arm_with_the_same_figures(
    report: Report, searcher: Searcher, tmp_path: Path
) -> None:
    report.write_trec(tmp_path)
    assert read_run(tmp_path / "dense.run")[0] == "dense"
    again = read_judged(tmp_path / "qrels.txt", topics=tmp_path / "topics.tsv")
    assert len(again) == report.abstention.answerable
    other = tmp_path / "other.run"
    other.write_text((tmp_path / "dense.run").read_text().replace(" dense\n", " other\n"))
    both = evaluate(searcher, report.judged, arms=["hybrid"], against=[other])
    assert both.arm("other").figures == report.arm("dense").figures
    assert both.arm("hybrid").figures == report.arm("hybrid").figures


def test_a_run_of_another_system_has_a_name_of_its_own_and_ranks_what_is_asked(
    searcher: Searcher, judged: Sequence[Judged], tmp_path: Path
) -> None:
    path, twin, known = tmp_path / "x.run", tmp_path / "y.run", next(one for one in judged if one.relevant)
    line = f"{known.id} Q0 byraadet/2023-10-09/2#{{}} {{}} {{}} {{}}\n"
    path.write_text(line.format("0.0", 1, 0.9, "hybrid") + line.format("1.0", 2, 0.8, "hybrid"))
    with pytest.raises(UsageError, match=r"x\.run names its run 'hybrid'"):
        evaluate(searcher, judged, against=[path])
    found = evaluate(searcher, [known], arms=["dense"], against=[path])
    assert found.arm("hybrid").ranked[known.id] == [("byraadet/2023-10-09/2", 1.0)]  # an item once
    twin.write_text(path.read_text())
    with pytest.raises(UsageError, match=r"y\.run names its run"):
        evaluate(searcher, [known], arms=["dense"], against=[path, twin])
    for other in (
        "",
        line.format("0.0", 1, 0.9, "x").replace(known.id, "z"),
        f"{known.id} Q0 doc7 1 0.9 x\n",
    ):
        path.write_text(other)
        with pytest.raises(UsageError, match=r"x\.run ranks no item of this index for any of the 1 "):
            evaluate(searcher, [known], arms=["dense"], against=[path])


def shown(report: Report) -> str:
    out = StringIO()
    show_evaluation(report, Console(file=out, width=100))
    return out.getvalue()


def test_the_table_shows_every_arm_and_both_mistakes(report: Report) -> None:
    text = shown(report)
    assert all(name in text for name in (*ARMS, "nDCG@10", "kind=typo", "lang=en", "unanswerable", "p50"))
    assert f"{report.arm('hybrid').figures['all'].ndcg_10:.3f}" in text


def cli(index: Path, *arguments: str) -> int:
    return run_cli(["--index", str(index), "--json", "eval", *arguments])


def test_the_command_prints_json(
    corpus_index: Path, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(corpus_index, str(JUDGED), "--arm", "hybrid", "--arm", "dense") == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found["arms"]) == ["hybrid", "dense"]
    assert found["judged"] == 93
    expected = round(report.arm("hybrid").figures["all"].ndcg_10, 4)
    assert found["arms"]["hybrid"]["all"]["ndcg_10"] == expected
    ranks = [one["best_rank"]["hybrid"] for one in found["queries"]]
    reciprocal = [1 / rank if rank and rank <= 10 else 0 for rank in ranks]
    mrr_10 = found["arms"]["hybrid"]["all"]["mrr_10"]
    assert sum(reciprocal) / len(reciprocal) == pytest.approx(mrr_10, abs=1e-4)


def test_the_command_draws_and_writes(
    corpus_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = pytest.importorskip("PIL.Image")
    plot, runs = tmp_path / "arms.png", tmp_path / "runs"
    assert cli(corpus_index, str(JUDGED), "--plot", str(plot), "--run", str(runs)) == 0
    capsys.readouterr()
    with image.open(plot) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 400
        assert len(set(picture.convert("RGB").getdata())) > 5
    assert {path.name for path in runs.iterdir()} == {
        "qrels.txt",
        "topics.tsv",
        *(f"{name}.run" for name in ARMS),
    }


def test_what_cannot_be_drawn_or_written_costs_no_evaluation(
    corpus_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in (["--plot", str(tmp_path / "no" / "x.png")], ["--run", str(tmp_path / "no.txt" / "x")]):
        (tmp_path / "no.txt").touch()
        assert cli(corpus_index, str(JUDGED), "--arm", "dense", *option) == 2
        out, err = capsys.readouterr()
        assert json.loads(out)["arms"]["dense"]
        assert json.loads(err)["error"]["code"] == "usage"


def test_zero_judged_queries_exit_2(
    corpus_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert cli(corpus_index, str(empty)) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "usage"
    assert cli(corpus_index, str(tmp_path / "missing.jsonl")) == 2
    assert cli(tmp_path / "no-index", str(JUDGED)) == 3


def test_a_missing_pillow_is_said_clearly(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from semsearch.chart import draw

    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(UsageError) as caught:
        draw(report, tmp_path / "arms.png")
    assert "semsearch[plot]" in caught.value.hint


def test_help_names_every_arm(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["eval", "--help"])
    shown = capsys.readouterr().out
    assert all(arm in shown for arm in ARMS)
