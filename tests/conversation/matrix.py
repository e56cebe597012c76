"""Reads the matrix: states, words and expected outcomes, all written by hand (see the README of this folder)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from skill.content.nodes import LOADER

HERE = Path(__file__).parent
NOTHING = "silent"
ALEXA = "alexa"
NAMED = "Alexa, vraag rugoefening naar {}"


@dataclass(frozen=True)
class Outcome:
    """What is expected of one cell."""

    says: str
    """A clip, ``silent`` for nothing, or ``alexa`` when she answers by herself."""
    microphone: bool
    sounds: bool
    """Whether a step plays."""
    speaks: str | None
    """The step that is spoken in the answer, for who trains step by step."""
    between: bool
    """Whether the question behind that step is the one between two exercises."""
    place: str | None
    """Where it goes on: ``open_book/right_side``, or None where there is no place to go back to."""
    from_start: bool
    variant: frozenset[str]
    """What the step must sound like: ``easier``, ``calm`` …"""
    later: frozenset[str]
    """What it must sound like when it goes on later."""
    ends: bool
    """Whether the training is over: the next one begins with the introduction."""
    goes_on: bool
    """Whether the device itself plays on after silence, as it does behind a question that was asked in between."""
    recent: bool
    """Whether the pause counts as begun with this word, however long it was."""

    @property
    def track(self) -> str | None:
        """The exercise of the place."""
        return self.place.split("/")[0] if self.place else None


@dataclass(frozen=True)
class State:
    """One row of the matrix."""

    name: str
    title: str
    road: str
    """``said``: the microphone is open; ``into``: a step is being spoken; ``bare``: our audio plays or played last;
    ``named``: none of these."""
    place: str
    story: str
    away: bool
    """Whether the pause is so long that the exercise is played from its start."""
    cells: dict[str, str]

    def outcome(self, command: str) -> Outcome:
        """The expected outcome of a command."""
        return read_outcome(self.cells[command], self.place)


def read_states() -> dict[str, State]:
    """All states, by name."""
    found: dict[str, State] = {}
    for path in sorted((HERE / "states").glob("*.yaml")):
        for name, raw in _yaml(path).items():
            assert name not in found, f"{path}: {name} stands twice"
            cells = {str(command): str(cell) for command, cell in raw["cells"].items()}
            away = bool(raw.get("away"))
            found[name] = State(name, raw["title"], raw["road"], raw["place"], raw["story"], away, cells)
    return found


def utterance(command: str, road: str) -> str:
    """The words for a command on a road."""
    words = _yaml(HERE / "words.yaml")[command]
    if road == "said" or words["said"].startswith("Alexa"):
        return str(words["said"])
    if "named" in words and road != "into" and not (road == "bare" and words.get("bare")):
        return NAMED.format(words["named"])
    return f"Alexa, {words['said']}"


def commands_with_words() -> set[str]:
    """The commands that words.yaml knows."""
    return set(_yaml(HERE / "words.yaml"))


def read_outcome(cell: str, place: str) -> Outcome:
    """A cell such as ``easier; plays open_book/right_side easier``; without a place it is the one of the state."""
    says, *parts = [part.strip() for part in cell.split(";")]
    words = {part.split()[0]: part.split()[1:] for part in parts}
    strange = set(words) - {
        "mic",
        "end",
        "plays",
        "speaks",
        "between",
        "still",
        "nothing",
        "later",
        "goes_on",
        "next",
        "recent",
    }
    assert not strange, f"{cell!r}: unknown {sorted(strange)}"
    own = next((one for one in ("plays", "speaks", "still", "nothing") if one in words), None)
    how, *where = [own, *words[own]] if own else ["nothing"] if "end" in words else place.split()
    heard = frozenset(where[1:]) - {"start"}
    spoken = where[0] if how == "speaks" else None
    return Outcome(
        says=says,
        microphone="mic" in words,
        sounds=how == "plays",
        speaks=spoken,
        between="between" in words,
        place=words["next"][0] if "next" in words else where[0] if where and not spoken else None,
        from_start="start" in where,
        variant=heard,
        later=frozenset(words.get("later", ())) or heard,
        ends="end" in words,
        goes_on="goes_on" in words,
        recent="recent" in words,
    )


@cache
def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # a safe loader
