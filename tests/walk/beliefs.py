"""What should be true of a device, learnt from what went over the wire and from nothing that the coach knows."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.walk.editions import Editions, Place
from tests.walk.wire import Exchange, column

RECENT_S = 1790.0
"""Surely within the 30 minutes in which a run goes on where it was."""
LONG_S = 1810.0
"""Surely longer than these 30 minutes."""
CLOSING, PREPARATION = "closing", "preparation"


@dataclass(frozen=True)
class Hurt:
    """A first report of pain."""

    run: str
    session: str
    """The session in which it was reported."""
    lasting: bool
    """Whether it can be known outside that session: only by a player's token of a level that is now too hard."""
    went_on: bool = False
    """Whether the run went on since."""


@dataclass(frozen=True)
class Spoken:
    """A step that was spoken, with the microphone open behind it."""

    place: Place
    run: str
    began: float
    """When it was answered with."""
    until: float
    """When the step was heard to its end."""


@dataclass(frozen=True)
class Belief:
    """What should be true of one device."""

    quiet: str = ""
    """Why nothing may sound until the person says so; empty when something may."""
    left: Place | None = None
    """Where a pause or stop left the run."""
    left_run: str = ""
    begun: str = ""
    """The token of a stream that was decided on and did not begin to play yet."""
    heard_at: float = 0.0
    """When audio last sounded, by the clock that the requests carry."""
    counted_from: float | None = None
    """From when the skill may count the pause where that is earlier: the answer that spoke a step is one moment."""
    hurt: Hurt | None = None
    over: bool = False
    """Whether the run that this device played was ended for safety, and nothing was begun since."""
    spoken: Spoken | None = None
    chair_run: str = ""
    """The run in which the floor is to be left out."""
    sure: bool = False
    """Whether the store was told all this: it worked, the clock was right, and no other device interfered."""

    def recent(self, now: float) -> bool:
        """Whether a pause is surely shorter than 30 minutes, and the store knows."""
        began = self.heard_at if self.counted_from is None else self.counted_from
        return self.sure and 0 <= now - began <= RECENT_S

    def long_ago(self, now: float) -> bool:
        """Whether a pause is surely longer than 30 minutes."""
        return self.left is not None and now - self.heard_at > LONG_S


@dataclass(frozen=True)
class Beliefs:
    """What should be true of everybody and every device."""

    devices: Mapping[str, Belief]
    passed: frozenset[str] = frozenset()
    """The runs whose last repetition was passed on some device."""
    wiped: frozenset[str] = frozenset()
    """The people who had everything wiped and said nothing since."""

    def after(self, exchange: Exchange, belief: Belief, clips: frozenset[str], editions: Editions) -> Beliefs:
        """What should be true after an exchange, which left its device with this belief."""
        forgot = "forget_done" in clips or exchange.kind == "AlexaSkillEvent.SkillDisabled"
        return replace(
            self,
            devices={**self.devices, exchange.device: belief},
            passed=self.passed | passed(exchange, editions),
            wiped=self._wiped(exchange, forgot=forgot and exchange.works),
        )

    def doubting(self, *names: str) -> Beliefs:
        """The same, but nothing is surely known to the store any more about these devices (all when none is named)."""
        doubted = {
            name: replace(one, sure=False) if name in (names or self.devices) else one
            for name, one in self.devices.items()
        }
        return replace(self, devices=doubted)

    def late(self, name: str) -> Beliefs:
        """The same after late events of a device: it is quiet only if the store surely knows that it should be."""
        belief = self.devices[name]
        return self if belief.sure else replace(self, devices={**self.devices, name: replace(belief, quiet="")})

    def fresh(self, name: str) -> Beliefs:
        """The same, but nothing is known of one device."""
        return replace(self, devices={**self.devices, name: Belief()})

    def _wiped(self, exchange: Exchange, *, forgot: bool) -> frozenset[str]:
        if forgot:
            return self.wiped | {exchange.person}
        spoke = exchange.command is not None or exchange.kind.startswith("PlaybackController.")
        return self.wiped - {exchange.person} if spoke else self.wiped


def hashed(person: str, key: str) -> str:
    """The only form in which an id may be kept."""
    return hmac.new(key.encode(), person.encode(), hashlib.sha256).hexdigest()[:32]


def run_of(token: str) -> str:
    """The run that a stream token names."""
    return token.split(":")[6]


def passed(exchange: Exchange, editions: Editions) -> frozenset[str]:
    """Runs that this exchange shows behind the last repetition."""
    found = set()
    for one in (exchange.envelope["request"], exchange.player):
        token = str(one.get("token", ""))
        place = editions.place(token, int(one.get("offsetInMilliseconds", 0)))
        if place is not None and place.step == CLOSING:
            found.add(run_of(token))
    if exchange.speaks_a_step and editions.is_closing(exchange.files):
        found |= set(column(exchange.after["finished"] - exchange.before["finished"], "run"))
    if exchange.kind == "SessionEndedRequest" and exchange.held is not None:
        place = editions.place(*exchange.held)
        if place is not None and editions.following(place) == CLOSING:
            found.add(run_of(exchange.held[0]))
    return frozenset(found)
