"""The commands that answer, as users and cron jobs run them: JSON, exit codes, files."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def run(corpus_index: Path):  # type: ignore[no-untyped-def]
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "semsearch", "--index", str(corpus_index), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)

    return run


ITEM = (
    "id meeting_date committee item_number item_title case_number outcome decision role standing"
    " closed source"
).split()


def test_ask_as_json(run) -> None:  # type: ignore[no-untyped-def]
    done = run("--json", "ask", "hvad blev besluttet om taksterne på Solgården for 2024?")
    view = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert view["schema"] == "semsearch/1"
    answer = view["answer"]
    assert set(answer) >= {"text", "quotes", "outcome"}
    assert answer["outcome"] == "approved"
    assert "912 kr." in answer["text"]
    quote = answer["quotes"][0]
    assert (quote["meeting_date"], quote["committee"], quote["item_number"]) == ("2023-10-09", "Byrådet", 2)
    assert quote["section"] == "decision"
    assert quote["source"]["path"] == "2023-10-09_byraadet.md"
    assert view["hits"]


def test_case_as_json(run) -> None:  # type: ignore[no-untyped-def]
    view = json.loads(run("case", "23/7315", "--json").stdout)
    assert view["case_number"] == "23-007315"
    assert [item["role"] for item in view["items"]] == ["postpones", "recommends", "recommends", "decides"]
    assert [item["standing"] for item in view["items"]] == [False, False, False, True]
    assert view["standing"] == view["items"][3]["id"] == "byraadet/2023-10-09/2"
    for item in view["items"]:
        assert set(ITEM) <= set(item)


def test_unknown_case_says_what_is_near(run) -> None:  # type: ignore[no-untyped-def]
    done = run("case", "23-007316", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    error = json.loads(done.stderr)["error"]
    assert error["code"] == "not_found"
    assert "23-007315" in error["hint"]


def test_meeting_as_json(run) -> None:  # type: ignore[no-untyped-def]
    view = json.loads(run("meeting", "2023-10-09", "--json").stdout)
    assert view["meeting"]["committee"] == "Byrådet"
    assert len(view["items"]) == 8
    assert view["items"][6]["closed"]
    assert view["items"][6]["decision"] is None


def test_decisions(run) -> None:  # type: ignore[no-untyped-def]
    view = json.loads(run("decisions", "--from", "2024-12-01", "--to", "2024-12-31", "--json").stdout)
    assert {item["meeting_date"] for item in view["items"]} == {"2024-12-09", "2024-12-02"}
    done = run("decisions", "--from", "1999", "--to", "2000")
    assert (done.returncode, done.stdout) == (1, "No decision matches.\n")
    assert run("decisions", "--outcome", "nonsense").returncode == 2
    assert run("decisions", "--from", "nonsense").returncode == 2


def test_similar(run) -> None:  # type: ignore[no-untyped-def]
    done = run("similar", "byraadet/2023-10-09/2", "-k", "3", "--json")
    view = json.loads(done.stdout)
    assert (done.returncode, view["item"], len(view["hits"])) == (0, "byraadet/2023-10-09/2", 3)
    assert run("similar", "nonsense").returncode == 1
    assert run("similar", "byraadet/2023-10-09/2", "-k", "0").returncode == 2


def test_since_lists_what_is_new(run) -> None:  # type: ignore[no-untyped-def]
    view = json.loads(run("since", "2020-01-01", "--json").stdout)
    assert len(view["items"]) > 50
    assert not any(item["closed"] for item in view["items"])
    done = run("since", "2099-01-01")
    assert (done.returncode, done.stdout) == (1, "Nothing new since 2099-01-01.\n")
    assert run("since", "nonsense").returncode == 2


def test_since_with_saved_queries_and_feed(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    queries, feed = tmp_path / "queries.txt", tmp_path / "feed.xml"
    queries.write_text("# saved by the alert job\n\nhavnebad\nladestandere til elbiler\n", encoding="utf-8")
    done = run("since", "2020-01-01", "--queries", str(queries), "--rss", str(feed), "--json")
    items = json.loads(done.stdout)["items"]
    assert {query for item in items for query in item["queries"]} == {"havnebad", "ladestandere til elbiler"}
    assert {"742-2021-3308", "742-2022-0415"} <= {item["case_number"] for item in items}
    channel = ElementTree.parse(feed).getroot().find("channel")
    assert channel is not None
    entries = channel.findall("item")
    assert len(entries) == len(items)
    assert len({entry.findtext("guid") for entry in entries}) == len(items)
    assert all(entry.findtext("title") and entry.findtext("pubDate") for entry in entries)
    assert set(tmp_path.iterdir()) == {queries, feed}  # nothing half-written is left


def test_since_refuses_files_it_cannot_use(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    empty = tmp_path / "empty.txt"
    empty.write_text("# nothing\n", encoding="utf-8")
    assert run("since", "2020-01-01", "--queries", str(empty)).returncode == 2
    told = run("since", "2020-01-01", "--queries", str(tmp_path / "none.txt"))
    assert told.returncode == 2
    assert told.stderr.splitlines()[0].endswith("none.txt cannot be read: No such file or directory")
    assert run("since", "2020-01-01", "--rss", str(tmp_path / "no" / "feed.xml")).returncode == 2


def test_no_index(tmp_path: Path) -> None:
    for command in (
        ["ask", "hvad?"],
        ["case", "1/1234"],
        ["decisions"],
        ["since", "2020"],
        ["similar", "a/b/1"],
    ):
        call = [sys.executable, "-m", "semsearch", "--index", str(tmp_path / "none"), *command]
        assert subprocess.run(call, capture_output=True, cwd=ROOT).returncode == 3
