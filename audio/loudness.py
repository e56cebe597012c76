"""Loudness (LUFS, ITU-R BS.1770 with its gates) and true peak (dBFS) of mono sound, in numpy.

About twice as fast as ffmpeg's ebur128 filter for long sound, and without its cost a graph for short sound.
The check and the tests measure with ebur128, so that the two judge each other.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from audio.part import BIN_MS

Samples = npt.NDArray[np.float32]
Energies = npt.NDArray[np.float64]

RATE = 24_000
SILENT = -99.0
_HOP = RATE // 10
BIN = RATE * BIN_MS // 1000
"""Samples in 4 ms."""
_CHUNK = 20 * RATE
_LEAD = RATE // 4
_SHORT = 3 * RATE
_PHASES = 8
_TAPS = 24
_AT_ONCE = 2048
"""So few samples are interpolated together that numpy needs no threads: those take longer to wake than to work,
and fight with the other processes of a build."""


def decibel(ratio: float) -> float:
    """A ratio of amplitudes in dB; silence is -99."""
    return 20 * math.log10(ratio) if ratio > 1e-5 else SILENT


def amplitude(db: float) -> float:
    """The ratio of amplitudes that this many dB is."""
    return float(10 ** (db / 20))


def loudness(samples: Samples) -> float:
    """Integrated loudness (LUFS) at 24 kHz; sound under 3 s is measured as if it were repeated."""
    if not len(samples):
        return SILENT
    return joined_loudness(_circular_energies(samples)) if len(samples) < _SHORT else _gated(_blocks(energies(samples)))


def joined_loudness(bins: Energies) -> float:
    """Integrated loudness (LUFS) of sound whose energy is known for every 4 ms, as ``energies`` gives it.

    The energies of parts that are joined where both are quiet may simply be put one behind the other.
    """
    whole = np.tile(bins, math.ceil(_SHORT / BIN / len(bins))) if len(bins) < _SHORT // BIN else bins
    hops = len(whole) * BIN // _HOP
    return _gated(_blocks(whole[: hops * _HOP // BIN].reshape(hops, -1).mean(axis=1)))


def _gated(blocks: Energies) -> float:
    """The loudness of blocks of 400 ms, with the gates of BS.1770."""
    blocks = blocks[blocks > _energy(-70.0)]
    if not len(blocks):
        return SILENT
    loud = blocks[blocks > float(blocks.mean()) / 10]
    return -0.691 + 10 * math.log10(float(loud.mean()))


def energies(samples: Samples, hop: int = _HOP) -> Energies:
    """Mean square of the K-weighted sound in every ``hop`` samples (100 ms)."""
    found = [np.zeros(0)]
    for start in range(0, len(samples), _CHUNK):
        lead = min(start, _LEAD)
        piece = samples[start - lead : start + _CHUNK]
        weighted = _weigh(piece)[lead:]
        hops = len(weighted) // hop
        square = np.square(weighted[: hops * hop]).reshape(hops, hop)
        found.append(square.mean(axis=1, dtype=np.float64))
    return np.concatenate(found)


def momentary(samples: Samples) -> Energies:
    """Loudness of every 400 ms, one value each 100 ms (LUFS)."""
    blocks = _blocks(energies(samples))
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(blocks, 1e-12)))


def true_peak(samples: Samples) -> float:
    """The highest level between and on the samples (dBFS), interpolated only where it can matter."""
    near = 0.7 * float(max(samples.max(initial=0.0), -samples.min(initial=0.0)))
    found = []
    for start in range(0, len(samples), _CHUNK):
        lead = min(start, _CHUNK // 10)
        piece = peaks(samples[start - lead : start + _CHUNK + _CHUNK // 10], near)
        # between two pieces the sound is cut, and what is interpolated at a cut is no peak
        found.append(piece[2 if lead else 0 : -2 if start + _CHUNK < len(samples) else None])
    return decibel(max((float(one.max(initial=0.0)) for one in found), default=0.0))


def peaks(samples: Samples, near: float, block: int = 24) -> Samples:
    """The peak of every ``block`` samples, as amplitude; blocks over ``near`` are interpolated (true peak)."""
    count = math.ceil(len(samples) / block)
    padded = np.zeros(count * block, np.float32)
    padded[: len(samples)] = np.abs(samples)
    found: Samples = padded.reshape(count, block).max(axis=1)
    close = np.flatnonzero(found > near)
    if not len(close):
        return found
    reach = _TAPS // 2
    framed = np.concatenate([np.zeros(reach, np.float32), samples, np.zeros(reach + block, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(framed, _TAPS)
    places = (close[:, None] * block + np.arange(block)).ravel()
    starts = range(0, len(places), _AT_ONCE)
    between = np.concatenate(
        [np.abs(windows[places[at : at + _AT_ONCE] + 1] @ _interpolator()).max(axis=1) for at in starts]
    )
    found[close] = np.maximum(found[close], between.reshape(len(close), block).max(axis=1))
    return found


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _blocks(energy: Energies) -> Energies:
    """Mean square of every 400 ms, from that of every 100 ms."""
    return (energy[:-3] + energy[1:-2] + energy[2:-1] + energy[3:]) / 4


def _circular_energies(samples: Samples) -> Energies:
    """Mean square of the K-weighted sound in every 4 ms, as if the sound went round and round."""
    round_and_round = np.tile(samples, math.ceil(_LEAD / len(samples)) + 1)[-(_LEAD + len(samples)) :]
    weighted = _weigh(round_and_round)[_LEAD:]
    bins = max(1, len(samples) // BIN)
    return np.asarray(np.square(weighted[: bins * BIN]).reshape(bins, -1).mean(axis=1, dtype=np.float64))


def _weigh(piece: Samples) -> Samples:
    size = math.ceil((len(piece) + _LEAD) / RATE) * RATE  # few sizes: the weights of each are kept
    spectrum = np.fft.rfft(piece, size)
    spectrum *= _k_weighting(size)
    return np.fft.irfft(spectrum, size)[: len(piece)].astype(np.float32, copy=False)


@functools.lru_cache(maxsize=64)
def _k_weighting(size: int) -> npt.NDArray[np.complex64]:
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(len(z), np.complex128)
    for (b0, b1, b2), (a1, a2) in (_shelf(), _high_pass()):
        response *= (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    weights: npt.NDArray[np.complex64] = response.astype(np.complex64)
    return weights


def _shelf() -> tuple[tuple[float, float, float], tuple[float, float]]:
    k = math.tan(math.pi * 1681.974450955533 / RATE)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    b = ((high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / q + k * k) / a0)
    return b, (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _high_pass() -> tuple[tuple[float, float, float], tuple[float, float]]:
    k = math.tan(math.pi * 38.13547087602444 / RATE)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0), (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


@functools.cache
def _interpolator() -> Samples:
    """Windowed sinc for the places between two samples: taps × phases."""
    offsets = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - np.arange(1, _PHASES)[None, :] / _PHASES
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip(offsets / (_TAPS // 2), -1, 1))
    return (np.sinc(offsets) * window).astype(np.float32)
