"""A request that comes again gets the answer that it got, and has no second effect."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable

MOST_ANSWERS = 50_000
"""The events of 10,000 listeners in the 150 s that a request may be old are about 35,000."""
MOST_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 300
"""What Python itself needs for one remembered answer, about."""


class Replays:
    """The answers to the requests that could still come again; bounded, and safe for threads.

    When it is full, what could come again for the shortest time is forgotten first. It lives as long as the process:
    a replay after a restart is answered anew, which the token makes harmless (``design.md`` §5, promise 1).
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        most_answers: int = MOST_ANSWERS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._clock = clock
        self._most_answers = most_answers
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._answers: dict[bytes, bytes] = {}
        self._ends: list[tuple[float, bytes]] = []
        self._making: dict[bytes, threading.Event] = {}
        self._bytes = 0
        self._replayed = 0

    @property
    def replayed(self) -> int:
        """How many requests were answered from memory."""
        return self._replayed

    def answer(self, key: bytes, until: float, make: Callable[[], bytes]) -> bytes:
        """The answer that was made for this key, or that ``make`` makes now; kept until then (seconds since 1970).

        Of two at the same time the second waits for the first. What ``make`` raises is raised, and not remembered:
        who waited tries for itself.
        """
        while True:
            with self._lock:
                self._forget_what_ended()
                answer = self._answers.get(key)
                if answer is not None:
                    self._replayed += 1
                    return answer
                made = self._making.get(key)
                if made is None:
                    made = self._making[key] = threading.Event()
                    break
            made.wait()
        try:
            answer = make()
            with self._lock:
                self._remember(key, until, answer)
        finally:
            with self._lock:
                del self._making[key]
            made.set()
        return answer

    def _remember(self, key: bytes, until: float, answer: bytes) -> None:
        self._answers[key] = answer
        self._bytes += len(answer) + _OVERHEAD_BYTES
        heapq.heappush(self._ends, (until, key))
        while len(self._answers) > self._most_answers or self._bytes > self._most_bytes:
            self._forget_first()

    def _forget_what_ended(self) -> None:
        now = self._clock()
        while self._ends and self._ends[0][0] < now:
            self._forget_first()

    def _forget_first(self) -> None:
        _, key = heapq.heappop(self._ends)
        self._bytes -= len(self._answers.pop(key)) + _OVERHEAD_BYTES
