"""One meeting as text, Word document, PDF and FirstAgenda JSON gives the same answers to ten questions."""

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from layouts import as_html
from test_parsing_docx import as_docx
from test_parsing_pdf import print_page

from semsearch import OpenIndex, build_index, open_index
from semsearch.parsing import parse
from semsearch.records import Meeting

SOURCE = "2023-10-02_oekonomiudvalget.txt"
QUESTIONS = (
    "hvad blev besluttet om Solgårdens takster?",
    "what was decided about the wind turbines?",
    "hvad koster havnebadet?",
    "natbus",
    "hvem skal levere mad til hjemmeboende ældre?",
    "hvornår behandles sagen i Byrådet?",
    "charging stations",
    "hvorfor stiger taksten?",
    "23-007315",
    "opskrift på boller i karry",
)


def as_json(meeting: Meeting) -> bytes:
    """The meeting as FirstAgenda's publication API serves it."""

    def field(item_start: int, item_end: int) -> str:
        lines = meeting.text[item_start:item_end].split("\n")
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())

    items = [
        {
            "Number": str(item.number),
            "Navn": item.title,
            "SagsNummer": item.case_number or "",
            "Felter": [
                {
                    "Html": "".join(
                        f"<h3>{html.escape(section.heading)}</h3>{field(section.body_start, section.end)}"
                        for section in item.sections
                    )
                }
            ],
            "Bilag": [],
        }
        for item in meeting.items
    ]
    moede = {
        "Dato": f"{meeting.date}T{meeting.start or '08:00'}+02:00",
        "Sted": meeting.place,
        "Moededeltagere": [{"Name": name, "Absent": False} for name in meeting.participants],
        "Afsluttet": True,
    }
    udvalg = {"Navn": meeting.committee}
    return json.dumps({"Udvalg": udvalg, "Moede": moede, "Dagsordenpunkter": items}).encode()


def answers(opened: OpenIndex) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for question in QUESTIONS:
        answer = opened.ask(question)
        quote = answer.quotes[0] if answer else None
        hits = opened.search(question, k=3)
        found.append(
            (
                quote and (quote.item_number, quote.case_number),
                hits[0].item_number if hits else None,
                answer and answer.outcome,
            )
        )
    return found


def test_every_format_gives_the_same_answers(corpus: Path, tmp_path: Path) -> None:
    text = (corpus / SOURCE).read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(as_html(text), encoding="utf-8")
    made: dict[str, Callable[[], bytes]] = {
        "m.txt": text.encode,
        "m.docx": lambda: as_docx(text),
        "m.json": lambda: as_json(parse(text.encode(), SOURCE)),
        "m.pdf": lambda: print_page(page),
    }
    told: dict[str, list[tuple[object, ...]]] = {}
    for name, make in made.items():
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        try:
            (folder / name).write_bytes(make())
        except pytest.skip.Exception:  # no browser here to print a PDF with
            continue
        build_index(folder, tmp_path / f"{name}-index")
        told[name] = answers(open_index(tmp_path / f"{name}-index"))
    assert {"m.txt", "m.docx", "m.json"} <= told.keys()
    for name, given in told.items():
        assert given == told["m.txt"], name
