"""Joining parts to one file: MP3 frames one behind the other, room tone wherever nothing sounds.

Nothing is encoded again. Loudness and peak of the whole follow from those of the parts: at every joint both
sides are room tone, 45 dB under speech.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio.loudness import joined_loudness
from audio.mp3 import FRAME_BYTES
from audio.part import BIN_MS, FRAME_MS, Part
from audio.timeline import Room, Source, Timeline
from skill.errors import AudioError

_BINS = FRAME_MS // BIN_MS


@dataclass(frozen=True)
class Joined:
    """The bytes of one file, its length (ms), loudness (LUFS) and true peak (dBFS)."""

    mp3: bytes
    ms: int
    lufs: float
    peak: float


def join(timeline: Timeline, part: Callable[[Source], Part]) -> Joined:
    """The file of a timeline; ``part`` gives the part of each sound. Its sounds must not overlap."""
    room = _Roll(part(Room()))
    frames: list[bytes] = []
    energy: list[npt.NDArray[np.float32]] = []
    peak, reached = room.peak, 0
    for sound in timeline.sounds:
        one, start = part(sound.source), sound.start_ms // FRAME_MS
        _add(frames, energy, room.stretch(reached, start))
        _add(frames, energy, (one.frames, np.frombuffer(one.energy, np.float32)))
        peak, reached = max(peak, one.peak), start + len(one.frames) // FRAME_BYTES
    _add(frames, energy, room.stretch(reached, timeline.ms // FRAME_MS))
    return Joined(b"".join(frames), timeline.ms, joined_loudness(np.concatenate(energy).astype(np.float64)), peak)


def _add(
    frames: list[bytes], energy: list[npt.NDArray[np.float32]], more: tuple[bytes, npt.NDArray[np.float32]]
) -> None:
    frames.append(more[0])
    energy.append(more[1])


class _Roll:
    """Room tone without end, by the frame."""

    def __init__(self, room: Part) -> None:
        self.peak = room.peak
        self.count = len(room.frames) // FRAME_BYTES
        self.frames = room.frames * 2
        self.energy = np.tile(np.frombuffer(room.energy, np.float32), 2)

    def stretch(self, start: int, end: int) -> tuple[bytes, npt.NDArray[np.float32]]:
        """The frames from one place in the file up to another. Raises AudioError when that is before it."""
        if end < start:
            late = (start - end) * FRAME_MS
            raise AudioError(f"two sounds overlap by {late} ms: the cache was changed by another build; build again")
        frames, energy = [], []
        while start < end:
            first = start % self.count
            last = min(first + end - start, 2 * self.count)
            frames.append(self.frames[first * FRAME_BYTES : last * FRAME_BYTES])
            energy.append(self.energy[first * _BINS : last * _BINS])
            start += last - first
        return b"".join(frames), np.concatenate([np.zeros(0, np.float32), *energy])
