"""Generations on disk: write a new one whole, checksum, fsync, swap `CURRENT`, collect the old.

    indexes/<name>/CURRENT            "gen-000042 <sha256 of its manifest>"
    indexes/<name>/LOCK               held by the one writer
    indexes/<name>/gen-000042/        never changed once CURRENT names it
        manifest.json                 what it was built with, and sha256 and size of every other file

A reader follows CURRENT -> manifest -> files and compares each digest before it parses a byte, so that
it sees one generation or the other, never a mix, and never damage.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from semsearch.config import FORMAT
from semsearch.errors import IndexDamaged, IndexLocked, IndexMissing

KEEP = 2  # generations kept: the current one, and the one a slow reader may still be opening
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Generation:
    """One immutable generation: its folder, number and manifest."""

    path: Path
    number: int
    manifest: Manifest

    def verify(self, *names: str) -> None:
        """Compare files (all of them without `names`) with the manifest's digests.

        Raises:
            IndexDamaged: a file is missing, has another size, or holds other bytes; it is named.
        """
        files: dict[str, dict[str, Any]] = self.manifest["files"]
        for name in names or files:
            _verify_file(self.path / name, files.get(name))


def current(index: Path) -> Generation:
    """Read which generation is current, and its manifest.

    Raises:
        IndexMissing: there is no index here, or it is of another format.
        IndexDamaged: CURRENT or the manifest is not what was written.
    """
    for _ in range(10):  # a publish may collect the generation between the two reads
        name, digest = _read_current(index)
        try:
            raw = (index / name / "manifest.json").read_bytes()
        except FileNotFoundError:
            if _read_current(index) == (name, digest):
                raise _damaged(index / name / "manifest.json", "is missing") from None
            continue
        if hashlib.sha256(raw).hexdigest() != digest:
            raise _damaged(index / name / "manifest.json", "is not what was written")
        return Generation(index / name, int(name.removeprefix("gen-")), _manifest(raw, index))
    raise _damaged(index / "CURRENT", "names a generation that is not there")


def exists(index: Path) -> bool:
    """Tell whether a generation was ever published here."""
    return (index / "CURRENT").exists()


@contextmanager
def writing(index: Path) -> Iterator[Path]:
    """Hold the writer's lock and yield an empty folder for the next generation.

    The folder is removed again unless `publish` made it current. A dead holder's lock is free: the
    operating system lets go of it.

    Raises:
        IndexLocked: another run holds the lock; says who, and since when.
        SemsearchError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / "LOCK", timeout=0)
        lock.acquire()
    except Timeout:
        raise _locked(index) from None
    except OSError as error:
        raise _unwritable(index, error) from None
    try:
        _write_durably(
            index / "LOCK.holder", f"{os.getpid()} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
        )
        _collect(index)
        folder = index / f"gen-{_last_number(index) + 1:06d}"
        folder.mkdir()
        try:
            yield folder
        finally:
            if folder.name != _current_name(index):
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise _unwritable(index, error) from error
    finally:
        (index / "LOCK.holder").unlink(missing_ok=True)
        lock.release()


def publish(index: Path, folder: Path, manifest: Manifest) -> Generation:
    """Checksum and fsync every file of `folder`, write its manifest, and make it current by rename."""
    manifest = {
        "format": FORMAT,
        "generation": int(folder.name.removeprefix("gen-")),
        "created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **manifest,
        "files": {name: _sealed(folder / name) for name in sorted(_files(folder))},
    }
    raw = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    _write_durably(folder / "manifest.json", raw)
    for directory in [*(path for path in folder.rglob("*") if path.is_dir()), folder, index]:
        _fsync_directory(directory)
    _write_durably(index / "CURRENT", f"{folder.name} {hashlib.sha256(raw).hexdigest()}\n".encode())
    _collect(index)
    return Generation(folder, manifest["generation"], manifest)


def _read_current(index: Path) -> tuple[str, str]:
    try:
        raw = (index / "CURRENT").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"no index in {index}", "build one: semsearch index CORPUS") from None
    except OSError as error:
        raise IndexMissing(
            f"the index in {index} cannot be read: {error.strerror}", "check its permissions"
        ) from None
    parts = raw.decode("ascii", "replace").split(" ")
    if (
        len(parts) != 2
        or not parts[0].startswith("gen-")
        or not parts[0][4:].isdecimal()
        or len(parts[1]) != 65
    ):
        raise _damaged(index / "CURRENT", "is not what was written")
    return parts[0], parts[1].rstrip("\n")


def _manifest(raw: bytes, index: Path) -> Manifest:
    manifest: Manifest = json.loads(raw)
    if manifest.get("format") != FORMAT:
        raise IndexMissing(
            f"the index in {index} has format {manifest.get('format')}, this semsearch reads {FORMAT}",
            "run 'semsearch index CORPUS' to build it anew",
        )
    return manifest


def _verify_file(path: Path, entry: dict[str, Any] | None) -> None:
    if entry is None:
        raise _damaged(path, "is not in the manifest")
    try:
        if path.stat().st_size != entry["size_bytes"]:
            raise _damaged(path, "has another size than was written")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from None
    if digest != entry["sha256"]:
        raise _damaged(path, "is not what was written")


def _sealed(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {"size_bytes": path.stat().st_size, "sha256": digest}


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            yield path.relative_to(folder).as_posix()


def _write_durably(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _fsync_directory(path.parent)


def _fsync_directory(path: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to sync
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _numbers(index: Path) -> list[int]:
    return sorted(int(path.name[4:]) for path in index.glob("gen-*") if path.name[4:].isdecimal())


def _current_name(index: Path) -> str:
    try:
        return _read_current(index)[0]
    except (IndexMissing, IndexDamaged):
        return ""


def _last_number(index: Path) -> int:
    return max(_numbers(index), default=0)


def _collect(index: Path) -> None:
    """Remove generations that were never published, and all but the last `KEEP` that were."""
    name = _current_name(index)
    now = int(name.removeprefix("gen-") or 0)
    published = [number for number in _numbers(index) if number <= now]
    for number in _numbers(index):
        if number > now or number not in published[-KEEP:]:
            shutil.rmtree(index / f"gen-{number:06d}", ignore_errors=True)


def _locked(index: Path) -> IndexLocked:
    try:
        pid, since = (index / "LOCK.holder").read_text().split()
        who = f"process {pid} since {since}"
    except (OSError, ValueError):
        who = "another run"
    return IndexLocked(
        f"{index} is being written by {who}", "wait for it to finish, or stop it, and try again"
    )


def _unwritable(index: Path, error: OSError) -> IndexMissing:
    where = error.filename or index
    return IndexMissing(
        f"cannot write {where}: {error.strerror or error}",
        "the previous index still answers; make room or fix the permissions and run again",
    )


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(
        f"the index is damaged: {path} {what}",
        "restore the index folder from a backup, or build it anew: semsearch index CORPUS --rebuild",
    )
