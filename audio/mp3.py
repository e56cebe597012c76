"""MP3 as it is served: mono, 24 kHz, CBR 48 kbit/s, plain frames without Xing, LAME or ID3 header.

Every frame stands alone (no bit reservoir), so that frames can be cut and joined as bytes without encoding again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from audio.loudness import RATE, Samples
from audio.voices.base import Recording
from skill.errors import AudioError

BITRATE = 48
FRAME, FRAME_BYTES = 576, 144
"""Samples and bytes of a frame: 24 ms."""
QUALITY = 7
"""Of LAME: faster than 5, and at this bit rate nearer to the original (3 dB less noise)."""
_OPTIONS = {"reservoir": "0", "compression_level": str(QUALITY)}
DELAY = 1105
"""Samples by which decoded sound is late: 576 from the encoder and 529 from every decoder, as no header
tells a player to skip them."""
DELAY_MS = DELAY * 1000 / RATE


@dataclass(frozen=True)
class Format:
    """What the frames of an MP3 say."""

    rate: int
    channels: int
    bitrates: frozenset[int]
    """Bits a second of every frame; one value when the bit rate is constant."""
    plain: bool
    """No ID3 tag, and no Xing, Info or LAME header in the first frame."""


def encode(pcm: npt.NDArray[np.int16]) -> bytes:
    """Mono 24 kHz sound as MP3 frames; the last one is filled up with silence, and two follow for the delay."""
    codec = av.CodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format = RATE, "mono", "s16p"
    codec.bit_rate, codec.time_base, codec.options = BITRATE * 1000, Fraction(1, RATE), _OPTIONS
    whole = np.zeros((1, -(-len(pcm) // FRAME) * FRAME), np.int16)
    whole[0, : len(pcm)] = pcm
    pieces: list[bytes] = []
    for start in range(0, whole.shape[1], FRAME):
        frame = av.AudioFrame.from_ndarray(whole[:, start : start + FRAME], format="s16p", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        pieces += [bytes(packet) for packet in codec.encode(frame)]
    pieces += [bytes(packet) for packet in codec.encode(None)]
    return b"".join(pieces)


def decode(mp3: bytes) -> Samples:
    """All samples of a mono 24 kHz MP3, encoder delay included. Raises AudioError when it does not decode."""
    try:
        with av.open(io.BytesIO(mp3), "r", format="mp3") as container:
            pieces = [bytes(one.planes[0])[: one.samples * 4] for one in container.decode(audio=0)]
            codec = container.streams.audio[0].codec_context
            found = (codec.format.name, codec.channels, codec.sample_rate)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise AudioError(f"this is no MP3 that can be decoded: {error}") from error
    if not pieces or found != ("fltp", 1, RATE):
        raise AudioError(f"this MP3 is not mono at {RATE} Hz, or holds no sound")
    return np.frombuffer(b"".join(pieces), np.float32)


def recording(mp3: bytes) -> Recording:
    """Any MP3 as a mono recording at its own rate. Raises AudioError when it does not decode."""
    resampler = av.AudioResampler(format="s16", layout="mono")
    pieces: list[bytes] = []
    try:
        with av.open(io.BytesIO(mp3), "r", format="mp3") as container:
            rate = container.streams.audio[0].codec_context.sample_rate
            for frame in container.decode(audio=0):
                pieces += [bytes(one.planes[0])[: one.samples * 2] for one in resampler.resample(frame)]
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise AudioError(f"this is no MP3 that can be decoded: {error}") from error
    return Recording(b"".join(pieces), rate)


_AFTER_SIDE_INFO = 13
"""Where a header of Xing or LAME stands in the first frame: behind its own 4 bytes and 9 of side information (mono)."""
_RATES = {0b00: 22_050, 0b01: 24_000, 0b10: 16_000}
_BITRATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def inspect(mp3: bytes) -> Format:
    """Walk the frame headers of an MPEG-2 layer III file. Raises AudioError where they do not join up."""
    place, sizes = 0, dict[bytes, int]()
    while place + 4 <= len(mp3):
        head = mp3[place : place + 4]
        if head not in sizes:  # most files have one or two kinds of them
            sizes[head] = _frame_bytes(head, place)
        place += sizes[head]
    heads = [int.from_bytes(head, "big") for head in sizes]
    rates = {_RATES[head >> 10 & 3] for head in heads}
    channels = {1 if head >> 6 & 3 == 3 else 2 for head in heads}
    bitrates = frozenset(_BITRATES[head >> 12 & 15] * 1000 for head in heads)
    if len(rates) != 1 or len(channels) != 1:
        raise AudioError("the frames differ in sample rate or channels, or there are none")
    header = mp3[_AFTER_SIDE_INFO : _AFTER_SIDE_INFO + 4]  # only there; elsewhere "LAME" is what it fills frames with
    plain = header not in (b"Xing", b"Info") and mp3[-128:-125] != b"TAG"
    return Format(rates.pop(), channels.pop(), bitrates, plain)


def _frame_bytes(header: bytes, place: int) -> int:
    head = int.from_bytes(header, "big")
    rate, kilobits = _RATES.get(head >> 10 & 3), head >> 12 & 15
    if head >> 17 != 0x7FF9 or rate is None or not 0 < kilobits < 15:
        raise AudioError(f"byte {place} is not the start of an MPEG-2 layer III frame")
    return 72 * _BITRATES[kilobits] * 1000 // rate + (head >> 9 & 1)
