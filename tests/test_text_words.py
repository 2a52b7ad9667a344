"""Tokens: words, and one token for what is one thing to a reader."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from semsearch.text import tokenise


def words(text: str) -> list[str]:
    return [token.word for token in tokenise(text)]


@pytest.mark.parametrize(
    "text",
    [
        "§ 17, stk. 4",
        "§17,4",
        "§ 17 stk 4",
        "§17.4",
        "§ 17, stk.4",
        "§17 stk. 4",
        "§ 17, Stk. 4",
        "§\u00a017, stk. 4",
    ],
)
def test_paragraph_however_written(text: str) -> None:
    assert words(text) == ["§17", "§17.4"]
    assert words(f"efter {text}-udvalget") == ["efter", "§17", "§17.4", "udvalget"]
    token = tokenise(f"efter {text}-udvalget")[1]
    assert (token.start, token.end) == (6, 6 + len(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paragraf 17 stk. 4", ["paragraf", "§17", "§17.4"]),
        ("section 17(4)", ["section", "§17", "§17.4"]),
        ("§ 17 a, stk. 2", ["§17a", "§17a.2"]),
        ("§ 62 i loven", ["§62", "i", "loven"]),
        ("§ 5", ["§5"]),
        ("§ 3, stk. 2, nr. 1", ["§3", "§3.2", "nr", "1"]),
        ("§", []),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "19-06-2017",
        "19.06.2017",
        "19/6-2017",
        "19/06/2017",
        "19.6.17",
        "2017-06-19",
        "19. juni 2017",
        "d. 19. juni 2017",
        "June 19, 2017",
        "19 June 2017",
        "the 19th of June 2017",
        "Mandag d. 19.juni 2017 kl. 8",
    ],
)
def test_date_however_written(text: str) -> None:
    found = words(text)
    assert "2017-06-19" in found
    assert "2017" in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i juni 2017", ["i", "juni", "2017-06", "2017"]),
        ("19. juni", ["19", "juni"]),
        ("2018-2021", ["2018", "2021"]),
        ("99-99-2017", ["99", "99", "2017"]),
        ("kl. 8.30-9.00", ["kl", "8.30", "9"]),
    ],
)
def test_what_is_no_full_date(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1,1 mio. kr.",
        "1.100.000 kr.",
        "1.100.000,00 kr",
        "kr. 1.100.000",
        "1.100 t.kr.",
        "1.100 tkr.",
        "1,1 mio.kr.",
        "1 100 000 kr.",
        "1.1 million DKK",
        "DKK 1,100,000",
        "1,1 millioner kroner",
        "1.100.000,-",
        "1,1\nmio. kr.",
    ],
)
def test_amount_however_written(text: str) -> None:
    assert "1100000kr" in words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("135.981 kr.", ["135981kr", "135981", "kr"]),
        ("1.234,50 kr", ["1234.50kr", "1234.50", "kr"]),
        ("2 mia. kr.", ["2000000000kr", "2", "mia", "kr"]),
        ("1,125 mio. kr.", ["1125000kr", "1.125", "mio", "kr"]),
        ("95 pct. af", ["95%", "95", "pct", "af"]),
        ("2,0 %", ["2%", "2.0"]),
        ("70 borgere", ["70", "borgere"]),
        ("3.1.2", ["3", "1.2"]),
    ],
)
def test_figures(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17/163", ["17-163"]),
        ("sag 22-004579", ["sag", "22-4579"]),
        ("19-022821K", ["19-22821k"]),
        ("SAG-2024-12345", ["sag-2024-12345"]),
        ("330-2018-3619", ["330-2018-3619"]),
    ],
)
def test_case_number_is_one_token(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SHC's SHC’s SHCs", ["shc", "shc", "shc"]),
        ("VPN'en pc'er", ["vpn", "pc"]),
        ("it-promille-puljen", ["itpromillepuljen", "it", "promille", "puljen"]),
        ("Social- og Handicapcentret", ["social", "og", "handicapcentret"]),
        ("kommu-\nnens", ["kommunens"]),
        ("kom\u00admunens", ["kommunens"]),
        ("børne-\nog ungeudvalget", ["børne", "og", "ungeudvalget"]),
        ("skole-\neller ældreområdet", ["skole", "eller", "ældreområdet"]),
        ("bl.a. f.eks. m.v.", ["bla", "feks", "mv"]),
        ("slut.Derefter", ["slut", "derefter"]),
        ("Vaadstrup", ["vaadstrup", "vådstrup"]),
        ("boernehave", ["boernehave", "børnehave"]),
        ("idé", ["idé", "ide"]),
        ("måde", ["måde"]),
        ("rødgrød", ["rødgrød"]),
        ("B101 covid19", ["b101", "covid19", "covid", "19"]),
        ("8a 3D", ["8a", "3d"]),
        ("og/eller", ["og", "eller"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_pieces_stand_where_they_stand() -> None:
    text = "se it-puljen nu"
    assert [(token.word, text[token.start : token.end]) for token in tokenise(text)] == [
        ("se", "se"),
        ("itpuljen", "it-puljen"),
        ("it", "it"),
        ("puljen", "puljen"),
        ("nu", "nu"),
    ]


PIECES = st.sampled_from(
    [
        "§",
        " ",
        "17",
        "4",
        ",",
        ".",
        "stk",
        "kr",
        "mio",
        "juni",
        "2017",
        "-",
        "/",
        "\n",
        "å",
        "ord",
        "It",
        "SHC",
        "'s",
        "%",
        "(",
        ")",
        "\xad",
        "å",
        "K",
        "330",
        "t",
        "kroner",
        "\xa0",
        "Maj",
        "paragraf",
        "e",
        "1",
        "000",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_offsets_hold_and_nothing_is_empty(text: str) -> None:
    previous = 0
    for word, start, end in tokenise(text):
        assert word
        assert word == word.strip().lower()
        assert 0 <= start < end <= len(text)
        assert any(letter.isalnum() for letter in text[start:end])
        assert start >= previous or text[start:end]
        previous = start


@given(st.text(alphabet="abcæøåéü -,\n", max_size=60))  # numbers and abbreviations are read in NFC only
@example("a-\né")
def test_blind_to_composition(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert words(unicodedata.normalize("NFD", composed)) == words(composed)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøå ", max_size=80))
def test_plain_words_are_all_there(text: str) -> None:
    found = words(text)
    for word in text.split():
        assert word in found or word[:-1] in found


@pytest.mark.parametrize(
    "unit",
    ["1", "1.", "111.", "111 ", "111,", "a", "a-", "a.", "§", "§ ", "1-", "19-", "-\n", "a\u00ad", "kr. "],
)
def test_linear_time(unit: str) -> None:
    began = time.process_time()
    tokenise(unit * 40_000)
    assert time.process_time() - began < 3.0
