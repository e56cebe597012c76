"""Laying a sound over room tone with pydub, on whole MP3 frames and with room tone before and behind it."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from audio import sounds
from audio.loudness import RATE
from audio.mp3 import DELAY, FRAME
from audio.part import FRAME_MS

with warnings.catch_warnings():
    # pydub looks for an ffmpeg program at import; nothing here needs one, it is given raw samples only
    warnings.filterwarnings("ignore", message="Couldn't find ffmpeg", category=RuntimeWarning)
    warnings.filterwarnings("ignore", message="invalid escape sequence", category=SyntaxWarning)
    warnings.filterwarnings("ignore", message="'audioop' is deprecated", category=DeprecationWarning)
    from pydub import AudioSegment

CONTEXT = 4
"""So many frames of room tone before and behind a part are encoded with it and cut off again: what an encoder
and a decoder keep from one frame to the next is then room tone at every joint."""
PAD_FADE_MS = 1200


def frames_for(ms: int) -> int:
    """How many frames hold a sound of this length, with the delay of the encoder."""
    return -(-(ms * RATE // 1000 + DELAY) // FRAME)


def over_room(sound: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """A sound of whole milliseconds over room tone: the context, the frames that it needs, the context."""
    frames = frames_for(len(sound) * 1000 // RATE) + 2 * CONTEXT
    ground = _repeated(_segment(sounds.room()), frames * FRAME_MS)
    return _samples(ground.overlay(_segment(sound), position=CONTEXT * FRAME_MS))


def room() -> npt.NDArray[np.int16]:
    """The whole room tone, with context: its frames can be repeated for ever."""
    loop = _segment(sounds.room())
    return _samples(loop[-CONTEXT * FRAME_MS :] + loop + loop[: CONTEXT * FRAME_MS])


def pad(ms: int) -> npt.NDArray[np.int16]:
    """The pad at this length, faded in and out."""
    fade = min(PAD_FADE_MS, ms // 2)
    return _samples(_repeated(_segment(sounds.pad()), ms).fade_in(fade).fade_out(fade))


def _repeated(whole: AudioSegment, ms: int) -> AudioSegment:
    return (whole * (ms // len(whole) + 1))[:ms]


def _segment(pcm: npt.NDArray[np.int16]) -> AudioSegment:
    return AudioSegment(data=pcm.tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def _samples(segment: AudioSegment) -> npt.NDArray[np.int16]:
    return np.frombuffer(segment.raw_data, np.int16)
