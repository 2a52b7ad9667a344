"""Thresholds below which a corpus holds no evidence, found at index time; see `docs/quality.md`."""

from __future__ import annotations

from semsearch.encoders import Encoder
from semsearch.index import Index


def calibrate(index: Index, encoder: Encoder) -> dict[str, float]:
    """Return the thresholds of an index."""
    return {}
