"""Virtual people who train on virtual Echos, each in a thread, faster than time passes."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scripts.chaos_places import CLOSING, LAST, Place, Places, is_back, run_of, says_closing, speaks_a_step
from scripts.chaos_wire import Line, Notebook, Sign
from skill.echo.captions import Captions
from skill.echo.echo import Echo, Owned, make_echo
from skill.echo.envelopes import Envelopes
from skill.settings import Settings

AHEAD_S = 140.0
"""A device's clock may differ this much from the server's: requests up to 150 s old or young are answered."""
_BEHIND_S = -135.0
_LISTENS_S = 15.0
_ENOUGH_S, _LATE_S = 60.0, 120.0
"""Who is so far ahead of the time comes to the end of the training; who is further gives up."""
_MOST_WORDS = 24
_AUDIO = re.compile(r"[^/\"]+\.mp3")
_DISMAY_S = 0.1
"""Who gets no answer does not try again at once, by the real time."""
_NEVER = "nog niet"
"""What is said of a week, this or the last one, without a training."""
_STEPPERS = 0.2
"""This part of the people trains step by step."""


@dataclass
class PacedClock:
    """Time that passes faster than it does, and never gets further ahead than a server allows."""

    speed: float
    now_s: float = field(default_factory=lambda: time.time() + _BEHIND_S)

    def now(self) -> float:
        """The time now (s)."""
        return self.now_s

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        time.sleep(max(seconds / self.speed, self.now_s - time.time() - AHEAD_S, 0.0))

    @property
    def ahead_s(self) -> float:
        """How much ahead of the time it is."""
        return self.now_s - time.time()


@dataclass
class Skewed(Envelopes):
    """The requests of a device whose clock may jump: stamped ``skew_s`` beside the real time when that is set."""

    skew_s: float | None = None

    def _silent(self, request: dict[str, Any], now: float, player: Mapping[str, Any] | None) -> dict[str, Any]:
        return super()._silent(request, now if self.skew_s is None else time.time() + self.skew_s, player)


@dataclass
class Stage:
    """What people share: when to tell whether they are back in their place, and when to go home."""

    settings: Settings
    port: int
    sign: Sign
    notebook: Notebook
    places: Places
    captions: Captions
    seed: int
    speed: float
    skews: tuple[float, ...] = ()
    """Where the clocks of devices jump to now (s beside the real time); empty: they are right."""
    hold: bool = False
    """Whether playback events come late and in the wrong order now."""
    over: bool = False
    asked: int = 0
    """How often people were asked whether they are back."""
    reports: dict[str, str] = field(default_factory=dict)
    """By name, why somebody is not back; empty when they are."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> None:
        """Ask everybody whether they are back in their place."""
        with self.lock:
            self.reports = {}
            self.asked += 1

    def says(self, answer: object) -> str:
        """The words of the clips in an answer."""
        files = _AUDIO.findall(json.dumps(answer))
        with self.lock:
            return self.captions.text(files)

    def report(self, name: str, problem: str, asked: int) -> None:
        """Somebody answers the question that was put so often."""
        with self.lock:
            if asked == self.asked:
                self.reports[name] = problem


class _HomeError(Exception):
    """It is over: everybody goes home."""


class _LateError(Exception):
    """The clock of this Echo is too far ahead of the time: somebody else trains."""


class Person:
    """Trains again and again, each time with another account and another Echo."""

    def __init__(self, name: str, stage: Stage) -> None:
        self.name = name
        self.stage = stage
        self.chance = random.Random(f"{stage.seed}/{name}")  # noqa: S311 # to be repeatable, not secret
        self._asked = 0
        self._lives = 0
        self._move_in()

    def _move_in(self) -> None:
        stage = self.stage
        self._lives += 1
        identity = f"{stage.seed}-{self.name}-{self._lives}"
        self.line = Line(stage.port, stage.sign, stage.notebook, self.chance, stage.places.finished)
        self.clock = PacedClock(stage.speed)
        owned = Owned(f"amzn1.ask.account.{identity}", f"amzn1.ask.device.{identity}")
        self.echo: Echo = make_echo(stage.settings, self.clock, self.line, owned)
        self.device = self.echo.device
        settings = self.device.envelopes
        self.envelopes = Skewed(settings.application, settings.user, settings.device)
        self.device.envelopes = self.envelopes
        self._steps = self.chance.random() < _STEPPERS
        self._quiet = False
        self._held: Mapping[str, Any] = {}

    def run(self) -> None:
        """Train until it is over."""
        try:
            while True:
                with suppress(_LateError):
                    self._train()
                self._move_in()
        except _HomeError:
            return

    # ------------------------------------------------------------------ a training

    def _train(self) -> None:
        self._say("Alexa, open rugoefening")
        self._wait(self.chance.uniform(1, 4))
        if self._steps:
            self._say("Alexa, stap voor stap" if self.device.in_session else "Alexa, open rugoefening")
            self._wait(2)
        self._start()
        for _ in range(self.chance.randint(2, 9)):
            self._turn()
            if self.clock.ahead_s > _ENOUGH_S:
                break
        self._finish()
        if self.chance.random() < 0.5:
            self._ask_history()

    def _turn(self) -> None:
        if self.place() is None:
            self._start()
        elif self._steps:
            self._step()
        else:
            self._listen()

    def _start(self) -> None:
        word = self.chance.choice(("start", "oefening twee", "oefening drie"))
        self._say(f"Alexa, {word}" if self.device.in_session else "Alexa, open rugoefening")
        self._settle()
        self._wait(1)

    def _step(self) -> None:
        self._wait(self.chance.uniform(1, 6))
        word = self.chance.choice(("volgende", "volgende", "herhaal", "vorige", "volgende oefening", "verder"))
        self._say(f"Alexa, {word}" if self.device.in_session else "Alexa, open rugoefening")

    def _listen(self) -> None:
        self._wait(self.chance.uniform(1, 15))
        deed = self.chance.randrange(10)
        if deed < 3:
            self._say("Alexa, volgende")
        elif deed < 5:
            self._say(self.chance.choice(("Alexa, vorige", "Alexa, herhaal", "Alexa, opnieuw")))
        elif deed < 8:
            self._pause()
        elif deed < 9:
            self._say("Alexa, vraag rugoefening naar de resterende tijd")
        else:
            self._hold()

    def _pause(self) -> None:
        self._say("Alexa, pauze")
        self._settle()
        way = self.chance.randrange(4)
        if self.device.is_listening and way < 3:
            self._say(("verder", "volgende oefening", "hoe lang nog")[way])
            self._settle()
        self._wait(self.chance.uniform(1, 20))  # the microphone shuts; a pause stays a pause
        if not self.device.player.is_sounding:
            self._go_on()

    def _hold(self) -> None:
        """On a bad network playback events wait, and arrive in another order."""
        if self.stage.hold:
            self.device.held = []
        self._wait(5)
        self._say("Alexa, volgende")
        self._wait(5)
        self.device.deliver_held(backwards=True)

    def _finish(self) -> None:
        """Go to the closing, and hear it out."""
        for _ in range(_MOST_WORDS):
            place = self.place()
            if place is None:
                return
            if place.step == CLOSING and (self.device.player.is_sounding or self._steps):
                break
            if self._steps:
                self._say("Alexa, volgende" if self.device.in_session else "Alexa, open rugoefening")
            elif self.device.player.is_sounding:
                self._say("Alexa, volgende")
            else:
                self._go_on()
            self._wait(1)
        for _ in range(10):
            self._wait(5)

    def _ask_history(self) -> None:
        self._say("Alexa, open rugoefening")
        self._wait(1)
        if self.device.in_session:
            self._say("Alexa, hoe vaak heb ik geoefend")
            self._judge_history()
            self._wait(3)

    def _judge_history(self) -> None:
        finish, stage = self.line.finish, self.stage
        if finish is None or self.line.status != 200 or not stage.notebook.was_well(finish.since, time.monotonic()):
            return
        if stage.says(self.line.answer).count(_NEVER) == 2:
            stage.notebook.problem(f"{self.name}: finished a training, and hears that there was none")

    # ------------------------------------------------------------------ back in place

    def place(self) -> Place | None:
        """Where this person is; None before the start and where nobody could know."""
        if self._steps:
            token = self._held.get("token")
            over = self.line.finish is not None and self.line.finish.run == run_of(token)
            return None if over else self.stage.places.find(token, self._held.get("offset"))
        player = self.device.player
        if player.current is None:
            return None
        return self.stage.places.find(player.current.token, player.offset_ms(self.device.now))

    def _look(self) -> None:
        """Tell, when somebody asks, whether one utterance brings this person back."""
        if self.stage.over:
            raise _HomeError
        if self._asked != self.stage.asked:
            self._asked = self.stage.asked
            asked = self._asked
            self.stage.report(self.name, self._come_back(), asked)
        if self.clock.ahead_s > _LATE_S:
            raise _LateError

    def _come_back(self) -> str:
        self.device.deliver_held()
        self._settle()
        befores = [self.place(), self._unheard_place()]
        self._go_on()
        if self.line.status != 200:
            return f"no answer to one utterance (status {self.line.status})"
        before, now = befores[0], self.place()
        if before is None or before.step == CLOSING:
            return ""
        if self._steps and (before.exercise, before.step) == LAST:
            return ""  # whoever heard these is through: "verder" is the end, and silence is too
        goes_on = self.device.player.is_sounding or self._steps
        if goes_on and any(one and is_back(one, now, roughly=self._steps) for one in befores):
            return ""
        where = f"{now.exercise}/{now.step}" if now and goes_on else "nowhere"
        return f"was at {before.exercise}/{before.step}, and now at {where}"

    def _unheard_place(self) -> Place | None:
        """Where words led somebody who trains step by step, when the answer was not heard: no player knows better."""
        if not self._steps or not isinstance(self.line.unheard, dict):
            return None
        held = (self.line.unheard.get("sessionAttributes") or {}).get("place") or {}
        return self.stage.places.find(held.get("token"), held.get("offset"))

    def _go_on(self) -> None:
        """One utterance, and one word more when that asks something."""
        begun = self.device.in_session or self.device.player.current is not None
        opens = "Alexa, ga verder" if begun else "Alexa, open rugoefening"
        self._utter("verder" if self.device.is_listening else opens)
        self._settle()
        if self.device.in_session and not self.device.player.is_sounding and not speaks_a_step(self.line.answer):
            self._utter("verder" if self.device.is_listening else "Alexa, verder")
            self._settle()

    # ------------------------------------------------------------------ words and time

    def _say(self, words: str) -> None:
        self._look()
        self._utter(words)

    def _utter(self, words: str) -> None:
        if self.stage.skews:
            self.envelopes.skew_s = self.chance.choice(self.stage.skews)
        else:
            self.envelopes.skew_s = None
        self.line.status, self.line.answer = 0, None
        self.device.say(words)
        if isinstance(self.line.answer, dict) and self.line.status == 200:
            self._learn(self.line.answer)
        else:
            time.sleep(_DISMAY_S)

    def _learn(self, answer: Mapping[str, Any]) -> None:
        """Which place the session holds, and whether something may play: not behind an answer that stopped it."""
        self._held = (answer.get("sessionAttributes") or {}).get("place") or self._held
        if says_closing(answer):
            self._held = {}
        kinds = [one["type"] for one in answer["response"].get("directives") or ()]
        if "AudioPlayer.Play" in kinds:
            self._quiet = False
        elif "AudioPlayer.Stop" in kinds:
            self._quiet = True

    def _wait(self, seconds: float) -> None:
        self._look()
        self.echo.wait(seconds)
        if self._quiet and self.device.player.is_sounding:
            self._quiet = False
            self.stage.notebook.problem(f"{self.name}: something plays by itself behind a pause")

    def _settle(self) -> None:
        """Let what is being said be said to its end, unless that takes long: people talk through an introduction."""
        until = self.clock.now() + _LISTENS_S
        while self.device.is_speaking and (due := self.device.next_due()) is not None:
            moment = min(due, until) if self.device.in_session else due
            self.clock.wait(max(0.0, moment - self.clock.now()))
            self.device.advance_to(self.clock.now())
            if due >= until and self.device.in_session:
                return
