"""What the lexical arm looks up: terms as numbers, and the alternates of a query word."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Alternate = Sequence[tuple[str, float]]  # terms that count together, each with its weight
Group = Sequence[Alternate]  # one query word: its alternates, of which the best counts


def term_id(term: str) -> int:
    """Return the number of a term: crc32 of its UTF-8, 0 <= n < 2**32."""
    return zlib.crc32(term.encode())
