"""What `semsearch status` tells, as JSON and on a terminal."""

import json
from pathlib import Path

import pytest
from invented import Item, files, minutes, write

from semsearch import build_index
from semsearch.cli import run as run_cli
from semsearch.config import Settings
from semsearch.status import status_of

pytestmark = pytest.mark.usefixtures("in_process")
CPR = Item("Tilskud til foreninger", "23-002000", "Ansøgningen er fra 010203-1234 og 311299-4321.")
DAYS = ("2023-01-02", "2023-01-30", "2023-02-27", "2023-03-27", "2023-06-12")


@pytest.fixture(scope="module")
def index(in_process: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Monthly meetings but for April and May, an agenda, a document that holds none."""
    home = tmp_path_factory.mktemp("status")
    corpus = write(home / "corpus", **{f"m{place}": minutes(day) for place, day in enumerate(DAYS)})
    write(corpus, agenda=minutes("2023-06-19", kind="DAGSORDEN"), bad="ingen referat\n")
    write(corpus, cpr=minutes("2023-02-28", CPR, committee="Byrådet"))
    build_index(corpus, home / "index")
    write(corpus, m0=minutes("2023-01-03"))
    build_index(corpus, home / "index")
    return home / "index"


def test_status_tells_all_an_operator_asks(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--index", str(index), "--json", "status"]) == 0
    status = json.loads(capfd.readouterr().out)
    assert (status["documents"], status["meetings"], status["superseded"]) == (8, 7, 0)
    assert status["generation"] == 2 and status["generations"] == [1, 2]
    assert (status["first_date"], status["last_date"]) == ("2023-01-03", "2023-06-19")
    assert status["model"] and status["revision"] and status["created"] and status["thresholds"]
    assert status["include_closed"] is False
    size = sum(len(data) for name, data in files(index / "gen-000002").items() if name != "manifest.json")
    assert status["size_bytes"] == size
    assert status["size_bytes_per_passage"] == round(size / status["passages"])
    assert [(row["committee"], row["meetings"]) for row in status["committees"]] == [
        ("Byrådet", 1),
        ("Teknisk Udvalg", 6),
    ]
    assert [(gap["after"], gap["before"], gap["days"]) for gap in status["gaps"]] == [
        ("2023-03-27", "2023-06-12", 77)
    ]
    assert [(agenda["path"], agenda["overdue"]) for agenda in status["agendas"]] == [("agenda.txt", False)]
    assert status["cpr_masked"] == 2
    assert status["cpr_documents"] == [{"path": "cpr.txt", "cpr_masked": 2}]
    assert [row["path"] for row in status["skipped"]] == ["bad.txt"]


def test_status_on_a_terminal_says_the_same(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--index", str(index), "status"]) == 0
    shown = capfd.readouterr().out
    for told in (
        "7 meetings",
        "generations kept: 1, 2",
        "bytes a passage",
        "without their text",
        "gap: Teknisk Udvalg: none between 2023-03-27 and 2023-06-12",
        "agenda without minutes: Teknisk Udvalg 2023-06-19",
        "2 masked in cpr.txt",
        "skipped: bad.txt",
    ):
        assert told in shown, told


def test_an_index_with_closed_items_is_marked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build_index(
        write(tmp_path / "corpus", a=minutes()),
        tmp_path / "index",
        settings=Settings(include_closed=True),
    )
    assert status_of(tmp_path / "index")["include_closed"] is True
    run_cli(["--index", str(tmp_path / "index"), "status"])
    assert "with their text" in capfd.readouterr().out


def test_no_index_is_no_status(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--index", str(tmp_path / "none"), "status"]) == 3
    assert "no index" in capfd.readouterr().err
