"""Spelling, slugs, and the names of bodies."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import bodies_called, bodies_in, is_one_body, normalise, slug


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Børne\u2013 og\u00a0Unge\u2019s", "børne- og unge's"),
        ("bla\u030a", "blå"),
        ("\u201eTak\u201d\u2026", '"tak"...'),
        ("kom\u00admune", "kommune"),
        ("Måde og MADE", "måde og made"),
        ("ÆØÅ", "æøå"),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_normalise_is_stable_and_blind_to_composition(text: str) -> None:
    once = normalise(text)
    assert normalise(unicodedata.normalize("NFD", text)) == once
    assert normalise(text.lower()) == normalise(once) or not text.isascii()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Klima-, Teknik- og Miljøudvalget", "klima-teknik-og-miljoeudvalget"),
        ("Byråd 2022-2025", "byraad-2022-2025"),
        ("  Økonomi & Ældre ", "oekonomi-aeldre"),
        ("Café Allé", "cafe-alle"),
        ("---", ""),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(max_size=40))
def test_slug_is_safe_in_a_path(name: str) -> None:
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


NAMES = [
    "Byråd 2018-2021",
    "Byråd 2022-2025",
    "Børneudvalget",
    "Børne- og Kulturudvalget",
    "Social- og Børneudvalg",
]
BODIES = {slug(name): name for name in NAMES}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Byrådet", {"byraad-2018-2021", "byraad-2022-2025"}),
        ("Byråd 2018-2021", {"byraad-2018-2021"}),
        ("byrådet, valgperioden 2022/25", {"byraad-2022-2025"}),
        ("Byrådet 2014-2017", set()),
        ("Børneudvalg", {"boerneudvalget"}),
        ("børn", {"boerneudvalget"}),  # of all that begin so the one that is called no more
        ("Det Sociale", {"social-og-boerneudvalg"}),
        ("børn og kultur", {"boerne-og-kulturudvalget"}),
        ("children's committee", {"boerneudvalget"}),
        ("udvalg", {"boerneudvalget", "boerne-og-kulturudvalget", "social-og-boerneudvalg"}),
        ("2022-2025", set()),
    ],
)
def test_bodies_called(typed: str, meant: set[str]) -> None:
    assert bodies_called(typed, BODIES) == meant
    assert is_one_body(bodies_called(typed, BODIES), BODIES) == (bool(meant) and typed != "udvalg")


@given(st.lists(st.text(max_size=20) | st.sampled_from(NAMES), max_size=5), st.text(max_size=40))
def test_a_body_is_called_what_is_printed(names: list[str], text: str) -> None:
    bodies = {slug(name): name for name in names if slug(name)}
    for one, name in bodies.items():
        assert one in bodies_called(name, bodies)
    assert bodies_called(text, bodies) | bodies_in(text, bodies) <= bodies.keys()
