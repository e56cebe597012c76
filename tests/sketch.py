"""A pack sketched from the content without any sound: what the coach sees of a pack, with round times."""

from __future__ import annotations

from collections.abc import Iterator

from skill.content import Content, Level, Routine, Step, Tempo
from skill.pack import Pack, PackClip, TimedCue, TimedStep, Track, clip_path, track_path

CUE_MS = 3000
"""Every spoken line lasts 2 s and is followed by 1 s of rest."""


def sketch_pack(content: Content, pack_id: str = "aaaaaaaa") -> Pack:
    """A pack of every routine: each cue 3 s, each step 5 s of rest at its end."""
    clips, tracks = {}, {}
    for routine in content.routines.values():
        for key, clip in content.clips(routine.id).items():
            path = clip_path(routine.id, key)
            clips[path] = PackClip(path, clip.text, f"clip-{abs(hash(key)):016x}.mp3"[:26], 5000, -15.0, "0")
        for track_id in routine.track_ids:
            for level in Level:
                for tempo in Tempo:
                    key = track_path(routine.id, track_id, level, tempo)
                    tracks[key] = _track(routine, track_id, key, level)
    return Pack(pack_id, "sketch", {}, clips, tracks)


def _track(routine: Routine, track_id: str, key: str, level: Level) -> Track:
    steps: list[TimedStep] = []
    at = 0
    for step in routine.track_steps(track_id):
        cues = []
        start = at
        for text, repetition, warning in _lines(step, level):
            cues.append(TimedCue("say", at + 250, at + 2250, text, repetition, warning))
            at += CUE_MS
        at += 5000
        side = step.side.value if step.side else None
        file = f"step-{abs(hash((key, step.id))):016x}.mp3"
        steps.append(TimedStep(step.id, step.spoken_name, start, at, tuple(cues), side, step.transition, file))
    return Track(key, f"track-{abs(hash(key)):016x}.mp3"[:27], at, -15.0, key, tuple(steps))


def _lines(step: Step, level: Level) -> Iterator[tuple[str, int | None, bool]]:
    for cue in step.cues:
        if cue.text and level in cue.levels:
            yield cue.text, None, cue.warning
    for repetition in step.repetitions:
        for cue in repetition.cues:
            if cue.text and level in cue.levels:
                yield cue.text, repetition.number, cue.warning
    for cue in step.after:
        if cue.text and level in cue.levels:
            yield cue.text, None, cue.warning
