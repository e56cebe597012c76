"""What the workbench lets go wrong with an Echo: the training keeps its place, and the server never fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from skill.settings import Settings
from tests.studio.tab import ORIGIN, Tab, begun


def place(state: dict[str, Any]) -> str:
    """Exercise and step."""
    return f"{state['place']['exercise']}/{state['place']['step']}"


def ask(tab: Tab, what: str, **body: Any) -> Any:
    """Ask the workbench something."""
    answer = tab.client.post(f"/studio/workbench/{what}", json=body, headers=ORIGIN)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return answer.get_json()


def exchanges(tab: Tab) -> list[dict[str, Any]]:
    """What went between the skill and the devices of this account, newest first; never a 5xx."""
    found: list[dict[str, Any]] = ask(tab, "news", accounts=[tab.account], since=0)["exchanges"]
    assert {one["status"] for one in found} <= {0, 200}
    return found


def stored(settings: Settings) -> set[tuple[Any, ...]]:
    """Who is where, and which runs were begun."""
    with closing(sqlite3.connect(settings.database)) as file:
        return {*file.execute("SELECT step, run, person FROM place"), *file.execute("SELECT run, person FROM begun")}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the road kept an answer back; nobody waits for it here."""
    found: list[float] = []
    monkeypatch.setattr("skill.studio.workbench.wire.sleep", found.append)
    return found


def test_an_event_that_is_lost(tab: Tab) -> None:
    """The end of the exercise is not told: the sound ends there, and one word goes on in the step that was last."""
    begun(tab)
    assert tab.tell(fault="lost")["faults"] == ["lost"]
    state = tab.finish()
    assert (state["faults"], state["player"]["activity"]) == ([], "FINISHED")
    assert [(one["type"], one["fault"], one["status"]) for one in exchanges(tab)[:2]] == [
        ("AudioPlayer.PlaybackFinished", "", 200),
        ("AudioPlayer.PlaybackNearlyFinished", "lost", 0),
    ]
    tab.say("Alexa, ga verder")
    assert place(tab.finish()) == "open_book/left_side"
    assert place(tab.finish()) == "seated_turn/to_chair"


def test_a_fault_is_taken_back_by_a_second_click(tab: Tab) -> None:
    """Nothing goes wrong then."""
    begun(tab)
    tab.tell(fault="lost")
    assert tab.tell(fault="lost")["faults"] == []
    assert place(tab.finish()) == "seated_turn/to_chair"


def test_an_event_that_comes_twice(tab: Tab) -> None:
    """The next exercise is there once, and the one after it as well."""
    begun(tab)
    tab.tell(fault="twice")
    assert place(tab.finish()) == "seated_turn/to_chair"
    doubled = [one for one in exchanges(tab) if one["fault"] == "twice"]
    assert [one["type"] for one in doubled] == ["AudioPlayer.PlaybackNearlyFinished"] * 2
    assert doubled[0]["request"] == doubled[1]["request"]
    assert place(tab.finish()) == "elbows_up/position"


def test_a_slow_answer(tab: Tab, waits: list[float]) -> None:
    """After six seconds the answer is as good as any; it is slow once."""
    begun(tab)
    tab.tell(fault="slow")
    assert tab.say("Alexa, volgende")["ring"] == "playing"
    assert place(tab.state) == "open_book/position"
    assert waits == [6.0]
    tab.say("Alexa, volgende")
    assert waits == [6.0]


def test_an_answer_that_is_too_slow(tab: Tab, waits: list[float]) -> None:
    """After eight seconds Alexa says that something is wrong; then the sound goes on where it was."""
    begun(tab)
    tab.wait(5_000)
    before = tab.state["player"]["offset_ms"]
    tab.tell(fault="too_slow")
    state = tab.say("Alexa, volgende")
    assert (state["ring"], state["speech"]["who"], waits) == ("speaking", "alexa", [8.0])
    assert "er is iets mis" in tab.transcript[-1]["text"]
    state = tab.wait(2_000)
    assert (state["ring"], place(state)) == ("playing", "open_book/to_floor")
    assert before <= state["player"]["offset_ms"] <= before + 2_000
    assert exchanges(tab)[0]["type"] == "AudioPlayer.PlaybackStarted"


def test_another_echo_of_the_same_person(tab: Tab) -> None:
    """The other one offers to go on with this training; this one plays on, and goes on from its own place."""
    begun(tab)
    tab.wait(60_000)
    tab.tell(fault="other")
    assert "Daar ben je weer" in tab.transcript[-1]["detail"]
    assert tab.state["ring"] == "playing"
    others = [one for one in exchanges(tab) if one["device"] != tab.device]
    assert [one["intent"] or one["type"] for one in reversed(others)] == ["LaunchRequest", "AMAZON.ResumeIntent"]
    assert place(tab.say("Alexa, volgende")) == "open_book/explanation"


def test_the_database_is_held_by_another_program(tab: Tab, settings: Settings) -> None:
    """A real lock: nothing can be written, and the training goes on; given back, it is remembered again."""
    begun(tab)
    assert 25 < ask(tab, "database", seconds=30)["held_s"] <= 30
    with closing(sqlite3.connect(settings.database, timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert place(tab.say("Alexa, volgende")) == "open_book/position"
        state = tab.say("Alexa, pauze")
        assert "Pauze." in state["speech"]["lines"][0][1]
        assert state["player"]["activity"] == "STOPPED"
        tab.finish()
        tab.say("ga verder")
        assert place(tab.finish()) == "open_book/position"
        assert ask(tab, "database", seconds=0) == {"held_s": 0, "away_s": 0}
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    exchanges(tab)
    tab.say("Alexa, volgende")
    with closing(sqlite3.connect(settings.database)) as store:
        assert store.execute("SELECT count(*) FROM place").fetchone() == (1,)


def test_the_database_comes_back_by_itself(tab: Tab, settings: Settings) -> None:
    """After the seconds that were asked for."""
    begun(tab)
    ask(tab, "database", seconds=1)
    with closing(sqlite3.connect(settings.database, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()


def test_a_database_that_is_in_use_is_not_taken(tab: Tab, settings: Settings) -> None:
    """Something else holds it, or it is gone: the page says so, and nothing is held."""
    begun(tab)
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = tab.client.post("/studio/workbench/database", json={"seconds": 5}, headers=ORIGIN)
        assert answer.status_code == 503
        other.rollback()
    assert ask(tab, "news", accounts=[], since=0)["held_s"] == 0


def test_the_database_is_gone(tab: Tab, settings: Settings) -> None:
    """It cannot be read, so somebody who is known hears the whole intro; the training goes on, and the file stays.

    Back again, it has what it missed.
    """
    tab.account = ask(tab, "persons", experienced=True)["account"]
    before, file = stored(settings), settings.database.stat().st_ino
    assert ask(tab, "database", fault="away", seconds=30)["away_s"] > 25
    assert tab.client.get("/healthz").get_json()["database"]["ok"] is False
    tab.begin()
    begun(tab)
    assert "drie rustige oefeningen" in tab.transcript[1]["text"]
    assert place(tab.say("Alexa, volgende")) == "open_book/position"
    assert stored(settings) == before
    assert ask(tab, "database", fault="away", seconds=0) == {"held_s": 0, "away_s": 0}
    exchanges(tab)
    tab.say("Alexa, volgende")
    assert stored(settings) > before
    assert "explanation" in str(stored(settings) - before)
    assert settings.database.stat().st_ino == file
    assert tab.client.get("/healthz").get_json()["database"]["ok"] is True


def test_a_database_goes_wrong_in_one_of_two_ways(tab: Tab) -> None:
    """Another one is refused."""
    body = {"fault": "melted", "seconds": 5}
    assert tab.client.post("/studio/workbench/database", json=body, headers=ORIGIN).status_code == 400


@pytest.mark.parametrize("seconds", [-1, 121, 1.5, "30", None, True])
def test_a_database_is_held_within_reason(tab: Tab, seconds: Any) -> None:
    """Anything else than a number of seconds is refused."""
    answer = tab.client.post("/studio/workbench/database", json={"seconds": seconds}, headers=ORIGIN)
    assert answer.status_code == 400
