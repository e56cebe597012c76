"""Walks one cell of the matrix on the virtual Echo, and looks at the promises afterwards."""

from __future__ import annotations

import copy
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from skill.alexa.intents import command_for_intent
from skill.echo.dialogue import read_dialogue
from skill.echo.echo import Echo
from skill.echo.happenings import Happening, Kind
from skill.echo.stage import Stage
from skill.settings import Settings
from tests.conversation.matrix import ALEXA, NOTHING, Outcome, State, utterance

SILENCE_S = 400.0
"""Longer than any question with its reprompt waits."""
REST_S = 40.0
INTO_S = 10.0
"""How far into a spoken step somebody speaks."""
NEAR_MS = 1500
_SPOKEN = (Kind.SKILL_SPEAKS, Kind.REPROMPT)
_WRONG = (Kind.TROUBLE, Kind.REFUSED, Kind.UNHEARD)


@dataclass(frozen=True)
class Snapshot:
    """An Echo in a state, with its database as it was then."""

    echo: Echo
    database: Path
    saved: sqlite3.Connection

    def restored(self) -> Echo:
        """A copy of the Echo, with the database put back."""
        with sqlite3.connect(self.database) as live:
            self.saved.backup(live)
        live.close()
        device = self.echo.device
        # what only grows or is only read is shared by the copies: that is quick, and counters cannot be copied anyway
        counters = (device.envelopes._numbers, device._numbers)
        shared = (device.transport, device._router, device._lengths, self.echo.captions, *counters)
        return copy.deepcopy(self.echo, {id(one): one for one in shared})

    def stored(self) -> set[str]:
        """Every value that the database holds, and every mark of a place by itself."""
        with sqlite3.connect(self.database) as live:
            tables = [row[0] for row in live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [row for table in tables for row in live.execute(f"SELECT * FROM {table}")]  # noqa: S608 # its own names
            marks = [mark for row in live.execute("SELECT marks FROM place") for mark in row[0]]
        live.close()
        return {str(value) for row in rows for value in row} | set(marks)


def reach(state: State, packs: Path, folder: Path) -> Snapshot:
    """Play the story of a state, which must come out as written."""
    story = folder / f"{state.name}.txt"
    story.write_text(state.story, encoding="utf-8")
    stage = Stage(Settings(packs=packs), folder)
    difference = stage.play(read_dialogue(story))
    assert difference is None, str(difference)
    if state.road == "into":
        stage.echo.wait(INTO_S)
    else:
        Walk(stage.echo).settle()
    stage.echo.log.happenings.clear()
    stage.echo.device.sent.clear()
    saved = sqlite3.connect(":memory:", check_same_thread=False)
    with sqlite3.connect(folder / "dialogue.sqlite3") as live:
        live.backup(saved)
    live.close()
    return Snapshot(stage.echo, folder / "dialogue.sqlite3", saved)


class Walk:
    """One Echo, one cell."""

    def __init__(self, echo: Echo) -> None:
        self.echo = echo

    def check(self, state: State, command: str) -> list[str]:
        """Say the command and compare; then the promises. Every difference in words."""
        outcome = state.outcome(command)
        self.say(utterance(command, state.road))
        problems = [*self._understood(state, command, outcome), *self._as_written(outcome)]
        if not problems:
            problems += self._silence(outcome)
            problems += self._comes_back(state, outcome)
        return [*problems, *(f"refused: {one.text}" for one in self._all(*_WRONG))]

    def say(self, text: str) -> None:
        """Somebody says something, and hears the answer to its end; what was heard before is forgotten."""
        self.echo.log.happenings[:] = self._all(*_WRONG)
        self.echo.device.say(text)
        self.settle()

    def settle(self) -> None:
        """Let what is being said be said to its end."""
        device = self.echo.device
        while device.is_speaking and (due := device.next_due()) is not None:
            self.echo.wait(max(0.0, due - self.echo.clock.now()))

    def heard(self) -> list[str]:
        """The clips and steps that were said, oldest first, each by its name with its fill-ins."""
        captions = self.echo.captions
        files = [file for one in self._all(*_SPOKEN) for file in one.files]
        return [" = ".join(captions.names(file)) for file in files]

    # ------------------------------------------------------------------ the cell itself

    def _understood(self, state: State, command: str, outcome: Outcome) -> list[str]:
        asked = [one.text for one in self._all(Kind.REQUEST) if not one.text.startswith(("AudioPlayer.", "Session"))]
        meant = [str(command_for_intent(one)) if one != "LaunchRequest" else "launch" for one in asked]
        if outcome.says == ALEXA:
            return [f"expected Alexa herself, but the skill got {meant}"] if meant else []
        pausing = command == "stop" and state.road == "bare"  # Alexa turns it into a pause
        expected = ["pause"] if pausing else [command]
        return [] if meant == expected else [f"expected the skill to get {expected}, it got {meant}"]

    def _as_written(self, outcome: Outcome) -> list[str]:
        device = self.echo.device
        said = self.heard()
        problems = []
        wanted = [] if outcome.says in (NOTHING, ALEXA) else [outcome.says]
        if outcome.speaks:
            wanted.append(" ".join((outcome.speaks, *sorted(outcome.variant))))
            wanted += ["between" if outcome.between else "step_ask"] if outcome.microphone else []
        if len(said) != len(wanted) or any(not _is(*pair) for pair in zip(said, wanted, strict=True)):
            problems.append(f"expected to hear {wanted}, heard {said}")
        if device.is_listening is not outcome.microphone:
            problems.append(f"expected the microphone {'open' if outcome.microphone else 'shut'}")
        if not (outcome.speaks or self._placed(outcome)):
            problems.append(f"expected {_where(outcome)}, got {self.place()}")
        return problems

    def _placed(self, outcome: Outcome) -> bool:
        moment = self.echo.moment()
        if self.echo.device.player.is_sounding is not outcome.sounds:
            return False
        if not outcome.sounds:
            return True  # where it stands still is seen when it goes on
        if moment is None or moment.name != outcome.place:
            return False
        near = abs(moment.offset_ms - moment.step.start_ms) <= NEAR_MS
        return outcome.variant <= set(moment.track.key.split("/")) and (near or not outcome.from_start)

    def place(self) -> str:
        """What plays, or where it stands still."""
        moment = self.echo.moment()
        how = "plays" if self.echo.device.player.is_sounding else "still"
        if moment is None:
            return "no stream"
        into = (moment.offset_ms - moment.step.start_ms) / 1000
        return f"{how} {moment.name} {' '.join(moment.track.key.split('/')[2:])} ({into:.1f} s in)"

    # ------------------------------------------------------------------ the promises

    def _silence(self, outcome: Outcome) -> list[str]:
        """Nobody says anything: nothing goes on by itself."""
        if outcome.sounds:
            return []
        if outcome.goes_on:
            return self._plays_on(outcome)
        self.echo.wait(SILENCE_S if outcome.microphone else REST_S)
        if self.echo.device.player.is_sounding:
            return [f"began by itself after silence: {self.place()}"]
        return ["the session never ended"] if self.echo.device.in_session else []

    def _plays_on(self, outcome: Outcome) -> list[str]:
        """Nobody says anything, and the device goes on with what it played."""
        player = self.echo.device.player
        while not player.is_sounding and (due := self.echo.device.next_due()) is not None:
            self.echo.wait(max(0.0, due - self.echo.clock.now()))
        moment = self.echo.moment()
        here = player.is_sounding and moment is not None and moment.name == outcome.place
        return [] if here else [f"expected it to go on with {outcome.place}, got {self.place()}"]

    def _comes_back(self, state: State, outcome: Outcome) -> list[str]:
        """No dead end, and the place is kept: "open rugoefening" and then "verder" or "start" lead where they must."""
        recent = outcome.sounds or outcome.recent or not state.away
        self.say("Alexa, open rugoefening")
        said = self.heard()
        if not self.echo.device.is_listening:
            return [f"dead end: after 'open rugoefening' ({said}) the microphone is shut"]
        going_on = outcome.track not in (None, "preparation") and not outcome.ends
        expected = f"{'welcome_back' if recent else 'return_later'}[{outcome.track}]" if going_on else "intro_"
        if not (said and said[0].startswith(expected)):
            return [f"place lost: expected {expected} after 'open rugoefening', heard {said}"]
        self.say("verder" if going_on else "start")
        return self._goes_on(outcome, recent=recent, anew=not going_on)

    def _goes_on(self, outcome: Outcome, *, recent: bool, anew: bool) -> list[str]:
        found = self._sounding()
        if not found:
            return [f"dead end: after that nothing plays, heard {self.heard()}"]
        place, *how = found.split()
        if anew:
            here = place in ("open_book/to_floor", "preparation/preparation")
        else:
            here = place == outcome.place if recent else place.split("/")[0] == outcome.track
        right = here and outcome.later <= set(how)
        return [] if right else [f"place lost: expected {_where(outcome)} again, got {found}"]

    def _sounding(self) -> str:
        """The step that plays or was spoken, with its level and tempo."""
        moment = self.echo.moment()
        if moment is not None and self.echo.device.player.is_sounding:
            return f"{moment.name} {' '.join(moment.track.key.split('/')[2:])}"
        return next((one.replace("=", "") for one in reversed(self.heard()) if "/" in one), "")

    def _all(self, *kinds: Kind) -> list[Happening]:
        return [one for one in self.echo.happenings if one.kind in kinds]


def _is(said: str, wanted: str) -> bool:
    names = said.split(" = ")
    return wanted in names or ("[" not in wanted and wanted in [name.split("[")[0].split("@")[0] for name in names])


def _where(outcome: Outcome) -> str:
    how = "plays" if outcome.sounds else "still"
    return f"{how} {outcome.place or 'nowhere'} {' '.join(sorted(outcome.variant | outcome.later))}".strip()
