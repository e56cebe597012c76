"""Sound for the virtual Echo, through whatever audio player the machine has."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

_SECONDS_A_FRAME = 0.024
"""One MP3 frame at 24 kHz; mpg123 seeks by frames."""

_COMMANDS: Mapping[str, Callable[[str, float], Sequence[str]]] = {
    "mpv": lambda file, at: ("--no-video", "--really-quiet", f"--start={at:.2f}", file),
    "ffplay": lambda file, at: ("-nodisp", "-autoexit", "-loglevel", "quiet", "-ss", f"{at:.2f}", file),
    "mpg123": lambda file, at: ("-q", "-k", str(int(at / _SECONDS_A_FRAME)), file),
    "cvlc": lambda file, at: ("-q", "--play-and-exit", f"--start-time={at:.2f}", file),
    "afplay": lambda file, at: (file,) if at < 1 else (),
}
"""Players that start at any place come first; afplay can only start at the beginning."""


class Loudspeaker(Protocol):
    """Makes audio files sound, one at a time."""

    def play(self, data: bytes, start_s: float) -> None:
        """Sound an MP3 from this place, in place of what sounded."""

    def stop(self) -> None:
        """Be silent."""


class Mute:
    """Makes no sound."""

    def play(self, data: bytes, start_s: float) -> None:
        """Do nothing with it."""

    def stop(self) -> None:
        """Stay silent."""


class ProgramLoudspeaker:
    """Sounds through a program such as mpv, ffplay, mpg123, afplay or cvlc."""

    def __init__(self, name: str, program: str) -> None:
        self.name = name
        self._program = program
        self._running: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="rugoefening-")

    def play(self, data: bytes, start_s: float) -> None:
        """Sound an MP3 from this place, in place of what sounded."""
        self.stop()
        file = Path(self._folder.name) / "now.mp3"
        file.unlink(missing_ok=True)
        file.write_bytes(data)
        words = _COMMANDS[self.name](str(file), start_s)
        if words:
            silent = subprocess.DEVNULL
            self._running = subprocess.Popen(  # noqa: S603 # a player found on PATH, with a file of our own
                [self._program, *words], stdin=silent, stdout=silent, stderr=silent
            )

    def stop(self) -> None:
        """Be silent."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
            self._running = None


def find_loudspeaker() -> ProgramLoudspeaker | None:
    """The first player on this machine, None when there is none."""
    for name in _COMMANDS:
        program = shutil.which(name)
        if program:
            return ProgramLoudspeaker(name, program)
    return None
