"""A voice of one's own, whole: a buzz that sounds the syllables of a text. The README points here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from audio.voices import Readiness, Recording, Voice
from skill.errors import AudioError

RATE = 24_000
SYLLABLE_S = 0.28


@dataclass(frozen=True)
class BuzzVoice(Voice):
    """One vowel, as often as the text has syllables."""

    name: ClassVar[str] = "buzz"
    summary: ClassVar[str] = "a buzz: to hear when something is said, not what"

    pitch: float = 120.0
    """Hz."""

    @property
    def fingerprint(self) -> str:
        """The settings: there is no engine."""
        return repr(self)

    def readiness(self) -> Readiness:
        """Always."""
        return Readiness(True, "needs nothing")

    def speak(self, text: str) -> Recording:
        """Buzz once a syllable, SYLLABLE_S seconds each. Raises AudioError where there is nothing to say."""
        import numpy as np  # noqa: PLC0415 # a build without work loads nothing heavy

        syllables = len(re.findall("[aeiouyàâäéèêëïîôöûü]+", text.lower()))
        if not syllables:
            raise AudioError(f"There is no syllable in {text!r}; write it out in words")
        time = np.arange(int(syllables * SYLLABLE_S * RATE)) / RATE
        buzz = sum(np.sin(2 * np.pi * self.pitch * one * time) / one for one in range(1, 12))
        loud = 0.1 + np.sin(np.pi * time / SYLLABLE_S) ** 2
        return Recording((buzz * loud * 10_000).astype(np.int16).tobytes(), RATE)
