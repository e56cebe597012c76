"""A request that comes again: the same answer, made once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from skill.replays import Replays

NOW = 1_000_000.0


class Kitchen:
    """Makes answers, and counts them; the clock stands still until it is moved."""

    def __init__(self, **bounds: int) -> None:
        self.now = NOW
        self.made: list[bytes] = []
        self.replays = Replays(lambda: self.now, **bounds)

    def make(self, answer: bytes) -> Callable[[], bytes]:
        """Makes this answer when called."""

        def made() -> bytes:
            self.made.append(answer)
            return answer

        return made

    def ask(self, key: bytes, answer: bytes = b"answer", *, until: float = NOW + 150) -> bytes:
        """Ask for the answer to a key."""
        return self.replays.answer(key, until, self.make(answer))


def test_the_same_request_gets_the_same_answer() -> None:
    """A replay gets the answer of the first time, and nothing is done again."""
    kitchen = Kitchen()
    assert kitchen.ask(b"one", b"first") == b"first"
    assert kitchen.ask(b"one", b"second") == b"first"
    assert kitchen.made == [b"first"]
    assert kitchen.replays.replayed == 1


def test_another_request_gets_its_own_answer() -> None:
    """Only the same key is a replay."""
    kitchen = Kitchen()
    assert [kitchen.ask(key, key) for key in (b"one", b"two")] == [b"one", b"two"]
    assert kitchen.replays.replayed == 0


def test_an_answer_is_kept_for_as_long_as_the_request_may_come_again() -> None:
    """At the end of its time a replay still gets the answer; after it the request would be refused, so it is gone."""
    kitchen = Kitchen()
    kitchen.ask(b"one", b"first", until=NOW + 3600)
    kitchen.ask(b"two", b"first", until=NOW + 150)
    kitchen.now = NOW + 150
    assert kitchen.ask(b"two", b"second") == b"first"
    kitchen.now = NOW + 151
    assert kitchen.ask(b"one", b"second") == b"first"
    assert kitchen.ask(b"two", b"second", until=NOW + 300) == b"second"


def test_both_at_once_are_answered_once() -> None:
    """Twenty of the same request at the same time: one answer is made, and all get it."""
    kitchen = Kitchen()
    together = threading.Barrier(20)

    def slow() -> bytes:
        time.sleep(0.1)
        return kitchen.make(b"answer")()

    def ask(_number: int) -> bytes:
        together.wait()
        return kitchen.replays.answer(b"one", NOW + 150, slow)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == [b"answer"] * 20
    assert kitchen.made == [b"answer"]
    assert kitchen.replays.replayed == 19


def test_others_do_not_wait() -> None:
    """While one answer is being made, another request is answered."""
    kitchen = Kitchen()
    finish, started = threading.Event(), threading.Event()

    def slow() -> bytes:
        started.set()
        assert finish.wait(10)
        return b"slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kitchen.replays.answer, b"one", NOW + 150, slow)
        started.wait(10)
        assert kitchen.ask(b"two", b"quick") == b"quick"
        finish.set()
        assert waiting.result() == b"slow"


def test_a_failure_is_not_remembered() -> None:
    """What could not be answered is tried again, also by somebody who was waiting for it."""
    kitchen = Kitchen()
    tried, fail = threading.Event(), threading.Event()

    def failing() -> bytes:
        tried.set()
        assert fail.wait(10)
        raise ValueError("no answer")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kitchen.replays.answer, b"one", NOW + 150, failing)
        tried.wait(10)
        second = pool.submit(kitchen.ask, b"one")
        fail.set()
        with pytest.raises(ValueError, match="no answer"):
            first.result()
        assert second.result() == b"answer"
    assert kitchen.ask(b"one", b"other") == b"answer"
    assert kitchen.made == [b"answer"]


def test_it_keeps_no_more_answers_than_it_may() -> None:
    """When it is full, the ones that could come again for the shortest time are forgotten."""
    kitchen = Kitchen(most_answers=3)
    for number in (5, 1, 4, 2, 3):
        kitchen.ask(b"%d" % number, until=NOW + number)
    kitchen.made.clear()
    for number in (3, 4, 5):
        kitchen.ask(b"%d" % number)
    assert kitchen.made == []
    kitchen.ask(b"1", b"anew", until=NOW + 9)
    assert kitchen.made == [b"anew"]


def test_it_keeps_no_more_bytes_than_it_may() -> None:
    """Large answers push out others, and one that is larger than all room is answered but not kept."""
    kitchen = Kitchen(most_bytes=10_000)
    kitchen.ask(b"one", b"x" * 5_000, until=NOW + 1)
    kitchen.ask(b"two", b"x" * 5_000, until=NOW + 2)
    kitchen.made.clear()
    kitchen.ask(b"two")
    assert kitchen.made == []
    kitchen.ask(b"one", b"anew", until=NOW + 3)
    assert kitchen.made == [b"anew"]
    huge = b"x" * 20_000
    assert kitchen.ask(b"three", huge, until=NOW + 9) == huge
    assert kitchen.ask(b"three", b"other", until=NOW + 9) == b"other"
