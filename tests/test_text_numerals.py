"""Numbers in words, in Danish and English."""

from decimal import Decimal

import pytest

from semsearch.text.numerals import numerals

UNITS = "en to tre fire fem seks syv otte ni".split()
TENS = "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems".split()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ni år, ti år og to år", ["9", "10", "2"]),
        ("halvandet år, halvanden million", ["1.5", "1500000"]),
        ("et dusin", ["12"]),
        ("tohundredefemogtyve", ["225"]),
        ("to hundrede og femogtyve tusind kroner", ["225000"]),
        ("tusind kroner og tre", ["1000", "3"]),
        ("tre, fire og fem millioner", ["3", "4", "5000000"]),
        ("femårig, tremåneders, en tredjedel", ["5", "3", "3"]),
        ("tyve mio. kr., beløb i mio. kr.", ["20000000"]),
        ("twenty-five, two hundred and one thousand", ["25", "201000"]),
        ("one of them", []),
        ("entre mandag fredag time tirsdag onsdag tilbage tidlig fordele timeplan", []),
    ],
)
def test_values(text: str, values: list[str]) -> None:
    assert [number.value for number in numerals(text)] == [Decimal(value) for value in values]


def test_danish_from_21_to_99() -> None:
    for place, ten in enumerate(TENS, 2):
        for unit, word in enumerate(UNITS, 1):
            assert [number.value for number in numerals(f"{word}og{ten} børn")] == [10 * place + unit]


def test_words_that_are_english_too() -> None:
    assert [number.value for number in numerals("to the fire station in two days", english=True)] == [2]
    assert [number.value for number in numerals("to af de fire")] == [2, 4]


def test_spans() -> None:
    text = "I enogtredive år og to hundrede dage"
    assert [text[start:end] for _, start, end in numerals(text)] == ["enogtredive", "to hundrede"]
