"""What a program embeds: one index, opened, with all that can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.catalog import ItemRow, MeetingRow
from semsearch.errors import IndexMissing, NotFound, UsageError
from semsearch.index import Index
from semsearch.queries import parse_date
from semsearch.records import Answer, Filters, Hit, OutcomeKind, SectionKind
from semsearch.text import bodies_called, bodies_like, case_key, find_case_numbers, is_one_body

if TYPE_CHECKING:
    from semsearch.cases import Treatment
    from semsearch.encoders import Encoder
    from semsearch.news import News
    from semsearch.searcher import Result, Searcher


class OpenIndex:
    """One generation of an index, opened. It keeps answering while a new generation is published."""

    def __init__(self, index: Index, encoder: Encoder | None = None) -> None:
        """Take an index and its encoder; None: it is loaded when something is searched for."""
        self.index = index
        self._encoder = encoder

    @cached_property
    def searcher(self) -> Searcher:
        """The search over the index."""
        from semsearch.searcher import Searcher

        return Searcher(self.index, self._encoder or encoder_of(self.index))

    def search(self, query: str, *, k: int = 10, filters: Filters | None = None) -> tuple[Hit, ...]:
        """Return the best `k` hits, best first; none where the minutes hold nothing."""
        return self.searcher.search(query, k=k, filters=filters).hits

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer | None:
        """Return an answer in the minutes' own words, or None where they hold none."""
        from semsearch import answers

        return answers.ask(self.searcher, question, filters=filters)[0]

    def explain(self, query: str, *, k: int = 10, filters: Filters | None = None) -> Result:
        """Return the hits with how the query was understood and how each score came about."""
        return self.searcher.search(query, k=k, filters=filters)

    def case(self, number: str) -> list[Treatment]:
        """Return the treatments of a case, oldest first, with what each body did and which decision stands.

        Raises:
            NotFound: the index holds no such case; the nearest numbers are suggested.
        """
        from semsearch import cases

        return cases.case_of(self.index, number)

    def decisions(self, filters: Filters | None = None) -> list[Treatment]:
        """Return every decision the filters admit, the newest meeting first."""
        from semsearch import cases

        items = cases.matching(self.index, filters or Filters())
        return [cases.treatment(self.index, item) for item in items if item.outcome and not item.closed]

    def similar(self, item_id: str, *, k: int = 10) -> tuple[Hit, ...]:
        """Return the items of other cases most like an item, best first.

        Raises:
            NotFound: the index holds no such item.
            UsageError: the item has no text of its own.
        """
        from semsearch import likeness

        return likeness.similar(self.searcher, self.item(item_id), k=k)

    def since(self, day: str, *, queries: Sequence[str] = (), filters: Filters | None = None) -> list[News]:
        """Return what came into the index on or after a day, as typed; with queries, what matches one.

        Raises:
            UsageError: `day` is not a date.
        """
        from semsearch import news

        return news.since(self.searcher, _day(day, "the date", end=False), queries=queries, filters=filters)

    def item(self, item_id: str) -> ItemRow:
        """Return an item by its id, or by the id of one of its passages.

        Raises:
            NotFound: the index holds no such item.
        """
        try:
            return self.index.catalog.item_by_id(item_id.strip().partition("#")[0])
        except (KeyError, UnicodeEncodeError):  # of what is no character
            hint = "ids look like byraadet/2023-10-09/2; search --json and meeting --json show them"
            raise NotFound(f"no item {item_id.strip()} in the index", hint) from None

    def meeting(self, which: str) -> tuple[MeetingRow, list[Treatment]]:
        """Return a meeting by id, or by date where only one was held that day.

        Raises:
            NotFound: there is none.
            UsageError: several meetings were held that day; their ids are named.
        """
        from semsearch import cases

        found = [row for row in self.index.catalog.meetings() if row.id == which.strip()] or self._on(which)
        if len(found) > 1:
            ids = ", ".join(row.id for row in found)
            raise UsageError(
                f"{len(found)} meetings were held on {which.strip()}", f"name one of them: {ids}"
            )
        if not found:
            raise NotFound(
                f"no meeting {which.strip()} in the index", "semsearch status lists what is indexed"
            )
        items = self.index.catalog.items("m.id = ?", [found[0].id])
        return found[0], [cases.treatment(self.index, item) for item in items]

    def filters(
        self,
        *,
        first: str | None = None,
        last: str | None = None,
        committee: str | None = None,
        case: str | None = None,
        section: str | None = None,
        outcome: str | None = None,
    ) -> Filters:
        """Read filters as a user types them.

        Raises:
            UsageError: a date that is none, a period that ends before it begins, a committee, section or
                outcome that does not exist, or a name that may be any of several committees.
        """
        begin, end = _date(first, "--from", end=False), _date(last, "--to", end=True)
        if begin and end and begin > end:
            raise UsageError(
                f"--from {first} lies after --to {last}: no meeting is held in between",
                "give the earlier date to --from",
            )
        return Filters(
            first=begin,
            last=end,
            committees=self._committees(committee),
            case=_case(case),
            section=_one_of(section, [kind.value for kind in SectionKind], "section"),
            outcome=_one_of(outcome, [kind.value for kind in OutcomeKind], "outcome"),
        )

    def _committees(self, name: str | None) -> frozenset[str] | None:
        if name is None:
            return None
        known = {meeting.slug: meeting.committee for meeting in self.index.catalog.meetings()}
        found = bodies_called(name, known)
        if is_one_body(found, known):
            return found
        alike = ", ".join(bodies_like(name, {one: known[one] for one in found} or known))
        hint = f"the closest: {alike}; semsearch status lists all"
        if found:
            raise UsageError(f"{name!r} may be any of several committees in the index", hint)
        raise UsageError(f"no committee {name!r} in the index", hint)

    def _on(self, which: str) -> list[MeetingRow]:
        try:
            first, last = parse_date(which), parse_date(which, end=True)
        except ValueError:
            return []
        return [row for row in self.index.catalog.meetings() if first <= row.date <= last]


def open_index(folder: Path | str, *, model: str | None = None, hold: bool = True) -> OpenIndex:
    """Open the current generation of an index.

    With `hold` it keeps answering while newer generations are published; without, its parts and its model
    are opened as they are needed, for a program that asks one question.

    `model` names the model the index was built with; a folder of it may lie elsewhere than it did then.

    Raises:
        IndexMissing: there is none, or it was built with another model.
        IndexDamaged: a file is not what was written.
        ModelMissing: its model is not on this machine.
    """
    index = Index.open(Path(folder), hold=hold)
    encoder = None if model is None else _moved(index, model)
    return OpenIndex(index, encoder or (encoder_of(index) if hold else None))


def _moved(index: Index, model: str) -> Encoder | None:
    """Load a model from another folder than the index names; None where it names this one."""
    from semsearch.encoders import full_name, load_encoder

    made = index.manifest["settings"]
    if full_name(model) == made["model"]:
        return None
    encoder = load_encoder(model) if Path(model).is_dir() else None
    if encoder is None or encoder.revision != made["revision"]:
        folder = index.generation.path.parent
        raise IndexMissing(
            f"the index in {folder} was built with the model {made['model']}, not {model}",
            f"leave --model out, or build another: semsearch --model {model} --index DIR index CORPUS",
        )
    return encoder


def encoder_of(index: Index) -> Encoder:
    """Load the model an index was built with.

    Raises:
        IndexMissing: the model on this machine is another revision of it.
        ModelMissing: it is not on this machine.
    """
    from semsearch.encoders import load_encoder

    made = index.manifest["settings"]
    encoder = load_encoder(made["model"])
    if encoder.revision != made["revision"]:
        raise IndexMissing(
            f"the index in {index.generation.path.parent} was built with another revision of the model"
            f" {made['model']}",
            "run 'semsearch index CORPUS' to build it anew",
        )
    return encoder


def _date(text: str | None, option: str, *, end: bool) -> date | None:
    return None if text is None else _day(text, option, end=end)


def _day(text: str, option: str, *, end: bool) -> date:
    try:
        return parse_date(text, end=end)
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is not a date", "write it as 2023-05-31, 31-05-2023, 2023-05 or 2023"
        ) from None


def _case(text: str | None) -> str | None:
    if text is None:
        return None
    if not find_case_numbers(text):
        raise UsageError(
            f"{text!r} is not a case number", "write it as the minutes do, for example 17/163 or 22-004579"
        )
    return case_key(text)


def _one_of(value: str | None, allowed: Sequence[str], what: str) -> str | None:
    if value is not None and value not in allowed:
        raise UsageError(f"no {what} {value!r}", f"one of: {', '.join(allowed)}")
    return value
