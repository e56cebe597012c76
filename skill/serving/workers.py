"""The threads that answer: one after the other, and side by side only where one has to wait."""

from __future__ import annotations

import logging
import time
from typing import Any

from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]  # waitress has no types

log = logging.getLogger(__name__)

AT_ONCE = 1
"""Python computes one thing at a time: threads that compute side by side only delay each other."""
PATIENCE_S = 0.005
"""Who works for this long waits for something: another thread goes on beside it."""


class Workers(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Waitress's threads, of which no more compute at the same time than is of use, in the order of the requests.

    Who began longer ago than ``PATIENCE_S`` waits for something and is not counted: neither a disk nor a network that
    hangs costs the others more than that.
    """

    def __init__(self) -> None:
        super().__init__()
        self._began: dict[int, float] = {}
        """Since when each thread that works has done so (s)."""

    @property
    def is_behind(self) -> bool:
        """Whether requests wait for a thread: then ``help_out`` is to be called every ``PATIENCE_S``."""
        return bool(self.queue)

    def add_task(self, task: Any) -> None:
        """Leave a request for whoever works; wake one where too few do."""
        with self.lock:
            self.queue.append(task)
            self._wake()

    def help_out(self) -> None:
        """Let one thread more work where those that do hang."""
        with self.lock:
            self._wake()

    def handler_thread(self, thread_no: int) -> None:
        """What a thread does until it is stopped."""
        while (task := self._next(thread_no)) is not None:
            try:
                task.service()
            except BaseException:  # whatever it was, the thread goes on
                log.exception("a request could not be answered")

    def _wake(self) -> None:
        if self._may_begin():
            self.queue_cv.notify()

    def _may_begin(self) -> bool:
        """Whether a request waits and it is of use to begin with it; called with the lock held."""
        since = time.monotonic() - PATIENCE_S
        return bool(self.queue) and sum(began > since for began in self._began.values()) < AT_ONCE

    def _next(self, thread_no: int) -> Any:
        """The request to begin with, when it is this thread's turn; None when it is to end."""
        with self.lock:
            self._began.pop(thread_no, None)
            self.active_count -= 1
            while not self.stop_count and not self._may_begin():
                self.queue_cv.wait()
            if self.stop_count:
                self.stop_count -= 1
                self.threads.discard(thread_no)
                self.thread_exit_cv.notify()
                return None
            self.active_count += 1
            self._began[thread_no] = time.monotonic()
            return self.queue.popleft()
