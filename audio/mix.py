"""Joining speech, tones and room tone by a timeline, with pydub."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from audio import sounds
from audio.loudness import RATE
from audio.score import Utterance
from audio.timeline import Sound, Timeline
from skill.content import Tone

with warnings.catch_warnings():
    # pydub looks for an ffmpeg program at import; nothing here needs one, it is given raw samples only
    warnings.filterwarnings("ignore", message="Couldn't find ffmpeg", category=RuntimeWarning)
    warnings.filterwarnings("ignore", message="invalid escape sequence", category=SyntaxWarning)
    warnings.filterwarnings("ignore", message="'audioop' is deprecated", category=DeprecationWarning)
    from pydub import AudioSegment

PAD_FADE_MS = 1200


def mix(timeline: Timeline, speech: Callable[[Utterance], bytes]) -> npt.NDArray[np.int16]:
    """The whole sound of a timeline, 16-bit at 24 kHz; ``speech`` gives mastered utterances."""
    pieces: list[bytes] = []
    reached = 0
    for sound in timeline.sounds:
        if sound.start_ms > reached:
            pieces.append(_room(reached, sound.start_ms - reached).raw_data)
        over = _segment_of(sound, speech)
        ground = _room(sound.start_ms, sound.ms)
        pieces.append(ground.overlay(over).raw_data)
        reached = sound.start_ms + sound.ms
    pieces.append(_room(reached, timeline.ms - reached).raw_data)
    return np.frombuffer(b"".join(pieces), np.int16)


def _segment_of(sound: Sound, speech: Callable[[Utterance], bytes]) -> AudioSegment:
    if isinstance(sound.source, Utterance):
        return _segment(speech(sound.source))
    if isinstance(sound.source, Tone):
        return _segment(sounds.tone(sound.source).tobytes())
    fade = min(PAD_FADE_MS, sound.ms // 2)
    return _repeated(_pad(), 0, sound.ms).fade_in(fade).fade_out(fade)


def _room(start_ms: int, ms: int) -> AudioSegment:
    return _repeated(_room_segment(), start_ms, ms)


def _repeated(whole: AudioSegment, start_ms: int, ms: int) -> AudioSegment:
    """A stretch of a seamless sound, from any moment, as long as is needed."""
    length = len(whole)
    first = start_ms % length
    times = (first + ms) // length + 1
    return (whole * times if times > 1 else whole)[first : first + ms]


@functools.cache
def _room_segment() -> AudioSegment:
    return _segment(sounds.room().tobytes())


@functools.cache
def _pad() -> AudioSegment:
    return _segment(sounds.pad().tobytes())


def _segment(pcm: bytes) -> AudioSegment:
    return AudioSegment(data=pcm, sample_width=2, frame_rate=RATE, channels=1)
