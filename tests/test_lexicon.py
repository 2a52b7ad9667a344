"""The lexicon: what is found, how well it translates, that it is read in place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import SemsearchError
from semsearch.lexicon import Lexicon, Translation, english_base
from semsearch.sortedlines import SortedLines
from semsearch.text import Language, stem

DATA = Path(__file__).parent / "data"
SHIPPED = Path(__file__).parents[1] / "semsearch" / "data" / "lexicon.tsv"
BY_HAND = Path(__file__).parents[1] / "training" / "municipal_terms.tsv"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.open()


def judged(name: str) -> Iterator[tuple[list[str], set[str]]]:
    """Words, and the stems of which one is right."""
    for line in (DATA / name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            words, right = line.split("\t")
            yield words.split(), {stem(word) for word in right.split()}


def recall(lexicon: Lexicon, name: str, language: Language, k: int = 5) -> tuple[float, int]:
    """The share of entries with a right word among the first `k`, and how many entries there are."""
    entries = list(judged(name))
    hits = 0
    for words, right in entries:
        found = [entry for entry in lexicon.translate(words, language) if entry[:2] == (0, len(words))]
        first = [word for word, _ in found[0].alternates[:k]] if found else words  # "museum" is a Danish word
        hits += any(stem(word) in right for word in first)
    return hits / len(entries), len(entries)


def test_translates_words_and_pairs_with_their_spans() -> None:
    lexicon = Lexicon(SortedLines("eplan\tplan 90\netown hall\trådhus 87\nstown\tby 89\n".encode()))
    assert lexicon.translate(["new", "town", "halls"]) == [
        Translation(1, 3, (("rådhus", 0.87),)),
        Translation(1, 2, (("by", 0.89),)),
    ]
    assert lexicon.translate(["plan"]) == []  # no word is its own alternate


def test_unknown_words_give_nothing(lexicon: Lexicon) -> None:
    assert lexicon.translate([]) == []
    assert lexicon.translate(["qwertyzxcv", "", "\t", "§17"]) == []
    assert Lexicon(SortedLines(b"")).translate(["town"]) == []


def test_a_form_stands_before_its_stem() -> None:
    lexicon = Lexicon(SortedLines(b"ehousing\tbolig 80\nshous\thus 60\n"))
    assert lexicon.translate(["housing"])[0].alternates == (("bolig", 0.8),)
    assert lexicon.translate(["houses"])[0].alternates == (("hus", 0.6),)


def test_language_chooses_what_is_looked_up() -> None:
    lexicon = Lexicon(SortedLines("dlarm\tstøj 40\nslarm\talarm 50\n".encode()))
    assert lexicon.translate(["larm"], "da")[0].alternates == (("støj", 0.4),)
    assert lexicon.translate(["larm"], "en")[0].alternates == (("alarm", 0.5),)
    assert lexicon.translate(["larm"], "mixed")[0].alternates == (("alarm", 0.5), ("støj", 0.4))


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("councils", "council"),
        ("libraries", "library"),
        ("ties", "tie"),
        ("houses", "house"),
        ("churches", "church"),
        ("buses", "bus"),
        ("status", "status"),
        ("class", "class"),
        ("children", "child"),
        ("neighbourhood", "neighborhood"),
        ("centres", "center"),
        ("organisations", "organization"),
        ("programmes", "program"),
    ],
)
def test_english_base(word: str, base: str) -> None:
    assert english_base(word) == base


def test_every_line_of_the_file_is_found(lexicon: Lexicon) -> None:
    lines = SHIPPED.read_bytes().splitlines()
    keys = [line.split(b"\t")[0] for line in lines]
    assert keys == sorted(set(keys), key=lambda key: key + b"\t")
    for line in lines[::97]:
        key, *fields = line.decode().split("\t")
        found = lexicon._line(key)
        assert [f"{word} {round(100 * weight)}" for word, weight in found] == fields
        assert all(0 < weight <= 1 for _, weight in found)
        assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)


@given(st.dictionaries(st.text("abæøå ", min_size=1), st.integers(1, 100)), st.text("abæøå ", min_size=1))
def test_search_in_place_equals_a_dictionary(weights: dict[str, int], other: str) -> None:
    lines = sorted(f"{key}\tord {weight}\n".encode() for key, weight in weights.items())
    lexicon = Lexicon(SortedLines(b"".join(lines)))
    for key in {other, *weights}:
        assert lexicon._line(key) == ([("ord", weights[key] / 100)] if key in weights else [])


def test_municipal_words_are_translated(lexicon: Lexicon) -> None:
    share, judged_words = recall(lexicon, "translations.txt", "en")
    assert judged_words >= 90
    assert share >= 0.85


def test_some_danish_words_have_synonyms(lexicon: Lexicon) -> None:
    share, judged_words = recall(lexicon, "synonyms.txt", "da")
    assert judged_words >= 40
    assert share >= 0.15  # what shared translations bring is right more often than it is there


def terms_by_hand() -> list[tuple[list[str], list[str]]]:
    lines = BY_HAND.read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(english.split(" "), danish.split(" ")) for english, danish in pairs]


def test_terms_by_hand_are_well_formed() -> None:
    terms = terms_by_hand()
    keys = [tuple(map(english_base, english)) for english, _ in terms]
    assert len(keys) == len(set(keys)) >= 1000
    for english, danish in terms:
        assert 1 <= len(english) <= 2
        assert 1 <= len(danish) == len({stem(word) for word in danish}) <= 4
        assert all(word.isalpha() and word == word.lower() for word in english)
        assert all(re.fullmatch("[a-zæøåé0-9-]+", word) for word in danish)


def test_terms_by_hand_stand_first(lexicon: Lexicon) -> None:
    for english, danish in terms_by_hand():
        other = [word for word in danish if stem(word) != stem(" ".join(map(english_base, english)))]
        found = [entry for entry in lexicon.translate(english) if entry[:2] == (0, len(english))]
        assert {stem(word) for word, _ in found[0].alternates} >= {stem(word) for word in other}, english
        assert stem(found[0].alternates[0][0]) == stem(other[0]), english


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SemsearchError, match=r"none\.tsv"):
        Lexicon.open(tmp_path / "none.tsv")
