"""What is remembered per person, in a real SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from skill.errors import StoreError
from skill.progress import Place, SqliteStore

PLACE = Place("run1", "bovenrug", "open_book", "position", 12_000, "basic", "normal", "aaaaaaaa", "b", 1000.0)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """An empty store."""
    return SqliteStore(tmp_path / "new" / "progress.sqlite3")


def test_a_place_comes_back_on_its_device(store: SqliteStore) -> None:
    """Each device has its own place; elsewhere the latest place of the person is found."""
    store.save_place("p", "kitchen", PLACE)
    store.save_place("p", "bedroom", replace(PLACE, run="run2", at=2000.0))
    assert store.load("p", "kitchen", None).place == PLACE
    assert store.load("p", "attic", None).place == replace(PLACE, run="run2", at=2000.0)
    assert store.load("q", "kitchen", None).place is None


def test_an_event_moves_the_place_but_not_the_level(store: SqliteStore) -> None:
    """The player tells where it is; an event of another level than was decided on changes nothing."""
    store.save_place("p", "d", PLACE)
    moved = replace(PLACE, step="left_side", offset_ms=90_000, at=1100.0)
    store.move_place("p", "d", moved, started=False)
    assert store.load("p", "d", None).place == moved
    store.save_place("p", "d", replace(moved, level="easier"))
    store.move_place("p", "d", replace(moved, offset_ms=1, at=1200.0), started=False)
    assert store.load("p", "d", None).place == replace(moved, level="easier")


def test_late_and_double_events_change_nothing(store: SqliteStore) -> None:
    """An event older than the place is ignored; at the same second only a stream that started counts."""
    store.save_place("p", "d", PLACE)
    store.move_place("p", "d", replace(PLACE, offset_ms=1, at=999.0), started=False)
    store.move_place("p", "d", replace(PLACE, track="seated_turn", offset_ms=1), started=False)
    assert store.load("p", "d", None).place == PLACE
    store.move_place("p", "d", replace(PLACE, offset_ms=2), started=True)
    store.move_place("p", "d", replace(PLACE, offset_ms=2), started=True)
    assert store.load("p", "d", None).place == replace(PLACE, offset_ms=2)


def test_an_event_of_a_newer_run_takes_over(store: SqliteStore) -> None:
    """When the start of a run could not be saved, its first event is the place; an older run's is not."""
    store.save_place("p", "d", PLACE)
    store.move_place("p", "d", replace(PLACE, run="run0", at=900.0), started=True)
    assert store.load("p", "d", None).place == PLACE
    store.move_place("p", "d", replace(PLACE, run="run2", at=1001.0), started=True)
    assert store.load("p", "d", None).place == replace(PLACE, run="run2", at=1001.0)


def test_a_closed_run_stays_closed(store: SqliteStore) -> None:
    """After the end of a run neither a decision nor an event brings its place back."""
    store.save_place("p", "d", PLACE)
    store.close_run("p", "run1", 1001.0)
    store.save_place("p", "d", replace(PLACE, at=1002.0))
    store.move_place("p", "d", replace(PLACE, at=1003.0), started=True)
    assert store.load("p", "d", "run1").place is None
    assert store.load("p", "d", "run1").closed
    assert not store.load("p", "d", "run2").closed


def test_a_finished_run_is_counted_once(store: SqliteStore) -> None:
    """Double events count one training; a run that was wiped is not counted again."""
    for at in (1.0, 2.0):
        store.finish_run("p", "run1", at, "bovenrug")
    assert store.finished_runs("p") == [1.0]
    store.forget("p", 3.0, "run1")
    store.finish_run("p", "run1", 4.0, "bovenrug")
    assert store.finished_runs("p") == []


def test_the_profile_keeps_what_is_not_mentioned(store: SqliteStore) -> None:
    """Level, tempo and the intro are remembered apart from each other."""
    store.save_profile("p", level="easier", tempo=None, at=1.0)
    store.save_profile("p", level=None, tempo="calm", at=2.0)
    store.intro_heard("p", "abc", 3.0)
    known = store.load("p", "d", None)
    assert (known.level, known.tempo, known.intro_hash, known.intro_at) == ("easier", "calm", "abc", 3.0)


def test_forgetting_leaves_no_trace_of_the_person(store: SqliteStore) -> None:
    """After forgetting, no row of any table names the person, and late events store nothing."""
    store.save_place("p", "d", PLACE)
    store.save_profile("p", level="easier", tempo=None, at=1.0)
    store.finish_run("p", "run1", 2.0, "bovenrug")
    store.forget("p", 3.0)
    store.move_place("p", "d", replace(PLACE, at=4000.0), started=True)
    with sqlite3.connect(store.path) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # names from the schema
            assert all("p" not in row for row in rows)


def test_old_rows_expire(store: SqliteStore) -> None:
    """What was not touched since a given time goes, the rest stays."""
    store.save_place("p", "d", PLACE)
    store.save_profile("p", level="easier", tempo=None, at=5000.0)
    assert store.expire(2000.0) == 1
    known = store.load("p", "d", None)
    assert (known.place, known.level) == (None, "easier")


def test_threads_share_the_file(store: SqliteStore) -> None:
    """Eight threads that count trainings at once lose none."""

    def count(number: int) -> None:
        for turn in range(10):
            store.finish_run("p", f"run{number}-{turn}", float(turn), "bovenrug")
        store.close()

    threads = [threading.Thread(target=count, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.finished_runs("p")) == 80


def test_a_locked_database_is_a_store_error(store: SqliteStore) -> None:
    """A writer that holds the file makes a write fail with one clear error, and reading still works."""
    store.save_place("p", "d", PLACE)
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="the place is not remembered"):
            store.save_place("p", "d", PLACE)
        assert store.load("p", "d", None).place == PLACE


def test_a_newer_database_is_left_alone(store: SqliteStore) -> None:
    """A file of a newer version is refused and not touched."""
    store.check()
    store.close()
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        SqliteStore(store.path).check()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """A corrupt file gives a store error, and its bytes stay."""
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreError):
        SqliteStore(path).check()
    assert path.read_bytes().startswith(b"this is no database")


def test_an_unusable_folder_is_a_store_error(tmp_path: Path) -> None:
    """A folder that cannot be made gives a store error, not a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError):
        SqliteStore(tmp_path / "file" / "progress.sqlite3").load("p", "d", None)


def test_the_newest_place_of_the_same_run_wins(store: SqliteStore) -> None:
    """Who goes on at another device is found there; another run elsewhere does not matter."""
    store.save_place("p", "kitchen", PLACE)
    store.save_place("p", "bedroom", replace(PLACE, track="seated_turn", at=2000.0))
    known = store.load("p", "kitchen", None)
    assert known.place is not None
    assert (known.place.track, known.elsewhere) == ("seated_turn", True)
    assert not store.load("p", "bedroom", None).elsewhere


def test_after_a_failed_write_nobody_waits_again(store: SqliteStore) -> None:
    """A locked database is waited for once; the next writes are refused at once for a moment."""
    store.check()
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            store.save_place("p", "d", PLACE)
        with pytest.raises(StoreError, match="a moment ago"):
            store.save_place("p", "d", PLACE)


def test_a_file_that_was_taken_away_is_made_anew(store: SqliteStore) -> None:
    """When the file disappears under a running server, the next word makes a new one and works."""
    store.save_place("p", "d", PLACE)
    for path in store.path.parent.iterdir():
        path.unlink()
    store.check()
    assert store.load("p", "d", None).place is None
    store.save_place("p", "d", PLACE)
    assert store.load("p", "d", None).place == PLACE
