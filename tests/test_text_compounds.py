"""Compounds: what is split and how, measured on words labelled by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import Compounds, split_compound, stem
from semsearch.text.compounds import shipped_words

DATA = Path(__file__).parent / "data"


def labelled(name: str) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Read "word: part part" lines: "~" is where a further split is as good, no parts mean no compound."""
    found = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        word, _, parts = line.partition(":")
        readings = {parts.replace("~", ""), parts.replace("~", " ")} if parts.strip() else {""}
        found.append((word, [tuple(map(stem, reading.split())) for reading in readings]))
    return found


def precision_recall(name: str, compounds: Compounds) -> tuple[float, float, int, int]:
    words = labelled(name)
    split = [(tuple(map(stem, compounds.split(word))), readings) for word, readings in words]
    right = sum(parts in readings for parts, readings in split if parts)
    positives = sum(readings != [()] for _, readings in words)
    return (
        right / sum(bool(parts) for parts, _ in split),
        right / positives,
        positives,
        len(words) - positives,
    )


def test_municipal_words() -> None:
    precision, recall, compounds, others = precision_recall("compounds.txt", Compounds())
    assert (compounds, others) == (331, 312)
    assert precision >= 0.97
    assert recall >= 0.92


def test_words_drawn_at_random_from_minutes() -> None:
    precision, recall, compounds, others = precision_recall("compounds_sampled.txt", Compounds())
    assert (compounds, others) == (252, 233)
    assert precision >= 0.97
    assert recall >= 0.92


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("borgerserviceområdet", ("borger", "service", "området")),
        ("sygefraværsanalyser", ("syge", "fravær", "analyser")),
        ("arbejdsmarkedspolitik", ("arbejde", "marked", "politik")),
        ("børnehaver", ("børn", "haver")),
        ("kommune", ()),
        ("detaljeret", ()),
        ("ejendommene", ()),
        ("sag", ()),
        ("", ()),
        ("x" * 5000, ()),
        ("17/163", ()),
    ],
)
def test_split(word: str, parts: tuple[str, ...]) -> None:
    assert Compounds().split(word) == parts


def test_parts_hold_compounds_within_compounds() -> None:
    parts = Compounds().parts("folkeskolereformen")
    assert parts == (stem("folkeskole"), stem("folk"), stem("skole"), stem("reform"))
    assert Compounds().parts("reform") == ()


def test_words_of_the_corpus_add_to_the_list() -> None:
    assert Compounds().split("kvibblerordningen") == ()
    assert Compounds(["kvibbler"]).split("kvibblerordningen") == ("kvibbler", "ordningen")


def test_shortcut_gives_stems() -> None:
    assert split_compound("kassetrækket") == (stem("kasse"), stem("træk"))
    assert split_compound("borger") == ()


def test_list_is_lower_case_words_only() -> None:
    words = shipped_words()
    assert 35_000 < len(words) < 60_000
    assert all(word.isalpha() and word.islower() for word in words)
    assert {"kommune", "område", "lov"} <= words.keys()
    assert {"frederiksen", "løkke", "hansen", "jensen"}.isdisjoint(words)


@given(st.text(alphabet="abdefgiklmnoprstuvyæøå", max_size=30))
def test_parts_are_found_in_the_word(word: str) -> None:
    at = 0
    for part in Compounds().split(word):
        bare = part if part in word[at:] else part.removesuffix("e")  # arbejde in arbejdsmarked
        at = word.index(bare, at) + len(bare)


@given(
    st.lists(st.sampled_from(["skole", "bus", "lov", "sag", "by", "miljø", "plan", "s", "e"]), max_size=40)
)
def test_long_words_end_soon(parts: list[str]) -> None:
    Compounds().parts("".join(parts))
