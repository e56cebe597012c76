"""What is sent to worker processes and comes back: light to import, heavy only where the work is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio.cache import SpeechCache
from audio.score import Utterance
from audio.timeline import Timeline
from audio.voices.base import Voice


@dataclass(frozen=True)
class Shop:
    """Where one voice is worked on: its cache, and the folder of its pack."""

    voice: Voice
    cache: SpeechCache
    folder: Path


@dataclass(frozen=True)
class Made:
    """One finished file, measured after decoding. Times include the encoder delay."""

    file: str
    ms: int
    lufs: float
    peak: float
    """True peak (dBFS)."""
    hash: str
    size: int
    """Bytes."""
    steps: list[dict[str, Any]]
    """Of a track: its steps as they stand in the manifest."""


@dataclass(frozen=True)
class MixJob:
    """One file to make."""

    digest: str
    """Of its score."""
    name: str
    """The first of its keys, for messages."""
    timeline: Timeline
    track: bool


@dataclass(frozen=True)
class SpeakTask:
    """Speaks and masters utterances; answers their lengths (ms)."""

    shop: Shop

    def __call__(self, batch: Sequence[Utterance]) -> list[int]:
        """Speak them one after the other."""
        from audio.work import speak  # noqa: PLC0415 # heavy: loads where the work is done

        return [speak(self.shop, one) for one in batch]


@dataclass(frozen=True)
class MixTask:
    """Mixes and encodes files."""

    shop: Shop

    def __call__(self, batch: Sequence[MixJob]) -> list[Made]:
        """Make them one after the other."""
        from audio.work import make  # noqa: PLC0415 # heavy: loads where the work is done

        return [make(self.shop, one.timeline, one.name, track=one.track) for one in batch]
