"""What is done once a day: throwing away what was not touched for too long."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask, Response

from skill.errors import StoreError
from skill.progress import Store

KEPT_S = 400 * 24 * 3600
"""What was not touched for this long is thrown away."""
DAY_S = 24 * 3600
AGAIN_S = 3600
"""When it is tried again after it failed."""

Clock = Callable[[], float]
"""Tells the time, in seconds since 1970."""


def keep_up(app: Flask, store: Store, clock: Clock = time.time) -> None:
    """Throw away what is too old: now, and then with the first request of every next day, after its answer has left.

    A store that cannot be used hinders nothing: it is tried again an hour later.
    """
    upkeep = _Upkeep(store, clock)
    upkeep.expire()
    store.close()  # a server that forks after this shares no open file

    @app.after_request
    def daily(response: Response) -> Response:
        if upkeep.is_due():
            response.call_on_close(upkeep.expire)
        return response


class _Upkeep:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._due_from = 0.0
        self._due_before = 0.0

    def is_due(self) -> bool:
        """Whether a day has passed; a clock that was set back tells nothing, so then it is time too.

        Two requests at once may both find so: to expire twice changes nothing.
        """
        return not self._due_before <= self._clock() < self._due_from

    def expire(self) -> None:
        now = self._clock()
        self._due_before, self._due_from = now, now + DAY_S
        try:
            self._store.expire(now - KEPT_S)
        except StoreError:  # the store has told why
            self._due_from = now + AGAIN_S
