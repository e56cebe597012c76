"""Mastering one utterance: trimmed, softened, at the tempo and loudness of the whole, with its peaks held."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio.loudness import RATE, SILENT, Samples, amplitude, loudness, peaks
from skill.errors import AudioError

TARGET_LUFS = -15.0
"""Of every clip and track."""
PEAK_DB = -2.0
"""True peak after encoding (dBFS): the most that anything may have."""
UTTERANCE_LUFS = -14.0
"""Of one utterance before encoding (LAME lowers by 0.45 dB); joined with pauses this gives the target."""
CEILING_DB = -2.9
"""True peak before encoding (dBFS); the encoder adds one to three dB."""
DISPERSION_HZ, DISPERSION_ORDER = 400.0, 8
"""A chain of all-pass filters that spreads each glottal pulse over some ms: inaudible by itself, and it takes
half of the work from the limiter (measured with espeak: 8 dB in 5 % of speech became less than 5 dB)."""
EXPECTED_LOSS_DB = 2.0
"""What holding the peaks takes from the loudness of espeak: the first guess, mended by measuring."""
SLOWEST, FASTEST = 115.0, 150.0
"""Words a minute, the pause after the sentence included."""
MOST_STRETCH = 0.12
PAUSE_MS = 650
"""Between two sentences."""
FASTEST_LETTER, SLOWEST_LETTER = 0.025, 0.5
"""Seconds a letter: outside this a recording is cut off, or something else (espeak: 0.07 to 0.19)."""
LEAST_RATE = 8000
"""Hz: below it speech is hard to understand, and a voice that says so errs."""
LEAST_SWING_DB, LEAST_LOW = 6.0, 0.6
"""Speech swings (espeak: 13 dB or more between loud and soft 20 ms) and is low (95 % under 4 kHz); noise is not."""
MOST_PRESSED_DB = 8.0
WAY_OUT = "; build again, write the sentence in another way, or take another voice"
_MS = RATE // 1000
_BLOCK = RATE // 2000
_REACH, _SMOOTH = 2, 2
_CHUNK = 20 * RATE
_FRAME, _FRAME_20 = RATE // 200, RATE // 50
_SPECTRUM = 1024
_HEAD = RATE // 200
_TAIL = RATE * 60 // 1000
_FADE_IN, _FADE_OUT = RATE // 250, RATE // 40
_EDGE_DB = -36.0
"""Below the loudest 5 ms by this much, the edges of a recording are silence (dB)."""


@dataclass(frozen=True)
class Request:
    """What mastering must know of one utterance."""

    text: str
    careful: bool
    """A safety line: never sped up."""
    softening_db: float


def prepare(pcm: bytes, rate: int, request: Request) -> Samples:
    """One recording made ready for its level: trimmed, softened, at the tempo of the whole, with soft edges.

    24 kHz, a whole number of milliseconds. Raises AudioError when it cannot be a recording of the text.
    """
    raw = samples(pcm)
    if rate < LEAST_RATE:
        raise AudioError(f"the voice gave {rate} samples a second for {request.text!r}{WAY_OUT}")
    if len(raw) < rate // 20 or float(np.abs(raw).max(initial=0.0)) < 0.003:
        raise AudioError(f"the voice gave no sound for {request.text!r}{WAY_OUT}")
    sound = trim(shape(raw, rate, request.softening_db))
    _refuse_nonsense(sound, request.text)
    factor = stretch_factor(request.text, len(sound) / RATE, careful=request.careful)
    return fade(trim(stretch(sound, factor)) if abs(factor - 1) > 0.01 else sound)


def samples(pcm: bytes) -> Samples:
    """Signed 16-bit as samples from -1 to 1."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16).astype(np.float32) / np.float32(32768)


def _refuse_nonsense(sound: Samples, text: str) -> None:
    """What is cut off, far too long or noise is no speech, whatever an engine says."""
    seconds, letters = (len(sound) - _HEAD - _TAIL) / RATE, sum(one.isalnum() for one in text)
    if seconds < FASTEST_LETTER * letters:
        raise AudioError(f"the voice gave only {seconds:.2f} s of sound for {text!r}: it was cut off{WAY_OUT}")
    if seconds > 2 + SLOWEST_LETTER * letters:
        raise AudioError(f"the voice gave {seconds:.0f} s of sound for {text!r}: that is no such sentence{WAY_OUT}")
    loud, soft = np.percentile(_power(sound, _FRAME_20), [90, 10])
    low, whole = bands(sound, RATE, (0, 4000), (0, RATE))
    if loud < soft * 10 ** (LEAST_SWING_DB / 10) or low < LEAST_LOW * whole:
        raise AudioError(f"the voice gave noise for {text!r}, no speech{WAY_OUT}")


def bands(sound: Samples, rate: int, *edges: tuple[float, float]) -> list[float]:
    """The energy of a sound in bands, each from one frequency up to another (Hz)."""
    frames = -(-len(sound) // _SPECTRUM)
    padded = np.zeros(frames * _SPECTRUM, np.float32)
    padded[: len(sound)] = sound
    spectra = np.fft.rfft(padded.reshape(frames, _SPECTRUM) * np.hanning(_SPECTRUM).astype(np.float32), axis=1)
    power = np.square(np.abs(spectra)).sum(axis=0)
    hertz = np.arange(len(power)) * (rate / _SPECTRUM)
    return [float(power[(hertz >= low) & (hertz < high)].sum()) / rate for low, high in edges]


def pressed(before: Samples, after: Samples) -> tuple[int, int]:
    """How long there is speech (ms), and how long of it the limiter took more than ``MOST_PRESSED_DB``."""
    first, last = (
        np.square(one[: len(one) // _FRAME * _FRAME]).reshape(-1, _FRAME).mean(axis=1) for one in (before, after)
    )
    speech = first > first.max(initial=0.0) / 1000
    change = 10 * np.log10(np.maximum(last[speech], 1e-12) / first[speech])
    lost = float(change.max(initial=SILENT)) - change
    return int(speech.sum()) * 5, int((lost > MOST_PRESSED_DB).sum()) * 5


def _power(sound: Samples, frame: int) -> Samples:
    """Mean square of every ``frame`` samples."""
    frames = len(sound) // frame
    return np.asarray(np.square(sound[: frames * frame]).reshape(frames, frame).mean(axis=1))


def shape(raw: Samples, rate: int, softening_db: float) -> Samples:
    """Resample to 24 kHz, cut rumble, soften the band from 5 to 9 kHz and spread the pulses; one FFT."""
    edge = rate // 20
    size = _even_size(len(raw) + 2 * edge, rate)
    padded = np.zeros(size, np.float32)
    padded[edge : edge + len(raw)] = raw
    spectrum = np.fft.rfft(padded)
    hertz = np.arange(len(spectrum), dtype=np.float64) * (rate / size)
    spectrum *= _tone_curve(hertz, softening_db)
    spectrum *= np.exp(-2j * DISPERSION_ORDER * np.arctan(hertz / DISPERSION_HZ))
    wanted = round(size * RATE / rate)
    resized = np.zeros(wanted // 2 + 1, spectrum.dtype)
    shared = min(len(resized), len(spectrum))
    resized[:shared] = spectrum[:shared]
    return (np.fft.irfft(resized, wanted) * (wanted / size)).astype(np.float32)


def _even_size(least: int, rate: int) -> int:
    """A length that stays a whole number of samples at 24 kHz, and that a Fourier transform is fast with."""
    step = 2 * rate // math.gcd(rate, RATE)
    count = math.ceil(least / step)
    return next(one for one in itertools.count(count) if _has_small_factors(one)) * step


def _has_small_factors(number: int) -> bool:
    for prime in (2, 3, 5, 7):
        while number % prime == 0:
            number //= prime
    return number == 1


def _tone_curve(hertz: npt.NDArray[np.floating], softening_db: float) -> npt.NDArray[np.float64]:
    rumble = np.clip((hertz - 40) / 40, 0, 1)
    octaves = np.log2(np.maximum(hertz, 1) / 3000)
    slope = np.clip(octaves / math.log2(4800 / 3000), 0, 1)
    air = np.clip(np.log2(np.maximum(hertz, 1) / 9000) / 0.4, 0, 1) * 6 if softening_db else 0.0
    return np.asarray(rumble * 10 ** (-(slope * softening_db + air) / 20))


def trim(sound: Samples) -> Samples:
    """Cut the silence off both ends, keeping 5 ms before and 60 ms after the speech."""
    power = _power(sound, _FRAME)
    heard = np.flatnonzero(power > power.max(initial=0.0) * 10 ** (_EDGE_DB / 10))
    if not len(heard):
        return sound
    return sound[max(0, heard[0] * _FRAME - _HEAD) : (heard[-1] + 1) * _FRAME + _TAIL]


def words(text: str) -> int:
    """How many words a text has."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def stretch_factor(text: str, seconds: float, *, careful: bool) -> float:
    """How much faster (above 1) or slower (below 1) this sentence must be; at most 12 % either way."""
    count = words(text)
    if count < 4:  # a word or three has no tempo to speak of
        return 1.0
    pace = count / (seconds + PAUSE_MS / 1000) * 60
    if pace > FASTEST:
        wanted = count / FASTEST * 60 - PAUSE_MS / 1000
    elif pace < SLOWEST and not careful:
        wanted = count / SLOWEST * 60 - PAUSE_MS / 1000
    else:
        return 1.0
    return float(np.clip(seconds / wanted, 1 - MOST_STRETCH, 1 + MOST_STRETCH))


def stretch(sound: Samples, factor: float) -> Samples:
    """Change the tempo and keep the pitch (ffmpeg's atempo, in this process)."""
    from audio.filters import run  # noqa: PLC0415 # most utterances need no stretching

    return run(sound, ("atempo", f"{factor:.4f}"))


def fade(sound: Samples) -> Samples:
    """Soft edges, so that no joint clicks; made a whole number of milliseconds long."""
    faded = np.zeros(math.ceil(len(sound) / _MS) * _MS, np.float32)
    faded[: len(sound)] = sound
    faded[:_FADE_IN] *= np.linspace(0, 1, _FADE_IN, dtype=np.float32)
    last = min(_FADE_OUT, len(sound))
    faded[len(sound) - last : len(sound)] *= np.linspace(1, 0, last, dtype=np.float32)
    return faded


def level(sound: Samples, target: float) -> Samples:
    """Bring speech to the target loudness by measurement, holding its peaks at the ceiling."""
    now = loudness(sound)
    if now == SILENT:
        return sound
    gain, slope = target - now + EXPECTED_LOSS_DB, 0.5  # holding peaks gives back only part of what is added
    made, before = sound, (0.0, now)
    for turn in range(4):
        made = hold_peaks(sound * np.float32(amplitude(gain)), CEILING_DB)
        reached = loudness(made)
        if abs(target - reached) < 0.15:
            break
        if turn:
            slope = min(1.0, max(0.3, (reached - before[1]) / (gain - before[0])))
        before = (gain, reached)
        gain += (target - reached) / slope
    return made


def hold_peaks(sound: Samples, ceiling_db: float, heard: Samples | None = None) -> Samples:
    """Lower the sound smoothly wherever its true peak is over the ceiling (dBFS).

    ``heard`` is the same sound as it comes out of the decoder, when its peaks are the ones to hold.
    """
    ceiling = amplitude(ceiling_db)
    found = peaks(sound if heard is None else heard, 0.7 * ceiling, _BLOCK)
    return sound * _gain(found, ceiling, len(sound))


def _gain(found: Samples, ceiling: float, length: int) -> Samples | np.float32:
    if float(found.max(initial=0.0)) <= ceiling:
        return np.float32(1.0)
    wanted = np.minimum(1.0, ceiling / np.maximum(found, 1e-6))
    framed = np.pad(wanted, _REACH, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(framed, 2 * _REACH + 1).min(axis=1)
    window = np.hanning(2 * _SMOOTH + 3)[1:-1]
    gain = np.convolve(np.pad(lowest, _SMOOTH, mode="edge"), window / window.sum(), mode="valid")
    middles = np.arange(len(gain)) * _BLOCK + _BLOCK / 2
    whole = np.empty(length, np.float32)
    for start in range(0, length, _CHUNK):  # interp works in 64 bits: in pieces it needs little memory
        place = np.arange(start, min(length, start + _CHUNK))
        whole[start : start + _CHUNK] = np.interp(place, middles, gain)
    return whole


def to_pcm(sound: Samples) -> npt.NDArray[np.int16]:
    """Samples from -1 to 1 as signed 16-bit."""
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)
