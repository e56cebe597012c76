"""Where one can go in a routine: steps and exercises as places in the tracks of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skill.coach.situation import CHAIR_ONLY, Playhead, Stream
from skill.content.model import CLOSING, PREPARATION, Exercise, Posture, Routine
from skill.pack import Pack, TimedCue, TimedStep, Track

LEAD_MS = 250
"""A stream starts this long before its first cue, so that no speaker swallows the first word."""
BORDER_MS = 4000
"""A "repeat" so soon after a border means the step before it: the person has not heard the new one yet."""


@dataclass(frozen=True)
class Course:
    """A routine on a pack."""

    routine: Routine
    pack: Pack
    minutes: Mapping[int, str]
    """The numbers of minutes that can be spoken."""

    def track(self, stream: Stream) -> Track | None:
        """The track of a stream in this pack, or None."""
        return self.pack.track(stream.routine, stream.track, stream.level, stream.tempo)

    def exercises(self, marks: frozenset[str]) -> tuple[Exercise, ...]:
        """The exercises of a run, in order; those on the floor are left out of a run on the chair."""
        if CHAIR_ONLY not in marks:
            return self.routine.exercises
        return tuple(one for one in self.routine.exercises if one.posture is not Posture.FLOOR)

    def step(self, playhead: Playhead) -> TimedStep:
        """The step that sounds at the playhead. Raises KeyError when the pack lacks the track."""
        track = self._track(playhead.stream)
        return track.steps[track.step_index(playhead.offset_ms)]

    def step_key(self, playhead: Playhead) -> str:
        """The step at the playhead as clips name it: ``exercise.step``."""
        return f"{playhead.stream.track}.{self.step(playhead).id}"

    def same_step(self, playhead: Playhead, stream: Stream) -> Playhead:
        """The start of the step at the playhead, in another stream of the same exercise (level, tempo)."""
        step = self.step(playhead)
        other = self._track(stream).step(step.id)
        return Playhead(stream, step_offset(other) if other else 0)

    def step_start(self, playhead: Playhead) -> Playhead:
        """The start of the step at the playhead."""
        return replace(playhead, offset_ms=step_offset(self.step(playhead)))

    def cue_start(self, playhead: Playhead) -> Playhead:
        """The start of the line that was being spoken, or of the whole repetition inside repetitions."""
        step = self.step(playhead)
        heard = [cue for cue in step.cues if cue.kind == "say" and cue.start_ms <= playhead.offset_ms]
        if not heard:
            return self.step_start(playhead)
        cue = heard[-1]
        if cue.repetition is not None:
            cue = next(one for one in step.cues if one.repetition == cue.repetition)
        return replace(playhead, offset_ms=max(step.start_ms, cue.start_ms - LEAD_MS))

    def next_step(self, playhead: Playhead) -> Playhead | None:
        """The start of the step after this one; None behind the closing."""
        track = self._track(playhead.stream)
        index = track.step_index(playhead.offset_ms) + 1
        if index < len(track.steps):
            return replace(playhead, offset_ms=step_offset(track.steps[index]))
        return self.next_exercise(playhead)

    def previous_step(self, playhead: Playhead) -> Playhead:
        """The start of the step before this one, over the border of an exercise; the first stays the first."""
        track = self._track(playhead.stream)
        index = track.step_index(playhead.offset_ms) - 1
        if index >= self._first_index(track, playhead.stream):
            return replace(playhead, offset_ms=step_offset(track.steps[index]))
        before = self._neighbour(playhead.stream, -1)
        if before is None:
            return self.step_start(playhead)
        stream = replace(playhead.stream, track=before.id)
        return Playhead(stream, step_offset(self._track(stream).steps[-1]))

    def repeat(self, playhead: Playhead) -> Playhead:
        """The start of this step, or of the one before it when a border was passed less than 4 s ago."""
        if playhead.offset_ms - self.step(playhead).start_ms < BORDER_MS:
            return self.previous_step(playhead)
        return self.step_start(playhead)

    def next_exercise(self, playhead: Playhead) -> Playhead | None:
        """The start of the exercise after this one; in the last the closing, behind the closing None."""
        after = self._neighbour(playhead.stream, +1)
        if after is not None:
            return self.exercise_start(playhead.stream, after.id, self.posture(playhead))
        closing = self._track(playhead.stream).step(CLOSING)
        if closing is None or self.step(playhead).id == CLOSING:
            return None
        return replace(playhead, offset_ms=step_offset(closing))

    def restart_exercise(self, playhead: Playhead) -> Playhead:
        """The start of this exercise; with the way to it for whoever is still on that way."""
        if playhead.stream.track == PREPARATION:
            return replace(playhead, offset_ms=0)
        return self.exercise_start(playhead.stream, playhead.stream.track, self.posture(playhead))

    def fresh_start(self, playhead: Playhead) -> Playhead:
        """The start of this exercise for whoever comes back: nobody lies or sits in position any more."""
        if playhead.stream.track == PREPARATION:
            return replace(playhead, offset_ms=0)
        return self.exercise_start(playhead.stream, playhead.stream.track)

    def first_repetitions(self, playhead: Playhead) -> Playhead:
        """The start of the first step with repetitions in this exercise; of the exercise where none has any."""
        track = self._track(playhead.stream)
        moving = (step for step in track.steps if any(cue.repetition is not None for cue in step.cues))
        first = next(moving, None)
        return replace(playhead, offset_ms=step_offset(first)) if first else self.restart_exercise(playhead)

    def first_exercise(self, stream: Stream) -> Playhead:
        """The start of the first exercise of a run."""
        return self.exercise_start(stream, self.exercises(stream.marks)[0].id)

    def choose(self, playhead: Playhead, exercise: str) -> Playhead:
        """The start of a named exercise, with the way to it when the body has to move."""
        return self.exercise_start(playhead.stream, exercise, self.posture(playhead))

    def posture(self, playhead: Playhead) -> Posture | None:
        """Where the body is; on the way to an exercise it is still where it comes from."""
        posture = self._posture(playhead.stream)
        if posture is None or not self.step(playhead).transition:
            return posture
        return next(one for one in Posture if one is not posture)

    def exercise_start(self, stream: Stream, exercise: str, coming_from: Posture | None = None) -> Playhead:
        """The start of an exercise; its transition is heard only when the body comes from another posture."""
        stream = replace(stream, track=exercise)
        track = self._track(stream)
        target = self.routine.exercise(exercise)
        moves = target is not None and coming_from is not None and coming_from is not target.posture
        step = track.steps[0] if moves else next(one for one in track.steps if not one.transition)
        return Playhead(stream, step_offset(step))

    def queue_after(self, stream: Stream) -> Playhead | None:
        """What is to sound when this stream is over; None after the last exercise."""
        after = self._neighbour(stream, +1)
        return self.exercise_start(stream, after.id, self._posture(stream)) if after else None

    def is_finished(self, playhead: Playhead) -> bool:
        """Whether the last repetition of the run has been passed."""
        track = self.track(playhead.stream)
        closing = track.step(CLOSING) if track else None
        return closing is not None and playhead.offset_ms >= closing.start_ms

    def time_left_ms(self, playhead: Playhead) -> int:
        """How long the rest of the run lasts."""
        left = self._track(playhead.stream).ms - playhead.offset_ms
        following = self.queue_after(playhead.stream)
        while following is not None:
            left += self._track(following.stream).ms - following.offset_ms
            following = self.queue_after(following.stream)
        return max(0, left)

    def _track(self, stream: Stream) -> Track:
        track = self.track(stream)
        if track is None:
            raise KeyError(f"the pack has no track {stream.track} ({stream.level}, {stream.tempo})")
        return track

    def _posture(self, stream: Stream) -> Posture | None:
        exercise = self.routine.exercise(stream.track)
        return exercise.posture if exercise else None

    def _neighbour(self, stream: Stream, distance: int) -> Exercise | None:
        exercises = self.exercises(stream.marks)
        if stream.track == PREPARATION:
            return exercises[0] if distance > 0 else None
        ids = [one.id for one in self.routine.exercises]
        if stream.track not in ids:
            return None
        here = ids.index(stream.track)
        wanted = ids[here + 1 :] if distance > 0 else ids[:here][::-1]
        by_id = {one.id: one for one in exercises}
        return next((by_id[one] for one in wanted if one in by_id), None)

    def _first_index(self, track: Track, stream: Stream) -> int:
        """The first step of a track that "previous" may reach: a transition only behind another posture."""
        before = self._neighbour(stream, -1)
        if before is not None and before.posture is not self._posture(stream):
            return 0
        return next(index for index, step in enumerate(track.steps) if not step.transition)


def step_offset(step: TimedStep) -> int:
    """Where to start playing a step (ms): shortly before its first sound, never in the step before it."""
    first: TimedCue | None = next((cue for cue in step.cues if cue.kind != "rest"), None)
    return max(step.start_ms, first.start_ms - LEAD_MS) if first else step.start_ms
