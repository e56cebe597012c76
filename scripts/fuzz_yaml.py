"""YAML that nobody should write: the shipped files spoiled line by line, and small files full of traps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from scripts.fuzz_app import Finding
from skill.content import PROMPTS, ROUTINES, load_content
from skill.errors import ContentError

SMALL_MS = 50.0
"""CPU time for a file of a few lines."""
WHOLE_MS = 2_000.0
"""CPU time for a whole routine or all prompts, which are read at the start and not while somebody waits."""
TRAPS: Sequence[str] = (
    "a: &a [x, x, x, x, x, x, x, x, x]",
    "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]",
    "c: *b",
    "<<: *a",
    "a: &a {b: *a}",
    "- !!python/object/apply:os.system [ls]",
    "key: !!binary AAAA",
    "key: !!set {a, b}",
    "? [a, b]",
    ": nothing",
    "1: 2",
    "~: ~",
    "yes: no",
    "key: 1e999999",
    "key: .nan",
    "key: " + "9" * 500,
    "key: 0x" + "f" * 50,
    "key: 1:30:00",
    "key: 2026-13-45",
    "key: '",
    'key: "\\U0010FFFF\\x00\\uD800"',
    "key: |\n  a\n b",
    "key: >-\n",
    "\tkey: x",
    "---",
    "...",
    "%YAML 9.9",
    "%TAG ! tag:x,2000:",
    "[" * 40,
    "{a: " * 40,
    "- " * 40,
    "key: \u202eabc\u200d\ufeff",
    "key: \u0130e\u0301\U0001f1f3",
    "{step: x}",
    "id: open_book",
    "exercises:",
    "steps:",
    "say: '{say:pause} {naam} {{}} {'",
    "rest: -1",
    "rest: 1e3",
    "reviewed_by: null",
)


def spoiled_file(random: Random, text: str) -> str:
    """A shipped file with some lines removed, doubled, moved, indented, cut or replaced by a trap."""
    lines = text.splitlines()
    for _ in range(random.choice((1, 2, 3, 10, 60))):
        at = random.randrange(len(lines) or 1)
        line = lines[at] if lines else ""
        cut = random.randrange(len(line) + 1)
        indent = " " * (len(line) - len(line.lstrip()))
        lines[at : at + 1] = random.choice(
            (
                [],
                [line, line],
                [indent + random.choice(TRAPS)],
                [line[:cut]],
                ["  " + line],
                [line[1:]],
                [line[:cut] + chr(random.randrange(0x110000)) + line[cut:]],
                [line.partition(":")[0] + ": " + random.choice(TRAPS).partition(": ")[2]],
                [random.choice(lines)] if lines else [],
            )
        )
    return "\n".join(lines) + "\n"


def small_file(random: Random) -> str:
    """A few lines of traps, indented at random."""
    count = random.choice((1, 2, 3, 6))
    return "\n".join(random.choice(("", "  ", "- ", "x: ")) + random.choice(TRAPS) for _ in range(count))


class YamlReader:
    """Reads what was spoiled as the product would: a folder with one routine, and the prompts."""

    def __init__(self, folder: Path) -> None:
        self._routine, self._prompts = folder / "spoiled.yaml", folder / "prompts.yml"
        self.shipped = {path: path.read_text("utf-8") for path in (*sorted(ROUTINES.glob("*.yaml")), PROMPTS)}

    def small(self, text: bytes) -> float:
        """Read a small file as routine and as prompts; answers the CPU time (ms). Raises Finding."""
        self._routine.write_bytes(text)
        self._prompts.write_bytes(text)
        return self._read(SMALL_MS)

    def whole(self, random: Random) -> float:
        """Read the shipped files with one of them spoiled; answers the CPU time (ms). Raises Finding."""
        chosen = random.choice(sorted(self.shipped))
        for path, text in self.shipped.items():
            written = spoiled_file(random, text) if path == chosen else text
            target = self._prompts if path == PROMPTS else self._routine
            target.write_bytes(written.encode("utf-8", "surrogatepass"))
        return self._read(WHOLE_MS)

    def _read(self, limit_ms: float) -> float:
        ms = self._once()
        if ms > limit_ms:
            ms = min(ms, self._once(), self._once())
        if ms > limit_ms:
            raise Finding(f"{ms:.0f} ms of CPU time (three times)")
        return ms

    def _once(self) -> float:
        began = time.thread_time()
        try:
            load_content(routines=self._routine.parent, prompts=self._prompts)
        except ContentError as error:
            if not error.problems:
                raise Finding("refused without a reason") from error
        return (time.thread_time() - began) * 1000
