"""A part: a stretch of finished MP3 frames that stands alone, with what was measured while it was made."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

FRAME_MS = 24
"""One MP3 frame; every part begins on a frame, so all that sounds begins on a multiple of this."""
BIN_MS = 4
"""The loudness of a part is kept as the energy of every 4 ms: the largest step that fits frames and 100 ms."""
_HEAD = 4


@dataclass(frozen=True)
class Figures:
    """What was measured while one utterance was mastered; energies of several utterances may be added."""

    words: int
    raw_low: float
    raw_high: float
    """Energy from 0.3 to 3 kHz and from 5 to 9 kHz in the voice's own recording."""
    made_low: float
    made_high: float
    """The same after mastering and MP3."""
    speech_ms: int
    pressed_ms: int
    """How long there is speech, and how long of it the limiter takes more than 8 dB."""


@dataclass(frozen=True)
class Part:
    """Frames with a sound in them, which is late by the encoder delay; room tone around it."""

    ms: int
    """How long the sound lasts."""
    frames: bytes
    energy: bytes
    """K-weighted mean square of every 4 ms, 32-bit floats (ITU-R BS.1770)."""
    peak: float
    """True peak (dBFS) after decoding."""
    lufs: float
    """Loudness of the sound alone, after decoding."""
    figures: Figures | None = None
    """Of an utterance."""

    def to_bytes(self) -> bytes:
        """As it is kept on disk."""
        figures = asdict(self.figures) if self.figures else None
        facts = {"ms": self.ms, "peak": self.peak, "lufs": self.lufs, "frames": len(self.frames), "figures": figures}
        head = json.dumps(facts).encode()
        return len(head).to_bytes(_HEAD, "big") + head + self.frames + self.energy

    @classmethod
    def from_bytes(cls, raw: bytes) -> Part:
        """Read what to_bytes wrote."""
        start = _HEAD + int.from_bytes(raw[:_HEAD], "big")
        facts = json.loads(raw[_HEAD:start])
        end = start + facts["frames"]
        figures = Figures(**facts["figures"]) if facts["figures"] else None
        return cls(facts["ms"], raw[start:end], raw[end:], facts["peak"], facts["lufs"], figures)
