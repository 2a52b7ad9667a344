"""The language of short queries, labelled by hand, and the words that say nothing."""

from pathlib import Path

import pytest

from semsearch.text import LIGHT, STOPWORDS_DA, STOPWORDS_EN, language, tokenise

LABELLED = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "query_languages.txt")
    .read_text(encoding="utf-8")
    .splitlines()
]


def test_labelled_queries() -> None:
    assert len(LABELLED) == 257
    wrong = [(expected, query) for expected, query in LABELLED if language(query) != expected]
    assert len(wrong) / len(LABELLED) <= 0.03, wrong


@pytest.mark.parametrize("text", ["", "17/163", "Solgården", "2019", "???"])
def test_what_says_nothing_is_danish(text: str) -> None:
    assert language(text) == "da"


def test_a_name_does_not_mix_a_query() -> None:
    assert language("what was decided about Solgården") == "en"
    assert language("what was decided about takster") == "mixed"


@pytest.mark.parametrize(
    ("text", "stopwords", "left"),
    [
        ("hvad blev der besluttet om svømmehallen", STOPWORDS_DA, ["svømmehallen"]),
        ("fortæl mig om takster", STOPWORDS_DA, ["takster"]),
        ("hvornår og hvor behandles lokalplanen", STOPWORDS_DA, ["behandles", "lokalplanen"]),
        ("what was decided about the harbour", STOPWORDS_EN, ["harbour"]),
        ("tell me when did they close it", STOPWORDS_EN, ["close"]),
    ],
)
def test_what_a_question_is_built_of_says_nothing(
    text: str, stopwords: frozenset[str], left: list[str]
) -> None:
    assert [token.word for token in tokenise(text) if token.word not in stopwords] == left


def test_light_words_are_no_stopwords_and_no_topics() -> None:
    assert not (LIGHT["da"] & STOPWORDS_DA) | (LIGHT["en"] & STOPWORDS_EN)
    assert LIGHT["mixed"] == LIGHT["da"] | LIGHT["en"]
    assert {"budget", "sag", "skole", "penge", "school", "money"}.isdisjoint(LIGHT["mixed"])


def test_stopwords_are_lower_case_and_carry_no_content() -> None:
    for word in STOPWORDS_DA | STOPWORDS_EN:
        assert word == word.lower()
        assert word.isalpha()
    assert {"budget", "sag", "plan", "skole", "nye", "meeting"}.isdisjoint(STOPWORDS_DA | STOPWORDS_EN)
