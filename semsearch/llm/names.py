"""Words with a capital that a model wrote, against the names its quotes hold."""

from __future__ import annotations

import re
from itertools import pairwise

from semsearch.lexicon import Lexicon
from semsearch.text import LIGHT, STOPWORDS_DA, STOPWORDS_EN, normalise, stem, tokenise
from semsearch.text.analysis import terms_of
from semsearch.text.compounds import shipped_words
from semsearch.text.languages import is_listed

_WORD = re.compile(r"[^\W\d_][\w'’&./-]*")
_INFLECTED = re.compile(r"\w{3,}(?:en|et|ne|te|de|ing|ed|ly|s)")
_LONGER_THAN_NAMES = 6  # letters; common words that are names, too, are short: Bo, Sten, Rose, Grant
_POLITE = {"i", "de", "dem", "deres"}
_FREQUENT = 10  # band of the shipped Danish words from which a word is hardly ever somebody's name ...
_ALSO_NAMES = {"hans", "jo", "liv", "may", "mia", "per", "will"}  # ... but these are, of the common words
# What a translation may call bodies and places that the quotes name in Danish.
_CIVIC = frozenset(
    """the a an city town municipal municipality council councils committee committees board executive
    administration management mayor denmark danish english dkk kr kroner million billion item case point
    points byrådet byråd kommunen kommune udvalget administrationen direktionen danmark dansk sagen
    punkt monday tuesday wednesday thursday friday saturday sunday""".split()
)
_OPENING = (
    STOPWORDS_DA
    | STOPWORDS_EN
    | LIGHT["mixed"]
    | set(
        "cirka deraf dertil derudover endvidere furthermore heraf hertil ifølge moreover today total".split()
    )
) - _ALSO_NAMES


def strange_name(said: str, ground: str, *, english: bool) -> str | None:
    """Return the first name that is not in `ground`: a word with a capital, or two names set together."""
    words = {word for word, _, _ in tokenise(ground)}
    stems = {stem(word) for word in words | _CIVIC}
    names = [match for match in _WORD.finditer(said) if not match.group().islower()]
    for match in names:
        word = _plain(match)
        if word in _ALSO_NAMES:
            known = word.capitalize() in re.findall(r"\w+", ground)
        else:
            pieces = [piece for piece in re.split(r"[-/&.']", word) if piece]
            known = all(piece in words or _has_stem(piece, stems) for piece in pieces)
            known = known or {token for token, _, _ in tokenise(match.group())} <= words  # "HTKs"
        if not (known or _is_common(said, match) or (english and _is_translated(word, ground))):
            return match.group().rstrip(".")
    flat = " ".join(normalise(ground).split())
    for first, last in pairwise(names):
        together = said[first.end() : last.start()].isspace() and _is_proper(first) and _is_proper(last)
        if together and f"{_plain(first)} {_plain(last).removesuffix('s')}" not in flat:
            return f"{first.group()} {last.group()}"
    return None


def _has_stem(word: str, stems: set[str]) -> bool:
    """Whether a word is a form of one that is there; "Jensen", with the stem of "Jens", is none of it."""
    return stem(word) in stems and not word.endswith("sen")


def _plain(match: re.Match[str]) -> str:
    return normalise(match.group()).strip(".'/-").removesuffix("'s")


def _is_proper(match: re.Match[str]) -> bool:
    """Whether a word is a name and nothing else."""
    word = _plain(match)
    return not (is_listed(word) or word in _CIVIC or word in _OPENING)


def _is_common(said: str, match: re.Match[str]) -> bool:
    """Whether a word has its capital only because a sentence begins with it.

    The lists of words hold few names; those they hold are short, bare and rare ("Sten", "Rose", "Lund").
    """
    word, before = _plain(match), said[: match.start()].rstrip(" \"'“”»(*-")
    if word in _POLITE or (before and not before.endswith(":")):
        return word in _POLITE
    if word in _OPENING or re.match(r"\s+[^\W\d_a-zæøå]", said[match.end() :]):
        return word in _OPENING
    bare = len(word) <= _LONGER_THAN_NAMES and not _INFLECTED.fullmatch(word)
    frequent = shipped_words().get(word, 0) >= _FREQUENT
    listed = is_listed(word) or is_listed(word.removesuffix("s"))
    return listed and (frequent or not bare) and word not in _ALSO_NAMES


def _is_translated(word: str, ground: str) -> bool:
    """Whether an English word says what `ground` says in Danish ("Health" of the Sundhedsudvalg)."""
    found = Lexicon.open().translate([word])
    return any(stem(danish) in terms_of(ground) for entry in found for danish, _ in entry.alternates)
