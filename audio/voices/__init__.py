"""The voices, by name. A new one is a module here with a subclass of Voice, and a line in VOICES."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from audio.voices.base import Readiness, Recording, Voice
from audio.voices.espeak import EspeakVoice
from audio.voices.gtts import GttsVoice

VOICES: Mapping[str, type[Voice]] = MappingProxyType({"espeak": EspeakVoice, "gtts": GttsVoice})

__all__ = ["VOICES", "EspeakVoice", "GttsVoice", "Readiness", "Recording", "Voice"]
