"""The data folder -> pairs of texts that mean the same, or stand in the same item."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

NATURAL = ("cdt", "tatoeba", "gnome_user_docs")
TERMS = ("terms.wiktionary", "eforms", "osm_id_tagging")
BY_HAND = ("municipal_terms.tsv", "everyday_terms.tsv", "news_terms.tsv", "set_phrases.tsv")
SYNONYMS = ("danish_synonyms.tsv",)
MACHINE_TRANSLATED = "msdocs.officedocs-alchemyinsights"
PASSAGE_WORDS = 110  # what the shipped model was trained on; an index cuts at `config.PASSAGE_WORDS`
ATTENDANCE = re.compile(
    r"^\W*(fraværende|afbud|(imod |for )?stemte|(møde)?deltagere|undlod|ikke til stede)\b.*$",
    re.I | re.M,
)


@dataclass
class Pairs:
    """Texts that belong together, row by row; equal groups are never used as each other's negatives."""

    name: str
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    group: list[int] = field(default_factory=list)

    def add(self, left: str, right: str, group: int) -> None:
        """Add one pair."""
        self.left.append(left)
        self.right.append(right)
        self.group.append(group)

    def best_first(self) -> list[tuple[str, str]]:
        """Terms and their translations, those that came first for a term before the others."""
        rank: dict[str, int] = {}
        places = [rank.setdefault(left, i) - i for i, left in enumerate(self.left)]
        order = sorted(range(len(self)), key=lambda i: (-places[i], i))
        return [(self.left[i], self.right[i]) for i in order]

    def __len__(self) -> int:
        return len(self.left)


def key_of(text: str) -> str:
    """What of a text counts when two are compared: letters and digits, lower case.

    >>> key_of("Det  regner!") == key_of("det regner")
    True
    """
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).lower()).strip()


def read_evaluation(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Read the bitext test sets: name -> (English, other language) pairs."""
    sets: dict[str, list[tuple[str, str]]] = {}
    for language in ("da", "nb", "sv"):
        lines = (folder / f"tatoeba_laser.en-{language}.tsv").read_text(encoding="utf-8").splitlines()
        sets[f"tatoeba {language}"] = [(a, b) for a, b, *_ in (line.split("\t") for line in lines)]
    for name, file in (("flores", "flores200.devtest.tsv"), ("ntrex", "ntrex.tsv")):
        header, *lines = (folder / file).read_text(encoding="utf-8").splitlines()
        columns = header.split("\t")
        rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
        for language in ("da", "nb", "sv"):
            sets[f"{name} {language}"] = [(row["en"], row[language]) for row in rows]
    return sets


def read_documents(folder: Path) -> list[tuple[str, str, str]]:
    """Read NTREX in order: (document, English, Danish) a sentence."""
    _, *lines = (folder / "ntrex.tsv").read_text(encoding="utf-8").splitlines()
    return [(doc, en, da) for doc, en, da, *_ in (line.split("\t") for line in lines)]


def read_bitext(path: Path, banned: set[str]) -> list[tuple[str, str, str]]:
    """Read (English, Danish, source) rows in file order, without those found in the test sets."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [(en, da, source) for en, da, source in (line.rstrip("\n").split("\t") for line in lines)]
    kept = [row for row in rows if key_of(row[0]) not in banned and key_of(row[1]) not in banned]
    if any(key_of(text) in banned for row in kept for text in row[:2]):
        raise AssertionError("a sentence of the test sets is among the training pairs")
    return kept


def bitext_pairs(rows: list[tuple[str, str, str]]) -> list[Pairs]:
    """English-Danish pairs by kind of text: batches of one kind hold the harder negatives."""
    kinds = {name: Pairs(name) for name in ("natural", "terms", "business", "translated")}
    for i, (en, da, source) in enumerate(rows):
        if source in NATURAL:
            kinds["natural"].add(en, da, i)
        elif source in TERMS:
            kinds["terms"].add(en, da, i)
        else:
            kinds["translated" if source == MACHINE_TRANSLATED else "business"].add(en, da, i)
    return list(kinds.values())


def read_list(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of a list written by hand: a term, a tab, Danish words; "#" begins a heading."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            term, words = line.split("\t")
            yield term, words.split()


def hand_pairs(name: str, files: Iterable[str], banned: set[str]) -> Pairs:
    """Read lists written by hand, less what is banned."""
    pairs = Pairs(name)
    for file in files:
        for term, words in read_list(Path(__file__).with_name(file)):
            for word in words:
                if key_of(term) not in banned and key_of(word) not in banned:
                    pairs.add(term, word, len(pairs))
    return pairs


def window_pairs(rows: list[tuple[str, str, str]], reach: int = 2) -> Pairs:
    """An English sentence against the Danish passage it stands in: rows of a source follow their document."""
    pairs = Pairs("windows")
    for i in range(reach, len(rows) - reach):
        en, _, source = rows[i]
        near = rows[i - reach : i + reach + 1]
        running = source == "cdt" or (
            source.startswith("msdocs") and source not in (MACHINE_TRANSLATED, "msdocs.headings_slug")
        )
        if running and len(en.split()) >= 4 and all(row[2] == source for row in near):
            pairs.add(en, " ".join(row[1] for row in near), i // 10)
    return pairs


def parliament_pairs(folder: Path) -> list[Pairs]:
    """Title-paragraph, neighbouring paragraphs, sentence-rest pairs of the parliament's debates."""
    titles, neighbours, rest = Pairs("debate titles"), Pairs("debate neighbours"), Pairs("debate sentences")
    items: dict[str, int] = {}
    before: tuple[str, str, str] = ("", "", "")
    with gzip.open(folder / "folketinget.jsonl.gz", "rt", encoding="utf-8") as lines:
        for i, row in enumerate(json.loads(line) for line in lines):
            text = without_names(row["text"], speakers(row["speaker"]))
            title = re.sub(r"^(Fortsættelse af )?[^:]{0,90}:\s*", "", row["item"].split(" Formanden (")[0])
            if len(text.split()) < 25:
                continue
            group = items.setdefault(row["item"], len(items))
            if 3 <= len(title.split()) <= 60:
                titles.add(without_names(title, set()), text, group)
            if before[:2] == (row["item"], row["speaker"]):
                neighbours.add(before[2], text, i // 4)
            _add_sentence(rest, text, i)
            before = (row["item"], row["speaker"], text)
    return [titles, neighbours, rest]


def _add_sentence(pairs: Pairs, text: str, group: int) -> None:
    sentences = re.split(r"(?<=[.!?:])\s+(?=[A-ZÆØÅ])", text)
    long = [i for i, sentence in enumerate(sentences) if 6 <= len(sentence.split()) <= 40]
    if len(sentences) >= 3 and long:
        pick = long[group * 7919 % len(long)]
        pairs.add(sentences[pick], " ".join(sentences[:pick] + sentences[pick + 1 :]), group)


def speakers(label: str) -> set[str]:
    """The capitalised names in a speaker's label."""
    return {
        name
        for name in re.findall(r"[A-ZÆØÅ][\wé-]{2,}", label)
        if name not in {"Formanden", "Første", "Anden"}
    }


def without_names(text: str, names: set[str]) -> str:
    """Drop the names given, and whoever is addressed as hr., fru or named before a party letter."""
    text = re.sub(r"\b(hr\.|fru|Hr\.|Fru)(\s+[A-ZÆØÅ][\wé-]+){1,4}", " ", text)
    text = re.sub(r"([A-ZÆØÅ][\wé.-]+\s+){1,4}\((?:[A-ZÆØÅ]{1,3}|ALT)\)", " ", text)
    if names:
        text = re.sub(r"\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\b", " ", text)
    return re.sub(r"\s+", " ", text).strip()


@dataclass
class MinutesItem:
    """One agenda item of a folder of minutes: title, case, and its sections' texts by heading."""

    meeting: str
    title: str
    case: str
    sections: list[tuple[str, str]]


def read_minutes(folder: Path) -> Iterator[MinutesItem]:
    """Read agenda items from FirstAgenda JSON files, without names, attendance and votes."""
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        people = {
            n
            for person in document["Moede"].get("Moededeltagere") or []
            for n in speakers(person.get("Name") or "")
        }
        for item in document["Dagsordenpunkter"]:
            html = "\n".join(part.get("Html") or "" for part in item.get("Felter") or [])
            sections = [
                (heading, without_names(ATTENDANCE.sub("", text), people))
                for heading, text in split_html(html)
            ]
            yield MinutesItem(
                path.stem, item["Navn"] or "", item.get("SagsNummer") or "", [s for s in sections if s[1]]
            )


def split_html(html: str) -> Iterator[tuple[str, str]]:
    """Split a field's HTML at its headings: (heading, text)."""
    heading = ""
    for part in re.split(r"(<h[1-4][^>]*>.*?</h[1-4]>)", html, flags=re.S):
        text = re.sub(r"<(br|/p|/div|/tr|/li)[^>]*>", "\n", part)
        text = re.sub(r"[^\S\n]+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
        if part.startswith("<h"):
            heading = text
        elif text:
            yield heading, text


def passages_of(text: str, words: int = PASSAGE_WORDS) -> list[str]:
    """Cut a text to passages of about so many words, of even size."""
    every = text.split()
    count = max(1, round(len(every) / words))
    size = -(-len(every) // count)
    return [" ".join(every[i : i + size]) for i in range(0, len(every), max(1, size))]


def minutes_pairs(items: Iterable[MinutesItem], seed: int) -> list[Pairs]:
    """Title-passage, passage-passage and sentence-rest pairs of real minutes; one group a case."""
    titles, sections, rest = Pairs("minutes titles"), Pairs("minutes sections"), Pairs("minutes sentences")
    groups: dict[str, int] = {}
    rng = random.Random(seed)
    for item in items:
        group = groups.setdefault(item.case or item.title, len(groups))
        parts = list(
            dict.fromkeys(p for _, text in item.sections for p in passages_of(text) if len(p.split()) >= 15)
        )
        for part in parts[:12]:
            if len(item.title.split()) >= 2:
                titles.add(item.title, part, group)
            _add_sentence(rest, part, group)
        rng.shuffle(parts)
        for left, right in zip(parts[:8:2], parts[1:8:2], strict=False):
            sections.add(left, right, group)
    return [titles, sections, rest]
