"""The routine as it stands in its file and as it sounds: every line of the YAML with its time in the audio."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skill.content import PREPARATION, Content, Cue, CueKind, Level, Step
from skill.pack import Pack, TimedCue, TimedStep

COUNT = "count"
"""The kind of cue that counts a hold aloud; it stands on the line of its hold."""


def score_of(content: Content, pack: Pack, routine_id: str, level: str, tempo: str, audio: str) -> dict[str, Any]:
    """Every track with its steps and cues (ms), each with its line; ``audio`` is where the files are."""
    routine = content.routines[routine_id]
    tracks = []
    for track_id in routine.track_ids:
        track = pack.track(routine_id, track_id, level, tempo)
        if track is None:
            continue
        exercise = routine.exercise(track_id)
        heard = Level.BASIC if track_id == PREPARATION else Level(level)
        written = {step.id: step for step in routine.track_steps(track_id)}
        tracks.append(
            {
                "id": track_id,
                "title": exercise.title if exercise else routine.preparation.spoken_name,
                "url": f"{audio}/{track.file}",
                "ms": track.ms,
                "steps": [_step(one, written[one.id], heard) for one in track.steps if one.id in written],
            }
        )
    return {"routine": routine_id, "level": level, "tempo": tempo, "pack": pack.id, "tracks": tracks}


def _step(timed: TimedStep, step: Step, level: Level) -> dict[str, Any]:
    return {
        "id": timed.id,
        "name": timed.spoken_name,
        "line": step.line,
        "start_ms": timed.start_ms,
        "end_ms": timed.end_ms,
        "cues": [_cue(cue, line) for cue, line in _lined(timed, step, level)],
    }


def _cue(cue: TimedCue, line: int) -> dict[str, Any]:
    data = {"kind": cue.kind, "line": line, "start_ms": cue.start_ms, "end_ms": cue.end_ms, "text": cue.text}
    return {**data, "repetition": cue.repetition or 0}


def _lined(timed: TimedStep, step: Step, level: Level) -> Iterator[tuple[TimedCue, int]]:
    """Each cue of the audio with the line of the cue that it was made from: they stand in the same order."""
    written: Iterator[Cue] = (cue for cue in step.every_cue if level in cue.levels)
    line = step.line
    for cue in timed.cues:
        if cue.kind != COUNT:
            line = next((one.line for one in written if one.kind == CueKind(cue.kind)), line)
        yield cue, line


def clips_of(content: Content, pack: Pack, routine_id: str, audio: str) -> list[dict[str, Any]]:
    """Every clip of a routine with the lines of its prompt, in the order of the file."""
    routine = content.routines[routine_id]
    own = {**content.prompts, **routine.prompts}
    found = []
    for key, clip in content.clips(routine_id).items():
        made = pack.clip(routine_id, key)
        prompt = own.get(key.partition("[")[0].partition("@")[0])
        if made is None or prompt is None:
            continue
        found.append(
            {
                "key": key,
                "prompt": prompt.id,
                "file": prompt.file,
                "line": prompt.line,
                "lines": [cue.line for cue in clip.cues],
                "text": made.text,
                "ms": made.ms,
                "url": f"{audio}/{made.file}",
            }
        )
    return sorted(found, key=lambda one: (str(one["file"]), int(str(one["line"]))))
