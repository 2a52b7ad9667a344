"""Text -> vector: the `Encoder` protocol, the model that is shipped, and any sentence-transformers model."""

from __future__ import annotations

import json
import mmap
import os
import re
import socket
import struct
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from string import punctuation as ASCII_PUNCTUATION
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import ModelMissing
from semsearch.sortedlines import SortedLines

Vectors = NDArray[np.float32]

SHIPPED = "minutes-da-en"
MODELS = Path(__file__).parent / "models"
HUB = "https://huggingface.co"
PROBE_TIMEOUT_S = 3.0
MAX_WORD_CHARS = 100  # WordPiece's own limit: a longer word is unknown
CACHED_WORDS = 500_000
MANY_WORDS = 500  # met: from there on a table of all pieces costs less than looking each up in the file
PREFIXES = (  # for models that do not name their own prompts: pattern of the name, query, passage
    (
        r"e5-.*-instruct",
        "Instruct: Given a question, find the passages of minutes that answer it\nQuery: ",
        "",
    ),
    (r"(^|[-/_])e5-", "query: ", "passage: "),
    (r"bge-(small|base|large)-en", "Represent this sentence for searching relevant passages: ", ""),
    (r"arctic-embed", "query: ", ""),
    (r"nomic-embed", "search_query: ", "search_document: "),
)


class Encoder(Protocol):
    """Turns texts into vectors.

    Equal texts give equal vectors, whatever else is in the batch, in whatever order, in NFC or NFD.
    Every row has length 1, except that a text that is empty, blank or made of unknown signs only
    gives a row of zeros: it is similar to nothing.
    """

    @property
    def name(self) -> str:
        """What loads it again from anywhere: its hub name, its folder's path, or the shipped one's name."""

    @property
    def revision(self) -> str:
        """Digest of the model's content; vectors of two revisions must not be mixed."""

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what users ask: float32, (len(texts), dim)."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is searched (also single words): float32, (len(texts), dim)."""


class StaticEncoder:
    """The shipped model without torch: the mean of one vector per word piece, scaled to length 1.

    The folder is a sentence-transformers model (`StaticEmbedding`, `Normalize`), whose weights are
    int8 rows with a scale each, and beside it `pieces.tsv` (the pieces of `tokenizer.json` with their
    ids, sorted, so that a query looks up a few and loads none) and `semsearch.json` (revision, sizes).
    The weights are mapped, not read: one query touches a few of their pages.

    Raises:
        ModelMissing: a file of the model is absent or not what it should be.
    """

    def __init__(self, folder: str | Path) -> None:
        folder = Path(folder)
        self.name = SHIPPED if folder == MODELS / SHIPPED else full_name(str(folder))
        try:
            about = json.loads((folder / "semsearch.json").read_text(encoding="utf-8"))
            self._words = WordPieces(SortedLines.open(folder / "pieces.tsv"), int(about["longest"]))
            self._rows, self._scales = _map_weights(folder / "model.safetensors")
            self.revision, self.dim = str(about["revision"]), int(about["dim"])
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise _unusable(folder, error) from error
        if self._rows.shape != (int(about["pieces"]), self.dim) or len(self._scales) != len(self._rows):
            raise _unusable(folder, "the weights and the vocabulary differ in size")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what users ask: float32, (len(texts), dim); queries and passages are one to this model."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is searched: float32, (len(texts), dim), rows of length 1 or 0."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            ids = self._words.ids(text)
            if ids.size:
                np.matmul(self._scales[ids], self._rows[ids].astype(np.float32), out=row)
        return _unit(vectors)

    def knows(self, word: str) -> bool:
        """Tell whether a word in lower case is one piece: as good as sure that it is spelt right."""
        return self._words.is_whole(word)


class WordPieces(dict[str, bytes]):
    """What stands between two blanks -> the ids of its pieces, as int32 bytes; filled as words are met.

    The same split as `tokenizer.json` makes: NFC, lower case, blanks, single signs of punctuation,
    then the longest known piece from the left; a word that cannot be split wholly is unknown.
    """

    def __init__(self, pieces: SortedLines, longest: int) -> None:
        super().__init__()
        self._pieces, self._longest = pieces, longest
        self._id_of: dict[str, int] = {}  # filled once many words are met
        unknown = self._find("[UNK]")
        if unknown is None:
            raise ValueError("the vocabulary has no piece for what is unknown")
        self._unknown = [unknown]

    @classmethod
    def of(cls, pieces: Sequence[str]) -> WordPieces:
        """Make the splitter of a vocabulary whose ids are the places in the list."""
        numbers = {piece: str(number) for number, piece in enumerate(pieces)}
        return cls(SortedLines.of(numbers), max(map(len, pieces)))

    def ids(self, text: str) -> NDArray[np.int32]:
        """Split a text: the ids of its pieces, in order."""
        if len(self) > CACHED_WORDS:
            self.clear()
        return np.frombuffer(b"".join(map(self.__getitem__, _normalise(text).split())), dtype=np.int32)

    def is_whole(self, word: str) -> bool:
        """Tell whether a word is a piece itself."""
        return self._find(word) is not None

    def _find(self, piece: str) -> int | None:
        if self._id_of:
            return self._id_of.get(piece)
        found = self._pieces.find(piece)
        return None if found is None else int(found)

    def _load(self) -> None:
        lines = (line.rpartition("\t") for line in bytes(self._pieces.lines).decode().split("\n")[:-1])
        self._id_of = {piece: int(number) for piece, _, number in lines}

    def __missing__(self, chunk: str) -> bytes:
        if len(self) == MANY_WORDS and not self._id_of:
            self._load()
        ids = [i for word in _split_punctuation(chunk) for i in self._split(word)]
        found = self[chunk] = np.array(ids, dtype=np.int32).tobytes()
        return found

    def _split(self, word: str) -> list[int]:
        if len(word) > MAX_WORD_CHARS:
            return self._unknown
        ids, start = [], 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                found = self._find(word[start:end])
                if found is not None:
                    break
            else:
                return self._unknown
            ids.append(found)
            start = end
        return ids


class HubEncoder:
    """Any sentence-transformers model, by hub name or folder; the one class that imports torch.

    Prefixes for queries and passages come from the model's own prompts, else from `PREFIXES`.

    Raises:
        ModelMissing: the model is not on disk and no hub answers, or it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self.name = full_name(name)
        self._model = _load_sentence_transformer(name)
        self.revision = _revision(self.name, self._model)
        self.dim = int(self._model.get_embedding_dimension())
        self._query_prefix, self._passage_prefix = _prefixes(self.name, self._model.prompts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what users ask, with the model's prefix for queries: float32, (len(texts), dim)."""
        return self._encode(texts, self._query_prefix)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is searched, with the model's prefix for passages: float32, (len(texts), dim)."""
        return self._encode(texts, self._passage_prefix)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        kept = [i for i, text in enumerate(texts) if text.strip()]
        if kept:
            prefixed = [prefix + unicodedata.normalize("NFC", texts[i]) for i in kept]
            vectors[kept] = self._model.encode(prefixed, prompt="", show_progress_bar=False)
        return _unit(vectors)


def load_encoder(name: str | None = None) -> Encoder:
    """Load the shipped model (None or its name), a model's folder, or a model of the hub by name.

    A folder laid out as the shipped one runs without torch.

    Raises:
        ModelMissing: neither on disk nor to be fetched, or not a model.
    """
    if name is None or name == SHIPPED:
        return StaticEncoder(MODELS / SHIPPED)
    if (Path(name) / "semsearch.json").is_file():
        return StaticEncoder(name)
    return HubEncoder(name)


def full_name(name: str) -> str:
    """Return a model's name, or where its folder lies, however the path was typed."""
    return str(Path(name).resolve()) if Path(name).is_dir() else name


def word_encoder(encoder: Encoder) -> StaticEncoder:
    """Return the shipped model, by which single words are encoded: `encoder` itself where it is that one."""
    if isinstance(encoder, StaticEncoder) and encoder.name == SHIPPED:
        return encoder
    return StaticEncoder(MODELS / SHIPPED)


def _normalise(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).replace("Σ", "σ").lower()  # no final sigma, as in tokenizers


def _split_punctuation(chunk: str) -> list[str]:
    if chunk.isalnum():
        return [chunk]
    return "".join(f" {sign} " if _is_punctuation(sign) else sign for sign in chunk).split()


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "P" or sign in ASCII_PUNCTUATION


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return vectors / np.where(lengths > 0, lengths, 1).astype(np.float32)[:, None]


def _map_weights(path: Path) -> tuple[NDArray[np.int8], Vectors]:
    """Map the int8 rows and read their scales (https://huggingface.co/docs/safetensors, file format)."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])

    def tensor(key: str, dtype: Any) -> NDArray[Any]:
        start, end = header[key]["data_offsets"]
        flat = np.frombuffer(data, dtype, (end - start) // np.dtype(dtype).itemsize, 8 + length + start)
        return flat.reshape(header[key]["shape"])

    return tensor("embeddings", np.int8), tensor("weights", np.float32)


def _unusable(folder: Path, why: object) -> ModelMissing:
    return ModelMissing(
        f"no usable model in {folder}: {why}", "reinstall semsearch, or name another model with --model DIR"
    )


def _load_sentence_transformer(name: str) -> Any:
    with suppress(ImportError):
        from sentence_transformers import SentenceTransformer

        return _try_disk_then_hub(SentenceTransformer, name)
    raise ModelMissing(
        f"model {name!r} needs sentence-transformers, which is not installed",
        "pip install sentence-transformers, or leave --model out to use the model that is shipped",
    )


def _try_disk_then_hub(load: Any, name: str) -> Any:
    if Path(name).is_file():
        raise _missing(name, "it is a file, not a folder")
    if _is_path(name) and not Path(name).exists():
        raise _missing(name, "there is no such folder")
    try:
        return load(name, device="cpu", local_files_only=True)
    except Exception as error:  # transformers, safetensors and the hub client raise dozens of kinds
        if _is_path(name):
            raise _missing(name, f"the folder holds none ({_first_line(error)})") from error
        if reason := _why_no_hub():
            raise _missing(name, f"it is not on this machine, and {reason}") from error
    try:
        return load(name, device="cpu")
    except Exception as error:
        raise _missing(name, f"the hub did not give it ({_first_line(error)})") from error


def _is_path(name: str) -> bool:
    """Tell whether a name cannot be one of a hub."""
    return Path(name).exists() or bool(re.match(r"[./~\\]|\w:", name)) or name.count("/") > 1


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:200]}"


def _missing(name: str, reason: str) -> ModelMissing:
    return ModelMissing(
        f"model {name!r} cannot be loaded: {reason}",
        "on a connected machine save it to a folder (SentenceTransformer(NAME).save(DIR)), copy the folder "
        "here and pass --model DIR; or leave --model out to use the model that is shipped",
    )


def _why_no_hub() -> str:
    """Why the hub cannot be asked, "" if it can: one connection, so that no retries keep a user waiting."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "TRUE", "YES", "ON"}:
        return "HF_HUB_OFFLINE forbids asking a hub"
    named = next((name for name in ("HTTPS_PROXY", "https_proxy", "HF_ENDPOINT") if os.environ.get(name)), "")
    address = os.environ[named] if named else HUB
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")  # a proxy may be host:port
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return f"what {named} says is no address"  # not shown: it may hold a password
    try:
        socket.create_connection((host, port), PROBE_TIMEOUT_S).close()
    except (OSError, UnicodeError) as error:  # a name too long for the DNS is a UnicodeError
        return f"no hub answers at {host}:{port} ({error})"
    return ""


def _prefixes(name: str, prompts: dict[str, str] | None) -> tuple[str, str]:
    own = {key: prompt for key, prompt in (prompts or {}).items() if prompt}
    if own:
        return own.get("query", ""), own.get("document") or own.get("passage") or ""
    for pattern, query, passage in PREFIXES:
        if re.search(pattern, name.rstrip("/").lower()):
            return query, passage
    return "", ""


def _revision(name: str, model: Any) -> str:
    """The hub's commit where the model came from one, else a digest of the folder's files."""
    if Path(name).is_dir():
        return _digest_folder(Path(name))
    with suppress(AttributeError):
        commit = model[0].auto_model.config._commit_hash or model.model_card_data.base_model_revision
        return str(commit or name)
    return name


def _digest_folder(folder: Path) -> str:
    """Digest names, sizes and both ends of the files: a gigabyte of weights is not read at each start."""
    digest = sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(65536))
            file.seek(max(0, size - 65536))
            digest.update(file.read(65536))
    return digest.hexdigest()[:16]
