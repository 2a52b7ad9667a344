"""Whether an index holds what was written: every byte of it, and every quote at its offsets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from semsearch import store
from semsearch.catalog import ItemRow
from semsearch.errors import IndexDamaged
from semsearch.index import Index

SAMPLE = 0.1  # of the bytes
NAMED = 10  # files a message names at most


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared and found as it was written. `quotes` counts items, sections and passages."""

    index: str
    generation: int
    files: int
    of_files: int
    bytes: int
    seconds: float
    quotes: int | None

    def json(self) -> dict[str, Any]:
        """Return the check as the JSON object that `check --json` prints."""
        return {"schema": "semsearch/1", **{name: getattr(self, name) for name in self.__slots__}}


def check(folder: Path, *, sample: bool = False, quotes: bool = False, seed: int | None = None) -> Check:
    """Compare every file of the current generation with its digest.

    Args:
        folder: the index.
        sample: only files drawn by chance, a tenth of the bytes at least.
        quotes: compare also where each item, section and passage stands with the text it stands in.
        seed: fixes the draw.

    Raises:
        IndexMissing: there is none, or it has another format.
        IndexDamaged: files, all of them named, or quotes are not what was written.
    """
    began = perf_counter()
    generation = store.current(folder)
    names = _drawn(generation, seed) if sample else sorted(generation.files)
    damage = [error for error in generation.damage(names) if error is not None]
    if damage:
        raise IndexDamaged(_message([error.message for error in damage]), damage[0].hint)
    size = sum(generation.files[name]["size_bytes"] for name in names)
    seconds = perf_counter() - began
    places = _check_quotes(Index(generation)) if quotes else None
    return Check(str(folder), generation.number, len(names), len(generation.files), size, seconds, places)


def _drawn(generation: store.Generation, seed: int | None) -> Sequence[str]:
    names = sorted(generation.files)
    Random(seed).shuffle(names)
    sizes = [generation.files[name]["size_bytes"] for name in names]
    enough, total = SAMPLE * sum(sizes), 0
    for place, size in enumerate(sizes, start=1):
        total += size
        if total >= enough:
            return names[:place]
    return names


def _message(messages: Sequence[str]) -> str:
    more = f"; and {len(messages) - NAMED} more files" if len(messages) > NAMED else ""
    return "; ".join(messages[:NAMED]) + more


def _check_quotes(index: Index) -> int:
    count = 0
    wrong: list[str] = []
    for item in index.catalog.items():
        text = index.catalog.text(item.meeting.document)
        wrong += _misplaced(index, item, text)
        count += 1 + len(item.sections) + len(index.rows_of_item(item.meeting.document, item.ordinal))
    if wrong:
        raise IndexDamaged(_message(wrong), "build it anew: semsearch index CORPUS --rebuild; and report it")
    return count


def _misplaced(index: Index, item: ItemRow, text: str) -> Iterator[str]:
    where = f"{item.meeting.path} item {item.label}"
    words = text[item.start : item.end]
    if not 0 <= item.start <= item.end <= len(text) or _digest(words) != item.digest:
        yield f"{where} does not stand at its offsets"
        return
    at = item.sections[0].start if item.sections else item.end
    for section in item.sections:
        if not at == section.start <= section.body_start <= section.end <= item.end:
            yield f"{where}, section {section.heading!r} does not stand at its offsets"
        at = section.end
    for row in index.rows_of_item(item.meeting.document, item.ordinal):
        _, section, _, _, start, end, _ = index.rows[row].item()
        inside = item.sections[section] if item.sections else item
        if not inside.start <= start < end <= inside.end:
            yield f"{where}, passage {row} does not stand at its offsets"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
