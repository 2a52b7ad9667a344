"""Learn the shipped lexicon from sentence pairs: English -> Danish words; and Danish words of one meaning.

    python -m training.lexicon --data ../shared/model-data --out semsearch/data/lexicon.tsv

The same data give the same file. Words are aligned in `alignment.py`; here the counts become weights. What is
translated by hand stands before what was counted: terms of municipal administration, everyday words, and set
phrases, which mean another thing than their words ("red tape").
Danish words of one meaning are all by hand: those of the street, and what the town hall calls the same.
A list goes the other way round: from a word of minutes to what people call it in either language.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from semsearch.lexicon import english_base
from semsearch.text import STOPWORDS_DA, STOPWORDS_EN, split_compound, stem, stem_english
from training.alignment import SMOOTHING, Aligned, Bitext, align, danish_words, read_units
from training.data import read_bitext, read_list

KEPT = 8
LEAST_COUNT, LEAST_SENTENCES = 0.2, 1.2  # that must agree on a pair of words
LEAST, LEAST_SHARE, LEAST_OF_PAIR = (
    0.04,
    0.05,
    0.7,
)  # chances of a translation; against the best one; of a pair's best
LEAST_WEIGHT = 0.3  # of a word on its line
LEAST_OWN = 0.7  # weight of a word as its own translation; below it the two often differ ("program")
BACK = 0.3  # exponent of p(English | Danish) beside p(Danish | English)
OTHER_FORMS = 2.0  # what the other forms of a stem count against a form's own weighted sentences
BY_STEM = 0.8  # weight of what other forms of a word are translated by
SPOKEN = 30  # times a word stands in the parliament's debates to be everyday Danish
SURE = (0.9, 0.8, 0.7, 0.6)  # weights of a term's Danish words, in their order
TOGETHER = (1.0, 0.9, 0.8, 0.7)  # of a set phrase's: 1 tells the reader that its words mean nothing else
LESS_SURE = 0.99  # at most for what was counted
BY_HAND = {  # an earlier file's words for a term stand
    Path(__file__).with_name("municipal_terms.tsv"): SURE,
    Path(__file__).with_name("everyday_terms.tsv"): SURE,
    Path(__file__).with_name("set_phrases.tsv"): TOGETHER,
    Path(__file__).with_name("news_terms.tsv"): SURE,
    Path(__file__).with_name("common_words.tsv"): SURE,
}
BESIDE = 0.5  # what a counted translation weighs beside one by hand
SYNONYMS = (Path(__file__).with_name("danish_synonyms.tsv"), Path(__file__).with_name("street_words.tsv"))
MINUTES_WORDS = Path(__file__).with_name("minutes_words.tsv")
FROM_MINUTES = (0.75, 0.65, 0.55, 0.5, 0.45, 0.45)  # of a word of minutes, by how usual its English is
FROM_STREET = (0.5, 0.45, 0.4, 0.36, 0.33, 0.33)  # the same of its Danish
AS_WELL = (0.54, 0.48, 0.42, 0.36)  # weights of a Danish word's synonyms; the word itself stays 1

Found = list[tuple[str, float]]
Counts = Mapping[str, float]


class Evidence:
    """What was counted, by unit, and how each Danish stem is best written."""

    def __init__(self, bitext: Bitext, aligned: Aligned, spoken: Counter[str]) -> None:
        english, danish = list(bitext.english.numbers), list(bitext.danish.numbers)
        self.mass: dict[str, float] = dict(zip(english, aligned.english_mass.tolist(), strict=True))
        self.danish_mass: dict[str, float] = dict(zip(danish, aligned.danish_mass.tolist(), strict=True))
        self.forms = {base: shortest(counts) for base, counts in bitext.forms.items()}
        self.count: dict[str, dict[str, float]] = defaultdict(dict)
        agreed = (aligned.count >= LEAST_COUNT) & (aligned.sentences >= LEAST_SENTENCES)
        for here in np.flatnonzero(agreed).tolist():
            word = danish[aligned.danish[here]]
            if word in self.forms:
                self.count[english[aligned.english[here]]][word] = float(aligned.count[here])
        self.families: dict[str, list[str]] = defaultdict(list)
        for name in english:
            if " " not in name:
                self.families[stem_english(name)].append(name)
        self._spoken = spoken

    def everyday(self, danish: str) -> float:
        """Give how much a Danish stem belongs to public debate rather than to business software: 0 to 1."""
        return min(1.0, math.log1p(self._spoken[danish]) / math.log1p(SPOKEN))

    def family(self, english: str) -> tuple[float, dict[str, float]]:
        """Give the weighted count of all forms of an English stem, and what they align with."""
        together: dict[str, float] = defaultdict(float)
        for name in self.families[english]:
            for danish, count in self.count.get(name, {}).items():
                together[danish] += count
        return sum(self.mass[name] for name in self.families[english]), together

    def back(self, danish: str, count: float) -> float:
        """Give p(English unit | Danish stem) for a count."""
        return count / (self.danish_mass[danish] + SMOOTHING)


def shortest(forms: Counter[str]) -> str:
    """Give the shortest form of a word among those that are not rare; ties go by the alphabet."""
    often = max(forms.values())
    return min(
        (form for form, count in forms.items() if 5 * count >= often), key=lambda form: (len(form), form)
    )


def weigh(english: str, chances: Counts, count: Counts, evidence: Evidence) -> Found:
    """Choose the Danish words for an English unit and give each its weight, best first.

    The weight is the square root of a word's worth against the best one's, times how much of the unit's
    occurrences is accounted for. A word may be its own translation
    ("plan"); there is nothing to say where it is the only one.
    """
    worth = {
        danish: chance * evidence.back(danish, count[danish]) ** BACK * (1 + evidence.everyday(danish)) / 2
        for danish, chance in chances.items()
    }
    best = max(worth.values(), default=0.0)
    enough = [danish for danish in worth if chances[danish] >= LEAST and worth[danish] >= LEAST_SHARE * best]
    kept = sorted(enough, key=lambda danish: (-worth[danish], danish))[:KEPT]
    sure = min(1.0, 0.5 + 0.5 * sum(chances[danish] for danish in kept))
    found = [(danish, sure * (worth[danish] / best) ** 0.5) for danish in kept]
    found = [(danish, weight) for danish, weight in found if danish != stem(english) or weight >= LEAST_OWN]
    return found if any(danish != stem(english) for danish, _ in found) else []


def english_rows(evidence: Evidence) -> Iterator[tuple[str, Found]]:
    """Yield key and Danish stems of every English stem, of its forms if there are several, and of pairs.

    Pairs that only software has words for are left out: "activation lock".
    """
    for base, names in evidence.families.items():
        mass, together = evidence.family(base)
        shared = {danish: count / (mass + SMOOTHING) for danish, count in together.items()}
        share = BY_STEM if len(names) > 1 else 1.0
        common = max(names, key=lambda name: (evidence.mass[name], name))
        yield (
            "s" + base,
            [(word, share * weight) for word, weight in weigh(common, shared, together, evidence)],
        )
        for name in names if len(names) > 1 else ():
            yield "e" + name, weigh(name, _own(name, shared, evidence), together, evidence)
    for name, count in evidence.count.items():
        chances = {danish: value / (evidence.mass[name] + SMOOTHING) for danish, value in count.items()}
        if " " in name and max(chances.values()) >= LEAST_OF_PAIR:
            found = weigh(name, chances, count, evidence)
            if any(evidence.everyday(danish) for danish, _ in found):
                yield "e" + name, found


def read_terms(path: Path, weights: Sequence[float]) -> dict[str, Found]:
    """Read terms written by hand: base forms of an English term -> its Danish words, as weighted."""
    return {
        term_key(english): list(zip(danish, weights, strict=False)) for english, danish in read_list(path)
    }


def term_key(english: str) -> str:
    """Give the base forms of a term's content words: what a query leaves of it.

    A hyphenated word is one only where it stands alone.

    >>> term_key("the cost of living"), term_key("drop-in centre"), term_key("follow-up")
    ('cost living', 'drop center', 'follow-up')
    """
    words = english.lower().split()
    if len(words) > 1:
        words = " ".join(words).replace("-", " ").split()
    content = [word for word in words if word not in STOPWORDS_EN]
    return " ".join(map(english_base, content or words))


def with_terms(rows: Iterable[tuple[str, Found]], terms: Mapping[str, Found]) -> dict[str, Found]:
    """Add the terms to the counted rows and return all by key: Danish stems, best first, no more than before.

    In its own row a term's words stand before what was counted for it. In the row of its stem, which serves
    forms that have no row, they weigh `BY_STEM` beside it.
    """
    counted = {key: [(word, min(LESS_SURE, weight)) for word, weight in found] for key, found in rows}
    found = dict(counted)
    for english, danish in terms.items():
        own = [(stem(word), weight) for word, weight in danish]
        shared = "s" + stem_english(english)
        other = counted.get("e" + english) or counted.get(shared, [])
        beside = [
            (word, min(weight, SURE[1]) if word == stem(english) else BESIDE * weight)
            for word, weight in other
        ]
        found["e" + english] = _best(beside, own)
        if " " not in english:
            found[shared] = _best(found.get(shared, []), [(word, BY_STEM * weight) for word, weight in own])
    return found


def _best(*several: Found) -> Found:
    """Give the best of several rows as one, each word by its greatest weight."""
    best: dict[str, float] = {}
    for danish, weight in chain(*several):
        best[danish] = max(weight, best.get(danish, 0.0))
    return sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))[:KEPT]


def _own(name: str, shared: Counts, evidence: Evidence) -> dict[str, float]:
    """Give p(Danish stem | form), which for a rare form is mostly what all forms of its stem say."""
    count, mass = evidence.count.get(name, {}), evidence.mass[name] + OTHER_FORMS
    return {
        danish: (count.get(danish, 0.0) + OTHER_FORMS * chance) / mass for danish, chance in shared.items()
    }


def read_synonyms(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the stems of each Danish word or phrase, less stop words, and the words for it, best first.

    A phrase of which one word is left is left out: "uden arbejde" (out of work) is not what work means.
    """
    for street, town_hall in read_list(path):
        key = street_key(street)
        if " " in key or " " not in street:
            yield key, town_hall


def street_key(street: str) -> str:
    """Give the stems of a Danish word or phrase less stop words, which is what a query leaves of it."""
    content = [word for word in street.split() if word not in STOPWORDS_DA]
    return " ".join(map(stem, content or [street]))


def synonym_rows(synonyms: Iterable[tuple[str, Sequence[str]]]) -> dict[str, Found]:
    """Return key and stems of Danish words and phrases; lines of one stem are one row."""
    rows: dict[str, Found] = {}
    for key, words in synonyms:
        own = [(stem(word), weight) for word, weight in zip(words, AS_WELL, strict=False)]
        others = [(word, weight) for word, weight in own if word not in key.split()]
        rows["d" + key] = _best(rows.get("d" + key, []), others)
    return rows


def read_minutes_words(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield words of minutes, each with what people call it in Danish and in English, the usual first."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, danish, english = line.split("\t")
            yield word, danish.split(", ") if danish else [], english.split(", ") if english else []


def with_minutes_words(
    rows: Mapping[str, Found], words: Iterable[tuple[str, Sequence[str], Sequence[str]]]
) -> dict[str, Found]:
    """Add words of minutes to the rows of what people call them, in English and in Danish."""
    found = dict(rows)

    def add(key: str, word: str, weight: float) -> None:
        found[key] = _best(found.get(key, []), [(word, weight)])

    for word, danish, english in words:
        for term, weight in zip(map(term_key, english), FROM_MINUTES, strict=False):
            add("e" + term, stem(word), weight)
            if " " not in term:
                add("s" + stem_english(term), stem(word), BY_STEM * weight)
        for street, weight in zip(danish, FROM_STREET, strict=False):
            add("d" + street_key(street), stem(word), weight)
    return found


def spoken_stems(path: Path) -> Counter[str]:
    """Count the stems, whole and of parts, of the parliament's debates."""
    forms = Counter[str]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            forms.update(danish_words(json.loads(line)["text"]))
    counts = Counter[str]()
    for form, count in forms.items():
        for base in {stem(form), *split_compound(form)}:
            counts[base] += count
    return counts


def write(path: Path, rows: Iterable[tuple[str, Found]], forms: Mapping[str, str]) -> int:
    """Write the rows that hold a word sure enough, in the order of their keys' bytes, and return how many.

    `forms` says how a Danish stem is written.
    """
    lines = []
    for key, found in rows:
        fields = [
            f"{forms[danish]} {round(100 * weight)}" for danish, weight in found if weight >= LEAST_WEIGHT
        ]
        if fields:
            lines.append("\t".join([key, *fields]).encode() + b"\n")
    lines.sort(key=lambda line: line.partition(b"\t")[0] + b"\t")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    return len(lines)


def _spelt(several: Iterable[Sequence[str]]) -> dict[str, str]:
    """Give each stem the form in which it is written first."""
    forms: dict[str, str] = {}
    for word in chain.from_iterable(several):
        forms.setdefault(stem(word), word)
    return forms


def main() -> None:
    """Learn the lexicon and write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    bitext = read_units(read_bitext(options.data / "en-da.tsv.gz", set()))
    evidence = Evidence(bitext, align(bitext), spoken_stems(options.data / "folketinget.jsonl.gz"))
    terms: dict[str, Found] = {}
    for path, sure in BY_HAND.items():
        terms = terms | {key: term for key, term in read_terms(path, sure).items() if key not in terms}
    synonyms = list(chain.from_iterable(map(read_synonyms, SYNONYMS)))
    words = list(read_minutes_words(MINUTES_WORDS))
    by_hand = _spelt([word for word, _ in danish] for danish in terms.values())
    of_minutes = _spelt([word] for word, _, _ in words)
    forms = of_minutes | _spelt(danish for _, danish in synonyms) | evidence.forms | by_hand
    found = with_terms(english_rows(evidence), terms) | synonym_rows(synonyms)
    found = with_minutes_words(found, words)
    rows = write(options.out, found.items(), forms)
    print(f"{len(bitext.weights)} pairs read, {rows} rows, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
