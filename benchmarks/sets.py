"""What is measured: folders of minutes with the judged queries that belong to them."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from semsearch import build_index

ROOT = Path(__file__).resolve().parents[1]
JUDGED = ROOT / "tests" / "judged"


@dataclass(frozen=True)
class Set:
    """One folder of minutes, and one file of queries judged on it; `split` of it, or all."""

    name: str
    corpus: Path
    queries: Path
    split: str | None = None


def sets(shared: Path) -> list[Set]:
    """Return the sets that are at hand: the corpus of the checkout, and those of `shared` if it is there."""
    found = [
        Set("corpus", ROOT / "corpus", JUDGED / "corpus_queries.jsonl"),
        Set("corpus, fresh, held", ROOT / "corpus", JUDGED / "corpus_fresh.jsonl"),
    ]
    for split in ("tune", "held"):
        found.append(Set(f"corpus, further, {split}", ROOT / "corpus", JUDGED / "corpus_more.jsonl", split))
        found.append(Set(f"corpus, as asked, {split}", ROOT / "corpus", JUDGED / "corpus_asked.jsonl", split))
    for name, given in (("seeds", "dev.jsonl"), ("greve", "greve_dev.jsonl")):
        found.append(Set(f"{name}, given", shared / name, shared / "eval" / given))
        for split in ("tune", "held"):
            for what, file in (("own", "queries"), ("further", "more"), ("as asked", "asked")):
                queries = JUDGED / f"{name}_{file}.jsonl"
                found.append(Set(f"{name}, {what}, {split}", shared / name, queries, split))
        found.append(Set(f"{name}, fresh, held", shared / name, JUDGED / f"{name}_fresh.jsonl"))
    return [one for one in found if one.corpus.is_dir() and one.queries.is_file()]


def shared_folder(description: str | None) -> Path:
    """Read the one option that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared", help="real minutes [../shared]"
    )
    return Path(parser.parse_args().shared)


@contextmanager
def indexes(found: list[Set]) -> Iterator[dict[Path, Path]]:
    """Build an index of each corpus in a temporary folder: corpus -> index."""
    with tempfile.TemporaryDirectory(prefix="semsearch-bench-") as folder:
        built = {}
        for corpus in dict.fromkeys(one.corpus for one in found):
            built[corpus] = Path(folder) / corpus.name
            build_index(corpus, built[corpus])
        yield built
