"""Generations on disk: write a new one whole, checksum, fsync, swap `CURRENT`, collect the old.

    indexes/<name>/CURRENT            "gen-000042 <sha256 of its manifest> <check of this line>"
    indexes/<name>/LOCK               held by the one writer
    indexes/<name>/gen-000042/        never changed once CURRENT names it
        manifest.json                 what it was built with and from, sha256 and size of every other file

A reader follows CURRENT -> manifest -> files and compares each digest before it parses a byte, so that
it sees one generation or the other, never a mix, and never damage.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semsearch.config import FORMAT
from semsearch.errors import IndexDamaged, IndexLocked, IndexMissing

if TYPE_CHECKING:
    from filelock import BaseFileLock

KEEP = 2  # generations kept: the current one, and the one a slow reader may still be opening
THREADS_ABOVE = 32 << 20  # bytes; a smaller index is hashed faster than threads start
Manifest = dict[str, Any]

_CURRENT = re.compile(rb"(gen-\d{6,}) ([0-9a-f]{64}) ([0-9a-f]{16})\n")


@dataclass(frozen=True, slots=True)
class Generation:
    """One immutable generation: its folder, number and manifest."""

    path: Path
    number: int
    manifest: Manifest
    verified: set[str] = field(default_factory=set, compare=False)  # files found as they were written

    def verify(self, *names: str) -> None:
        """Compare files (all of them without `names`) with the manifest's digests, each once.

        Raises:
            IndexDamaged: a file is missing, has another size, or holds other bytes; it is named.
        """
        waiting = [name for name in names or self.files if name not in self.verified]
        for name, error in zip(waiting, self.damage(waiting), strict=True):
            if error is not None:
                raise error
            self.verified.add(name)

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """Every file but the manifest: `size_bytes` and `sha256` by name."""
        files: dict[str, dict[str, Any]] = self.manifest["files"]
        return files

    @property
    def size_bytes(self) -> int:
        """Size of all files but the manifest."""
        return sum(file["size_bytes"] for file in self.files.values())

    def damage(self, names: Sequence[str]) -> Iterator[IndexDamaged | None]:
        """Yield of each file what is wrong with it, or None; in order, hashed on all cores when large."""
        if sum(self.files.get(name, {}).get("size_bytes", 0) for name in names) < THREADS_ABOVE:
            yield from map(self._damage, names)
            return
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # hashlib lets go of the interpreter's lock
            yield from pool.map(self._damage, names)

    def _damage(self, name: str) -> IndexDamaged | None:
        try:
            _verify_file(self.path / name, self.files.get(name))
        except IndexDamaged as error:
            return error
        return None


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
        except OSError as error:
            if _read_current(index) == (name, digest):
                raise _damaged(index / name / "manifest.json", _why(error)) from None
            continue
        if hashlib.sha256(raw).hexdigest() != digest:
            raise _damaged(index / name / "manifest.json", "is not what was written")
        return Generation(index / name, int(name.removeprefix("gen-")), _manifest(raw, index))
    raise _damaged(index / "CURRENT", "names a generation that is not there")


def exists(index: Path) -> bool:
    """Tell whether a generation was ever published here."""
    return os.path.exists(index / "CURRENT")


def kept(index: Path) -> list[int]:
    """Return the numbers of the generations that are there, ascending."""
    return _numbers(index)


@contextmanager
def writing(index: Path) -> Iterator[Path]:
    """Hold the writer's lock and yield an empty folder for the next generation.

    The folder is removed again unless `publish` made it current. A dead holder's lock is free: the
    operating system lets go of it.

    Raises:
        IndexLocked: another run holds the lock; says who, and since when.
        SemsearchError: the folder cannot be written.
    """
    lock = _acquire(index)
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
            if _current_number(index) not in (None, int(folder.name[4:])):
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise _unwritable(index, error) from error
    finally:
        try:
            with suppress(OSError):
                (index / "LOCK.holder").unlink(missing_ok=True)
        finally:
            lock.release()


def _acquire(index: Path) -> BaseFileLock:
    from filelock import FileLock, Timeout

    try:
        if not index.exists():
            index.mkdir(parents=True)
            _fsync_directory(index.parent)
        lock = FileLock(index / "LOCK", timeout=0)
        lock.acquire()
    except Timeout:
        raise _locked(index) from None
    except OSError as error:
        raise _unwritable(index, error) from None
    return lock


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
    line = f"{folder.name} {hashlib.sha256(raw).hexdigest()}".encode()
    _write_durably(index / "CURRENT", b"%s %s\n" % (line, _check(line)))
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
    match = _CURRENT.fullmatch(raw)
    if match is None or match[3] != _check(raw[: match.end(2)]):
        raise _damaged(index / "CURRENT", "is not what was written")
    return match[1].decode(), match[2].decode()


def _check(line: bytes) -> bytes:
    """Return what tells a damaged CURRENT from a damaged manifest."""
    return hashlib.sha256(line).hexdigest()[:16].encode()


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
    except OSError as error:
        raise _damaged(path, _why(error)) from None
    if digest != entry["sha256"]:
        raise _damaged(path, "is not what was written")


def _sealed(path: Path) -> dict[str, Any]:
    path.chmod(path.parent.stat().st_mode & 0o666)  # tantivy keeps some of its files to their owner
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {"size_bytes": path.stat().st_size, "sha256": digest}


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != "manifest.json":
            yield name


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


def _current_number(index: Path) -> int | None:
    """Return the current generation's number: 0 before the first, None where CURRENT cannot be read."""
    if not os.path.lexists(index / "CURRENT"):
        return 0
    try:
        return int(_read_current(index)[0].removeprefix("gen-"))
    except (IndexMissing, IndexDamaged):
        return None


def _last_number(index: Path) -> int:
    return max(_numbers(index), default=0)


def _collect(index: Path) -> None:
    """Remove generations that were never published, and all but the last `KEEP` that were.

    Where CURRENT cannot be read nothing is removed: which generation is the good one is not known.
    """
    now = _current_number(index)
    if now is None:
        return
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
    where, why = error.filename or index, error.strerror or f"{error}; is the disk full?"
    still = "the previous index still answers; " if exists(index) else ""
    return IndexMissing(
        f"cannot write {where}: {why}", f"{still}make room or fix the permissions and run again"
    )


def _why(error: OSError) -> str:
    return "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(
        f"the index is damaged: {path} {what}",
        "restore the index folder from a backup, or build it anew: semsearch index CORPUS --rebuild",
    )
