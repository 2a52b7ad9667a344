"""Answers against judged questions: the fact in the quotes, the right item cited, every quote exact."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch import Answer, OpenIndex, Quote, answers, open_index
from semsearch.answers.asks import Asks
from semsearch.answers.compose import FEW, OTHER_TIME
from semsearch.answers.spans import REASON_CHARS
from semsearch.judgments import Judged, Target, read_judged
from semsearch.records import OutcomeKind, SectionKind
from semsearch.text import case_key, slug

JUDGED = Path(__file__).parent / "judged"


@pytest.fixture(scope="module")
def opened(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("hvad blev besluttet om X?", Asks.DECISION),
        ("what was decided about X?", Asks.DECISION),
        ("hvad endte byrådet med om X?", Asks.DECISION),
        ("hvor meget koster X?", Asks.AMOUNT),
        ("what does X cost?", Asks.AMOUNT),
        ("hvor mange pladser er der?", Asks.COUNT),
        ("how many places are there?", Asks.COUNT),
        ("hvornår åbner X?", Asks.DATE),
        ("when does X open?", Asks.DATE),
        ("hvor længe varer X?", Asks.DATE),
        ("hvor tit mødes X?", Asks.OFTEN),
        ("how often does X meet?", Asks.OFTEN),
        ("who pays for X when Y wants it?", Asks.PERSON),
        ("who pays for X, and when?", Asks.DATE),
        ("from when is X closed?", Asks.DATE),
        ("hvem er formand for X?", Asks.PERSON),
        ("which supplier delivers X?", Asks.PERSON),
        ("which authority allows X?", Asks.PERSON),
        ("which children's author wrote X?", Asks.PERSON),
        ("hvilken myndighed tillader X?", Asks.PERSON),
        ("hvor skal X ligge?", Asks.PLACE),
        ("where will X be?", Asks.PLACE),
        ("which site is X built on?", Asks.PLACE),
        ("hvorfor blev X dyrere?", Asks.REASON),
        ("why is X late?", Asks.REASON),
        ("hvilke steder kan bruges?", Asks.LIST),
        ("which three sites could be used?", Asks.LIST),
        ("må X bygges?", Asks.YES_NO),
        ("does X keep its guarantee?", Asks.YES_NO),
        ("hvordan går det med X?", Asks.STATUS),
        ("how is X coming along?", Asks.STATUS),
        ("hvem stemte imod X?", Asks.VOTE),
        ("which parties wanted X?", Asks.VOTE),
        ("who opposed X?", Asks.VOTE),
        ("hvad anbefalede udvalget om X?", Asks.DECISION),
        ("hvem er udpeget til X?", Asks.DECISION),
        ("hvornår sendte udvalget X tilbage?", Asks.DECISION),
        ("hvor dybt er X?", Asks.AMOUNT),
        ("hvor mange X må højst godkendes?", Asks.COUNT),
        ("hvor mange penge blev godkendt til X?", Asks.AMOUNT),
        ("udsigtstårn ved bakken", Asks.TOPIC),
    ],
)
def test_kind_of_question(question: str, asks: Asks) -> None:
    assert answers.read_question(question).first is asks


@given(st.text(max_size=60))
def test_any_text_is_a_question(text: str) -> None:
    question = answers.read_question(text)
    assert question.asks
    spans = question.values(text)
    assert all(start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("question", "sentence", "marked"),
    [
        ("hvor stor er belægningen på X?", "Den er 92 pct. og giver 3 mio. kr.", ["92 pct."]),
        ("hvad koster X?", "Prisen er 92 pct. af 300 kr. i 14 dage.", ["92 pct.", "300 kr."]),
        ("hvem byggede X?", "Økonomiudvalget valgte firmaet Nordvang A/S.", ["valgte firmaet Nordvang A/S"]),
        ("hvem indstillede X?", "Det gjorde Økonomiudvalget.", ["Økonomiudvalget"]),
        ("hvilket udvalg byggede X?", "Det gjorde Økonomiudvalget.", ["Økonomiudvalget"]),
        ("hvorfor blev prisen forkert?", "Det skyldes 3 fejl.", ["skyldes", "fejl"]),
        ("hvorfor er X sen?", "Frosten har gjort, at arbejdet ligger stille.", ["gjort, at"]),
        ("hvor tit mødes X?", "Der er 2 årlige møder, siden hvert kvartal.", ["2 årlige", "hvert kvartal"]),
        ("hvor tit gøres X rent?", "Det sker hver anden uge.", ["hver anden uge"]),
        ("hvor mange klubber fik X?", "I 2021 blev 79 foreninger støttet.", ["79 foreninger"]),
        ("hvem betaler X?", "Udgiften påhviler museets bestyrelse.", ["bestyrelse"]),
        ("hvor mange penge får X?", "34. Ældreklubben | 45.000 | 98.912", ["45.000", "98.912"]),
        ("hvor mange penge får X?", "Klubben\t7.000\t8.000\nI alt\t9.000", ["7.000", "8.000", "9.000"]),
        ("hvad koster X?", "Lokalerne på 2.820 kvadratmeter koster 3 mio. kr.", ["3 mio. kr."]),
        ("hvor mange penge får X?", "Efter § 79 og stk. 3 er der 12.000 kr.", ["12.000 kr."]),
        ("hvilken uge er X?", "Vinterferien ligger i uge 8.", ["uge 8"]),
        ("hvem bestemmer X?", "Det følger af loven (BEK nr. 12), og KL bestemmer.", ["KL"]),
    ],
)  # fmt: skip
def test_values_of_the_kind_asked_for(question: str, sentence: str, marked: list[str]) -> None:
    asked = answers.read_question(question)
    assert [sentence[start:end] for start, end in asked.values(sentence)] == marked


def test_what_the_title_names_is_no_answer() -> None:
    asked = answers.read_question("who looked at the traffic?")
    sentence = "Ved Birkesund Idrætscenter har Nordvang A/S talt biler."
    assert len(asked.values(sentence, "Trafik ved Birkesund Idrætscenter")) == len(asked.values(sentence)) - 1


def ask(opened: OpenIndex, question: str, **filters: str) -> Answer:
    answer, _ = answers.ask(opened.searcher, question, filters=opened.filters(**filters))
    assert answer is not None
    return answer


def test_decision_in_full_with_its_points(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om Solgårdens takster?")
    first = answer.quotes[0]
    assert (first.meeting_date, first.committee, first.section) == (
        date(2023, 10, 9),
        "Byrådet",
        SectionKind.DECISION,
    )
    assert all(f"{point}. at" in first.text for point in range(1, 6))
    assert answer.text.startswith(first.text)


def test_decision_is_all_that_is_quoted_where_it_says_everything(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om Solgårdens takster?")
    assert [quote.section for quote in answer.quotes] == [SectionKind.DECISION]


@pytest.mark.parametrize("question", ["hvad kostede havnebadet?", "when will the harbour bath open?"])
def test_one_fact_takes_few_quotes_of_a_case(opened: OpenIndex, question: str) -> None:
    tally = Counter(quote.case_number for quote in ask(opened, question).quotes)
    assert max(tally.values()) <= FEW


def test_repeated_decision_is_quoted_where_it_was_taken(opened: OpenIndex) -> None:
    question = "how many passengers must the night bus have on each trip?"
    cited = [
        (quote.meeting_date, quote.committee, quote.section)
        for quote in ask(opened, question).quotes
        if "ti påstigere" in quote.text
    ]
    assert cited == [(date(2023, 10, 9), "Byrådet", SectionKind.DECISION)]
    later = ask(opened, question, first="2024")
    assert {quote.meeting_date.year for quote in later.quotes} == {2024}


def test_terse_decision_brings_what_it_refers_to(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om havnebadet?", first="2022-05-01", last="2022-05-31")
    decision, recommended = answer.quotes[:2]
    assert decision.text.startswith("Godkendt. For stemte 15")
    assert recommended.section is SectionKind.RECOMMENDATION
    assert "4,2 mio. kr." in recommended.text


def test_followed_advice_is_quoted(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad besluttede Økonomiudvalget om Solgårdens takster?")
    assert (
        answer.quotes[0].text
        == "Økonomiudvalget anbefaler, at Social- og Sundhedsudvalgets indstilling godkendes."
    )
    assert answer.quotes[1].committee == "Social- og Sundhedsudvalget"


def test_later_decision_stands(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om havnebadet?")
    assert answer.quotes[0].meeting_date == date(2023, 10, 9)


def test_outcome_that_is_asked_for_is_found(opened: OpenIndex) -> None:
    answer = ask(opened, "hvorfor blev sagen om Solgårdens takster udsat?")
    assert any(quote.text.startswith("Udsat") for quote in answer.quotes)


def test_asked_for_value_is_marked(opened: OpenIndex) -> None:
    answer = ask(opened, "hvor stor er anlægsbevillingen til havnebadet?")
    marked = [quote.text[start:end] for quote in answer.quotes for start, end in quote.marks]
    assert "5,6 mio. kr." in marked


def test_a_reason_stands_beside_what_it_is_the_reason_of(opened: OpenIndex) -> None:
    first = ask(opened, "hvorfor var det laveste tilbud på havnebadet 5,4 mio. kr.?").quotes[0]
    assert "laveste tilbud 5,4 mio. kr. Prisen på stål" in first.text
    assert len(first.text) <= REASON_CHARS


def test_a_reason_has_no_value_to_mark(opened: OpenIndex) -> None:
    assert not any(quote.marks for quote in ask(opened, "hvorfor blev havnebadet dyrere?").quotes)


def test_corrected_amount_stands_first_beside_the_old(opened: OpenIndex) -> None:
    texts = [quote.text for quote in ask(opened, "hvor stor er anlægsbevillingen til havnebadet?").quotes]
    new = min(place for place, text in enumerate(texts) if "5,6 mio. kr." in text)
    old = [place for place, text in enumerate(texts) if "4,2 mio. kr. i 2022" in text]
    assert all(new < place for place in old)


def test_a_decision_of_another_time_is_said_to_be_one(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om Solgårdens takster i 2022?")
    assert answer.note == OTHER_TIME.format(first="2022-01-01", last="2022-12-31")
    assert not ask(opened, "hvad blev besluttet om Solgårdens takster i oktober 2023?").note
    assert not ask(opened, "hvad blev besluttet om taksterne for 2024 på Solgården?").note


@pytest.mark.parametrize("question", ["og hvem stemte imod det?", "hvad blev besluttet?", "og i det"])
def test_a_question_about_nothing_has_no_answer(opened: OpenIndex, question: str) -> None:
    assert answers.ask(opened.searcher, question)[0] is None


def test_a_question_about_a_case_may_leave_out_its_topic(opened: OpenIndex) -> None:
    assert "648 kr." in ask(opened, "hvad blev besluttet?", case="23-007315").quotes[0].text
    assert ask(opened, "hvad besluttede Byrådet den 9. oktober 2023?").quotes


def test_a_month_that_no_meeting_reaches_holds_no_decision(opened: OpenIndex) -> None:
    answer, result = answers.ask(opened.searcher, "hvad besluttede byrådet om Solgårdens takster i maj 2019?")
    assert answer is None and result.abstained and result.hits


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("hvornår åbner havnebadet?", "1. juni 2024"),
        ("hvor stor er anlægsbevillingen til havnebadet?", "5,6 mio. kr."),
    ],
)
def test_what_stands_comes_before_what_was_planned(opened: OpenIndex, question: str, value: str) -> None:
    first = ask(opened, question).quotes[0]
    assert first.section is SectionKind.DECISION
    assert value in [first.text[start:end] for start, end in first.marks]


@pytest.mark.parametrize(
    "form",
    [
        "hvad er status på {}?",
        "status {}",
        "hvor skal {} ligge?",
        "hvem er ansvarlig for {}?",
        "hvad er det seneste om {}?",
        "hvilket møde behandlede {}?",
        "er der nyt om {}?",
    ],
)
@pytest.mark.parametrize("topic", ["havnebadet", "natbussen", "vindmøllerne"])
def test_the_form_of_a_question_says_nothing_against_an_answer(
    opened: OpenIndex, form: str, topic: str
) -> None:
    assert ask(opened, form.format(topic)).quotes


def test_status_is_the_last_treatment_and_what_is_said_of_it(opened: OpenIndex) -> None:
    quotes = ask(opened, "hvordan går det med natbussen?").quotes
    assert (quotes[0].section, quotes[0].meeting_date) == (SectionKind.DECISION, date(2024, 12, 9))
    assert any("17,2 påstigere" in quote.text for quote in quotes[1:])


def test_approval_with_a_remark_brings_what_was_approved(seeds_index: Path) -> None:
    quotes = ask(cached(seeds_index), "Hvad blev besluttet om hjemløsekonferencen?").quotes
    assert quotes[0].text.startswith("Godkendt med den bemærkning")
    assert "25.000 kr." in quotes[1].text


def test_advice_that_was_followed_against_the_administration(greve_index: Path) -> None:
    answer = ask(cached(greve_index), "Blev råderetsbeløbet for Greve Boligselskab godkendt?")
    assert answer.outcome is OutcomeKind.REJECTED
    assert [quote.section for quote in answer.quotes] == [SectionKind.DECISION] * 3
    assert "Anbefales ikke" in answer.quotes[-1].text


def test_no_decision_is_said(opened: OpenIndex) -> None:
    answer = ask(opened, "hvad blev besluttet om den nye idrætshal i Elleholt?")
    assert answer.note == answers.NO_DECISION
    assert answer.outcome is None
    assert answer.quotes[0].item_title.startswith("Ny idrætshal i Elleholt")


def is_exact(opened: OpenIndex, quote: Quote) -> bool:
    documents = {row.path: row.number for row in opened.index.catalog.documents()}
    text, start = opened.index.catalog.text(documents[quote.source.path]), quote.source.start
    if text[max(0, start - 1) : start].isalnum() and quote.text[0].isalnum():
        return False  # it begins within a word
    return text[start : quote.source.end] == quote.text and all(
        0 <= start < end <= len(quote.text) for start, end in quote.marks
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"committee": "Byrådet"},
        {"outcome": "approved"},
        {"first": "2023"},
        {"section": "economy"},
        {"section": "decision"},
    ],
)
def test_every_quote_stands_at_its_offsets(opened: OpenIndex, options: dict[str, str]) -> None:
    filters = opened.filters(**options)
    seen = 0
    for one in read_judged(JUDGED / "corpus_queries.jsonl"):
        answer, _ = answers.ask(opened.searcher, one.query, filters=filters)
        quotes = answer.quotes if answer else ()
        assert len(quotes) <= 5
        assert len({(quote.source.path, quote.source.start) for quote in quotes}) == len(quotes)
        for quote in quotes:
            assert is_exact(opened, quote), one.query
            assert options.get("section") in (None, quote.section)
            assert options.get("committee") in (None, quote.committee)
            assert "first" not in options or quote.meeting_date >= date(2023, 1, 1)
            seen += 1
    assert seen > 50


@given(st.text(max_size=80))
def test_any_question_is_answered_exactly_or_not_at_all(corpus_index: Path, question: str) -> None:
    opened = cached(corpus_index)
    answer, _ = answers.ask(opened.searcher, question)
    assert answer is None or (answer.quotes and all(is_exact(opened, quote) for quote in answer.quotes))


OPENED: dict[Path, OpenIndex] = {}


def cached(folder: Path) -> OpenIndex:
    return OPENED.setdefault(folder, open_index(folder))


def matches(quote: Quote, target: Target) -> bool:
    if target.case is not None:
        return quote.case_number is not None and case_key(quote.case_number) == target.case
    here = (quote.meeting_date, quote.item_number) == (target.meeting_date, target.item_number)
    return here and target.committee in (None, slug(quote.committee))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def is_answered(one: Judged, answer: Answer | None) -> bool:
    """Whether all facts stand in the quotes, and one of them is of an item judged right."""
    quotes = answer.quotes if answer else ()
    text = plain("\n".join(quote.text for quote in quotes))
    cited = any(matches(quote, target) for quote in quotes for target in one.relevant)
    return cited and all(plain(fact) in text for fact in one.answer_contains)


def with_facts(path: Path, split: str | None) -> Iterator[Judged]:
    return (one for one in read_judged(path, split=split) if one.answer_contains)


def share_answered(opened: OpenIndex, judged: Iterator[Judged]) -> tuple[int, int]:
    """(answered with fact and item, asked); every quote is checked on the way."""
    tally: Counter[bool] = Counter()
    for one in judged:
        answer, _ = answers.ask(opened.searcher, one.query)
        assert answer is None or all(is_exact(opened, quote) for quote in answer.quotes)
        tally[is_answered(one, answer)] += 1
    return tally[True], tally.total()


def test_answers_are_short(opened: OpenIndex) -> None:
    found = [
        answers.ask(opened.searcher, one.query)[0] for one in read_judged(JUDGED / "corpus_queries.jsonl")
    ]
    words = [len(answer.text.split()) for answer in found if answer]
    assert len(words) > 60
    assert sum(words) / len(words) <= 115


def test_every_quote_of_real_minutes_stands_at_its_offsets(
    greve_index: Path, seeds_index: Path, shared: Path
) -> None:
    """Of the judged queries those without facts; `share_answered` checks the others."""
    greve, seeds = cached(greve_index), cached(seeds_index)
    judged = [
        *((greve, one) for one in read_judged(JUDGED / "greve_queries.jsonl")),
        *((greve, one) for one in read_judged(shared / "eval" / "greve_dev.jsonl")),
        *((seeds, one) for one in read_judged(JUDGED / "seeds_queries.jsonl")),
        *((seeds, one) for one in read_judged(shared / "eval" / "dev.jsonl")),
    ]
    without = [(opened, one) for opened, one in judged if not one.answer_contains]
    quoted = 0
    for opened, one in without:
        answer, _ = answers.ask(opened.searcher, one.query)
        assert answer is None or all(is_exact(opened, quote) for quote in answer.quotes), one.query
        quoted += len(answer.quotes) if answer else 0
    assert len(without) > 200
    assert quoted > 500


def test_facts_of_the_corpus_are_quoted(opened: OpenIndex) -> None:
    answered, asked = share_answered(opened, with_facts(JUDGED / "corpus_queries.jsonl", None))
    assert asked == 37
    assert answered >= 36


@pytest.mark.parametrize(
    ("name", "split", "many", "least"),
    [
        ("greve_queries.jsonl", "tune", 68, 57),
        ("greve_queries.jsonl", "held", 31, 24),
        ("greve_more.jsonl", "tune", 56, 30),
        ("greve_more.jsonl", "held", 26, 18),
        ("greve_fresh.jsonl", "held", 37, 24),
        ("greve_asked.jsonl", "tune", 111, 77),
        ("greve_asked.jsonl", "held", 29, 23),
    ],
)
def test_facts_of_real_minutes_are_quoted(
    greve_index: Path, name: str, split: str, many: int, least: int
) -> None:
    opened = cached(greve_index)
    answered, asked = share_answered(opened, with_facts(JUDGED / name, split))
    assert asked == many
    assert answered >= least


def test_facts_of_the_seeds_are_quoted(seeds_index: Path, shared: Path) -> None:
    opened = cached(seeds_index)
    judged = [
        *with_facts(JUDGED / "seeds_queries.jsonl", None),
        *with_facts(shared / "eval" / "dev.jsonl", None),
    ]
    answered, asked = share_answered(opened, iter(judged))
    assert asked == len(judged)
    assert answered >= 0.84 * asked


def test_nine_in_ten_facts_that_were_tuned_on_are_quoted(
    corpus_index: Path, greve_index: Path, seeds_index: Path, shared: Path
) -> None:
    counts = [
        share_answered(cached(index), with_facts(path, split))
        for index, path, split in (
            (corpus_index, JUDGED / "corpus_queries.jsonl", None),
            (greve_index, JUDGED / "greve_queries.jsonl", "tune"),
            (seeds_index, JUDGED / "seeds_queries.jsonl", "tune"),
            (seeds_index, shared / "eval" / "dev.jsonl", None),
        )
    ]
    answered, asked = (sum(column) for column in zip(*counts, strict=True))
    assert asked == 127
    assert answered >= 0.9 * asked


def test_the_first_questions_hold_the_bars_of_refusal(
    corpus_index: Path, greve_index: Path, seeds_index: Path, shared: Path
) -> None:
    answered: Counter[tuple[bool, bool]] = Counter()  # whether the minutes hold it, whether it is answered
    for index, path, split in (
        (corpus_index, JUDGED / "corpus_queries.jsonl", None),
        (greve_index, JUDGED / "greve_queries.jsonl", "tune"),
        (greve_index, shared / "eval" / "greve_dev.jsonl", None),
        (seeds_index, JUDGED / "seeds_queries.jsonl", "tune"),
        (seeds_index, shared / "eval" / "dev.jsonl", None),
    ):
        for one in read_judged(path, split=split):
            answer, _ = answers.ask(cached(index).searcher, one.query)
            answered[bool(one.relevant), answer is not None] += 1
    assert answered[True, False] + answered[True, True] == 329
    assert answered[True, False] <= 0.06 * 329
    assert answered[False, False] + answered[False, True] == 49
    assert answered[False, True] <= 0.1 * 49
