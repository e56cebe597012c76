"""Several devices, threads and processes at once: nothing is lost, and wiping wins."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from skill.progress import SqliteStore, database
from tests.progress.samples import PLACE, rows

PROCESSES, THREADS, TURNS = 3, 8, 12
RUNS = [f"run{number}" for number in range(10)]


def train(path: Path, process: int) -> None:
    """What a busy server does: every thread follows a person of its own, and one that all share."""
    database.TURN_S = database.BUSY_S = 60.0  # how long one waits for the others says how busy the machine is
    store = SqliteStore(path)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda thread: _train(store, f"{process}-{thread}"), range(THREADS)))
    store.close()


def _train(store: SqliteStore, own: str) -> None:
    for turn in range(TURNS):
        place = replace(PLACE, run=f"{own}-{turn}", at=1000.0 + turn)
        store.load(own, "d", place.run)
        store.save_place(own, "d", place)
        store.move_place(own, "d", replace(place, step="left_side", at=place.at + 0.5), started=False)
        store.finish_run("shared", place.run, float(turn), "bovenrug")
        store.finish_run("shared", f"same-{turn}", float(turn), "bovenrug")
        time.sleep(0.005)  # as a person waits between words: far less than that, and still all at once
    store.close_run(own, f"{own}-{TURNS}", 5000.0)


def test_processes_and_threads_lose_nothing(tmp_path: Path) -> None:
    """Three processes of eight threads begin on a file that does not exist yet; no call fails, all is stored."""
    path = tmp_path / "progress.sqlite3"
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as processes:
        for done in [processes.submit(train, path, number) for number in range(PROCESSES)]:
            done.result()
    found = rows(path)
    people = [f"{process}-{thread}" for process in range(PROCESSES) for thread in range(THREADS)]
    assert sorted(row[1] for row in found["finished"]) == sorted(
        [f"{own}-{turn}" for own in people for turn in range(TURNS)] + [f"same-{turn}" for turn in range(TURNS)]
    )
    places = {row[0]: (row[2], row[5]) for row in found["place"]}
    assert places == {own: (f"{own}-{TURNS - 1}", "left_side") for own in people}
    assert len(found["closed"]) == len(people)


def at_once(*calls: Callable[[], None]) -> None:
    """Do all this at the same moment, each in a thread."""
    start = threading.Barrier(len(calls))

    def begin(call: Callable[[], None]) -> None:
        start.wait()
        call()

    with ThreadPoolExecutor(len(calls)) as threads:
        list(threads.map(begin, calls))


@pytest.mark.parametrize("turn", range(10))
def test_an_event_and_a_word_at_once(store: SqliteStore, turn: int) -> None:
    """In whatever order they come, the level that was asked for and the newest place of each device stay."""
    other = SqliteStore(store.path)
    store.save_place("p", "kitchen", PLACE)
    lighter = replace(PLACE, level="easier", at=1010.0)
    late = replace(PLACE, offset_ms=1, at=1009.0)
    elsewhere = replace(PLACE, run="run2", at=1011.0)
    at_once(
        lambda: store.save_place("p", "kitchen", lighter),
        lambda: store.save_profile("p", level="easier", tempo=None, at=1010.0),
        lambda: other.move_place("p", "kitchen", late, started=False),
        lambda: other.move_place("p", "bedroom", elsewhere, started=True),
        lambda: store.finish_run("p", "run0", 1012.0, "bovenrug"),
        lambda: other.finish_run("p", "run0", 1013.0, "bovenrug"),
    )
    known = store.load("p", "kitchen", None)
    assert (known.place, known.level, len(known.finished)) == (lighter, "easier", 1)
    assert other.load("p", "bedroom", None).place == elsewhere


def events(path: Path, device: str, enough: Path) -> int:
    """Send events of runs that are under way, on and on, until long after the wiping; how many came after it."""
    store = SqliteStore(path)
    after = 0
    for number in count():
        run = RUNS[number % len(RUNS)]
        after += enough.exists()
        place = replace(PLACE, run=run, at=2000.0 + number)
        store.move_place("p", device, place, started=True)
        store.finish_run("p", run, place.at, "bovenrug")
        if number % 3 == 0:
            store.save_place("p", device, place)
        if after >= 100:
            break
    return after


def _fail_early(sent: Sequence[Future[int]]) -> None:
    for one in sent:
        if one.done():
            one.result()


def test_wiping_wins_from_events_that_keep_coming(store: SqliteStore, tmp_path: Path) -> None:
    """While two processes store events of a person, everything is wiped: no later event brings anything back."""
    for number, run in enumerate(RUNS):
        store.save_place("p", "kitchen", replace(PLACE, run=run, at=1000.0 + number))
    wiped = tmp_path / "wiped"
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        sent = [processes.submit(events, store.path, device, wiped) for device in ("kitchen", "bedroom")]
        try:
            while len(rows(store.path)["place"]) < 2:
                _fail_early(sent)
            store.forget("p", 5000.0)
        finally:
            wiped.touch()
        wait(sent)
        assert all(one.result() >= 100 for one in sent)
    assert not any("p" in row for table in rows(store.path).values() for row in table)
    assert store.load("p", "kitchen", RUNS[0]).closed
