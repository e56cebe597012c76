"""The small notation that phrases are written in: ``(a|b)``, ``[a]`` and ``<part>``.

A line with many alternatives stands for more phrases than a model needs, because Alexa generalises over the
samples of a custom intent. Such a line is thinned: every alternative still occurs, not every combination.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 48
"""A line that stands for more phrases than this is thinned to about as many."""
_TOKENS = re.compile(r"[()\[\]|]|[^()\[\]|]+")
_DEEPEST = 5


@dataclass(frozen=True)
class _Text:
    text: str

    def amount(self) -> int:
        return 1

    def width(self) -> int:
        return 1

    def all(self) -> list[str]:
        return [self.text]

    def pick(self, turn: int) -> str:
        del turn
        return self.text


@dataclass(frozen=True)
class _Sequence:
    items: tuple[_Node, ...]

    def amount(self) -> int:
        product = 1
        for item in self.items:
            product *= item.amount()
        return product

    def width(self) -> int:
        return max((item.width() for item in self.items), default=1)

    def all(self) -> list[str]:
        return ["".join(parts) for parts in itertools.product(*(item.all() for item in self.items))]

    def pick(self, turn: int) -> str:
        # every later group also moves on when an earlier one has gone round, or the same pairs would recur
        return "".join(item.pick(turn + place * (turn // 7)) for place, item in enumerate(self.items))


@dataclass(frozen=True)
class _Choice:
    items: tuple[_Node, ...]

    def amount(self) -> int:
        return sum(item.amount() for item in self.items)

    def width(self) -> int:
        return len(self.items) * max(item.width() for item in self.items)

    def all(self) -> list[str]:
        return [text for item in self.items for text in item.all()]

    def pick(self, turn: int) -> str:
        return self.items[turn % len(self.items)].pick(turn // len(self.items))


_Node = _Text | _Sequence | _Choice


def expand(template: str, parts: Mapping[str, str]) -> list[str]:
    """The phrases of a line, in order, without doubles; a line with very many is thinned.

    Raises ValueError for a bracket without its other half or a part that does not exist.
    """
    tokens = _TOKENS.findall(_filled(template, parts))
    node, rest = _parsed(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"{tokens[rest]!r} has no opening bracket")
    phrases = node.all() if node.amount() <= ENOUGH else _thinned(node)
    return list(dict.fromkeys(" ".join(phrase.split()) for phrase in phrases))


def _thinned(node: _Node) -> list[str]:
    return [node.pick(turn) for turn in range(max(ENOUGH, 2 * node.width()))]


def _filled(template: str, parts: Mapping[str, str], depth: int = 0) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in parts or depth > _DEEPEST:
            raise ValueError(f"there is no part <{match[1]}>")
        return _filled(parts[match[1]], parts, depth + 1)

    return re.sub(r"<(\w+)>", part, template)


def _parsed(tokens: Sequence[str], at: int) -> tuple[_Node, int]:
    options: list[_Node] = []
    items: list[_Node] = []
    while at < len(tokens) and tokens[at] not in (")", "]"):
        token = tokens[at]
        if token == "|":  # noqa: S105 # a bar between alternatives, no password
            options.append(_Sequence(tuple(items)))
            items, at = [], at + 1
        elif token in ("(", "["):
            inner, end = _parsed(tokens, at + 1)
            closing = ")" if token == "(" else "]"  # noqa: S105 # a bracket, no password
            if end >= len(tokens) or tokens[end] != closing:
                raise ValueError(f"{token!r} is never closed with {closing!r}")
            items.append(inner if token == "(" else _optional(inner))  # noqa: S105 # a bracket, no password
            at = end + 1
        else:
            items.append(_Text(token))
            at += 1
    options.append(_Sequence(tuple(items)))
    return (_Choice(tuple(options)) if len(options) > 1 else options[0]), at


def _optional(inner: _Node) -> _Node:
    options = inner.items if isinstance(inner, _Choice) else (inner,)
    return _Choice((_Text(""), *options))
