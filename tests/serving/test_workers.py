"""The threads that answer: in order, one at a time, and others where that one hangs."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from skill.serving import workers as serving
from skill.serving.workers import Workers

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


class Door:
    """Where requests arrive: whoever leads looks here."""

    def __init__(self, patience_s: float) -> None:
        self.workers = Workers(THREADS, patience_s)
        self.looks = 0
        self.most_looked = 0
        """How many threads looked at the same time, at most."""
        self._looking = 0
        self._arrived: queue.SimpleQueue[Work] = queue.SimpleQueue()

    def look(self) -> None:
        """As the server does: wait a moment for what arrives."""
        self._looking += 1
        self.looks += 1
        self.most_looked = max(self.most_looked, self._looking)
        with suppress(queue.Empty):
            self.workers.add_task(self._arrived.get(timeout=0.001))
        while not self._arrived.empty():
            self.workers.add_task(self._arrived.get())
        self._looking -= 1

    def given(self, count: int, *, fail: bool = False) -> list[Work]:
        """So many requests that arrive at once."""
        works = [Work(fails=fail) for _ in range(count)]
        for one in works:
            self._arrived.put(one)
        return works


@contextmanager
def door(patience_s: float) -> Iterator[Door]:
    """Five threads that answer until the end of the block, and of which never two look."""
    found = Door(patience_s)
    found.workers.start(found.look)
    try:
        yield found
    finally:
        found.workers.shutdown(PATIENCE_S)
    assert found.most_looked == 1
    assert not [one for one in threading.enumerate() if one.name.startswith("answers-")]


@pytest.fixture
def patient() -> Iterator[Door]:
    """Nobody seems to hang."""
    with door(PATIENCE_S) as found:
        yield found


@pytest.fixture
def hasty() -> Iterator[Door]:
    """Who answers for two milliseconds seems to hang."""
    with door(0.002) as found:
        yield found


def test_one_works_at_a_time(patient: Door) -> None:
    """Of many requests one is begun with; with each that is done the next begins, in order."""
    works = patient.given(6)
    for number, one in enumerate(works):
        assert one.begun.wait(PATIENCE_S)
        assert not any(other.begun.wait(0.01) for other in works[number + 1 :])
        one.may_end.set()
        assert one.done.wait(PATIENCE_S)
    assert works[-1].done.is_set()


def test_others_stand_in_where_those_that_work_hang(hasty: Door) -> None:
    """Requests that hang are begun with one after the other, until one thread is left; that one only looks."""
    works = hasty.given(THREADS + 3)
    assert all(one.begun.wait(PATIENCE_S) for one in works[: THREADS - 1])
    looks = hasty.looks
    assert not any(one.begun.wait(0.02) for one in works[THREADS - 1 :])
    assert hasty.looks > looks
    assert hasty.workers.look_s(1.0) == 0.002
    works[0].may_end.set()
    assert works[THREADS - 1].begun.wait(PATIENCE_S)
    for one in works:
        one.may_end.set()
    assert all(one.done.wait(PATIENCE_S) for one in works)


def test_who_hangs_costs_the_others_nothing_more(hasty: Door) -> None:
    """Once another thread leads, it answers all that comes, and who hung comes back when it may."""
    (hanging,) = hasty.given(1)
    assert hanging.begun.wait(PATIENCE_S)
    for _ in range(50):
        (work,) = hasty.given(1)
        work.may_end.set()
        assert work.done.wait(PATIENCE_S)
    assert not hanging.done.is_set()
    hanging.may_end.set()
    assert hanging.done.wait(PATIENCE_S)


def test_somebody_watches_again_after_a_lull(hasty: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing came for a while nobody watches; who hangs after that is noticed as before."""
    monkeypatch.setattr(serving, "_LULL_S", 0.0)
    for _ in range(20):
        hanging, other = hasty.given(2)
        other.may_end.set()
        assert other.done.wait(PATIENCE_S)
        hanging.may_end.set()
        assert hanging.done.wait(PATIENCE_S)
        time.sleep(0.005)


def test_a_thread_outlives_what_fails(patient: Door) -> None:
    """Whatever a request raises, the threads go on."""
    for _ in range(2 * THREADS):
        (work,) = patient.given(1, fail=True)
        work.may_end.set()
        assert work.done.wait(PATIENCE_S)
    (last,) = patient.given(1)
    assert last.begun.wait(PATIENCE_S)
    last.may_end.set()


def test_what_is_left_by_an_answer_is_begun_with_at_once(patient: Door) -> None:
    """A request that waits behind another one on its connection is not looked over; without any the look is long."""
    left = Work()
    asked: list[float] = []

    class First(Work):
        def service(self) -> None:
            patient.workers.add_task(left)
            asked.append(patient.workers.look_s(1.0))

    assert patient.workers.look_s(1.0) == 1.0
    patient.workers.add_task(First())
    assert left.begun.wait(PATIENCE_S)
    left.may_end.set()
    assert asked == [0.0]


def test_many_requests_of_which_some_hang_are_all_answered_once(hasty: Door) -> None:
    """Whoever leads when, and however often that changes: none is lost, and none done twice."""
    count: list[int] = []

    class Short(Work):
        def __init__(self, number: int) -> None:
            super().__init__()
            self._number = number

        def service(self) -> None:
            time.sleep(0.003 if self._number % 7 == 0 else 0)
            count.append(self._number)
            self.done.set()

    works = [Short(number) for number in range(500)]
    for one in works:
        hasty.workers.add_task(one)
    assert all(one.done.wait(PATIENCE_S) for one in works)
    assert sorted(count) == list(range(500))
