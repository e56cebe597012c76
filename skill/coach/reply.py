"""What the coach decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from skill.coach.situation import Playhead, Question, Stream, Way
from skill.content.model import Level, Tempo


@dataclass(frozen=True)
class Play:
    """Play a stream from an offset (ms)."""

    stream: Stream
    offset_ms: int
    after: Stream | None = None
    """When set, the stream is enqueued behind this one instead of replacing everything."""


class Close(StrEnum):
    """How a run is over."""

    ENDED = "ended"
    FINISHED = "finished"


@dataclass(frozen=True)
class Remember:
    """What is to be remembered; None and False mean unchanged."""

    place: Playhead | None = None
    level: Level | None = None
    tempo: Tempo | None = None
    way: Way | None = None
    intro_heard: bool = False
    close: tuple[str, Close] | None = None
    """A run and how it is over."""
    forget: bool = False


@dataclass(frozen=True)
class Reply:
    """One answer: what is said, what plays, whether the microphone opens, what is remembered."""

    clip: str | None = None
    step: Playhead | None = None
    """A step that is spoken whole, behind the clip: for whoever trains step by step."""
    then: str | None = None
    """A clip behind that step."""
    play: Play | None = None
    stop: bool = False
    """Stop the audio before speaking."""
    clear: bool = False
    """Also throw away what is queued."""
    question: Question | None = None
    """Opens the microphone."""
    reprompt: str | None = None
    misses: int = 0
    remember: Remember = field(default_factory=Remember)
