"""A progress bar on standard error, when that is a terminal; lines of JSON for a program that asks for them."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 30
ASKED = "AUDIO_PROGRESS"
"""A program that starts a build and reads its standard error sets this variable to ``json``."""


@dataclass
class Progress:
    """How far a piece of work is, in units of any kind."""

    label: str
    total: float
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _done: float = 0.0
    _shown: float = 0.0

    def advance(self, units: float = 1.0) -> None:
        """So much more is done."""
        self._done += units
        told = _is_told()
        if (told or self.stream.isatty()) and time.monotonic() - self._shown > 0.1:
            self._shown = time.monotonic()
            if told:
                self._tell()
            else:
                self._draw()

    def close(self) -> None:
        """Leave the line clean."""
        if self.stream.isatty():
            self.stream.write("\r\033[K")
            self.stream.flush()

    @property
    def _share(self) -> float:
        return min(1.0, self._done / self.total) if self.total else 1.0

    def _tell(self) -> None:
        self.stream.write(json.dumps({"progress": self.label, "share": round(self._share, 3)}) + "\n")
        self.stream.flush()

    def _draw(self) -> None:
        share = self._share
        bar = ("#" * round(share * _WIDTH)).ljust(_WIDTH, ".")
        self.stream.write(f"\r\033[K{self.label:<10} [{bar}] {share:4.0%}")
        self.stream.flush()


def _is_told() -> bool:
    return os.environ.get(ASKED) == "json"
