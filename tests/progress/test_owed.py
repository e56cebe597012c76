"""What cannot be written now is written later: a training that was finished counts, whatever the file was doing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest

from skill.errors import StoreError
from skill.progress import Known, SqliteStore
from tests.progress.samples import PLACE, rows


@contextmanager
def locked(store: SqliteStore) -> Iterator[None]:
    """Another program writes in the file all the time."""
    store.check()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def refused(store: SqliteStore, *names: str) -> None:
    """Everything that people do, each refused."""
    for name in names:
        changes: tuple[Callable[[], None], ...] = (
            partial(store.intro_heard, name, "abc", 5.0),
            partial(store.save_profile, name, level="easier", tempo="calm", at=6.0),
            partial(store.finish_run, name, f"{name}-1", 7.0, "bovenrug"),
            partial(store.close_run, name, f"{name}-1", 7.0),
            partial(store.save_place, name, "d", replace(PLACE, run=f"{name}-2")),
        )
        for change in changes:
            with pytest.raises(StoreError):
                change()


def expected(name: str) -> Known:
    """What is known of somebody after all that."""
    return Known(
        place=replace(PLACE, run=f"{name}-2"),
        level="easier",
        tempo="calm",
        intro_at=5.0,
        intro_hash="abc",
        finished=(7.0,),
        closed=True,
        completed=True,
    )


def test_what_was_refused_is_known_as_soon_as_the_file_is_free(store: SqliteStore, at_once: None) -> None:
    """While another program holds the file nothing is written; the first question behind it finds everything."""
    with locked(store):
        refused(store, "p", "q")
        assert store.load("p", "d", "p-1") == Known(pending=True)
        assert store.load("r", "d", None) == Known()
    for name in ("p", "q"):
        assert store.load(name, "d", f"{name}-1") == expected(name)


def test_it_is_written_in_the_order_in_which_it_happened(store: SqliteStore, at_once: None) -> None:
    """A finished run that was wiped afterwards stays wiped, and what is done behind the wipe stays."""
    with locked(store):
        refused(store, "p")
        with pytest.raises(StoreError):
            store.forget("p", 8.0)
        with pytest.raises(StoreError):
            store.save_profile("p", level="basic", tempo=None, at=9.0)
    assert store.load("p", "d", "p-2") == Known(level="basic", closed=True)


def test_a_server_that_stops_writes_it_before(store: SqliteStore, at_once: None) -> None:
    """What is owed does not die with a server that is stopped politely."""
    with locked(store):
        refused(store, "p")
    store.close()
    assert SqliteStore(store.path).load("p", "d", "p-1") == expected("p")


def test_it_is_written_though_nobody_asks(store: SqliteStore, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wipe that failed does not wait for the next request, which may come days later."""
    monkeypatch.setattr("skill.progress.sqlite._AGAIN_S", 0.05)
    store.save_place("p", "d", PLACE)
    with locked(store), pytest.raises(StoreError):
        store.forget("p", 8.0)
    until = time.monotonic() + 20
    while rows(store.path)["place"]:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_change_that_can_never_be_written_hinders_no_other(
    store: SqliteStore, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left out, and told of without what it held; without a lock it is an error at once."""
    with pytest.raises(UnicodeEncodeError):
        store.save_profile("broken \ud800", level="basic", tempo=None, at=1.0)
    with locked(store):
        with pytest.raises(StoreError):
            store.save_profile("broken \ud800", level="basic", tempo=None, at=1.0)
        refused(store, "p")
    assert store.load("p", "d", "p-1") == expected("p")
    assert "a change of progress cannot be stored: UnicodeEncodeError" in caplog.messages
    assert "broken" not in caplog.text


def test_many_at_once_lose_nothing(store: SqliteStore, at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    """Threads that wait too long for each other give up, each alone; what they wanted to write is written."""

    def finish(number: int) -> None:
        with suppress(StoreError):
            store.finish_run("p", f"run{number}", float(number), "bovenrug")

    with locked(store), ThreadPoolExecutor(8) as threads:
        list(threads.map(finish, range(8)))
    assert store.load("p", "d", None).finished == tuple(float(number) for number in reversed(range(8)))
    assert "too many requests want it at once" in caplog.text
    assert "hangs" not in caplog.text
