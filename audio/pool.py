"""Sending work to processes: in this one when there is little, in several when there is much."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from skill.errors import AudioError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Job = TypeVar("Job")
Result = TypeVar("Result")


class Pool:
    """Runs a function over jobs; results come as they are ready, each with its job.

    Worker processes start when first needed, are started afresh (no fork: nothing is inherited), and do
    not answer to Ctrl-C themselves: this process stops them.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def run(
        self, function: Callable[[Sequence[Job]], list[Result]], batches: Sequence[Sequence[Job]], *, small: bool
    ) -> Iterator[tuple[Job, Result]]:
        """The result of every job. Raises what the function raises, and AudioError when a process dies."""
        if small or self.jobs == 1:
            for batch in batches:
                yield from zip(batch, function(batch), strict=True)
            return
        from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415 # a build without work needs no pool
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 # the same

        executor = self._workers()
        waiting: dict[Future[Any], Sequence[Job]] = {executor.submit(function, one): one for one in batches}
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield from zip(waiting.pop(future), future.result(), strict=True)
        except BrokenProcessPool as error:
            raise AudioError("A worker process was ended from outside (out of memory?); use --jobs 1") from error

    def _workers(self) -> ProcessPoolExecutor:
        if self._executor is None:
            import multiprocessing  # noqa: PLC0415 # a build without work needs no pool
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 # the same

            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_start)
        return self._executor


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A build that was killed tells nobody: its workers would wait for work for ever."""
    import multiprocessing  # noqa: PLC0415 # only workers need it

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
