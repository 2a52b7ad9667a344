"""The folder of minutes: which files are documents, what they hold, and what has changed."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.errors import DocumentError, UsageError

SUFFIXES = frozenset({".txt", ".md", ".json", ".html", ".htm", ".pdf", ".docx"})
READS = 3  # of a file that changes meanwhile, before it is left for the next run
_GENERATION = re.compile(r"gen-\d{6,}")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus: `path` relative to the corpus with "/" between folders, and its digest."""

    path: str
    digest: str  # sha256 of the bytes
    size_bytes: int


@dataclass(slots=True)
class Listing:
    """What a corpus holds: paths of documents, sorted; what could not be listed, with the reason.

    A folder in `unreadable` ends with "/"; what lies below it is not known, which is not to be gone.
    """

    paths: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)


def scan(corpus: Path) -> Listing:
    """List all documents; hidden files, READMEs and an index kept inside the corpus are not documents.

    Links to files are followed, links to folders are not.

    Raises:
        UsageError: the corpus is missing, no folder, or cannot be read.
    """
    if not os.path.isdir(corpus):
        what = "is not a folder" if os.path.lexists(corpus) else "does not exist"
        raise UsageError(
            f"the corpus {corpus} {what}", "name the folder that holds the minutes: semsearch index CORPUS"
        )
    listing = Listing()
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            folders += _list(corpus, folder, listing)
        except OSError as error:
            if not folder:
                raise UsageError(
                    f"the corpus {corpus} cannot be read: {error.strerror}", "check its permissions"
                ) from None
            listing.unreadable[folder] = f"{folder} cannot be read: {error.strerror}"
    listing.paths.sort()
    return listing


def read(corpus: Path, path: str, *, limit_bytes: int) -> tuple[Document, bytes]:
    """Read one document whole, with its digest; read again when it changed meanwhile.

    Raises:
        DocumentError: it cannot be read, keeps changing, or is larger than `limit_bytes`.
    """
    for _ in range(READS):
        data = _read_once(corpus / path, path, limit_bytes)
        if data is not None:
            return Document(path, hashlib.sha256(data).hexdigest(), len(data)), data
    raise DocumentError(f"{path} changes while it is read", "it is read again on the next run")


def _list(corpus: Path, folder: str, listing: Listing) -> Iterator[str]:
    """Add a folder's documents to the listing and yield its folders."""
    with os.scandir(corpus / folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    holds_index = any(entry.name == "LOCK" for entry in found)
    for entry in found:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not (_is_folder_to_search(entry.name, holds_index) if is_folder else _is_document(entry.name)):
            continue
        path = f"{folder}{entry.name}/" if is_folder else f"{folder}{entry.name}"
        if not path.isascii() and not _is_text(path):
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
            listing.unreadable[shown] = f"{shown} has a name that is not UTF-8; rename it"
        elif is_folder:
            yield path
        else:
            listing.paths.append(path)


def _is_folder_to_search(name: str, beside_lock: bool) -> bool:
    return not name.startswith(".") and not (beside_lock and _GENERATION.fullmatch(name))


def _is_document(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "~$", "README"))


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:  # bytes of another encoding, as os.fsdecode carries them
        return False
    return True


def _read_once(file: Path, path: str, limit_bytes: int) -> bytes | None:
    """Return a file's bytes, or None when it changed while it was read."""
    try:
        with open(file, "rb", opener=_without_waiting) as stream:
            before = os.fstat(stream.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise DocumentError(f"{path} is no regular file", "put the file itself there")
            if before.st_size > limit_bytes:
                size, limit = before.st_size >> 20, limit_bytes >> 20
                raise DocumentError(f"{path} is {size} MB; the limit is {limit} MB", "split the file")
            data = stream.read(before.st_size + 1)
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise DocumentError(
            f"{path} cannot be read: {error.strerror}", "check that it exists and may be read"
        ) from None
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return data if same and len(data) == after.st_size else None


def _without_waiting(name: str, flags: int) -> int:
    """Open a file so that a pipe without a writer does not stop the night."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
