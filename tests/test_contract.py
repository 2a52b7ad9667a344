"""The command line against the contract: JSON, exit codes, streams; in real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SECTIONS = {
    "recommendation",
    "decision",
    "background",
    "presentation",
    "economy",
    "attachments",
    "summary",
    "other",
}
OUTCOMES = {
    "approved",
    "approved_amended",
    "recommended",
    "noted",
    "discussed",
    "postponed",
    "referred",
    "rejected",
    "withdrawn",
    "closed",
    "no_decision",
    "unknown",
    None,
}
HIT = {
    "rank": int,
    "score": float,
    "id": str,
    "meeting_date": str,
    "committee": str,
    "item_number": int,
    "item_title": str,
    "section": str,
    "closed": bool,
    "text": str,
    "highlights": list,
    "source": dict,
}


def run(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", **variables}
    command = [sys.executable, "-m", "semsearch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def said(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.returncode == code, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def complaint(*arguments: str, code: int) -> dict[str, str]:
    done = run(*arguments, "--json")
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    error: dict[str, str] = json.loads(done.stderr)["error"]
    assert error["code"]
    assert error["message"]
    assert error["hint"]
    return error


@pytest.fixture
def at(corpus_index: Path) -> tuple[str, str]:
    return "--index", str(corpus_index)


def test_search_json(at: tuple[str, str]) -> None:
    view = said(*at, "search", "takster for Solgården i oktober 2023", "-k", "5")
    assert view["schema"] == "semsearch/1"
    assert view["query"] == "takster for Solgården i oktober 2023"
    assert set(view["interpreted"]) >= {"text", "case_number", "from", "to", "committee", "outcome"}
    assert (view["interpreted"]["from"], view["interpreted"]["to"]) == ("2023-10-01", "2023-10-31")
    assert set(view["index"]) >= {"generation", "model", "meetings", "first_date", "last_date"}
    assert view["abstained"] is False
    assert view["took_ms"] > 0
    assert 1 <= len(view["hits"]) <= 5
    for rank, hit in enumerate(view["hits"], start=1):
        assert {name: type(hit[name]) for name in HIT} == HIT
        assert hit["rank"] == rank
        assert hit["section"] in SECTIONS
        assert hit["outcome"] in OUTCOMES
        assert hit["same_as"] is None or 1 <= hit["same_as"] < rank
        assert set(hit["source"]) >= {"path", "start", "end", "page", "url"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), ("23-015602", "2022-01-01", "2022-12-31", "postponed")),
        (("--case", "23/7315"), ("23-007315", "2022-01-01", "2022-12-31", "postponed")),
        (("--case", "99-1234567"), ("99-1234567", "2022-01-01", "2022-12-31", "postponed")),
        (("--from", "2023-01-01"), ("23-015602", "2023-01-01", None, "postponed")),
        (("--to", "2021", "--outcome", "noted"), ("23-015602", None, "2021-12-31", "noted")),
    ],
)
def test_options_are_told_in_place_of_what_the_query_says(
    corpus_index: Path, options: tuple[str, ...], told: tuple[str | None, ...]
) -> None:
    done = run("--index", str(corpus_index), "search", "udsat i 2022, 23-015602", *options, "--json")
    interpreted = json.loads(done.stdout)["interpreted"]
    assert tuple(interpreted[name] for name in ("case_number", "from", "to", "outcome")) == told


def test_ask_json_quotes_the_source(at: tuple[str, str], corpus: Path) -> None:
    view = said(*at, "ask", "what was decided about Solgården takster")
    quote = view["answer"]["quotes"][0]
    assert (quote["meeting_date"], quote["committee"], quote["item_number"]) == ("2023-10-09", "Byrådet", 2)
    assert (quote["case_number"], quote["section"]) == ("23-007315", "decision")
    source = quote["source"]
    assert (corpus / source["path"]).read_text(encoding="utf-8")[source["start"] : source["end"]] == quote[
        "text"
    ]
    assert view["answer"]["outcome"] == "approved"
    assert view["hits"]


def test_nothing_found_is_exit_1(at: tuple[str, str]) -> None:
    for command in ("search", "ask"):
        view = said(*at, command, "qwzx vbnm ghjk", code=1)
        assert view["hits"] == []
        assert view["abstained"] is True
    assert view["answer"] is None


def test_case_and_meeting_json(at: tuple[str, str]) -> None:
    case = said(*at, "case", "23-007315")
    assert case["case_number"] == "23-007315"
    assert [item["meeting_date"] for item in case["items"]] == sorted(
        item["meeting_date"] for item in case["items"]
    )
    assert set(case["items"][0]) >= {
        "committee",
        "item_number",
        "item_title",
        "outcome",
        "decision",
        "closed",
        "source",
    }
    meeting = said(*at, "meeting", "byraadet/2023-10-09")
    assert set(meeting["meeting"]) >= {"id", "date", "start", "committee", "place", "participants", "source"}
    assert [item["item_number"] for item in meeting["items"]] == list(range(1, len(meeting["items"]) + 1))


def test_options_stand_before_or_after_the_command(corpus_index: Path) -> None:
    before = run("--index", str(corpus_index), "--json", "search", "havnebad")
    after = run("search", "havnebad", "--json", "--index", str(corpus_index))
    by_environment = run("search", "havnebad", "--json", SEMSEARCH_INDEX=str(corpus_index))
    hits = [json.loads(done.stdout)["hits"] for done in (before, after, by_environment)]
    assert hits[0] == hits[1] == hits[2]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", ""), 2),
        (("search", "   "), 2),
        (("search", "x" * 10_000), 2),
        (("search", "havn", "-k", "0"), 2),
        (("search", "havn", "-k", "-3"), 2),
        (("search", "havn", "-k", "many"), 2),
        (("search", "havn", "--from", "2023-02-30"), 2),
        (("search", "havn", "--to", "yesterday"), 2),
        (("search", "havn", "--from", "2024-01-01", "--to", "2023-01-01"), 2),
        (("ask", "havn", "--from", "2024", "--to", "2023"), 2),
        (("decisions", "--from", "2023-06", "--to", "2023-05"), 2),
        (("search", "havn", "--committee", "Månestyrelsen"), 2),
        (("search", "havn", "--section", "poetry"), 2),
        (("search", "havn", "--outcome", "maybe"), 2),
        (("search", "havn", "--case", "no number"), 2),
        (("search", "solg\udce5rden"), 2),  # as Python reads an argument that is not UTF-8
        (("ask", "hvad koster solg\udce5rden"), 2),
        (("since", "2020", "--query", "\udcff"), 2),
        (("similar", "\udcff"), 1),
        (("case", "\udcff"), 1),
        (("meeting", "\udcff"), 1),
        (("search",), 2),
        (("search", "havn", "--colour"), 2),
        (("bogus",), 2),
        (("case", "99-999999"), 1),
        (("meeting", "1999-01-01"), 1),
        (("search", "havn", "--model", "another/model"), 3),
    ],
)
def test_bad_input_is_one_clear_message(at: tuple[str, str], arguments: tuple[str, ...], code: int) -> None:
    complaint(*at, *arguments, code=code)
    told = run(*at, *arguments)
    assert told.returncode == code
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    assert told.stderr.startswith("semsearch: ")


def test_no_index_is_exit_3(tmp_path: Path) -> None:
    for command in ("search", "ask", "case"):
        complaint("--index", str(tmp_path / "none"), command, "23-007315", code=3)


@pytest.mark.parametrize("made", ["missing", "empty", "no-minutes", "file"])
def test_a_corpus_that_is_none(tmp_path: Path, made: str) -> None:
    folder = tmp_path / "corpus"
    if made == "file":
        folder.write_text("hej")
    elif made != "missing":
        folder.mkdir()
    if made == "no-minutes":
        (folder / "note.txt").write_text("Husk mælk.")
    complaint("--index", str(tmp_path / "index"), "index", str(folder), code=2)
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_document_that_cannot_be_read_is_named_and_exit_6(tmp_path: Path, corpus: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "good.txt").write_bytes((corpus / "2023-10-02_oekonomiudvalget.txt").read_bytes())
    (folder / "bad.txt").write_text("Husk mælk.")
    done = run("--index", str(tmp_path / "index"), "index", str(folder))
    assert done.returncode == 6
    assert "bad.txt" in done.stderr
    assert "Traceback" not in done.stderr
    assert said("--index", str(tmp_path / "index"), "search", "takster")["hits"]


def test_a_first_question_builds_the_index_and_says_so(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "corpus").symlink_to(corpus)
    done = run("search", "havnebad", cwd=tmp_path)
    assert done.returncode == 0
    assert "building" in done.stderr
    assert "Havnebad" in done.stdout


def test_a_closed_pipe_is_quiet(at: tuple[str, str]) -> None:
    command = f"{sys.executable} -m semsearch --index {at[1]} search budget -k 50 --json | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_no_colour_and_no_escapes_in_a_pipe(at: tuple[str, str]) -> None:
    done = run(*at, "search", "havnebad")
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_python_and_the_command_line_give_the_same_hits(at: tuple[str, str]) -> None:
    import semsearch

    for query in ("hvad blev besluttet om havnebadet", "wind turbines", "23-007315"):
        hits = semsearch.open_index(at[1]).search(query, k=7)
        view = said(*at, "search", query, "-k", "7")
        assert [(hit.id, hit.score) for hit in hits] == [(hit["id"], hit["score"]) for hit in view["hits"]]


def test_help_names_every_command_and_exit_code() -> None:
    shown = run("--help").stdout
    for word in (
        "index",
        "search",
        "ask",
        "case",
        "meeting",
        "decisions",
        "similar",
        "since",
        "eval",
        "status",
        "check",
    ):
        assert word in shown
    for code in ("2 usage", "3 no index", "7 index damaged"):
        assert code in " ".join(shown.split())


def test_a_build_in_a_script_without_a_guard(tmp_path: Path, corpus: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(
        f"import semsearch\nreport = semsearch.build_index({str(corpus)!r}, {str(tmp_path / 'index')!r})\n"
        "print(report.meetings)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "20", "")
