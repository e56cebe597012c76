"""Typed words at any moment: a line editor beside a live line, or plain lines where there is no terminal."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
from typing import Protocol, TextIO

END = None
"""What :meth:`Keyboard.poll` gives when nothing more will come."""
_BACKSPACES = ("\x7f", "\b")


class Keyboard(Protocol):
    """Where typed lines come from."""

    typed: str
    """What is typed so far of the next line, when that is known."""

    def poll(self, seconds: float) -> list[str | None]:
        """Lines that came within this time; END among them when nothing more will come."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class LineKeyboard:
    """Reads whole lines in a thread: pipes, files, and terminals that cannot be read key by key."""

    def __init__(self, stream: TextIO) -> None:
        self.typed = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(END)

    def poll(self, seconds: float) -> list[str | None]:
        """Lines that came within this time."""
        try:
            return [self._lines.get(timeout=seconds)]
        except queue.Empty:
            return []

    def close(self) -> None:
        """Nothing was changed."""


class KeyKeyboard:
    """Reads keys from a terminal, so that a live line can be drawn beside the words that are being typed."""

    def __init__(self, stream: TextIO) -> None:
        import termios  # noqa: PLC0415 # does not exist on every system: see open_keyboard
        import tty  # noqa: PLC0415 # as above

        self.typed = ""
        self._file = stream.fileno()
        self._termios = termios
        self._before = termios.tcgetattr(self._file)
        self._half = b""
        tty.setcbreak(self._file)

    def poll(self, seconds: float) -> list[str | None]:
        """Lines that were finished within this time."""
        ready, _, _ = select.select([self._file], [], [], seconds)
        if not ready:
            return []
        data = self._half + os.read(self._file, 1024)
        if data == b"":
            return [END]
        text = data.decode("utf-8", errors="ignore")
        self._half = b"" if text.encode() == data else data[len(text.encode()) :]
        return self._taken(text)

    def _taken(self, text: str) -> list[str | None]:
        lines: list[str | None] = []
        for key in text:
            if key in "\r\n":
                lines.append(self.typed)
                self.typed = ""
            elif key == "\x04":
                lines.append(END)
            elif key in _BACKSPACES:
                self.typed = self.typed[:-1]
            elif key.isprintable():
                self.typed += key
        return lines

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._termios.tcsetattr(self._file, self._termios.TCSADRAIN, self._before)


def open_keyboard(stream: TextIO = sys.stdin) -> Keyboard:
    """Keys where there is a terminal that gives them, else whole lines."""
    if stream.isatty():
        try:
            return KeyKeyboard(stream)
        except (ImportError, OSError):
            pass
    return LineKeyboard(stream)
