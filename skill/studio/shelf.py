"""The devices of all tabs, in memory; when there are too many, the one that was left alone longest goes."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask import Flask

from skill.echo.player import PLAYING, STOPPED
from skill.library import Library
from skill.settings import Settings
from skill.studio.report import Newcomer, Report, Was

if TYPE_CHECKING:
    from skill.studio.houses import Houses
    from skill.studio.sitting import Sitting

MOST = 32
_A_MOMENT_MS = 120_000
"""Longer than this without its page, and a stream does not go on by itself (design, promise 3)."""
_AHEAD_MS = 24 * 3600 * 1000
"""Time in a tab may run fast, for tests; not further ahead than this."""


class TakenOverError(LookupError):
    """The device is in another tab now, such as a copy of this one."""


@dataclass
class _Visit:
    name: str
    sitting: Sitting
    lock: threading.Lock = field(default_factory=threading.Lock)


class Shelf:
    """Holds at most 32 devices; each is asked by one request at a time."""

    def __init__(self, app: Flask, settings: Settings, library: Library) -> None:
        self._app = app
        self._settings = settings
        self._library = library
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, _Visit] = OrderedDict()
        self._houses: Houses | None = None

    @property
    def houses(self) -> Houses:
        """What makes the devices."""
        from skill.studio.houses import Houses  # noqa: PLC0415  # a server that nobody looks at starts quickly

        with self._lock:
            self._houses = self._houses or Houses(self._app, self._settings)
            return self._houses

    def begin(self, newcomer: Newcomer) -> tuple[str, dict[str, Any]]:
        """Make the device of a tab, anew if it was there; the name of this visit, and the state."""
        visit = _Visit(secrets.token_hex(8), self._sitting(newcomer))
        if newcomer.was is not None:
            visit.sitting.was(_after(newcomer.was, time.time() * 1000 - newcomer.until_ms))
        with self._lock:
            self._visits[newcomer.device] = visit
            self._visits.move_to_end(newcomer.device)
            while len(self._visits) > MOST:
                self._visits.popitem(last=False)
        return visit.name, visit.sitting.state()

    def happened(self, device: str, name: str, report: Report) -> dict[str, Any]:
        """Tell a device what happened. Raises LookupError when it is gone, TakenOverError when another tab has it."""
        with self._lock:
            visit = self._visits[device]
            self._visits.move_to_end(device)
        if visit.name != name:
            raise TakenOverError(device)
        with visit.lock:
            return visit.sitting.happened(report)

    def sittings(self, accounts: Collection[str]) -> list[tuple[str, Sitting]]:
        """The devices of these accounts with their names, the one that was used last comes first."""
        with self._lock:
            visits = [(name, visit.sitting) for name, visit in reversed(self._visits.items())]
        return [(name, sitting) for name, sitting in visits if sitting.house.account in accounts]

    def _sitting(self, newcomer: Newcomer) -> Sitting:
        from skill.studio.sitting import Sitting  # noqa: PLC0415  # a server that nobody looks at starts quickly

        settings = self._settings
        real_ms = time.time() * 1000
        began = max(real_ms, min(newcomer.until_ms, real_ms + _AHEAD_MS)) / 1000
        content, _ = self._library.current()
        exercises = tuple(one.id for one in content.routines[settings.routine].exercises)
        return Sitting(self.houses.make(newcomer, began), exercises)


def _after(was: Was, away_ms: float) -> Was:
    """What a player holds after a time away."""
    return replace(was, activity=STOPPED) if was.activity == PLAYING and away_ms > _A_MOMENT_MS else was
