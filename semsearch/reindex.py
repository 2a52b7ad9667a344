"""Corpus -> next generation: the nightly job; costs what has changed.

Every document that was touched is read and its digest compared; what is new is parsed in child processes,
what is not is taken over row by row. The result is the same as that of a fresh build.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from semsearch import parsing, store, text
from semsearch.catalog import Catalog
from semsearch.config import Limits, Settings
from semsearch.coverage import coverage
from semsearch.encoders import Encoder, load_encoder
from semsearch.errors import IndexDamaged, IndexMissing, UsageError
from semsearch.index import Index
from semsearch.planning import Planner, Progress, Report
from semsearch.spool import Spool

__all__ = ["Report", "build_index"]


def build_index(
    corpus_folder: Path | str,
    index_folder: Path | str,
    *,
    settings: Settings | None = None,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_mass_delete: bool = False,
    progress: Progress = lambda step, done, total: None,
    limits: Limits | None = None,
) -> Report:
    """Build or update an index so that it answers for what the corpus holds now.

    Args:
        corpus_folder: folder of minutes, searched with its subfolders.
        index_folder: where the index lies; made when missing.
        settings: model and splitting; an index of other settings is built anew.
        rebuild: read and encode everything, whatever is there.
        dry_run: find out what would be done, and write nothing.
        allow_mass_delete: go on when more than a fifth of the documents has gone.
        progress: called with a step's name, how much is done, and of how much.
        limits: what one document may cost.

    Returns:
        What was done. With nothing new, no generation is published.

    Raises:
        UsageError: no corpus, no documents in it, too many gone, or an index that holds closed items
            where this one should not, or the reverse.
        IndexLocked: another run is writing.
        IndexMissing: the index cannot be written.
        ModelMissing: the model named is not at hand.
    """
    began = perf_counter()
    folder, index = Path(corpus_folder), Path(index_folder)
    settings = settings or Settings()
    encoder = load_encoder(settings.model)
    report = Report(model=encoder.name)
    made_with = _made_with(settings, encoder)
    target: AbstractContextManager[Path | None] = nullcontext() if dry_run else store.writing(index)
    with target as into, Spool(index if into is not None else None) as spool:
        generation, before = _before(index, made_with)
        old = None if rebuild else _usable(index, generation, made_with, report)
        planner = Planner(folder, settings, encoder, limits or Limits(), report, before, old, spool, progress)
        entries = planner.plan(allow_mass_delete=allow_mass_delete)
        if planner.differs(entries) and into is not None:
            from semsearch.assembly import Assembler  # loads faiss and tantivy: for nights with news

            now = _now(generation)
            assembler = Assembler(into, encoder, before, old, spool, now, progress)
            assembler.write(entries)
            base = {"corpus": str(folder.resolve()), "settings": made_with}
            manifest = assembler.manifest(entries, base)
            generation = store.publish(index, into, manifest)
            report.published = True
        if generation is not None:
            _describe(generation, report)
    report.seconds = perf_counter() - began
    return report


def _describe(generation: store.Generation, report: Report) -> None:
    """Add to a report what the index now holds."""
    report.generation = generation.number
    report.items = generation.manifest["items"]
    report.thresholds = generation.manifest["thresholds"]
    report.size_bytes = generation.size_bytes
    for name, found in coverage(Catalog(generation.path / "records.sqlite")).items():
        setattr(report, name, found)


def _made_with(settings: Settings, encoder: Encoder) -> dict[str, Any]:
    """Return what the rows of an index depend on."""
    return {
        "model": encoder.name,
        "revision": encoder.revision,
        "dim": encoder.dim,
        "parser": parsing.VERSION,
        "analyser": text.VERSION,
        "passage_words": settings.passage_words,
        "include_closed": settings.include_closed,
    }


def _before(index: Path, made_with: dict[str, Any]) -> tuple[store.Generation | None, Catalog | None]:
    """Return what the index held before this run, as far as it can be read, whatever it was built with.

    Raises:
        UsageError: it holds closed items and must not, or the reverse.
    """
    try:
        generation = store.current(index)
        generation.verify("records.sqlite")
        catalog = Catalog(generation.path / "records.sqlite")
    except (IndexMissing, IndexDamaged):
        return None, None
    if generation.manifest["settings"]["include_closed"] != made_with["include_closed"]:
        what = "without" if made_with["include_closed"] else "with"
        raise UsageError(
            f"{index} was built {what} the text of closed items", "name another folder with --index"
        )
    return generation, catalog


def _usable(
    index: Path, generation: store.Generation | None, made_with: dict[str, Any], report: Report
) -> Index | None:
    """Open the index that is there if its rows can be taken over; a note says why not."""
    if not store.exists(index):
        return None
    try:
        old = Index(generation) if generation else Index.open(index)
    except (IndexMissing, IndexDamaged) as error:
        report.notes.append(f"{error.message}; everything is read anew")
        return None
    was = old.manifest["settings"]
    differing = {
        name: f"{name} ({was.get(name)} -> {value})"
        for name, value in made_with.items()
        if was.get(name) != value
    }
    if differing.keys() - {"model"}:  # by its revision it is the same model, wherever its folder lies
        changed = ", ".join(differing.values())
        report.notes.append(f"changed since the last run: {changed}; everything is read anew")
        return None
    return old


def _now(before: store.Generation | None) -> str:
    """Return the time, but never one before the last generation's: a clock may run backwards."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return now if before is None else max(now, before.manifest["created"])
