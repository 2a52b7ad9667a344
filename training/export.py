"""Trained rows -> the model's folder: the sentence-transformers layout, in int8."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from semsearch.sortedlines import SortedLines
from training.vocabulary import make_tokenizer

STATIC = "sentence_transformers.sentence_transformer.modules.StaticEmbedding"
NORMALIZE = "sentence_transformers.sentence_transformer.modules.Normalize"


def quantise(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round each row to int8 with its own scale: row ~ int8 * scale; the unknown piece, row 0, is zeros."""
    scales = np.abs(rows).max(axis=1) / 127
    scales[0] = 0
    safe = np.where(scales > 0, scales, 1)
    return np.round(rows / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def save_model(folder: Path, pieces: list[str], rows: NDArray[np.float32]) -> None:
    """Write everything but the model card."""
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    embeddings, scales = quantise(rows)
    save_file({"embeddings": embeddings, "weights": scales}, str(folder / "model.safetensors"))
    (folder / "model.safetensors").chmod(0o644)  # it is written for its owner only
    make_tokenizer(pieces).save(str(folder / "tokenizer.json"), pretty=False)
    numbers = {piece: str(number) for number, piece in enumerate(pieces)}
    (folder / "pieces.tsv").write_bytes(SortedLines.of(numbers).lines)
    _write_json(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": STATIC},
            {"idx": 1, "name": "1", "path": "1_Normalize", "type": NORMALIZE},
        ],
    )
    _write_json(folder / "1_Normalize" / "config.json", {})
    _write_json(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine", "prompts": {}})
    digest = sha256(b"".join((folder / f).read_bytes() for f in ("model.safetensors", "tokenizer.json")))
    about = {
        "revision": digest.hexdigest()[:16],
        "dim": int(rows.shape[1]),
        "pieces": len(pieces),
        "longest": max(map(len, pieces)),
    }
    _write_json(folder / "semsearch.json", about)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
