"""What the coach is told before it decides: plain facts, gathered by whoever asks it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from skill.content.model import Level, Tempo

LEVELS = (Level.EASIER, Level.BASIC, Level.HARDER)
"""From light to heavy."""
TEMPOS = (Tempo.CALM, Tempo.NORMAL)
"""From slow to fast."""

AFTER_PAIN = "a"
"""Mark: go on gently; a further report of pain ends the run. Never stored."""
PAUSED_BEFORE = "b"
"""Mark: the long pause line was heard in this run."""
CHAIR_ONLY = "c"
"""Mark: the exercises on the floor are left out."""
RETRIED = "r"
"""Mark: this stream failed once and was sent again."""
UNPLAYED = "s"
"""Mark: the place was reached without the player of the device, so what that still tells is older."""
SPEAKING = "h"
"""Mark: the step at the place was being spoken when it was remembered."""
PENDING = "n"
"""Mark: the step at the place is still to come; the one before it was heard last."""
LEFT = "l"
"""Mark: the person was told to leave the position, so going on takes it again, however soon."""
HALTED = "x"
"""Mark: the last word in the run was answered without playing, so no event may start anything."""
MARKS = frozenset((AFTER_PAIN, PAUSED_BEFORE, CHAIR_ONLY, RETRIED, UNPLAYED, SPEAKING, PENDING, LEFT, HALTED))
PASSING = frozenset((RETRIED, UNPLAYED, SPEAKING, PENDING, LEFT, HALTED))
"""Marks that are over as soon as something plays from a place."""
STORED_MARKS = MARKS - {AFTER_PAIN}


class Way(StrEnum):
    """How a person trains."""

    CONTINUOUS = "continuous"
    """The player of the device plays the exercises one behind the other."""
    STEP_BY_STEP = "step_by_step"
    """Each step is spoken in an open session, and the microphone opens behind it."""


class State(StrEnum):
    """Where a person is in the conversation."""

    IDLE = "idle"
    ASKED = "asked"
    PLAYING = "playing"
    PAUSED = "paused"
    STEPPING = "stepping"
    """A step was spoken to its end, and the microphone is open."""
    ENDED = "ended"


class Question(StrEnum):
    """What the skill asked last, with the microphone open."""

    OFFER = "offer"
    """What can I do for you? Nothing was said of safety yet, so "start" leads to the intro."""
    START = "start"
    """Shall we begin?"""
    RETURN = "return"
    """Go on where you were, or begin again?"""
    PAUSE = "pause"
    """The open microphone of a pause."""
    PAIN = "pain"
    """After a first report of pain."""
    STEP = "step"
    """Behind a step: on to the next?"""
    BETWEEN = "between"
    """Behind the last step of an exercise: on to the next exercise?"""
    DIZZY = "dizzy"
    """After a report of dizziness."""
    FORGET = "forget"
    """Wipe everything?"""


AFTER_STEP = frozenset((Question.STEP, Question.BETWEEN))
"""The questions behind a step that was spoken to its end."""


class Intro(StrEnum):
    """Which safety intro is due."""

    FULL = "full"
    SHORT = "short"


class Button(StrEnum):
    """A button on the device or its remote control."""

    NEXT = "next"
    PREVIOUS = "previous"
    PLAY = "play"
    PAUSE = "pause"


@dataclass(frozen=True)
class Stream:
    """What a stream token says: enough to go on without a database."""

    routine: str
    track: str
    level: Level
    tempo: Tempo
    pack: str
    run: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Playhead:
    """A stream and how far it has sounded (ms), in the pack that is served now."""

    stream: Stream
    offset_ms: int


@dataclass(frozen=True)
class Situation:
    """Everything a decision depends on."""

    state: State
    routine: str
    new_run: str
    """The id that a run gets if one starts now."""
    playhead: Playhead | None = None
    """The place in the open run, or None."""
    question: Question | None = None
    misses: int = 0
    """How often in a row nothing was understood."""
    in_session: bool = False
    """Whether the microphone was open for this."""
    level: Level = Level.BASIC
    tempo: Tempo = Tempo.NORMAL
    intro: Intro = Intro.FULL
    pause_age_s: float | None = None
    """Seconds since the place was saved; None when unknown."""
    eased: bool = False
    """Whether it was decided to go on gently after the device fell silent."""
    audible: bool = False
    """Whether the device plays something of this skill now, in a place that can be found or not."""
    audio_player: bool = True
    way: Way = Way.CONTINUOUS
    """How the person wants to train; without a player it is always step by step."""
    mapped: bool = False
    """Whether the place was found by its step, because what plays is an older recording."""
    interrupted: bool = False
    """Whether this was said into a step, before it was spoken to its end."""
    passed: bool = False
    """Whether the step at the place was spoken to its end since it was remembered, without a word behind it."""
    finished: bool = False
    """Whether the run that is over was trained to its end."""
    this_week: int = 0
    """Days with a finished training since Monday."""
    last_week: int = 0
    """Days with a finished training in the week before."""
    exercise: str | None = None
    """The exercise named in the command, if any."""
