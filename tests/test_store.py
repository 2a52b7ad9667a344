"""Generations on disk: what a reader sees whatever a writer does, and what is done about damage."""

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invented import ITEMS, files, minutes, write

from semsearch import build_index, open_index, store
from semsearch.checking import check
from semsearch.cli import run as run_cli
from semsearch.config import FORMAT
from semsearch.errors import IndexDamaged, IndexLocked, IndexMissing, SemsearchError
from semsearch.index import Index

QUERY = "renovering af svømmehal"


@pytest.fixture(scope="module")
def built(in_process: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `corpus`, three meetings in two years, and `index`; copy it, do not write to it."""
    folder = tmp_path_factory.mktemp("built")
    write(folder / "corpus", a=minutes(), b=minutes("2023-06-05"), c=minutes("2024-01-08"))
    build_index(folder / "corpus", folder / "index")
    return folder


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def edited(folder: Path, words: str) -> Path:
    """Change one document and publish what follows."""
    corpus = folder / "corpus"
    changed = ITEMS[0]._replace(body=f"Taget er utæt, men {words}.")
    (corpus / "a.txt").write_text(minutes("2023-05-08", changed, *ITEMS[1:]))
    build_index(corpus, folder / "index")
    return folder / "index"


def publish(index: Path, data: bytes = b"x") -> store.Generation:
    with store.writing(index) as folder:
        (folder / "data").write_bytes(data)
        return store.publish(index, folder, {"settings": {}})


# what is there


def test_generations_are_numbered_and_the_last_two_kept(tmp_path: Path) -> None:
    assert [publish(tmp_path).number for _ in range(4)] == [1, 2, 3, 4]
    assert sorted(path.name for path in tmp_path.glob("gen-*")) == ["gen-000003", "gen-000004"]
    assert store.current(tmp_path).number == 4


def test_what_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    publish(tmp_path)
    before = files(tmp_path)
    with pytest.raises(ZeroDivisionError), store.writing(tmp_path) as folder:
        (folder / "data").write_bytes(b"y")
        raise ZeroDivisionError
    assert files(tmp_path) == before


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / "gen-000002").mkdir()
    (tmp_path / "gen-000002" / "half").write_bytes(b"half")
    (tmp_path / "CURRENT.part").write_bytes(b"gen-0000")
    assert store.current(tmp_path).number == 1
    assert publish(tmp_path).number == 2
    assert not (tmp_path / "gen-000002" / "half").exists()


def test_no_index_is_not_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(IndexMissing, match="no index"):
            store.current(folder)
        assert not store.exists(folder)


def test_nothing_is_removed_while_it_is_not_known_what_is_current(tmp_path: Path) -> None:
    """CURRENT damaged by a disk: the generations it may have named stay until a new one is published."""
    publish(tmp_path, b"good")
    (tmp_path / "CURRENT").write_bytes(b"\0" * 93)
    with pytest.raises(ZeroDivisionError), store.writing(tmp_path):
        raise ZeroDivisionError
    assert (tmp_path / "gen-000001" / "data").read_bytes() == b"good"
    assert publish(tmp_path).number == 3  # 2 was left by the run that failed
    assert store.current(tmp_path).number == 3


def test_files_of_a_generation_may_be_read_by_who_may_read_the_folder(copied: Path) -> None:
    generation = store.current(copied / "index")
    modes = {name: stat.S_IMODE((generation.path / name).stat().st_mode) for name in generation.files}
    readable = stat.S_IMODE(generation.path.stat().st_mode) & 0o444
    assert {mode & 0o444 for mode in modes.values()} == {readable}


def test_another_format_is_refused_and_rebuilt(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "FORMAT", 99)
    assert run_cli(["--index", str(copied / "index"), "search", QUERY]) == 3
    error = capfd.readouterr().err
    assert f"has format {FORMAT}" in error
    assert "semsearch index" in error
    report = build_index(copied / "corpus", copied / "index")
    assert report.published
    assert any(f"has format {FORMAT}" in note for note in report.notes)
    assert open_index(copied / "index").search(QUERY)


# damage


def mutants(data: bytes, draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """Ways in which a disk, a copy or an editor spoils a file."""
    place, bit = draw.randrange(len(data) or 1), 1 << draw.randrange(8)
    if data:
        yield "flipped", data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
        yield "cut", data[:place]
    yield "longer", data + b"\0"
    zeroed = data[:place] + bytes(min(512, len(data) - place)) + data[place + 512 :]
    if zeroed != data:
        yield "zeroed", zeroed


def test_every_mutation_of_every_file_is_refused_before_it_is_parsed(copied: Path) -> None:
    draw, index, count = random.Random(1), copied / "index", 0
    names = [name for name in files(index) if not name.startswith("LOCK")]
    assert {"CURRENT", "gen-000001/manifest.json"} < set(names)
    for name in names:
        path, data = index / name, (index / name).read_bytes()
        for how, mutant in [pair for _ in range(3) for pair in mutants(data, draw)]:
            path.write_bytes(mutant)
            with pytest.raises(IndexDamaged) as caught:
                Index.open(index)
            assert str(path) in caught.value.message, (name, how)
            count += 1
        path.write_bytes(data)
    Index.open(index)
    assert count >= 300


def test_a_missing_file_is_damage(copied: Path) -> None:
    index = copied / "index"
    for name in [name for name in files(index) if name.startswith("gen-")]:
        hidden = (index / name).rename(copied / "hidden")
        with pytest.raises(IndexDamaged, match="is missing") as caught:
            Index.open(index)
        assert name in caught.value.message
        hidden.rename(index / name)


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "passages.faiss", "records.sqlite"])
@pytest.mark.parametrize("command", [["search", QUERY], ["ask", QUERY], ["status"], ["check"]])
def test_damage_is_exit_code_7(
    copied: Path, name: str, command: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    index = copied / "index"
    path = next(index.rglob(name))
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1) + b" ")
    assert run_cli(["--index", str(index), *command]) == 7
    error = capfd.readouterr().err
    assert name in error
    assert "Traceback" not in error


def test_a_damaged_index_is_built_anew_by_the_next_run(copied: Path) -> None:
    index = copied / "index"
    path = index / "gen-000001" / "passages.faiss"
    path.write_bytes(path.read_bytes()[:-1])
    report = build_index(copied / "corpus", index)
    assert report.published
    assert "passages.faiss" in report.notes[0]
    assert len(open_index(index).search(QUERY, k=3)) == 3


# check


def test_check_names_every_damaged_file(copied: Path) -> None:
    index = copied / "index"
    assert check(index, quotes=True).files == len(store.current(index).files)
    spoiled = ["rows.npy", "words.tsv", "bm25.tf.npy"]
    for name in spoiled:
        with (index / "gen-000001" / name).open("ab") as file:
            file.write(b"!")
    with pytest.raises(IndexDamaged) as caught:
        check(index)
    assert all(name in caught.value.message for name in spoiled)


def test_check_of_a_sample_finds_damage_in_time(copied: Path) -> None:
    index = copied / "index"
    sizes = {name: entry["size_bytes"] for name, entry in store.current(index).files.items()}
    found = check(index, sample=True, seed=1)
    assert 0 < found.files < found.of_files == len(sizes)
    assert found.bytes >= 0.1 * sum(sizes.values())
    (index / "gen-000001" / "rows.npy").write_bytes(b"")
    nights = 0
    for seed in range(200):
        try:
            check(index, sample=True, seed=seed)
        except IndexDamaged:
            nights += 1
    assert 10 < nights < 200


def test_check_of_quotes_finds_what_digests_cannot(
    copied: Path, monkeypatch: pytest.MonkeyPatch, in_process: None
) -> None:
    """An index that was written wrong has right digests: a text that is not the one parsed."""
    from semsearch import planning
    from semsearch.prepare import prepare

    def shifted(*arguments: object) -> object:
        from dataclasses import replace

        from semsearch.catalog import pack, unpack

        prepared = prepare(*arguments)  # type: ignore[arg-type]
        record = prepared.content.record
        record = replace(record, text=pack(" " + unpack(record.text)))
        return replace(prepared, content=replace(prepared.content, record=record))

    monkeypatch.setattr(planning, "prepare", shifted)
    build_index(copied / "corpus", copied / "index", rebuild=True)
    assert check(copied / "index").files
    with pytest.raises(IndexDamaged, match="does not stand at its offsets"):
        check(copied / "index", quotes=True)


def test_check_command(copied: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--index", str(copied / "index"), "check", "--quotes", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["generation"] == 1
    assert found["files"] == found["of_files"] > 10
    assert found["quotes"] > 9
    assert run_cli(["--index", str(copied / "nowhere"), "check"]) == 3


# writers


def test_second_writer_is_told_who_writes_since_when(copied: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    with store.writing(copied / "index"):
        assert run_cli(["--index", str(copied / "index"), "index", str(copied / "corpus")]) == 5
        error = capfd.readouterr().err
        since = datetime.fromisoformat(error.split("since ")[1].split()[0])
        assert f"process {os.getpid()} since" in error
        assert before <= since <= before + timedelta(minutes=1)
        assert open_index(copied / "index").search(QUERY)  # readers do not wait
    assert run_cli(["--index", str(copied / "index"), "index", str(copied / "corpus")]) == 0


def test_lock_of_a_dead_process_is_free(copied: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from semsearch import store\n"
        f"with store.writing(Path({str(copied / 'index')!r})):\n    print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(IndexLocked, match=f"process {holder.pid} since"):
            build_index(copied / "corpus", copied / "index")
        holder.kill()
    assert not build_index(copied / "corpus", copied / "index").published
    assert not (copied / "index" / "LOCK.holder").exists()


def test_two_runs_at_once(copied: Path) -> None:
    """One of them publishes, the other is refused or comes after; nothing is mixed."""
    write(copied / "corpus", d=minutes("2024-03-04"))
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(build_index(copied / "corpus", copied / "index").published)
        except SemsearchError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) == 1
    assert set(outcomes) <= {True, False, IndexLocked}
    assert len(open_index(copied / "index").index.catalog.documents()) == 4


# readers


def test_reader_keeps_answering_across_five_publishes(copied: Path) -> None:
    held, again = open_index(copied / "index"), open_index(copied / "index")
    expected = again.search(QUERY)
    for night in range(5):
        edited(copied, f"hvalrosser {night}")
    assert not (copied / "index" / "gen-000001").exists()
    assert held.search(QUERY) == expected  # asked for the first time
    assert again.search(QUERY) == expected
    assert held.index.catalog.text(1)
    assert open_index(copied / "index").index.generation.number == 6


def test_readers_see_one_generation_or_another(copied: Path) -> None:
    """While nights are published as fast as they can be, every reader opens a whole generation."""
    index, problems, opened = copied / "index", list[Exception](), list[int]()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                one = open_index(index)
                opened.append(one.index.generation.number)
                assert one.search(QUERY)
                assert f"nat{opened[-1]}" in one.index.catalog.text(_number(one.index, "a.txt"))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test reports it
                problems.append(error)

    edited(copied, "nat2")
    reader = threading.Thread(target=read)
    reader.start()
    for night in range(3, 9):
        edited(copied, f"nat{night}")
    done.set()
    reader.join()
    assert not problems
    assert opened


def _number(index: Index, path: str) -> int:
    return next(row.number for row in index.catalog.documents() if row.path == path)


def test_searching_writes_nothing(copied: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = files(copied), snapshot(copied)
    for command in (
        ["search", QUERY],
        ["ask", QUERY],
        ["status"],
        ["check", "--quotes"],
        ["meeting", "2023"],
    ):
        run_cli(["--index", str(copied / "index"), *command])
    assert open_index(copied / "index").search(QUERY)
    assert (files(copied), snapshot(copied)) == before
    assert "Traceback" not in capfd.readouterr().err


def snapshot(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_index_in_a_read_only_folder_answers(copied: Path) -> None:
    """Root may write anywhere, so root's rights are given up in a user namespace."""
    plain: list[str] = []
    if os.getuid() == 0:
        plain = ["unshare", "--user", "--map-user=1000"]
        if not shutil.which("unshare") or subprocess.run([*plain, "true"], check=False).returncode:
            pytest.skip("root may write anywhere, and user namespaces are not allowed here")
    command = [*plain, sys.executable, "-m", "semsearch", "--index", str(copied / "index")]
    for path in copied.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        found = subprocess.run([*command, "search", QUERY], capture_output=True, text=True, check=False)
        write(copied.parent / f"{copied.name}-new", d=minutes("2024-03-04"))
        indexing = [*command, "index", str(copied.parent / f"{copied.name}-new"), "--allow-mass-delete"]
        refused = subprocess.run(indexing, capture_output=True, text=True, check=False)
    finally:
        for path in copied.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert found.returncode == 0, found.stderr
    assert "svømmehal" in found.stdout
    assert refused.returncode == 3, refused.stderr
    assert "cannot write" in refused.stderr
    assert "Traceback" not in found.stderr + refused.stderr


# the clock


def test_a_clock_that_runs_backwards(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new never looks older than what was there, and the newest generation is still the newest."""
    from semsearch import reindex

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2001, 1, 1, tzinfo=UTC)

    first = store.current(copied / "index").manifest["created"]
    monkeypatch.setattr(reindex, "datetime", Yesterday)
    index = Index.open(edited(copied, "hvalrosser"))
    assert index.generation.number == 2
    assert index.manifest["created"] == first
    assert {item.changed for item in index.catalog.items()} == {first}


def test_full_check_is_fast(tmp_path: Path) -> None:
    """256 MB in under a second or so; docs/reliability.md has the measured rate."""
    with store.writing(tmp_path) as folder:
        block = os.urandom(1 << 20)
        for number in range(8):
            (folder / str(number)).write_bytes(block * 16)
        store.publish(tmp_path, folder, {"settings": {}})
    began = time.process_time()
    assert check(tmp_path).bytes == 128 << 20
    assert time.process_time() - began < 2
