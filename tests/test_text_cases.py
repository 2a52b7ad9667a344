"""Case numbers: what is one, what is not, and which are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import case_key, find_case_numbers, normalise_case_number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("17/163", ["17/163"]),
        ("Punkt 3: Lukket\n\n17/200\n\n", ["17/200"]),
        ("sag 17/163 og 22-004579", ["17/163", "22-004579"]),
        ("Genoptaget i sag 19-022821K.", ["19-022821K"]),
        ("Sagsnr.: 330-2018-3619 Dok.nr.: 330-2019-77 Åbent", ["330-2018-3619"]),
        ("jf. SAG-2024-12345, punkt 2", ["SAG-2024-12345"]),
        ("J.nr. 00.22.04-P35-2-20", ["00.22.04-P35-2-20"]),
        ("J.nr. 17-163", ["17-163"]),
        ("journalnummer 17/44", ["17/44"]),
        ("sagen 17 / 163 blev udsat", ["17/163"]),
        ("Se 17/7354-12", ["17/7354"]),
        ("2019/004411", ["2019/004411"]),
    ],
)
def test_finds_case_numbers(text: str, numbers: list[str]) -> None:
    found = find_case_numbers(text)
    assert [number for _, _, number in found] == numbers
    for start, end, number in found:
        assert text[start:end].replace(" ", "").upper() == number


@pytest.mark.parametrize(
    "text",
    [
        "mødet 19-06-2017 og 19/6-2017",
        "strategi 2016-2020",
        "budget 2018-2021 og 2018-21",
        "skoleåret 2016/17",
        "2016/2017",
        "jf. § 17/163",
        "tlf. 22-334455",
        "telefon 21 223344 eller +45 22-334455",
        "cpr 010203-1234 og 010203-1234",
        "1/2 liter, 24/7, 50/50",
        "dokument 36416-15",
        "kl. 10-1130",
        "side 12-14000",
        "11/2018",
        "COVID-2020-21",
        "17/163/4",
        "",
    ],
)
def test_takes_nothing_else_for_one(text: str) -> None:
    assert find_case_numbers(text) == []


def test_a_query_may_write_it_loosely() -> None:
    assert find_case_numbers("hvad skete der i 17-163 om Solgården") == []
    assert find_case_numbers("hvad skete der i 17-163 om Solgården", lenient=True) == [(17, 23, "17-163")]
    assert find_case_numbers("17-163") == [(0, 6, "17-163")]
    assert find_case_numbers("fra 2016-2020 den 19-06-2017", lenient=True) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (" 17/163 ", "17/163"),
        ("Sag nr. 130, Beslutningskompetence: KB", "130"),
        ("sagsnummer 17/9", "17/9"),
        ("19 - 022821k", "19-022821K"),
        ("sag-2024-12345", "SAG-2024-12345"),
        ("Lukket", ""),
        ("", ""),
    ],
)
def test_normalises_what_is_known_to_be_one(text: str, number: str) -> None:
    assert normalise_case_number(text) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17/163", "17-163"),
        ("17/163", "17 / 163"),
        ("22-004579", "22/4579"),
        ("19-022821K", "sag 19-22821k"),
        ("00.22.04-P35-2-20", "j.nr. 00.22.04-p35-2-20"),
    ],
)
def test_key_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert case_key(one) == case_key(other) != ""


def test_key_keeps_different_numbers_apart() -> None:
    numbers = ["17/163", "17/1630", "16/173", "22-004579", "22-045790", "19-022821K", "19-022821", "2017/163"]
    assert len({case_key(number) for number in numbers}) == len(numbers)


@given(st.integers(0, 40), st.integers(100, 999_999), st.sampled_from("/-"))
def test_every_year_and_serial_is_found_alone(year: int, serial: int, separator: str) -> None:
    number = f"{year:02}{separator}{serial}"
    if 1900 <= serial < 2100:  # reads as a year
        return
    assert normalise_case_number(f"sag {number}") == number
    assert case_key(number) == case_key(f"{year:02}/{serial:08}")


@given(st.text(alphabet="0123456789/-.KPSAG §nr\n", max_size=60))
def test_spans_are_ordered_and_say_what_they_cover(text: str) -> None:
    end = 0
    for start, stop, number in find_case_numbers(text):
        assert end <= start < stop <= len(text)
        assert number == "".join(text[start:stop].split()).upper()
        end = stop
