"""Progress in one SQLite file, in WAL mode, safe for several threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skill.errors import StoreError
from skill.progress.store import Known, Place

SCHEMA_VERSION = 1
BUSY_MS = 500
"""How long a locked database is waited for; every answer leaves within 1 s."""

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS person (
  person TEXT PRIMARY KEY, level TEXT, tempo TEXT, intro_at REAL, intro_hash TEXT, at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS place (
  person TEXT NOT NULL, device TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, track TEXT NOT NULL,
  step TEXT NOT NULL, offset_ms INTEGER NOT NULL, level TEXT NOT NULL, tempo TEXT NOT NULL, pack TEXT NOT NULL,
  marks TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, device)
) STRICT;
CREATE TABLE IF NOT EXISTS finished (
  person TEXT NOT NULL, run TEXT NOT NULL, routine TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (person, run)
) STRICT;
CREATE TABLE IF NOT EXISTS closed (run TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
PRAGMA user_version = {SCHEMA_VERSION};
"""
_PLACE = "run, routine, track, step, offset_ms, level, tempo, pack, marks, at"


class SqliteStore:
    """A store in one file; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._ready = False
        self._lock = threading.Lock()

    def load(self, person: str, device: str, run: str | None) -> Known:
        """What is known of a person on a device, and whether a run is closed."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT level, tempo, intro_at, intro_hash FROM person WHERE person = ?", (person,)
            ).fetchone() or (None, None, None, None)
            place = connection.execute(
                f"SELECT {_PLACE} FROM place WHERE person = ? ORDER BY device = ? DESC, at DESC LIMIT 1",  # noqa: S608  # the columns are a constant
                (person, device),
            ).fetchone()
            closed = run is not None and self._closed(connection, run)
        level, tempo, intro_at, intro_hash = row
        found = Place(*place) if place else None
        return Known(found, level, tempo, intro_at, intro_hash, closed)

    def save_place(self, person: str, device: str, place: Place) -> None:
        """Remember a place that was decided on, unless its run is closed."""
        with self._transaction() as connection:
            if not self._closed(connection, place.run):
                self._write(connection, person, device, place)

    def move_place(self, person: str, device: str, place: Place, *, started: bool) -> None:
        """Follow an event of the player; older events and those of closed runs change nothing."""
        with self._transaction() as connection:
            if self._closed(connection, place.run):
                return
            known = connection.execute(
                "SELECT run, track, at FROM place WHERE person = ? AND device = ?", (person, device)
            ).fetchone()
            if known is None or (known[0] != place.run and known[2] <= place.at):
                self._write(connection, person, device, place)
                return
            run, track, at = known
            newer = place.at > at or (place.at == at and (started or track == place.track))
            if run == place.run and newer:
                connection.execute(
                    "UPDATE place SET track = ?, step = ?, offset_ms = ?, pack = ?, at = ? "
                    "WHERE person = ? AND device = ?",
                    (place.track, place.step, place.offset_ms, place.pack, place.at, person, device),
                )

    def save_profile(self, person: str, *, level: str | None, tempo: str | None, at: float) -> None:
        """Remember level and tempo."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO person (person, level, tempo, at) VALUES (?, ?, ?, ?) ON CONFLICT (person) DO UPDATE "
                "SET level = coalesce(excluded.level, level), tempo = coalesce(excluded.tempo, tempo), "
                "at = excluded.at",
                (person, level, tempo, at),
            )

    def intro_heard(self, person: str, text_hash: str, at: float) -> None:
        """Remember which safety intro was heard, and when."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO person (person, intro_at, intro_hash, at) VALUES (?, ?, ?, ?) ON CONFLICT (person) "
                "DO UPDATE SET intro_at = excluded.intro_at, intro_hash = excluded.intro_hash, at = excluded.at",
                (person, at, text_hash, at),
            )

    def finish_run(self, person: str, run: str, at: float, routine: str) -> None:
        """Count a finished run, once; a run that was wiped is not counted again."""
        with self._transaction() as connection:
            if not self._closed(connection, run):
                connection.execute(
                    "INSERT OR IGNORE INTO finished (person, run, routine, at) VALUES (?, ?, ?, ?)",
                    (person, run, routine, at),
                )

    def close_run(self, person: str, run: str, at: float) -> None:
        """End a run: its place is forgotten, and late events bring nothing back."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO closed (run, at) VALUES (?, ?)", (run, at))
            connection.execute("DELETE FROM place WHERE person = ? AND run = ?", (person, run))

    def forget(self, person: str, at: float, run: str | None = None) -> None:
        """Wipe everything of a person; late events of this run and the open ones store nothing."""
        with self._transaction() as connection:
            if run is not None:
                connection.execute("INSERT OR IGNORE INTO closed (run, at) VALUES (?, ?)", (run, at))
            connection.execute(
                "INSERT OR IGNORE INTO closed (run, at) SELECT run, ? FROM place WHERE person = ?",
                (at, person),
            )
            for table in ("person", "place", "finished"):
                connection.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608  # constants

    def expire(self, before: float) -> int:
        """Throw away what was last touched before this time; returns how many rows went."""
        gone = 0
        with self._transaction() as connection:
            for table in ("person", "place", "finished", "closed"):
                gone += connection.execute(f"DELETE FROM {table} WHERE at < ?", (before,)).rowcount  # noqa: S608  # constants
        return gone

    def finished_runs(self, person: str) -> list[float]:
        """When the person finished a run (seconds since 1970), oldest first."""
        with self._connection() as connection:
            rows = connection.execute("SELECT at FROM finished WHERE person = ? ORDER BY at", (person,))
            return [row[0] for row in rows]

    def check(self) -> None:
        """Raise StoreError when the store cannot be used now."""
        with self._transaction():
            pass

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @staticmethod
    def _closed(connection: sqlite3.Connection, run: str) -> bool:
        return connection.execute("SELECT 1 FROM closed WHERE run = ?", (run,)).fetchone() is not None

    @staticmethod
    def _write(connection: sqlite3.Connection, person: str, device: str, place: Place) -> None:
        connection.execute(
            f"INSERT OR REPLACE INTO place (person, device, {_PLACE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constant
            (
                person,
                device,
                place.run,
                place.routine,
                place.track,
                place.step,
                place.offset_ms,
                place.level,
                place.tempo,
                place.pack,
                place.marks,
                place.at,
            ),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._open()
            yield connection
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise StoreError(f"{self.path}: {error}; the routine goes on, but the place is not remembered") from error

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            with self._lock:
                if not self._ready:
                    self._prepare(connection)
                    self._ready = True
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(f"{self.path}: made by a newer version of rugoefening (schema {version}); left as it is")
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
