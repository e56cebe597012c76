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
MARKS = frozenset((AFTER_PAIN, PAUSED_BEFORE, CHAIR_ONLY, RETRIED))
STORED_MARKS = frozenset((PAUSED_BEFORE, CHAIR_ONLY, RETRIED))


class State(StrEnum):
    """Where a person is in the conversation."""

    IDLE = "idle"
    ASKED = "asked"
    PLAYING = "playing"
    PAUSED = "paused"
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
    DIZZY = "dizzy"
    """After a report of dizziness."""
    FORGET = "forget"
    """Wipe everything?"""


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
    exercise: str | None = None
    """The exercise named in the command, if any."""
