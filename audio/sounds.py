"""What is heard besides speech, synthesised: three soft tones, room tone, and the pad under long rests."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from audio.loudness import RATE, Samples, amplitude, loudness
from audio.master import to_pcm
from audio.timeline import TONE_MS
from skill.content import Tone

TONE_LUFS = -20.0
ROOM_LUFS = -60.0
PAD_LUFS = -42.0
ROOM_SECONDS = 30

_NOTES: dict[Tone, tuple[tuple[float, float], ...]] = {
    Tone.GO: ((0.0, 659.26), (0.16, 880.0)),  # rising: begin
    Tone.REST_END: ((0.0, 523.25), (0.28, 523.25)),  # the same twice, low: the rest is over
    Tone.DONE: ((0.0, 783.99), (0.3, 659.26), (0.6, 523.25)),  # falling to rest: all is done
}
"""Of every tone the notes: when (s) and how high (Hz)."""


@functools.cache
def tone(kind: Tone) -> npt.NDArray[np.int16]:
    """One of the three tones, with a soft start and end."""
    length = TONE_MS[kind] * RATE // 1000
    made = np.zeros(length)
    for start, hertz in _NOTES[kind]:
        first = round(start * RATE)
        moment = np.arange(length - first) / RATE
        rise = np.minimum(1, moment / 0.03) ** 2
        fall = np.exp(-moment / (0.35 if kind is Tone.DONE else 0.14))
        wave = np.sin(2 * np.pi * hertz * moment) + 0.12 * np.sin(4 * np.pi * hertz * moment)
        made[first:] += rise * fall * wave
    edge = RATE // 20
    made[-edge:] *= np.linspace(1, 0, edge) ** 2
    return _levelled(made.astype(np.float32), TONE_LUFS)


@functools.cache
def room() -> npt.NDArray[np.int16]:
    """Thirty seconds of very quiet, dark noise that can be repeated without a seam."""
    length = ROOM_SECONDS * RATE
    noise = np.random.default_rng(1).standard_normal(length)
    spectrum = np.fft.rfft(noise)
    hertz = np.arange(len(spectrum)) / ROOM_SECONDS
    spectrum *= np.clip(hertz / 60, 0, 1) / (1 + (hertz / 400) ** 1.5)
    return _levelled(np.fft.irfft(spectrum, length).astype(np.float32), ROOM_LUFS)


@functools.cache
def pad() -> npt.NDArray[np.int16]:
    """Eight seconds of a soft open fifth that swells slowly and can be repeated without a seam."""
    length = 8 * RATE
    moment = np.arange(length) / RATE
    made = np.zeros(length)
    for hertz, share, swell in ((220.0, 1.0, 0.125), (330.0, 0.6, 0.25), (440.0, 0.25, 0.125)):
        made += share * np.sin(2 * np.pi * hertz * moment) * (1 + 0.25 * np.sin(2 * np.pi * swell * moment))
    return _levelled(made.astype(np.float32), PAD_LUFS)


def _levelled(sound: Samples, lufs: float) -> npt.NDArray[np.int16]:
    return to_pcm(sound * np.float32(amplitude(lufs - loudness(sound))))
