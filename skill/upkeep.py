"""What is done once a day: throwing away what was not touched for too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from flask import Flask, Response, request

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
    """Throw away what is too old: behind the first answer to Alexa after the start, and of every next day.

    Only such an answer shows that the clock is right, for the time of the request was held against it: a server
    that starts with a clock that is years ahead must not find everybody too old. A store that cannot be used
    hinders nothing: the log tells it at the start, and it is tried again an hour later.
    """
    upkeep = _Upkeep(store, clock)
    with suppress(StoreError):  # the store has told why
        store.check()
    store.close()  # a server that forks after this shares no open file

    @app.after_request
    def daily(response: Response) -> Response:
        if request.endpoint == "alexa" and response.status_code == HTTPStatus.OK and upkeep.is_due():
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
