"""The folder of minutes: what is a document, and files that are strange, hostile or in motion."""

import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from semsearch import corpus
from semsearch.errors import DocumentError, UsageError

LIMIT = 1_000


def read(folder: Path, path: str) -> bytes:
    return corpus.read(folder, path, limit_bytes=LIMIT)[1]


def test_documents_are_found_by_suffix_in_all_folders(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.TXT",
        "A.txt",
        "2023/05/x.json",
        "2023/page.html",
        ".hidden.txt",
        ".git/x.txt",
        "~$a.docx",
        "README.md",
        "photo.jpg",
        "notes",
        "blåbær og ø.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    listing = corpus.scan(tmp_path)
    assert listing.paths == [
        "2023/05/x.json",
        "2023/page.html",
        "A.txt",
        "a.TXT",
        "b.txt",
        "blåbær og ø.md",
    ]
    assert not listing.unreadable


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not a folder"):
        corpus.scan(tmp_path / "file")
    with pytest.raises(UsageError, match="does not exist"):
        corpus.scan(tmp_path / "nowhere")


def test_an_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.txt").write_text("x")
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    listing = corpus.scan(tmp_path)
    assert listing.paths == ["open/a.txt"]
    assert listing.unreadable == {"shut/": "shut/ cannot be read: Permission denied"}


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xf8de.txt"))).write_text("x")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe5r"))).mkdir()
    listing = corpus.scan(tmp_path)
    assert listing.paths == []
    assert list(listing.unreadable) == [r"m\xf8de.txt", r"\xe5r/"]
    assert all("not UTF-8" in reason for reason in listing.unreadable.values())


def test_a_very_deep_tree_is_walked(tmp_path: Path) -> None:
    """Deeper than Python may recurse; removed from below, because pytest's own clean-up does."""
    deep = tmp_path
    for _ in range(1_100):
        deep = deep / "d"
        deep.mkdir()
    (deep / "a.txt").write_text("x")
    try:
        assert len(corpus.scan(tmp_path).paths) == 1
    finally:
        (deep / "a.txt").unlink()
        for folder in (deep, *deep.parents):
            if folder == tmp_path:
                break
            folder.rmdir()


def test_links_to_files_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    assert corpus.scan(tmp_path).paths == ["a.txt", "gone.txt", "link.txt", "self.txt"]
    assert read(tmp_path, "link.txt") == b"x"
    for name in ("self.txt", "gone.txt"):
        with pytest.raises(DocumentError, match=f"{name} cannot be read"):
            read(tmp_path, name)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")  # opening it would wait for a writer for ever
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "endless.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "folder.txt", "endless.txt"):
        with pytest.raises(DocumentError, match=name):
            read(tmp_path, name)


def test_size_is_limited(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * LIMIT)
    assert len(read(tmp_path, "a.txt")) == LIMIT
    (tmp_path / "a.txt").write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(DocumentError, match="the limit is"):
        read(tmp_path, "a.txt")
    with (tmp_path / "hole.txt").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte that takes no room
    with pytest.raises(DocumentError, match="1048576 MB"):
        read(tmp_path, "hole.txt")


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fstat, looks = tmp_path / "a.txt", os.fstat, 0
    path.write_bytes(b"old")

    def growing(handle: int) -> os.stat_result:
        nonlocal looks
        looks += 1
        if looks == 2:
            path.write_bytes(b"new and longer")
        return fstat(handle)

    monkeypatch.setattr(os, "fstat", growing)
    document, data = corpus.read(tmp_path, "a.txt", limit_bytes=LIMIT)
    assert data == b"new and longer"
    assert document.size_bytes == len(data)


def test_a_file_that_never_rests_is_left_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fstat = tmp_path / "a.txt", os.fstat
    path.write_bytes(b"x")

    def growing(handle: int) -> os.stat_result:
        with path.open("ab") as file:
            file.write(b"x")
        return fstat(handle)

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(DocumentError, match=r"a\.txt changes while it is read"):
        read(tmp_path, "a.txt")


def test_an_archive_is_searched_like_a_folder(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "2023.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("byraadet/2023-05-08.txt", "REFERAT")
        archive.writestr("byraadet/README.txt", "no minutes")
        archive.writestr("__MACOSX/.x/._2023-05-08.txt", "no minutes")
        archive.writestr("photo.jpg", b"\xff")
    assert corpus.scan(tmp_path).paths == ["2023.zip/byraadet/2023-05-08.txt"]
    document, data = corpus.read(tmp_path, "2023.zip/byraadet/2023-05-08.txt", limit_bytes=100)
    assert (data, document.size_bytes) == (b"REFERAT", 7)


def test_an_archive_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    listing = corpus.scan(tmp_path)
    assert listing.paths == []
    assert "broken.zip" in listing.unreadable["broken.zip"]


@pytest.mark.parametrize(
    ("place", "damage"),
    [(6, b"\xff"), (8, b"\x01"), (20, b"\xff\xff\xff\xff" * 2), (28, b"\0\0")],
    ids=["version", "encrypted", "sizes", "nameless"],
)
def test_an_archive_with_a_spoilt_directory_costs_no_more_than_itself(
    tmp_path: Path, place: int, damage: bytes
) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("m.txt", "REFERAT")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    at = data.index(b"PK\1\2") + place
    data[at : at + len(damage)] = damage
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "m.txt").write_text("REFERAT")
    listing = corpus.scan(tmp_path)
    assert "m.txt" in listing.paths
    for path in {"a.zip/m.txt"} & set(listing.paths):
        with pytest.raises(DocumentError, match=r"a\.zip"):
            corpus.read(tmp_path, path, limit_bytes=100)


def test_a_bomb_in_an_archive_is_never_unpacked_whole(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("m.txt", b"0" * 50_000_000)
    with pytest.raises(DocumentError, match="larger than the limit"):
        corpus.read(tmp_path, "bomb.zip/m.txt", limit_bytes=1 << 20)


def test_a_member_that_is_gone_or_locked_is_named(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("m.txt", "REFERAT")
    with pytest.raises(DocumentError, match=r"a\.zip/other\.txt cannot be unpacked"):
        corpus.read(tmp_path, "a.zip/other.txt", limit_bytes=100)


def test_minutes_in_an_archive_are_indexed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    from semsearch import build_index, open_index

    folder = tmp_path / "minutes"
    folder.mkdir()
    with ZipFile(folder / "2023.zip", "w", ZIP_DEFLATED) as archive:
        archive.write(request.getfixturevalue("corpus") / "2023-10-09_byraadet.md", "byraadet.md")
    assert build_index(folder, tmp_path / "index").meetings == 1
    hit = open_index(tmp_path / "index").search("takster for Solgården")[0]
    assert hit.source.path == "2023.zip/byraadet.md"
