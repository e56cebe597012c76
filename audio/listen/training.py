"""A whole training as one stream of MP3 frames with chapters: the safety text, every exercise, the closing.

Pack files are plain frames that stand alone, so they are cut and joined without encoding again.
Only the way to an exercise (getting up) is left out where the body does not move, as the coach does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audio.listen.choice import Choice, capital
from audio.mp3 import FRAME_BYTES
from audio.part import FRAME_MS
from skill.content import CLOSING, Exercise, Posture, PromptId
from skill.errors import AudioError
from skill.pack import Track

SAFETY = PromptId.RECORDING_INTRO
"""The clip that is heard first, always whole."""
SAFETY_TITLE = "Veilig oefenen"
_RESERVOIR = 4
"""The byte of a frame that says how far before it its sound begins: 0 when it stands alone."""


@dataclass(frozen=True)
class Chapter:
    """A named stretch (ms, from the first decoded sample); chapters follow each other without a gap."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Training:
    """Plain MP3 frames (mono, 24 kHz) and their chapters."""

    frames: bytes
    chapters: tuple[Chapter, ...]

    @property
    def ms(self) -> int:
        """How long it lasts."""
        return len(self.frames) // FRAME_BYTES * FRAME_MS


@dataclass(frozen=True)
class _Piece:
    """Frames, and where in them chapters begin (ms)."""

    frames: bytes
    starts: tuple[tuple[str, int], ...]


def assemble(choice: Choice) -> Training:
    """Join the files of a training. Raises PackError or AudioError when one is missing or damaged."""
    frames: list[bytes] = []
    starts: list[tuple[str, int]] = []
    reached = 0
    for piece in _pieces(choice):
        starts += [(title, reached + start) for title, start in piece.starts]
        frames.append(piece.frames)
        reached += len(piece.frames) // FRAME_BYTES * FRAME_MS
    ends = [start for _, start in starts[1:]] + [reached]
    chapters = tuple(Chapter(title, start, end) for (title, start), end in zip(starts, ends, strict=True))
    return Training(b"".join(frames), chapters)


def _pieces(choice: Choice) -> Iterator[_Piece]:
    yield _Piece(choice.sound(choice.clip(SAFETY)), ((SAFETY_TITLE, 0),))
    posture: Posture | None = None
    for exercise in choice.routine.exercises:
        track = choice.track(exercise.id)
        yield _exercise(exercise, track, choice.sound(track), coming_from=posture)
        posture = exercise.posture


def _exercise(exercise: Exercise, track: Track, mp3: bytes, *, coming_from: Posture | None) -> _Piece:
    moves = coming_from is not None and coming_from is not exercise.posture
    first = 0 if moves else next(index for index, step in enumerate(track.steps) if not step.transition)
    frame = track.steps[first].start_ms // FRAME_MS
    starts = tuple(
        (
            capital(step.spoken_name) if step.id == CLOSING else f"{exercise.title}: {step.spoken_name}",
            step.start_ms - frame * FRAME_MS if index > first else 0,
        )
        for index, step in enumerate(track.steps)
        if index >= first
    )
    return _Piece(_from(mp3, frame), starts)


def _from(mp3: bytes, frame: int) -> bytes:
    """The frames from this one on, which lies in room tone."""
    kept = mp3[frame * FRAME_BYTES :]
    if kept[_RESERVOIR]:
        raise AudioError("the audio was made by an older version; run: rugoefening audio build")
    return kept
