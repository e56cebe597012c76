"""The work of one process: sounds become parts, each encoded, decoded again and measured. Loads the heavy libraries."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from audio import mix, mp3, sounds
from audio.loudness import BIN, RATE, SILENT, Samples, energies, loudness, true_peak
from audio.master import (
    PEAK_DB,
    UTTERANCE_LUFS,
    Request,
    bands,
    hold_peaks,
    level,
    prepare,
    pressed,
    samples,
    to_pcm,
    words,
)
from audio.part import Figures, Part
from audio.score import Utterance
from audio.tasks import Shop
from audio.timeline import Pad, Room, Source
from audio.voices.base import Recording
from skill.content import Tone
from skill.errors import AudioError

ENCODED_LUFS = UTTERANCE_LUFS - 0.45
"""Of one utterance after encoding."""
NEAR_LUFS = 0.15
_PEAK_MARGIN_DB = 0.2
"""How far under the limit peaks are pressed; more every turn, as the encoder answers in its own way."""
_TURNS = 6


def make(shop: Shop, source: Source) -> Part:
    """Make the part of one sound and keep it in the cache. Raises AudioError, and OSError when the disk refuses."""
    if isinstance(source, Utterance):
        part = _spoken(_request(shop, source), *_recorded(shop, source), source.lift_db)
    else:
        part = _without_words(source)
    shop.cache.keep_part(shop.key(source), part)
    return part


def fetch(shop: Shop, utterance: Utterance) -> None:
    """Let a voice speak, and keep what it said when it is speech. Raises AudioError, and OSError of the disk."""
    _recorded(shop, utterance)


def _recorded(shop: Shop, utterance: Utterance) -> tuple[Recording, Samples]:
    """What the voice says, and the same made ready.

    The recording is kept: engines say a sentence a little differently every time, and a file is laid out for one.
    """
    text = shop.spoken(utterance.text)
    kept = shop.cache.recording(text)
    recording = kept or _said(shop, text)
    ready = prepare(recording.pcm, recording.rate, _request(shop, utterance))
    if kept is None:
        shop.cache.keep_recording(text, recording)
    return recording, ready


def _said(shop: Shop, text: str) -> Recording:
    try:
        return shop.voice.speak(text)
    except AudioError:
        raise
    except Exception as error:  # a voice of somebody's own may raise anything; an OSError is not the disk's here
        raise AudioError(f"The voice {shop.voice.name} failed at {text!r}: {type(error).__name__}: {error}") from error


def _request(shop: Shop, utterance: Utterance) -> Request:
    return Request(utterance.text, utterance.careful, shop.voice.softening_db)


def _spoken(request: Request, recording: Recording, ready: Samples, lift_db: float) -> Part:
    """Master and encode until the loudness and the peaks that come out of a decoder are right."""
    wanted, target = ENCODED_LUFS + lift_db, UTTERANCE_LUFS + lift_db
    sound = level(ready, target)
    for turn in range(_TURNS):
        part, heard = _measured(mix.over_room(to_pcm(sound)), len(sound))
        miss = wanted - part.lufs
        if abs(miss) <= NEAR_LUFS and part.peak <= PEAK_DB:
            break
        if abs(miss) > NEAR_LUFS:
            target += miss
            sound = level(ready, target)
        else:
            sound = hold_peaks(sound, PEAK_DB - _PEAK_MARGIN_DB * (1 + turn), heard=heard)
    if part.peak > PEAK_DB or abs(part.lufs - wanted) > 2 * NEAR_LUFS:
        raise AudioError(
            f"{request.text!r} cannot be brought to {wanted:g} LUFS with peaks under {PEAK_DB:g} dBFS: it "
            f"reaches {part.lufs:.1f} and {part.peak:.1f}. Does the voice say it as speech?"
        )
    return Part(
        part.ms, part.frames, part.energy, part.peak, part.lufs, _figures(request, recording, ready, sound, heard)
    )


def _figures(request: Request, recording: Recording, ready: Samples, sound: Samples, heard: Samples) -> Figures:
    raw = samples(recording.pcm)
    edges = ((300.0, 3000.0), (5000.0, 9000.0))
    raw_low, raw_high = bands(raw, recording.rate, *edges)
    made_low, made_high = bands(heard, RATE, *edges)
    speech_ms, pressed_ms = pressed(ready, sound)
    return Figures(words(request.text), raw_low, raw_high, made_low, made_high, speech_ms, pressed_ms)


@functools.lru_cache(maxsize=64)
def _without_words(source: Tone | Pad | Room) -> Part:
    """The same for every voice: made once in a process."""
    if isinstance(source, Tone):
        return _encoded(mix.over_room(sounds.tone(source)), len(sounds.tone(source)))
    if isinstance(source, Pad):
        return _encoded(mix.over_room(mix.pad(source.ms)), source.ms * RATE // 1000)
    return _room()


def _room() -> Part:
    pcm = mix.room()
    length = len(pcm) - 2 * mix.CONTEXT * mp3.FRAME
    frames, heard = _cut(pcm, length // mp3.FRAME)
    return _part(frames, heard, length, SILENT)


def _encoded(pcm: npt.NDArray[np.int16], length: int) -> Part:
    return _measured(pcm, length)[0]


def _measured(pcm: npt.NDArray[np.int16], length: int) -> tuple[Part, Samples]:
    """The part of a sound of so many samples that was laid over room tone, and the sound as it is decoded."""
    frames, heard = _cut(pcm, mix.frames_for(length * 1000 // RATE))
    sound = heard[mp3.DELAY : mp3.DELAY + length]
    return _part(frames, heard, length, loudness(sound)), sound


def _part(frames: bytes, heard: Samples, length: int, lufs: float) -> Part:
    bins = energies(heard, BIN).astype(np.float32)
    return Part(length * 1000 // RATE, frames, bins.tobytes(), true_peak(heard), lufs)


def _cut(pcm: npt.NDArray[np.int16], count: int) -> tuple[bytes, Samples]:
    """Encode, decode, and take what lies between the context before and behind."""
    whole = mp3.encode(pcm)
    first, last = mix.CONTEXT, mix.CONTEXT + count
    return whole[first * mp3.FRAME_BYTES : last * mp3.FRAME_BYTES], mp3.decode(whole)[
        first * mp3.FRAME : last * mp3.FRAME
    ]
