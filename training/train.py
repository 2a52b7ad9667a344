"""The whole recipe in one command: `python -m training.train --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from semsearch.encoders import WordPieces
from training.data import (
    BY_HAND,
    MACHINE_TRANSLATED,
    SYNONYMS,
    Pairs,
    bitext_pairs,
    hand_pairs,
    key_of,
    minutes_pairs,
    parliament_pairs,
    read_bitext,
    read_evaluation,
    read_minutes,
    window_pairs,
)
from training.export import save_model
from training.glossary import glossary, swap, with_hand
from training.model import Bags, Recipe, Report, Task, start_rows, train, without_means
from training.teacher import embed, project, teacher_words
from training.vocabulary import choose_pieces, count_words

CACHE = Path(__file__).parent / "runs" / "teacher"
PARALLEL = ("natural", "terms", "by hand", "business", "translated")
# name -> (share of the steps, batch, most pieces dropped from the left side, weight in the word count)
PLAN = {
    "natural": (0.30, 1024, 0.3, 6.0),
    "terms": (0.10, 1024, 0.0, 4.0),
    "by hand": (0.08, 1024, 0.0, 50.0),
    "synonyms": (0.04, 1024, 0.0, 50.0),
    "business": (0.22, 1024, 0.5, 0.3),
    "translated": (0.02, 1024, 0.3, 0.1),
    "words": (0.06, 1024, 0.0, 0.0),
    "windows": (0.12, 1024, 0.6, 0.0),
    "debate titles": (0.07, 512, 0.5, 0.0),
    "debate neighbours": (0.06, 512, 0.3, 0.6),
    "debate sentences": (0.06, 512, 0.5, 0.0),
    "minutes titles": (0.04, 512, 0.4, 0.0),
    "minutes sections": (0.03, 512, 0.3, 1.0),
    "minutes sentences": (0.04, 512, 0.5, 0.0),
    "debate titles swapped": (0.04, 512, 0.4, 0.0),
    "debate sentences swapped": (0.05, 512, 0.5, 0.0),
    "minutes titles swapped": (0.03, 512, 0.3, 0.0),
    "minutes sentences swapped": (0.03, 512, 0.5, 0.0),
}


def read_pairs(data: Path, minutes: Path | None, seed: int) -> list[Pairs]:
    """Read every kind of pairs; none holds a sentence of the test sets."""
    tests = read_evaluation(data / "eval")
    banned = {key_of(text) for pairs in tests.values() for pair in pairs for text in pair}
    rows = read_bitext(data / "en-da.tsv.gz", banned)
    by_hand = hand_pairs("by hand", BY_HAND, banned)
    pairs = [*bitext_pairs(rows), by_hand, hand_pairs("synonyms", SYNONYMS, banned), window_pairs(rows)]
    danish = parliament_pairs(data)
    if minutes is not None:
        danish += minutes_pairs(read_minutes(minutes), seed)
    words = glossary([(en, da) for en, da, source in rows if source != MACHINE_TRANSLATED])
    words = with_hand(words, by_hand.best_first())
    pairs += danish + [swapped_pairs(part, words) for part in danish if f"{part.name} swapped" in PLAN]
    found = [
        text for part in pairs for side in (part.left, part.right) for text in side if key_of(text) in banned
    ]
    if found:
        raise SystemExit(f"{len(found)} texts of the test sets are among the training pairs")
    return pairs


def swapped_pairs(pairs: Pairs, words: dict[str, str], least: float = 0.5) -> Pairs:
    """Those of the pairs whose left side the glossary can turn to English, or most of it."""
    swapped = Pairs(f"{pairs.name} swapped")
    for left, right, group in zip(pairs.left, pairs.right, pairs.group, strict=True):
        english, share = swap(left, words)
        if share >= least:
            swapped.add(english, right, group)
    return swapped


def make_tasks(
    pairs: list[Pairs], words: WordPieces, teacher: dict[str, NDArray[np.float16]]
) -> tuple[list[Task], NDArray[np.float16]]:
    """Turn pairs to bags, with a row of the teacher's vectors for each English side that has one."""
    row_of = {text: i for i, text in enumerate(teacher)}
    tasks = []
    for part in pairs:
        share, batch, drop, _ = PLAN[part.name]
        known = np.array([row_of.get(text, -1) for text in part.left], dtype=np.int64)
        said_twice = part.name in (*PARALLEL, "synonyms")
        group = text_groups(part) if said_twice else np.array(part.group, dtype=np.int64)[:, None]
        left, right = Bags(part.left, words), Bags(part.right, words)
        task = Task(part.name, left, right, group, share, batch, drop)
        task.teacher = known if (known >= 0).any() else None
        task.parallel = part.name in PARALLEL and part.name != "translated"
        tasks.append(task)
    vectors = np.stack(list(teacher.values())) if teacher else np.zeros((0, 1), np.float16)
    return tasks, vectors


def text_groups(pairs: Pairs) -> NDArray[np.int64]:
    """Number the two texts of each pair, (n, 2): pairs that share one are not each other's negatives."""
    number: dict[str, int] = {}
    return np.array(
        [
            [number.setdefault(key_of(text), len(number)) for text in pair]
            for pair in zip(pairs.left, pairs.right, strict=True)
        ],
        dtype=np.int64,
    )


def english_sentences(pairs: list[Pairs], taught: int, seed: int) -> list[str]:
    """What the teacher reads: all natural sentences and terms, and `taught` of the business documentation."""
    sentences = {part.name: list(dict.fromkeys(part.left)) for part in pairs if part.name in PARALLEL}
    business = sentences.pop("business") + sentences.pop("translated")
    random.Random(seed).shuffle(business)
    return [text for part in sentences.values() for text in part] + business[:taught]


def word_pairs(texts: list[str]) -> Pairs:
    """Each English word with itself: what only the teacher can tell about it."""
    pairs = Pairs("words")
    for i, word in enumerate(teacher_words(texts)):
        pairs.add(word, word, i)
    return pairs


def show(steps: int) -> Report:
    """Make a reporter that prints the mean loss of each kind now and then."""
    losses: dict[str, list[float]] = {}
    started = time.time()

    def report(step: int, name: str, loss: float) -> None:
        losses.setdefault(name, []).append(loss)
        if (step + 1) % 500 == 0 or step + 1 == steps:
            means = " ".join(f"{key}={np.mean(values):.2f}" for key, values in sorted(losses.items()))
            print(f"{step + 1}/{steps} {time.time() - started:.0f} s {means}", flush=True)
            losses.clear()

    return report


def run(args: argparse.Namespace, recipe: Recipe) -> None:
    """Read, choose the vocabulary, ask the teacher, train, write."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(args.threads)
    pairs = read_pairs(args.data, args.minutes, recipe.seed)
    print({part.name: len(part) for part in pairs}, flush=True)
    counts = count_words((part.left + part.right, PLAN[part.name][3]) for part in pairs if PLAN[part.name][3])
    pieces = choose_pieces(counts, args.vocabulary)
    words = WordPieces.of(pieces)
    teacher: dict[str, NDArray[np.float16]] = {}
    if not args.no_teacher:
        sentences = english_sentences(pairs, args.taught, recipe.seed)
        pairs.append(word_pairs([text for part in pairs if part.name in PARALLEL for text in part.left]))
        teacher = embed(sentences + pairs[-1].left, args.cache)
    tasks, vectors = make_tasks(pairs, words, teacher)
    goal = torch.from_numpy(project(vectors.astype(np.float32), recipe.dim)) if teacher else None
    weights = torch.from_numpy(without_means(start_rows(tasks, pieces, goal, recipe), tasks))
    runs = [replace(recipe, seed=recipe.seed + i, scale=recipe.scale * (1 + i / 2)) for i in range(args.runs)]
    trained = [train(weights.clone(), tasks, goal, one, show(one.steps)).numpy() for one in runs]
    save_model(args.out, pieces, without_means(np.mean(trained, axis=0), tasks))


def main() -> None:
    """Parse the command line; every number of the recipe has a flag."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with en-da.tsv.gz, folketinget*.jsonl.gz, eval/"
    )
    parser.add_argument("--minutes", type=Path, help="folder of FirstAgenda JSON minutes")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the teacher's vectors are kept")
    parser.add_argument("--no-teacher", action="store_true")
    parser.add_argument("--runs", type=int, default=2, help="from one start, each sharper; they are averaged")
    parser.add_argument("--taught", type=int, default=88_000, help="business sentences the teacher reads")
    parser.add_argument("--threads", type=int, default=1, help="the model depends on it in the last digits")
    parser.add_argument("--vocabulary", type=int, default=66_000)
    for field in fields(Recipe):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default
        )
    args = parser.parse_args()
    run(args, Recipe(**{field.name: getattr(args, field.name) for field in fields(Recipe)}))


if __name__ == "__main__":
    main()
