"""Bags of pieces and the loss that pulls what belongs together: the training itself, on a CPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor
from torch.nn.functional import cross_entropy, embedding_bag, kl_div, log_softmax, normalize, softmax

from semsearch.encoders import WordPieces
from semsearch.text import stem, stem_english

Ids = NDArray[np.int32]
Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]
Report = Callable[[int, str, float], None]


class Bags:
    """The piece ids of many texts, end to end; batches are cut out of it without a loop."""

    def __init__(self, texts: Sequence[str], words: WordPieces, longest: int = 100) -> None:
        parts = [words.ids(text)[:longest] for text in texts]
        self.lengths = np.array([len(part) for part in parts], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)[:-1]]).astype(np.int64)
        self.ids: Ids = np.concatenate(parts).astype(np.int32) if parts else np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.lengths)

    def presence(self, rows: int) -> csr_matrix:
        """Texts x pieces: 1 / length where a piece stands."""
        weights = np.repeat(1 / np.maximum(self.lengths, 1), self.lengths).astype(np.float32)
        ends = np.concatenate([self.starts, [len(self.ids)]])
        return csr_matrix((weights, self.ids, ends), shape=(len(self), rows))

    def take(
        self, rows: Rows, drop: NDArray[np.float32] | None, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """Cut out rows: (ids, offsets); `drop` is each row's chance of losing any of its pieces."""
        lengths = self.lengths[rows]
        offsets = np.cumsum(lengths) - lengths
        at = np.repeat(self.starts[rows] - offsets, lengths) + np.arange(lengths.sum())
        ids = self.ids[at]
        if drop is not None:
            keep = rng.random(len(ids), dtype=np.float32) >= np.repeat(drop, lengths)
            keep[offsets[lengths > 0]] |= np.add.reduceat(keep, offsets[lengths > 0]) == 0
            ids = ids[keep]
            kept = np.concatenate([[0], np.cumsum(keep)])
            offsets = kept[offsets]
        return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(offsets)


@dataclass
class Task:
    """One kind of pairs, ready to draw batches from; `teacher[i]` is a row of the teacher's vectors or -1."""

    name: str
    left: Bags
    right: Bags
    group: Rows  # (n, groups of a row)
    weight: float
    batch: int
    drop: float = 0.0
    teacher: Rows | None = None
    parallel: bool = False  # both sides say the same, sentence for sentence


@dataclass
class Recipe:
    """What can be turned; the values are those of the shipped model."""

    dim: int = 384
    steps: int = 3000
    rate: float = 2e-3
    scale: float = 20.0
    margin: float = 0.2  # by which a translation must beat the others
    within: float = 0.3  # share of the steps whose negatives are also those of one's own language
    near: float = 0.7  # share of the batches that are drawn as neighbourhoods
    sif: float = 5e-4
    mark: float = 0.7  # share of the random marks in the start
    family: float = 0.2  # what the other forms of a word weigh in its start
    pull: float = 0.5
    pull_sims: float = 0.5
    teacher_scale: float = 20.0
    seed: int = 0


def start_rows(
    tasks: Sequence[Task], pieces: Sequence[str], teacher: Tensor | None, recipe: Recipe
) -> Matrix:
    """Begin with the company a piece keeps, shorter the commoner it is (SIF: Arora et al. 2017, a / (a + p)).

    A piece is the mean of the sentence pairs it stands in, either language: of the teacher's vectors of
    their English sides, and of a random vector a pair, so that words of the same pairs begin alike however
    rare. The other forms of a word add to what it keeps, and are all that an unseen form has. Pieces of no
    pair are the mean of the passages they stand in.
    """
    rng, rows = np.random.default_rng(recipe.seed), len(pieces)
    meant, drawn = np.zeros((2, 2, rows, recipe.dim), np.float32)
    for task in tasks:
        if task.parallel:
            goal = _goals(task, teacher, recipe.dim)
            marks = rng.standard_normal((len(task.left), recipe.dim), dtype=np.float32)
            for language, side in enumerate((task.left, task.right)):
                stands_in = side.presence(rows).T
                meant[language] += stands_in @ goal
                drawn[language] += stands_in @ marks
    kin = [_families(pieces, stemmer) for stemmer in (stem_english, stem)]
    meant, drawn = (
        sum(side + recipe.family * (of @ (of.T @ side) - side) for of, side in zip(kin, sums, strict=True))
        for sums in (meant, drawn)
    )
    start = _unit(_unit(meant) + recipe.mark * _unit(drawn))
    start = _fill(start, [task.right for task in tasks if not task.parallel])
    counts = sum(np.bincount(side.ids, minlength=rows) for task in tasks for side in (task.left, task.right))
    p = counts / counts.sum()
    unseen = ~start.any(1)
    start[unseen] = _unit(rng.standard_normal((int(unseen.sum()), recipe.dim), dtype=np.float32))
    return np.asarray(start * (recipe.sif / (recipe.sif + p))[:, None], dtype=np.float32)


def _families(pieces: Sequence[str], stemmer: Callable[[str], str]) -> csr_matrix:
    """Pieces x stems: 1 where a piece of four letters or more has the stem; no other piece has kin."""
    number: dict[str, int] = {}
    bases = [stemmer(piece) if len(piece) > 3 and piece.isalpha() else "#" + piece for piece in pieces]
    columns = [number.setdefault(base, len(number)) for base in bases]
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, (np.arange(len(columns)), columns)), shape=(len(columns), len(number)))


def _goals(task: Task, teacher: Tensor | None, dim: int) -> Matrix:
    goals = np.zeros((len(task.left), dim), np.float32)
    if teacher is not None and task.teacher is not None:
        known = task.teacher >= 0
        goals[known] = teacher[torch.from_numpy(task.teacher[known])].numpy()
        goals[known] -= goals[known].mean(0)
    return goals


def _fill(start: Matrix, passages: Sequence[Bags]) -> Matrix:
    total = np.zeros_like(start)
    for bags in passages:
        presence = bags.presence(len(start))
        vectors = _unit(presence @ start)
        total += presence.T @ (vectors - vectors.mean(0))
    empty = ~start.any(1)
    start[empty] = _unit(total[empty])
    return start


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


class LazyAdam:
    """Adam that touches the rows of the batch only, as SparseAdam does, at a third of its cost."""

    def __init__(self, weights: Tensor, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.weights, self.betas, self.step_count = weights, betas, 0
        self.first, self.second = torch.zeros_like(weights), torch.zeros_like(weights)

    def step(self, at: Tensor, rows: Tensor, rate: float) -> None:
        """Move `rows`, a copy of `weights[at]`, against their gradient and store them."""
        assert rows.grad is not None
        self.step_count += 1
        first = self.first[at].mul_(self.betas[0]).add_(rows.grad, alpha=1 - self.betas[0])
        second = self.second[at].mul_(self.betas[1]).addcmul_(rows.grad, rows.grad, value=1 - self.betas[1])
        self.first[at], self.second[at] = first, second
        one, two = (1 - beta**self.step_count for beta in self.betas)
        self.weights[at] = rows.detach() - rate / one * first / (second.div_(two).sqrt_().add_(1e-8))


def contrast(left: Tensor, right: Tensor, group: Tensor, recipe: Recipe, *, within: bool = False) -> Tensor:
    """Softmax over the batch, both ways; rows with a group in common are not each other's negatives.

    A pair must beat the others by the margin (Yang et al. 2019, "Improving multilingual sentence embedding
    using bi-directional dual encoder with additive margin softmax"). `within` adds the texts of one's own
    language to the negatives. `group` is (n, columns); a group counts in its column.
    """
    same = (group[:, None] == group[None, :]).any(2)
    own = torch.eye(len(group), dtype=torch.bool)
    masked = same & ~own
    sims = recipe.scale * (left @ right.T - recipe.margin * own).masked_fill(masked, -1e4)
    target = torch.arange(len(group))
    if not within:
        return (cross_entropy(sims, target) + cross_entropy(sims.T, target)) / 2
    forth, back = (
        torch.cat([part, recipe.scale * (side @ side.T).masked_fill(same, -1e4)], 1)
        for part, side in ((sims, left), (sims.T, right))
    )
    return (cross_entropy(forth, target) + cross_entropy(back, target)) / 2


def follow(left: Tensor, right: Tensor, teacher: Tensor, recipe: Recipe) -> Tensor:
    """Pull both sides to the teacher's vectors, and their similarities to the teacher's (512 rows)."""
    near = (1 - (left * teacher).sum(1)).mean() + (1 - (right * teacher).sum(1)).mean()
    if not recipe.pull_sims:
        return recipe.pull * near
    left, right, teacher = left[:512], right[:512], teacher[:512]
    target = softmax(recipe.teacher_scale * teacher @ teacher.T, dim=1)
    sims = kl_div(log_softmax(recipe.teacher_scale * left @ right.T, dim=1), target, reduction="batchmean")
    return recipe.pull * near + recipe.pull_sims * sims


def train(
    weights: Tensor, tasks: Sequence[Task], teacher: Tensor | None, recipe: Recipe, report: Report
) -> Tensor:
    """Train the rows in place at a linearly falling rate, a batch of one task a step; returns them."""
    rng = np.random.default_rng(recipe.seed)
    optimiser = LazyAdam(weights)
    chances = np.array([task.weight for task in tasks])
    chances /= chances.sum()
    for step in range(recipe.steps):
        rate = recipe.rate * max(0.02, 1 - step / recipe.steps) * min(1, (step + 1) / 50)
        task = tasks[rng.choice(len(tasks), p=chances)]
        size = min(task.batch, len(task.left))
        if task.parallel and rng.random() < recipe.near:
            batch = neighbourhoods(task, weights, rng)
        else:
            batch = rng.choice(len(task.left), size=size, replace=False)
        left, left_offsets = _left(task, batch, rng)
        right, right_offsets = task.right.take(batch, None, rng)
        at, local = torch.unique(torch.cat([left, right]), return_inverse=True)
        rows = weights[at].requires_grad_(True)
        sides = (
            normalize(embedding_bag(local[: len(left)], rows, left_offsets, mode="sum")),
            normalize(embedding_bag(local[len(left) :], rows, right_offsets, mode="sum")),
        )
        within = task.parallel and rng.random() < recipe.within
        loss = _loss(sides, task, batch, teacher, recipe, within=within)
        loss.backward()
        optimiser.step(at, rows, rate)
        report(step, task.name, loss.item())
    return weights


def neighbourhoods(task: Task, weights: Tensor, rng: np.random.Generator, near: int = 7) -> Rows:
    """Draw rows and, of ten batches drawn anew, the translations nearest to each: hard negatives."""
    pool = rng.choice(len(task.left), size=min(10 * task.batch, len(task.left)), replace=False)
    seeds = task.batch // (near + 1)
    left, right = (
        normalize(embedding_bag(ids, weights, offsets, mode="sum"))
        for ids, offsets in (task.left.take(pool[:seeds], None, rng), task.right.take(pool, None, rng))
    )
    nearest = (left @ right.T).topk(near + 1).indices.numpy()
    return np.asarray(pool[np.unique(np.concatenate([np.arange(seeds), nearest.ravel()]))][: task.batch])


def _loss(
    sides: tuple[Tensor, Tensor],
    task: Task,
    batch: Rows,
    teacher: Tensor | None,
    recipe: Recipe,
    *,
    within: bool,
) -> Tensor:
    left, right = sides
    loss = contrast(left, right, torch.from_numpy(task.group[batch]), recipe, within=within)
    if teacher is None or task.teacher is None:
        return loss
    known = torch.from_numpy(task.teacher[batch])
    mask = known >= 0
    if mask.any():
        loss = loss + follow(left[mask], right[mask], teacher[known[mask]], recipe)
    return loss


def without_means(rows: Matrix, tasks: Sequence[Task]) -> Matrix:
    """Take out the two directions that say only that a text is English, or Danish (Mu and Viswanath 2018)."""
    means = []
    for side in ("left", "right"):
        vectors = [_unit(getattr(task, side).presence(len(rows)) @ rows) for task in tasks if task.parallel]
        means.append(np.mean([part.mean(0) for part in vectors], axis=0))
    axes, _ = np.linalg.qr(np.array(means).T)
    return np.asarray(rows - rows @ axes @ axes.T, dtype=np.float32)


def _left(task: Task, batch: Rows, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Half the rows lose pieces, by chances up to `drop`: short questions from long sentences."""
    if not task.drop:
        return task.left.take(batch, None, rng)
    chance = rng.random(len(batch), dtype=np.float32) * task.drop
    chance[rng.random(len(batch)) < 0.5] = 0
    return task.left.take(batch, chance, rng)
