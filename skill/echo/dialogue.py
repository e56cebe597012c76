"""Whole conversations as data: reads a dialogue file, one line a turn (see ``tests/dialogues/README.md``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from skill.errors import ProblemsError

SAYS, INTERRUPTS, HEARS, SEES, WAITS, DOES = ">", ">>", "<", "?", "~", "!"
_LINE = re.compile(r"\s*(>>|[><?~!])\s+(.*\S)\s*")
END = "het einde"
"""Where a dialogue waits for the device to fall silent."""
_UNITS = {"s": 1, "sec": 1, "seconde": 1, "seconden": 1, "min": 60, "minuut": 60, "minuten": 60}
_UNITS |= {"uur": 3600, "dag": 86400, "dagen": 86400}
_TIME = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)")
_UNTIL = re.compile(r"tot\s+(?:(\d+(?:[.,]\d+)?)\s*s\s+(na|voor)\s+)?(herhaling \d+|\S+)")


class DialogueError(ProblemsError):
    """A dialogue file cannot be read; each problem reads ``file:line: what is wrong``."""


@dataclass(frozen=True)
class Line:
    """One turn."""

    number: int
    mark: str
    text: str


@dataclass(frozen=True)
class Dialogue:
    """A conversation and where it stands."""

    path: Path
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Difference:
    """The first line that came out otherwise."""

    path: Path
    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        """``file:line: expected …, got …``."""
        return f"{self.path}:{self.line}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class Until:
    """A place to play on to: the start of a step, and seconds after (or, negative, before) it."""

    place: str
    seconds: float = 0.0


def read_dialogue(path: Path) -> Dialogue:
    """Read a dialogue file. Raises DialogueError with all lines that are no turn."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DialogueError("The dialogue cannot be read:", [f"{path}: {error}"]) from error
    lines: list[Line] = []
    problems: list[str] = []
    title = ""
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            title = title or stripped.lstrip("# ")
            continue
        match = _LINE.fullmatch(raw)
        if match is None:
            problems.append(f"{path}:{number}: {stripped!r}: begin with one of > >> < ? ~ ! and a space")
            continue
        line = Line(number, match[1], match[2])
        if line.mark == WAITS and waiting(line.text) is None:
            problems.append(f"{path}:{number}: {stripped!r}: write ~ 40 s, ~ 10 min, ~ 1 dag, ~ tot right_side")
        lines.append(line)
    if problems or not lines:
        raise DialogueError("The dialogue cannot be read:", problems or [f"{path}: there is no turn in it"])
    return Dialogue(path, title, tuple(lines))


def waiting(text: str) -> float | Until | None:
    """How long a ``~`` line waits (s), or up to where; None when it says neither."""
    if text == "tot het einde":
        return Until(END)
    until = _UNTIL.fullmatch(text)
    if until is not None:
        seconds = float((until[1] or "0").replace(",", "."))
        return Until(until[3], -seconds if until[2] == "voor" else seconds)
    time = _TIME.fullmatch(text)
    if time is None or time[2] not in _UNITS:
        return None
    return float(time[1].replace(",", ".")) * _UNITS[time[2]]
