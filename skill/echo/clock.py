"""Time for the virtual Echo: the machine's own, or one that jumps so that a training takes no time at all."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the time is, and how to let some of it pass (seconds since 1970, as a real device tells the skill)."""

    def now(self) -> float:
        """The time now (s)."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


class RealClock:
    """The clock of this machine."""

    def now(self) -> float:
        """The time now (s)."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


class VirtualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start

    def now(self) -> float:
        """The time now (s)."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Jump ahead."""
        self._now += seconds
