"""The one search path, on the minutes that come with the project and on real ones."""

import math
from datetime import date
from pathlib import Path

import pytest

from semsearch import open_index
from semsearch.errors import UsageError
from semsearch.judgments import read_judged
from semsearch.library import OpenIndex
from semsearch.records import Filters, Hit, OutcomeKind, SectionKind, Source
from semsearch.searcher import folded

JUDGED = Path(__file__).parent / "judged" / "corpus_queries.jsonl"


@pytest.fixture(scope="module")
def minutes(corpus_index: Path) -> OpenIndex:
    return open_index(corpus_index)


@pytest.fixture(scope="module")
def real(seeds_index: Path) -> OpenIndex:
    return open_index(seeds_index)


def test_a_question_for_a_decision_gets_the_decision_first(minutes: OpenIndex) -> None:
    hit = minutes.search("what was decided about Solgården takster")[0]
    assert (hit.meeting_date, hit.committee, hit.case_number) == (date(2023, 10, 9), "Byrådet", "23-007315")
    assert hit.section is SectionKind.DECISION
    assert "648" in hit.text


def test_a_question_half_english_finds_the_decision_in_real_minutes(real: OpenIndex) -> None:
    hit = real.search("what was decided about Solgården takster")[0]
    assert (hit.meeting_date, hit.case_number, hit.item_number) == (date(2017, 6, 19), "17/163", 5)
    assert hit.section is SectionKind.DECISION
    assert "70 borgere" in hit.text


def test_hits_are_ranked_and_each_item_comes_once(minutes: OpenIndex) -> None:
    hits = minutes.search("budgetopfølgning", k=10)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.id.split("#")[0] for hit in hits}) == len(hits)


def test_fewer_are_the_first_of_more(minutes: OpenIndex) -> None:
    closed = [item.title for item in minutes.index.catalog.items("i.closed")]
    assert any(title.startswith("Lukket: ") for title in closed)
    for query in ("havnebad", "takster", "godkendelse af dagsorden", "budget 2023", *sorted(set(closed))):
        ten = minutes.searcher.search(query, k=10, abstain=False).hits
        for k in (1, 2, 3, 5):
            assert minutes.searcher.search(query, k=k, abstain=False).hits == ten[:k], query


def test_every_hit_stands_at_its_offsets(minutes: OpenIndex) -> None:
    documents = {row.path: row.number for row in minutes.index.catalog.documents()}
    for query in ("vindmøller", "night bus", "takster", "sygefravær"):
        for hit in minutes.search(query):
            text = minutes.index.catalog.text(documents[hit.source.path])
            assert text[hit.source.start : hit.source.end] == hit.text
            for start, end in hit.highlights:
                assert 0 <= start < end <= len(hit.text)


def test_a_case_number_brings_its_case_newest_first(minutes: OpenIndex) -> None:
    hits = minutes.search("23-007315")
    own = [hit for hit in hits if hit.case_number == "23-007315"]
    assert own == list(hits[: len(own)])
    assert len(own) >= 4
    assert [hit.meeting_date for hit in own] == sorted((hit.meeting_date for hit in own), reverse=True)


def test_several_case_numbers_bring_their_cases_in_turn(minutes: OpenIndex) -> None:
    one, other = "23-007315", "23-015602"
    own = [hit.case_number for hit in minutes.search(f"{one}, {other} og sag {one}", k=7)]
    assert own == [one, other, one, other, one, other, one]
    assert {hit.case_number for hit in minutes.search(f"{one} og {other}", k=2)} == {one, other}
    narrowed = minutes.search(f"{one} og {other}", filters=minutes.filters(case=other))
    assert {hit.case_number for hit in narrowed} == {other}


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("takster siden 2024", date(2024, 1, 1), date.max),
        ("takster før 2023", date.min, date(2022, 12, 31)),
        ("takster efter 1. juni 2023", date(2023, 6, 2), date.max),
    ],
)
def test_an_open_period_is_preferred_on_its_side(
    minutes: OpenIndex, query: str, first: date, last: date
) -> None:
    hits = minutes.search(query, k=50)
    inside = {hit.id for hit in hits if first <= hit.meeting_date <= last}
    assert 0 < len(inside) < len(hits)
    assert {hit.id for hit in hits if dict(hit.parts)["period"]} == inside


def test_filters_find_what_lies_outside_the_open_top(minutes: OpenIndex) -> None:
    every = [hit for hit in minutes.search("takster", k=50) if dict(hit.parts)["lexical"] > 0.5]
    assert len({hit.committee for hit in every}) > 3
    for committee in {hit.committee for hit in every}:
        filters = minutes.filters(committee=committee)
        found = minutes.search("takster", k=50, filters=filters)
        assert found
        assert {hit.committee for hit in found} == {committee}
    late = minutes.search("takster", filters=Filters(first=date(2024, 1, 1)))
    assert late
    assert min(hit.meeting_date for hit in late) >= date(2024, 1, 1)


def test_a_filter_by_section_outcome_and_case(minutes: OpenIndex) -> None:
    economy = minutes.search("udgifter", filters=minutes.filters(section="economy"))
    assert economy
    assert {hit.section for hit in economy} == {SectionKind.ECONOMY}
    postponed = minutes.search("takster", filters=minutes.filters(outcome="postponed"))
    assert postponed
    assert {hit.outcome for hit in postponed} == {OutcomeKind.POSTPONED}
    case = minutes.search("takster", filters=minutes.filters(case="23-007315"))
    assert {hit.case_number for hit in case} == {"23-007315"}


@pytest.fixture(scope="module")
def town(greve_index: Path) -> OpenIndex:
    return open_index(greve_index)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        *((name, "Byråd 2022-2025") for name in ("Byrådet", "byraad", "BYRÅDETS", "byraad-2022-2025")),
        *((name, "Byråd 2022-2025") for name in ("Byråd 2022-25", "byrådet 2023", "Kommunalbestyrelsen")),
        *((name, "Byråd 2022-2025") for name in ("the council", "City Council")),
        ("Svar til Byrådet", "Spørgsmål / Svar til Byrådet 2022-2025"),
        *((name, "Økonomiudvalget") for name in ("økonomiudvalg", "OEKONOMI", "finance committee")),
        *((name, "Kultur- og Fritidsudvalget") for name in ("kultur", "kulturudvalget", "Fritidsudvalget")),
        ("the culture and leisure committee", "Kultur- og Fritidsudvalget"),
        ("Børn og Ungeudvalget", "Skole-, Børne- og Ungeudvalget"),
        ("tryghed", "Plan- og Tryghedsudvalget"),
        ("ryghedsudv", "Plan- og Tryghedsudvalget"),
        ("Byråd 2018-2021", None),
        ("udvalget", None),
        ("Månestyrelsen", None),
        ("youth council", None),
        ("", None),
    ],
)
def test_a_committee_may_be_typed_as_people_call_it(town: OpenIndex, typed: str, printed: str | None) -> None:
    if printed is None:
        with pytest.raises(UsageError, match="committee") as raised:
            town.filters(committee=typed)
        assert "udvalget" in raised.value.hint
    else:
        found = town.decisions(town.filters(committee=typed))
        assert {decision.item.meeting.committee for decision in found} <= {printed}
        assert found or "Svar" in printed  # to questions, nothing is decided


def test_a_committee_in_a_question_is_preferred_and_no_filter(town: OpenIndex) -> None:
    result = town.explain("hvad besluttede Byrådet om takster", k=20)
    assert result.query.committees == {"byraad-2022-2025"}
    assert result.hits[0].committee == "Byråd 2022-2025"
    assert len({hit.committee for hit in result.hits}) > 1


def test_a_filter_that_admits_nothing_finds_nothing(minutes: OpenIndex) -> None:
    assert minutes.search("takster", filters=Filters(last=date(1999, 1, 1))) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("havnbead", "havnebad"),
        ("biblotekernes åbningstider", "bibliotekernes åbningstider"),
        ("vnidmøller ved norrekær", "vindmøller ved norrekær"),
        ("opening of the harbuor bath", "opening of the harbour bath"),
        ("pasengers on the night bus", "passengers on the night bus"),
    ],
)
def test_a_misspelling_finds_what_was_meant_and_says_so(minutes: OpenIndex, typed: str, meant: str) -> None:
    assert minutes.search(typed)[0].case_number == minutes.search(meant)[0].case_number
    assert minutes.explain(typed).suggestions


@pytest.mark.parametrize(
    ("typed", "like"),
    [
        ("biblotekernes åbningstider", "bibliotekerne"),
        ("biblotekerne", "bibliotekerne"),
        ("biblotek", "bibliotek"),
        ("havnbead", "havnebad"),
        ("harbuor bath", "harbor"),
    ],
)
def test_a_suggestion_is_inflected_as_what_was_typed(minutes: OpenIndex, typed: str, like: str) -> None:
    assert minutes.explain(typed).suggestions[0][1] == like


def test_a_light_word_weighs_little(minutes: OpenIndex) -> None:
    topic, light = minutes.searcher.meanings(minutes.searcher.understand("havnebad bruger"))
    assert (topic.light, light.light) == (False, True)
    assert max(weight for alternate in topic.alternates for _, weight in alternate) == 1.0
    assert max(weight for alternate in light.alternates for _, weight in alternate) <= 0.4


def test_a_compound_and_its_split_words_find_the_same(minutes: OpenIndex) -> None:
    assert minutes.search("havne bad")[0].case_number == minutes.search("havnebad")[0].case_number


def test_other_spellings_of_letters_are_the_same_query(minutes: OpenIndex) -> None:
    composed, decomposed = "Solgården", "Solga\u030arden"
    assert minutes.search(composed) == minutes.search(decomposed)
    assert (
        minutes.search("Solgaarden takster")[0].case_number
        == minutes.search("Solgården takster")[0].case_number
    )


def test_the_parts_of_a_score_are_told(minutes: OpenIndex) -> None:
    parts = dict(minutes.search("havnebad")[0].parts)
    assert {"lexical_weight", "lexical", "cosine"} <= set(parts)
    assert 0 <= parts["lexical"] <= 1.5
    assert -1 <= parts["cosine"] <= 1


def told(parts: dict[str, float]) -> float:
    """Return the score that parts make, as `Hit` says."""
    weight = parts.pop("lexical_weight", 0.0)
    arms = weight * parts.pop("lexical", 0.0) + (1 - weight) * parts.pop("cosine", 0.0)
    factor = parts.pop("again", 1.0) * parts.pop("closed", 1.0)
    return (arms + sum(parts.values())) * factor


def test_the_parts_of_every_score_make_it_up(minutes: OpenIndex) -> None:
    hits = [hit for one in read_judged(JUDGED) for hit in minutes.search(one.query)]
    assert len(hits) > 700
    assert {"again", "closed", "case", "period", "outcome"} <= {name for hit in hits for name, _ in hit.parts}
    for hit in hits:
        assert told(dict(hit.parts)) == pytest.approx(hit.score, abs=1e-3), hit.parts
        assert all(math.copysign(1, value) > 0 for _, value in hit.parts if value == 0)


def test_a_matter_that_three_bodies_treated_does_not_fill_the_list(minutes: OpenIndex) -> None:
    matters = [(hit.case_number, hit.item_title) for hit in minutes.search("takster for Solgården", k=8)]
    assert len(set(matters)) >= 2


def test_what_treatments_repeat_is_folded_and_every_treatment_is_found(minutes: OpenIndex) -> None:
    hits = minutes.search("how much does transport to Solgården cost per day?")
    once = {hit.rank: hit for hit in hits if hit.same_as is None}
    again = [hit for hit in hits if hit.same_as]
    assert any(hit.text != once[hit.same_as or 0].text for hit in again)
    for hit in again:
        assert (hit.same_as or 0) < hit.rank
        assert hit.case_number == once[hit.same_as or 0].case_number
    assert len({hit.committee for hit in again}) > 1


def hit_of(text: str, rank: int, case: str | None, section: SectionKind) -> Hit:
    source = Source("a.txt", 0, len(text))
    day = date(2023, 1, rank)
    return Hit(rank, 1.0, f"a/{day}/1", day, "A", 1, "T", case, section, None, False, text, (), source)


LONG = "Forvaltningen har undersøgt, hvor mange borgere der bruger bussen om natten i byens mindre kvarterer"


@pytest.mark.parametrize(
    ("text", "case", "section", "same"),
    [
        (LONG, "23/1", SectionKind.BACKGROUND, 1),
        (LONG, None, SectionKind.BACKGROUND, 1),
        (LONG, "23/1", SectionKind.DECISION, 1),
        (f"{LONG} nu", "23/1", SectionKind.BACKGROUND, 1),
        (f"{LONG} nu", "23/2", SectionKind.BACKGROUND, None),
        (f"{LONG} nu", None, SectionKind.BACKGROUND, None),
        (f"{LONG} nu", "23/1", SectionKind.DECISION, None),
        (f"{LONG} 7", "23/1", SectionKind.BACKGROUND, None),
        ("Godkendt", "23/1", SectionKind.BACKGROUND, None),
    ],
)
def test_what_tells_the_same(text: str, case: str | None, section: SectionKind, same: int | None) -> None:
    one, other = hit_of(LONG, 1, "23/1", SectionKind.BACKGROUND), hit_of(text, 2, case, section)
    assert [hit.same_as for hit in folded([one, other])] == [None, same]


def test_closed_items_are_found_by_number_only(minutes: OpenIndex) -> None:
    closed = [item for item in minutes.index.catalog.items("i.closed") if item.case_number]
    hits = minutes.search(str(closed[0].case_number))
    assert hits[0].closed or any(hit.closed for hit in hits)
    assert all(len(hit.text) < 200 for hit in hits if hit.closed)


def test_a_hit_shows_attachments_only_where_these_are_meant(corpus_index: Path) -> None:
    opened = open_index(corpus_index)
    assert opened.search("takster Solgården", k=1)[0].section is not SectionKind.ATTACHMENTS
    listed = opened.search("høringssvar fra bruger- og pårørenderådet på Solgården", k=1)[0]
    assert listed.section is SectionKind.ATTACHMENTS
    assert "pårørenderådet" in listed.text
