"""Which body a name means: minutes print "Byråd 2022-2025", people write "byrådet" or "the city council"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import NamedTuple

from semsearch.text.normalise import slug
from semsearch.text.patterns import LazyPattern

Words = tuple[str, ...]
_TERM = LazyPattern(
    r"(?:^|-)(?:(?:valg)?perioden?-)?(?P<first>(?:19|20)\d\d)(?:-(?P<last>(?:(?:19|20)?\d\d)))?(?=-|$)"
)
_ENDING = LazyPattern(
    r"(?:(?<=[a-z]{4})(?:(?<!els)en|(?<=else)n|et)|(?<=isk)e|(?<=al)e)?(?:(?<=[a-z]{3})s)?$"
)
_COMPOUND = LazyPattern(r"(?P<subject>.{4,}?)s?(?P<head>udvalg|raad)")
_JOINING = frozenset({"og", "and", "s"})  # "s": of "children's"
_ARTICLES = frozenset({"det", "den", "the"})
# Names of the same body, in every municipality. The law's word is kommunalbestyrelse; most call theirs byråd.
_SAME = (
    frozenset(
        {
            ("byraad",),
            ("kommunalbestyrelse",),
            ("council",),
            ("city", "council"),
            ("town", "council"),
            ("municipal", "council"),
        }
    ),
    frozenset({("direktion",), ("executive", "board"), ("executive", "management")}),
)
_HEADS = {"committee": "udvalg", "council": "raad"}
# What committees are for, as the words in which a Danish name may say it begin.
_SUBJECTS = {
    "finance financial economic economy": "oekonomi",
    "technical technology": "tekni",
    "environment environmental": "miljoe",
    "nature": "natur",
    "climate": "klima",
    "planning": "plan",
    "traffic transport": "trafik",
    "housing": "bolig",
    "culture cultural": "kultur",
    "leisure": "fritid",
    "sport": "idraet",
    "children child": "boern",
    "youth": "ung",
    "school": "skole",
    "education": "uddannelse undervisning",
    "social": "social",
    "health": "sundhed",
    "care": "omsorg",
    "disability": "handicap",
    "elderly senior": "aeldre senior",
    "employment": "beskaeftigelse arbejdsmarked",
    "integration": "integration",
    "business": "erhverv",
}


class _Body(NamedTuple):
    words: Words  # of its name, without article, "og", term and definite endings; as in slugs
    first: int | None = None  # years of its term
    last: int | None = None

    def in_term(self, other: _Body) -> bool:
        """Whether the term of `other`, if it names one, lies within its own."""
        if other.first is None or other.last is None:
            return True
        return bool(self.first and self.last and self.first <= other.first and other.last <= self.last)


def bodies_called(name: str, bodies: Mapping[str, str]) -> frozenset[str]:
    """Return which of `bodies` (slug -> name as printed) a name means, by the first way in which any match.

    The ways: those called so, be it in several terms; those that are the same by law ("kommunalbestyrelsen",
    "city council"); those with words that begin like the words of the name ("Kultur", "kulturudvalget" or
    "culture committee" for Kultur- og Fritidsudvalget), first those of no more words; those that hold its
    letters anywhere. The name is ambiguous where the result is not of one body; none is meant: empty.

    >>> sorted(bodies_called("Byrådet", {"byraad-2022-2025": "Byråd 2022-2025", "aeldreraad": "Ældreråd"}))
    ['byraad-2022-2025']
    """
    wanted = _body(name)
    prefixes, head = _subjects(wanted.words)
    known = {one: body for one, printed in bodies.items() if (body := _body(printed)).in_term(wanted)}
    ways: tuple[Callable[[Words], bool], ...] = (
        lambda words: words == wanted.words,
        lambda words: words in _same(wanted.words),
        lambda words: len(words) == len(prefixes) and _begin(words, prefixes, head),
        lambda words: _begin(words, prefixes, head),
        lambda words: "-".join(wanted.words) in "-".join(words),
    )
    for way in ways if wanted.words else ():
        if found := frozenset(one for one, body in known.items() if way(body.words)):
            return found
    return frozenset()


def bodies_in(text: str, bodies: Mapping[str, str]) -> frozenset[str]:
    """Return which of `bodies` (slug -> name as printed) a text names in full, the longest names first.

    English names count where they mean one body: "the council", "the culture and leisure committee".
    """
    rest, found = _words(text), set[str]()
    called: dict[Words, set[str]] = {}
    for one, printed in bodies.items():
        own = _body(printed).words
        for name in {own, *_same(own)} - {()}:
            called.setdefault(("the", *name) if name == ("council",) else name, set()).add(one)
    for name in sorted(called, key=lambda words: len("-".join(words)), reverse=True):
        shorter = _without(rest, name)
        if shorter != rest:
            found |= called[name]
            rest = shorter
    for english in _english_committees(rest):
        meant = bodies_called(english, bodies)
        found |= meant if is_one_body(meant, bodies) else set()
    return frozenset(found)


def is_one_body(found: frozenset[str], bodies: Mapping[str, str]) -> bool:
    """Return whether slugs are those of one body, be it in several terms."""
    return len({_body(bodies[one]).words for one in found}) == 1


def bodies_like(name: str, bodies: Mapping[str, str], *, most: int = 5) -> list[str]:
    """Return the printed names most like a name, the most like first."""
    slugs = get_close_matches("-".join(_body(name).words), bodies, n=most, cutoff=0.0)
    return list(dict.fromkeys(bodies[one] for one in slugs))


@lru_cache(maxsize=4096)
def _body(name: str) -> _Body:
    whole = slug(name)
    term = _TERM.now.search(whole)
    words = _words(_TERM.now.sub("", whole))
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    if term is None or not words:
        return _Body(words or tuple(filter(None, whole.split("-"))))
    first = int(term["first"])
    last = term["last"] or term["first"]
    return _Body(words, first, int(last) if len(last) > 2 else first // 100 * 100 + int(last))


def _words(text: str) -> Words:
    words = (_ENDING.now.sub("", word) for word in slug(text).split("-") if word not in _JOINING)
    return tuple(word for word in words if word)


def _same(name: Words) -> frozenset[Words]:
    return next((names for names in _SAME if name in names), frozenset())


@cache
def _danish() -> dict[str, Words]:
    """Return how the Danish words for what a committee is for begin, by the English ones."""
    return {
        english: tuple(danish.split()) for names, danish in _SUBJECTS.items() for english in _words(names)
    }


def _subjects(words: Words) -> tuple[list[Words], str]:
    """Return how the words of a name that say what a body is for begin, and what kind of body it is."""
    if not words:
        return [], ""
    danish, head = _danish(), _HEADS.get(words[-1], "")
    english = words[:-1] if head else words
    if all(word in danish for word in english):
        return [danish[word] for word in english], head
    if words[-1] in _HEADS.values():
        return [(word,) for word in words[:-1]], words[-1]
    if compound := _COMPOUND.now.fullmatch(words[-1]):
        words, head = (*words[:-1], compound["subject"]), compound["head"]
    return [(word,) for word in words], head


def _begin(words: Words, prefixes: list[Words], head: str) -> bool:
    """Whether each prefix (or what it may also be) begins a word, and the last word is of the kind."""
    begun = [any(word.startswith(prefix) for word in words) for prefix in prefixes]
    return bool(begun) and all(begun) and bool(words) and words[-1].endswith(head)


def _without(words: Words, run: Words) -> Words:
    """Return words with each run of them blanked, so that what stood beside it does not become one."""
    kept, place = list[str](), 0
    while place < len(words):
        found = words[place : place + len(run)] == run
        kept.append("" if found else words[place])
        place += len(run) if found else 1
    return tuple(kept)


def _english_committees(words: Words) -> list[str]:
    """Return the names like "culture leisure committee" that stand in words."""
    found = []
    for end in (place for place, word in enumerate(words) if word == "committee"):
        start = end
        while start and words[start - 1] in _danish():
            start -= 1
        if start < end:
            found.append(" ".join(words[start : end + 1]))
    return found
