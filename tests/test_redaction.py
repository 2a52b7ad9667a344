"""CPR numbers are masked, the text of closed items is cut, and every offset still fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.parsing import parse
from semsearch.parsing.redaction import mask_cpr

HEADER = "REFERAT Teknisk Udvalg d. 04-09-2023\n\nMødedato 4. september 2023\n\n"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("010203-1234", "XXXXXX-XXXX"),
        ("født 311299-0000.", "født XXXXXX-XXXX."),
        ("010203 - 1234", "XXXXXX - XXXX"),
        ("010203–1234", "XXXXXX–XXXX"),
        ("010203-\n1234", "XXXXXX-\nXXXX"),
        ("(010203-1234, 020304-1234)", "(XXXXXX-XXXX, XXXXXX-XXXX)"),
        ("CPR-nr.: 0102031234", "CPR-nr.: XXXXXXXXXX"),
        ("cpr 010203 1234", "cpr XXXXXX XXXX"),
        ("cpr.nr. 010203-1234", "cpr.nr. XXXXXX-XXXX"),
        ("budget 2022-2025\n010203-1234\n5", "budget 2022-2025\nXXXXXX-XXXX\n5"),
    ],
)
def test_cpr_numbers_are_masked(text: str, masked: str) -> None:
    assert mask_cpr(text)[0] == masked
    assert mask_cpr(masked) == (masked, 0)


@pytest.mark.parametrize(
    "text",
    [
        "306-2009-600",
        "330-2018-3619",
        "22-004579",
        "19-022821K",
        "0102031234",
        "tlf. 43 59 10 00",
        "+45 43591000",
        "konto 3100-0102031234",
        "reg. 1234-010203-1234",
        "320203-1234",
        "011303-1234",
        "000203-1234",
        "7010203-1234",
        "010203-12345",
        "010203-1234-5",
        "17/010203-1234",
        "CVR 29188823",
        "EAN 5798007630072",
        "01.02.03-P16-12-19",
        "2009-2010",
    ],
)
def test_other_numbers_are_kept(text: str) -> None:
    assert mask_cpr(text) == (text, 0)


@given(st.text("0123456789-–. cprCPR/\næ", max_size=60))
def test_masking_keeps_length_and_all_but_digits(text: str) -> None:
    masked, count = mask_cpr(text)
    assert len(masked) == len(text)
    assert all(
        one == other or (one.isdigit() and other == "X") for one, other in zip(text, masked, strict=True)
    )
    assert (count == 0) == (masked == text)


def test_masking_a_meeting_counts_and_reaches_every_field() -> None:
    text = HEADER + (
        "Punkt 1: Sag om 010203-1234\n\n23/111\n\nBaggrund\n\nBorgeren 020304-1234 klager.\n\n"
        "Bilag\n\n030405-1234.pdf\n"
    )
    meeting = parse(text.encode(), "x.txt")
    assert meeting.cpr_masked == 3
    assert len(meeting.text) == len(text)
    assert meeting.items[0].title == "Sag om XXXXXX-XXXX"
    assert meeting.items[0].attachments == ("XXXXXX-XXXX.pdf",)
    assert "0304" not in repr(meeting)


def test_cpr_numbers_of_closed_items_are_not_counted() -> None:
    text = (
        HEADER
        + "Punkt 1: Lukket\n\n23/111\n\nBaggrund\n\n010203-1234\n\nPunkt 2: Åben\n\n23/222\n\nBaggrund\n\nX\n"
    )
    assert parse(text.encode(), "x.txt").cpr_masked == 0
    everything = parse(text.encode(), "x.txt", include_closed=True)
    assert (everything.cpr_masked, "010203" in everything.text) == (1, False)


@given(st.lists(st.tuples(st.booleans(), st.text("ab c\n", max_size=30)), min_size=1, max_size=8))
def test_offsets_fit_after_cutting(items: list[tuple[bool, str]]) -> None:
    """Every section of an open item reads the same whether or not closed items are left out."""
    text = HEADER + "\n".join(
        f"Punkt {number}: {'Lukket' if closed else 'Sag'}\n\n23/1{number:03}\n\nBaggrund\n\n{words}\n"
        for number, (closed, words) in enumerate(items, 1)
    )
    public = parse(text.encode(), "x.txt")
    everything = parse(text.encode(), "x.txt", include_closed=True)
    assert len(public.items) == len(everything.items) == len(items)
    for one, other in zip(public.items, everything.items, strict=True):
        assert public.text[one.start : one.end].startswith(f"Punkt {one.number}: ")
        if one.closed:
            assert public.text[one.start : one.end] == f"Punkt {one.number}: Lukket\n\n23/1{one.number:03}"
        else:
            assert public.text[one.start : one.end] == everything.text[other.start : other.end]
            for section, same in zip(one.sections, other.sections, strict=True):
                assert (
                    public.text[section.start : section.body_start]
                    == everything.text[same.start : same.body_start]
                )
                assert (
                    public.text[section.body_start : section.end]
                    == everything.text[same.body_start : same.end]
                )
