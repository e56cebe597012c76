"""Old progress goes once a day, behind an answer to Alexa; the clock is passed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from skill.progress import SqliteStore
from skill.settings import Settings
from skill.upkeep import AGAIN_S, DAY_S, KEPT_S, keep_up
from skill.web import create_app
from tests.envelopes import launch

START = 2_000_000_000.0


@dataclass
class Clock:
    """A clock that stands where it is put."""

    now: float = START

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """A store with people whose level was chosen so many days before they expire."""
    store = SqliteStore(tmp_path / "progress.sqlite3")
    for name, days in {"gone": -1, "today": 0.5, "tomorrow": 1.5, "later": 9.5}.items():
        store.save_profile(name, level="easier", tempo=None, at=START - KEPT_S + days * DAY_S)
    return store


@pytest.fixture
def known(store: SqliteStore) -> Callable[[], list[str]]:
    """Finds who is still remembered."""
    return lambda: [name for name in ("gone", "today", "tomorrow", "later") if store.load(name, "d", None).level]


def served(store: SqliteStore, clock: Clock, seen: list[list[str]], known: Callable[[], list[str]]) -> FlaskClient:
    """An application that notes who is remembered while it makes its answer; and a page beside it."""
    app = Flask(__name__)
    keep_up(app, store, clock)

    @app.post("/alexa")
    def alexa() -> str:
        if request.data == b"forged":
            abort(400)
        seen.append(known())
        return "answer"

    @app.get("/")
    def page() -> str:
        return "page"

    return app.test_client()


def test_what_is_too_old_goes_behind_the_first_answer(
    store: SqliteStore, clock: Clock, known: Callable[[], list[str]]
) -> None:
    """Who was away for over 400 days is forgotten behind the first answer to Alexa after a start."""
    client = served(store, clock, [], known)
    assert known() == ["gone", "today", "tomorrow", "later"]
    client.post("/alexa").close()
    assert known() == ["today", "tomorrow", "later"]


def test_a_clock_that_nobody_confirmed_wipes_nobody(
    store: SqliteStore, clock: Clock, known: Callable[[], list[str]]
) -> None:
    """A server that starts with its clock years ahead refuses Alexa's requests; neither they nor a page expire."""
    clock.now = START + 5000 * DAY_S
    client = served(store, clock, [], known)
    client.post("/alexa", data=b"forged").close()
    client.get("/").close()
    assert known() == ["gone", "today", "tomorrow", "later"]


def test_it_goes_daily_after_an_answer(store: SqliteStore, clock: Clock, known: Callable[[], list[str]]) -> None:
    """The first request of a next day is answered first; then the old rows go, without a restart."""
    seen: list[list[str]] = []
    client = served(store, clock, seen, known)
    client.post("/alexa").close()
    for days, before, after in (
        (0.6, ["today", "tomorrow", "later"], ["today", "tomorrow", "later"]),
        (1.0, ["today", "tomorrow", "later"], ["tomorrow", "later"]),
        (1.9, ["tomorrow", "later"], ["tomorrow", "later"]),
        (2.1, ["tomorrow", "later"], ["later"]),
        (30.0, ["later"], []),
    ):
        clock.now = START + days * DAY_S
        answer = client.post("/alexa")
        assert (answer.text, seen[-1], known()) == ("answer", before, before)
        answer.close()  # as a server does when the last byte has left
        assert known() == after


def test_a_clock_that_was_set_back_does_not_stop_it(tmp_path: Path) -> None:
    """A machine that started with a clock years ahead, and then learnt the time, still expires daily."""
    store, clock = SqliteStore(tmp_path / "progress.sqlite3"), Clock(START + 5000 * DAY_S)
    client = served(store, clock, [], list)
    client.post("/alexa").close()
    store.save_profile("gone", level="easier", tempo=None, at=START - KEPT_S - 1)
    store.save_profile("later", level="easier", tempo=None, at=START)
    clock.now = START
    client.post("/alexa").close()
    assert store.load("gone", "d", None).level is None
    assert store.load("later", "d", None).level == "easier"


def test_a_store_that_cannot_be_used_hinders_nothing(
    store: SqliteStore, clock: Clock, known: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer comes all the same, and the next hour it is tried again."""
    monkeypatch.setattr("skill.progress.trouble.REST_S", 0.0)
    store.close()
    away = store.path.with_name("away.sqlite3")
    store.path.rename(away)
    store.path.mkdir()
    client = served(store, clock, [], list)
    answer = client.post("/alexa")
    assert answer.text == "answer"
    answer.close()
    store.path.rmdir()
    away.rename(store.path)
    everybody = ["gone", "today", "tomorrow", "later"]
    for later, names in (
        (AGAIN_S - 1, everybody),
        (AGAIN_S, everybody[1:]),
    ):
        clock.now = START + later
        client.post("/alexa").close()
        assert known() == names


def test_after_the_start_no_file_is_held_open(store: SqliteStore, clock: Clock) -> None:
    """A server that forks into several processes then shares no connection: the log beside the file is gone."""
    keep_up(Flask(__name__), store, clock)
    assert [path.name for path in store.path.parent.iterdir()] == ["progress.sqlite3"]


def test_the_skill_expires_what_is_too_old(built_pack: Path, tmp_path: Path) -> None:
    """The real application does it behind its first answer, by the clock of the machine."""
    store = SqliteStore(tmp_path / "progress.sqlite3")
    store.save_profile("gone", level="easier", tempo=None, at=time.time() - KEPT_S - DAY_S)
    store.save_profile("later", level="easier", tempo=None, at=time.time() - KEPT_S + DAY_S)
    client = create_app(Settings(packs=built_pack, database=store.path)).test_client()
    client.post("/alexa", json=launch()).close()
    assert store.load("gone", "d", None).level is None
    assert store.load("later", "d", None).level == "easier"
