"""What must not be in a public index: text of closed items, and civil registration (CPR) numbers."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from invented import ITEMS, Item, files, minutes, rows, write

from semsearch import OpenIndex, build_index, open_index
from semsearch.cli import run as run_cli
from semsearch.config import Settings
from semsearch.records import Filters
from semsearch.status import status_of

pytestmark = pytest.mark.usefixtures("in_process")
SECRET = "Hvalrossen på Havnevej sælges til Zebrafirmaet for 9 mio. kr. efter forhandling om svømmehallen"
DECISION = "Godkendt, at hvalrossen sælges."
CPR = ("010203-1234", "311299-4321", "0102031234")
QUERIES = (
    "svømmehal",
    "renovering af svømmehallen",
    "hvalros",
    "Zebrafirmaet",
    "hvalrosen",
    "zebrafirma",
    "lukket punkt",
    "23-004444",
    "how much did the sale bring",
    "forhandling om salg",
    "cykelsti på havnevej",
    "genbrug",
)
CLOSED = Item("Lukket punkt: Køb af areal", "23-004444", SECRET, DECISION)


def stripped(text: str) -> str:
    """The source without the closed text, as a municipality would publish it."""
    at = text.index("Sagsfremstilling\n\n" + SECRET)
    end = text.index(DECISION) + len(DECISION)
    return text[:at].rstrip() + "\n" + text[end:]


def byraad(*, closed_text: bool) -> str:
    """A meeting of the shipped corpus as FirstAgenda's JSON, with or without text in its closed item."""
    source = Path(__file__).parents[1] / "corpus" / "2022-05-09_byraadet.json"
    meeting: dict[str, Any] = json.loads(source.read_text("utf-8"))
    point = meeting["Dagsordenpunkter"][2]
    point["Navn"] = "Lukket: Salg af ejendom"
    fields = [{"Navn": "Beslutning", "Html": f"<p>{SECRET}</p>"}] if closed_text else []
    point["Felter"], point["Bilag"] = fields, [{"Navn": "Zebrabilag"}] if closed_text else []
    return json.dumps(meeting, ensure_ascii=False)


@pytest.fixture(scope="module")
def folder(in_process: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three indexes: `with` and `without` closed text in the sources, and `all` that was asked to hold it."""
    folder = tmp_path_factory.mktemp("closed")
    text = minutes("2023-05-08", ITEMS[0], CLOSED, ITEMS[1])
    last = minutes("2024-05-08", ITEMS[2], CLOSED)
    others = {f"m{month}": minutes(f"2023-0{month}-02") for month in range(1, 4)}
    for name, one, two in (("with", text, last), ("without", stripped(text), stripped(last))):
        corpus = write(folder / name / "corpus", a=one, b=two, **others)
        (corpus / "c.json").write_text(byraad(closed_text=name == "with"))
        build_index(corpus, folder / name / "index")
    build_index(folder / "with" / "corpus", folder / "all", settings=Settings(include_closed=True))
    return folder


def outputs(opened: OpenIndex) -> list[object]:
    """Everything an index says: hits with scores in order, suggestions, answers, cases, meetings, words."""
    filters = (Filters(), Filters(section="decision"), Filters(case="23-4444"))
    found: list[object] = []
    for query in QUERIES:
        for one in filters:
            result = opened.explain(query, k=50, filters=one)
            found += [replace(result, took_ms=0.0), opened.ask(query, filters=one)]
    catalog = opened.index.catalog
    items = [replace(item, changed="") for item in catalog.items()]
    texts = [catalog.text(meeting.document) for meeting in catalog.meetings()]
    manifest = {name: opened.index.manifest[name] for name in ("meetings", "items", "passages", "thresholds")}
    frequencies = opened.index.bm25.df(["hvalros", "havnevej", "svømmehal", "zebrafirma"]).tolist()
    return [*found, items, texts, list(opened.index.vocabulary), manifest, frequencies]


def test_closed_text_changes_no_output(folder: Path) -> None:
    having, lacking = (open_index(folder / name / "index") for name in ("with", "without"))
    assert outputs(having) == outputs(lacking)
    assert SECRET.split()[0] in (folder / "with" / "corpus" / "a.txt").read_text()  # the test tests something
    assert not having.index.bm25.df(["hvalros"]).any()


def test_closed_text_changes_no_status(folder: Path) -> None:
    one, other = (status_of(folder / name / "index") for name in ("with", "without"))
    for status in (one, other):
        for name in ("index", "corpus", "created", "size_bytes"):
            status.pop(name)
    assert one == other


def test_closed_text_is_in_no_file_of_the_index(folder: Path) -> None:
    opened = open_index(folder / "with" / "index")
    held = str(list(rows(opened.index.catalog)))
    data = b"".join(files(folder / "with" / "index").values()) + held.encode()
    for word in ("valros", "ebrafirma", "Zebrabilag"):
        assert word.encode() not in data


def test_a_closed_item_is_listed_with_what_is_public(folder: Path) -> None:
    opened = open_index(folder / "with" / "index")
    closed = opened.index.catalog.items("m.date = '2023-05-08'")[1]
    assert (closed.closed, closed.outcome, closed.sections) == (True, "closed", ())
    assert closed.case_number == "23-004444"
    hit = opened.search("23-004444", k=1)[0]
    assert hit.closed
    assert hit.text == "Punkt 2: Lukket punkt: Køb af areal"


def test_include_closed_is_an_index_of_its_own_and_says_so(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hits = open_index(folder / "all").search("hvalros zebrafirmaet", k=5)
    assert any("Zebrafirmaet" in hit.text and hit.closed for hit in hits)
    assert status_of(folder / "all")["include_closed"]
    assert not status_of(folder / "with" / "index")["include_closed"]
    assert run_cli(["--index", str(folder / "all"), "search", "hvalros", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert any(hit["closed"] for hit in found["hits"])
    command = ["index", str(folder / "with" / "corpus"), "--include-closed"]
    assert run_cli(["--index", str(folder / "with" / "index"), *command]) == 2
    assert "name another folder" in capfd.readouterr().err


def test_cpr_numbers_are_masked_everywhere_and_counted(tmp_path: Path) -> None:
    first, second, bare = CPR
    item = Item(
        f"Ansøgning fra {first}", "23-001204", f"Født {second}, cpr-nr. {bare}.", f"Godkendt {first}."
    )
    text = (
        minutes("2023-05-08", item)
        .replace("Bo Dal", f"Bo Dal {second}")
        .replace("lokale 3", f"lokale {first}")
    )
    corpus = write(tmp_path / "corpus", a=text, b=minutes("2023-06-05"))
    meeting = json.loads(byraad(closed_text=False))
    meeting["Dagsordenpunkter"][0]["Felter"].append(
        {"Navn": "Bilag", "Html": f"<p>cpr {bare} og {first}</p>"}
    )
    meeting["Dagsordenpunkter"][0]["Bilag"] = [{"Navn": f"Ansøgning {second}.pdf"}]
    (corpus / "c.json").write_text(json.dumps(meeting))
    report = build_index(corpus, tmp_path / "index")
    opened = open_index(tmp_path / "index")
    masked = {row.path: row.cpr_masked for row in opened.index.catalog.documents()}
    assert masked["a.txt"] >= 4
    assert masked["c.json"] >= 2
    assert masked["b.txt"] == 0
    assert report.cpr_masked == sum(masked.values()) == status_of(tmp_path / "index")["cpr_masked"]
    kept = str(list(rows(opened.index.catalog))) + str(list(opened.index.vocabulary))
    assert "XXXXXX-XXXX" in kept
    for number in CPR:
        assert number not in kept
        assert not opened.index.bm25.df([number, number.replace("-", "")]).any()
    assert not re.search(r"\b(?:010203|311299)", kept)
    assert not any(number.encode() in data for number in CPR for data in files(tmp_path / "index").values())


def test_cpr_numbers_of_files_that_cannot_be_read_are_not_in_the_report(tmp_path: Path) -> None:
    corpus = write(
        tmp_path / "corpus", a=minutes(), bad=f"ingen referat her {CPR[0]}", worse=f'{{"x": {CPR[0]}'
    )
    (corpus / "bad.json").write_text(json.dumps({"Moede": CPR[0], "Dagsordenpunkter": CPR[1]}))
    report = build_index(corpus, tmp_path / "index")
    assert len(report.skipped) == 3
    assert not any(number in str(report.json()) for number in CPR)
