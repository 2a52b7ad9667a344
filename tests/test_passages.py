"""Passages: even, whole, and each character of a section in one of them."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import process_time

from semsearch.parsing import parse
from semsearch.passages import split
from semsearch.records import AgendaItem, Meeting, Passage, SectionKind

WORDS = 60


def passages_of(path: Path) -> list[tuple[Meeting, AgendaItem, list[Passage]]]:
    meeting = parse(path.read_bytes(), path.name)
    return [(meeting, item, split(meeting, item, words=WORDS)) for item in meeting.items]


def check(path: Path) -> int:
    count = 0
    for meeting, item, passages in passages_of(path):
        count += len(passages)
        for ordinal, section in enumerate(item.sections):
            own = [passage for passage in passages if passage.section == ordinal]
            covered = "\n".join(meeting.text[passage.start : passage.end] for passage in own)
            assert covered.split() == meeting.text[section.body_start : section.end].split()
            assert all(one.end <= other.start for one, other in pairwise(own))
            assert all(section.body_start <= passage.start < passage.end <= section.end for passage in own)
    return count


def test_the_passages_of_a_section_cover_it_once(corpus: Path) -> None:
    assert sum(check(path) for path in sorted(corpus.glob("*.txt"))) > 200


def test_the_passages_of_real_minutes_cover_them_once(seeds: Path, greve: Path) -> None:
    assert sum(check(path) for path in sorted(seeds.glob("*.txt"))) > 300
    assert sum(check(path) for path in sorted(greve.glob("*.json"))[::12]) > 1000


def test_passages_are_even_and_never_much_too_long(corpus: Path) -> None:
    lengths = [
        len(meeting.text[passage.start : passage.end].split())
        for path in corpus.glob("*.txt")
        for meeting, _, passages in passages_of(path)
        for passage in passages
    ]
    assert max(lengths) <= 3 * WORDS


def test_a_closed_item_is_one_passage_over_its_title(corpus: Path) -> None:
    closed = [
        (meeting, item, passages)
        for path in corpus.glob("*.txt")
        for meeting, item, passages in passages_of(path)
        if item.closed
    ]
    assert closed
    for meeting, item, (passage,) in closed:
        assert item.title in meeting.text[passage.start : passage.end]


def test_prefixes_name_title_section_and_committee_and_are_not_quoted(corpus: Path) -> None:
    for meeting, item, passages in passages_of(corpus / "2023-10-02_oekonomiudvalget.txt"):
        for passage in passages:
            assert passage.prefix.startswith(item.title)
            assert passage.prefix.endswith(meeting.committee)
            assert ("Beslutning" in passage.prefix) == (passage.kind is SectionKind.DECISION)
            assert passage.prefix not in meeting.text[passage.start : passage.end]


def test_section_and_part_tell_passages_of_an_item_apart(corpus: Path) -> None:
    for _, _, passages in passages_of(corpus / "2023-10-02_oekonomiudvalget.txt"):
        assert len({(passage.section, passage.part) for passage in passages}) == len(passages)


def test_one_huge_section_costs_what_its_length_says(corpus: Path) -> None:
    meeting = parse((corpus / "2023-10-02_oekonomiudvalget.txt").read_bytes(), "x.txt")
    text = "ord " * 1_500_000
    section = replace(meeting.items[0].sections[0], start=0, body_start=0, end=len(text))
    item = replace(meeting.items[0], start=0, end=len(text), sections=(section,))
    began = process_time()
    passages = split(replace(meeting, text=text, items=(item,)), item, words=WORDS)
    assert process_time() - began < 15  # some 2 s; 60 s when each cut counts what is left
    assert "".join(text[passage.start : passage.end] for passage in passages).count("ord") == 1_500_000
    assert max(passage.end - passage.start for passage in passages) <= 4 * 2 * WORDS
