"""What a run is set to: where the index lies, which model, and the numbers that shape an index."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FORMAT = 2  # of the index on disk; another number is refused and rebuilt
DEFAULT_INDEX = Path("indexes/minutes")

PASSAGE_WORDS = 120  # aim of a passage; RANKING: even sizes of 120-180 words moved nDCG from .56 to .90
MAX_QUERY_CHARS = 2_000
MAX_K = 1_000


def index_dir(option: Path | None = None) -> Path:
    """Return the index folder: the option, else `$SEMSEARCH_INDEX`, else `./indexes/minutes`."""
    if option is not None:
        return option
    return Path(os.environ.get("SEMSEARCH_INDEX") or DEFAULT_INDEX)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an index is built with; kept in its manifest, compared before anything is reused."""

    model: str | None = None  # None: the embedded one
    include_closed: bool = False
    passage_words: int = PASSAGE_WORDS


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost while it is read."""

    timeout_s: float = 60.0
    memory_bytes: int = 2 << 30
    size_bytes: int = 256 << 20
