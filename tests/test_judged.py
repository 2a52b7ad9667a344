"""Our own judgments over the real minutes are well formed, complete in kind, and true of the minutes.

`greve_queries.jsonl` judges cases, `seeds_queries.jsonl` agenda items, in the form of `../shared/eval`.
A third of each is "held": it may be scored for a report, never looked at while tuning. The files named
"fresh" were judged when the system stood, and are held whole; `judged/README.md` says how they were drawn.
"""

import hashlib
import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import Stemmer

from semsearch.parsing import parse
from semsearch.records import OutcomeKind

JUDGED = Path(__file__).resolve().parent / "judged"
CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FILES = ("greve_queries.jsonl", "seeds_queries.jsonl")
FRESH = ("greve_fresh.jsonl", "seeds_fresh.jsonl", "corpus_fresh.jsonl")
MORE = ("greve_more.jsonl", "seeds_more.jsonl", "corpus_more.jsonl")
ASKED = ("greve_asked.jsonl", "seeds_asked.jsonl", "corpus_asked.jsonl")
ALL = FILES + FRESH + MORE + ASKED
KINDS = {
    "greve_asked.jsonl": {"unanswerable": 282, "question": 142, "paraphrase": 103, "keyword": 34},
    "seeds_asked.jsonl": {"unanswerable": 137, "keyword": 39, "paraphrase": 34, "question": 33, "typo": 4},
    "corpus_asked.jsonl": {"unanswerable": 128},
    "greve_more.jsonl": {
        "unanswerable": 178,
        "question": 88,
        "paraphrase": 86,
        "keyword": 28,
        "compound": 20,
        "inflection": 16,
        "typo": 12,
        "date": 8,
        "metadata": 8,
    },
    "seeds_more.jsonl": {"unanswerable": 44, "paraphrase": 17, "question": 13},
    "corpus_more.jsonl": {"unanswerable": 45, "paraphrase": 16, "question": 14},
    "greve_fresh.jsonl": {
        "question": 30,
        "unanswerable": 18,
        "paraphrase": 17,
        "keyword": 7,
        "compound": 4,
        "typo": 4,
        "date": 4,
        "inflection": 3,
        "metadata": 3,
    },
    "seeds_fresh.jsonl": {"question": 20},
    "corpus_fresh.jsonl": {"question": 20},
    "greve_queries.jsonl": {
        "question": 72,
        "paraphrase": 68,
        "unanswerable": 36,
        "keyword": 31,
        "compound": 16,
        "typo": 15,
        "inflection": 14,
        "date": 14,
        "metadata": 13,
    },
    "seeds_queries.jsonl": {
        "question": 23,
        "unanswerable": 11,
        "paraphrase": 9,
        "keyword": 8,
        "compound": 3,
        "typo": 3,
        "date": 3,
        "metadata": 3,
        "inflection": 2,
    },
}
LANGUAGES = {
    "greve_asked.jsonl": {"en": 281, "da": 280},
    "seeds_asked.jsonl": {"da": 136, "en": 111},
    "corpus_asked.jsonl": {"en": 64, "da": 64},
    "greve_more.jsonl": {"en": 224, "da": 220},
    "seeds_more.jsonl": {"da": 37, "en": 37},
    "corpus_more.jsonl": {"da": 37, "en": 38},
    "greve_fresh.jsonl": {"da": 45, "en": 45},
    "seeds_fresh.jsonl": {"da": 10, "en": 10},
    "corpus_fresh.jsonl": {"da": 10, "en": 10},
    "greve_queries.jsonl": {"da": 147, "en": 129, "mixed": 3},
    "seeds_queries.jsonl": {"da": 34, "en": 30, "mixed": 1},
}
SPLITS = {
    "greve_asked.jsonl": {"tune": 462, "held": 99},
    "seeds_asked.jsonl": {"tune": 189, "held": 58},
    "corpus_asked.jsonl": {"tune": 103, "held": 25},
    "greve_more.jsonl": {"tune": 299, "held": 145},
    "seeds_more.jsonl": {"tune": 49, "held": 25},
    "corpus_more.jsonl": {"tune": 50, "held": 25},
    "greve_fresh.jsonl": {"held": 90},
    "seeds_fresh.jsonl": {"held": 20},
    "corpus_fresh.jsonl": {"held": 20},
    "greve_queries.jsonl": {"tune": 188, "held": 91},
    "seeds_queries.jsonl": {"tune": 41, "held": 24},
}
ASKS = {"decision", "amount", "date", "person-unit", "reason", "list", "yes-no", "status"}
FUNCTION_WORDS = {"hvis", "over", "skal"}
FIELDS = {"id", "lang", "kind", "split", "query", "relevant", "answer_contains"}


@cache
def rows(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (JUDGED / name).read_text("utf-8").splitlines())


def digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def held(judged: Iterable[dict[str, Any]]) -> set[str]:
    """Ids kept back: one of every three of a kind and language, by the hash of the first id of the three.

    Queries added at the end of a file leave the split of those before them as it is.
    """
    strata = defaultdict(list)
    for row in judged:
        strata[row["kind"], row["lang"]].append(row["id"])
    triples = [ids[at : at + 3] for ids in strata.values() for at in range(0, len(ids), 3)]
    return {ids[digest(ids[0]) % 3] for ids in triples if digest(ids[0]) % 3 < len(ids)}


def plain(text: str) -> str:
    """`text` without markup, in single blanks and small letters."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("**", "").split()).casefold()


@cache
def case_texts(folder: Path) -> dict[str, str]:
    """Everything the meetings print about each case."""
    texts: defaultdict[str, str] = defaultdict(str)
    for path in sorted(folder.glob("*.json")):
        for item in json.loads(path.read_text("utf-8"))["Dagsordenpunkter"]:
            parts = [item["Navn"], *(field["Html"] or "" for field in item["Felter"])]
            texts[item["SagsNummer"]] += " " + plain(" ".join(parts))
    return dict(texts)


@cache
def item_texts(folder: Path) -> dict[tuple[str, int], str]:
    """The text of each agenda item of the seeds, by meeting date and number."""
    texts = {}
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        day, month, year = re.findall(r"d\. (\d\d)-(\d\d)-(\d{4})", text)[0]
        parts = re.split(r"(?m)^(?:## \**)?Punkt (\d+):", text)
        for number, body in zip(parts[1::2], parts[2::2], strict=True):
            texts[f"{year}-{month}-{day}", int(number)] = plain(body)
    return texts


@cache
def corpus_texts() -> dict[tuple[str, int, str] | str, str]:
    """The text of each open item of the shipped corpus, by date, number and body, and by case."""
    texts: defaultdict[tuple[str, int, str] | str, str] = defaultdict(str)
    for path in sorted(p for p in CORPUS.iterdir() if p.name != "README.md"):
        meeting = parse(path.read_bytes(), path.name)
        for item in meeting.items:
            if not item.closed:
                text = " " + plain(meeting.text[item.start : item.end])
                texts[str(meeting.date), item.number, meeting.committee] += text
                texts[item.case_number or ""] += text
    return dict(texts)


def relevant_texts(name: str, row: dict[str, Any], shared: Path) -> list[str]:
    """The text of every case or item judged relevant; KeyError where one does not exist."""
    return [text_of(name, target, shared) for target in row["relevant"]]


def text_of(name: str, target: dict[str, Any], shared: Path) -> str:
    """The text of one case or item of the collection that the file `name` judges."""
    if name.startswith("greve"):
        return case_texts(shared / "greve")[target["case_number"]]
    if name.startswith("seeds"):
        items = item_texts(shared / "seeds")
        if "case_number" in target:
            held = [text for text in items.values() if target["case_number"].casefold() in text]
            assert held, target
            return " ".join(held)
        return items[target["meeting_date"], target["item_number"]]
    if "case_number" in target:
        return corpus_texts()[target["case_number"]]
    return corpus_texts()[target["meeting_date"], target["item_number"], target["committee"]]


@pytest.mark.parametrize("name", ALL)
def test_fields_are_those_of_the_shared_judgments(name: str) -> None:
    for row in rows(name):
        assert set(row) - {"asks"} == FIELDS, row["id"]
        assert row["kind"] in KINDS[name] and row["lang"] in LANGUAGES[name], row["id"]
        assert row["query"] == " ".join(row["query"].split()), row["id"]
        assert (row["relevant"] == []) == (row["kind"] == "unanswerable"), row["id"]
        assert row["relevant"] or not row["answer_contains"], row["id"]


def test_ids_and_queries_are_unique() -> None:
    judged = [row for name in ALL for row in rows(name)]
    assert len({row["id"] for row in judged}) == len(judged)
    assert len({row["query"].casefold() for row in judged}) == len(judged)


@pytest.mark.parametrize("name", ALL)
def test_counts_are_as_stated(name: str) -> None:
    assert Counter(row["kind"] for row in rows(name)) == KINDS[name]
    assert Counter(row["lang"] for row in rows(name)) == LANGUAGES[name]
    assert Counter(row["split"] for row in rows(name)) == SPLITS[name]


@pytest.mark.parametrize("name", FILES)
def test_the_held_third_is_chosen_by_hash(name: str) -> None:
    assert {row["id"] for row in rows(name) if row["split"] == "held"} == held(rows(name))


def test_every_kind_of_answer_is_asked_for() -> None:
    asked = Counter(row["asks"] for row in rows("greve_queries.jsonl") if "asks" in row)
    assert set(asked) == ASKS
    assert min(asked.values()) >= 5 and asked.total() >= 40
    assert all(row["answer_contains"] for name in ALL for row in rows(name) if "asks" in row)


def test_answers_are_short_facts() -> None:
    answers = [text for name in ALL for row in rows(name) for text in row["answer_contains"]]
    assert [text for text in answers if len(text.split()) > 6] == []


@pytest.mark.parametrize("name", ALL)
def test_judged_cases_and_items_hold_the_answers(name: str, shared: Path) -> None:
    for row in rows(name):
        texts = relevant_texts(name, row, shared)
        for answer in row["answer_contains"]:
            assert any(plain(answer) in text for text in texts), (row["id"], answer)


@pytest.mark.parametrize("name", FILES + FRESH)
def test_paraphrases_share_no_long_stem_with_the_minutes(name: str, shared: Path) -> None:
    stem = Stemmer.Stemmer("danish").stemWord

    def stems(text: str) -> set[str]:
        return {s for word in re.findall(r"\w+", text.casefold()) if len(s := stem(word)) >= 4}

    for row in rows(name):
        if row["kind"] == "paraphrase":
            common = stems(row["query"]) & stems(" ".join(relevant_texts(name, row, shared)))
            assert common <= FUNCTION_WORDS, row["id"]


def test_no_query_repeats_a_shared_one(shared: Path) -> None:
    files = [shared / "eval" / name for name in ("dev.jsonl", "greve_dev.jsonl")]
    known = {
        json.loads(line)["query"].casefold() for f in files for line in f.read_text("utf-8").splitlines()
    }
    assert [row["id"] for name in ALL for row in rows(name) if row["query"].casefold() in known] == []


def test_no_participant_is_named(shared: Path) -> None:
    meetings = [json.loads(path.read_text("utf-8"))["Moede"] for path in (shared / "greve").glob("*.json")]
    names = {person["Name"].casefold() for meeting in meetings for person in meeting["Moededeltagere"] or ()}
    text = "\n".join((JUDGED / name).read_text("utf-8") for name in ALL).casefold()
    assert [name for name in names if name in text] == []


def test_fresh_queries_repeat_none_of_the_corpus() -> None:
    known = {row["query"].casefold() for row in rows("corpus_queries.jsonl")}
    assert [row["id"] for name in FRESH for row in rows(name) if row["query"].casefold() in known] == []


def test_fresh_outcomes_are_of_items_that_no_other_file_judges(shared: Path) -> None:
    fresh = [(row["file"], row["item_number"]) for row in rows("outcomes_fresh.jsonl")]
    assert len(set(fresh)) == len(fresh) == 120
    assert not set(fresh) & {(row["file"], row["item_number"]) for row in rows("outcomes_greve.jsonl")}
    assert {row["split"] for row in rows("outcomes_fresh.jsonl")} == {"held"}
    for row in rows("outcomes_fresh.jsonl"):
        assert {row["outcome"], *row.get("points", {}).values()} <= set(OutcomeKind)
        agenda = json.loads((shared / row["file"]).read_text("utf-8"))["Dagsordenpunkter"]
        assert row["item_number"] in {int(item["Number"]) for item in agenda}, row
