"""Spelling and slugs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import normalise, slug


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
