"""Judgments: our JSONL, TREC files, and every way a file of them can be wrong."""

import doctest
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from semsearch import judgments
from semsearch.errors import UsageError
from semsearch.judgments import (
    Judged,
    Target,
    read_judged,
    read_run,
    write_qrels,
    write_run,
    write_topics,
)
from semsearch.text import case_key

ROW: dict[str, Any] = {
    "id": "q1",
    "lang": "da",
    "kind": "keyword",
    "query": "takster",
    "relevant": [
        {"meeting_date": "2023-10-09", "item_number": 2, "committee": "Byrådet"},
        {"meeting_date": "2023-10-09", "item_number": 3},
        {"case_number": "22-004579"},
        {"item": "byraadet/2023-10-09/4"},
    ],
    "answer_contains": ["912 kr."],
    "split": "held",
}


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_doctests() -> None:
    done = doctest.testmod(judgments)
    assert done.attempted
    assert not done.failed


def test_a_line_is_read_whole(tmp_path: Path) -> None:
    (one,) = read_judged(jsonl(tmp_path / "q.jsonl", ROW))
    assert one == Judged(
        id="q1",
        query="takster",
        relevant=(
            Target(meeting_date=date(2023, 10, 9), item_number=2, committee="byraadet"),
            Target(meeting_date=date(2023, 10, 9), item_number=3),
            Target(case=case_key("22-004579")),
            Target(item="byraadet/2023-10-09/4"),
        ),
        lang="da",
        kind="keyword",
        split="held",
        answer_contains=("912 kr.",),
    )


def test_blank_lines_and_a_byte_order_mark_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff" + json.dumps(ROW) + "\n\n  \n", encoding="utf-8")
    assert len(read_judged(path)) == 1


def test_splits_are_chosen_and_named(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "q.jsonl", ROW, {"id": "q2", "query": "x", "relevant": [], "split": "tune"})
    assert [one.id for one in read_judged(path, split="tune")] == ["q2"]
    with pytest.raises(UsageError) as caught:
        read_judged(path, split="test")
    assert "held, tune" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"query": ""}, "the query is empty"),
        ({"query": "\ud800 havnebad"}, "it holds half a character"),
        ({"query": 7}, "its query 7 is no text"),
        ({"id": None}, "it lacks 'id'"),
        ({"id": "q 2"}, "its id 'q 2' is not one word"),
        ({"relevant": None}, "it lacks 'relevant'"),
        ({"relevant": "17/163"}, "its relevant '17/163' is no list"),
        ({"relevant": ["17/163"]}, "'17/163' in its relevant is no object"),
        ({"relevant": [{"case_number": 17}]}, "its case_number 17 is no text"),
        ({"relevant": [{"meeting_date": "2023-13-01", "item_number": 1}]}, "its meeting_date '2023-13-01'"),
        ({"relevant": [{"meeting_date": "2023-01-01"}]}, "it lacks 'item_number'"),
        ({"answer_contains": "912 kr."}, "its answer_contains '912 kr.' is no list"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    path = jsonl(tmp_path / "q.jsonl", ROW, ROW | {"id": "q2"} | change)
    with pytest.raises(UsageError) as caught:
        read_judged(path)
    assert caught.value.message.startswith(f"{path}, line 2, is no judged query: {why}")
    assert '"relevant"' in caught.value.hint


@pytest.mark.parametrize(("line", "why"), [("{", "it is not JSON"), ('"a query"', "it is no object")])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "q.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"line 1, is no judged query: {why}$"):
        read_judged(tmp_path / "q.jsonl")


def test_files_without_queries_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_judged(tmp_path / "missing.jsonl")
    with pytest.raises(UsageError, match="no judged query"):
        read_judged(jsonl(tmp_path / "empty.jsonl"))
    with pytest.raises(UsageError, match="used twice"):
        read_judged(jsonl(tmp_path / "twice.jsonl", ROW, ROW))
    (tmp_path / "latin.jsonl").write_bytes("blå".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_judged(tmp_path / "latin.jsonl")
    (tmp_path / "qrels.txt").write_text("q1 0 17/163 1\n")
    with pytest.raises(UsageError) as caught:
        read_judged(tmp_path / "qrels.txt")
    assert "--topics" in caught.value.hint


def test_trec_files_are_read(tmp_path: Path) -> None:
    qrels, topics = tmp_path / "qrels.txt", tmp_path / "topics.tsv"
    qrels.write_text("q1 0 byraadet/2023-10-09/2#1.0 1\nq1 0 17/163 2\nq2 0 17/163 0\n")
    topics.write_text("q1\twhat was decided\nq2\tnothing of the kind\nq3\tnot judged\n")
    assert read_judged(qrels, topics=topics) == [
        Judged(
            "q1", "what was decided", (Target(item="byraadet/2023-10-09/2"), Target(case=case_key("17/163")))
        ),
        Judged("q2", "nothing of the kind", ()),
    ]
    topics.write_text("q1\tonly this\n")
    with pytest.raises(UsageError, match="no text for the query 'q2'"):
        read_judged(qrels, topics=topics)
    qrels.write_text("q1 0 17/163\n")
    with pytest.raises(UsageError, match="line 1"):
        read_judged(qrels, topics=topics)


def test_what_is_written_as_trec_is_read_back(tmp_path: Path) -> None:
    judged = [Judged("q1", "what\nwas  decided", (Target(item="a/2023-10-09/2"),)), Judged("q2", "none", ())]
    write_topics(tmp_path / "topics.tsv", judged)
    write_qrels(tmp_path / "qrels.txt", [("q1", ["a/2023-10-09/2"]), ("q2", [])])
    (one,) = read_judged(tmp_path / "qrels.txt", topics=tmp_path / "topics.tsv")
    assert (one.query, one.relevant) == ("what was decided", judged[0].relevant)
    write_run(tmp_path / "x.run", "x", [("q1", [("b/2023-01-01/1", 0.5), ("a/2023-10-09/2", 0.5)])])
    assert read_run(tmp_path / "x.run") == ("x", {"q1": ["b/2023-01-01/1", "a/2023-10-09/2"]})
    scores = [float(line.split()[4]) for line in (tmp_path / "x.run").read_text().splitlines()]
    assert scores[0] > scores[1], "trec_eval orders by score: ties would be broken by name"


def test_a_bad_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.run").write_text("q1 Q0 a/2023-10-09/2 first 1.0 x\n")
    with pytest.raises(UsageError, match=r"x\.run, line 1"):
        read_run(tmp_path / "x.run")
    with pytest.raises(UsageError, match="cannot be written"):
        write_run(tmp_path / "missing" / "x.run", "x", [])
