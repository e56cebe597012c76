"""What goes wrong with the database for some seconds: another program holds it, or it is gone."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Protocol

LONGEST_S = 120
_WAIT_S = 2.0
_NOWHERE = Path(__file__) / "weg"
"""No file can be there, for it would be inside this one; nobody's own database is touched."""

End = Callable[[], None]
"""Puts right again what went wrong."""


class Movable(Protocol):
    """A store that can be told to use another file."""

    path: Path

    def use(self, path: Path) -> None:
        """Use the file at this path from now on."""


class Outage:
    """Lets something go wrong for a while; ``begin`` answers how it ends, or None where it cannot go wrong now."""

    def __init__(self, begin: Callable[[], End | None]) -> None:
        self._begin = begin
        self._turn = threading.Lock()
        self._end: End | None = None
        self._timer: threading.Timer | None = None
        self._until = 0.0

    @property
    def left_s(self) -> int:
        """How long it still lasts (s); 0 when all is well."""
        return max(1, round(self._until - time.monotonic())) if self._end is not None else 0

    def last(self, seconds: float) -> bool:
        """Let it go wrong for so long from now on; whether it does."""
        with self._turn:
            self._stop()
            self._end = self._begin()
            if self._end is None:
                return False
            self._until = time.monotonic() + seconds
            self._timer = threading.Timer(seconds, self.stop)
            self._timer.daemon = True
            self._timer.start()
            return True

    def stop(self) -> None:
        """Put it right."""
        with self._turn:
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._end is not None:
            self._end()
        self._timer = self._end = None


def locked(path: Path) -> End | None:
    """Hold the file with a real lock, as a program that hangs in the middle of writing."""
    try:
        connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        return None
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        connection.close()
        return None

    def free() -> None:
        with suppress(sqlite3.Error):
            connection.rollback()
        connection.close()

    return free


def gone(stores: Collection[Movable]) -> End:
    """Send the stores where no file can be; what they could not write there they write when they are back."""
    paths = [(store, store.path) for store in stores]
    for store, _ in paths:
        store.use(_NOWHERE)

    def back() -> None:
        for store, path in paths:
            store.use(path)

    return back
