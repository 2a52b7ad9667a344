"""Which words of two languages stand for each other, counted from sentence pairs.

IBM Model 1 (Brown et al. 1993, "The mathematics of statistical machine translation") is trained in both
directions; what counts is where the two agree (after Liang et al. 2006, "Alignment by agreement"). Danish
compounds stand in a sentence together with their parts, and English pairs of neighbours together with their
words, so that "youth council" can meet "ungdomsråd" and "council" the part "råd".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semsearch.lexicon import english_base
from semsearch.text import STOPWORDS_DA, STOPWORDS_EN, normalise, stem
from semsearch.text.compounds import default_compounds

TERM = 6.0  # the weight of dictionaries
BUSINESS = 0.5
# How much one pair counts: the nearer to natural Danish or to a dictionary, the more.
WEIGHTS = {
    "cdt": 4.0,
    "tatoeba": 3.0,
    "eforms": 4.0,
    "terms.wiktionary": TERM,
    "osm_id_tagging": TERM,
    "gnome_user_docs": 2.0,
    "msdocs.officedocs-alchemyinsights": 0.15,
}
ENOUGH = 150  # of a business text, only sentences with an English word seen less often than this are read
LONGEST = 30  # content words of a sentence; longer ones align badly
RARE_COMPOUND = 3  # in fewer sentences a compound stands for its parts only: rare words attract what is left
PAIR_PMI, PAIR_SENTENCES = 0.35, 3
ROUNDS = 5
SMOOTHING = 2.0  # weighted sentences of doubt against each word's evidence
WORD = re.compile(r"[^\W\d_]+")

Row = tuple[str, str, str]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Side:
    """The units of one language, sentence by sentence."""

    numbers: dict[str, int] = field(default_factory=dict)
    tokens: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    def add(self, units: Sequence[str]) -> None:
        """Add a sentence's units, each once."""
        unique = dict.fromkeys(units)
        self.tokens += [self.numbers.setdefault(unit, len(self.numbers)) for unit in unique]
        self.lengths.append(len(unique))

    def mass(self, weights: Floats) -> Floats:
        """Give each unit's weighted count."""
        by_token = np.repeat(weights, self.lengths)
        return _sums(np.array(self.tokens), by_token, len(self.numbers))


def _sums(places: Ints, values: Floats, size: int = 0) -> Floats:
    """Add up the values that belong to the same place: float64, (size or more,)."""
    return np.bincount(places, weights=values, minlength=size).astype(np.float64)


@dataclass
class Bitext:
    """Sentence pairs as units, how much each counts, and how Danish stems are written."""

    english: Side = field(default_factory=Side)
    danish: Side = field(default_factory=Side)
    weights: list[float] = field(default_factory=list)
    forms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass
class Aligned:
    """Pairs of units that stand in one sentence: English and Danish number, and how often they agree.

    `sentences` leaves the weights out, but a term of a dictionary counts as two. The masses are the units'
    weighted counts.
    """

    english: Ints
    danish: Ints
    count: Floats
    sentences: Floats
    english_mass: Floats
    danish_mass: Floats


def english_runs(text: str) -> list[list[str]]:
    """Give the base forms of a text's content words, in runs that nothing stands between.

    >>> english_runs("The youth councils of Greve")
    [['youth', 'council'], ['greve']]
    """
    runs: list[list[str]] = [[]]
    last = 0
    text = re.sub(r"'s?\b", " ", normalise(text))
    for match in WORD.finditer(text):
        word = match.group()
        if text[last : match.start()].strip(" -") or word in STOPWORDS_EN:
            runs.append([])
        if len(word) > 1 and word not in STOPWORDS_EN:
            runs[-1].append(english_base(word))
        last = match.end()
    return [run for run in runs if run]


def danish_words(text: str) -> list[str]:
    """Give a text's content words in lower case."""
    words = WORD.findall(normalise(text))
    return [word for word in words if len(word) > 1 and word not in STOPWORDS_DA]


def danish_units(words: Iterable[str], rare: Collection[str]) -> list[str]:
    """Give the stems of words and of their parts; of rare compounds the parts only."""
    found = []
    for word in words:
        parts = default_compounds().split(word)
        base = stem(word)
        found += [stem(part) for part in parts] if parts and base in rare else [base, *map(stem, parts)]
    return found


def read_units(rows: Sequence[Row]) -> Bitext:
    """Read the sentence pairs that teach something, in their order."""
    common = frequent_pairs(rows)
    bitext, seen = Bitext(), Counter[str]()
    for _, danish, _ in rows:
        for word in set(danish_words(danish)):
            bitext.forms[stem(word)][word] += 1
    rare = {base for base, counts in bitext.forms.items() if counts.total() < RARE_COMPOUND}
    for english, danish, source in rows:
        runs = english_runs(english)
        words = [word for run in runs for word in run]
        units = words + [pair for pair in neighbours(runs) if pair in common]
        known = source.startswith("msdocs") and all(seen[unit] >= ENOUGH for unit in units)
        other = danish_units(danish_words(danish), () if len(words) <= 2 else rare)
        if 0 < len(words) <= LONGEST and 0 < len(other) <= 2 * LONGEST and not known:
            seen.update(units)
            bitext.english.add(units)
            bitext.danish.add(other)
            bitext.weights.append(WEIGHTS.get(source, BUSINESS))
    return bitext


def neighbours(runs: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield each two neighbours as one unit."""
    for run in runs:
        for first, second in pairwise(run):
            if first != second:
                yield f"{first} {second}"


def frequent_pairs(rows: Iterable[Row]) -> set[str]:
    """Give the neighbours that are a term by themselves, or stand together far more often than by chance.

    The latter by normalised pointwise mutual information (Bouma 2009).
    """
    together, alone, found = Counter[str](), Counter[str](), set[str]()
    for english, _, source in rows:
        runs = english_runs(english)
        alone.update(word for run in runs for word in run)
        pairs = list(neighbours(runs))
        together.update(pairs)
        if len(pairs) == len(runs) == 1 and not source.startswith("msdocs"):
            found.add(pairs[0])
    total = alone.total()
    for pair, count in together.items():
        first, second = pair.split(" ")
        information = np.log(count * total / (alone[first] * alone[second])) / -np.log(count / total)
        if count >= PAIR_SENTENCES and information >= PAIR_PMI:
            found.add(pair)
    return found


class Cells:
    """Every English token beside every Danish token of its sentence."""

    def __init__(self, bitext: Bitext) -> None:
        english, danish = bitext.english, bitext.danish
        self.tokens_e, self.tokens_d = np.array(english.tokens), np.array(danish.tokens)
        per_token = np.repeat(danish.lengths, english.lengths)
        starts = np.cumsum(danish.lengths) - danish.lengths
        self.at_e = np.repeat(np.arange(len(self.tokens_e)), per_token)
        within = np.arange(len(self.at_e)) - np.repeat(np.cumsum(per_token) - per_token, per_token)
        self.at_d = np.repeat(np.repeat(starts, english.lengths), per_token) + within
        self.weight = np.repeat(np.repeat(bitext.weights, english.lengths), per_token)
        keys = self.tokens_e[self.at_e] * np.int64(len(danish.numbers)) + self.tokens_d[self.at_d]
        unique, self.pair = np.unique(keys, return_inverse=True)
        self.english, self.danish = np.divmod(unique, len(danish.numbers))

    def expect(self, chance: Floats, at: Ints, tokens: Ints, mass: Floats, given: Floats) -> Floats:
        """Run EM from p(made | given) = `chance`, one a pair, and return the cells' posteriors.

        A posterior is the chance that, of all `given` tokens of the sentence and none of them, this one made
        the token at `at`; `mass` counts the made units, `given` holds the given unit's mass for each pair.
        """
        by_none = (mass / mass.sum())[tokens]
        for turn in range(ROUNDS):
            value = chance[self.pair]
            posterior: Floats = value / (_sums(at, value, len(tokens)) + by_none)[at]
            if turn < ROUNDS - 1:
                chance = _sums(self.pair, posterior * self.weight) / (given + SMOOTHING)
        return posterior


def align(bitext: Bitext) -> Aligned:
    """Train both directions, from Dice's coefficient, and count where they agree."""
    weights = np.array(bitext.weights)
    mass_e, mass_d = bitext.english.mass(weights), bitext.danish.mass(weights)
    cells = Cells(bitext)
    given_e, given_d = mass_e[cells.english], mass_d[cells.danish]
    dice = 2 * _sums(cells.pair, cells.weight) / (given_e + given_d)
    forth = cells.expect(dice, cells.at_d, cells.tokens_d, mass_d, given_e)
    back = cells.expect(dice, cells.at_e, cells.tokens_e, mass_e, given_d)
    both = np.sqrt(forth * back)
    count = _sums(cells.pair, both * cells.weight)
    sentences = _sums(cells.pair, both * (1 + (cells.weight >= TERM)))
    return Aligned(cells.english, cells.danish, count, sentences, mass_e, mass_d)
