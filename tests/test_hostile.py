"""Files no municipality should have: through the children, as at night; named, counted, never a traceback."""

import io
import json
import random
import string
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import Item, minutes, write

from semsearch import build_index, open_index
from semsearch.checking import check
from semsearch.cli import run as run_cli
from semsearch.errors import DocumentError
from semsearch.parsing import parse

Report = dict[str, Any]
HEAD = minutes().split("Punkt 1")[0]


def bomb() -> bytes:
    """A DOCX of a few kilobytes whose document would fill gigabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("word/document.xml", "w") as file:
            for _ in range(300):
                file.write(b" " * (1 << 20))
        archive.writestr("[Content_Types].xml", "<Types/>")
    return buffer.getvalue()


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><html><body>&l11;'.encode()


def hostile() -> dict[str, bytes]:
    draw = random.Random(3)
    words = " ".join("".join(draw.choices(string.ascii_lowercase, k=6)) for _ in range(20_000))
    return {
        "nul.txt": b"\0" * 5_000,
        "nul-inside.txt": minutes().replace("Taget", "Ta\0get").encode(),
        "latin1.txt": minutes("2023-06-05").encode("latin-1"),
        "utf16.txt": minutes("2023-06-06").encode("utf-16"),
        "bom.txt": b"\xef\xbb\xbf" + minutes("2023-06-07").encode(),
        "random.pdf": b"%PDF-1.7\n" + draw.randbytes(50_000),
        "cut.pdf": b"%PDF-1.7\n1 0 obj\n<<",
        "bomb.docx": bomb(),
        "random.docx": b"PK\3\4" + draw.randbytes(5_000),
        "picture.txt": b"\x89PNG\r\n\x1a\n" + draw.randbytes(5_000),
        "deep.json": b"[" * 200_000,
        "deep-object.json": b'{"a":' * 100_000,
        "numbers.json": b'{"Moede": {"Dato": 1e999999}, "Dagsordenpunkter": [' + b"9" * 1_000_000 + b"]}",
        "surrogate.json": b'{"Udvalg": {"Navn": "\\ud800"}, "Dagsordenpunkter": []}',
        "deep.html": b"<html><body>" + b"<div>" * 200_000 + b"x",
        "laughs.html": billion_laughs(),
        "unclosed.html": b"<html><body>" + b"<table><tr><td" * 50_000,
        "one-line.txt": b" ".join([words.encode()] * 36),  # 5 MB
        "one-word.txt": b"x" * 5_000_000,
        "one-paragraph.txt": f"{HEAD}Punkt 1: Lang\n\nSagsfremstilling\n\n{words}".encode(),
        "one-long-word.txt": f"{HEAD}Punkt 1: Lang\n\nSagsfremstilling\n\n{'x' * 5_000_000}\n".encode(),
        "no-spaces.txt": f"{HEAD}Punkt 1: Lang\n\nSagsfremstilling\n\n{words.replace(' ', ',')}\n".encode(),
        "points.txt": (HEAD + "".join(f"Punkt {n}: Sag\n\n" for n in range(1, 20_000))).encode(),
        "huge-number.txt": minutes("2023-06-08").replace("Punkt 2", f"Punkt {'9' * 5_000}").encode(),
        "newlines.txt": b"\n" * 5_000_000,
        "dots.txt": f"{HEAD}Punkt 1: {'.' * 500_000}\n\n{'. ' * 500_000}".encode(),
        "hyphens.txt": f"{HEAD}{'-' * 1_000_000}\n{'| ' * 300_000}".encode(),
        "digits.txt": f"{HEAD}Punkt 1: Tal\n\nSagsfremstilling\n\n{'1' * 1_000_000}-{'1' * 1_000}".encode(),
        "escapes.txt": minutes("2023-06-09", Item("\x1b]0;owned\x07\x1b[31mRød")).encode(),
        "empty.txt": b"",
        "blank.md": b" \n\t\n",
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report, str]:
    """The folder, what the run reported, and what it printed to stderr, its children's included."""
    home = tmp_path_factory.mktemp("hostile")
    corpus = write(home / "corpus", good=minutes("2022-01-05"), other=minutes("2022-02-05"))
    for name, data in hostile().items():
        (corpus / name).write_bytes(data)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", "--index", str(home / "index"), "--json", "index", str(corpus)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert time.monotonic() - began < 240
    assert done.returncode == 6, done.stderr
    report = json.loads(done.stdout)
    report["skipped"] = {one["path"]: one["reason"] for one in report["skipped"]}
    return home, report, done.stderr


def test_the_night_ends_and_names_every_bad_file(night: tuple[Path, Report, str]) -> None:
    home, report, errors = night
    skipped = report["skipped"]
    must = {
        "nul.txt",
        "random.pdf",
        "cut.pdf",
        "bomb.docx",
        "random.docx",
        "picture.txt",
        "deep.json",
        "empty.txt",
    }
    assert must <= set(skipped)
    assert not {"good.txt", "other.txt", "latin1.txt", "utf16.txt", "bom.txt"} & set(skipped)
    for path, reason in skipped.items():
        assert path in reason
        assert len(reason) < 300
        assert "cannot be read:" not in reason, f"a parser failed on {path} by an exception: {reason}"
    assert errors == ""
    assert report["seen"] == report["meetings"] + report["superseded"] + len(skipped)
    check(home / "index", quotes=True)
    assert open_index(home / "index").search("renovering af svømmehallen", k=3)


def test_output_holds_no_terminal_escapes(
    night: tuple[Path, Report, str], capfd: pytest.CaptureFixture[str]
) -> None:
    home, _, _ = night
    for command in (["search", "rød"], ["meeting", "2023-06-09"], ["status"]):
        run_cli(["--index", str(home / "index"), *command])
        out, err = capfd.readouterr()
        assert "\x1b]" not in out + err
        assert "\x07" not in out + err


def test_decomposed_names_and_text_are_found(tmp_path: Path) -> None:
    import unicodedata

    text = unicodedata.normalize("NFD", minutes("2023-05-08", Item("Åbning af Ærø Skole")))
    corpus = write(tmp_path / "corpus")
    (corpus / unicodedata.normalize("NFD", "møde på ærø.txt")).write_text(text)
    build_index(corpus, tmp_path / "index")
    opened = open_index(tmp_path / "index")
    one = opened.search("åbning af ærø skole")[0]
    assert one.item_title == unicodedata.normalize("NFC", "Åbning af Ærø Skole")
    assert opened.search(unicodedata.normalize("NFD", "åbning af ærø skole"))[0] == one


def test_names_that_differ_in_case_only_are_two_files(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", Referat=minutes(), referat=minutes("2023-06-05"))
    if len(list(corpus.iterdir())) < 2:
        pytest.skip("names do not differ by case here")
    assert build_index(corpus, tmp_path / "index").meetings == 2
    paths = {row.path for row in open_index(tmp_path / "index").index.catalog.documents()}
    assert paths == {"Referat.txt", "referat.txt"}


PIECES = st.sampled_from(
    [
        *minutes().split("\n\n"),
        "Punkt 1: ",
        "Punkt",
        "Beslutning",
        "| a | b |",
        "- ",
        "\f",
        "\r",
        "\t" * 9,
        "\u2028",
        "\ufeff",
        "\x00",
        "1.",
        "23-001204",
        "010203-1234",
        "Lukket",
        "den 31-02-2023",
        "kl. 99:99",
        "<p>",
        "&#0;",
        "9" * 400,
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=25), st.sampled_from(["\n", "\n\n", " ", ""])
)
def test_any_text_is_minutes_or_a_document_error(pieces: list[str], between: str) -> None:
    text = HEAD + between.join(pieces)
    try:
        meeting = parse(text.encode("utf-8", "surrogatepass"), "any.txt")
    except DocumentError as error:
        assert "any.txt" in error.message
        return
    for item in meeting.items:
        assert 0 <= item.start <= item.end <= len(meeting.text)
        for section in item.sections:
            assert item.start <= section.start <= section.body_start <= section.end <= item.end


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"{", b"<html><body>", b"%PDF-1.4\n", b"PK\3\4", b"\xff\xfe"]),
)
def test_any_bytes_are_minutes_or_a_document_error(data: bytes, magic: bytes) -> None:
    try:
        parse(magic + data, "any")
    except DocumentError as error:
        assert "any" in error.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Dagsordenpunkter", "Udvalg", "Moede", "Navn", "Felter", "Html", "Dato", "Number", "Bilag"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_any_json_is_minutes_or_a_document_error(value: object) -> None:
    try:
        parse(json.dumps({"Dagsordenpunkter": [value], "Moede": value, "Udvalg": value}).encode(), "any.json")
    except DocumentError as error:
        assert "any.json" in error.message
