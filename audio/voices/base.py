"""What a voice is to the build: a name, whether it is ready here, and text in, sound out."""

from __future__ import annotations

import functools
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Self

WAY_OUT = "The embedded voice needs no network: --voice espeak"


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


@dataclass(frozen=True)
class Option:
    """What a user may choose: ``--<voice>-<name>``, or ``RUGOEFENING_<VOICE>_<NAME>`` where that setting exists."""

    name: str
    """As the voice's own field is called."""
    metavar: str
    help: str


class Voice(ABC):
    """A speech engine with its settings; one instance may be pickled to another process."""

    name: ClassVar[str]
    summary: ClassVar[str]
    options: ClassVar[tuple[Option, ...]] = ()
    remote: ClassVar[bool] = False
    """Speaks over the network: asked by one process only, one sentence after the other."""
    softening_db: ClassVar[float] = 0.0
    """How much the band from 5 to 9 kHz is lowered in mastering, for a voice that is sharp (dB)."""

    @classmethod
    def chosen(cls, choices: Mapping[str, str]) -> Self:
        """The voice with what the user chose, by the names of its options; looks at nothing yet."""
        return cls(**choices)

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """All that shapes the sound: engine, version and settings. Another fingerprint means: speak anew.

        Raises AudioError when what the user chose cannot be used.
        """

    @property
    def licence(self) -> str:
        """What its owner asks of whoever uses the sound; empty where there is nothing to tell."""
        return ""

    @abstractmethod
    def readiness(self) -> Readiness:
        """Whether this voice can speak here; asks nothing of the network."""

    @abstractmethod
    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError when the engine cannot."""


def install(extra: str) -> str:
    """The command that installs what a voice needs, for the Python that runs now."""
    return f'in the folder of the project, run: {sys.executable} -m pip install -c constraints.txt -e ".[{extra}]"'


@functools.cache
def installed_version(module: str, package: str) -> str:
    """The version by the name of the installed metadata: importlib.metadata alone would cost a no-op 40 ms."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return "missing"
    place = Path(spec.origin).parents[1]
    return next((one.name for one in place.glob(f"{package.replace('-', '_')}-*.dist-info")), "unknown")
