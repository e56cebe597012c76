"""The random walks: what can happen, as rules; after each of them every promise is checked."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from skill.coach import Command
from tests.walk import promises
from tests.walk.beliefs import Belief, Beliefs
from tests.walk.editions import Editions
from tests.walk.learning import learn
from tests.walk.phrases import CHANGES, MOVES, QUESTIONS, SAFETY, common, phrases, said
from tests.walk.wire import Exchange
from tests.walk.world import BEDROOM, CLOCK, KITCHEN, OWNERS, STUDY, WITHOUT_PLAYER, World

_AT_TIMES = (True, False, False)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_AWAY_S = (5 * MINUTE, 20 * MINUTE, 29 * MINUTE, 31 * MINUTE, 2 * HOUR, DAY, 40 * DAY, 500 * DAY)
_ELSEWHERE = ("Alexa, hoe wordt het weer", "Alexa, ik heb pijn", "ik zeg iets zonder het wekwoord")
_BUTTONS = ("Next", "Previous", "Play", "Pause")
_EVENTS = ("PlaybackStarted", "PlaybackStopped", "PlaybackNearlyFinished", "PlaybackFinished", "PlaybackFailed")


class BrokenPromiseError(AssertionError):
    """A promise of the design was broken."""


@dataclass
class Walks:
    """What the walks of one test share: the packs, the sizes of their files, and how many steps were made."""

    editions: Editions
    lengths: dict[str, int] = field(default_factory=dict)
    steps: int = 0


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Walk(RuleBasedStateMachine):
    """One person with one Echo, who says and does what people say and do."""

    devices: tuple[str, ...] = (KITCHEN,)

    def __init__(self, walks: Walks) -> None:
        super().__init__()
        self._walks = walks
        self._folder = Path(tempfile.mkdtemp(prefix="walk"))
        self.world = World(walks.editions, self._folder, walks.lengths, self.devices)
        self.beliefs = Beliefs({name: Belief() for name in self.devices})
        self.here = self.devices[0]
        self._happened = dict.fromkeys(self.devices, 0)
        self._exchanged = 0
        self._steps = -1  # the look around before the first step is none
        self._log = _Log()
        self._logger = logging.getLogger("skill")
        self._level = self._logger.level
        self._logger.setLevel(logging.INFO)
        self._logger.addHandler(self._log)
        self._logger.propagate = False  # pytest would keep every line of thousands of steps

    def teardown(self) -> None:
        """The last promise, and everything put away."""
        self._walks.steps += max(0, self._steps)
        self._logger.removeHandler(self._log)
        self._logger.setLevel(self._level)
        self._logger.propagate = True
        files = sorted(self._folder.glob("walk.sqlite3*"))
        broken = [one for file in files for one in promises.file_is_clean(file.read_bytes())]
        shutil.rmtree(self._folder)
        if broken:
            raise BrokenPromiseError("\n".join(broken))

    # ------------------------------------------------------------------ what people do

    @rule(words=st.sampled_from(common()), let_finish=st.booleans())
    def say(self, words: str, let_finish: bool) -> None:
        """Somebody says what is said most."""
        self.world.say(self.here, words, let_finish=let_finish)

    @rule(words=st.sampled_from(said(MOVES | CHANGES)), let_finish=st.booleans())
    def choose(self, words: str, let_finish: bool) -> None:
        """Somebody wants to be elsewhere, or wants it otherwise."""
        self.world.say(self.here, words, let_finish=let_finish)

    @rule(words=st.sampled_from([one for every in phrases().values() for one in every]), let_finish=st.booleans())
    def say_anything(self, words: str, let_finish: bool) -> None:
        """Somebody says anything that the skill understands, or does not."""
        self.world.say(self.here, words, let_finish=let_finish)

    @rule(words=st.sampled_from(said(SAFETY)), let_finish=st.booleans())
    def complain(self, words: str, let_finish: bool) -> None:
        """Something is wrong."""
        self.world.say(self.here, words, let_finish=let_finish)

    @rule(words=st.sampled_from(said(frozenset(Command) - {"unknown"})))
    def say_with_name(self, words: str) -> None:
        """Somebody asks the skill something by its name."""
        self.world.call(self.here, f"vraag rugoefening naar {words}")

    @rule(words=st.sampled_from(said(QUESTIONS)))
    def ask_with_name(self, words: str) -> None:
        """Somebody asks the skill a question by its name."""
        self.world.call(self.here, f"vraag rugoefening naar {words}")

    @rule()
    def open(self) -> None:
        """Somebody opens the skill."""
        self.world.call(self.here, "open rugoefening")

    @rule()
    def train(self) -> None:
        """Somebody opens the skill and goes on until the training does, which takes a few words at most."""
        device = self.world.device(self.here)
        self.world.call(self.here, "open rugoefening")
        for word in ("ja", "verder", "start", "verder"):
            self.world.let_finish(self.here)
            if self._goes_on():
                return
            self.world.say(self.here, word if device.is_listening else "open rugoefening", let_finish=True)
        self.world.let_finish(self.here)
        if not self._goes_on() and not self.world.wire.outages:
            raise BrokenPromiseError("no dead end: the training does not go on after opening and going on")

    def _goes_on(self) -> bool:
        return self.world.device(self.here).player.is_sounding or self.world.wire.exchanges[-1].speaks_a_step

    @rule(words=st.sampled_from(_ELSEWHERE))
    def say_elsewhere(self, words: str) -> None:
        """Something is said that is not for the skill."""
        self.world.wait(1)
        self.world.device(self.here).say(words)

    @rule(button=st.sampled_from(_BUTTONS))
    def press(self, button: str) -> None:
        """Somebody presses a button."""
        if self.here != WITHOUT_PLAYER:
            self.world.press(self.here, button)

    @rule(seconds=st.integers(1, 240))
    def train_on(self, seconds: int) -> None:
        """Some time passes."""
        self.world.wait(seconds)

    @rule(seconds=st.sampled_from(_AWAY_S))
    def go_away(self, seconds: float) -> None:
        """Much time passes."""
        self.world.wait(seconds)

    @rule(before=st.floats(0.1, 12, allow_nan=False))
    def train_to_the_end(self, before: float) -> None:
        """Time passes until shortly before or after the end of the exercise that plays."""
        device = self.world.device(self.here)
        player = device.player
        if player.is_sounding:
            left = (player.duration_ms - player.offset_ms(device.now)) / 1000
            self.world.wait(max(0.0, left - before + 4))

    # ------------------------------------------------------------------ promises

    @invariant()
    def the_promises_hold(self) -> None:
        """Every promise, about everything that happened in this step."""
        self._steps += 1
        broken = [*self._of_exchanges(), *self._of_devices(), *self._of_the_log()]
        if broken:
            raise BrokenPromiseError("\n".join(broken))

    def _of_exchanges(self) -> Iterator[str]:
        world = self.world
        new = world.wire.exchanges[self._exchanged :]
        self._exchanged = len(world.wire.exchanges)
        for exchange in new:
            seen = self._seen(exchange)
            for promise in promises.OF_EXCHANGES:
                yield from (f"{promise.__name__}: {one}" for one in promise(seen))
            belief = learn(seen.belief, exchange, seen.now, seen.clips, world.editions)
            self.beliefs = self.beliefs.after(exchange, belief, seen.clips, world.editions)
            self._interfere(exchange)

    def _seen(self, exchange: Exchange) -> promises.Seen:
        world = self.world
        return promises.Seen(
            exchange=exchange,
            now=_seconds(exchange),
            clips=frozenset(clip for file in exchange.files for clip in world.editions.clips(file)),
            before=self.beliefs,
            editions=world.editions,
            served=world.editions.served,
            key=world.editions.settings.id_key,
        )

    def _interfere(self, exchange: Exchange) -> None:
        """What somebody says on one device may move the run that their other devices know."""
        others = [name for name in self.devices if name != exchange.device]
        others = [name for name in others if self.world.envelopes(name).user == exchange.person]
        if exchange.command is not None and others:
            self.beliefs = self.beliefs.doubting(*others)

    def _of_devices(self) -> Iterator[str]:
        for name, echo in self.world.echoes.items():
            happenings = echo.happenings[self._happened[name] :]
            self._happened[name] = len(echo.happenings)
            for happening in happenings:
                yield from promises.nothing_refused(happening)
            player = echo.device.player
            yield from promises.stays_quiet(self.beliefs.devices[name], sounding=player.is_sounding)
            if len(player.queue) > 1:
                yield f"{len(player.queue)} streams wait"

    def _of_the_log(self) -> Iterator[str]:
        for record in self._log.records:
            yield from promises.log_is_clean(record.getMessage(), is_error=record.levelno >= logging.ERROR)
        self._log.records.clear()


class Network(Walk):
    """A bad network: playback events wait, come twice, come late, come in another order or not at all."""

    devices: tuple[str, ...] = (KITCHEN, BEDROOM)

    @rule(name=st.sampled_from((KITCHEN, BEDROOM)))
    def turn_to(self, name: str) -> None:
        """The same person goes on at the other Echo."""
        self.here = name

    @rule()
    def hold(self) -> None:
        """Events wait from now on."""
        if self.world.device(self.here).held is None:
            self.world.device(self.here).held = []

    @rule(backwards=st.booleans())
    def deliver(self, backwards: bool) -> None:
        """What waited arrives; what the store was not told of, such a late event cannot be told either."""
        self.world.device(self.here).deliver_held(backwards=backwards)
        self.beliefs = self.beliefs.late(self.here)

    @rule()
    def drop(self) -> None:
        """What waited is lost: the store was not told all."""
        self.world.device(self.here).held = None
        self.beliefs = self.beliefs.doubting(self.here)

    @rule(copies=st.sampled_from((1, 2, 3)))
    def copy(self, copies: int) -> None:
        """Every event arrives so many times from now on."""
        self.world.device(self.here).copies = copies

    @rule(kind=st.sampled_from(_EVENTS), first=st.booleans())
    def send_again(self, kind: str, first: bool) -> None:
        """An earlier event arrives once more."""
        device = self.world.device(self.here)
        if any(one["request"]["type"] == f"AudioPlayer.{kind}" for one in device.sent):
            device.send_again(kind, first=first)

    @rule(files=st.integers(0, 3))
    def lose_audio(self, files: int) -> None:
        """The next audio files cannot be fetched."""
        self.world.wire.outages = files


class Household(Walk):
    """Two people, three Echos with a player and one without; devices change hands."""

    devices: tuple[str, ...] = (KITCHEN, BEDROOM, STUDY, CLOCK)

    @rule(name=st.sampled_from((KITCHEN, BEDROOM, STUDY, CLOCK)))
    def turn_to(self, name: str) -> None:
        """Somebody goes on at another Echo."""
        self.here = name

    @rule(name=st.sampled_from((KITCHEN, STUDY)), person=st.sampled_from(sorted(set(OWNERS.values()))))
    def hand_over(self, name: str, person: str) -> None:
        """A device is set up anew for another owner."""
        self.world.set_up(name, person)
        self.beliefs = self.beliefs.fresh(name)

    @rule(let_finish=st.booleans())
    def wipe(self, let_finish: bool) -> None:
        """Somebody wants everything wiped, and says yes."""
        self.world.say(self.here, "vraag rugoefening naar wis mijn gegevens", let_finish=let_finish)
        self.world.say(self.here, "ja", let_finish=True)

    @rule()
    def switch_off(self) -> None:
        """Somebody switches the skill off."""
        self.world.switch_off(self.here)
        self.beliefs = self.beliefs.doubting()


class Upkeep(Walk):
    """The owner of the skill restarts it, rebuilds the audio, and loses the database; clocks go wrong."""

    @rule(rebuilt=st.booleans(), restarted=st.sampled_from(_AT_TIMES), works=st.sampled_from((True, True, False)))
    def upkeep(self, rebuilt: bool, restarted: bool, works: bool) -> None:
        """New audio is served, the server starts anew, or both; with its database or without."""
        if rebuilt:
            self.world.rebuild()
        if restarted:
            self.world.restart(works=works)
        if not self.world.wire.works:
            self.beliefs = self.beliefs.doubting()

    @rule(skew=st.sampled_from((0.0, 0.0, -90.0, -HOUR, HOUR, -DAY)))
    def move_the_clock(self, skew: float) -> None:
        """The device's clock jumps."""
        self.world.envelopes(self.here).skew_s = skew
        self.beliefs = self.beliefs.doubting()


class Everything(Network, Household, Upkeep):
    """All of it at once."""

    devices: tuple[str, ...] = (KITCHEN, BEDROOM, STUDY, CLOCK)


def _seconds(exchange: Exchange) -> float:
    return datetime.fromisoformat(exchange.envelope["request"]["timestamp"]).timestamp()
