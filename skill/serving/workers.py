"""The threads that answer: one after the other, and side by side only where one has to wait."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

PATIENCE_S = 0.005
"""Who answers for this long waits for something: another thread goes on beside it."""
_LULL_S = 0.25
"""When nothing came for so long, nobody watches until something comes."""


class Task(Protocol):
    """Something to do, as waitress leaves it."""

    def service(self) -> None:
        """Do it."""


class Workers:
    """Threads of which one leads: it looks what arrives and answers that by itself, in the order of the requests.

    Python computes one thing at a time, so threads that compute side by side only delay each other; and handing every
    request from a thread that looks to one that answers cost a quarter of the processor time of a request. Where who
    leads answers for longer than ``PATIENCE_S``, another thread leads: neither a disk nor a network that hangs costs
    the others more than twice that. Somebody always looks: the last thread that is free begins with nothing.
    """

    def __init__(self, count: int, patience_s: float = PATIENCE_S) -> None:
        self._count = count
        self._patience_s = patience_s
        self._threads: list[threading.Thread] = []
        self._look: Callable[[], None] = lambda: None
        self._tasks: deque[Task] = deque()
        self._lock = threading.Lock()
        self._leader: int | None = None
        """The thread that leads."""
        self._answers = False
        """Whether it answers; otherwise it looks."""
        self._began = 0.0
        """When it began with its last answer (s)."""
        self._free = 0
        """How many threads neither lead nor hang."""
        self._end = threading.Event()
        self._seconds_seat = threading.Lock()
        """Held by the thread that watches the one that leads."""
        self._is_busy = threading.Event()
        """Set while there is something to watch."""

    def look_s(self, most_s: float) -> float:
        """For how long (s) to look: not at all while something is to be begun with, shortly while no thread is free."""
        if not self._tasks:
            return most_s
        return 0.0 if self._free else min(most_s, self._patience_s)

    @property
    def leads(self) -> bool:
        """Whether the thread that asks is the one that leads."""
        return self._leader == threading.get_ident()

    def start(self, look: Callable[[], None]) -> None:
        """Start the threads; ``look`` waits a moment for what arrives, leaves tasks, and raises nothing."""
        self._look = look
        self._threads = [
            threading.Thread(target=self._run, name=f"answers-{number}", daemon=True) for number in range(self._count)
        ]
        for one in self._threads:
            one.start()

    def add_task(self, task: Task) -> None:
        """Leave something to do for the thread that leads; another one that leaves it must end its look."""
        self._tasks.append(task)

    def shutdown(self, timeout_s: float) -> None:
        """End the threads; those that hang for longer than this are left behind."""
        with self._lock:
            self._end.set()
            self._is_busy.set()
        until = time.monotonic() + timeout_s
        for one in self._threads:
            one.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        """What a thread does until the end."""
        while self._wait_to_lead():
            self._lead()

    def _wait_to_lead(self) -> bool:
        """Wait until nobody leads who goes on; False at the end."""
        with self._lock:
            self._free += 1
        with self._seconds_seat:
            while not self._take_the_lead():
                if self._end.is_set():
                    return False
                self._is_busy.wait()
                self._end.wait(self._patience_s)
        return True

    def _take_the_lead(self) -> bool:
        """Lead from now on, if nobody does or who does waits for something."""
        with self._lock:
            if self._end.is_set():
                return False
            if self._leader is None or self._hangs():
                self._leader, self._answers = threading.get_ident(), False
                self._free -= 1
                return True
            return False

    def _hangs(self) -> bool:
        """Whether who leads has answered for too long; called with the lock held."""
        since_s = time.monotonic() - self._began
        if not self._answers and since_s > _LULL_S:
            self._is_busy.clear()
        return self._answers and since_s > self._patience_s

    def _lead(self) -> None:
        """Look and answer, until another thread leads."""
        while self.leads and not self._end.is_set():
            self._look()
            for _ in range(len(self._tasks)):
                task = self._begin()
                if task is None:
                    break
                try:
                    task.service()
                except BaseException:  # whatever it was, the thread goes on
                    log.exception("a request could not be answered")
                if not self._still_leads():
                    return

    def _begin(self) -> Task | None:
        """The next task, if this thread may begin with it."""
        with self._lock:
            if not (self.leads and self._tasks and self._free):
                return None
            self._answers, self._began = True, time.monotonic()
            if not self._is_busy.is_set():
                self._is_busy.set()
            return self._tasks.popleft()

    def _still_leads(self) -> bool:
        """Whether this thread, which has answered, goes on as the one that leads."""
        with self._lock:
            if not self.leads:
                return False
            self._answers = False
            return True
