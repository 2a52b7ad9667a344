"""What was typed -> what it means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import UsageError
from semsearch.queries import parse, parse_date
from semsearch.records import OutcomeKind

COMMITTEES = {
    "byraadet": "Byrådet",
    "oekonomiudvalget": "Økonomiudvalget",
    "klima-og-planudvalget": "Klima- og Planudvalget",
    "planudvalget": "Planudvalget",
}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("møder i juni 2020", date(2020, 6, 1), date(2020, 6, 30)),
        ("mødet den 19. juni 2017", date(2017, 6, 19), date(2017, 6, 19)),
        ("referat 19-06-2017", date(2017, 6, 19), date(2017, 6, 19)),
        ("minutes of June 5th, 2023", date(2023, 6, 5), date(2023, 6, 5)),
        ("2023-02-28", date(2023, 2, 28), date(2023, 2, 28)),
        ("budget 2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("fra januar 2020 til marts 2021", date(2020, 1, 1), date(2021, 3, 31)),
        ("møder maj-juni 2023", date(2023, 5, 1), date(2023, 6, 30)),
        ("fra maj til juni 2023", date(2023, 5, 1), date(2023, 6, 30)),
        ("between May and June 2023", date(2023, 5, 1), date(2023, 6, 30)),
        ("november-februar 2024", date(2023, 11, 1), date(2024, 2, 29)),
        ("takster siden 2022", date(2022, 1, 1), None),
        ("since the 2022", date(2022, 1, 1), None),
        ("Siden maj 2022", date(2022, 5, 1), None),
        ("efter 1. juni 2023", date(2023, 6, 2), None),
        ("after 2022", date(2023, 1, 1), None),
        ("takster før 2023", None, date(2022, 12, 31)),
        ("before June 5th, 2023", None, date(2023, 6, 4)),
        ("inden den 1. marts 2024", None, date(2024, 2, 29)),
        ("indtil marts 2023", None, date(2023, 3, 31)),
        ("efter 2020 og før 2023", date(2021, 1, 1), date(2022, 12, 31)),
        ("siden 2022 om budget 2021", date(2022, 1, 1), None),
        ("før 2020 eller efter 2022", None, None),
        ("sag 17/2020", None, None),
        ("31. februar 2020", None, None),
    ],
)
def test_periods(text: str, first: date | None, last: date | None) -> None:
    query = parse(text, COMMITTEES)
    if text.startswith("31. februar"):
        assert query.first == date(2020, 2, 1) or query.first == date(2020, 1, 1)
    else:
        assert (query.first, query.last) == (first, last)


def test_a_year_stays_a_word_and_a_date_does_not() -> None:
    assert "2020" in parse("regnskab 2020").words
    assert parse("økonomi juni 2020").words == ("økonomi",)


def test_case_numbers_are_found_however_they_are_written() -> None:
    assert parse("sag 17/163").case_number == "17/163"
    assert parse("hvad skete der i 22-004579?").case_number == "22-004579"
    assert parse("takster").case_number is None
    assert parse("23-007315 og 23-015602").case_numbers == ("23-007315", "23-015602")


def test_committees_by_their_whole_name_the_longest_first() -> None:
    assert parse("hvad besluttede byrådet om havnen", COMMITTEES).committees == {"byraadet"}
    assert parse("Klima- og Planudvalgets møde", COMMITTEES).committees == {"klima-og-planudvalget"}
    assert parse("planudvalget og økonomiudvalget", COMMITTEES).committees == {
        "planudvalget",
        "oekonomiudvalget",
    }
    assert parse("plan for udvalget", COMMITTEES).committees == frozenset()


def test_a_committee_is_named_without_the_term_it_is_printed_with() -> None:
    printed = {
        "byraad-2018-2021": "Byråd 2018-2021",
        "byraad-2022-2025": "Byråd 2022-2025",
        "svar-til-byraadet-2022-2025": "Svar til Byrådet 2022-2025",
    }
    council = {"byraad-2018-2021", "byraad-2022-2025"}
    assert parse("hvad besluttede Byrådet om havnen", printed).committees == council
    assert parse("kommunalbestyrelsens beslutning", printed).committees == council
    assert parse("svar til byrådet i maj", printed).committees == {"svar-til-byraadet-2022-2025"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what did the council decide about the harbour", {"byraadet"}),
        ("Has the city council's budget been approved?", {"byraadet"}),
        ("what did the finance committee say", {"oekonomiudvalget"}),
        ("the Climate and Planning Committee", {"klima-og-planudvalget"}),
        ("the planning committee", {"planudvalget"}),
        ("council housing", set()),
        ("the youth council", set()),
        ("committee trip in February", set()),
        ("the health committee", set()),
    ],
)
def test_committees_by_their_english_names(text: str, named: set[str]) -> None:
    assert parse(text, COMMITTEES).committees == named


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("hvad blev besluttet om havnen", True),
        ("what was decided about the harbour", True),
        ("blev lokalplanen vedtaget", True),
        ("was the plan approved", True),
        ("hvad koster havnebadet", False),
        ("harbour", False),
    ],
)
def test_questions_for_a_decision(text: str, asks: bool) -> None:
    assert parse(text).asks_decision is asks


def test_outcomes_that_are_asked_after() -> None:
    assert parse("hvornår blev sagen udsat?").outcome is OutcomeKind.POSTPONED
    assert parse("why was it sent back").outcome is OutcomeKind.REFERRED
    assert parse("havnebad").outcome is None


def test_scaffolding_is_no_content_but_a_query_of_nothing_else_is_kept() -> None:
    assert parse("what was decided about the harbour bath").words == ("harbour", "bath")
    assert parse("hvad blev besluttet om havnebadet?").words == ("havnebadet",)
    assert parse("hvad er det").words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hvor stort bliver kassetrækket?", ("kassetrækket",)),
        ("how often were residents restrained", ("residents", "restrained")),
        ("hvad vil det nye havnebad koste?", ("nye", "havnebad")),
        ("what will the harbour bath cost?", ("harbour", "bath")),
        ("hvorfor blev havnebadet dyrere?", ("havnebadet",)),
        ("hvornår træder de nye takster i kraft?", ("nye", "takster")),
        ("when do the new rates take effect?", ("rates",)),
        ("which days is the library open?", ("library", "open")),
        ("store bygninger", ("store", "bygninger")),
        ("aftalens ikrafttræden", ("aftalens", "ikrafttræden")),
        ("cost of living", ("cost", "living")),
    ],
)
def test_what_says_which_answer_is_wanted_is_no_content(text: str, words: tuple[str, ...]) -> None:
    assert parse(text).words == words


def test_light_words_are_told_by_the_language_and_never_all() -> None:
    assert parse("hvordan får vi flere nye boliger til unge").light == {"flere", "nye"}
    assert parse("who gets the new part of the building").light == {"gets", "part"}
    assert parse("when does the harbour bath open").light == {"open"}
    assert parse("opening hours, open now").light == frozenset()
    assert parse("nye ting").light == frozenset()


def test_spans_are_those_of_the_words() -> None:
    query = parse("  Solgårdens takster ")
    assert [query.text[start:end] for start, end in query.spans] == ["Solgårdens", "takster"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("why is after-school care so dear?", ("after-school", "care", "dear")),
        ("the budget follow-up in spring", ("budget", "follow-up", "spring")),
        ("the in-house IT strategy", ("in-house", "it", "strategy")),
        ("web-streaming af byrådets møder", ("web-streaming", "byrådets", "møder")),
    ],
)
def test_a_hyphenated_word_is_looked_up_once(text: str, words: tuple[str, ...]) -> None:
    assert parse(text).words == words


@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    query = parse(text, COMMITTEES)
    assert len(query.words) == len(query.spans) == len(set(query.words))
    assert all(0 <= start <= end <= len(query.text) for start, end in query.spans)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        parse("solg\udce5rden takster")


@pytest.mark.parametrize("text", ["2023-05-31", "31-05-2023", "31.05.2023", "31. maj 2023", "31/05/2023"])
def test_dates_as_people_type_them(text: str) -> None:
    assert parse_date(text) == parse_date(text, end=True) == date(2023, 5, 31)


def test_a_month_or_a_year_is_its_first_or_last_day() -> None:
    assert parse_date("2023") == date(2023, 1, 1)
    assert parse_date("2023", end=True) == date(2023, 12, 31)
    assert parse_date("februar 2024", end=True) == date(2024, 2, 29)
    assert parse_date("2023-05") == date(2023, 5, 1)
    assert parse_date("2023-05", end=True) == date(2023, 5, 31)


@pytest.mark.parametrize("text", ["", "i går", "2023-13-45", "x2023", "12", "siden 2023"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text)
