"""Where somebody is in the training, by what their device tells of its player; nothing that the coach knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skill.errors import PackError
from skill.pack import Pack, PackReader, Track

CLOSING = "closing"
ORDER = ("open_book", "seated_turn", "elbows_up")
LAST = ("elbows_up", "repetitions")
"""The exercise and the step of the last repetitions."""
_PARTS = 8
"""Of a stream token: version, routine, track, level, tempo, pack, run, marks."""
_NEAR_MS = 4000
"""A word is heard a little before or after a border, and going on begins at a line."""
_END_MS = 10_000
"""So near to the end of an exercise, what comes next may come already."""


@dataclass(frozen=True)
class Place:
    """An exercise and a moment in it, in the pack that its token names."""

    exercise: str
    step: str
    around: frozenset[str]
    """The steps within some seconds."""
    at_start: bool
    """Whether it is the start of the exercise."""
    at_end: bool


class Places:
    """Finds places in the packs of a folder; safe for threads."""

    def __init__(self, packs: PackReader) -> None:
        self._packs = packs

    def find(self, token: object, offset_ms: object) -> Place | None:
        """The place of a stream; None when the token names no track of a pack that is there."""
        track = self._track(token)
        if track is None or not isinstance(offset_ms, int):
            return None
        exercise = str(token).split(":")[2]
        steps = [track.steps[track.step_index(offset_ms + shift)] for shift in (0, -_NEAR_MS, _NEAR_MS)]
        begins = {one.start_ms for one in track.steps if not one.transition or one is track.steps[0]}
        first = min((start for start in begins if start), default=0)
        return Place(
            exercise,
            steps[0].id,
            frozenset(one.id for one in steps),
            at_start=min(abs(offset_ms), abs(offset_ms - first)) <= _NEAR_MS,
            at_end=offset_ms >= track.ms - _END_MS,
        )

    def finished(self, envelope: Mapping[str, Any], answer: Any) -> str | None:
        """The run of a playback event behind the last repetition, or of a session in which the closing is spoken."""
        request = envelope["request"]
        held = (envelope.get("session", {}).get("attributes") or {}).get("place")
        if held and says_closing(answer):
            return run_of(held["token"])
        if not str(request["type"]).startswith("AudioPlayer.Playback") or "offsetInMilliseconds" not in request:
            return None
        token = request["token"]
        track = self._track(token)
        closing = track.step(CLOSING) if track else None
        # a little behind the border: another recording of the same exercise has it elsewhere
        if closing is None or request["offsetInMilliseconds"] < closing.start_ms + 500:
            return None
        return run_of(token)

    def _track(self, token: object) -> Track | None:
        parts = str(token).split(":")
        if len(parts) != _PARTS:
            return None
        pack = self._pack(parts[5])
        return pack.track(*parts[1:5]) if pack else None

    def _pack(self, identity: str) -> Pack | None:
        try:
            served = self._packs.current()
        except PackError:
            return None
        return served if served.id == identity else self._packs.older(identity)


def run_of(token: object) -> str | None:
    """The run that a stream token names; None when it is no token."""
    parts = str(token).split(":")
    return parts[6] if len(parts) == _PARTS else None


def speaks_a_step(answer: Any) -> bool:
    """Whether an answer speaks a whole step."""
    return "/step-" in json.dumps(answer)


def says_closing(answer: Any) -> bool:
    """Whether an answer speaks the last step: the only one behind which the microphone stays shut."""
    return speaks_a_step(answer) and answer["response"].get("shouldEndSession") is True


def is_back(before: Place, now: Place | None, *, roughly: bool) -> bool:
    """Whether somebody is back: at the same step, at the start of the exercise, or at the next when it was over.

    ``roughly``: within the exercise is enough, for whoever trains step by step and says "verder" behind a step.
    """
    if now is None:
        return False
    if before.exercise == now.exercise:
        return roughly or bool(before.around & now.around) or now.at_start
    return (before.at_end or roughly) and now.at_start and ORDER.index(now.exercise) == ORDER.index(before.exercise) + 1
