"""Whether what a model wrote stands in the quotes it cites: its numbers, names, addresses and language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from semsearch.llm.names import strange_name
from semsearch.llm.prompt import is_english
from semsearch.llm.quantities import blank, case_keys, date_keys, grounds, item_keys, quantities
from semsearch.records import Quote
from semsearch.text import language, sentences

MAX_CHARS = 2_000
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})*)\]")
_FOREIGN = re.compile(r"https?:|www\.|\]\(|<[a-z!/]|\w@\w|```", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_DOTTED = re.compile(r"(?<![\w-])[\w-]+\.[^\W\d_]{2,}")
_ABBREVIATIONS = {"f.eks", "m.fl", "o.lign", "mio.kr", "mia.kr", "t.kr"}
_NEXT = re.compile(r"(?<=\])\s+(?=[^\W\d_])(?=\S*[A-ZÆØÅ])")
_MARK = re.compile(r"^\s*(?:[-–•*]|\d[.)](?=\s+[A-ZÆØÅ]))\s+")
_SQUARE = re.compile(r"(?<=m)[²³]")


def fault_of(written: str, question: str, quotes: Sequence[Quote]) -> str:
    """Return what is wrong with a text, or "" where each sentence is borne out by the quotes it cites.

    Wrong is a sentence that does not end with a citation, or has no words beside it, or is not in the
    question's language; a citation of no quote; a number, in figures or words, that is not in the text or
    title of a quote it cites, or a name that is not there nor in the committee's; a link or markup; and great
    length. The meeting's date, the case number and the item's number may be told, as the wholes they are.
    """
    if len(written) > MAX_CHARS:
        return f"wrote more than {MAX_CHARS} characters"
    if _FOREIGN.search(_unify(written)) or _CONTROL.search(written):
        return "wrote a link or markup"
    english = is_english(question)
    faults = (_fault_of_sentence(sentence, quotes, english=english) for sentence in _sentences(written))
    return next(filter(None, faults), "")


def _sentences(written: str) -> Iterator[str]:
    """Yield sentences, each with the citations that follow its stop ("... kr. [1]")."""
    held = ""
    parts = (part for start, end in sentences(written) for part in _NEXT.split(written[start:end]))
    for part in parts:
        leading = re.match(r"(?:\[\d[\d\s,;]*\]\s*)+", part)
        if held and leading:
            held, part = f"{held} {leading.group()}", part[leading.end() :]
        if part.strip(" .*-"):
            if held:
                yield held
            held = part
    if held:
        yield held


def _fault_of_sentence(sentence: str, quotes: Sequence[Quote], *, english: bool) -> str:
    citations = list(_CITED.finditer(sentence))
    if not citations:
        return "wrote a sentence that cites no quote"
    numbers = {int(number) for match in citations for number in re.findall(r"\d+", match[1])}
    unknown = sorted(number for number in numbers if not 1 <= number <= len(quotes))
    if unknown:
        return f"cited quote {unknown[0]}, which does not exist"
    if re.search(r"\w", sentence[citations[-1].end() :]):
        return "wrote words that no citation follows"
    said = _MARK.sub("", _CITED.sub(" ", sentence), count=1)
    if not re.search(r"[^\W\d_]", said):
        return "cited a quote without a word"
    if language(said, silent="en" if english else "da") == ("da" if english else "en"):
        return f"did not answer in {'English' if english else 'Danish'}"
    return _strange(said, [quotes[number - 1] for number in sorted(numbers)], english=english)


def _strange(said: str, cited: Sequence[Quote], *, english: bool) -> str:
    """Return what of a sentence is not in the quotes it cites, or ""."""
    printed = "\n\n".join(text for quote in cited for text in (quote.item_title, quote.text))
    text, plain = _unify(printed), _unify(said)
    known = grounds(text) | {key for quote in cited for key in _header_keys(quote)}
    found = list(quantities(plain, english=english))
    strange = [plain[start:end].strip(" .") for keys, _, start, end in found if not keys & known]
    strange += [sign for sign in _SQUARE.sub("", said) if _is_odd_digit(sign) and sign not in printed]
    if strange:
        return f"wrote the number {strange[0]}, which stands in no quote it cites"
    plain = blank(plain, found)
    if any(_is_address(match.group().lower(), text.lower()) for match in _DOTTED.finditer(plain)):
        return "wrote a link or markup"
    name = strange_name(plain, "\n".join([text, *(quote.committee for quote in cited)]), english=english)
    return f"wrote the name {name}, which stands in no quote it cites" if name else ""


def _unify(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_odd_digit(sign: str) -> bool:
    """Whether a character is a number but none of 0-9: "⁰", "½", a digit of another script."""
    return sign.isnumeric() and not sign.isascii()


def _header_keys(quote: Quote) -> set[str]:
    """Return what of a quote's header may be told: its numbers as the wholes they are."""
    case = case_keys(quote.case_number) if quote.case_number else set()
    return date_keys(quote.meeting_date) | item_keys(quote.item_number) | case


def _is_address(dotted: str, ground: str) -> bool:
    """Whether "word.word" is neither in the quotes nor an abbreviation, and no date ("1.januar")."""
    return not (dotted in ground or dotted in _ABBREVIATIONS or dotted.partition(".")[0].isdigit())
