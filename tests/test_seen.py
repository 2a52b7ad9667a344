"""A file that may have been touched is read again, whatever its times were set to."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from invented import minutes, write

from semsearch import Report, build_index, corpus, seen
from semsearch.index import Index

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files rest for a twentieth of a second only."""
    monkeypatch.setattr(seen, "REST_NS", 50_000_000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "corpus", a=minutes("2023-05-08"), b=minutes("2023-06-05"))
    time.sleep(0.1)
    if not seen.stamp(tmp_path / "corpus" / "a.txt"):
        pytest.skip("the times of files are not trusted here")
    return tmp_path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that are read, in order."""
    paths: list[str] = []
    read = corpus.read

    def noting(folder: Path, path: str, **options: Any) -> Any:
        paths.append(path)
        return read(folder, path, **options)

    monkeypatch.setattr(corpus, "read", noting)
    return paths


def night(home: Path, **options: Any) -> Report:
    return build_index(home / "corpus", home / "index", **options)


def test_what_nobody_touched_is_not_read_again(home: Path, reads: list[str]) -> None:
    night(home)
    reads.clear()
    assert not night(home).published
    assert reads == []
    write(home / "corpus", c=minutes("2023-07-03"))
    time.sleep(0.1)
    assert night(home).added == 1
    assert set(reads) == {"c.txt"}
    reads.clear()
    assert not night(home).published
    assert reads == []


def test_same_size_and_old_times_put_back_hide_nothing(home: Path) -> None:
    night(home)
    file = home / "corpus" / "a.txt"
    before = file.stat()
    file.write_text(file.read_text().replace("Taget", "Laget"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert night(home).changed == 1


def test_a_file_put_in_the_place_of_another_is_read(home: Path) -> None:
    night(home)
    file, other = home / "corpus" / "a.txt", home / "other.txt"
    other.write_text(file.read_text().replace("Taget", "Laget"))
    shutil.copystat(file, other)
    other.replace(file)
    assert night(home).changed == 1


def test_what_was_written_a_moment_ago_is_read_again(
    home: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "REST_NS", 3_600_000_000_000)
    night(home)
    assert seen.load(Index.open(home / "index").generation.path) == {}
    reads.clear()
    assert not night(home).published
    assert reads == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("changed", "system"), [(1_700_000_000_000_000_000, "posix"), (1_700_000_000_123_456_789, "nt")]
)
def test_coarse_clocks_and_windows_are_not_trusted(
    home: Path, monkeypatch: pytest.MonkeyPatch, changed: int, system: str
) -> None:
    found = os.stat(home / "corpus" / "a.txt")

    class Found:
        st_ino, st_size, st_mode, st_mtime_ns = found.st_ino, found.st_size, found.st_mode, found.st_mtime_ns
        st_ctime_ns = changed

    monkeypatch.setattr(os, "stat", lambda file: Found)
    monkeypatch.setattr(seen, "_WINDOWS", system == "nt")
    assert seen.stamp("a.txt") == ""


def test_rebuild_reads_everything(home: Path, reads: list[str]) -> None:
    night(home)
    reads.clear()
    night(home, rebuild=True)
    assert set(reads) == {"a.txt", "b.txt"}


def test_a_smaller_limit_holds_for_what_was_read_before(home: Path) -> None:
    from semsearch.config import Limits

    night(home)
    report = night(home, limits=Limits(size_bytes=10))
    assert [path for path, _ in report.skipped] == ["a.txt", "b.txt"]


def test_folders_pipes_and_what_is_gone_have_no_stamp(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    time.sleep(0.1)
    assert [seen.stamp(tmp_path), seen.stamp(tmp_path / "pipe"), seen.stamp(tmp_path / "gone")] == [
        "",
        "",
        "",
    ]
    assert seen.stamp("a\0b") == ""


def test_the_members_of_an_archive_are_known_by_the_archive(home: Path, reads: list[str]) -> None:
    from zipfile import ZipFile

    with ZipFile(home / "corpus" / "2023.zip", "w") as archive:
        archive.writestr("c.txt", minutes("2023-07-03"))
    time.sleep(0.1)
    assert night(home).meetings == 3
    reads.clear()
    assert not night(home).published
    assert reads == []
    with ZipFile(home / "corpus" / "2023.zip", "w") as archive:
        archive.writestr("c.txt", minutes("2023-08-07"))
    assert night(home).changed == 1
