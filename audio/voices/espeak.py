"""espeak-ng from the espeakng-loader wheel: robotic, small, and speaks anywhere without a network."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, ClassVar

from audio.voices.base import Readiness, Recording, Voice, install, installed_version
from skill.errors import AudioError

PACKAGE = "espeakng-loader"
_SYNCHRONOUS = 2
_UTF8 = 1
_PARAMETERS = {"rate": 1, "pitch": 3, "range": 4}
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class EspeakVoice(Voice):
    """The embedded default voice."""

    name: ClassVar[str] = "espeak"
    summary: ClassVar[str] = "embedded in a wheel: works without a network, sounds like a machine"
    softening_db: ClassVar[float] = 12.0

    language: str = "nl"
    words_a_minute: int = 158
    pitch: int = 42
    """0 to 99; the engine's own value is 50."""
    pitch_range: int = 45
    """0 to 99; the engine's own value is 50. Less is calmer."""

    @property
    def fingerprint(self) -> str:
        """Engine version and settings."""
        return f"{self!r} {installed_version('espeakng_loader', PACKAGE)}"

    def readiness(self) -> Readiness:
        """Whether the wheel is installed; the library is not loaded for this."""
        if find_spec("espeakng_loader") is None:
            return Readiness(False, install("audio"))
        return Readiness(True, "needs no network")

    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError when the library is missing or refuses."""
        engine = _engine(self.language)
        for name, value in (
            ("rate", self.words_a_minute),
            ("pitch", self.pitch),
            ("range", self.pitch_range),
        ):
            engine.library.espeak_SetParameter(_PARAMETERS[name], value, 0)
        return Recording(engine.say(text), engine.rate)


class _Engine:
    """The loaded library; espeak-ng keeps global state, so there is one a process."""

    def __init__(self, library: ctypes.CDLL, rate: int) -> None:
        self.library = library
        self.rate = rate
        self._heard = bytearray()
        self._callback: Callable[..., int] = _Callback(self._hear)  # kept: the library holds only its address
        library.espeak_SetSynthCallback(self._callback)

    def _hear(self, wave: int | None, count: int, _events: Any) -> int:
        if wave and count > 0:
            self._heard += ctypes.string_at(wave, count * 2)
        return 0

    def say(self, text: str) -> bytes:
        self._heard.clear()
        raw = text.encode() + b"\0"
        status = self.library.espeak_Synth(raw, len(raw), 0, 0, 0, _UTF8, None, None)
        if status != 0:
            raise AudioError(f"espeak could not say {text!r} (status {status})")
        return bytes(self._heard)


@functools.cache
def _engine(language: str) -> _Engine:
    try:
        import espeakng_loader  # noqa: PLC0415 # loads only when something must be spoken
    except ImportError as error:
        raise AudioError(f"The voice espeak is not installed: {install('audio')}") from error
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    except (OSError, RuntimeError) as error:
        raise AudioError(f"The library of {PACKAGE} does not load here: {error}") from error
    if rate <= 0:
        raise AudioError(f"espeak-ng does not start (status {rate}); install {PACKAGE} again")
    engine = _Engine(library, rate)
    if library.espeak_SetVoiceByName(language.encode()) != 0:
        raise AudioError(f"espeak-ng has no voice for {language!r}")
    return engine
