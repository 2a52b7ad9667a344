"""The text of a decision -> what was done, with the words that say so, the votes and who was absent.

A decision is read sentence by sentence. What earlier bodies did, absences, votes, quoted text and what single
parties propose is set aside; of the rest, the main clauses say what was done (`wording` holds the formulas).
Where they differ, these rules name the item:

1. an act on the case (approve, reject, recommend, postpone, refer, withdraw) over noting and discussing,
   these over an orientation given or a remark made, this over a wish or an order, this over "nothing";
2. among acts, approval over recommendation, so that "1.-2. Godkendt. 3. Anbefales." is `approved`: the
   body has decided something; advice for something over a refusal; otherwise the act named first;
3. approval with an addition, or of a part while the rest was rejected or put off, is `approved_amended`.

What a body resolves without naming a proposal ("besluttede, at", "ønsker en sag om", "der udarbejdes et nyt
oplæg") is `approved`: it is the decision. A section that is blank or a lone mark is `no_decision`: the
minutes record none. Text without a known formula is `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semsearch.outcomes.sentences import Sentence, blank, cited_points, list_after, own_part, sentences
from semsearch.outcomes.votes import ABSENT, absences, is_personal, is_proposal, votes_in
from semsearch.outcomes.wording import (
    ADDED,
    ADVICE,
    ASIDE,
    BY_NAME,
    CLAUSE,
    CONDITION,
    INFINITIVE,
    RESERVED,
    TRIGGER,
    WISH,
    Formula,
    Weight,
)
from semsearch.records import Outcome, OutcomeKind, Vote
from semsearch.text.patterns import LazyPattern

__all__ = ["absences", "label", "outcome_of", "own_span", "role_of"]

_LABELS = {
    OutcomeKind.APPROVED: "Approved",
    OutcomeKind.APPROVED_AMENDED: "Approved with changes",
    OutcomeKind.RECOMMENDED: "Recommended to a higher body",
    OutcomeKind.NOTED: "Noted",
    OutcomeKind.DISCUSSED: "Discussed",
    OutcomeKind.POSTPONED: "Postponed",
    OutcomeKind.REFERRED: "Referred or sent back",
    OutcomeKind.REJECTED: "Rejected",
    OutcomeKind.WITHDRAWN: "Withdrawn",
    OutcomeKind.CLOSED: "Closed item",
    OutcomeKind.NO_DECISION: "No decision",
    OutcomeKind.UNKNOWN: "Outcome not recognised",
}
_ROLES = {
    OutcomeKind.APPROVED: "decides",
    OutcomeKind.APPROVED_AMENDED: "decides",
    OutcomeKind.REJECTED: "decides",
    OutcomeKind.RECOMMENDED: "recommends",
    OutcomeKind.NOTED: "notes",
    OutcomeKind.POSTPONED: "postpones",
    OutcomeKind.REFERRED: "refers",
}
_PUT_OFF = ("rejected", "declined", "advised_against", "postponed", "withdrawn", "referred")
_RESOLVABLE = {
    "resolved": ("rejected", "withdrawn", "postponed", "referred", "adopted"),
    "adopted": ("rejected", "withdrawn", "postponed", "referred", "adopted"),
    "wished": ("rejected", "withdrawn", "postponed", "referred"),
}
_QUOTED = LazyPattern(r"[\"„“”»][^\"„“”»«\n]{0,600}[\"“”«]")


@dataclass(frozen=True, slots=True)
class _Finding:
    formula: Formula
    start: int
    end: int
    points: tuple[int, ...]
    addition: str


def outcome_of(decision: str) -> Outcome:
    """What `decision`, the text of a decision section without its heading, says was done.

    `words == decision[start:end]` always; both ends are 0 where no words were found. `points` holds each
    numbered point once, ascending; `votes` those on the case itself, in the order printed; `reservation`
    the addition of the sentence that names the outcome. Never raises; time is linear in the text.

    >>> [(number, kind.value) for number, kind in outcome_of("1.-2. Godkendt. 3. Anbefales.").points]
    [(1, 'approved'), (2, 'approved'), (3, 'recommended')]
    """
    present = blank(own_part(decision), ABSENT.now)
    if not any(map(str.isalnum, present)):
        return Outcome(OutcomeKind.NO_DECISION)
    findings, votes = _read(blank(present, _QUOTED.now), decision)
    if not findings:
        return Outcome(OutcomeKind.UNKNOWN, votes=votes)
    kind, lead = _lead(findings)
    words = decision[lead.start : lead.end]
    return Outcome(kind, words, lead.start, lead.end, lead.addition, _points(findings), votes)


def own_span(decision: str) -> tuple[int, int]:
    """Where this body's own decision stands in the text of a decision section; equal ends where it has none.

    What earlier bodies did and the lines that say who was absent are left out where they stand at its ends.

    >>> own_span("Godkendt.\\n\\nAfbud: A. Hansen (B)")
    (0, 9)
    """
    present = blank(own_part(decision), ABSENT.now)
    start = len(present) - len(present.lstrip())
    return start, max(start, len(present.rstrip()))


def role_of(outcome: Outcome) -> str:
    """What a body did for the case: decides, recommends, notes, postpones, refers or other.

    Advice against ("kan ikke anbefales") has the kind `rejected`; it is still advice, so it recommends.
    A wish or an order ("ønsker en sag om") has the kind `approved`; it does not settle the case: other.
    """
    if outcome.kind is OutcomeKind.REJECTED and ADVICE.now.search(outcome.words):
        return "recommends"
    if outcome.kind is OutcomeKind.APPROVED and WISH.now.match(outcome.words):
        return "other"
    return _ROLES.get(outcome.kind, "other")


def label(kind: OutcomeKind) -> str:
    """`kind` in English, for people."""
    return _LABELS[kind]


def _read(text: str, decision: str) -> tuple[tuple[_Finding, ...], tuple[Vote, ...]]:
    """All findings of `text`, and the votes on the case itself.

    A list belongs to the sentence it follows, and what a party proposes to its proposal; neither is read for
    outcomes, nor are the votes on a proposal, which end with the next sentence that treats the case.
    """
    findings: list[_Finding] = []
    votes: list[Vote] = []
    start, proposing, led = 0, False, False
    for sentence in sentences(text):
        if led and (sentence.listed or proposing):
            led = sentence.listed
            continue
        proposed = is_proposal(sentence.text)
        found = () if proposed else tuple(_findings(sentence, decision))
        led = not sentence.listed and (bool(found) or (proposed and sentence.text.endswith(":")))
        if proposed and not proposing:
            votes += votes_in(text[start : sentence.start])
            proposing = True
        elif proposing and any(finding.formula.weight <= Weight.TREATED for finding in found):
            start, proposing = sentence.start, False
        findings += found
    return tuple(findings), tuple(votes if proposing else votes + votes_in(text[start:]))


def _findings(sentence: Sentence, decision: str) -> Iterator[_Finding]:
    """What the main clause of a sentence says the body did."""
    text = sentence.text
    first = None if is_personal(text) else TRIGGER.now.search(text)
    if first is None or ASIDE.now.search(text, 0, first.start()):
        return
    first = _object(first, text) or first
    reserved = _reserved(first, text)
    addition = _addition(sentence, reserved, decision)
    points = sentence.points or cited_points(text[:reserved])
    for match in (first, *_further(first, text, reserved)):
        name = match.lastgroup or ""
        formula = BY_NAME["adopted" if name == "resolved" and CONDITION.now.match(addition) else name]
        start, end = match.span()
        yield _Finding(formula, sentence.start + start, sentence.start + end, points, addition)


def _object(first: re.Match[str], text: str) -> re.Match[str] | None:
    """The act that is resolved or wished for, where it says more: "besluttede at sende sagen tilbage"."""
    infinitive = INFINITIVE.now.match(text, first.end()) if first.lastgroup in _RESOLVABLE else None
    act = TRIGGER.now.search(text, first.end()) if infinitive else None
    if infinitive is None or act is None or act.start() > infinitive.end() + 40:
        return None
    return act if act.lastgroup in _RESOLVABLE[str(first.lastgroup)] else None


def _further(first: re.Match[str], text: str, reserved: int) -> Iterator[re.Match[str]]:
    """What else the main clause says: beside a wish only acts, after advice or refusal what "og" joins."""
    clause = CLAUSE.now.search(text, first.end())
    main_end = min(reserved, clause.start() if clause else reserved)
    for match in TRIGGER.now.finditer(text, first.end()):
        if match.start() >= main_end:
            return
        if first.lastgroup == "wished" and BY_NAME[str(match.lastgroup)].weight is not Weight.ACT:
            continue
        if first.lastgroup not in ("recommended", "rejected") or text.endswith(" og ", 0, match.start()):
            yield match


def _reserved(first: re.Match[str], text: str) -> int:
    """Where the addition to an outcome begins in `text`; its length where there is none."""
    if ADDED.now.match(text, first.end()):
        return first.end()
    reserved = RESERVED.now.search(text, first.end())
    return reserved.start() if reserved else len(text)


def _addition(sentence: Sentence, reserved: int, decision: str) -> str:
    """The addition as printed, with the list that follows it."""
    if reserved == len(sentence.text):
        return ""
    end = sentence.start + len(sentence.text)
    return decision[sentence.start + reserved : list_after(decision, end)].strip(" ,\n")


def _lead(findings: Sequence[_Finding]) -> tuple[OutcomeKind, _Finding]:
    """The kind of several findings (at least one), and the finding that names it: see the module's rules."""
    findings = _without_afterthought(findings)
    weight = min(finding.formula.weight for finding in findings)
    named = [finding for finding in findings if finding.formula.weight == weight]
    adopted = [finding for finding in named if finding.formula.name == "adopted"]
    if not adopted:
        lead = _unadopted(named)
        return lead.formula.kind, lead
    amended = [finding for finding in adopted if finding.addition]
    partial = any(_curtails(finding, adopted[0]) for finding in named)
    kind = OutcomeKind.APPROVED_AMENDED if amended or partial else OutcomeKind.APPROVED
    return kind, (amended or adopted)[0]


def _without_afterthought(findings: Sequence[_Finding]) -> Sequence[_Finding]:
    """Drop a wish the body does not have, of no point of its own, after a noting: nothing hangs on it."""
    noted = min((finding.start for finding in findings if finding.formula.name == "noted"), default=None)
    return [
        finding
        for finding in findings
        if finding.formula.name != "declined" or finding.points or noted is None or finding.start < noted
    ]


def _unadopted(acts: Sequence[_Finding]) -> _Finding:
    """The act that names an item nothing of which was adopted: the first, but advice over a refusal."""
    counted = [finding for finding in acts if finding.formula.name != "lapsed"] or acts
    advised = (finding for finding in counted if finding.formula.kind is OutcomeKind.RECOMMENDED)
    return next(advised, counted[0]) if counted[0].formula.kind is OutcomeKind.REJECTED else counted[0]


def _curtails(finding: _Finding, adopted: _Finding) -> bool:
    """Whether `finding` leaves part of a proposal out that was otherwise adopted."""
    return finding.formula.name in _PUT_OFF and (bool(finding.points) or finding.start < adopted.start)


def _points(findings: Sequence[_Finding]) -> tuple[tuple[int, OutcomeKind], ...]:
    by_number: dict[int, list[_Finding]] = {}
    for finding in findings:
        for number in finding.points:
            by_number.setdefault(number, []).append(finding)
    return tuple((number, _lead(by_number[number])[0]) for number in sorted(by_number))
