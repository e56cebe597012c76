"""Piper: natural voices that speak on this machine, each from a file that its user chose.

The package piper-tts is GPL-3.0-or-later: an extra, for building audio only.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from audio.voices.base import Option, Readiness, Recording, Voice, install, installed_version
from skill.errors import AudioError

if TYPE_CHECKING:
    from piper import PiperVoice as Engine

MODEL_CARD = "MODEL_CARD"
"""The text beside a published voice that tells where it comes from, and its licence."""
NO_LICENCE = f"licence unknown: no {MODEL_CARD} beside the voice file says it; look it up where the voice came from"
_LICENCE = re.compile(r"^[^\w\n]*licen[cs]e[^\w\n]+(\w.*)$", re.IGNORECASE | re.MULTILINE)
_HOW = "Choose a Dutch one with --piper-voice FILE or RUGOEFENING_PIPER_VOICE"
_LANGUAGE = (("language", "family"), ("language", "code"), ("espeak", "voice"))
"""Where the description beside a voice tells its language; older ones have the last only."""
_NEEDED = ("audio", "espeak", "num_symbols", "phoneme_id_map")
"""What the description must hold for the engine."""


@dataclass(frozen=True)
class PiperVoice(Voice):
    """A voice from an .onnx file with its .onnx.json beside it; no text leaves this machine."""

    name: ClassVar[str] = "piper"
    summary: ClassVar[str] = "natural, without a network, from a voice file of your choice"
    options: ClassVar[tuple[Option, ...]] = (Option("voice", "FILE", "the .onnx file of a Dutch piper voice"),)

    voice: str = ""
    """Path of the .onnx file."""
    slowness: float = 1.1
    """How much longer every sound lasts than the voice itself would make it: more is calmer."""

    @property
    def fingerprint(self) -> str:
        """The content of both files, the engine's version and the tempo. Raises AudioError as ``speak`` does."""
        model = _checked(self.voice)
        content = [_digest(one, one.stat().st_mtime_ns) for one in (model, _description(model))]
        return f"piper {' '.join(content)} {self.slowness} {installed_version('piper', 'piper-tts')}"

    @property
    def licence(self) -> str:
        """The lines on the licence in the MODEL_CARD beside the voice file."""
        try:
            if not self.voice or not _path(self.voice).is_file():
                return ""
        except (AudioError, OSError):
            return ""
        try:
            card = _path(self.voice).with_name(MODEL_CARD).read_text(encoding="utf-8", errors="replace")
        except OSError:
            card = ""
        found = dict.fromkeys(one.strip() for one in _LICENCE.findall(card))
        return f"licence of the voice file: {'; '.join(found)}" if found else NO_LICENCE

    def readiness(self) -> Readiness:
        """Whether the package is there and the voice file is a Dutch one; the model is not loaded for this."""
        if find_spec("piper") is None:
            return Readiness(False, install("piper"))
        try:
            return Readiness(True, f"needs no network; speaks with {_checked(self.voice)}")
        except AudioError as error:
            return Readiness(False, str(error))

    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError when package or voice file are missing or wrong, or the model fails."""
        engine = _engine(_checked(self.voice))
        from piper import SynthesisConfig  # noqa: PLC0415 # loads only when something must be spoken

        calm = SynthesisConfig(length_scale=engine.config.length_scale * self.slowness)
        try:
            pieces = [piece.audio_int16_bytes for piece in engine.synthesize(text, calm)]
        except Exception as error:  # what onnxruntime raises has no base of its own
            raise AudioError(f"The piper voice {self.voice} could not say {text!r}: {error}. {_HOW}") from error
        return Recording(b"".join(pieces), engine.config.sample_rate)


@functools.cache
def _engine(model: Path) -> Engine:
    """The loaded model; piper's own loader is not used, as it gives every process all processors."""
    try:
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415 # only when something must be spoken
        from piper import PiperConfig, PiperVoice  # noqa: PLC0415 # the same
    except ImportError as error:
        raise AudioError(f"The voice piper is not installed: {install('piper')}") from error
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # several of these processes work at once
    options.log_severity_level = 3  # errors only
    try:
        config = PiperConfig.from_dict(json.loads(_description(model).read_text(encoding="utf-8")))
        return PiperVoice(InferenceSession(str(model), options, providers=["CPUExecutionProvider"]), config)
    except (KeyError, TypeError, ValueError) as error:
        raise AudioError(f"{_description(model)} lacks what piper needs ({error!r}); fetch the voice again") from error
    except Exception as error:  # what onnxruntime raises has no base of its own
        raise AudioError(f"{model} is no voice that piper can load: {error}. Fetch the voice again") from error


def _checked(voice: str) -> Path:
    """The path of the voice file, when it and its description are there and Dutch; raises AudioError otherwise."""
    if not voice:
        raise AudioError(f"The voice piper needs a voice file (.onnx with its .onnx.json beside it). {_HOW}")
    model = _path(voice)
    try:
        there = model.is_file()
    except OSError:  # a name that no file can have
        there = False
    if not there:
        raise AudioError(f"The voice piper finds no file {model}. {_HOW}")
    description = _description(model)
    try:
        said = json.loads(description.read_text(encoding="utf-8"))
        found = [said[part][key] for part, key in _LANGUAGE if key in said.get(part, {})]
        lacking = [key for key in _NEEDED if key not in said]
    except OSError as error:
        raise AudioError(
            f"{description} cannot be read ({error.strerror}); it belongs beside its .onnx file"
        ) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise AudioError(f"{description} is damaged ({error}); fetch the voice again") from error
    if lacking:
        raise AudioError(
            f"{description} lacks {', '.join(lacking)}; it belongs to no piper voice, fetch the voice again"
        )
    languages = {re.split("[-_]", str(one))[0] for one in found}
    if languages != {"nl"}:
        raise AudioError(f"{model} speaks {', '.join(sorted(languages)) or 'an unnamed language'}, not Dutch. {_HOW}")
    return model


def _path(voice: str) -> Path:
    try:
        return Path(voice).expanduser().absolute()
    except RuntimeError as error:
        raise AudioError(f"{voice}: there is no such home folder. {_HOW}") from error


def _description(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


@functools.cache
def _digest(path: Path, _changed_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]
