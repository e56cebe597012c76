"""What is remembered per person, in a real SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from skill.errors import StoreError
from skill.progress import Known, SqliteStore
from tests.progress.samples import PLACE, rows


def test_a_place_comes_back_on_its_device(store: SqliteStore) -> None:
    """Each device has its own place; elsewhere the latest place of the person is found."""
    store.save_place("p", "kitchen", PLACE)
    store.save_place("p", "bedroom", replace(PLACE, run="run2", at=2000.0))
    assert store.load("p", "kitchen", None).place == PLACE
    assert store.load("p", "attic", None).place == replace(PLACE, run="run2", at=2000.0)
    assert store.load("q", "kitchen", None).place is None


def test_an_event_moves_the_place_but_not_the_level(store: SqliteStore) -> None:
    """The player tells where it is; an event of another level than was decided on changes nothing."""
    store.save_place("p", "d", PLACE)
    moved = replace(PLACE, step="left_side", offset_ms=90_000, at=1100.0)
    store.move_place("p", "d", moved, started=False)
    assert store.load("p", "d", None).place == moved
    store.save_place("p", "d", replace(moved, level="easier"))
    store.move_place("p", "d", replace(moved, offset_ms=1, at=1200.0), started=False)
    assert store.load("p", "d", None).place == replace(moved, level="easier")


def test_late_and_double_events_change_nothing(store: SqliteStore) -> None:
    """An event older than the place is ignored; at the same second only a stream that started counts."""
    store.save_place("p", "d", PLACE)
    store.move_place("p", "d", replace(PLACE, offset_ms=1, at=999.0), started=False)
    store.move_place("p", "d", replace(PLACE, track="seated_turn", offset_ms=1), started=False)
    assert store.load("p", "d", None).place == PLACE
    store.move_place("p", "d", replace(PLACE, offset_ms=2), started=True)
    store.move_place("p", "d", replace(PLACE, offset_ms=2), started=True)
    assert store.load("p", "d", None).place == replace(PLACE, offset_ms=2)


def test_an_event_of_a_newer_run_takes_over(store: SqliteStore) -> None:
    """When the start of a run could not be saved, its first event is the place; an older run's is not."""
    store.save_place("p", "d", PLACE)
    store.move_place("p", "d", replace(PLACE, run="run0", at=900.0), started=True)
    assert store.load("p", "d", None).place == PLACE
    store.move_place("p", "d", replace(PLACE, run="run2", at=1001.0), started=True)
    assert store.load("p", "d", None).place == replace(PLACE, run="run2", at=1001.0)


def test_a_closed_run_stays_closed(store: SqliteStore) -> None:
    """After the end of a run neither a decision nor an event brings its place back."""
    store.save_place("p", "d", PLACE)
    store.close_run("p", "run1", 1001.0)
    store.save_place("p", "d", replace(PLACE, at=1002.0))
    store.move_place("p", "d", replace(PLACE, at=1003.0), started=True)
    assert store.load("p", "d", "run1").place is None
    assert store.load("p", "d", "run1").closed
    assert not store.load("p", "d", "run2").closed


def test_a_finished_run_is_counted_once(store: SqliteStore) -> None:
    """Double events count one training; a run that was wiped is not counted again."""
    for at in (1.0, 2.0):
        store.finish_run("p", "run1", at, "bovenrug")
    assert store.load("p", "d", None).finished == (1.0,)
    store.forget("p", 3.0, "run1")
    store.finish_run("p", "run1", 4.0, "bovenrug")
    assert store.load("p", "d", None).finished == ()


def test_the_profile_keeps_what_is_not_mentioned(store: SqliteStore) -> None:
    """Level, tempo and the intro are remembered apart from each other."""
    store.save_profile("p", level="easier", tempo=None, at=1.0)
    store.save_profile("p", level=None, tempo="calm", at=2.0)
    store.intro_heard("p", "abc", 3.0)
    known = store.load("p", "d", None)
    assert (known.level, known.tempo, known.intro_hash, known.intro_at) == ("easier", "calm", "abc", 3.0)


def test_only_the_newest_finished_runs_are_told(store: SqliteStore) -> None:
    """Of a person who trains for years the newest sixty times come back, newest first."""
    for day in range(70):
        store.finish_run("p", f"run{day}", float(day), "bovenrug")
    store.finish_run("q", "other", 500.0, "bovenrug")
    assert store.load("p", "d", None).finished == tuple(float(day) for day in range(69, 9, -1))


def test_a_late_word_does_not_make_the_profile_older(store: SqliteStore) -> None:
    """What is remembered expires by the newest touch, whatever the order of the requests."""
    store.save_profile("p", level="easier", tempo=None, at=5000.0)
    store.save_profile("p", level=None, tempo="calm", at=10.0)
    store.intro_heard("p", "abc", 20.0)
    store.expire(4000.0)
    assert store.load("p", "d", None).tempo == "calm"


def test_nobody_has_no_memory(store: SqliteStore) -> None:
    """For a person without an id nothing at all is stored: all such people would share it."""
    store.save_place("", "d", PLACE)
    store.move_place("", "d", PLACE, started=True)
    store.save_profile("", level="easier", tempo="calm", way="step_by_step", at=1.0)
    store.intro_heard("", "abc", 1.0)
    store.finish_run("", "run1", 2.0, "bovenrug")
    store.close_run("", "run1", 3.0)
    store.forget("", 4.0, "run2")
    assert store.load("", "d", "run1") == Known()
    store.close()
    assert not any(rows(store.path).values())


def test_a_device_without_an_id_has_a_place(store: SqliteStore) -> None:
    """Without a device id the place is that of the device "", found there and from other devices."""
    store.save_place("p", "", PLACE)
    here, there = store.load("p", "", None), store.load("p", "kitchen", None)
    assert (here.place, here.elsewhere) == (PLACE, False)
    assert (there.place, there.elsewhere) == (PLACE, True)


def test_forgetting_leaves_no_trace_of_the_person(store: SqliteStore) -> None:
    """After forgetting, no row of any table names the person, and late events of any run store nothing."""
    store.save_place("p", "d", replace(PLACE, run="run0", at=900.0))
    store.save_place("p", "d", PLACE)
    store.save_profile("p", level="easier", tempo=None, at=1.0)
    store.finish_run("p", "run2", 2.0, "bovenrug")
    store.forget("p", 3.0, "run3")
    for run in ("run0", "run1", "run2", "run3"):
        store.move_place("p", "d", replace(PLACE, run=run, at=4000.0), started=True)
        store.finish_run("p", run, 4000.0, "bovenrug")
    assert not any("p" in row for table in rows(store.path).values() for row in table)


def test_what_was_wiped_is_in_no_byte_of_the_files(store: SqliteStore) -> None:
    """Deleting a row leaves its text in a database file; here it is overwritten, and the log is emptied."""
    person = "c0ffee" * 5
    store.save_profile("q" * 30, level="basic", tempo=None, at=1.0)
    store.save_place(person, "kitchen", PLACE)
    store.save_profile(person, level="easier", tempo=None, at=1.0)

    def traces() -> list[str]:
        return [path.name for path in store.path.parent.iterdir() if person.encode() in path.read_bytes()]

    assert traces()
    store.forget(person, 3.0)
    assert traces() == []
    store.save_profile(person, level="easier", tempo=None, at=1.0)
    store.expire(2.0)
    assert traces() == []


def test_old_rows_expire(store: SqliteStore) -> None:
    """What was not touched since a given time goes from every table, the rest stays."""
    store.save_place("p", "d", PLACE)
    store.finish_run("p", "run1", 1500.0, "bovenrug")
    store.close_run("q", "run9", 1500.0)
    store.save_profile("p", level="easier", tempo=None, at=5000.0)
    store.expire(2000.0)
    assert {table for table, found in rows(store.path).items() if found} == {"person"}
    known = store.load("p", "d", "run9")
    assert (known.place, known.level, known.closed) == (None, "easier", False)


@pytest.mark.parametrize("device", ["attic", "bedroom", "kitchen"])
def test_of_places_of_the_same_moment_that_of_the_device_counts(store: SqliteStore, device: str) -> None:
    """The time of a request is in whole seconds, so two devices may tell the same one."""
    for other in ("attic", "bedroom", "kitchen"):
        store.save_place("p", other, PLACE)
    assert not store.load("p", device, None).elsewhere


def test_the_way_to_train_is_remembered(store: SqliteStore) -> None:
    """It stays when only the level changes, and changes when it is chosen anew."""
    store.save_profile("p", level=None, tempo=None, way="step_by_step", at=1.0)
    store.save_profile("p", level="easier", tempo=None, at=2.0)
    assert store.load("p", "d", None).way == "step_by_step"
    store.save_profile("p", level=None, tempo=None, way="continuous", at=3.0)
    assert (store.load("p", "d", None).way, store.load("p", "d", None).level) == ("continuous", "easier")


def test_the_newest_place_of_the_same_run_wins(store: SqliteStore) -> None:
    """Who goes on at another device is found there; another run elsewhere does not matter."""
    store.save_place("p", "kitchen", PLACE)
    store.save_place("p", "bedroom", replace(PLACE, track="seated_turn", at=2000.0))
    known = store.load("p", "kitchen", None)
    assert known.place is not None
    assert (known.place.track, known.elsewhere) == ("seated_turn", True)
    assert not store.load("p", "bedroom", None).elsewhere


def test_a_wipe_that_failed_is_done_as_soon_as_it_can(store: SqliteStore, at_once: None) -> None:
    """While another program holds the file nothing can be wiped; behind that nothing is found, in no byte."""
    person = "c0ffee" * 5
    store.save_place(person, "kitchen", PLACE)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            store.forget(person, 3.0)
        assert store.load(person, "kitchen", None).place == PLACE
        other.execute("ROLLBACK")
    assert store.load(person, "kitchen", None) == Known()
    assert not [path for path in store.path.parent.iterdir() if person.encode() in path.read_bytes()]
    store.move_place(person, "kitchen", replace(PLACE, at=4000.0), started=True)
    assert store.load(person, "kitchen", None).place is None
    store.save_profile(person, level="basic", tempo=None, at=5000.0)
    assert store.load(person, "kitchen", None).level == "basic"
