"""Reads one routine: its keys, exercises and steps, and checks what the coach relies on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from skill.content.cues import CueReader, check_rests, read_repetitions, spoken_problems
from skill.content.model import (
    ALL_LEVELS,
    CLOSING,
    PREPARATION,
    Cue,
    CueKind,
    Exercise,
    Posture,
    Prompt,
    Routine,
    Side,
    Step,
    Tone,
)
from skill.content.nodes import Fields, Reader
from skill.content.prompt_file import read_prompts
from skill.content.pronunciation_file import read_pronunciation
from skill.content.speech import SIDE_WORDS

STEP_KEYS = ("id", "spoken_name", "back_in_position", "cues")
STEP_OPTIONS = ("side", "transition", "repetitions", "after")


def read_routine(reader: Reader, path: Path) -> Routine | None:
    """The routine of a file, as far as it can be read; None where nothing can."""
    root = reader.root(path)
    if root is None:
        return None
    fields = reader.fields(
        root,
        "a routine",
        ("id", "title", "version", "reviewed_by", "preparation", "exercises", "closing"),
        ("encouragements", "prompts", "pronunciation"),
    )
    if fields is None:
        return None
    return _RoutineReader.on(reader, fields).routine(fields)


@dataclass(frozen=True)
class _RoutineReader:
    """Reads the parts of one routine."""

    reader: Reader
    cues: CueReader
    moves: CueReader
    encouragements: Mapping[str, yaml.Node]

    @classmethod
    def on(cls, reader: Reader, fields: Fields) -> _RoutineReader:
        nodes: dict[str, yaml.Node] = {}
        texts: dict[str, str] = {}
        node = fields.get("encouragements")
        plain = CueReader(reader, ("say",))
        if node is not None and not isinstance(node, yaml.MappingNode):
            reader.problem(node, 'encouragements must be names with a line; write name: "Een zin."')
        elif isinstance(node, yaml.MappingNode):
            for name, value, key in reader.pairs(node, "encouragements"):
                reader.id(key, "the name")
                nodes[name], texts[name] = key, plain.line(value)
        cues = CueReader(reader, ("say", "rest", "tone", "encourage"), ("levels", "warning"), encouragements=texts)
        moves = CueReader(reader, ("say", "tone", "hold"), ("count", "levels"), needed=("at",))
        return cls(reader, cues, moves, nodes)

    def routine(self, fields: Fields) -> Routine:
        read = self.reader
        exercises = tuple(
            one for node in read.items(fields.get("exercises"), "exercises") if (one := self.exercise(node))
        )
        self._unique([(one.id, one.line) for one in exercises], "exercise")
        routine = Routine(
            id=read.id(fields.get("id"), "id"),
            title=self.name(fields.get("title"), "title"),
            version=self._version(fields.get("version")),
            reviewed_by=read.text(fields.get("reviewed_by"), "reviewed_by", empty=True),
            exercises=exercises,
            preparation=self.fixed_step(fields, PREPARATION),
            closing=self.fixed_step(fields, CLOSING),
            prompts=self._prompts(fields.get("prompts")),
            file=read.file,
            pronunciation=read_pronunciation(read, fields.get("pronunciation")),
        )
        for name, key in self.encouragements.items():
            if name not in self.cues.used:
                read.problem(key, f'the encouragement "{name}" is used nowhere; use it in a step or remove it')
        return routine

    def exercise(self, node: yaml.Node) -> Exercise | None:
        before = self.reader.count()
        fields = self.reader.fields(node, "an exercise", ("id", "title", "spoken_name", "posture", "steps"))
        if fields is None:
            return None
        posture = self.reader.one_of(fields.get("posture"), "posture", tuple(Posture))
        steps = tuple(one for part in self.reader.items(fields.get("steps"), "steps") if (one := self.step(part)))
        exercise = Exercise(
            id=self._free_id(fields.get("id")),
            title=self.name(fields.get("title"), "title"),
            spoken_name=self.name(fields.get("spoken_name"), "spoken_name"),
            posture=Posture(posture) if posture else Posture.CHAIR,
            steps=steps,
            line=fields.line,
        )
        self._unique([(one.id, one.line) for one in steps], "step")
        if self.reader.count() == before:
            check_exercise(self.reader, exercise)
        return exercise

    def step(self, node: yaml.Node | None, *, fixed: str = "") -> Step | None:
        fields = self.reader.fields(
            node, f"the {fixed}" if fixed else "a step", STEP_KEYS, () if fixed else STEP_OPTIONS
        )
        if fields is None:
            return None
        before = self.reader.count()
        side = self.reader.one_of(fields.get("side"), "side", tuple(Side)) if fields.get("side") else ""
        step = Step(
            id=self.reader.id(fields.get("id"), "id") if fixed else self._free_id(fields.get("id")),
            spoken_name=self.name(fields.get("spoken_name"), "spoken_name"),
            cues=self.cues.cues(fields.get("cues"), "cues"),
            repetitions=read_repetitions(self.moves, fields.get("repetitions")),
            after=self.cues.cues(fields.get("after"), "after"),
            side=Side(side) if side else None,
            back_in_position=self.cues.line(fields.get("back_in_position"), "back_in_position"),
            transition=self.reader.true(fields.get("transition"), "transition"),
            line=fields.line,
        )
        check_rests(self.reader, step.cues)
        check_rests(self.reader, step.after)
        if self.reader.count() == before:
            check_step(self.reader, step)
        return step

    def fixed_step(self, fields: Fields, name: str) -> Step:
        node = fields.get(name)
        step = self.step(node, fixed=name)
        if step is None:
            return Step(name, name, ())
        if step.id and step.id != name:
            self.reader.problem(step.line, f'the id of the {name} is "{step.id}"; write id: {name}')
        return replace(step, id=name)

    def name(self, node: yaml.Node | None, what: str) -> str:
        """A name inside a sentence: no full stop at its end."""
        text = self.reader.text(node, what)
        if text and node is not None:
            for problem in spoken_problems(text, fills=False, line=False):
                self.reader.problem(node, f"{what}: {problem}")
            if text[-1] in ".?!,:;":
                self.reader.problem(node, f'{what} ends with "{text[-1]}"; it is used inside a sentence, remove it')
        return text

    def _prompts(self, node: yaml.Node | None) -> Mapping[str, Prompt]:
        return read_prompts(self.reader, node, whole=False) if node is not None else {}

    def _version(self, node: yaml.Node | None) -> int:
        number = self.reader.number(node, "version", 1, 9999, "whole steps")
        if node is not None and number != int(number):
            self.reader.problem(node, f"version {number:g} is no whole number; write {int(number) + 1}")
        return int(number)

    def _free_id(self, node: yaml.Node | None) -> str:
        value = self.reader.id(node, "id")
        if value in (CLOSING, PREPARATION) and node is not None:
            self.reader.problem(node, f'the id "{value}" is already taken by the {value}; write another one')
        return value

    def _unique(self, ids: Sequence[tuple[str, int]], what: str) -> None:
        seen: dict[str, int] = {}
        for name, line in ids:
            if name and name in seen:
                self.reader.problem(
                    line,
                    f'the {what} id "{name}" is there twice (also on line {seen[name]}); write another id',
                )
            seen.setdefault(name, line)


def check_step(reader: Reader, step: Step) -> None:
    """A step begins with a line; before repetitions that is its warning, and the go tone comes last."""
    first = first_line(step)
    if first is None:
        reader.problem(step.line, f'the step "{step.id}" does not begin with a spoken line for all levels; write one')
        return
    if step.repetitions and not first.warning:
        reader.problem(
            first.line,
            f'the first line of "{step.id}" is no warning, yet repetitions follow; add warning: true',
        )
    if step.repetitions and (step.cues[-1].tone is not Tone.GO or step.cues[-1].levels != ALL_LEVELS):
        reader.problem(
            step.line,
            f'the step "{step.id}" lacks its go tone; write {{tone: go}} as the last cue before repetitions',
        )
    if step.after and not step.repetitions:
        reader.problem(step.line, f'the step "{step.id}" has "after" but no repetitions; write those lines in cues')
    _check_side(reader, step, first)


def first_line(step: Step) -> Cue | None:
    """The line a step begins with at every level, or None."""
    first = step.cues[0] if step.cues else None
    return first if first and first.kind is CueKind.SAY and first.levels == ALL_LEVELS else None


def _check_side(reader: Reader, step: Step, first: Cue) -> None:
    if step.side is not None:
        word = {Side.RIGHT: '"rechts" or "rechter…"', Side.LEFT: '"links" or "linker…"'}[step.side]
        if not SIDE_WORDS[step.side].search(first.text):
            reader.problem(first.line, f'the first line of "{step.id}" does not name its side; write {word} in it')
    for side, pattern in SIDE_WORDS.items():
        if step.side is not side and pattern.search(step.spoken_name):
            reader.problem(step.line, f'the step "{step.id}" is called "{step.spoken_name}"; write side: {side}')
        elif step.side is None and pattern.search(first.text):
            reader.problem(first.line, f'the first line of "{step.id}" names a side; write side: {side} in the step')


def check_exercise(reader: Reader, exercise: Exercise) -> None:
    """Both sides get the same, a transition comes first, and every step says where in the training one is."""
    _check_both_sides(reader, exercise)
    for number, step in enumerate(exercise.steps):
        if step.transition and number:
            reader.problem(step.line, f'the transition "{step.id}" is not the first step; put it first')
        first = first_line(step)
        names = [name.lower() for name in (exercise.title, exercise.spoken_name)]
        if step.side is None and first and not any(name in first.text.lower() for name in names):
            reader.problem(
                first.line,
                f'the first line of "{step.id}" names no exercise and no side; add "{exercise.title}"',
            )
    if all(step.transition for step in exercise.steps):
        reader.problem(exercise.line, f'the exercise "{exercise.id}" has only a transition; add a step')


def _check_both_sides(reader: Reader, exercise: Exercise) -> None:
    right, left = (
        sum(len(step.repetitions) for step in exercise.steps if step.side is side) for side in (Side.RIGHT, Side.LEFT)
    )
    used = {step.side: step for step in exercise.steps if step.side is not None}
    for side, other in ((Side.RIGHT, Side.LEFT), (Side.LEFT, Side.RIGHT)):
        if side in used and other not in used:
            reader.problem(
                used[side].line,
                f'"{exercise.id}" has a step for {side} but none for {other}; add one with side: {other}',
            )
    if len(used) == len(Side) and right != left:
        reader.problem(
            exercise.line,
            f'"{exercise.id}" has {right} repetitions right and {left} left; make them equal',
        )
