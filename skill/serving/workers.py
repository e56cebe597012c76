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
"""When no request was begun with for this long, those that work wait for something: another thread goes on."""


class Workers(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Waitress's threads, of which no more work at the same time than is of use, in the order of the requests."""

    def __init__(self) -> None:
        super().__init__()
        self._allowed = AT_ONCE
        """How many may work: one more for each that seems to hang."""
        self._began_at = 0.0

    @property
    def is_behind(self) -> bool:
        """Whether requests wait for a thread: then ``help_out`` is to be called every ``PATIENCE_S``."""
        return bool(self.queue)

    def add_task(self, task: Any) -> None:
        """Leave a request for whoever works; wake one where too few do."""
        with self.lock:
            self.queue.append(task)
            if self.active_count < self._allowed:
                self.queue_cv.notify()

    def help_out(self) -> None:
        """Let one thread more work where those that do hang."""
        with self.lock:
            now = time.monotonic()
            if self.queue and now - self._began_at > PATIENCE_S and self._allowed < len(self.threads):
                self._began_at = now
                self._allowed += 1
                self.queue_cv.notify()

    def handler_thread(self, thread_no: int) -> None:
        """What a thread does until it is stopped."""
        while (task := self._next(thread_no)) is not None:
            try:
                task.service()
            except BaseException:  # whatever it was, the thread goes on
                log.exception("a request could not be answered")
            with self.lock:
                self._allowed = max(AT_ONCE, self._allowed - 1)

    def _next(self, thread_no: int) -> Any:
        """The request to begin with, when it is this thread's turn; None when it is to end."""
        with self.lock:
            self.active_count -= 1
            while not self.stop_count and not (self.queue and self.active_count < self._allowed):
                self.queue_cv.wait()
            if self.stop_count:
                self.stop_count -= 1
                self.threads.discard(thread_no)
                self.thread_exit_cv.notify()
                return None
            self.active_count += 1
            self._began_at = time.monotonic()
            return self.queue.popleft()
