"""A tab without a browser: it keeps the time, plays what the state says, and reports where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

ORIGIN = {"Origin": "http://localhost"}
STRETCHES = 400
"""More than a whole training has."""


class Tab:
    """Speaks the protocol of the page through the public door."""

    def __init__(self, app: Flask, *, account: str = "account-1", device: str = "device-1", locale: str = "") -> None:
        self.client = app.test_client()
        self.account = account
        self.device = device
        self.locale = locale
        self.at_ms = 0
        self.seen = 0
        self.transcript: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.slow = 0
        """By how many ms the sound lags behind the clock."""
        self._since = self._from = 0
        self.begin()

    def begin(self, *, was: Mapping[str, Any] | None = None, until_ms: int = 0) -> None:
        """Ask for a device."""
        asked = {"account": self.account, "device": self.device, "was": was, "until_ms": until_ms}
        asked |= {"locale": self.locale or None}
        answer = self.client.post("/studio/devices", json=asked, headers=ORIGIN)
        assert answer.status_code == 201
        self.at_ms = self.seen = self._since = 0
        self.state = {}
        self.visit = answer.get_json()["visit"]
        self._take(answer.get_json())

    def post(self, **happening: Any) -> Any:
        """Tell what happened now; the bare answer."""
        body = {"at_ms": self.at_ms, "since": self.seen, **happening}
        return self.client.post(f"/studio/devices/{self.device}/{self.visit}", json=body, headers=ORIGIN)

    def tell(self, **happening: Any) -> dict[str, Any]:
        """Tell what happened now; the state after it."""
        answer = self.post(**{"sound": self.sound(), **happening})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self._take(answer.get_json())
        return self.state

    def say(self, words: str) -> dict[str, Any]:
        """Say something."""
        return self.tell(said=words)

    def sound(self, *, over: bool = False) -> dict[str, Any]:
        """Where the sounds are, as a browser reports it; ``over``: at their end."""
        passed = max(0, self.at_ms - self._since - self.slow)
        if speech := self.state["speech"]:
            offset = speech["ms"] if over else min(speech["ms"], passed)
            return {"speech": {"number": speech["number"], "offset_ms": offset, "over": over}}
        player = self.state["player"]
        if player and player["playing"]:
            offset = player["duration_ms"] if over else min(player["duration_ms"], self._from + passed)
            return {"player": {"number": player["number"], "offset_ms": offset, "over": over}}
        return {}

    def wait(self, ms: int) -> dict[str, Any]:
        """Let time pass, with a report at its end only."""
        self.at_ms += ms
        return self.tell()

    def finish(self) -> dict[str, Any]:
        """Let what sounds now come to its end, asking when the state says that something is due."""
        number = self._sounding()
        for _ in range(STRETCHES):
            end = self._end()
            due = self.state["next_due_ms"]
            self.at_ms = max(self.at_ms, end if due is None else min(due, end))
            over = self.at_ms >= end
            self.tell(sound=self.sound(over=over))
            if over or self._sounding() != number:
                return self.state
        raise AssertionError("it never ends")

    def _end(self) -> int:
        speech, player = self.state["speech"], self.state["player"]
        if speech:
            return int(self._since + self.slow + speech["ms"])
        if player and player["playing"]:
            return int(self._since + self.slow + player["duration_ms"] - self._from)
        raise AssertionError("nothing sounds")

    def _sounding(self) -> tuple[int, int]:
        speech, player = self.state["speech"], self.state["player"]
        return (speech["number"] if speech else 0, player["number"] if player and player["playing"] else 0)

    def _take(self, state: dict[str, Any]) -> None:
        before = self._sounding() if self.state else (-1, -1)
        self.state = state
        self.transcript += state["transcript"]
        self.seen = max([self.seen, *(item["number"] for item in state["transcript"])])
        if self._sounding() != before:
            self._since = self.at_ms
            self._from = state["player"]["offset_ms"] if state["player"] else 0


def begun(tab: Tab) -> Tab:
    """The tab once the first exercise plays."""
    tab.say("Alexa, start rugoefening")
    tab.say("Alexa, start")
    tab.finish()
    assert tab.state["ring"] == "playing"
    return tab
