"""A progress file of an older version is brought up to date, whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from skill.errors import StoreError
from skill.progress import SqliteStore
from tests.progress.samples import PLACE, rows, schema

VERSION_1 = """
PRAGMA journal_mode = WAL;
CREATE TABLE person (
  person TEXT PRIMARY KEY, level TEXT, tempo TEXT, intro_at REAL, intro_hash TEXT, at REAL NOT NULL
) STRICT;
CREATE TABLE place (
  person TEXT NOT NULL, device TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, track TEXT NOT NULL,
  step TEXT NOT NULL, offset_ms INTEGER NOT NULL, level TEXT NOT NULL, tempo TEXT NOT NULL, pack TEXT NOT NULL,
  marks TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, device)
) STRICT;
CREATE TABLE finished (
  person TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, run)
) STRICT;
CREATE TABLE closed (run TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
PRAGMA user_version = 1;
INSERT INTO person VALUES ('p', 'easier', 'calm', 900.0, 'abc', 950.0);
INSERT INTO place VALUES
  ('p', 'd', 'run1', 'bovenrug', 'open_book', 'position', 12000, 'basic', 'normal', 'aaaaaaaa', 'b', 1000.0);
INSERT INTO finished VALUES ('p', 'run0', 'bovenrug', 800.0);
INSERT INTO closed VALUES ('run0', 801.0);
"""
"""A file as version 0.1.0 of the skill made it (schema 1), with somebody in it."""


class DiesBeforeCommit(sqlite3.Connection):
    """A connection whose process is killed when the new tables are made but not yet stored."""

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        """Do it, unless it is the end of a transaction that changed a table."""
        if sql == "COMMIT" and self.execute("SELECT 1 FROM pragma_table_info('person') WHERE name = 'way'").fetchone():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *parameters)  # type: ignore[arg-type]  # as they came


def migrate(path: Path) -> str | None:
    """Use the file, in a process of its own: the way to train after it was chosen."""
    store = SqliteStore(path)
    store.save_profile("p", level=None, tempo=None, way="step_by_step", at=2000.0)
    return store.load("p", "d", None).way


def migrate_and_die(path: Path) -> None:
    """Begin to bring the file up to date, and be killed."""
    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, **named, factory=DiesBeforeCommit)  # type: ignore[assignment]  # this process lives for nothing else
    SqliteStore(path).check()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 1."""
    path = tmp_path / "progress.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
    return path


def test_a_file_of_version_1_keeps_everything(old: Path) -> None:
    """Place, level, tempo, intro and finished runs are still known, and the way to train can be remembered."""
    store = SqliteStore(old)
    known = store.load("p", "d", "run0")
    assert (known.place, known.elsewhere, known.closed, known.finished) == (PLACE, False, True, (800.0,))
    assert (known.level, known.tempo, known.way) == ("easier", "calm", None)
    assert (known.intro_at, known.intro_hash) == (900.0, "abc")
    store.save_profile("p", level=None, tempo=None, way="step_by_step", at=2000.0)
    assert store.load("p", "d", None).way == "step_by_step"


def test_an_old_file_becomes_the_same_as_a_new_one(old: Path, tmp_path: Path) -> None:
    """Version and columns do not depend on where the file came from."""
    new = SqliteStore(tmp_path / "new.sqlite3")
    new.check()
    SqliteStore(old).check()
    assert schema(old) == schema(new.path)


def test_who_is_wiped_after_the_change_stays_wiped(old: Path) -> None:
    """The runs of before are known as begun: their late events store nothing either."""
    store = SqliteStore(old)
    store.forget("p", 2000.0)
    store.move_place("p", "d", PLACE, started=True)
    store.finish_run("p", "run0", 2001.0, "bovenrug")
    assert not any("p" in row for table in rows(old).values() for row in table)


def test_several_processes_bring_one_file_up_to_date(old: Path) -> None:
    """Four processes that start at once: one does it, all can use it."""
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as processes:
        assert list(processes.map(migrate, [old] * 8)) == ["step_by_step"] * 8
    assert schema(old)[0] == 2


def test_a_process_that_is_killed_leaves_the_old_version(old: Path) -> None:
    """Nothing of the change is seen, and the next process does it."""
    before = schema(old), rows(old)
    killed = multiprocessing.get_context("spawn").Process(target=migrate_and_die, args=(old,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert (schema(old), rows(old)) == before
    assert SqliteStore(old).load("p", "d", None).place == PLACE


def test_a_change_that_fails_leaves_the_old_version(old: Path) -> None:
    """A name that is in the way makes the second step fail: the first one is undone with it."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE VIEW begun AS SELECT 1")
    before = schema(old), rows(old)
    with pytest.raises(StoreError, match="begun already exists"):
        SqliteStore(old).load("p", "d", None)
    assert (schema(old), rows(old)) == before
