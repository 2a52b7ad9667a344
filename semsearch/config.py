"""What a run is set to: where the index lies, which model, and the numbers that shape an index."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FORMAT = 6  # of the index on disk; another number is refused and rebuilt
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
    memory_bytes: int = 1 << 30
    size_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a score are weighed; `docs/quality.md` says what each was measured to bring."""

    lexical: float = 0.6  # of a query none of whose words the corpus holds
    lexical_known: float = 0.75  # of a query all of whose words it holds
    neighbour: float = 0.9
    translation: float = 1.0
    literal: float = 0.3  # of an English word that has a translation: "renovation" is Danish for refuse
    light: float = 0.4  # of a word that goes with any topic ("new", "take")
    least_cosine: float = 0.4
    typo: float = 0.7
    decision: float = 0.03
    standing: float = 0.03
    closed: float = 0.8  # of its score is left to a closed item: a title and nothing more
    again: float = 0.8  # of its score is left to a further treatment of a matter already listed
    spread: float = 0.3  # how much a word counts that stands in another passage of the item
    period: float = 0.12  # a day or a month the query names
    year: float = 0.03  # a year alone: "budget 2023" is decided the year before
    outcome: float = 0.05
    attachments: float = 0.03  # less for a list of attachments, whose names match without telling
    committee: float = 0.05
