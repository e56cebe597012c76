"""Listening to finished files with two decoders that share no code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import miniaudio
import numpy as np
import pytest

from audio import mp3
from audio.loudness import RATE, Samples


def by_ffmpeg(path: Path) -> Samples:
    """Decoded by libavcodec."""
    return mp3.decode(path.read_bytes())


def by_miniaudio(path: Path) -> Samples:
    """Decoded by dr_mp3."""
    found = miniaudio.decode(
        path.read_bytes(), output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=RATE
    )
    return np.array(found.samples, np.float32)


class Heard:
    """What was heard of files that do not change: each is decoded once by each decoder."""

    def __init__(self) -> None:
        self._known: dict[tuple[Callable[[Path], Samples], Path], Samples] = {}

    def __call__(self, decode: Callable[[Path], Samples], path: Path) -> Samples:
        """The sound of a file; not to be changed."""
        if (decode, path) not in self._known:
            self._known[decode, path] = decode(path)
            self._known[decode, path].flags.writeable = False
        return self._known[decode, path]


DECODERS = pytest.mark.parametrize("decode", [by_ffmpeg, by_miniaudio])


def level_db(sound: Samples, start_ms: int, end_ms: int) -> float:
    """The level of a stretch (dBFS, RMS)."""
    piece = sound[start_ms * RATE // 1000 : end_ms * RATE // 1000]
    return float(10 * np.log10(np.square(piece, dtype=np.float64).mean() + 1e-12))


def first_sound_ms(sound: Samples, from_ms: int, threshold_db: float = -44.0) -> float:
    """Where the first 2 ms over the threshold begin, from a moment on (ms)."""
    frame = RATE // 500
    piece = sound[from_ms * RATE // 1000 :]
    frames = len(piece) // frame
    level = np.square(piece[: frames * frame]).reshape(frames, frame).mean(axis=1)
    return from_ms + int(np.argmax(level > 10 ** (threshold_db / 10))) * 2.0
