"""Sentences, list items, table rows: where they end, and that nothing is lost."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import sentences


def units(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Der er bl.a. afsat 2 mio. kr. til cykelstier.",
        "Det koster ca. 1,5 mio. kr. i 2019, jf. bilag 2.",
        "Mødet holdes d. 19. juni 2017 kl. 8.30 i lokale nr. 4.",
        "Udvalget efter § 17, stk. 4, nr. 2 i loven.",
        "Sagen går til 1. behandling og 2. budgetopfølgning.",
        "Belægningen er 95 pct. af pladserne.",
        "Formand A. P. Hansen og næstformand B. Olsen deltog.",
        "Forslaget (f.eks. lavere takster m.v.) blev drøftet.",
        "Evt. Natur- og Miljørådet inviteres, evt. Ældrerådet.",
        "Budgettet er 3.250.000 kr. for hele perioden.",
        "Se vedr. Sæbehuset, dvs. det nye, inkl. moms.",
        "Forbruget er højere end ventet ... men det falder.",
        "Punktet blev behandlet den 3. September 2020.",
        "Hvad med det? spurgte han.",
        "1. Godkendt.",
        "1.-2. Godkendt.",
        "1. og 2. Anbefales.",
        "ad 3. Taget til efterretning.",
        "J.nr. 00.22.04-P35-2-20 er lukket.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert units(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Godkendt. Taget til efterretning.", ["Godkendt.", "Taget til efterretning."]),
        ("1.-2. Godkendt. 3.-5. Anbefales.", ["1.-2. Godkendt.", "3.-5. Anbefales."]),
        ("Det koster 5 mio. kr. Beløbet er afsat.", ["Det koster 5 mio. kr.", "Beløbet er afsat."]),
        ("Det gælder takster m.v. Administrationen følger op.", None),
        ("Det sker i 2018. Derefter evalueres der.", None),
        ('Han sagde "nej." Hun sagde "ja."', None),
        ("Er det muligt? Det er det! Godt.", ["Er det muligt?", "Det er det!", "Godt."]),
        ("Det fortsætter… Men ikke længe.", None),
        ("Antallet steg til 70. Det er mange.", None),
        ("Udgiften dækkes. 25 borgere deltager.", None),
        ("(Se bilag.) Derefter vedtaget.", ["(Se bilag.)", "Derefter vedtaget."]),
        ("Sagen udsættes. »Vi mangler svar«, siger han.", None),
    ],
)
def test_several_sentences(text: str, parts: list[str] | None) -> None:
    found = units(text)
    assert found == parts if parts else len(found) == 2
    assert " ".join(found) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Baggrund\nDer er afsat midler.", ["Baggrund", "Der er afsat midler."]),
        ("Baggrund\n\nder er afsat midler.", ["Baggrund", "der er afsat midler."]),
        (
            "Administrationen har udarbejdet et forslag til en ny\nstrategi for området.",
            ["Administrationen har udarbejdet et forslag til en ny\nstrategi for området."],
        ),
        ("indstiller\n- at forslaget godkendes\n- at der følges op", 3),
        ("indstiller\n• at forslaget godkendes\n   o med en bemærkning", 3),
        ("Følgende deltager:\nFormanden", 2),
        ("a) Lav takst\nb) Høj takst", 2),
        ("Område\tBudget\tForbrug\nDrift\t1,1 mio. kr. Se note.\t2", 2),
        ("Område | Budget\nDrift | 10. Se note", 2),
        ("Budgetanalyser for det specialiserede voksenområde 2018\n17/163\nBaggrund", 3),
        ("Planen følges op af driften og\n\nforelægges direktionen.", 1),
        ("Områder under Klima-, Teknik- og\nMiljøudvalget", 1),
        ("Der er afsat 10 mio. kr. til det nye projekt i\n2024 og frem.", 1),
        ("Første side\fNæste side", 2),
        ("  Hej.  \n \n  Farvel.  ", ["Hej.", "Farvel."]),
        ("", []),
        (" \n\t \n", []),
    ],
)
def test_lines(text: str, parts: list[str] | int) -> None:
    found = units(text)
    assert found == parts if isinstance(parts, list) else len(found) == parts, found


def test_only_the_part_asked_for() -> None:
    text = "Før. Godkendt. Taget til efterretning. Efter."
    assert [text[a:b] for a, b in sentences(text, 5, 38)] == ["Godkendt.", "Taget til efterretning."]
    assert sentences(text, 5, 5) == []


PIECES = st.sampled_from(
    [
        "Godkendt",
        "og",
        "kr.",
        "mio.",
        "1.",
        "2018",
        "§ 17",
        ". ",
        "\n",
        "\n\n",
        "\t",
        " | ",
        "- ",
        "? ",
        "...",
        "(",
        ")",
        '"',
        "Å",
        "x",
        " ",
        "\xa0",
        "\x0c",
        "d.",
        "A.",
        ":",
        "17/163",
        ";",
        "-",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(0, 40), st.integers(0, 200))
def test_every_character_lies_in_one_span(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    spans = sentences(text, start, end)
    covered = sorted(at for a, b in spans for at in range(a, b))
    assert len(covered) == len(set(covered))
    assert {at for at in range(min(start, end), end) if not text[at].isspace()} <= set(covered)
    assert spans == sorted(spans)
    for a, b in spans:
        assert start <= a < b <= end
        assert not text[a].isspace()
        assert not text[b - 1].isspace()


@pytest.mark.parametrize(
    "unit", ["1", ".", " ", "\n", "a. ", ")", "1.", "- ", "A.\n", "ord ", ".)", "og\n\n", "\t"]
)
def test_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        began = time.process_time()
        sentences(unit * size)
        return time.process_time() - began

    seconds(1000)
    assert seconds(40_000) < 2.0  # quadratic would take minutes


def test_real_minutes_split_into_readable_units(seeds: Path) -> None:
    for path in sorted(path for path in seeds.iterdir() if path.is_file()):
        text = path.read_text(encoding="utf-8")
        lengths = sorted(end - start for start, end in sentences(text))
        assert lengths[-1] < 1500, path.name
        assert lengths[len(lengths) // 2] < 160, path.name
