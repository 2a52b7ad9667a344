"""Ask the minutes: search and question answering over municipal minutes, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semsearch.errors import SemsearchError
    from semsearch.library import OpenIndex, open_index
    from semsearch.records import Answer, Filters, Hit, Quote
    from semsearch.reindex import Report, build_index

__all__ = [
    "Answer",
    "Filters",
    "Hit",
    "OpenIndex",
    "Quote",
    "Report",
    "SemsearchError",
    "build_index",
    "open_index",
]
_HOMES = {
    "Answer": "records",
    "Filters": "records",
    "Hit": "records",
    "OpenIndex": "library",
    "Quote": "records",
    "Report": "reindex",
    "SemsearchError": "errors",
    "build_index": "reindex",
    "open_index": "library",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import semsearch` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'semsearch' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"semsearch.{_HOMES[name]}"), name)
