"""How good an encoder is without an index around it: `python -m training.evaluate --shared DIR`."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semsearch.encoders import Encoder, load_encoder
from semsearch.judgments import Target, read_judged
from semsearch.parsing import parse
from semsearch.passages import split
from semsearch.records import AgendaItem, Meeting, SectionKind
from semsearch.text import case_key, slug
from training.data import PASSAGE_WORDS, read_documents, read_evaluation

ROOT = Path(__file__).parents[1]
QUERIES_PER_SET = 800


def bitext_accuracy(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Share of sentences whose translation is the nearest of all: English -> other, other -> English."""
    left = encoder.encode_passages([a for a, _ in pairs])
    right = encoder.encode_passages([b for _, b in pairs])
    sims = left @ right.T
    truth = np.arange(len(pairs))
    return float((sims.argmax(1) == truth).mean()), float((sims.argmax(0) == truth).mean())


def mean_reciprocal_rank(
    encoder: Encoder,
    passages: Sequence[tuple[str, str]],
    queries: Sequence[tuple[str, set[str]]],
    k: int = 10,
) -> float:
    """MRR@k of (query, relevant keys) over (key, passage); a key ranks by its best passage."""
    vectors = encoder.encode_passages([text for _, text in passages])
    keys = [key for key, _ in passages]
    asked = encoder.encode_queries([text for text, _ in queries])
    total = 0.0
    for vector, (_, relevant) in zip(asked, queries, strict=True):
        order = np.argsort(-(vectors @ vector), kind="stable")
        ranked = list(dict.fromkeys(keys[i] for i in order[:400]))[:k]
        total += next((1 / rank for rank, key in enumerate(ranked, 1) if key in relevant), 0.0)
    return total / len(queries)


def news_retrieval(encoder: Encoder, folder: Path) -> dict[str, float]:
    """English questions against Danish news passages of three sentences (NTREX, in document order).

    `keywords` asks with the four rarest words of the passage's middle sentence, `next` with the sentence
    after the passage, which shares its topic only.
    """
    rows = read_documents(folder)
    counts = Counter(word for _, en, _ in rows for word in set(re.findall(r"[a-z]{3,}", en.lower())))
    passages, keywords, following = [], [], []
    for i in range(0, len(rows) - 3, 4):
        window = rows[i : i + 4]
        if len({doc for doc, _, _ in window}) > 1:
            continue
        passages.append((str(i), " ".join(da for _, _, da in window[:3])))
        words = sorted(
            set(re.findall(r"[a-z]{3,}", window[1][1].lower())), key=lambda word: (counts[word], word)
        )
        keywords.append((" ".join(words[:4]), {str(i)}))
        following.append((window[3][1], {str(i)}))
    return {
        "news keywords en": mean_reciprocal_rank(encoder, passages, keywords),
        "news next en": mean_reciprocal_rank(encoder, passages, following),
    }


@dataclass(frozen=True)
class Item:
    """One agenda item with its passages as an index holds them, title, section and committee first."""

    targets: frozenset[tuple[object, ...]]
    sections: tuple[tuple[SectionKind, tuple[str, ...]], ...]
    case: str


def read_items(folder: Path) -> list[Item]:
    """Parse a folder of minutes."""
    items = []
    for path in sorted(folder.iterdir()):
        if path.suffix in {".txt", ".md", ".json", ".html"} and path.stem != "README":
            meeting = parse(path.read_bytes(), path.name)
            items += [_item(meeting, item) for item in meeting.items]
    return items


def _item(meeting: Meeting, item: AgendaItem) -> Item:
    place = (meeting.date, item.number)
    case = case_key(item.case_number) if item.case_number else ""
    texts: dict[SectionKind, list[str]] = {}
    for passage in split(meeting, item, words=PASSAGE_WORDS):
        text = meeting.text[passage.start : passage.end]
        texts.setdefault(passage.kind, []).append(f"{passage.prefix}\n{text}")
    targets = frozenset({(*place, None), (*place, slug(meeting.committee)), (case,)})
    return Item(targets, tuple((kind, tuple(part)) for kind, part in texts.items()), case)


def judged_retrieval(encoder: Encoder, name: str, folder: Path, judged: Path) -> dict[str, float]:
    """MRR@10 of a file's answerable queries, by language; case numbers are not the encoder's to find."""
    items = read_items(folder)
    passages = [
        (str(i), text) for i, item in enumerate(items) for _, texts in item.sections for text in texts
    ]
    asked: dict[str, list[tuple[str, set[str]]]] = {}
    for query in read_judged(judged):
        wanted = {_wanted(target) for target in query.relevant}
        relevant = {str(i) for i, item in enumerate(items) if item.targets & wanted}
        if relevant and query.kind != "metadata":
            asked.setdefault("en" if query.lang == "en" else "da", []).append((query.query, relevant))
    return {f"{name} {lang}": mean_reciprocal_rank(encoder, passages, q) for lang, q in sorted(asked.items())}


def _wanted(target: Target) -> tuple[object, ...]:
    return (target.case,) if target.case else (target.meeting_date, target.item_number, target.committee)


def summary_retrieval(encoder: Encoder, folder: Path) -> float:
    """MRR@10 by case of summaries (25 words) against the passages of other sections, without titles."""
    passages, summaries = [], []
    for item in read_items(folder):
        for kind, texts in item.sections:
            bodies = [text.partition("\n")[2] for text in texts]
            if kind is SectionKind.SUMMARY and len(bodies[0].split()) >= 8:
                summaries.append((" ".join(bodies[0].split()[:25]), {item.case}))
            elif kind in {SectionKind.PRESENTATION, SectionKind.DECISION}:
                passages += [(item.case, body) for body in bodies]
    return mean_reciprocal_rank(encoder, passages, summaries[:: max(1, len(summaries) // QUERIES_PER_SET)])


def evaluate(encoder: Encoder, shared: Path) -> dict[str, float]:
    """Every measure, by name; accuracies are the mean of both directions."""
    scores = {}
    for name, pairs in read_evaluation(shared / "model-data/eval").items():
        scores[name] = sum(bitext_accuracy(encoder, pairs)) / 2
    scores |= news_retrieval(encoder, shared / "model-data/eval")
    scores |= judged_retrieval(encoder, "seeds", shared / "seeds", shared / "eval/dev.jsonl")
    scores |= judged_retrieval(encoder, "greve", shared / "greve", shared / "eval/greve_dev.jsonl")
    scores |= judged_retrieval(encoder, "corpus", ROOT / "corpus", ROOT / "tests/judged/corpus_queries.jsonl")
    return scores | {"greve summaries": summary_retrieval(encoder, shared / "greve")}


def main() -> None:
    """Print one measure a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, required=True, help="folder with model-data/, seeds/, greve/ and eval/"
    )
    parser.add_argument("--model", default=None, help="hub name or folder; the shipped model where left out")
    args = parser.parse_args()
    for name, score in evaluate(load_encoder(args.model), args.shared).items():
        print(f"{score:.4f}  {name}")


if __name__ == "__main__":
    main()
