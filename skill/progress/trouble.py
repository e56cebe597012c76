"""Trouble with a file: told once in the log, and left alone for a moment."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from skill.errors import StoreError

log = logging.getLogger(__name__)

REST_S = 1.0
"""How long nothing is tried again after a failure, so that a file that hangs does not delay every answer."""

_AS_IT_IS = "it is left as it is; move it away, with -wal and -shm beside it, and a new one is made"
_ADVICE = {
    sqlite3.SQLITE_ERROR: _AS_IT_IS,
    sqlite3.SQLITE_BUSY: "another program holds it; it is tried again by itself",
    sqlite3.SQLITE_LOCKED: "another program holds it; it is tried again by itself",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "look whether the disk is full or broken",
    sqlite3.SQLITE_READONLY: "let the user that serves the skill write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "let the user that serves the skill write the file and its folder",
    sqlite3.SQLITE_CORRUPT: _AS_IT_IS,
    sqlite3.SQLITE_NOTADB: "it is left as it is; move it away, or choose another with RUGOEFENING_DATABASE",
}
_PERHAPS = "look whether it is a file that the user that serves the skill may write"


class Trouble:
    """What is wrong with one way of using a file: ``read``, ``written`` or ``used``.

    A problem is logged when it begins and when it is over, not at every request in between.
    """

    def __init__(self, path: Path, way: str) -> None:
        self._what = f"{path}: progress cannot be {way}"
        self._way = way
        self._told: str | None = None
        self._rests_until = 0.0

    def require_rested(self) -> None:
        """Raise StoreError for a moment after a failure."""
        if time.monotonic() < self._rests_until:
            raise StoreError(f"{self._what}: it failed a moment ago; the training goes on without it")

    def failed(self, error: Exception, *, rests: bool = True) -> StoreError:
        """Rest, tell what is new, and make the error to raise."""
        if rests:
            self._rests_until = time.monotonic() + REST_S
        message = str(error) if isinstance(error, StoreError) else f"{self._what}: {error}; {_advice(error)}"
        if message != self._told:
            self._told = message
            log.warning("%s (the training goes on without it)", message)
        return StoreError(message)

    def rested(self) -> None:
        """The rest is over."""
        self._rests_until = 0.0

    def worked(self) -> None:
        """Tell that a problem is over, if there was one."""
        if self._told is not None:
            self._told = None
            log.warning("progress can be %s again", self._way)


def is_locked(error: sqlite3.Error) -> bool:
    """Whether the file is only held by another."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether what the file holds cannot be relied on."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _advice(error: Exception) -> str:
    return _ADVICE.get(_code(error), _PERHAPS)


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for an error of another kind."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
