"""The threads that answer: in order, few at a time, and others where those hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from skill.serving import workers as serving
from skill.serving.workers import AT_ONCE, Workers

PATIENCE_S = 20
THREADS = 5


class Work:
    """A request that notes when a thread begins with it, and is done when it may be."""

    def __init__(self, *, fails: bool = False) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.done = threading.Event()
        self._fails = fails

    def service(self) -> None:
        """As waitress calls it."""
        self.begun.set()
        self.may_end.wait(PATIENCE_S)
        self.done.set()
        if self._fails:
            raise SystemExit


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Five threads, all of them idle; nobody seems to hang before a test says so."""
    monkeypatch.setattr(serving, "PATIENCE_S", PATIENCE_S)
    found = Workers()
    found.set_thread_count(THREADS)
    until = time.monotonic() + PATIENCE_S
    while found.active_count and time.monotonic() < until:
        time.sleep(0.001)
    yield found
    found.shutdown(timeout=PATIENCE_S)


def given(workers: Workers, count: int) -> list[Work]:
    """So many requests, left at once, of which as many are begun with as may be."""
    works = [Work() for _ in range(count)]
    for one in works:
        workers.add_task(one)
    assert all(one.begun.wait(PATIENCE_S) for one in works[:AT_ONCE])
    return works


def test_few_work_at_the_same_time(workers: Workers) -> None:
    """Of many requests only as many are begun with as are of use; with each that is done the next begins, in order."""
    works = given(workers, 6)
    for number, one in enumerate(works):
        assert not any(other.begun.is_set() for other in works[number + AT_ONCE :])
        assert workers.is_behind == (number + AT_ONCE < len(works))
        one.may_end.set()
        assert one.done.wait(PATIENCE_S)
        assert all(other.begun.wait(PATIENCE_S) for other in works[: number + AT_ONCE + 1])


def test_others_stand_in_where_those_that_work_hang(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing was begun with for a while, help is one thread more, up to all; afterwards few work again."""
    monkeypatch.setattr(serving, "PATIENCE_S", 0.005)
    works = given(workers, THREADS + 3)
    for number in range(AT_ONCE, THREADS):
        while not works[number].begun.is_set():
            assert not works[number + 1].begun.is_set()
            workers.help_out()
    for _ in range(10):
        time.sleep(serving.PATIENCE_S)
        workers.help_out()
    assert not any(one.begun.is_set() for one in works[THREADS:])
    monkeypatch.setattr(serving, "PATIENCE_S", PATIENCE_S)
    for one in works[:THREADS]:
        one.may_end.set()
    assert all(one.begun.wait(PATIENCE_S) for one in works[THREADS : THREADS + AT_ONCE])
    assert not works[THREADS + AT_ONCE].begun.wait(0.05)
    for one in works:
        one.may_end.set()
    assert all(one.done.wait(PATIENCE_S) for one in works)


def test_who_hangs_costs_the_others_nothing_more(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once another thread stands in, it does all that comes without any more help."""
    (hanging,) = given(workers, 1)
    monkeypatch.setattr(serving, "PATIENCE_S", 0.0)
    works = [Work() for _ in range(50)]
    for one in works:
        one.may_end.set()
        workers.add_task(one)
    assert all(one.done.wait(PATIENCE_S) for one in works)
    assert not hanging.done.is_set()
    hanging.may_end.set()


def test_nobody_stands_in_while_work_goes_on(workers: Workers) -> None:
    """As long as requests are begun with, help is not needed."""
    works = given(workers, AT_ONCE + 1)
    for _ in range(100):
        workers.help_out()
    assert not works[AT_ONCE].begun.wait(0.05)
    works[0].may_end.set()
    assert works[AT_ONCE].begun.wait(PATIENCE_S)
    for one in works:
        one.may_end.set()


def test_a_thread_outlives_what_fails(workers: Workers) -> None:
    """Whatever a request raises, the threads go on."""
    for _ in range(2 * THREADS):
        work = Work(fails=True)
        work.may_end.set()
        workers.add_task(work)
        assert work.done.wait(PATIENCE_S)
    works = given(workers, AT_ONCE)
    for one in works:
        one.may_end.set()
    assert all(one.done.wait(PATIENCE_S) for one in works)
