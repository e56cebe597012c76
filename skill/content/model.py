"""What a routine and its prompts are, once read: frozen data, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from skill.content.pronunciation import Entry

CLOSING = "closing"
PREPARATION = "preparation"


class Level(StrEnum):
    """How heavy an exercise is."""

    EASIER = "easier"
    BASIC = "basic"
    HARDER = "harder"


class Tempo(StrEnum):
    """How much time the rests and repetitions get."""

    NORMAL = "normal"
    CALM = "calm"


class Side(StrEnum):
    """The direction of a movement, never the side one lies on."""

    RIGHT = "right"
    LEFT = "left"


class Posture(StrEnum):
    """Where the body is during an exercise."""

    FLOOR = "floor"
    CHAIR = "chair"


class CueKind(StrEnum):
    """What happens in a cue."""

    SAY = "say"
    TONE = "tone"
    REST = "rest"
    HOLD = "hold"


class Tone(StrEnum):
    """The three tones: go, the end of a rest, and done."""

    GO = "go"
    REST_END = "rest_end"
    DONE = "done"


ALL_LEVELS = frozenset(Level)


@dataclass(frozen=True)
class Cue:
    """One spoken line, tone, rest or hold."""

    kind: CueKind
    text: str = ""
    """SAY: one or more sentences, spoken as one utterance."""
    tone: Tone | None = None
    seconds: float = 0.0
    """REST and HOLD: how long; a HOLD makes its repetition longer and pushes the later cues by as much."""
    at: float | None = None
    """Seconds from the start of the repetition; None outside repetitions, where cues follow one another."""
    count: tuple[str, ...] = ()
    """HOLD: words spoken at even distances while holding; empty for a silent hold."""
    levels: frozenset[Level] = ALL_LEVELS
    warning: bool = False
    """A safety line: never shortened, sped up or jumped over."""
    line: int = 0
    """Where it stands in the YAML file, counted from 1."""


@dataclass(frozen=True)
class Repetition:
    """One movement there and back, its cues at fixed times."""

    number: int
    seconds: float
    cues: tuple[Cue, ...]
    line: int = 0


@dataclass(frozen=True)
class Step:
    """What a person would skip or repeat, 20 to 60 s: cues, perhaps repetitions, then cues after them."""

    id: str
    spoken_name: str
    cues: tuple[Cue, ...]
    repetitions: tuple[Repetition, ...] = ()
    after: tuple[Cue, ...] = ()
    side: Side | None = None
    back_in_position: str = ""
    """How to take the position again after a pause of some minutes."""
    transition: bool = False
    """Only heard when coming from the exercise before (getting up, going to the chair)."""
    line: int = 0

    @property
    def every_cue(self) -> tuple[Cue, ...]:
        """All its cues, in order, those of its repetitions with them."""
        return (*self.cues, *(cue for one in self.repetitions for cue in one.cues), *self.after)


@dataclass(frozen=True)
class Exercise:
    """One of the exercises (oefening) of a routine."""

    id: str
    title: str
    spoken_name: str
    posture: Posture
    steps: tuple[Step, ...]
    line: int = 0


@dataclass(frozen=True)
class Prompt:
    """Something said outside the exercises, before its fill-ins are filled."""

    id: str
    cues: tuple[Cue, ...]
    """SAY (text with ``{fill}``), REST and TONE cues."""
    safety: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Clip:
    """Everything said in one answer, fill-ins filled: what the audio build speaks and joins."""

    key: str
    cues: tuple[Cue, ...]
    safety: bool = False

    @property
    def text(self) -> str:
        """All that is spoken, in order."""
        return " ".join(cue.text for cue in self.cues if cue.kind is CueKind.SAY)


@dataclass(frozen=True)
class Routine:
    """A whole training: preparation, exercises and closing."""

    id: str
    title: str
    version: int
    reviewed_by: str
    exercises: tuple[Exercise, ...]
    closing: Step
    preparation: Step
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    """Prompts that this routine says in its own way, by id."""
    file: str = ""
    pronunciation: tuple[Entry, ...] = ()
    """What its file adds to the lexicon of all content."""

    @property
    def track_ids(self) -> tuple[str, ...]:
        """The ids of its tracks: the preparation, then the exercises in order."""
        return (PREPARATION, *(exercise.id for exercise in self.exercises))

    def exercise(self, exercise_id: str) -> Exercise | None:
        """The exercise with this id, or None."""
        return next((one for one in self.exercises if one.id == exercise_id), None)

    def track_steps(self, track_id: str) -> tuple[Step, ...]:
        """The steps of one track, in order; the closing is the last step of the last exercise's track.

        Raises KeyError for a track this routine does not have.
        """
        if track_id == PREPARATION:
            return (self.preparation,)
        exercise = self.exercise(track_id)
        if exercise is None:
            raise KeyError(track_id)
        return (*exercise.steps, self.closing) if exercise is self.exercises[-1] else exercise.steps
