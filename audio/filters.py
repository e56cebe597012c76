"""ffmpeg's own filters and meter, run inside this process through PyAV (never a program)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
import av.filter
import numpy as np

from audio.loudness import RATE, SILENT, Samples, decibel

_NO_MORE = (av.BlockingIOError, av.EOFError)


def run(sound: Samples, *filters: tuple[str, str]) -> Samples:
    """Send mono 24 kHz sound through filters, each a name and its arguments."""
    pieces = [frame.to_ndarray().ravel() for frame in _frames(sound, filters)]
    return np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)


def meter(sound: Samples) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBFS) by ffmpeg's ebur128.

    Sound under 3 s is measured as if it were repeated.
    """
    peak = loudness = SILENT
    whole = np.tile(sound, math.ceil(3 * RATE / max(1, len(sound)))) if len(sound) < 3 * RATE else sound
    for frame in _frames(whole, [("ebur128", "metadata=1:peak=true")]):
        loudness = float(frame.metadata.get("lavfi.r128.I", loudness))
        peak = max(peak, decibel(float(frame.metadata.get("lavfi.r128.true_peak", 0))))
    return loudness, peak


def _frames(sound: Samples, filters: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE))
    last = source
    for name, arguments in filters:
        following = graph.add(name, arguments)
        last.link_to(following)
        last = following
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = RATE
    frame.pts = 0
    source.push(frame)
    source.push(None)
    while True:
        try:
            pulled = sink.pull()
        except _NO_MORE:
            return
        yield cast(av.AudioFrame, pulled)  # an audio sink gives nothing else
