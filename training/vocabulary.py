"""Texts -> the tokenizer: whole words by weighted count, and pieces for the words that are not among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE, WordPiece
from tokenizers.normalizers import NFC, Lowercase, Replace, Sequence
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.trainers import BpeTrainer

from semsearch.encoders import MAX_WORD_CHARS

UNKNOWN = "[UNK]"
WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


def count_words(weighted: Iterable[tuple[Iterable[str], float]]) -> Counter[str]:
    """Count words over (texts, weight) groups."""
    total: Counter[str] = Counter()
    for texts, weight in weighted:
        counts = Counter(word for text in texts for word in WORD.findall(text.lower()))
        for word, count in counts.items():
            total[word] += count * weight
    return total


def choose_pieces(counts: Counter[str], size: int, parts: int = 12_000) -> list[str]:
    """Choose `size` pieces: every sign seen 5 times, `parts` frequent parts of words, the commonest words.

    Parts are learned from word types, not running text, so that they are the ones compounds are made of.
    A piece may stand anywhere in a word: "plads" is one vector in "plads" and "børnehaveplads".
    """
    signs = Counter(sign for word, count in counts.items() for sign in word * max(1, round(count)))
    types = [word for word, count in counts.items() if count >= 3 and word.isalpha() and len(word) < 30]
    learner = Tokenizer(BPE())
    learner.train_from_iterator(types, BpeTrainer(vocab_size=parts, min_frequency=8, show_progress=False))
    chosen = dict.fromkeys([UNKNOWN, *sorted(sign for sign, count in signs.items() if count >= 5)])
    chosen |= dict.fromkeys(sorted(learner.get_vocab()))
    numbers = re.compile(r"\d{5,}")
    for word, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if len(chosen) >= size:
            break
        if not numbers.search(word) and len(word) <= 40:
            chosen[word] = None
    return [UNKNOWN, *sorted(chosen.keys() - {UNKNOWN})]


def make_tokenizer(pieces: list[str]) -> Tokenizer:
    """Make the tokenizer: NFC, lower case, blanks and signs apart, then the longest piece from the left."""
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    tokenizer = Tokenizer(
        WordPiece(
            vocabulary,
            unk_token=UNKNOWN,
            continuing_subword_prefix="",
            max_input_chars_per_word=MAX_WORD_CHARS,
        )
    )
    tokenizer.normalizer = Sequence([Replace(Regex("[\x1c-\x1f]"), " "), NFC(), Lowercase()])
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer
