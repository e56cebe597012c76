"""What a voice is to the build: a name, whether it is ready here, and text in, sound out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Recording:
    """What a voice said: mono, signed 16-bit samples in this machine's byte order."""

    pcm: bytes
    rate: int
    """Samples a second (Hz)."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / 2 / self.rate


@dataclass(frozen=True)
class Readiness:
    """Whether a voice can speak here, and if not, what it needs."""

    ready: bool
    note: str


class Voice(ABC):
    """A speech engine with its settings; one instance may be pickled to another process."""

    name: ClassVar[str]
    summary: ClassVar[str]
    remote: ClassVar[bool] = False
    """Speaks over the network: fetched by one process only, and kept as it came."""
    softening_db: ClassVar[float] = 0.0
    """How much the band from 5 to 9 kHz is lowered in mastering, for a voice that is sharp (dB)."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """All that shapes the sound: engine, version and settings. Another fingerprint means: speak anew."""

    @abstractmethod
    def readiness(self) -> Readiness:
        """Whether this voice can speak here; asks nothing of the network."""

    @abstractmethod
    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError when the engine cannot."""
