"""The tables of the progress file, and how a file of an older version is brought up to date."""

from __future__ import annotations

import sqlite3
import time
from itertools import chain
from pathlib import Path

from skill.errors import StoreError
from skill.progress.trouble import is_locked

_OURS = int.from_bytes(b"rugo")
"""Stands in the header of every file since version 2: another program's file is never written."""
_TABLES_1 = {"person", "place", "finished", "closed"}
_STEPS = (
    (
        "CREATE TABLE person (person TEXT PRIMARY KEY, level TEXT, tempo TEXT, intro_at REAL, intro_hash TEXT, "
        "at REAL NOT NULL) STRICT",
        "CREATE TABLE place (person TEXT NOT NULL, device TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, "
        "track TEXT NOT NULL, step TEXT NOT NULL, offset_ms INTEGER NOT NULL, level TEXT NOT NULL, "
        "tempo TEXT NOT NULL, pack TEXT NOT NULL, marks TEXT NOT NULL, at REAL NOT NULL, "
        "PRIMARY KEY (person, device)) STRICT",
        "CREATE TABLE finished (person TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, at REAL NOT NULL, "
        "PRIMARY KEY (person, run)) STRICT",
        "CREATE TABLE closed (run TEXT PRIMARY KEY, at REAL NOT NULL) STRICT",
    ),
    (
        "ALTER TABLE person ADD COLUMN way TEXT",
        "CREATE TABLE begun (person TEXT NOT NULL, run TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, run)) "
        "STRICT",
        "INSERT INTO begun SELECT person, run, max(at) FROM place GROUP BY person, run",
        f"PRAGMA application_id = {_OURS}",
    ),
)
"""What leads from version 0 (an empty file) to 1, from 1 to 2, and so on."""
VERSION = len(_STEPS)
_RETRY_S = 0.01


def require_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError when a page of the file is damaged: writing in it would destroy more."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreError(
            f"{path}: the file is damaged ({found.splitlines()[-1]}); it is left as it is. "
            "Move it away, with -wal and -shm beside it, and a new one is made"
        )


def prepare(connection: sqlite3.Connection, path: Path, wait_s: float) -> None:
    """Make the tables, or bring those of an older version up to date, in one transaction.

    Raises StoreError for a file of a newer version or of another program, which is left as it is,
    and sqlite3.Error when the file cannot be read or written, or is held by another for longer than ``wait_s``.
    """
    version = _require_ours(connection, path)
    if version > VERSION:
        raise StoreError(
            f"{path}: made by a newer version of rugoefening (schema {version}, this one knows {VERSION}); it is left "
            "as it is. Update rugoefening, or choose another file with RUGOEFENING_DATABASE"
        )
    if version == 0:
        _use_wal(connection, wait_s)
    if version < VERSION:
        _bring_up(connection)


def _require_ours(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the file; StoreError when its tables are those of another program."""
    # asked in one snapshot: another process may be making the tables
    connection.execute("BEGIN")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    version, mark = _version(connection), connection.execute("PRAGMA application_id").fetchone()[0]
    connection.execute("COMMIT")
    if mark != _OURS and tables and (version != 1 or tables != _TABLES_1):
        raise StoreError(
            f"{path}: a database of another program; it is left as it is. Choose another file with RUGOEFENING_DATABASE"
        )
    return version


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _use_wal(connection: sqlite3.Connection, wait_s: float) -> None:
    """Let readers and a writer go on beside each other; SQLite itself does not wait for this lock."""
    until = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_locked(error) or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def _bring_up(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # asked again: another process may have done it while this one waited
        version = _version(connection)
        for statement in chain.from_iterable(_STEPS[version:]):
            connection.execute(statement)
        if version < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:  # also Ctrl-C: rolled back and raised again
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
