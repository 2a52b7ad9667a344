"""The lexicon: what is found, how well it translates, that it is read in place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import SemsearchError
from semsearch.lexicon import MOST_WORDS, Lexicon, Translation, english_base
from semsearch.sortedlines import SortedLines
from semsearch.text import STOPWORDS_EN, Language, stem

DATA = Path(__file__).parent / "data"
SHIPPED = Path(__file__).parents[1] / "semsearch" / "data" / "lexicon.tsv"
TRAINING = Path(__file__).parents[1] / "training"
BY_HAND = ("municipal_terms.tsv", "everyday_terms.tsv", "set_phrases.tsv", "common_words.tsv")


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
    assert lexicon.translate(["plan"])[0].alternates == (("plan", 0.9),)  # in both languages


def test_a_hyphenated_word_without_a_line_is_its_pieces() -> None:
    lexicon = Lexicon(SortedLines("eaccessible\ttilgængelig 90\newheelchair\tkørestol 90\n".encode()))
    (found,) = lexicon.translate(["wheelchair-accessible"])
    assert found.alternates == (("kørestol", 0.72), ("tilgængelig", 0.72))
    assert lexicon.translate(["22-004928"]) == []


def test_unknown_words_give_nothing(lexicon: Lexicon) -> None:
    assert lexicon.translate([]) == []
    assert lexicon.translate(["qwertyzxcv", "", "\t", "§17"]) == []
    assert Lexicon(SortedLines(b"")).translate(["town"]) == []


def test_an_english_word_spelt_alike(lexicon: Lexicon) -> None:
    word, alike = lexicon.like("treatmnet") or ("", 0.0)
    assert word == "treatment"
    assert alike == pytest.approx(1 - 1 / 9)
    assert lexicon.like("brickabrack") is None
    assert lexicon.like("tratmnt") is None
    assert lexicon.like("tre") is None


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
        ("council's", "council"),
        ("children's", "child"),
        ("kids'", "kid"),
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


def terms_by_hand(name: str) -> list[tuple[list[str], list[str]]]:
    """What a query leaves of each English term, and its Danish words."""
    lines = (TRAINING / name).read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(content_words(english), danish.split(" ")) for english, danish in pairs]


def content_words(english: str) -> list[str]:
    words = english.split(" ") if " " not in english else re.split("[ -]", english)
    return [word for word in words if word not in STOPWORDS_EN] or words


def test_terms_by_hand_are_well_formed() -> None:
    terms = [term for name in BY_HAND for term in terms_by_hand(name)]
    keys = [tuple(map(english_base, english)) for english, _ in terms]
    assert len(keys) == len(set(keys)) >= 4000
    for english, danish in terms:
        assert 1 <= len(english) <= MOST_WORDS
        assert 1 <= len(danish) == len({stem(word) for word in danish}) <= 4
        assert all(re.fullmatch("[a-z][a-z'-]*", word) for word in english)
        assert all(re.fullmatch("[a-zæøåé0-9-]+", word) for word in danish)


@pytest.mark.parametrize("name", BY_HAND)
def test_terms_by_hand_stand_first(name: str, lexicon: Lexicon) -> None:
    for english, danish in terms_by_hand(name):
        found = [entry for entry in lexicon.translate(english) if entry[:2] == (0, len(english))]
        assert {stem(word) for word, _ in found[0].alternates} >= {stem(word) for word in danish}, english
        assert stem(found[0].alternates[0][0]) == stem(danish[0]), english


def test_words_of_minutes_are_found_by_what_people_call_them(lexicon: Lexicon) -> None:
    lines = (TRAINING / "minutes_words.tsv").read_text("utf-8").splitlines()
    entries = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len({word for word, _, _ in entries}) == len(entries) >= 8000
    asked = []
    for word, danish, english in entries:
        assert re.fullmatch("[a-zæøåé-]+", word)
        usual, *_ = english.split(", ")
        if usual:
            words = content_words(usual)
            found = [entry for entry in lexicon.translate(words) if entry[:2] == (0, len(words))]
            asked.append(stem(word) in {stem(alternate) for alternate, _ in found[0].alternates})
        assert usual or danish, word
    assert sum(asked) >= 0.95 * len(asked)  # a line holds the best eight


def test_a_set_phrase_means_nothing_else(lexicon: Lexicon) -> None:
    for english, danish in terms_by_hand("set_phrases.tsv"):
        (found,) = lexicon.translate(english)
        assert found[:2] == (0, len(english)), english
        word, weight = found.alternates[0]
        assert (stem(word), weight) == (stem(danish[0]), 1.0), english


def test_what_is_within_a_set_phrase_is_not_translated() -> None:
    lines = "ecost\tpris 90\necost living\tleveomkostning 100\neliving\tliv 90\neliving cost\tforbrug 99\n"
    lexicon = Lexicon(SortedLines(lines.encode()))
    assert lexicon.translate(["cost", "living"]) == [Translation(0, 2, (("leveomkostning", 1.0),))]
    assert [entry[:2] for entry in lexicon.translate(["living", "costs"])] == [(0, 2), (0, 1), (1, 2)]


def test_three_words_are_looked_up_together() -> None:
    lexicon = Lexicon(SortedLines(b"efreedom information act\toffentlighedslov 100\n"))
    assert lexicon.translate(["freedom", "information", "act", "fee"]) == [
        Translation(0, 3, (("offentlighedslov", 1.0),))
    ]
    assert lexicon.translate(["freedom", "information"]) == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("follow-up", ["follow-ups"]),
        ("email", ["e-mail"]),
        ("part time", ["part-time"]),
        ("state art", ["state-of-the-art"]),
        ("drop center", ["drop-in", "centre"]),
        ("old people home", ["old", "people's", "homes"]),
    ],
)
def test_hyphens_and_genitives(key: str, words: list[str]) -> None:
    lexicon = Lexicon(SortedLines(f"e{key}\tord 90\n".encode()))
    assert lexicon.translate(words) == [Translation(0, len(words), (("ord", 0.9),))]


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SemsearchError, match=r"none\.tsv"):
        Lexicon.open(tmp_path / "none.tsv")
