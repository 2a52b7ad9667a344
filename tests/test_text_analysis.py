"""What is indexed of a text, and the abbreviations it explains."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text import Analyser, Compounds, abbreviations, analyse, distinct_words, stem, tokenise
from semsearch.text.analysis import default_analyser


def test_whole_words_and_parts_apart() -> None:
    found = analyse("Borgerserviceområdet koster 1,1 mio. kr., jf. § 17, stk. 4 i sag 17/163")
    assert found.stems == [
        *(stem("borgerserviceområde"), stem("koster"), "1100000kr", "1.1", "mio", "kr", "jf"),
        *("§17", "§17.4", "i", "sag", "17-163"),
    ]
    assert {stem("borger"), stem("service"), stem("område")} <= set(found.parts)


def test_duplicates_stay() -> None:
    found = analyse("budgetopfølgning og budgetopfølgningen")
    assert found.stems == ["budgetopfølgning", "og", "budgetopfølgning"]
    assert found.parts == ["budg", "opfølgning"] * 2


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("takster på Solgården", "Solgårdens takst"),
        ("BUDGETTET", "budgetter"),
        ("§17,4-udvalg", "§ 17, stk. 4 udvalget"),
        ("17-06-2019", "den 17. juni 2019"),
        ("1.100.000 kr.", "1,1 mio. kr."),
        ("SHC", "SHC's"),
        ("Vådstrup", "Vaadstrup"),
        ("itpromillepuljen", "it-promille-puljen"),
    ],
)
def test_query_and_passage_meet(query: str, passage: str) -> None:
    assert set(analyse(query).stems) & set(analyse(passage).stems)


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("analyse af sygefravær", "sygefraværsanalyser"),
        ("indretningsprincipper", "principper for indretning"),
    ],
)
def test_split_and_joined_words_meet_in_the_parts(query: str, passage: str) -> None:
    asked, held = analyse(query), analyse(passage)
    assert len(set(asked.stems + asked.parts) & set(held.stems + held.parts)) >= 2


def test_known_words_change_the_parts_only() -> None:
    plain, knowing = Analyser(Compounds()), Analyser(Compounds(["kvibbler"]))
    assert plain.analyse("kvibblerplanen").stems == knowing.analyse("kvibblerplanen").stems
    assert knowing.analyse("kvibblerplanen").parts == [stem("kvibbler"), "plan"]


@given(st.text(max_size=80))
def test_one_stem_a_token(text: str) -> None:
    found = analyse(text)
    assert len(found.stems) == len(tokenise(text))
    assert all(found.stems)
    assert all(found.parts)
    assert not any(" " in term for term in found.stems + found.parts)


def test_fast_enough_to_index() -> None:
    text = "Byrådet godkendte 1. budgetopfølgning med et merforbrug på 1,1 mio. kr. på børneområdet. " * 2000
    analyse(text)
    began = time.process_time()
    count = len(analyse(text).stems)
    assert count / (time.process_time() - began) > 60_000  # 400,000 on a free core


def test_importing_loads_nothing_heavy() -> None:
    heavy = ("numpy", "Stemmer", "faiss", "torch")
    script = f"import semsearch.text, sys; print(*[name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ran.stdout == "\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i Kultur- og Sportscentret (KSC) er", {"ksc": "kultur- og sportscentret"}),
        ("Sundheds- og Omsorgscentret (SOC)", {"soc": "sundheds- og omsorgscentret"}),
        ("KSC (Kultur- og Sportscentret) er", {"ksc": "kultur- og sportscentret"}),
        ("Byrådscentret (BYC) indstiller", {"byc": "byrådscentret"}),
        ("Økonomiudvalget (ØU)", {"øu": "økonomiudvalget"}),
        ("Center for Børn, Unge & Familier (CBUF)", {"cbuf": "center for børn, unge & familier"}),
        ("Kommunernes Landsforening (KL) og (KL)", {"kl": "kommunernes landsforening"}),
        ("Gruppen (A) stemte imod (V)", {}),
        ("i alt 12 (OK)", {}),
        ("Borgmesteren (VALGT)", {}),
        ("", {}),
    ],
)
def test_abbreviations(text: str, found: dict[str, str]) -> None:
    assert abbreviations(text) == found


@given(st.text(alphabet="ABCÆabcæ ()-&.\n", max_size=60))
def test_abbreviations_of_anything(text: str) -> None:
    for short, long in abbreviations(text).items():
        assert short == short.lower()
        assert long[0] == short[0]


PRINTED = st.lists(
    st.sampled_from(
        "Børne- og Unge- udvalget januar jan. 2024 5. maj d. 12 § 17, stk. 4 22-004579 1,1 mio. kr. aa EU's"
        " - 3D 1. februar 2023 marts\n2022".split(" ")
    )
    | st.text(max_size=6),
    max_size=20,
).map(" ".join)


@given(PRINTED)
def test_terms_are_those_of_the_tokens(text: str) -> None:
    """The quick way over words as they are printed gives what tokens give, in their order."""
    terms = [default_analyser().term(token.word) for token in tokenise(text)]
    stems, parts = [stem for stem, _ in terms], [part for _, inner in terms for part in inner]
    assert analyse(text) == (stems, parts)
    assert distinct_words(text) >= {token.word for token in tokenise(text) if token.word.isalpha()}
