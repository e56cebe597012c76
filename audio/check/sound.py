"""What can be measured on the sound of a file once it is known what must be heard in it, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio.loudness import BIN, RATE, SILENT, Samples, energies, joined_loudness, momentary
from skill.content import Tone

FRAME_MS = 5
QUIET_DB = -44.0
"""A level (dBFS) between room tone and speech."""
_APART_DB = -36.0
"""A level (dBFS) over room tone and pad: what is under it parts two sounds."""
_EDGE_DB = -36.0
"""Of a sound: under its loudest 5 ms by this much it has not begun, or is over."""
_TONE_DB = -40.0
PAD_LUFS = -45.0
"""What a pad reaches at least, over 400 ms."""
_HEAD, _TAIL = RATE // 200, RATE * 60 // 1000
"""Samples that belong to a sound before it is loud and after it was: its fades."""
_BEFORE = RATE * 30 // 1000
"""Samples before a sound in which the encoder lets it be heard already: a frame and its fade."""
_SILENT = 1e-6
_MS = RATE // 1000
_SHORT_GAP = 4 * RATE
"""Samples: so short a stretch needs no pad."""
_FRAME = FRAME_MS * _MS
_REACH = 30
"""Frames around a piece in which its edges are looked for."""
_LONGEST_HUSH = 400
"""Frames: room tone before a sound is counted up to 2 s."""


@dataclass(frozen=True)
class Wanted:
    """One sentence, counted word or tone that must be heard."""

    text: str = ""
    tone: Tone | None = None
    counted: bool = False
    explains: bool = True
    """Not in a repetition, whose movement sets the pace."""
    careful: bool = False
    """A safety line."""


@dataclass(frozen=True)
class Heard:
    """Where something that was wanted is heard: the samples where it is loud, fades not included."""

    wanted: Wanted
    start: int
    end: int

    @property
    def at_ms(self) -> int:
        """Where it begins (ms)."""
        return self.start // _MS


@dataclass(frozen=True)
class Listener:
    """A decoded sound with the level of every 5 ms (mean square)."""

    sound: Samples
    power: Samples

    @classmethod
    def of(cls, sound: Samples) -> Listener:
        """Listen to this sound."""
        frames = len(sound) // _FRAME
        return cls(sound, np.square(sound[: frames * _FRAME]).reshape(frames, _FRAME).mean(axis=1))

    def find(self, wanted: Sequence[Wanted], start_ms: int, end_ms: int) -> list[Heard]:
        """Find sounds that follow each other in a stretch; the longest quiet runs are the pauses between them.

        Where there is nothing to hear, or less than is wanted, they are all heard at one place, without a pause.
        """
        first, last = start_ms // FRAME_MS, min(-(-end_ms // FRAME_MS), len(self.power))
        loud = np.flatnonzero(self.power[first:last] > _energy(_APART_DB)) + first
        if not len(loud):
            return [Heard(one, start_ms * _MS, start_ms * _MS) for one in wanted]
        jumps = np.diff(loud)
        breaks = np.sort(np.argsort(-jumps, kind="stable")[: len(wanted) - 1])
        begins = [int(loud[0]), *(int(loud[one + 1]) for one in breaks)]
        ends = [*(int(loud[one]) for one in breaks), int(loud[-1])]
        missing = [int(loud[-1])] * (len(wanted) - len(begins))
        return [
            self._edges(one, begin, end, first, last)
            for one, begin, end in zip(wanted, [*begins, *missing], [*ends, *missing], strict=True)
        ]

    def _edges(self, wanted: Wanted, begin: int, end: int, first: int, last: int) -> Heard:
        """From the frames that are surely loud outward to where it begins and ends."""
        least = float(self.power[begin : end + 1].max()) * _energy(_EDGE_DB)
        low, high = max(first, begin - _REACH), min(last, end + _REACH)
        loud = np.flatnonzero(self.power[low:high] > min(max(least, _energy(QUIET_DB - 6)), _energy(QUIET_DB))) + low
        return Heard(wanted, int(loud[0]) * _FRAME, (int(loud[-1]) + 1) * _FRAME)

    def loudness(self, heard: Heard) -> float:
        """Loudness (LUFS) of one sound with its fades; of a short one as if it were repeated."""
        piece = self.sound[max(0, heard.start - _HEAD) : heard.end + _TAIL]
        return joined_loudness(energies(piece, BIN)) if len(piece) >= BIN else SILENT

    def hush_ms(self, sample: int) -> int:
        """How long it is quiet before this sample (ms, 2 s at most)."""
        last = sample // _FRAME
        before = self.power[max(0, last - _LONGEST_HUSH) : last][::-1]
        loud = np.flatnonzero(before > _energy(QUIET_DB))
        return (int(loud[0]) if len(loud) else len(before)) * FRAME_MS

    def gaps(self, heard: Sequence[Heard]) -> Iterator[tuple[int, int]]:
        """The samples between sounds, before the first and after the last, where only room tone and pads may be."""
        edges = [-_TAIL, *(edge for one in heard for edge in (one.start - _BEFORE, one.end)), len(self.sound)]
        for end, start in zip(edges[::2], edges[1::2], strict=True):
            if start > end + _TAIL:
                yield end + _TAIL, start

    def largest_step(self, start: int, end: int) -> tuple[float, int]:
        """The largest difference between two samples that follow each other, and where (ms)."""
        steps = np.abs(np.diff(self.sound[start:end]))
        if not len(steps):
            return 0.0, start // _MS
        place = int(steps.argmax())
        return float(steps[place]), (start + place) // _MS

    def silence_ms(self) -> tuple[float, int]:
        """The longest run of digital silence, and where it begins (ms)."""
        silent = np.flatnonzero(np.abs(self.sound) < _SILENT)
        if not len(silent):
            return 0.0, 0
        first = np.concatenate([[0], np.flatnonzero(np.diff(silent) > 1) + 1])
        runs = np.diff(np.concatenate([first, [len(silent)]]))
        longest = int(runs.argmax())
        return int(runs[longest]) / _MS, int(silent[first[longest]]) // _MS

    def emptiness_s(self, start: int, end: int) -> float:
        """In a stretch without sounds the longest time without a pad (s), counted between middles of 400 ms."""
        if end - start < _SHORT_GAP:
            return (end - start) / RATE
        felt = np.flatnonzero(momentary(self.sound[start:end]) >= PAD_LUFS) * 0.1 + 0.2
        return max(float(b - a) for a, b in pairwise([0.0, *felt, (end - start) / RATE]))

    def tone_ms(self, heard: Heard) -> int:
        """How long a tone is heard (ms)."""
        return int((self.power[heard.start // _FRAME : heard.end // _FRAME] > _energy(_TONE_DB)).sum()) * FRAME_MS

    def edge_db(self, start_ms: int, end_ms: int) -> float:
        """The level of the first or the last 5 ms of a stretch, whichever is louder (dBFS)."""
        first, last = (self.sound[one * _MS : one * _MS + _FRAME] for one in (start_ms, end_ms - FRAME_MS))
        loudest = max(float(np.square(one).mean()) if len(one) else 0.0 for one in (first, last))
        return float(10 * np.log10(max(loudest, 1e-12)))

    def melody(self, heard: Heard) -> tuple[float, ...]:
        """The pitches of a tone over its first 0.6 s, as a vector of length 1: the same tone gives the same one."""
        frame, count = RATE // 20, 12
        piece = np.zeros(frame * count, np.float32)
        part = self.sound[heard.start : heard.start + len(piece)]
        piece[: len(part)] = part
        window = np.hanning(frame).astype(np.float32)
        spectra = np.abs(np.fft.rfft(piece.reshape(count, frame) * window, axis=1))[:, 10:75]  # 200 to 1500 Hz
        return tuple(float(one) for one in (spectra / max(1e-9, float(np.linalg.norm(spectra)))).ravel())


def onset_ms(listener: Listener, near_ms: int) -> int:
    """Where sound begins around a moment: the first 5 ms that are not room tone, from 150 ms before it on (ms)."""
    start = max(0, near_ms - 150) * _MS
    piece = listener.sound[start : (near_ms + 300) * _MS]
    frames = len(piece) // _FRAME
    power: npt.NDArray[np.float32] = np.square(piece[: frames * _FRAME]).reshape(frames, _FRAME).mean(axis=1)
    loud = np.flatnonzero(power > _energy(QUIET_DB))
    return near_ms + 300 if not len(loud) else start // _MS + int(loud[0]) * FRAME_MS


def _energy(db: float) -> float:
    return float(10 ** (db / 10))
