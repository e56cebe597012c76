"""The database as another program holds it: a real lock on the real file, given back by itself."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

LONGEST_S = 120
_WAIT_S = 2.0


class DatabaseLock:
    """Holds the file of the store by a connection of its own, as a program that hangs in the middle of writing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._timer: threading.Timer | None = None
        self._until = 0.0

    @property
    def left_s(self) -> int:
        """How long it is still held (s); 0 when it is free."""
        return max(1, round(self._until - time.monotonic())) if self._connection is not None else 0

    def hold(self, seconds: float) -> bool:
        """Hold the file for so long; whether it could be held."""
        with self._turn:
            self._free()
            connection = _exclusive(self._path)
            if connection is None:
                return False
            self._connection, self._until = connection, time.monotonic() + seconds
            self._timer = threading.Timer(seconds, self.free)
            self._timer.daemon = True
            self._timer.start()
            return True

    def free(self) -> None:
        """Give it back."""
        with self._turn:
            self._free()

    def _free(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            self._connection.close()
        self._timer = self._connection = None


def _exclusive(path: Path) -> sqlite3.Connection | None:
    """A connection that holds the file; None where the file cannot be had."""
    try:
        connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        return None
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        connection.close()
        return None
    return connection
