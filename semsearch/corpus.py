"""The folder of minutes: which files are documents, what they hold, and what has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import DocumentError, UsageError

SUFFIXES = frozenset({".txt", ".md", ".json", ".html", ".htm", ".pdf", ".docx"})


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus: `path` relative to the corpus with "/" between folders, and its digest."""

    path: str
    digest: str  # sha256 of the bytes
    size_bytes: int


def scan(corpus: Path) -> Iterator[str]:
    """Yield the relative paths of all documents, sorted; hidden files and READMEs are not documents.

    Raises:
        UsageError: the corpus is missing or no folder.
    """
    if not corpus.is_dir():
        what = "is not a folder" if corpus.exists() else "does not exist"
        raise UsageError(
            f"the corpus {corpus} {what}", "name the folder that holds the minutes: semsearch index CORPUS"
        )
    yield from sorted(_walk(corpus))


def read(corpus: Path, path: str, *, limit_bytes: int) -> tuple[Document, bytes]:
    """Read one document whole, with its digest.

    Raises:
        DocumentError: it cannot be read, or is larger than `limit_bytes`.
    """
    try:
        size = (corpus / path).stat().st_size
        if size > limit_bytes:
            raise DocumentError(
                f"{path} is {size >> 20} MB; the limit is {limit_bytes >> 20} MB", "split the file"
            )
        data = (corpus / path).read_bytes()
    except OSError as error:
        raise DocumentError(
            f"{path} cannot be read: {error.strerror}", "check that it exists and may be read"
        ) from None
    return Document(path, hashlib.sha256(data).hexdigest(), len(data)), data


def _walk(corpus: Path) -> Iterator[str]:
    for folder, names, files in os.walk(corpus, followlinks=False):
        names[:] = [name for name in names if not name.startswith(".")]
        for file in files:
            if Path(file).suffix.lower() in SUFFIXES and not file.startswith((".", "~$", "README")):
                yield (Path(folder) / file).relative_to(corpus).as_posix()
