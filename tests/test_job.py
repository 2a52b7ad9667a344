"""The nightly job: its report, its exit codes, its one line, and runs that follow the corpus."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from invented import Item, files, minutes, write

from semsearch.cli import run as run_cli
from semsearch.index import Index

pytestmark = pytest.mark.usefixtures("in_process")
PATIENCE_S = 120
CPR = Item("Tilskud til foreninger", "23-002000", "Ansøgningen er fra 010203-1234 og 311299-4321.")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "corpus", a=minutes("2023-05-08"), b=minutes("2023-06-12", CPR))
    return tmp_path


def night(home: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run the job; return its exit code and its report."""
    report = home / "report.json"
    report.unlink(missing_ok=True)
    command = ["--index", str(home / "index"), "index", str(home / "corpus"), "--report", str(report)]
    code = run_cli([*command, *options])
    return code, json.loads(report.read_text("utf-8"))


def test_the_report_says_what_was_done(home: Path) -> None:
    code, report = night(home, "--quiet")
    assert code == report["exit_code"] == 0
    assert (report["seen"], report["added"], report["changed"], report["removed"]) == (2, 2, 0, 0)
    assert report["meetings"] == 2 and report["items"] == 4
    assert report["passages"] == report["encoded"] > 3
    assert report["published"] and report["generation"] == 1 and report["model"]
    assert report["cpr_masked"] == 2
    assert report["cpr_documents"] == [{"path": "b.txt", "cpr_masked": 2}]
    assert report["size_bytes"] == sum(
        len(data) for name, data in files(home / "index" / "gen-000001").items() if name != "manifest.json"
    )
    assert report["skipped"] == report["gaps"] == report["agendas"] == []


def test_a_night_without_news_keeps_the_generation_and_tells_of_the_index(home: Path) -> None:
    night(home)
    code, report = night(home)
    assert code == 0 and not report["published"] and report["generation"] == 1
    assert (report["parsed"], report["encoded"], report["kept"]) == (0, 0, 2)
    assert report["cpr_documents"] == [{"path": "b.txt", "cpr_masked": 2}] and report["size_bytes"] > 0


def test_what_is_skipped_and_superseded_is_told(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(home / "corpus", c="kein Protokoll\n", d=minutes("2023-05-08", kind="DAGSORDEN"))
    code, report = night(home, "--quiet")
    assert code == report["exit_code"] == 6
    assert [skipped["path"] for skipped in report["skipped"]] == ["c.txt"] and report["skipped"][0]["reason"]
    assert report["superseded"] == 1
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "c.txt" in printed.err


def test_a_dry_run_says_what_would_be_done_and_writes_nothing_but_the_report(home: Path) -> None:
    code, report = night(home, "--dry-run")
    assert code == 0 and report["added"] == 2 and not report["published"] and report["passages"] > 3
    assert not (home / "index").exists()
    night(home)
    before = files(home / "index")
    (home / "corpus" / "a.txt").unlink()
    code, report = night(home, "--dry-run", "--allow-mass-delete")
    assert code == 0 and report["removed"] == 1 and report["meetings"] == 1 and report["generation"] == 1
    assert files(home / "index") == before


def test_a_failed_run_leaves_a_report_of_the_failure(home: Path) -> None:
    night(home)
    for name in ("a.txt", "b.txt"):
        (home / "corpus" / name).rename(home / name)
    code, report = night(home)
    assert code == report["exit_code"] == 2
    assert report["error"]["code"] == "usage" and "2 of 2 documents are gone" in report["error"]["message"]


def test_a_report_that_cannot_be_written_is_an_error(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["--index", str(home / "index"), "index", str(home / "corpus")]
    assert run_cli([*command, "--report", str(home / "nowhere" / "report.json")]) == 2
    assert "cannot be written" in capfd.readouterr().err
    assert Index.open(home / "index").manifest["meetings"] == 2
    assert list(home.glob(".*.part")) == []


def test_a_journal_gets_one_plain_line(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--index", str(home / "index"), "index", str(home / "corpus")]) == 0
    printed = capfd.readouterr()
    assert printed.err == "" and printed.out.count("\n") == 1 and "\x1b" not in printed.out
    assert printed.out.startswith("indexed 2 meetings, ")
    assert {"generation=1", "seen=2", "skipped=0", "cpr_masked=2"} <= set(printed.out.split())


def test_old_generations_are_collected(home: Path) -> None:
    for day in range(1, 6):
        write(home / "corpus", a=minutes(f"2023-05-0{day}"))
        night(home)
    assert sorted(path.name for path in (home / "index").glob("gen-*")) == ["gen-000004", "gen-000005"]


@contextmanager
def watching(corpus: Path, index: Path) -> Iterator[subprocess.Popen[str]]:
    """`semsearch index --watch` as a process, which is killed when it keeps the test waiting."""
    command = [sys.executable, "-m", "semsearch", "--index", str(index), "index", str(corpus), "--watch"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    patience = Timer(PATIENCE_S, child.kill)
    patience.start()
    try:
        yield child
    finally:
        patience.cancel()
        child.kill()
        child.communicate()


def waited(child: subprocess.Popen[str], start: str) -> str:
    """The next line the job prints, which begins with `start`."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith(start), line or (child.stderr and child.stderr.read())
    return line


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_watch_follows_the_corpus_until_interrupted(home: Path) -> None:
    with watching(home / "corpus", home / "index") as child:
        waited(child, "indexed 2 meetings")
        time.sleep(1.0)  # until it watches
        write(home / "corpus", c=minutes("2023-08-14"))
        assert "(1 added)" in waited(child, "indexed 3 meetings")
        write(home / "corpus", a=minutes("2023-05-09"))
        assert "(1 changed)" in waited(child, "indexed 3 meetings")
        time.sleep(1.0)  # until it waits again
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out, err) == (0, "", "")
    assert Index.open(home / "index").generation.number == 3


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_watch_does_not_take_its_own_index_for_minutes(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", a=minutes())
    with watching(corpus, corpus / "index") as child:
        waited(child, "indexed 1 meetings")
        time.sleep(1.0)
        write(corpus, b=minutes("2023-06-12"))
        waited(child, "indexed 2 meetings")
        time.sleep(3.0)
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=60)[0] == ""
