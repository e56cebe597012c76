"""Progress in one SQLite file."""

from __future__ import annotations

import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from skill.errors import StoreError
from skill.progress.database import Database
from skill.progress.store import FINISHED_KEPT, Known, Place

log = logging.getLogger(__name__)

_PLACE = "run, routine, track, step, offset_ms, level, tempo, pack, marks, at"
_KNOWN = """
SELECT level, tempo, way, intro_at, intro_hash,
    EXISTS (SELECT 1 FROM closed WHERE run = :run),
    (SELECT at FROM begun WHERE person = :person AND run = :run),
    EXISTS (SELECT 1 FROM finished WHERE person = :person AND run = :run)
FROM (SELECT 1) LEFT JOIN person ON person = :person
"""
"""What is known of a person, and of a run: one row, also of somebody who is not known."""
_MOST_OWED = 2000
"""How many changes are kept when none can be written; of wipes twice as many. All at once take well under 0.1 s."""
_AGAIN_S = 5.0
"""When what is owed is tried again if nobody asks anything meanwhile."""
_HOPELESS = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    OverflowError,
    ValueError,
)
"""What would go wrong again however often it is tried."""


@dataclass(frozen=True, eq=False)
class _Change:
    """What is to be written of a person."""

    person: str
    write: Callable[[sqlite3.Connection], None]
    wipes: bool = False


class SqliteStore:
    """A store in one file, for several threads and processes.

    What cannot be written now (the file is locked, the disk full) is kept, and written before anything else, in a few
    seconds or when the store is closed; but for moves of the player, of which the next one tells all. It is written
    over what other processes wrote meanwhile: where several serve one file, a place may go back by that time.
    A person is an account (the userId of a request), not a voice that was recognised (its personId): events of
    the player name no person, so what is stored under one would not be found again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = Database(path)
        self._owed: dict[_Change, None] = {}
        """The changes that could not be written, oldest first."""
        self._again: threading.Timer | None = None

    def load(self, person: str, device: str, run: str | None) -> Known:
        """What is known of a person on a device, and whether a run is closed."""
        self._settle()
        with self._database.reading() as connection:
            level, tempo, way, intro_at, intro_hash, closed, decided, completed = connection.execute(
                _KNOWN, {"person": person, "run": run}
            ).fetchone()
            places = connection.execute(
                f"SELECT device, {_PLACE} FROM place WHERE person = ? "  # noqa: S608  # a constant
                "ORDER BY at DESC, device = ? DESC, device DESC",
                (person, device),
            ).fetchall()
            finished = connection.execute(
                "SELECT at FROM finished WHERE person = ? ORDER BY at DESC LIMIT ?", (person, FINISHED_KEPT)
            ).fetchall()
        found_at, place = _best([(one[0], Place(*one[1:])) for one in places], device)
        return Known(
            place=place,
            elsewhere=found_at != device,
            level=level,
            tempo=tempo,
            way=way,
            intro_at=intro_at,
            intro_hash=intro_hash,
            finished=tuple(one[0] for one in finished),
            closed=bool(closed),
            decided=decided,
            completed=bool(completed),
            pending=any(change.person == person for change in tuple(self._owed)),
        )

    def save_place(self, person: str, device: str, place: Place, decided: float | None = None) -> None:
        """Remember a place that was decided on, unless its run is closed; when, if not at the time of the place."""

        def write(connection: sqlite3.Connection) -> None:
            if not _is_closed(connection, place.run):
                _write(connection, person, device, place, place.at if decided is None else decided)

        self._change(_Change(person, write))

    def move_place(self, person: str, device: str, place: Place, *, started: bool) -> None:
        """Follow an event of the player; older events and those of closed runs change nothing."""
        if not person:
            return
        with self._changing() as connection:
            if _is_closed(connection, place.run):
                return
            known = connection.execute(
                "SELECT run, level, tempo, at FROM place WHERE person = ? AND device = ?", (person, device)
            ).fetchone()
            if known is None or (known[0] != place.run and known[3] <= place.at):
                _write(connection, person, device, place, place.at)
                return
            newer = place.at > known[3] or (place.at == known[3] and started)
            if known[:3] == (place.run, place.level, place.tempo) and newer:
                connection.execute(
                    "UPDATE place SET track = ?, step = ?, offset_ms = ?, pack = ?, at = ? "
                    "WHERE person = ? AND device = ?",
                    (place.track, place.step, place.offset_ms, place.pack, place.at, person, device),
                )

    def save_profile(
        self, person: str, *, level: str | None, tempo: str | None, way: str | None = None, at: float
    ) -> None:
        """Remember level, tempo and way to train; what is None stays as it was."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO person (person, level, tempo, way, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (person) "
                "DO UPDATE SET level = coalesce(excluded.level, level), tempo = coalesce(excluded.tempo, tempo), "
                "way = coalesce(excluded.way, way), at = max(excluded.at, at)",
                (person, level, tempo, way, at),
            )

        self._change(_Change(person, write))

    def intro_heard(self, person: str, text_hash: str, at: float) -> None:
        """Remember which safety intro was heard, and when."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO person (person, intro_at, intro_hash, at) VALUES (?, ?, ?, ?) ON CONFLICT (person) "
                "DO UPDATE SET intro_at = excluded.intro_at, intro_hash = excluded.intro_hash, "
                "at = max(excluded.at, at)",
                (person, at, text_hash, at),
            )

        self._change(_Change(person, write))

    def finish_run(self, person: str, run: str, at: float, routine: str) -> None:
        """Count a finished run, once; a run that was wiped is not counted again."""

        def write(connection: sqlite3.Connection) -> None:
            if not _is_closed(connection, run):
                connection.execute(
                    "INSERT OR IGNORE INTO finished (person, run, routine, at) VALUES (?, ?, ?, ?)",
                    (person, run, routine, at),
                )

        self._change(_Change(person, write))

    def close_run(self, person: str, run: str, at: float) -> None:
        """End a run: its place is forgotten, and late events bring nothing back."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO closed (run, at) VALUES (?, ?)", (run, at))
            for table in ("place", "begun"):
                connection.execute(f"DELETE FROM {table} WHERE person = ? AND run = ?", (person, run))  # noqa: S608  # constants

        self._change(_Change(person, write))

    def forget(self, person: str, at: float, run: str | None = None) -> None:
        """Wipe everything of a person; late events of this run, and of every run that is known, store nothing.

        What stays are ids of those runs, which are random and name nobody, until they expire.
        """
        self._change(_Change(person, lambda connection: _wipe(connection, person, at, run), wipes=True))
        self._database.erase()

    def expire(self, before: float) -> None:
        """Throw away what was last touched before this time."""
        with self._changing() as connection:
            for table in ("person", "place", "finished", "begun", "closed"):
                connection.execute(f"DELETE FROM {table} WHERE at < ?", (before,))  # noqa: S608  # constants
        self._database.erase()

    def check(self) -> None:
        """Raise StoreError when the store cannot be used now; something is written, for a disk may be full."""
        self._database.require_whole()
        with self._changing() as connection:
            connection.execute("INSERT OR REPLACE INTO closed (run, at) VALUES ('', 0)")
            connection.execute("DELETE FROM closed WHERE run = ''")

    def use(self, path: Path) -> None:
        """Use the file at this path from now on; what is owed is written there."""
        left, self._database, self.path = self._database, Database(path), path
        with suppress(StoreError):
            left.close()

    def close(self) -> None:
        """Write what is owed, and let go of the file; the next call opens it again."""
        if self._owed:
            self._database.try_again()
        self._settle()
        self._database.close()

    def _change(self, change: _Change) -> None:
        """Write a change now, or else before the next one."""
        if not change.person:
            return
        try:
            with self._changing() as connection:
                change.write(connection)
        except StoreError as error:
            if not isinstance(error.__cause__, _HOPELESS):
                self._owe(change)
            raise

    def _owe(self, change: _Change) -> None:
        if len(self._owed) < (2 if change.wipes else 1) * _MOST_OWED:
            self._owed[change] = None
            self._try_later()

    def _try_later(self) -> None:
        if self._again is None:
            self._again = threading.Timer(_AGAIN_S, _try_again, (weakref.ref(self),))
            self._again.daemon = True
            self._again.start()

    def try_again(self) -> None:
        """Write what is owed, and if that fails again, later."""
        self._again = None
        self._settle()
        if self._owed:
            self._try_later()

    def _settle(self) -> None:
        """Write what is owed, if it can be done."""
        if self._owed:
            with suppress(StoreError), self._changing():
                pass

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """A connection to change something with, behind the changes that are owed."""
        with self._database.writing() as connection:
            owed = tuple(self._owed)
            for change in owed:
                try:
                    change.write(connection)
                except _HOPELESS as error:  # it may not keep all others from being written
                    log.error("a change of progress cannot be stored: %s", type(error).__name__)  # no data in the log
            yield connection
        for change in owed:
            self._owed.pop(change, None)
        if any(change.wipes for change in owed):
            self._database.erase()


def _try_again(owing: weakref.ref[SqliteStore]) -> None:
    store = owing()
    if store is not None:  # nobody has thrown it away meanwhile
        store.try_again()


def _wipe(connection: sqlite3.Connection, person: str, at: float, run: str | None) -> None:
    if run is not None:
        connection.execute("INSERT OR IGNORE INTO closed (run, at) VALUES (?, ?)", (run, at))
    connection.execute(
        "INSERT OR IGNORE INTO closed (run, at) "
        "SELECT run, ? FROM begun WHERE person = ? UNION SELECT run, ? FROM finished WHERE person = ?",
        (at, person, at, person),
    )
    for table in ("person", "place", "finished", "begun"):
        connection.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608  # constants


def _is_closed(connection: sqlite3.Connection, run: str) -> bool:
    return connection.execute("SELECT 1 FROM closed WHERE run = ?", (run,)).fetchone() is not None


def _write(connection: sqlite3.Connection, person: str, device: str, place: Place, decided: float) -> None:
    connection.execute(
        "INSERT INTO begun (person, run, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = max(excluded.at, at)",
        (person, place.run, decided),
    )
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


def _best(places: list[tuple[str, Place]], device: str) -> tuple[str, Place | None]:
    """Of places, newest first, that of the device; the newest where it has none, or went on in the same run."""
    if not places:
        return device, None
    newest = places[0]
    here = next((one for one in places if one[0] == device), newest)
    return newest if newest[1].run == here[1].run else here
