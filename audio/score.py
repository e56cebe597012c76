"""What must be heard, before it has times: one score a clip and one a track, made from the content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from skill.content import PREPARATION, Clip, Content, Cue, CueKind, Level, Repetition, Routine, Step, Tempo, Tone
from skill.content.cues import LONGEST_REST_WITHOUT_TONE
from skill.content.prompt_ids import prompt_of
from skill.content.speech import sentences
from skill.pack import clip_path, track_path

CALM_FACTOR = 1.3
"""Rests and repetitions last this much longer at tempo calm; a hold keeps its length."""


@dataclass(frozen=True)
class Utterance:
    """One sentence: the smallest thing that a voice speaks, mastered once and used wherever it is said."""

    text: str
    careful: bool = False
    """A safety line: never sped up."""
    lift_db: float = 0.0
    """Louder or softer than others by so much, for a file of few words."""


@dataclass(frozen=True)
class Score:
    """One file to be: its steps at one level and tempo, already filtered and scaled."""

    keys: tuple[str, ...]
    """The names in the manifest that lead to it."""
    steps: tuple[Step, ...]
    track: bool
    file: str
    """The YAML file that it comes from."""
    text: str = ""
    """What a clip says."""

    @property
    def cues(self) -> Iterator[Cue]:
        """All its cues, in order."""
        for step in self.steps:
            yield from step_cues(step)

    @property
    def utterances(self) -> Iterator[Utterance]:
        """All its sentences, in order, repeated as often as they are said."""
        for cue in self.cues:
            yield from cue_utterances(cue)

    def digest(self, making: str, spoken: Callable[[str], str]) -> str:
        """A hash over all that shapes its sound and its entry in the manifest; line numbers do not.

        ``spoken`` is how a voice gets a sentence to read.
        """
        sentences_spoken = [spoken(one.text) for one in self.utterances]
        facts = [making, self.track, sentences_spoken, [_step_facts(step) for step in self.steps]]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]


def scores(content: Content) -> list[Score]:
    """Every clip and track of every routine. A file that several keys share appears once."""
    found: list[Score] = []
    for routine in content.routines.values():
        for key, clip in content.clips(routine.id).items():
            prompt = routine.prompts.get(prompt_of(key)) or content.prompts[prompt_of(key)]
            found.append(_clip_score(clip_path(routine.id, key), clip, prompt.file, prompt.line))
        found += _track_scores(routine)
    return found


def cue_utterances(cue: Cue) -> list[Utterance]:
    """The sentences of a line, or the words of a count."""
    if cue.kind is CueKind.SAY:
        return [Utterance(text, cue.warning) for text in sentences(cue.text)]
    return [Utterance(count_text(word)) for word in cue.count]


def count_text(word: str) -> str:
    """A counted word as a sentence of its own."""
    return word[:1].upper() + word[1:] + "."


def step_cues(step: Step) -> Iterator[Cue]:
    """All cues of a step, in order."""
    yield from step.cues
    for repetition in step.repetitions:
        yield from repetition.cues
    yield from step.after


def _clip_score(key: str, clip: Clip, file: str, line: int) -> Score:
    cues = tuple(replace(cue, warning=cue.warning or clip.safety) for cue in clip.cues)
    return Score((key,), (Step("", "", cues, line=line),), track=False, file=file, text=clip.text)


def _track_scores(routine: Routine) -> Iterator[Score]:
    for track in routine.track_ids:
        steps = routine.track_steps(track)
        if track == PREPARATION:  # the same for everybody: one file under all its names
            keys = tuple(track_path(routine.id, track, level, tempo) for level in Level for tempo in Tempo)
            yield Score(keys, _at(steps, Level.BASIC, Tempo.NORMAL), track=True, file=routine.file)
            continue
        for level in Level:
            for tempo in Tempo:
                key = track_path(routine.id, track, level, tempo)
                yield Score((key,), _at(steps, level, tempo), track=True, file=routine.file)


def _at(steps: Iterable[Step], level: Level, tempo: Tempo) -> tuple[Step, ...]:
    factor = CALM_FACTOR if tempo is Tempo.CALM else 1.0
    return tuple(
        replace(
            step,
            cues=_closed(_cues(step.cues, level, factor)),
            repetitions=tuple(_repetition(one, level, factor) for one in step.repetitions),
            after=_closed(_cues(step.after, level, factor)),
        )
        for step in steps
    )


def _repetition(repetition: Repetition, level: Level, factor: float) -> Repetition:
    return replace(repetition, seconds=repetition.seconds * factor, cues=_cues(repetition.cues, level, factor))


def _cues(cues: Iterable[Cue], level: Level, factor: float) -> tuple[Cue, ...]:
    return tuple(
        replace(
            cue,
            seconds=cue.seconds * factor if cue.kind is CueKind.REST else cue.seconds,
            at=None if cue.at is None else cue.at * factor,
        )
        for cue in cues
        if level in cue.levels
    )


def _closed(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues with a tone behind each rest that tempo calm made longer than a rest may be without one."""
    found: list[Cue] = []
    silent = 0.0
    for cue, after in zip_longest(cues, cues[1:]):
        found.append(cue)
        silent = silent + cue.seconds if cue.kind is CueKind.REST else 0.0
        goes_on = after is not None and after.kind in (CueKind.REST, CueKind.TONE)
        if silent > LONGEST_REST_WITHOUT_TONE and not goes_on:
            found.append(Cue(CueKind.TONE, tone=Tone.REST_END, line=cue.line))
    return tuple(found)


def _step_facts(step: Step) -> list[Any]:
    return [
        step.id,
        step.spoken_name,
        step.side,
        step.transition,
        [_cue_facts(cue) for cue in step.cues],
        [[one.number, round(one.seconds, 3), [_cue_facts(cue) for cue in one.cues]] for one in step.repetitions],
        [_cue_facts(cue) for cue in step.after],
    ]


def _cue_facts(cue: Cue) -> list[Any]:
    at = None if cue.at is None else round(cue.at, 3)
    return [cue.kind, cue.text, cue.tone, round(cue.seconds, 3), at, cue.count, cue.warning]
