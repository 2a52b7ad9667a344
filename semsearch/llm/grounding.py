"""Whether what a model wrote stands in the quotes it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semsearch.llm.prompt import header
from semsearch.records import Quote
from semsearch.text import MONTHS, STOPWORDS_DA, STOPWORDS_EN, language, normalise, sentences, stem, tokenise
from semsearch.text.compounds import shipped_words

MAX_CHARS = 2_000
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})*)\]")
_FOREIGN = re.compile(r"https?:|www\.|\]\(|<[a-z!/]|\w@\w|```", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_DIGITS = re.compile(r"\d+(?:[.,/-]\d+)*")
_NAME = re.compile(r"(?<![\w-])[A-ZÆØÅ][\w'’&./-]*")
_SPELLED = {
    word: number
    for number, words in {
        2: "to two", 3: "tre three", 4: "fire four", 5: "fem five", 6: "seks six", 7: "syv seven",
        8: "otte eight", 9: "ni nine", 10: "ti ten", 11: "elleve eleven", 12: "tolv twelve",
        13: "tretten thirteen", 14: "fjorten fourteen", 15: "femten fifteen", 16: "seksten sixteen",
        17: "sytten seventeen", 18: "atten eighteen", 19: "nitten nineteen", 20: "tyve twenty",
        30: "tredive thirty", 40: "fyrre forty", 50: "halvtreds fifty", 60: "tres sixty",
        70: "halvfjerds seventy", 80: "firs eighty", 90: "halvfems ninety", 100: "hundrede hundred",
        1000: "tusind tusinde thousand", 10**6: "million millioner millions",
        10**9: "milliard milliarder billion",
    }.items()
    for word in words.split()
}  # fmt: skip
_AMBIGUOUS = {"to", "fire", "ti", "tres", "ni"}  # English "to", "fire": words of their own
# What a translation may call bodies and places that the quotes name in Danish.
_CIVIC = frozenset(
    """the a an city town municipal municipality council councils committee committees board executive
    administration management mayor denmark danish english dkk kr kroner million billion item case point
    points byrådet byråd kommunen kommune udvalget administrationen direktionen danmark dansk sagen
    punkt""".split()
)


def fault_of(written: str, question: str, quotes: Sequence[Quote]) -> str:
    """Return what is wrong with a text, or "" where each sentence is borne out by the quotes it cites.

    Wrong is a sentence without a citation, a citation of no quote, a number, name or spelled number that
    stands in none of the cited quotes (or, for names, the question), a link or markup, and great length.
    """
    if len(written) > MAX_CHARS:
        return f"wrote more than {MAX_CHARS} characters"
    if _FOREIGN.search(written) or _CONTROL.search(written):
        return "wrote a link or markup"
    for sentence in _sentences(written):
        fault = _fault_of_sentence(sentence, question, quotes)
        if fault:
            return fault
    return ""


def _sentences(written: str) -> Iterator[str]:
    """Yield sentences, each with the citations that follow its stop ("... kr. [1]")."""
    held = ""
    for start, end in sentences(written):
        part = written[start:end]
        leading = re.match(r"(?:\[\d[\d\s,;]*\]\s*)+", part)
        if held and leading:
            held, part = f"{held} {leading.group()}", part[leading.end() :]
        if part.strip(" .*-"):
            if held:
                yield held
            held = part
    if held:
        yield held


def _fault_of_sentence(sentence: str, question: str, quotes: Sequence[Quote]) -> str:
    numbers = {int(number) for group in _CITED.findall(sentence) for number in re.findall(r"\d+", group)}
    if not numbers:
        return "wrote a sentence that cites no quote"
    unknown = sorted(number for number in numbers if not 1 <= number <= len(quotes))
    if unknown:
        return f"cited quote {unknown[0]}, which does not exist"
    cited = [quotes[number - 1] for number in sorted(numbers)]
    ground = "\n".join(f"{header(quote)}\n{quote.text}" for quote in cited)
    said = _CITED.sub(" ", sentence)
    number = _strange_number(said, ground)
    if number:
        return f"wrote the number {number}, which stands in no quote it cites"
    name = _strange_name(said, f"{ground}\n{question}")
    return f"wrote the name {name}, which stands in no quote it cites" if name else ""


def _strange_number(said: str, ground: str) -> str | None:
    """Return the first number that is not in `ground`, in figures or in words."""
    known = {word for word, _, _ in tokenise(ground)}
    tokens = tokenise(said)
    for match in _DIGITS.finditer(said):
        over = [word for word, start, end in tokens if start <= match.start() and match.end() <= end]
        if not any(word in known for word in over):
            return str(match.group())
    for word in re.findall(r"[^\W\d_]+", said.lower()):
        value = _SPELLED.get(word)
        if value and word not in _AMBIGUOUS and not _is_known(value, known):
            return str(word)
    return None


def _is_known(value: int, known: set[str]) -> bool:
    if str(value) in known or any(_SPELLED.get(word) == value for word in known):
        return True
    return value >= 10**3 and any(word.endswith("kr") and word[:1].isdigit() for word in known)


def _strange_name(said: str, ground: str) -> str | None:
    """Return the first word with a capital that is neither in `ground` nor a common word."""
    stems = {stem(word) for word, _, _ in tokenise(ground)} | {stem(word) for word in _CIVIC}
    plain = normalise(ground)
    for match in _NAME.finditer(said):
        word = normalise(match.group()).strip(".'/-")
        if not word or word in _CIVIC or word in MONTHS or word in STOPWORDS_DA or word in STOPWORDS_EN:
            continue
        pieces = [piece for piece in re.split(r"[-/&]", word.removesuffix("'s")) if piece]
        if all(piece in plain or stem(piece) in stems for piece in pieces):
            continue
        if _begins(said, match) and _is_common(word):
            continue
        return str(match.group())
    return None


def _begins(said: str, match: re.Match[str]) -> bool:
    """Whether a word has its capital only because a sentence begins with it."""
    alone = re.match(r"\s+[A-ZÆØÅ]", said[match.end() :]) is None
    return alone and not said[: match.start()].strip(" \"'“”»(*-")


def _is_common(word: str) -> bool:
    """Whether a word stands in the lists of Danish and English words, which hold no names."""
    return word in shipped_words() or language(word) == "en"
