"""The world of a walk: people with their Echos, the skill with its database, one clock, and whoever disturbs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skill.echo.clock import VirtualClock
from skill.echo.device import Device
from skill.echo.echo import Echo, make_echo
from skill.echo.envelopes import Envelopes
from skill.echo.player import Player
from skill.web import create_app
from tests.walk.editions import Editions
from tests.walk.wire import Wire

START = 4_107_542_400.0
"""2100-03-01: so far ahead that the server's own clock finds nothing too old to keep."""
ANNA, BERT = "amzn1.ask.account.ANNA", "amzn1.ask.account.BERT"
KITCHEN, BEDROOM, STUDY, CLOCK = (f"amzn1.ask.device.{name}" for name in ("KITCHEN", "BEDROOM", "STUDY", "CLOCK"))
OWNERS: Mapping[str, str] = {KITCHEN: ANNA, BEDROOM: ANNA, CLOCK: ANNA, STUDY: BERT}
WITHOUT_PLAYER = CLOCK
_SPEAKING_S = 1.2
"""How long it takes to say something; two words never fall in the same second."""
_SETTING_UP_S = 1800.0
_MOST_EVENTS = 400


@dataclass
class _Envelopes(Envelopes):
    """The requests of a device whose clock may be wrong."""

    skew_s: float = 0.0

    def _silent(self, request: dict[str, Any], now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        return super()._silent(request, now + self.skew_s, player)

    def disabled(self, now: float) -> dict[str, Any]:
        """The person switched the skill off."""
        return self._silent({"type": "AlexaSkillEvent.SkillDisabled"}, now, None)


class World:
    """Devices, clock, skill and store; each method is one thing that can happen."""

    def __init__(self, editions: Editions, folder: Path, lengths: dict[str, int], devices: tuple[str, ...]) -> None:
        self.editions = editions
        self.folder = folder
        self._settings = replace(editions.settings, database=folder / "walk.sqlite3")
        if editions.served is not editions.both[0]:
            editions.serve(editions.both[0])
        self.clock = VirtualClock(START)
        self.wire = Wire(create_app(self._settings), self._settings.database, lengths)
        self.echoes = {name: self._echo(name, OWNERS[name]) for name in devices}

    def _echo(self, name: str, person: str) -> Echo:
        echo = make_echo(self._settings, self.clock, self.wire)
        echo.device.envelopes = _Envelopes(
            application=echo.device.envelopes.application,
            user=person,
            device=name,
            audio_player=name != WITHOUT_PLAYER,
        )
        return echo

    @property
    def now(self) -> float:
        """The time now (s)."""
        return self.clock.now()

    @property
    def database(self) -> Path:
        """The file of the store, also while the skill cannot use it."""
        return self._settings.database

    def device(self, name: str) -> Device:
        """One Echo."""
        return self.echoes[name].device

    def envelopes(self, name: str) -> _Envelopes:
        """The requests of one Echo."""
        found = self.device(name).envelopes
        assert isinstance(found, _Envelopes)
        return found

    # ------------------------------------------------------------------ time

    def wait(self, seconds: float) -> None:
        """Let time pass, on all devices in the order in which things happen."""
        target = self.now + seconds
        for _ in range(_MOST_EVENTS):
            due = [(moment, name) for name in self.echoes if (moment := self.device(name).next_due()) is not None]
            moment, name = min(due, default=(target, ""))
            if moment >= target:
                break
            self.device(name).advance_to(moment)
        for echo in self.echoes.values():
            echo.device.advance_to(target)
        self.clock.wait(target - self.now)

    def let_finish(self, name: str) -> None:
        """Let what this device says be said to its end."""
        device = self.device(name)
        while device.is_speaking and (due := device.next_due()) is not None:
            self.wait(max(0.0, due - self.now) + 0.001)

    # ------------------------------------------------------------------ people

    def say(self, name: str, words: str, *, let_finish: bool) -> None:
        """Somebody speaks: into the open microphone, else behind the wake word."""
        if let_finish:
            self.let_finish(name)
        self.wait(_SPEAKING_S)
        device = self.device(name)
        device.say(words if device.is_listening else f"Alexa, {words}")

    def call(self, name: str, words: str) -> None:
        """Somebody uses the wake word, whatever the device is doing."""
        self.wait(_SPEAKING_S)
        self.device(name).say(f"Alexa, {words}")

    def press(self, name: str, button: str) -> None:
        """Somebody presses a button."""
        self.wait(_SPEAKING_S)
        self.device(name).press(button)

    def switch_off(self, name: str) -> None:
        """The owner of a device switches the skill off."""
        self.wire(self.envelopes(name).disabled(self.device(name).now))

    def set_up(self, name: str, person: str) -> None:
        """A device is set up anew, for this person: what it was doing is gone."""
        self.wait(_SETTING_UP_S)
        device = self.device(name)
        if device.in_session or device.is_speaking or device.player.is_sounding:
            return  # nobody gives away a device that is in use
        device.player = Player(device.length_of)
        self.envelopes(name).user = person

    # ------------------------------------------------------------------ the owner of the skill

    def restart(self, *, works: bool) -> None:
        """The server starts anew; with the same database, or with one that cannot be used."""
        self.wire.works = works
        database = self._settings.database if works else self.folder
        self.wire.app = create_app(replace(self._settings, database=database))

    def rebuild(self) -> None:
        """The other edition is built and served."""
        self.editions.serve(next(one for one in self.editions.both if one is not self.editions.served))
