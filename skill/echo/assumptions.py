"""What we assume of Amazon's recogniser and device in one language: ``builtins-nl.yaml`` and its sisters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from skill.echo.words import Spelling
from skill.errors import ModelError

BUILTINS = Path(__file__).with_name("builtins-nl.yaml")


@dataclass(frozen=True)
class Assumptions:
    """What is assumed of Amazon's recogniser and device; every key is explained in ``builtins-nl.yaml``."""

    intents: Mapping[str, Sequence[str]]
    playback: frozenset[str]
    becomes_pause: frozenset[str]
    launch: tuple[str, ...]
    asking: tuple[str, ...]
    connecting: tuple[str, ...]
    session_end: tuple[str, ...]
    fillers: frozenset[str]
    openings: tuple[tuple[str, ...], ...]
    spelling: Spelling
    """Knows digits as they are said, and dialect and colloquial forms."""
    joints: frozenset[str]
    denials: tuple[tuple[str, ...], ...]
    negations: frozenset[str]
    questions: frozenset[str]
    own: frozenset[str]
    subjects: frozenset[str]
    linking: tuple[str, ...]


def load_assumptions(path: Path = BUILTINS) -> Assumptions:
    """Read the assumptions of a language. Raises ModelError when they cannot be read."""
    try:
        return _assumptions(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 # a safe loader
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ModelError("The words of the built-in intents cannot be read:", [f"{path}: {error!r}"]) from error


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _assumptions(raw: Mapping[str, Any]) -> Assumptions:
    spelling = Spelling({**raw["digits"], **raw.get("variants", {})})

    def single(key: str) -> frozenset[str]:
        return frozenset(word for entry in raw.get(key, ()) for word in spelling.words(entry))

    def series(key: str) -> tuple[tuple[str, ...], ...]:
        return _longest_first(spelling.words(entry) for entry in raw.get(key, ()))

    return Assumptions(
        intents=raw["intents"],
        playback=frozenset(raw["playback"]),
        becomes_pause=frozenset(raw["becomes_pause"]),
        launch=tuple(raw["launch"]),
        asking=tuple(raw.get("asking", ("vraag",))),
        connecting=tuple(raw["connecting"]),
        session_end=tuple(raw["session_end"]),
        fillers=single("fillers"),
        openings=series("openings"),
        spelling=spelling,
        joints=single("joints"),
        denials=series("denials"),
        negations=single("negations"),
        questions=single("questions"),
        own=single("own"),
        subjects=single("subjects"),
        linking=tuple(raw["linking"]),
    )


def _longest_first(series: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(dict.fromkeys(series), key=len, reverse=True))
