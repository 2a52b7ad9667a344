"""One document -> what the index keeps of it."""

from invented import Item, minutes

from semsearch.config import Settings
from semsearch.prepare import prepare
from semsearch.terms import term_id


def terms_of(text: str) -> list[set[int]]:
    """The terms of each passage."""
    postings = prepare(text.encode(), "a.txt", "digest", Settings()).content.postings
    ends = postings.counts.cumsum().tolist()
    return [set(postings.terms[start:end].tolist()) for start, end in zip([0, *ends], ends, strict=False)]


def test_an_abbreviation_the_document_explains_and_its_words_find_each_other() -> None:
    text = minutes(
        "2023-05-08",
        Item("Ny leder", body="Center for Teknik og Havne (CTH) søger en leder."),
        Item("Bolværk", body="CTH reparerer bolværket ved slæbestedet."),
        Item("Kran", body="Center for Teknik og Havne lejer en kran til foråret."),
    )
    presented = [
        terms for terms in terms_of(text) if terms & {term_id("led"), term_id("bolværk"), term_id("kran")}
    ]
    named = [terms for terms in presented if {term_id("cth"), term_id("teknik")} <= terms]
    assert len(named) == 3


def test_an_abbreviation_nobody_explains_stands_for_itself() -> None:
    passages = terms_of(minutes("2023-05-08", Item("Kran", body="CTH lejer en kran.")))
    assert not any(term_id("teknik") in terms for terms in passages)
