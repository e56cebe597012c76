"""The work of one process: speak and master utterances, mix and encode files. Loads the heavy libraries."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import asdict, replace

import numpy as np
import numpy.typing as npt

from audio import mp3
from audio.cache import SpeechCache, speech_ms, write_whole
from audio.loudness import RATE, Samples, amplitude, loudness, true_peak
from audio.master import TARGET_LUFS, Request, hold_peaks, master, to_pcm
from audio.mix import mix
from audio.score import Utterance
from audio.tasks import Made, Shop
from audio.timeline import Timeline
from skill.errors import AudioError
from skill.pack import TimedStep

NEAR_LUFS = 0.3
PEAK_DB = -2.0
_PEAK_MARGIN_DB = 0.2
"""How far under the limit peaks are pressed; more every turn, as the encoder answers in its own way."""
_TURNS = 6
_MOST_GAIN_DB = 3.0
"""What needs more than this holds too little speech for its length."""


def speak(shop: Shop, utterance: Utterance) -> int:
    """Speak and master one utterance into the cache; how long it lasts (ms). Raises AudioError."""
    recording = shop.cache.recording(utterance.text) if shop.voice.remote else None
    if recording is None:
        recording = shop.voice.speak(utterance.text)
    request = Request(utterance.text, utterance.careful, shop.voice.softening_db)
    pcm = master(recording.pcm, recording.rate, request).tobytes()
    shop.cache.keep_speech(utterance, pcm)
    return speech_ms(pcm)


def make(shop: Shop, timeline: Timeline, name: str, *, track: bool) -> Made:
    """Mix, encode, decode and measure one file, until loudness and peak are right; then put it in the pack.

    Raises AudioError when an utterance is gone or the targets cannot be met, OSError when the disk refuses.
    """
    encoded, heard, lufs, peak = _encode(mix(timeline, lambda one: _speech(shop.cache, one)), name)
    digest = hashlib.sha256(encoded).hexdigest()
    file = f"{'track' if track else 'clip'}-{digest[:16]}.mp3"
    path = shop.folder / file
    if not (path.exists() and path.read_bytes() == encoded):
        write_whole(path, encoded)
    ms = len(heard) * 1000 // RATE
    steps = [asdict(step) for step in _delayed(timeline.steps, ms)] if track else []
    return Made(file, ms, round(lufs, 2), round(peak, 2), digest[:20], len(encoded), steps)


def _encode(pcm: npt.NDArray[np.int16], name: str) -> tuple[bytes, Samples, float, float]:
    """Encode and measure what comes out; correct and encode again where it misses the targets."""
    added = 0.0
    for turn in range(_TURNS):
        encoded = mp3.encode(pcm)
        heard = mp3.decode(encoded)
        lufs, peak = loudness(heard), true_peak(heard)
        gain = TARGET_LUFS - lufs if abs(TARGET_LUFS - lufs) > (NEAR_LUFS if turn < 3 else 0.5) else 0.0
        if not gain and peak <= PEAK_DB:
            return encoded, heard, lufs, peak
        added += gain
        if abs(added) > _MOST_GAIN_DB:
            break
        factor = np.float32(amplitude(gain))
        aligned = np.zeros(len(pcm), np.float32)
        found = heard[mp3.DELAY : mp3.DELAY + len(pcm)]
        aligned[: len(found)] = found
        sound = pcm.astype(np.float32) * (factor / 32768)
        limit = PEAK_DB - _PEAK_MARGIN_DB * (1 + turn)
        pcm = to_pcm(hold_peaks(sound, limit, heard=aligned * factor))
    if peak > PEAK_DB or abs(lufs - TARGET_LUFS) > 1:
        raise AudioError(
            f"{name} cannot be brought to {TARGET_LUFS:g} LUFS with peaks under {PEAK_DB:g} dBFS: it reaches "
            f"{lufs:.1f} and {peak:.1f}. Is there enough speech in it?"
        )
    return encoded, heard, lufs, peak


def _delayed(steps: tuple[TimedStep, ...], ms: int) -> list[TimedStep]:
    """The steps as a player hears them: later by the encoder delay, and covering the whole file."""
    delay = round(mp3.DELAY_MS)
    moved = []
    for index, step in enumerate(steps):
        cues = tuple(
            replace(cue, start_ms=cue.start_ms + delay, end_ms=min(cue.end_ms + delay, ms)) for cue in step.cues
        )
        start = step.start_ms + delay if index else 0
        end = step.end_ms + delay if index + 1 < len(steps) else ms
        moved.append(replace(step, start_ms=start, end_ms=end, cues=cues))
    return moved


@functools.lru_cache(maxsize=64)
def _speech(cache: SpeechCache, utterance: Utterance) -> bytes:
    found = cache.speech(utterance)
    if found is None:
        raise AudioError(f"the cached speech of {utterance.text!r} was removed or damaged; run the build again")
    return found
