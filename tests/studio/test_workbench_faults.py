"""What the workbench lets go wrong with an Echo: the training keeps its place, and the server never fails."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from skill.settings import Settings
from skill.studio.workbench.lock import DatabaseLock
from tests.studio.tab import ORIGIN, Tab, begun


def place(state: dict[str, Any]) -> str:
    """Exercise and step."""
    return f"{state['place']['exercise']}/{state['place']['step']}"


def exchanges(tab: Tab) -> list[dict[str, Any]]:
    """What went between the skill and the devices of this account, newest first."""
    answer = tab.client.post("/studio/workbench/news", json={"accounts": [tab.account], "since": 0}, headers=ORIGIN)
    assert answer.status_code == 200
    return list(answer.get_json()["exchanges"])


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the road kept an answer; nobody waits for it here."""
    found: list[float] = []
    monkeypatch.setattr("skill.studio.workbench.wire.time.sleep", found.append)
    return found


def test_an_event_that_is_lost(tab: Tab) -> None:
    """The end of the exercise is not told: the sound ends, and one word goes on with the next exercise."""
    begun(tab)
    assert tab.tell(fault="lost")["faults"] == ["lost"]
    state = tab.finish()
    assert state["faults"] == []
    assert state["player"]["activity"] == "FINISHED"
    state = tab.say("Alexa, ga verder")
    while not state["player"]["playing"]:
        state = tab.finish()
    assert place(state) == "seated_turn/to_chair"


def test_an_event_that_comes_twice(tab: Tab) -> None:
    """The next exercise is there once."""
    begun(tab)
    tab.tell(fault="twice")
    assert place(tab.finish()) == "seated_turn/to_chair"
    assert place(tab.finish()) == "elbows_up/position"
