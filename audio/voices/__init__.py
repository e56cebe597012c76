"""The voices, by name. A new one is a module here with a subclass of Voice, and a line in VOICES."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from audio.voices.base import Option, Readiness, Recording, Voice
from audio.voices.espeak import EspeakVoice
from audio.voices.gtts import GttsVoice
from audio.voices.piper import PiperVoice
from audio.voices.polly import PollyVoice

VOICES: Mapping[str, type[Voice]] = MappingProxyType(
    {voice.name: voice for voice in (EspeakVoice, GttsVoice, PiperVoice, PollyVoice)}
)

__all__ = [
    "VOICES",
    "EspeakVoice",
    "GttsVoice",
    "Option",
    "PiperVoice",
    "PollyVoice",
    "Readiness",
    "Recording",
    "Voice",
]
