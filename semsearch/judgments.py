"""Queries and what answers them: read from our JSONL or from TREC files, written as TREC files.

JSONL, one object a line: `id`, `query`, `relevant` (a list; empty: not in the minutes, abstain), and as
wanted `lang`, `kind`, `split`, `answer_contains` (a list). The id is one word. Each thing relevant is one
agenda item (`meeting_date` and `item_number`, with `committee` where several bodies met that day; or `item`,
its id) or, by `case_number`, all items of a case.

TREC: qrels (`query 0 item grade` a line, grade 0: not relevant), with the queries in a file of topics
(`query<TAB>text` a line); an item is named by its id, `<committee>/<date>/<number>`, that of a hit in it, or
by a case number. A query without a grade above 0 is one to abstain from. Runs: `query Q0 item rank score
tag`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from semsearch.errors import UsageError
from semsearch.text import case_key, is_unicode, slug

_ITEM = re.compile(r"[^/]+/\d{4}-\d\d-\d\d[^/]*/.+")
FORM = 'a line is {"id": .., "query": .., "relevant": [..]}'
KINDS = {str: "text", int: "number", list: "list"}
_LINE_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that answers a query: an item by id or by place, or (`case`) every item of a case."""

    item: str | None = None  # id
    case: str | None = None  # case key
    meeting_date: date | None = None
    item_number: int | None = None
    committee: str | None = None  # slug; None: of any committee


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with everything that answers it; nothing does where `relevant` is empty."""

    id: str
    query: str
    relevant: tuple[Target, ...]
    lang: str = ""
    kind: str = ""
    split: str = ""
    answer_contains: tuple[str, ...] = ()


def read_judged(path: Path, *, topics: Path | None = None, split: str | None = None) -> list[Judged]:
    """Read judged queries, JSONL or (with `topics`) TREC qrels; with `split`, those of that split only.

    Raises:
        UsageError: a file or a line of it cannot be read, or no query is left; line and remedy are named.
    """
    judged = _read_trec(path, topics) if topics is not None else _read_jsonl(path)
    found = [one for one in judged if split in (None, one.split)]
    if judged and not found:
        names = ", ".join(sorted({one.split for one in judged} - {""})) or "none"
        raise UsageError(f"{path} has no query of the split {split!r}", f"its splits: {names}")
    if not found:
        raise UsageError(f"{path} holds no judged query", FORM)
    return found


def named(text: str) -> Target:
    """Return what a TREC file names: an item by its id or that of a hit in it, else a case by its number.

    >>> named("byraadet/2023-10-09/2#1.0").item, named("17/163").case == case_key("17/163")
    ('byraadet/2023-10-09/2', True)
    """
    return _item(text) if _ITEM.fullmatch(text) else Target(case=case_key(text))


def read_run(path: Path) -> tuple[str, dict[str, list[str]]]:
    """Read a TREC run: its tag, and the item names of each query, best first by rank.

    Raises:
        UsageError: the file or a line of it cannot be read.
    """
    tag, found = path.stem, dict[str, list[tuple[int, str]]]()
    for number, line in _lines(path):
        fields = line.split()
        try:
            query, _, item, rank, _, tag = fields
            found.setdefault(query, []).append((int(rank), item))
        except ValueError:
            raise _bad_line(path, number, "query Q0 item rank score tag") from None
    return tag, {query: [item for _, item in sorted(ranked)] for query, ranked in found.items()}


def write_run(path: Path, tag: str, ranked: Iterable[tuple[str, Sequence[tuple[str, float]]]]) -> None:
    """Write a TREC run of queries' (item id, score), best first; scores are made to fall with each rank.

    (TREC tools order by score and break ties by name, whatever the rank says.)
    """
    _write(path, (line for query, items in ranked for line in _run_lines(query, items, tag)))


def write_qrels(path: Path, relevant: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Write TREC qrels of queries' relevant item ids; a query that nothing answers gets no line."""
    _write(path, (f"{query} 0 {item} 1" for query, items in relevant for item in items))


def write_topics(path: Path, judged: Iterable[Judged]) -> None:
    """Write the queries, a line each: id, tab, text."""
    _write(path, (f"{one.id}\t{_LINE_BREAKS.sub(' ', one.query)}" for one in judged))


def _read_jsonl(path: Path) -> list[Judged]:
    judged: dict[str, Judged] = {}
    for number, line in _lines(path):
        try:
            one = _judged(_object(line))
        except ValueError as error:
            what = f"{path}, line {number}, is no judged query: {error}"
            raise UsageError(what, f"{FORM}; TREC qrels need --topics FILE") from None
        if one.id in judged:
            raise UsageError(
                f"{path}, line {number}: the id {one.id!r} is used twice", "give each query its own"
            )
        judged[one.id] = one
    return list(judged.values())


def _object(line: str) -> dict[str, Any]:
    """Read a line of JSON; what is raised by these, always a ValueError, says what is wrong with it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    if not is_unicode(json.dumps(row, ensure_ascii=False)):
        raise ValueError("it holds half a character, \\ud800 to \\udfff")
    return row


def _judged(row: dict[str, Any]) -> Judged:
    id = str(_field(row, "id", str, int))
    if len(id.split()) != 1:
        raise ValueError(f"its id {id!r} is not one word")
    if not _field(row, "query", str).strip():
        raise ValueError("the query is empty")
    return Judged(
        id=id,
        query=row["query"],
        relevant=tuple(dict.fromkeys(_target(entry) for entry in _field(row, "relevant", list))),
        lang=str(row.get("lang") or ""),
        kind=str(row.get("kind") or ""),
        split=str(row.get("split") or ""),
        answer_contains=tuple(_field(row, "answer_contains", list) if row.get("answer_contains") else ()),
    )


def _target(entry: Any) -> Target:
    if not isinstance(entry, dict):
        raise ValueError(f"{entry!r} in its relevant is no object")
    if entry.get("item"):
        return _item(_field(entry, "item", str))
    if entry.get("case_number"):
        return Target(case=case_key(_field(entry, "case_number", str)))
    committee = slug(_field(entry, "committee", str)) if entry.get("committee") else None
    number, day = _field(entry, "item_number", int), _field(entry, "meeting_date", str)
    try:
        return Target(meeting_date=date.fromisoformat(day), item_number=number, committee=committee)
    except ValueError:
        raise ValueError(f"its meeting_date {day!r} is no date") from None


def _item(id: str) -> Target:
    return Target(item=id.partition("#")[0])


def _field(row: dict[str, Any], name: str, *kinds: type) -> Any:
    """Return a field that must be there and be of one of some kinds."""
    if row.get(name) is None:
        raise ValueError(f"it lacks {name!r}")
    if not isinstance(row[name], kinds):
        raise ValueError(f"its {name} {row[name]!r} is no {KINDS[kinds[0]]}")
    return row[name]


def _read_trec(path: Path, topics: Path) -> list[Judged]:
    texts: dict[str, str] = {}
    for number, line in _lines(topics):
        query, tab, text = line.partition("\t")
        if not tab or not text.strip():
            raise _bad_line(topics, number, "query<TAB>text")
        texts[query.strip()] = text.strip()
    relevant: dict[str, list[Target]] = {}
    for number, line in _lines(path):
        try:
            query, _, item, grade = line.split()
            targets = relevant.setdefault(query, [])
            if int(grade) > 0:
                targets.append(named(item))
        except ValueError:
            raise _bad_line(path, number, "query 0 item grade") from None
    missing = sorted(set(relevant) - set(texts))
    if missing:
        raise UsageError(f"{topics} has no text for the query {missing[0]!r} of {path}", "add a line for it")
    return [Judged(id, texts[id], tuple(dict.fromkeys(targets))) for id, targets in relevant.items()]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, numbered from 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}", "name a file of judged queries") from None
    yield from ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _run_lines(query: str, items: Sequence[tuple[str, float]], tag: str) -> Iterator[str]:
    least = float("inf")
    for rank, (item, score) in enumerate(items, start=1):
        least = min(score, least - 1e-6)
        yield f"{query} Q0 {item} {rank} {least:.6f} {tag}"


def _bad_line(path: Path, number: int, form: str) -> UsageError:
    return UsageError(f"{path}, line {number}, cannot be read", f"a line is: {form}")


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name another place") from None
