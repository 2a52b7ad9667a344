"""Items like an item: near it in meaning, about what its title names, of other cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.catalog import ItemRow
from semsearch.errors import UsageError
from semsearch.index import PassageRow
from semsearch.records import Hit
from semsearch.searcher import POOL, Searcher, folded
from semsearch.text import case_key

TITLE = 0.4  # weight of the title's words beside the cosine


def similar(searcher: Searcher, item: ItemRow, *, k: int = 10) -> tuple[Hit, ...]:
    """Return the `k` items most like an item, best first, of each other case the likest treatment.

    A score is the cosine of a passage with the mean of the item's passages and, with weight `TITLE`, the
    share of the title's words it holds. Ties go to the newer meeting, then by id.

    Raises:
        UsageError: the item has no text of its own: it is closed, or a title alone.
    """
    index = searcher.index
    own = np.array(index.rows_of_item(item.meeting.document, item.ordinal), dtype=np.int64)
    if item.closed or not len(own):
        raise UsageError(f"{item.id} has no text to compare", "it is closed, or a title alone")
    vector = index.dense.vectors(own).mean(axis=0)
    vector /= np.linalg.norm(vector) or 1.0
    near, _ = index.dense.search(vector[None], 2 * POOL)
    rows = near[0]
    meanings = searcher.meanings(searcher.understand(item.title))
    words: NDArray[np.float64] = searcher.lexical_scores(rows, meanings)
    scores = (1 - TITLE) * (index.dense.vectors(rows) @ vector) + TITLE * words
    best: dict[str, tuple[float, PassageRow]] = {}
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        passage = index.passage(row)
        matter = _matter(passage.item)
        if matter != _matter(item) and (matter not in best or best[matter][0] < score):
            best[matter] = (score, passage)
    ranked = sorted(
        best.values(), key=lambda one: (-one[0], -one[1].item.meeting.date.toordinal(), one[1].id)
    )
    best_first = enumerate(ranked[:k], start=1)
    return tuple(
        folded(searcher.hit(passage, frozenset(), rank, score) for rank, (score, passage) in best_first)
    )


def _matter(item: ItemRow) -> str:
    return case_key(item.case_number) if item.case_number else item.id
