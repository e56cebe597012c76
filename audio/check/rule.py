"""The table of the check: a rule with its target, what was measured, and what misses it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NAMED = 5
"""So many misses of one rule are named in the table; data has them all."""


@dataclass(frozen=True)
class Rule:
    """One line of the table: a rule with what was measured."""

    rule: str
    target: str
    measured: str
    ok: bool
    misses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Something that was measured, with its place in a file where it has one (ms, and what is said there)."""

    value: float
    at_ms: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Limits:
    """A rule for a number that is measured more than once."""

    rule: str
    target: str
    least: float = -math.inf
    most: float = math.inf

    def judge(self, readings: Mapping[str, Sequence[Reading]]) -> Rule:
        """The rule over everything that was measured, by the name of where; all must be within the limits."""
        values = sorted(one.value for some in readings.values() for one in some)
        misses = [
            f"{place(name, one)}: {one.value:.4g}"
            for name, some in readings.items()
            for one in some
            if not self.least <= one.value <= self.most
        ]
        return rule(self.rule, self.target, _range(values), misses)


def rule(name: str, target: str, measured: str, misses: Sequence[str]) -> Rule:
    """A rule that is good when nothing misses it."""
    return Rule(name, target, measured, not misses, tuple(misses))


def _range(values: Sequence[float]) -> str:
    if not values:
        return "none here"
    least, most = _number(values[0]), _number(values[-1])
    return least if least == most else f"{least} … {most}"


def _number(value: float) -> str:
    """To two decimals, and small numbers to two figures."""
    return f"{value:.2g}" if 0 < abs(value) < 0.1 else f"{value:.2f}".rstrip("0").rstrip(".")


def place(name: str, reading: Reading) -> str:
    """Where something was measured: the key of the file, the moment in it, and what is said there."""
    words = [name]
    if reading.at_ms is not None:
        words.append(f"at {reading.at_ms // 60_000}:{reading.at_ms // 1000 % 60:02}")
    if reading.text:
        words.append(f'"{reading.text}"')
    return " ".join(words)


def table(rules: Sequence[Rule]) -> str:
    """The rules as a table, each miss below its rule."""
    head = ("rule", "target", "measured")
    rows = [head, *((one.rule, one.target, one.measured) for one in rules)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_row(head, widths)]
    for one in rules:
        lines.append(f"{_row((one.rule, one.target, one.measured), widths)}  {'ok' if one.ok else 'MISS'}")
        lines += [f"    {miss}" for miss in one.misses[:NAMED]]
        if len(one.misses) > NAMED:
            lines.append(f"    and {len(one.misses) - NAMED} more")
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True))
