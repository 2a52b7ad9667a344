"""What an index holds, for `semsearch status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from semsearch import store
from semsearch.coverage import coverage
from semsearch.index import Index


def status_of(folder: Path) -> dict[str, Any]:
    """Return what an index holds: counts, dates per committee, gaps, model, size, documents left out."""
    index = Index.open(folder)
    manifest, size_bytes = index.manifest, index.generation.size_bytes
    documents = index.catalog.documents()
    return {
        "schema": "semsearch/1",
        "index": str(folder),
        "generation": manifest["generation"],
        "generations": store.kept(folder),
        "created": manifest["created"],
        "model": manifest["settings"]["model"],
        "revision": manifest["settings"]["revision"],
        "include_closed": manifest["settings"]["include_closed"],
        "thresholds": manifest["thresholds"],
        "corpus": manifest["corpus"],
        "documents": len(documents),
        "superseded": sum(row.status == "superseded" for row in documents),
        "meetings": manifest["meetings"],
        "items": manifest["items"],
        "passages": manifest["passages"],
        "first_date": manifest["first_date"],
        "last_date": manifest["last_date"],
        "size_bytes": size_bytes,
        "size_bytes_per_passage": round(size_bytes / manifest["passages"]),
        "cpr_masked": sum(row.cpr_masked for row in documents),
        "committees": _committees(index),
        **coverage(index.catalog),
        "skipped": [
            {"path": row.path, "reason": row.reason}
            for row in documents
            if row.reason and row.status != "superseded"
        ],
    }


def _committees(index: Index) -> list[dict[str, Any]]:
    names: dict[str, list[str]] = {}
    for meeting in index.catalog.meetings():
        names.setdefault(meeting.committee, []).append(meeting.date.isoformat())
    return [
        {"committee": name, "meetings": len(dates), "first_date": min(dates), "last_date": max(dates)}
        for name, dates in sorted(names.items())
    ]
