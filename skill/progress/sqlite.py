"""Progress in one SQLite file, in WAL mode, safe for several threads and processes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skill.errors import StoreError
from skill.progress.store import Known, Place

SCHEMA_VERSION = 1
BUSY_MS = 250
"""How long a locked database is waited for; every answer leaves within 1 s."""
REST_S = 1.0
"""How long nothing is tried again after a database could not be opened or written."""

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
        self._lock = threading.Lock()
        self._rests = {"open": 0.0, "write": 0.0}

    def load(self, person: str, device: str, run: str | None) -> Known:
        """What is known of a person on a device, and whether a run is closed."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT level, tempo, intro_at, intro_hash FROM person WHERE person = ?", (person,)
            ).fetchone() or (None, None, None, None)
            places = connection.execute(
                f"SELECT device, {_PLACE} FROM place WHERE person = ? ORDER BY at DESC",  # noqa: S608  # a constant
                (person,),
            ).fetchall()
            closed = run is not None and self._closed(connection, run)
        level, tempo, intro_at, intro_hash = row
        at, place = _best([(one[0], Place(*one[1:])) for one in places], device)
        return Known(place, at != device, level, tempo, intro_at, intro_hash, closed)

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
                "SELECT run, level, tempo, at FROM place WHERE person = ? AND device = ?", (person, device)
            ).fetchone()
            if known is None or (known[0] != place.run and known[3] <= place.at):
                self._write(connection, person, device, place)
                return
            newer = place.at > known[3] or (place.at == known[3] and started)
            if known[:3] == (place.run, place.level, place.tempo) and newer:
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
                "INSERT OR IGNORE INTO closed (run, at) "
                "SELECT run, ? FROM place WHERE person = ? UNION SELECT run, ? FROM finished WHERE person = ?",
                (at, person, at, person),
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
        with self._transaction() as connection:
            connection.execute("DELETE FROM closed WHERE run = ''")

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
        self._require_rested("write")
        with self._connection() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error:
                self._rest("write")
                raise
            try:
                yield connection
            except BaseException:  # also Ctrl-C: rolled back and raised again
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None or self._local.file != self._file():
                self.close()
                connection = self._local.connection = self._open()
                self._local.file = self._file()
            yield connection
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise StoreError(f"{self.path}: {error}; the routine goes on, but the place is not remembered") from error

    def _open(self) -> sqlite3.Connection:
        self._require_rested("open")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            with self._lock:
                self._require_rested("open")
                self._prepare(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:  # also Ctrl-C: closed and raised again
            connection.close()
            self._rest("open")
            raise
        return connection

    def _file(self) -> tuple[int, int] | None:
        """Which file the path names now: it may be replaced while the server runs."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _rest(self, what: str) -> None:
        self._rests[what] = time.monotonic() + REST_S

    def _require_rested(self, what: str) -> None:
        """Refuse at once for a moment after a failure, so that a database that hangs delays nobody twice."""
        if time.monotonic() < self._rests[what]:
            raise StoreError(f"{self.path}: could not be used a moment ago; the routine goes on without it")

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(f"{self.path}: made by a newer version of rugoefening (schema {version}); left as it is")
        if version == 0:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")


def _best(places: list[tuple[str, Place]], device: str) -> tuple[str, Place | None]:
    """Of places, newest first, that of the device; the newest where it has none, or went on in the same run."""
    if not places:
        return device, None
    newest = places[0]
    here = next((one for one in places if one[0] == device), newest)
    return newest if newest[1].run == here[1].run else here
