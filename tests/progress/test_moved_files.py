"""The file is taken away, moved or replaced while the server runs."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from skill.progress import SqliteStore
from tests.progress.samples import PLACE

LATER = replace(PLACE, step="left_side", at=2000.0)


def integrity(path: Path) -> str:
    """What SQLite says of the whole file."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def backup(store: SqliteStore, path: Path) -> None:
    """A copy of what is stored now."""
    with closing(sqlite3.connect(store.path)) as here, closing(sqlite3.connect(path)) as there:
        here.backup(there)


def test_a_file_that_was_taken_away_is_made_anew(store: SqliteStore) -> None:
    """When the file disappears under a running server, the next word makes a new one and works."""
    store.save_place("p", "d", PLACE)
    for path in store.path.parent.iterdir():
        path.unlink()
    store.check()
    assert store.load("p", "d", None).place is None
    store.save_place("p", "d", PLACE)
    assert store.load("p", "d", None).place == PLACE


def test_a_folder_that_was_taken_away_is_made_anew(store: SqliteStore) -> None:
    """The whole folder goes: the next word makes it again."""
    store.save_place("p", "d", PLACE)
    shutil.rmtree(store.path.parent)
    store.save_place("p", "d", LATER)
    assert store.load("p", "d", None).place == LATER


def test_a_backup_that_is_put_back_is_what_is_known(store: SqliteStore, tmp_path: Path) -> None:
    """Nothing of the replaced file, whose log is still beside it, gets mixed into the one that came."""
    for number in range(40):
        store.save_place(f"early{number}", "d", PLACE)
    backup(store, tmp_path / "backup.sqlite3")
    for number in range(40):
        store.save_place(f"late{number}", "d", PLACE)
        store.forget(f"early{number // 2}", 2000.0)
        store.save_place("p", "d", replace(LATER, at=2000.0 + number))
    (tmp_path / "backup.sqlite3").replace(store.path)
    known = {name: store.load(name, "d", None).place for name in ("early0", "early39", "late0", "late39", "p")}
    assert known == {"early0": PLACE, "early39": PLACE, "late0": None, "late39": None, "p": None}
    store.save_place("p", "d", LATER)
    store.close()
    assert integrity(store.path) == "ok"
    assert SqliteStore(store.path).load("p", "d", None).place == LATER


def test_a_file_that_was_moved_away_is_whole(store: SqliteStore, tmp_path: Path) -> None:
    """What was only in the log beside it is in the moved file too, once the skill has seen that it is gone."""
    store.save_place("p", "d", PLACE)
    store.path.rename(tmp_path / "moved.sqlite3")
    assert store.load("p", "d", None).place is None
    assert SqliteStore(tmp_path / "moved.sqlite3").load("p", "d", None).place == PLACE


def test_two_servers_see_that_a_backup_was_put_back(store: SqliteStore, tmp_path: Path) -> None:
    """Whichever of them sees it first: what one stores in the new file, the other finds there."""
    other = SqliteStore(store.path)
    store.save_place("p", "d", PLACE)
    backup(store, tmp_path / "backup.sqlite3")
    other.save_place("p", "d", LATER)
    (tmp_path / "backup.sqlite3").replace(store.path)
    store.save_place("q", "d", LATER)
    assert other.load("p", "d", None).place == PLACE
    assert other.load("q", "d", None).place == LATER
    other.save_place("r", "d", LATER)
    assert store.load("r", "d", None).place == LATER
    other.close()
    store.close()
    assert integrity(store.path) == "ok"


def test_a_file_that_is_let_go_leaves_nothing_beside_it(store: SqliteStore) -> None:
    """After closing, one file is all there is: it can be copied or moved as it is."""
    store.save_place("p", "d", PLACE)
    store.close()
    assert list(store.path.parent.iterdir()) == [store.path]
    assert store.load("p", "d", None).place == PLACE
