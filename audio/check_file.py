"""Measuring one finished file again: with ffmpeg's own meter, not with that of the build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio import mp3
from audio.filters import meter
from audio.loudness import RATE, Samples
from skill.errors import AudioError
from skill.pack import TimedCue

_FRAME = RATE // 200
_QUIET_DB = -44.0
_SEARCH_MS = 150


@dataclass(frozen=True)
class FileJob:
    """A file of a pack, with the spoken cues of the track that it is (none for a clip)."""

    path: Path
    cues: tuple[TimedCue, ...] = ()


@dataclass(frozen=True)
class FileReport:
    """What was measured; ``problem`` says why nothing could be."""

    path: Path
    ms: int = 0
    lufs: float = 0.0
    peak: float = 0.0
    """True peak (dBFS)."""
    plain: bool = False
    """Mono, 24 kHz, CBR 48 kbit/s, without headers."""
    cue_error_ms: int = 0
    """The largest distance between a cue's time and where its sound begins."""
    problem: str = ""


def measure(jobs: Sequence[FileJob]) -> list[FileReport]:
    """Decode and measure files."""
    return [_measure(job) for job in jobs]


def _measure(job: FileJob) -> FileReport:
    try:
        raw = job.path.read_bytes()
        form, heard = mp3.inspect(raw), mp3.decode(raw)
    except (OSError, AudioError) as error:
        return FileReport(job.path, problem=str(error))
    lufs, peak = meter(heard)
    plain = form.plain and (form.rate, form.channels, set(form.bitrates)) == (RATE, 1, {mp3.BITRATE * 1000})
    errors = [abs(onset_ms(heard, cue.start_ms) - cue.start_ms) for cue in job.cues]
    return FileReport(job.path, len(heard) * 1000 // RATE, lufs, peak, plain, max(errors, default=0))


def onset_ms(heard: Samples, near_ms: int) -> int:
    """Where sound begins around a moment: the first 5 ms that are not room tone, after some that are (ms)."""
    start = max(0, (near_ms - _SEARCH_MS) * RATE // 1000)
    piece = heard[start : (near_ms + 2 * _SEARCH_MS) * RATE // 1000]
    frames = len(piece) // _FRAME
    level = np.sqrt(np.square(piece[: frames * _FRAME]).reshape(frames, _FRAME).mean(axis=1))
    loud = np.flatnonzero(level > 10 ** (_QUIET_DB / 20))
    return near_ms + 2 * _SEARCH_MS if not len(loud) else start * 1000 // RATE + int(loud[0]) * 5
