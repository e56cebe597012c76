"""One SQLite file, safe for several threads and processes, and for what happens to files."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from skill.errors import StoreError
from skill.progress import schema
from skill.progress.trouble import Trouble, is_damaged, is_locked

BUSY_S = 0.25
"""How long a locked file is waited for; every answer leaves within 1 s."""
TURN_S = 0.45
"""How long a thread waits for the others; longer than one of them can wait for a locked file."""

_Id = tuple[int, int] | None


class Database:
    """One connection, which the threads of a process use in turn: what they do takes well under a millisecond.

    In WAL mode: readers go on while another process writes. Every use raises StoreError when it fails,
    within half a second; the log tells once what is wrong.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._turns = 0
        self._connection: sqlite3.Connection | None = None
        self._files: tuple[_Id, _Id, _Id] = (None, None, None)
        self._whole: _Id = None
        self._waiting = Trouble(path, "used")
        self._reading = Trouble(path, "read")
        self._writing = Trouble(path, "written")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read one snapshot with."""
        with self._in_turn(self._reading):
            connection = self._opened()
            with self._used(connection, self._reading, "BEGIN"):
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are all stored at the end, or none of them."""
        self._writing.require_rested()
        with self._in_turn(self._writing):
            self._writing.require_rested()
            connection = self._opened()
            with self._used(connection, self._writing, "BEGIN IMMEDIATE"):
                yield connection

    def erase(self) -> None:
        """Let no byte of what was deleted stay behind in the files; when somebody reads, the next call does it."""
        with suppress(sqlite3.Error, StoreError), self._in_turn(self._reading):
            self._opened().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def require_whole(self) -> None:
        """Raise StoreError when the file was damaged while it is open, which what a connection remembers would hide.

        It is then not written any more; a file that is not damaged may still be locked, or refuse to be written.
        """
        if self._connection is None:
            return
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=0)) as fresh:
                schema.require_whole(fresh, self.path)
        except (sqlite3.Error, StoreError) as error:
            if isinstance(error, sqlite3.Error) and not is_damaged(error):
                return
            with self._in_turn(self._reading):
                self._whole = None
                self._close()
            raise self._reading.failed(error) from error

    def try_again(self) -> None:
        """Do not rest after a failure: this is the last chance."""
        for trouble in (self._waiting, self._reading, self._writing):
            trouble.rested()

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._in_turn(self._reading):
            self._close()

    @contextmanager
    def _in_turn(self, trouble: Trouble) -> Iterator[None]:
        self._waiting.require_rested()
        before = self._turns
        if not self._turn.acquire(timeout=TURN_S):
            raise self._turn_did_not_come(trouble, hangs=before == self._turns)
        try:
            self._turns += 1
            self._waiting.worked()
            yield
        finally:
            self._turn.release()

    def _turn_did_not_come(self, trouble: Trouble, *, hangs: bool) -> StoreError:
        """When one thread held the file all the time, all others leave it alone; many busy ones hinder only this."""
        if hangs:
            message = f"{self.path}: another thread is busy with it for too long; look whether its disk hangs"
            return self._waiting.failed(StoreError(message))
        message = f"{self.path}: too many requests want it at once; look whether the machine is overloaded"
        # changes are kept and written together a moment later, which helps; what is asked for is needed now
        return trouble.failed(StoreError(message), rests=trouble is self._writing)

    @contextmanager
    def _used(self, connection: sqlite3.Connection, trouble: Trouble, begin: str) -> Iterator[None]:
        try:
            try:
                connection.execute(begin)
                yield
                connection.execute("COMMIT")
            except BaseException:  # also Ctrl-C: rolled back and raised again
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            if is_damaged(error):
                self._whole = None
            # who cannot write, on a full disk for instance, may still read; opening anew would need to write
            if is_damaged(error) or (trouble is self._reading and not is_locked(error)):
                self._close()
            raise trouble.failed(error) from error
        trouble.worked()

    def _opened(self) -> sqlite3.Connection:
        """The connection, to the file that the path names now: it may be taken away or replaced at any time."""
        if self._connection is not None and self._files[0] != _id(self.path):
            self._leave()
        if self._connection is None:
            self._reading.require_rested()
            try:
                self._connection = self._open()
            except (sqlite3.Error, OSError, StoreError) as error:
                raise self._reading.failed(error) from error
            self._files = (_id(self.path), *self._beside())
        return self._connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")  # sound after a loss of power; the last words may be lost
            connection.execute("PRAGMA secure_delete = ON")
            if self._whole is None or self._whole != _id(self.path):
                schema.require_whole(connection, self.path)
            schema.prepare(connection, self.path, BUSY_S)
        except BaseException:  # also Ctrl-C: closed and raised again
            connection.close()
            raise
        self._whole = _id(self.path)
        return connection

    def _leave(self) -> None:
        """Finish with a file that was moved or replaced: its log would be mixed into the file that came instead.

        When another process has done this already, what lies beside the path belongs to the new file.
        """
        ours = self._files[1:] == self._beside() != (None, None)
        if ours and self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._close()
        if ours:
            for path in self._log_files():
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _log_files(self) -> tuple[Path, Path]:
        return self.path.with_name(f"{self.path.name}-wal"), self.path.with_name(f"{self.path.name}-shm")

    def _beside(self) -> tuple[_Id, _Id]:
        wal, shm = self._log_files()
        return _id(wal), _id(shm)


def _id(path: Path) -> _Id:
    """Which file a path names now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
