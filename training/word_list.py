"""Make the word lists of `semsearch/text/data` from open data.

    python training/word_list.py MODEL_DATA      (the folder with folketinget.jsonl.gz and en-da.tsv.gz)

Only words seen in lower case count, which leaves names out: Danish writes all other nouns so. Sources with a
share-alike or unclear licence are not read. `danish.gz` holds one line per power of two of the count,
`english.gz` a line of words that say English and one of words that say neither language.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")
DANISH = re.compile(r"(?=.*[aeiouyæøå])[a-zæøåé]{2,}")
NOT_READ = {"cdt", "terms.wiktionary"}
BY_HAND = Path(__file__).with_name("danish_words.txt")
TARGET = Path(__file__).parents[1] / "semsearch" / "text" / "data"


class Counts:
    """How often each word stands in lower case, and capitalised, in one source."""

    def __init__(self) -> None:
        self.lower: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()

    def read(self, text: str) -> None:
        """Count the words of `text`."""
        for word in WORD.findall(unicodedata.normalize("NFC", text)):
            (self.lower if word.islower() else self.capital)[word.lower()] += 1

    def add(self, other: Counts) -> None:
        """Add the counts of another source."""
        self.lower.update(other.lower)
        self.capital.update(other.capital)


def speeches(folder: Path) -> Iterator[str]:
    """Yield the paragraphs of the parliament's transcripts."""
    with gzip.open(folder / "folketinget.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (source, english, danish) of the sources that may be read."""
    with gzip.open(folder / "en-da.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            english, danish, source = line.rstrip("\n").split("\t")
            if source not in NOT_READ:
                yield source, english, danish


def chosen(parliament: Counts, danish: Counts, english: Counts) -> dict[str, float]:
    """Give the words to keep with a count in which business documentation weighs less than speech."""
    words = {}
    for word in set(parliament.lower) | set(danish.lower):
        spoken, written = parliament.lower[word], danish.lower[word]
        if not DANISH.fullmatch(word) or parliament.capital[word] > 2 * (spoken + written):
            continue
        if danish.capital[word] > 6 * (spoken + written) or (len(word) < 5 and spoken < 2):
            continue
        if spoken < 2 and english.lower[word] + english.capital[word] >= written / 3:
            continue
        if spoken >= 3 or (spoken and written > 1) or written > 5:
            words[word] = spoken + min(written, 4 * spoken + math.sqrt(written))
    for word in BY_HAND.read_text(encoding="utf-8").split():
        words[word] = max(16, words.get(word, 0))
    return words


def signs(danish: Counter[str], english: Counter[str]) -> tuple[list[str], list[str]]:
    """Give the words far commoner in English than in Danish, and those common in both."""
    ours, theirs = sum(danish.values()), sum(english.values())
    clear, unclear = [], []
    for word, count in english.items():
        if count >= 3 and re.fullmatch("[a-z]{2,16}", word):
            ratio = (count / theirs) / ((danish[word] + 0.2) / ours)
            if ratio > 8:
                clear.append(word)
            elif ratio > 1 / 16:
                unclear.append(word)
    return sorted(clear), sorted(unclear)


def write(name: str, lines: list[list[str]]) -> None:
    """Write a list of words a line, compressed, and say how large it is."""
    data = gzip.compress("\n".join(map(" ".join, lines)).encode(), 9, mtime=0)
    (TARGET / name).write_bytes(data)
    print(f"{name}: {sum(map(len, lines)):,} words, {len(data):,} bytes")


def main(folder: Path) -> None:
    """Read the sources and write both lists."""
    parliament, danish, english = Counts(), Counts(), Counts()
    mild_danish: Counter[str] = Counter()
    mild_english: Counter[str] = Counter()
    for text in speeches(folder):
        parliament.read(text)
    for source, group in groupby(sorted(pairs(folder)), key=itemgetter(0)):
        here, there = Counts(), Counts()
        for _, one, other in group:
            there.read(one)
            here.read(other)
        danish.add(here)
        english.add(there)
        power = 0.5 if source.startswith("msdocs") else 1.0
        mild_danish.update({word: round(count**power) for word, count in here.lower.items()})
        mild_english.update({word: round(count**power) for word, count in there.lower.items()})
    bands: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in chosen(parliament, danish, english).items():
        bands[int(math.log2(max(1, count)))].append(word)
    write("danish.gz", [sorted(bands[band]) for band in range(max(bands) + 1)])
    write("english.gz", list(signs(mild_danish + parliament.lower, mild_english)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
