"""The nightly job: costs what changed, answers like a fresh build, and loses nothing on a bad night."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from invented import ITEMS, Item, files, minutes, rows, write

from semsearch import OpenIndex, Report, build_index, open_index, reindex
from semsearch.checking import check
from semsearch.cli import run as run_cli
from semsearch.config import Settings
from semsearch.errors import IndexDamaged, IndexMissing, UsageError
from semsearch.index import Index

pytestmark = pytest.mark.usefixtures("in_process")
QUERIES = (
    "renovering af svømmehal",
    "cykelsti",
    "23-000951",
    "what does the recycling station cost",
    "sommerfest hvalros",
    "genbrugsplad",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "corpus", **{f"m{month}": minutes(f"2023-0{month}-05") for month in range(1, 8)})
    return tmp_path


def night(home: Path, **options: Any) -> Report:
    return build_index(home / "corpus", home / "index", **options)


def answers(opened: OpenIndex) -> list[object]:
    """What can be asked of an index, as far as hits go."""
    found = [opened.explain(query, k=50) for query in QUERIES]
    return [(result.hits, result.abstained, result.suggestions, result.query) for result in found]


def contents(index: Index) -> list[object]:
    """All that the catalog and the arrays hold, but for numbers of documents and dates of indexing."""
    paths = {row.number: row.path for row in index.catalog.documents()}
    records = sorted(repr((table, _named(table, row, paths))) for table, row in rows(index.catalog))
    terms = index.bm25.slice(0, len(index)).terms
    vectors = index.dense.vectors(np.arange(len(index)))
    words = [(word.word, word.documents) for word in index.vocabulary]
    manifest = {name: index.manifest[name] for name in ("settings", "meetings", "items", "passages")}
    arrays = index.rows.tolist(), terms.tolist(), vectors.tolist()
    return [records, *arrays, words, manifest]


def _named(table: str, row: dict[str, Any], paths: dict[int, str]) -> dict[str, Any]:
    """Put a document's path for its number, and leave out when an item was first indexed."""
    number = "number" if table == "documents" else "document"
    return {**row, number: paths[row[number]], "changed": ""}


def assert_as_fresh(home: Path) -> None:
    """The index answers as one that is built from nothing of the same corpus."""
    fresh = home / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    build_index(home / "corpus", fresh)
    updated, anew = open_index(home / "index"), open_index(fresh)
    assert contents(updated.index) == contents(anew.index)
    assert answers(updated) == answers(anew)


# incremental = full

BODIES = st.sampled_from(["Taget er utæt.", "Hvalrossen holder sommerfest.", "Taksten stiger med 12 kr."])
ITEM = st.builds(
    Item,
    title=st.sampled_from(["Renovering af svømmehallen", "Cykelsti langs Havnevej", "Lukket punkt: Køb"]),
    case=st.sampled_from(["23-001204", "23-000951", ""]),
    body=BODIES,
    decision=st.sampled_from(["Godkendt.", "Udsat.", "Anbefales godkendt.", "Ej til stede: Bo Dal."]),
)
TEXT = st.builds(
    lambda day, items, committee, kind, start: minutes(
        day, *items, committee=committee, kind=kind, start=start
    ),
    st.sampled_from(["2023-05-08", "2023-06-05", "2024-05-08"]),
    st.lists(ITEM, min_size=1, max_size=3),
    st.sampled_from(["Teknisk Udvalg", "Byrådet"]),
    st.sampled_from(["REFERAT", "DAGSORDEN"]),
    st.sampled_from(["16:00", "19:30"]),
)
NAME = st.sampled_from(["a.txt", "b.txt", "A.txt", "year/c.md", "d.txt"])
BAD = st.sampled_from(["x.txt", "y.md"])  # of their own: where minutes were, the last good parse is kept
CHANGE = st.one_of(
    st.tuples(st.just("write"), NAME, TEXT),
    st.tuples(st.just("remove"), NAME | BAD, st.just("")),
    st.tuples(st.just("rename"), NAME, NAME),
    st.tuples(st.just("write"), BAD, st.sampled_from(["ingen referat her\n", "\0\0\0"])),
)


def apply(corpus: Path, change: tuple[str, str, str]) -> None:
    verb, name, other = change
    path = corpus / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if verb == "write":
        path.write_text(other)
    elif verb == "remove":
        path.unlink(missing_ok=True)
    elif path.exists() and name != other:
        (corpus / other).parent.mkdir(parents=True, exist_ok=True)
        path.replace(corpus / other)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example([[("write", "a.txt", minutes())], [("rename", "a.txt", "d.txt"), ("write", "a.txt", minutes())]])
@example(
    [
        [("write", "a.txt", minutes(kind="DAGSORDEN"))],
        [("write", "b.txt", minutes())],
        [("remove", "b.txt", "")],
    ]
)
@given(st.lists(st.lists(CHANGE, min_size=1, max_size=3), min_size=1, max_size=3))
def test_after_any_changes_the_index_answers_as_a_fresh_one(nights: list[list[tuple[str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home / "corpus", anchor=minutes("2023-05-08", committee="Kulturudvalget"))
        night(home)
        for changes in nights:
            for change in changes:
                apply(home / "corpus", change)
            night(home, allow_mass_delete=True)
        assert_as_fresh(home)
        check(home / "index", quotes=True)
        assert not night(home).published


# superseding


def indexed(home: Path) -> dict[str, str]:
    return {row.path: row.status for row in Index.open(home / "index").catalog.documents()}


def test_minutes_supersede_the_agenda_and_the_agenda_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "corpus", agenda=minutes(kind="DAGSORDEN"), other=minutes("2023-06-05"))
    first = night(tmp_path)
    assert (first.meetings, first.superseded) == (2, 0)
    write(
        tmp_path / "corpus", minutes=minutes("2023-05-08", ITEMS[0]._replace(decision="Afvist."), *ITEMS[1:])
    )
    second = night(tmp_path)
    assert (second.meetings, second.superseded, second.added) == (2, 1, 1)
    assert indexed(tmp_path) == {"agenda.txt": "superseded", "minutes.txt": "indexed", "other.txt": "indexed"}
    assert {hit.source.path for hit in open_index(tmp_path / "index").search("svømmehallen afvist")} == {
        "minutes.txt",
        "other.txt",
    }
    (tmp_path / "corpus" / "minutes.txt").unlink()
    night(tmp_path, allow_mass_delete=True)
    assert indexed(tmp_path) == {"agenda.txt": "indexed", "other.txt": "indexed"}
    assert_as_fresh(tmp_path)


def test_an_item_keeps_its_date_when_another_file_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "corpus", b=minutes(), other=minutes("2023-06-05"))
    night(tmp_path)
    first = _changed(tmp_path)
    monkeypatch.setattr(reindex, "_now", lambda before: "2999-01-01T00:00:00Z")
    write(tmp_path / "corpus", a=minutes("2023-05-08", *ITEMS[:2], ITEMS[2]._replace(decision="Afvist.")))
    assert night(tmp_path).superseded == 1
    assert indexed(tmp_path)["a.txt"] == "indexed"
    changed = _changed(tmp_path)
    assert {id_ for id_ in first if changed[id_] != first[id_]} == {"teknisk-udvalg/2023-05-08/3"}


def test_a_meeting_in_two_formats_is_one(tmp_path: Path) -> None:
    write(tmp_path / "corpus", a=minutes())
    (tmp_path / "corpus" / "a.md").write_text(minutes())
    (tmp_path / "corpus" / "copy").mkdir()
    (tmp_path / "corpus" / "copy" / "a.txt").write_text(minutes())
    report = night(tmp_path)
    assert (report.seen, report.meetings, report.superseded) == (3, 1, 2)
    assert indexed(tmp_path)["a.md"] == "indexed"
    (tmp_path / "corpus" / "a.md").unlink()
    night(tmp_path, allow_mass_delete=True)
    assert indexed(tmp_path) == {"a.txt": "indexed", "copy/a.txt": "superseded"}


def test_two_meetings_of_a_day_are_two(tmp_path: Path) -> None:
    write(tmp_path / "corpus", early=minutes(start="09:00"), late=minutes(start="16:00"))
    assert night(tmp_path).meetings == 2
    ids = {row.id for row in Index.open(tmp_path / "index").catalog.meetings()}
    assert ids == {"teknisk-udvalg/2023-05-08", "teknisk-udvalg/2023-05-08-1600"}


def test_a_superseded_document_that_went_bad_is_named_when_it_is_needed(tmp_path: Path) -> None:
    corpus = write(
        tmp_path / "corpus", agenda=minutes(kind="DAGSORDEN"), minutes=minutes(), b=minutes("2023-06-05")
    )
    night(tmp_path)
    (corpus / "agenda.txt").write_text("ødelagt")
    report = night(tmp_path)
    assert [path for path, _ in report.skipped] == ["agenda.txt"]
    (corpus / "minutes.txt").unlink()
    report = night(tmp_path, allow_mass_delete=True)
    assert [path for path, _ in report.skipped] == ["agenda.txt"]
    assert indexed(tmp_path) == {"agenda.txt": "skipped", "b.txt": "indexed"}
    assert not night(tmp_path).published


# what a night costs


def _changed(home: Path) -> dict[str, str]:
    return {item.id: item.changed for item in Index.open(home / "index").catalog.items()}


def test_nothing_new_publishes_nothing(home: Path) -> None:
    night(home)
    before = files(home / "index")
    report = night(home)
    assert (report.published, report.generation, report.parsed, report.encoded) == (False, 1, 0, 0)
    assert (report.kept, report.added, report.changed, report.removed) == (7, 0, 0, 0)
    assert (report.meetings, report.items) == (7, 21)
    assert report.seconds < 2
    assert files(home / "index") == before


def test_only_what_changed_is_read_and_encoded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(home)
    monkeypatch.setattr(reindex, "_now", lambda before: "2999-01-01T00:00:00Z")
    write(home / "corpus", m1=minutes("2023-01-05", ITEMS[0]._replace(body="Hvalrossen."), *ITEMS[1:]))
    write(home / "corpus", m8=minutes("2023-08-05"))
    report = night(home)
    assert (report.parsed, report.changed, report.added, report.kept) == (2, 1, 1, 6)
    assert report.encoded == 1  # equal passages of the new meeting keep the vectors of the old ones
    changed = _changed(home)
    new = {id_ for id_, when in changed.items() if when.startswith("2999")}
    assert new == {"teknisk-udvalg/2023-01-05/1", *(f"teknisk-udvalg/2023-08-05/{n}" for n in (1, 2, 3))}
    assert_as_fresh(home)


def test_a_moved_document_is_not_read_again(home: Path) -> None:
    night(home)
    (home / "corpus" / "2023").mkdir()
    for path in list((home / "corpus").glob("*.txt")):
        path.rename(home / "corpus" / "2023" / path.name)
    report = night(home)
    assert (report.parsed, report.kept, report.removed, report.published) == (0, 7, 0, True)
    assert {hit.source.path[:5] for hit in open_index(home / "index").search("svømmehal")} == {"2023/"}
    assert_as_fresh(home)


def test_a_removed_meeting_is_gone_everywhere(home: Path) -> None:
    write(home / "corpus", m9=minutes("2022-01-05", Item("Hvalrossens sommerfest", "22-009999")))
    night(home)
    assert open_index(home / "index").search("hvalros")
    size = sum(map(len, files(home / "index" / "gen-000001").values()))
    (home / "corpus" / "m9.txt").unlink()
    report = night(home)
    assert (report.removed, report.published) == (1, True)
    opened = open_index(home / "index")
    assert not opened.search("22-009999", k=50) or all(
        hit.case_number != "22-009999" for hit in opened.search("22-009999", k=50)
    )
    assert not [word for word in opened.index.vocabulary if word.word.startswith("hvalros")]
    assert not opened.index.bm25.df(["hvalros"]).any()
    generation = files(home / "index" / "gen-000002")
    assert sum(map(len, generation.values())) < size
    assert not any(b"valros" in data or b"22-009999" in data for data in generation.values())
    assert_as_fresh(home)


def test_a_new_model_or_parser_reads_everything_anew_and_keeps_the_dates(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(home)
    first = _changed(home)
    monkeypatch.setattr("semsearch.parsing.VERSION", "next")
    monkeypatch.setattr(reindex, "_now", lambda before: "2999-01-01T00:00:00Z")
    report = night(home)
    assert (report.parsed, report.published) == (7, True)
    assert "parser" in report.notes[0]
    assert "next" in report.notes[0]
    assert _changed(home) == first


def test_an_index_of_another_model_is_not_searched(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    night(home)
    index = str(home / "index")
    assert run_cli(["--index", index, "--model", "other", "search", "svømmehal"]) == 3
    assert "was built with the model minutes-da-en, not other" in capfd.readouterr().err


# bad nights


@pytest.mark.parametrize("options", [{}, {"rebuild": True}], ids=["nightly", "rebuild"])
def test_a_mass_delete_needs_a_word(home: Path, options: dict[str, Any]) -> None:
    night(home)
    before = files(home / "index")
    for path in (home / "corpus").glob("m[12].txt"):
        path.unlink()
    with pytest.raises(UsageError, match="2 of 7 documents are gone") as caught:
        night(home, **options)
    assert "--allow-mass-delete" in caught.value.hint
    assert files(home / "index") == before
    assert night(home, allow_mass_delete=True, **options).removed == 2


def test_a_new_parser_does_not_open_the_door_to_a_mass_delete(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(home)
    monkeypatch.setattr("semsearch.parsing.VERSION", "next")
    for path in (home / "corpus").glob("m[1-5].txt"):
        path.unlink()
    with pytest.raises(UsageError, match="5 of 7 documents are gone"):
        night(home)


def test_an_empty_or_unmounted_corpus_changes_nothing(home: Path) -> None:
    night(home)
    before = files(home / "index")
    (home / "corpus").rename(home / "elsewhere")
    with pytest.raises(UsageError, match="does not exist"):
        night(home)
    (home / "corpus").mkdir()
    for options in ({}, {"allow_mass_delete": True}, {"rebuild": True, "allow_mass_delete": True}):
        with pytest.raises(UsageError):
            night(home, **options)
    assert files(home / "index") == before
    (home / "corpus").rmdir()
    (home / "elsewhere").rename(home / "corpus")
    assert not night(home).published


def test_a_bad_document_keeps_its_last_good_parse(home: Path) -> None:
    night(home)
    good = (home / "corpus" / "m1.txt").read_bytes()
    expected = open_index(home / "index").search("svømmehallen")
    (home / "corpus" / "m1.txt").write_bytes(b"\0" * 999)
    (home / "corpus" / "new.txt").write_text("ingen referat her")
    report = night(home)
    assert [path for path, _ in report.skipped] == ["m1.txt", "new.txt"]
    assert all(path in reason for path, reason in report.skipped)
    assert (report.published, report.meetings) == (True, 7)
    assert open_index(home / "index").search("svømmehallen") == expected
    again = night(home)
    assert (again.published, len(again.skipped)) == (False, 2)
    (home / "corpus" / "m1.txt").write_bytes(good)
    mended = night(home)
    assert ([path for path, _ in mended.skipped], mended.parsed) == (["new.txt"], 0)


def test_bad_documents_are_exit_code_6(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "corpus" / "bad.json").write_text('{"no": "minutes"}')
    command = ["--index", str(home / "index"), "index", str(home / "corpus")]
    assert run_cli(command) == 6
    assert "skipped bad.json" in capfd.readouterr().err
    assert run_cli(command) == 6  # named every night, not only the first
    assert "bad.json" in capfd.readouterr().err
    assert run_cli(["--index", str(home / "index"), "status"]) == 0
    assert "bad.json" in capfd.readouterr().out


def test_a_folder_that_cannot_be_read_is_not_gone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = home / "corpus"
    (corpus / "2022").mkdir()
    for name in ("x", "y", "z"):
        (corpus / "2022" / f"{name}.txt").write_text(minutes(f"2022-0{len(name) + ord(name) - 119}-05"))
    night(home)
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if not isinstance(path, int) and "2022" in os.fspath(path):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refusing)
        report = night(home)
        again = night(home)
    assert (report.meetings, report.removed) == (10, 0)
    assert [path for path, _ in report.skipped] == ["2022/", "2022/x.txt", "2022/y.txt", "2022/z.txt"]
    assert not again.published
    mended = night(home)
    assert (mended.skipped, mended.removed, mended.parsed) == ([], 0, 0)
    assert_as_fresh(home)


def test_what_exceeds_its_limits_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from semsearch import workers

    def slow(work: Any, tasks: Any, limits: Any) -> Iterator[tuple[str, Any]]:
        for task in tasks:
            yield task[1], workers.LimitExceeded(f"{task[1]} took more than 60 s to read")

    night(home)
    write(home / "corpus", m8=minutes("2023-08-05"))
    with monkeypatch.context() as patch:
        patch.setattr(workers, "run", slow)
        assert [path for path, _ in night(home).skipped] == ["m8.txt"]
        assert not night(home).published
    report = night(home)
    assert (report.skipped, report.added, report.meetings) == ([], 0, 8) or report.meetings == 8


def test_a_run_without_any_minutes_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    with pytest.raises(UsageError, match="holds no minutes"):
        night(tmp_path)
    write(tmp_path / "corpus", a="ingen referat her")
    with pytest.raises(UsageError, match=r"a\.txt"):
        night(tmp_path)
    with pytest.raises(IndexMissing):
        Index.open(tmp_path / "index")


def test_the_manifest_says_what_it_was_built_from(home: Path) -> None:
    from hashlib import sha256

    write(home / "corpus", bad="ingen referat her")
    for _ in range(2):
        night(home)
        manifest = Index.open(home / "index").manifest
        expected = {path.name: sha256(path.read_bytes()).hexdigest() for path in (home / "corpus").iterdir()}
        assert manifest["documents"] == expected
        assert {"model", "revision", "dim", "parser", "analyser", "passage_words"} <= set(
            manifest["settings"]
        )
        assert {"format", "meetings", "items", "passages", "thresholds", "files"} <= set(manifest)
        write(home / "corpus", m1=minutes("2023-01-05", *ITEMS[:2]))


def test_a_dry_run_writes_nothing(home: Path) -> None:
    report = night(home, dry_run=True)
    assert (report.added, report.published) == (7, False)
    assert not (home / "index").exists()
    night(home)
    before = files(home / "index")
    (home / "corpus" / "m1.txt").unlink()
    assert night(home, dry_run=True).removed == 1
    assert files(home / "index") == before


def test_closed_and_public_text_are_never_in_one_index(home: Path) -> None:
    night(home)
    for options in ({}, {"rebuild": True}):
        with pytest.raises(UsageError, match="without the text of closed items"):
            night(home, settings=Settings(include_closed=True), **options)


def test_an_index_in_the_corpus_is_not_indexed(tmp_path: Path) -> None:
    write(tmp_path / "corpus", a=minutes(), b=minutes("2023-06-05"))
    index = tmp_path / "corpus" / "indexes" / "minutes"
    assert build_index(tmp_path / "corpus", index).seen == 2
    report = build_index(tmp_path / "corpus", index)
    assert (report.seen, report.published, report.skipped) == (2, False, [])


def test_damage_found_at_night_names_the_file(home: Path) -> None:
    night(home)
    with (home / "index" / "gen-000001" / "rows.npy").open("ab") as file:
        file.write(b"!")
    with pytest.raises(IndexDamaged, match=r"rows\.npy"):
        open_index(home / "index")
    report = night(home)
    assert (report.published, report.parsed) == (True, 7)
    assert_as_fresh(home)
