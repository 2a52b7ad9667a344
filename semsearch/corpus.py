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
ARCHIVE = ".zip"
READS = 3  # of a file that changes meanwhile, before it is left for the next run
_GENERATION = re.compile(r"gen-\d{6,}")


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus: `path` relative to the corpus with "/" between folders, and its digest.

    A file within an archive is named below it: `2023.zip/byraadet/2023-05-08.txt`.
    """

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

    Links to files are followed, links to folders are not. Archives (.zip) are searched like folders.

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
        archive, member = _within_archive(corpus, path)
        if archive is not None:
            data: bytes | None = _read_member(archive, member, path, limit_bytes)
        else:
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
        wanted = _is_folder_to_search(entry.name, holds_index) if is_folder else _is_file_to_read(entry.name)
        if not wanted:
            continue
        path = f"{folder}{entry.name}/" if is_folder else f"{folder}{entry.name}"
        if not path.isascii() and not _is_text(path):
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
            listing.unreadable[shown] = f"{shown} has a name that is not UTF-8; rename it"
        elif is_folder:
            yield path
        elif Path(entry.name).suffix.lower() == ARCHIVE:
            _list_archive(corpus / path, path, listing)
        else:
            listing.paths.append(path)


def _is_folder_to_search(name: str, beside_lock: bool) -> bool:
    return not name.startswith(".") and not (beside_lock and _GENERATION.fullmatch(name))


def _is_document(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "~$", "README"))


def _is_file_to_read(name: str) -> bool:
    return _is_document(name) or (Path(name).suffix.lower() == ARCHIVE and not name.startswith("."))


def _list_archive(file: Path, path: str, listing: Listing) -> None:
    """Add the documents of an archive to the listing."""
    from zipfile import ZipFile

    try:
        with ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except _spoilt() as error:
        listing.unreadable[path] = f"{path} cannot be read as an archive: {error}"
        return
    parts = ((name, name.split("/")) for name in dict.fromkeys(names))
    listing.paths += [
        f"{path}/{name}"
        for name, (*folders, last) in parts
        if _is_document(last) and not any(folder.startswith(".") or not folder for folder in folders)
    ]


def file_of(corpus: Path, path: str) -> str:
    """Return the file that holds a document: itself, or the archive it is in."""
    if f"{ARCHIVE}/" in path.lower():
        archive, _ = _within_archive(corpus, path)
        if archive is not None:
            return str(archive)
    return os.path.join(corpus, path)


def _within_archive(corpus: Path, path: str) -> tuple[Path | None, str]:
    """Split the path of a file within an archive into the archive and the file's name in it."""
    before, found, member = path.lower().partition(f"{ARCHIVE}/")
    end = len(before) + len(ARCHIVE)
    if found and (corpus / path[:end]).is_file():
        return corpus / path[:end], path[end + 1 :]
    return None, member


def _read_member(file: Path, member: str, path: str, limit_bytes: int) -> bytes:
    """Return a file of an archive; never more than `limit_bytes` of it is unpacked."""
    from zipfile import ZipFile

    try:
        with ZipFile(file) as archive, archive.open(member) as stream:
            data = stream.read(limit_bytes + 1)
    except _spoilt() as error:
        raise DocumentError(
            f"{path} cannot be unpacked: {error}", "unpack the archive and look at it"
        ) from None
    if len(data) > limit_bytes:
        raise DocumentError(f"{path} is larger than the limit of {limit_bytes >> 20} MB", "split the file")
    return data


def _spoilt() -> tuple[type[Exception], ...]:
    """Return what the standard library raises for damaged, encrypted or unknown archives."""
    import lzma
    import struct
    import zipfile
    import zlib

    known = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError)
    return *known, ValueError, RuntimeError, LookupError, OverflowError, MemoryError


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
