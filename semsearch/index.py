"""A generation opened: documents, passages, vectors, postings and words, each checked before it is read."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semsearch import store
from semsearch.arrays import mapped
from semsearch.bm25 import Bm25
from semsearch.catalog import Catalog, ItemRow
from semsearch.errors import IndexDamaged
from semsearch.records import SECTION_KINDS, Filters, SectionKind
from semsearch.vocabulary import Vocabulary

if TYPE_CHECKING:
    from semsearch.dense import Dense
    from semsearch.lexical import Lexical

Rows = NDArray[np.int64]
KEY_BITS = 24  # a passage's key: document number << KEY_BITS | passage within the document


@dataclass(frozen=True, slots=True)
class PassageRow:
    """One passage: its item and where it stands in the document's text."""

    row: int
    item: ItemRow
    section: int
    part: int
    kind: SectionKind
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """`<item id>#<section>.<part>`."""
        return f"{self.item.id}#{self.section}.{self.part}"


class Index:
    """One generation of an index, verified and opened; immutable, so it may be shared between threads."""

    def __init__(self, generation: store.Generation) -> None:
        generation.verify()
        self.generation = generation
        self.manifest = generation.manifest
        try:
            self.catalog = Catalog(generation.path / "records.sqlite")
            self.rows: NDArray[Any] = mapped(generation.path / "rows.npy")
            self._owners = [row for row in self.catalog.documents() if row.passages]
        except (OSError, ValueError) as error:  # checked bytes that cannot be read: another program's file
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # a full disk damages nothing
                raise
            raise _unreadable(generation.path, error) from None
        self._owners.sort(key=lambda row: row.first_row)
        self._first = np.array([row.first_row for row in self._owners], dtype=np.int64)
        self._numbers = np.array([row.number for row in self._owners], dtype=np.int64)

    @classmethod
    def open(cls, folder: Path, *, hold: bool = False) -> Index:
        """Open the current generation of an index folder.

        With `hold` every part is opened at once, so that the index keeps answering when newer
        generations are published and this one is removed; without, each when it is first used.

        Raises:
            IndexMissing: there is none, or it has another format.
            IndexDamaged: a file is not what was written.
        """
        for _ in range(5):
            generation = store.current(folder)
            try:
                index = cls(generation)
                if hold:
                    index._hold()
                return index
            except IndexDamaged:  # two publishes may have collected it while it was read
                if store.current(folder).number == generation.number:
                    raise
        raise IndexDamaged(
            f"the index in {folder} is published faster than it can be read", "try again in a minute"
        )

    def _hold(self) -> None:
        try:
            _ = self.bm25, self.dense, self.lexical, self.vocabulary, self.words
        except (OSError, ValueError, RuntimeError) as error:
            raise _unreadable(self.generation.path, error) from None

    def let_go(self) -> None:
        """Give up what was mapped since this was opened; it is mapped again where it is used again."""
        for name in ("bm25", "dense", "vectors", "vocabulary", "words"):
            self.__dict__.pop(name, None)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def bm25(self) -> Bm25:
        """Exact lexical scores."""
        return Bm25(self.generation.path)

    @cached_property
    def dense(self) -> Dense:
        """Vectors of the passages."""
        from semsearch.dense import Dense

        return Dense(self.generation.path / "passages.faiss")

    @cached_property
    def vectors(self) -> NDArray[np.float16]:
        """Vectors of the passages as they are stored, mapped: float16, (len(self), dim)."""
        from semsearch.dense import stored

        return stored(self.generation.path / "passages.faiss", self.manifest["settings"]["dim"])

    @cached_property
    def lexical(self) -> Lexical:
        """Candidates that share terms."""
        from semsearch.lexical import Lexical

        return Lexical([self.generation.path / "lexical" / year for year in sorted(self.manifest["shards"])])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Words of the corpus."""
        return Vocabulary.open(self.generation.path / "words.tsv")

    @cached_property
    def words(self) -> Dense:
        """Vectors of the vocabulary's words, in its order."""
        from semsearch.dense import Dense

        return Dense(self.generation.path / "words.faiss")

    def rows_of_keys(self, keys: Sequence[int]) -> Rows:
        """Return the rows of passage keys."""
        values = np.asarray(keys, dtype=np.int64)
        by_number = np.argsort(self._numbers)
        place = np.searchsorted(self._numbers[by_number], values >> KEY_BITS)
        rows: Rows = self._first[by_number[place]] + (values & ((1 << KEY_BITS) - 1))
        return rows

    def items_of(self, rows: Rows) -> list[tuple[int, int]]:
        """Return (document, ordinal of the item) of rows."""
        owners = self._numbers[np.searchsorted(self._first, rows, side="right") - 1]
        return list(zip(owners.tolist(), self.rows["item"][rows].tolist(), strict=True))

    def passage(self, row: int) -> PassageRow:
        """Return the passage of a row."""
        ((document, ordinal),) = self.items_of(np.array([row]))
        _, section, part, kind, start, end, _ = self.rows[row].item()
        text = self.catalog.text(document)[start:end]
        return PassageRow(
            row, self.catalog.item(document, ordinal), section, part, SECTION_KINDS[kind], start, end, text
        )

    def allowed(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Return which rows the filters admit: bool, (len(self),); None when they admit all."""
        if not filters:
            return None
        mask = np.zeros(len(self), dtype=np.bool_)
        spans = self._item_rows
        for key in self.catalog.admitted(filters):
            first, last = spans.get(key, (0, 0))
            mask[first:last] = True
        if filters.section is not None:
            mask &= self.rows["kind"] == SECTION_KINDS.index(SectionKind(filters.section))
        return mask

    @cached_property
    def _item_rows(self) -> dict[tuple[int, int], tuple[int, int]]:
        """First and last row of each item's passages, which lie side by side."""
        items = self.rows["item"].astype(np.int64)
        owners = np.searchsorted(self._first, np.arange(len(self)), side="right") - 1
        cuts = np.flatnonzero((np.diff(items, prepend=-1) != 0) | (np.diff(owners, prepend=-1) != 0))
        numbers = self._numbers[owners[cuts]]
        ends = [*cuts[1:].tolist(), len(self)]
        keys = zip(numbers.tolist(), items[cuts].tolist(), strict=True)
        return dict(zip(keys, zip(cuts.tolist(), ends, strict=True), strict=True))

    @cached_property
    def standing(self) -> NDArray[np.bool_]:
        """Which rows belong to the decision that stands in their case: bool, (len(self),)."""
        mask = np.zeros(len(self), dtype=np.bool_)
        for key in self.catalog.standing():
            mask[slice(*self._item_rows.get(key, (0, 0)))] = True
        return mask

    def rows_of_item(self, document: int, ordinal: int) -> range:
        """Return the rows of an item's passages."""
        return range(*self._item_rows.get((document, ordinal), (0, 0)))


def _unreadable(path: Path, error: Exception) -> IndexDamaged:
    return IndexDamaged(f"the index in {path} cannot be read: {error}", "build it anew")
