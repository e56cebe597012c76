"""Files that cannot be used: each gives a clear error at once, is told of once, and is left as it is."""

from __future__ import annotations

import logging
import os
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from skill.errors import StoreError
from skill.progress import SqliteStore
from tests.progress.samples import PLACE

NOBODY = 65_534


def ask(store: SqliteStore) -> bool:
    """One request that reads and writes; whether both were done."""
    try:
        store.load("p", "d", "run1")
        store.save_profile("p", level="easier", tempo=None, at=2.0)
    except StoreError:
        return False
    return True


def filled(path: Path) -> None:
    """A sound file of several pages, closed."""
    store = SqliteStore(path)
    for number in range(60):
        store.save_place(f"person{number:03}" * 4, "d", replace(PLACE, run=f"run{number}"))
    store.close()


def no_database(path: Path) -> str:
    """Text."""
    path.write_bytes(b"this is no database at all" * 100)
    return "file is not a database; it is left as it is"


def broken_header(path: Path) -> str:
    """A file whose first bytes are gone."""
    filled(path)
    path.write_bytes(bytes(16) + path.read_bytes()[16:])
    return "file is not a database; it is left as it is"


def broken_page(path: Path) -> str:
    """A file with rubbish in the middle of its rows."""
    filled(path)
    whole = path.read_bytes()
    at = whole.index(b"person030")
    page = at - at % 4096
    path.write_bytes(whole[:page] + bytes(range(256)) * 16 + whole[page + 4096 :])
    return "the file is damaged"


def half(path: Path) -> str:
    """A file that was cut off while it was copied."""
    filled(path)
    path.write_bytes(path.read_bytes()[:12_000])
    return "damaged|malformed"


def newer(path: Path) -> str:
    """A file of a later version."""
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    return r"made by a newer version of rugoefening \(schema 99, this one knows 2\)"


def foreign(path: Path) -> str:
    """A database of something else."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE holidays (name TEXT)")
    return "a database of another program"


def foreign_with_version(path: Path) -> str:
    """A database of something else that counts versions too, and has a table of the same name."""
    foreign(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE person (at REAL)")
        connection.execute("PRAGMA user_version = 2")
    return "a database of another program"


@pytest.mark.parametrize("spoil", [no_database, broken_header, broken_page, half, newer, foreign, foreign_with_version])
def test_a_file_that_cannot_be_used_is_left_as_it_is(
    spoil: Callable[[Path], str], tmp_path: Path, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Every use is refused, the log tells once why, and not one byte changes."""
    path = tmp_path / "progress.sqlite3"
    problem = spoil(path)
    before = path.read_bytes()
    store = SqliteStore(path)
    for use in (
        lambda: store.load("p", "d", None),
        store.check,
        lambda: store.expire(1e12),
        lambda: store.forget("p", 1),
    ):
        with pytest.raises(StoreError, match=problem):
            use()
    store.close()
    assert path.read_bytes() == before
    assert len(caplog.messages) == 1
    assert str(path) in caplog.messages[0]


def test_damage_to_a_file_that_is_open_is_found(
    tmp_path: Path, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A check finds it, though the store remembers what stood there; what is finished then is kept for another file."""
    path = tmp_path / "progress.sqlite3"
    filled(path)
    store = SqliteStore(path)
    assert ask(store)
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(100)
        file.write(os.urandom(size - 100))
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        store.check()
    with pytest.raises(StoreError):
        store.finish_run("p", "run1", 3.0, "bovenrug")
    assert caplog.text.count("it is left as it is") == 1
    for one in tmp_path.glob("progress.sqlite3*"):
        one.unlink()
    store.check()
    assert store.load("p", "d", "run1").completed
    store.close()


def test_an_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    """Zero bytes are what a first start leaves that was interrupted: it is simply used."""
    path = tmp_path / "progress.sqlite3"
    path.touch()
    store = SqliteStore(path)
    store.save_place("p", "d", PLACE)
    assert store.load("p", "d", None).place == PLACE


def test_a_folder_in_place_of_the_file_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A setting that names a folder gives an error that says what to look at."""
    with pytest.raises(StoreError, match="unable to open database file; let the user that serves the skill write"):
        SqliteStore(tmp_path).check()
    assert len(caplog.messages) == 1


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path, at_once: None) -> None:
    """A file stands where the folder should be; once it is gone, the store makes the folder and works."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = SqliteStore(tmp_path / "file" / "progress.sqlite3")
    with pytest.raises(StoreError, match="look whether it is a file"):
        store.load("p", "d", None)
    (tmp_path / "file").unlink()
    assert ask(store)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program holds the file for itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def test_a_locked_file_can_still_be_read(store: SqliteStore) -> None:
    """A writer that holds the file makes a write fail with one clear error; place and intro are still known."""
    store.save_place("p", "d", PLACE)
    with held(store.path):
        with pytest.raises(StoreError, match="written: database is locked; another program holds it"):
            store.save_place("p", "d", PLACE)
        assert store.load("p", "d", None).place == PLACE


def test_a_file_that_is_locked_entirely_is_told_of(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    """A program that lets nobody read either: nothing is known, and the next request does not wait again."""
    store.check()
    store.close()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM closed")
        with pytest.raises(StoreError, match="read: database is locked"):
            store.load("p", "d", None)
        with pytest.raises(StoreError, match="a moment ago"):
            store.load("p", "d", None)
        with pytest.raises(StoreError, match="a moment ago"):
            store.check()
        other.execute("COMMIT")
    assert len(caplog.messages) == 1


def test_after_a_failed_write_nobody_waits_again(store: SqliteStore) -> None:
    """A locked file is waited for once; the next writes are refused at once for a moment."""
    store.check()
    with held(store.path):
        with pytest.raises(StoreError, match="locked"):
            store.save_place("p", "d", PLACE)
        with pytest.raises(StoreError, match="a moment ago"):
            store.save_place("p", "d", PLACE)


def test_a_problem_is_told_of_once_and_its_end_too(
    store: SqliteStore, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """However many requests fail in between; and the next time it is told of again."""
    store.check()
    for _ in range(2):
        with held(store.path):
            assert not any(ask(store) for _ in range(3))
        assert all(ask(store) for _ in range(3))
    locked = (
        f"{store.path}: progress cannot be written: database is locked; another program holds it; it is tried again"
    )
    assert [one[: len(locked)] for one in caplog.messages] == [locked, "progress can be written again"] * 2
    assert {one.levelno for one in caplog.records} == {logging.WARNING}


@contextmanager
def no_room(path: Path) -> Iterator[None]:
    """No file can grow, and nothing can be written behind the first byte of any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_nothing(store: SqliteStore, at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    """What was stored is still read; writing fails, is told of once, and works again when there is room."""
    store.save_place("p", "d", PLACE)
    with no_room(store.path):
        assert not any(ask(store) for _ in range(3))
        assert store.load("p", "d", None).place == PLACE
        with pytest.raises(StoreError, match="cannot be written"):
            store.check()
    assert len(caplog.messages) == 1
    assert "look whether the disk is full" in caplog.messages[0]
    assert ask(store)
    assert store.load("p", "d", None).level == "easier"
    assert store.load("p", "d", None).place == PLACE


def test_a_disk_that_was_full_from_the_start(tmp_path: Path, at_once: None) -> None:
    """Half a file may be left; with room again it becomes a store."""
    store = SqliteStore(tmp_path / "progress.sqlite3")
    with no_room(store.path):
        assert not ask(store)
    assert ask(store)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, for whom no file is read-only."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may look into, with a filled store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = SqliteStore(folder / "progress.sqlite3")
        store.save_place("p", "d", PLACE)
        store.close()
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_read_only_file_can_still_be_read(shared: Path, at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    """In a folder that may be written the place is known; new ones are not remembered, which is told of once."""
    path = shared / "progress.sqlite3"
    path.chmod(0o444)
    shared.chmod(0o777)
    with as_nobody():
        store = SqliteStore(path)
        assert store.load("p", "d", None).place == PLACE
        assert not any(ask(store) for _ in range(3))
        store.close()
    assert len(caplog.messages) == 1
    assert "attempt to write a readonly database; let the user that serves the skill write" in caplog.messages[0]


def test_a_read_only_folder_is_told_of(shared: Path, at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing can be remembered there; the file is as it was, and used once the folder may be written."""
    path = shared / "progress.sqlite3"
    path.chmod(0o666)
    shared.chmod(0o555)
    before = path.read_bytes()
    store = SqliteStore(path)
    with as_nobody():
        assert not any(ask(store) for _ in range(3))
    assert path.read_bytes() == before
    assert len(caplog.messages) == 1
    assert "let the user that serves the skill write the file and its folder" in caplog.messages[0]
    shared.chmod(0o777)
    with as_nobody():
        assert ask(store)
        store.close()
