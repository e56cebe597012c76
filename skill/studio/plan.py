"""The time line of a whole routine at one level and tempo, as data for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skill.content import PREPARATION, Content, CueKind, Exercise, Routine
from skill.pack import Pack, TimedStep, Track

LEAST_REST_MS = 2000
"""A shorter rest needs no clock: it is only a breath between two lines."""
COUNT = "count"
"""The kind of cue that counts a hold aloud."""


def plan_of(content: Content, pack: Pack, routine_id: str, level: str, tempo: str) -> dict[str, Any] | None:
    """Every exercise and step with its lines, repetitions, rests and holds (ms); None without such tracks."""
    routine = content.routines[routine_id]
    tracks = [(track_id, pack.track(routine_id, track_id, level, tempo)) for track_id in routine.track_ids]
    found = [(track_id, track) for track_id, track in tracks if track is not None]
    if not found:
        return None
    return {
        "key": f"{pack.id}/{level}/{tempo}",
        "title": routine.title,
        "level": level,
        "tempo": tempo,
        "exercises": [_exercise(routine, track_id, track) for track_id, track in found],
    }


def _exercise(routine: Routine, track_id: str, track: Track) -> dict[str, Any]:
    exercise = routine.exercise(track_id)
    moves = exercise is not None and _moves(routine, exercise)
    steps = [_step(step, aside=step.transition and not moves) for step in track.steps]
    return {
        "id": track_id,
        "title": exercise.title if exercise else _capital(routine.preparation.spoken_name),
        "posture": exercise.posture if exercise else "",
        "aside": track_id == PREPARATION,
        "ms": track.ms,
        "usual_ms": track.ms - sum(one["end_ms"] - one["start_ms"] for one in steps if one["aside"]),
        "steps": steps,
    }


def _moves(routine: Routine, exercise: Exercise) -> bool:
    """Whether the body comes from another posture in the usual order, so that a transition is heard."""
    before = routine.exercises[: routine.exercises.index(exercise)]
    return bool(before) and before[-1].posture is not exercise.posture


def _step(step: TimedStep, *, aside: bool) -> dict[str, Any]:
    numbers = [cue.repetition for cue in step.cues if cue.repetition is not None]
    return {
        "id": step.id,
        "name": _capital(step.spoken_name),
        "side": step.side or "",
        "transition": step.transition,
        "aside": aside,
        "start_ms": step.start_ms,
        "end_ms": step.end_ms,
        "repetitions": max(numbers, default=0),
        "beats": [[start, number] for start, number in _beats(step)],
        "lines": [[cue.start_ms, cue.text] for cue in step.cues if cue.text and cue.kind != COUNT],
        "waits": [[kind, start, end] for kind, start, end in _waits(step)],
    }


def _beats(step: TimedStep) -> Iterator[tuple[int, int]]:
    """When each repetition begins; 0 is what comes after the last."""
    last = 0
    for cue in step.cues:
        number = cue.repetition or 0
        if number != last:
            yield cue.start_ms, number
            last = number


def _waits(step: TimedStep) -> Iterator[tuple[str, int, int]]:
    """The rests and holds that are long enough to show; rests that follow each other are one."""
    waits: list[tuple[str, int, int]] = []
    for cue in step.cues:
        if cue.kind not in (CueKind.REST, CueKind.HOLD):
            continue
        if waits and cue.kind == CueKind.REST and waits[-1][0] == CueKind.REST and waits[-1][2] == cue.start_ms:
            waits[-1] = (waits[-1][0], waits[-1][1], cue.end_ms)
        else:
            waits.append((cue.kind, cue.start_ms, cue.end_ms))
    return (one for one in waits if one[0] == CueKind.HOLD or one[2] - one[1] >= LEAST_REST_MS)


def _capital(name: str) -> str:
    """A spoken name without its article, as a heading: "de rechterkant" is "Rechterkant"."""
    bare = name.removeprefix("de ").removeprefix("het ")
    return bare[:1].upper() + bare[1:]
