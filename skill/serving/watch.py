"""What the system is asked to tell of the connections, kept from one look to the next."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterable
from typing import Any

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress has no types
from waitress.wasyncore import read, write  # type: ignore[import-untyped]  # as above

_ALL_AGAIN_S = 1.0
"""When all are asked again what they wait for: some close because time passes."""


class Watch:
    """Waits for what happens on waitress's dispatchers, by their file numbers.

    Waitress asks each of them before every look what it waits for, which with many connections takes longer than an
    answer. Here only those are asked to which something happened: a connection when it was ready or was answered, and
    all of them when anything else was ready (somebody connects, or a thread that does not look has changed something).
    """

    def __init__(self, watched: dict[int, Any]) -> None:
        self._watched = watched
        self._selector = selectors.DefaultSelector()
        self._changed: set[int] = set()
        self._all_at = 0.0

    def changed(self, number: int | None) -> None:
        """It waits for something else now, perhaps; called by the thread that looks, or before that is woken."""
        if number is not None:
            self._changed.add(number)

    def all_changed(self) -> None:
        """All wait for something else, perhaps."""
        self._all_at = 0.0

    def wait(self, most_s: float) -> bool:
        """Wait at most so long until something happens, and let those see to it to which it does; whether it did."""
        self._ask(self._to_ask())
        ready = self._selector.select(most_s)
        for key, events in ready:
            one = self._watched.get(key.fd)
            if one is not key.data:
                self.all_changed()
                continue
            if events & selectors.EVENT_READ:
                read(one)
            if events & selectors.EVENT_WRITE and not one.accepting:
                write(one)
            if isinstance(one, HTTPChannel):
                self.changed(key.fd)
            else:
                self.all_changed()
        return bool(ready)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._selector.close()

    def _to_ask(self) -> Iterable[int]:
        now = time.monotonic()
        if now < self._all_at:
            changed, self._changed = self._changed, set()
            return changed
        self._all_at = now + _ALL_AGAIN_S
        self._changed.clear()
        known = [one.fd for one in self._selector.get_map().values()]
        return dict.fromkeys([*self._watched, *known])  # the server first: it decides which connections end

    def _ask(self, numbers: Iterable[int]) -> None:
        known = self._selector.get_map()
        for number in numbers:
            one, key = self._watched.get(number), known.get(number)
            if key is not None and one is not key.data:  # closed; another one may have got its number
                self._selector.unregister(number)
                key = None
            events = _events(one)
            if key is None:
                if events:
                    self._selector.register(number, events, one)
            elif not events:
                self._selector.unregister(number)
            elif events != key.events:
                self._selector.modify(number, events, one)


def _events(one: Any) -> int:
    """What a dispatcher waits for; nothing when it is gone."""
    if one is None:
        return 0
    reads = selectors.EVENT_READ if one.readable() else 0
    return reads | (selectors.EVENT_WRITE if one.writable() and not one.accepting else 0)
