"""What went wrong in other projects, by their bug trackers, and must not here: see docs/reliability.md."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from invented import Item, minutes, write

from semsearch import OpenIndex, build_index, open_index
from semsearch.checking import check
from semsearch.cli import run as run_cli
from semsearch.records import Filters, Hit, Quote

QUESTIONS = ("hvad blev besluttet om Solgårdens takster", "budget 2024", "23-007315", "legepladser")


@pytest.fixture(scope="module")
def opened(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


@pytest.fixture(scope="module")
def crowded(in_process: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 items that all match a query better than the one item of another year and body does."""
    home = tmp_path_factory.mktemp("crowded")
    loud = Item("Svømmehal svømmehal svømmehal", "23-000001", "Svømmehal i svømmehallen ved svømmehallen.")
    for month in range(1, 11):
        write(home / "corpus", **{f"m{month}": minutes(f"2023-{month:02}-02", *[loud] * 40)})
    quiet = Item(
        "Diverse meddelelser", "19-000777", "Blandt meget andet blev en svømmehal nævnt i forbifarten."
    )
    write(home / "corpus", quiet=minutes("2019-05-06", quiet, committee="Ældrerådet"))
    build_index(home / "corpus", home / "index")
    return home / "index"


@pytest.mark.parametrize(
    "filters",
    [
        {"last": "2020"},
        {"committee": "Ældrerådet"},
        {"case": "19-000777"},
        {"first": "2019-05-06", "last": "2019-05-06"},
    ],
    ids=["date", "committee", "case", "day"],
)
def test_a_filter_finds_what_lies_outside_the_best(crowded: Path, filters: dict[str, str]) -> None:
    opened = open_index(crowded)
    assert all(hit.meeting_date.year == 2023 for hit in opened.search("svømmehal", k=100))
    found = opened.search("svømmehal", k=5, filters=opened.filters(**filters))
    assert {hit.source.path for hit in found} == {"quiet.txt"}


def test_spellings_of_a_case_number_are_one(in_process: None, tmp_path: Path) -> None:
    numbers = ("22-004579", "19/2345", "00.22.04-G01-3-23", "306-2009-600", "EMN-2019-04021")
    items = [Item(f"Sag nummer {place}", number) for place, number in enumerate(numbers)]
    build_index(write(tmp_path / "corpus", a=minutes("2023-05-08", *items)), tmp_path / "index")
    opened = open_index(tmp_path / "index")
    for place, number in enumerate(numbers):
        first = opened.search(number, k=1)
        assert [hit.item_title for hit in first] == [f"Sag nummer {place}"], number
        assert [one.item.title for one in opened.case(number)] == [f"Sag nummer {place}"]
        assert [one.item.title for one in opened.case(number.lower())] == [f"Sag nummer {place}"]


def test_spellings_of_a_word_are_one(in_process: None, tmp_path: Path) -> None:
    """Composed and decomposed, å and aa, curly and straight quotes."""
    items = (Item("Skovgården og “Åhuset”"), Item('Kirkegaarden og "Aahuset" på Ærø'), Item("Noget andet"))
    build_index(write(tmp_path / "corpus", a=minutes("2023-05-08", *items)), tmp_path / "index")
    opened = open_index(tmp_path / "index")

    def found(query: str) -> list[tuple[str, float]]:
        return [(hit.id, hit.score) for hit in opened.search(query)]

    for query in ("skovgården", "kirkegården åhuset", "“åhuset”", "ærø"):
        expected = found(query)
        assert expected
        assert found(unicodedata.normalize("NFD", query)) == expected
        assert expected[0][0] in dict(found(query.replace("å", "aa")))
        straight = query.replace("“", '"').replace("”", '"')
        assert list(dict(found(straight))) == list(dict(expected))
        assert found(straight.upper()) == found(straight)


def test_every_quote_stands_at_its_offsets(opened: OpenIndex, corpus_index: Path) -> None:
    texts = {
        meeting.path: opened.index.catalog.text(meeting.document)
        for meeting in opened.index.catalog.meetings()
    }
    quotes = [quote for question in QUESTIONS if (answer := opened.ask(question)) for quote in answer.quotes]
    hits = [hit for question in QUESTIONS for hit in opened.search(question, k=50)]
    assert len(quotes) >= 2
    assert len(hits) > 20
    places: list[Hit | Quote] = [*quotes, *hits]
    for one in places:
        assert texts[one.source.path][one.source.start : one.source.end] == one.text
    assert check(corpus_index, quotes=True).quotes


@pytest.mark.parametrize("query", QUESTIONS)
def test_command_line_and_python_give_the_same(
    opened: OpenIndex, corpus_index: Path, query: str, capfd: pytest.CaptureFixture[str]
) -> None:
    run_cli(["--index", str(corpus_index), "--json", "search", query, "-k", "7"])
    found = json.loads(capfd.readouterr().out)
    hits = opened.search(query, k=7)
    assert [(hit["id"], hit["score"], hit["text"], hit["rank"]) for hit in found["hits"]] == [
        (hit.id, hit.score, hit.text, hit.rank) for hit in hits
    ]
    run_cli(["--index", str(corpus_index), "--json", "ask", query])
    said = json.loads(capfd.readouterr().out)["answer"]
    answer = opened.ask(query)
    assert (said and said["text"]) == (answer and answer.text)
    assert [quote["source"]["start"] for quote in (said or {"quotes": []})["quotes"]] == [
        quote.source.start for quote in (answer.quotes if answer else ())
    ]


def test_a_filter_of_the_command_line_is_that_of_python(
    opened: OpenIndex, corpus_index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_cli(["--index", str(corpus_index), "--json", "search", "takster", "--section", "decision"])
    found = json.loads(capfd.readouterr().out)
    hits = opened.search("takster", filters=Filters(section="decision"))
    assert [hit["id"] for hit in found["hits"]] == [hit.id for hit in hits]


def test_eval_of_nothing_is_an_error_not_a_zero(
    corpus_index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.jsonl").write_text("")
    judged = str(Path(__file__).parent / "judged" / "corpus_queries.jsonl")
    assert run_cli(["--index", str(tmp_path / "nowhere"), "eval", judged]) == 3
    assert run_cli(["--index", str(corpus_index), "eval", str(tmp_path / "none.jsonl")]) == 2
    assert run_cli(["--index", str(corpus_index), "eval", str(tmp_path / "nowhere.jsonl")]) == 2
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_closed_pipe_is_quiet(corpus_index: Path, options: list[str]) -> None:
    command = [
        sys.executable,
        "-m",
        "semsearch",
        "--index",
        str(corpus_index),
        *options,
        "search",
        "skole",
        "-k",
        "500",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.close()
        assert run.stderr.read() == b""


@pytest.mark.parametrize("output", ["/dev/full", None], ids=["full", "closed"])
def test_an_output_that_cannot_be_written_is_no_traceback(corpus_index: Path, output: str | None) -> None:
    redirection = f">{output}" if output else ">&-"
    command = f'"{sys.executable}" -m semsearch --index "{corpus_index}" status {redirection}'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
