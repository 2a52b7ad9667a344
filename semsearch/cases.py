"""A case's way through the meetings: who recommended, who decided, which decision stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from semsearch.catalog import ItemRow
from semsearch.errors import NotFound
from semsearch.index import Index
from semsearch.outcomes import own_span, role_of
from semsearch.records import Filters, Outcome, OutcomeKind, SectionKind
from semsearch.text import STOPWORDS_DA, analyse, case_key, slug
from semsearch.text.patterns import LazyPattern

LIKE = 0.7  # similarity from which another number is suggested
SUGGESTED = 3
TELLING_WORDS = 5  # besides the formulas; with fewer a decision says nothing without what it refers to
_WORD = LazyPattern(r"(?<![\w-])[a-zæøå][a-zæøå-]{2,}")
ALIKE = 0.3  # share of title words that treatments of one matter have in common
STEPS = 3  # a decision follows another that follows a third ...
_REFERS = LazyPattern(
    r"(?P<body>[A-ZÆØÅ][\w-]*(?:,? (?:og |- og )?[A-ZÆØÅ][\w-]*)*?(?:udvalget|udvalg|rådet"
    r"|direktionen|direktion))s?\s(?:indstilling|anbefaling)"
)
_FORMULA = LazyPattern(
    r"(?:godken|anbefal|indstil|tiltr|vedtag|vedtog|stem|undlod|undlad|imod|punkt|pkt|overfor|udvalg|byråd|administration"
    r"|direktion|efterretning|taget|tages|orientering|drøft|sag(?:en)?$|enig|enstemmig|beslut|forslag|deltog|inhabil"
    r"|behandling|følg|kan$)"
)


@dataclass(frozen=True, slots=True)
class Treatment:
    """One body's treatment of a case.

    `role` is what the body did for the case: decides, recommends, notes, postpones, refers or other;
    `standing` marks the last treatment that decided. `start:end` is its own decision in the document's
    text, without absences and what earlier bodies decided; 0:0 and no `decision` where none is printed.
    `recommendation` is what a standing decision refers to that does not say it itself ("Godkendt.").
    """

    item: ItemRow
    role: str = "other"
    standing: bool = False
    decision: str | None = None
    start: int = 0
    end: int = 0
    recommendation: str | None = None


def case_of(index: Index, number: str) -> list[Treatment]:
    """Return the treatments of a case, oldest first; `number` may be written in any way.

    Raises:
        NotFound: the index holds no such case; the nearest numbers are suggested.
    """
    key = case_key(number)
    items = index.catalog.items("i.case_key = ?", [key]) if key else []
    if not items:
        like = _like(index, key) if key else []
        hint = "semsearch search finds a case by its title"
        if like:
            hint = f"did you mean {' or '.join(like)}?"
        raise NotFound(f"no case {number.strip()} in the index", hint)
    return [_explained(index, one) for one in marked([treatment(index, item) for item in items])]


def matching(index: Index, filters: Filters) -> list[ItemRow]:
    """Return the items the filters admit, the newest meeting first."""
    items = [index.catalog.item(*key) for key in index.catalog.admitted(filters)]
    return sorted(items, key=lambda item: (-item.meeting.date.toordinal(), item.meeting.id, item.ordinal))


def treatments(index: Index, item: ItemRow) -> list[Treatment]:
    """Return every treatment of an item's case, oldest first; the item alone where it has no case."""
    if not item.case_number:
        return [treatment(index, item)]
    items = index.catalog.items("i.case_key = ?", [case_key(item.case_number)])
    return marked([treatment(index, one) for one in items or [item]])


def treatment(index: Index, item: ItemRow) -> Treatment:
    """Return what a body did with an item; whether it stands takes its whole case to tell, see `marked`."""
    span = decision_span(index, item)
    if span is None:
        return Treatment(item)
    outcome = Outcome(item.outcome or OutcomeKind.UNKNOWN, words=item.outcome_details.get("words", ""))
    text = index.catalog.text(item.meeting.document)
    return Treatment(item, role_of(outcome), item.standing, text[slice(*span)], *span)


def marked(found: Sequence[Treatment]) -> list[Treatment]:
    """Mark the treatment whose decision stands: of a case's, oldest first, the last that decides."""
    last = max((place for place, one in enumerate(found) if one.role == "decides"), default=-1)
    return [replace(one, standing=place == last) for place, one in enumerate(found)]


def followed(index: Index, item: ItemRow) -> list[Treatment]:
    """Return the treatments whose decision an item's decision follows, the latest first.

    "Byrådet godkendte Økonomiudvalgets indstilling" follows that committee's, which may follow another's.
    """
    chain = [treatment(index, item)]
    while len(chain) <= STEPS:
        advice = _referred_to(index, chain[-1])
        if advice is None or advice.item.id in {one.item.id for one in chain}:
            break
        chain.append(advice)
    return chain[1:]


def is_overruled(chain: Sequence[Treatment]) -> bool:
    """Return whether bodies whose advice was followed turned the administration's recommendation down."""
    return any(one.item.outcome is OutcomeKind.REJECTED for one in chain)


def _referred_to(index: Index, one: Treatment) -> Treatment | None:
    """Return the last earlier treatment of the same matter by the body whose advice a decision follows."""
    match = _REFERS.now.search(one.decision or "")
    if match is None:
        return None
    body = slug(match["body"]).removesuffix("et")
    before = [
        other
        for other in treatments(index, one.item)
        if other.item.meeting.date <= one.item.meeting.date
        and body in other.item.meeting.slug
        and other.item.id != one.item.id
        and other.decision
        and title_likeness(one.item, other.item) >= ALIKE
    ]
    return max(
        before,
        key=lambda other: (other.item.meeting.date, title_likeness(one.item, other.item)),
        default=None,
    )


def title_likeness(item: ItemRow, other: ItemRow) -> float:
    """Return the share of title words that two items have in common: a case may gather several matters."""
    own, theirs = set(analyse(item.title).stems), set(analyse(other.title).stems)
    return 1.0 if item.id == other.id else len(own & theirs) / max(1, len(own | theirs))


def _explained(index: Index, one: Treatment) -> Treatment:
    """Add the recommendation that a standing decision refers to, where that does not say it itself."""
    if not one.standing or one.decision is None or tells_all(one.item, one.decision):
        return one
    if is_overruled(followed(index, one.item)):
        return one
    span = section_span(index, one.item, SectionKind.RECOMMENDATION)
    text = span and index.catalog.text(one.item.meeting.document)[slice(*span)]
    return replace(one, recommendation=text or None)


def tells(decision: str) -> bool:
    """Return whether a decision says what was decided, not only that something was."""
    words = {
        word
        for word in _WORD.now.findall(decision)
        if not _FORMULA.now.match(word) and word not in STOPWORDS_DA
    }
    return len(words) >= TELLING_WORDS


def tells_all(item: ItemRow, decision: str) -> bool:
    """Return whether a decision says what was decided besides its reservation ("Godkendt, idet ...")."""
    reservation = item.outcome_details.get("reservation")
    return tells(decision.replace(reservation, "") if reservation else decision)


def decision_span(index: Index, item: ItemRow) -> tuple[int, int] | None:
    """Return where this body's own decision stands in the document's text; None where none is printed."""
    section = next((one for one in item.sections if one.kind is SectionKind.DECISION), None)
    if section is None or item.closed:
        return None
    text = index.catalog.text(item.meeting.document)
    start, end = own_span(text[section.body_start : section.end])
    return (section.body_start + start, section.body_start + end) if end > start else None


def section_span(index: Index, item: ItemRow, kind: SectionKind) -> tuple[int, int] | None:
    """Return where an item's first section of a kind stands, without heading and blanks; None without one."""
    section = next((one for one in item.sections if one.kind is kind), None)
    if section is None:
        return None
    body = index.catalog.text(item.meeting.document)[section.body_start : section.end]
    start = section.body_start + len(body) - len(body.lstrip())
    end = section.body_start + len(body.rstrip())
    return (start, end) if end > start else None


def _like(index: Index, key: str) -> list[str]:
    """Return the case numbers spelled most like a key."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    numbers = index.catalog.case_numbers()
    found = extract(key, list(numbers), scorer=OSA.normalized_similarity, score_cutoff=LIKE, limit=SUGGESTED)
    return [numbers[match] for match, _, _ in found]
