"""Reads cues: lines, rests, tones and holds, in steps, repetitions and prompts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import yaml

from skill.content.model import ALL_LEVELS, Cue, CueKind, Level, Repetition, Tone
from skill.content.nodes import Fields, Reader, line_of
from skill.content.speech import long_sentences, text_problems

LONGEST_REST_WITHOUT_TONE = 5.0
LONGEST_REST = 60.0
REPETITION_SECONDS = (3.0, 40.0)
LONGEST_HOLD = 30.0
FILL = re.compile(r"\{([^{}]*)\}")
LITERAL_WAKE_WORD = re.compile(r"\balexa\b", re.IGNORECASE)
LITERAL_INVOCATION = re.compile(r"\brugoefening\b", re.IGNORECASE)


@dataclass(frozen=True)
class CueReader:
    """Reads the cues of one kind of place: which kinds and marks it knows depends on the place."""

    reader: Reader
    kinds: tuple[str, ...]
    marks: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    fills: bool = False
    encouragements: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """The encouragements that were read so far."""

    def cues(self, node: yaml.Node | None, what: str) -> tuple[Cue, ...]:
        """All cues of a list."""
        found = (self.cue(one) for one in self.reader.items(node, what))
        return tuple(one for one in found if one is not None)

    def cue(self, node: yaml.Node) -> Cue | None:
        """One cue, or None where it cannot be read."""
        if isinstance(node, yaml.ScalarNode) and "say" in self.kinds and not self.needed:
            return Cue(CueKind.SAY, text=self.line(node), line=line_of(node))
        fields = self.reader.fields(node, "a cue", self.needed, (*self.kinds, *self.marks))
        if fields is None:
            return None
        kinds = [key for key in self.kinds if key in fields.nodes]
        if len(kinds) != 1:
            names = " or ".join(kinds) if kinds else "nothing"
            wanted = ", ".join(self.kinds)
            self.reader.problem(node, f"a cue that holds {names}; write exactly one of: {wanted}")
            return None
        return self._cue(kinds[0], fields)

    def line(self, node: yaml.Node | None, what: str = "the line") -> str:
        """A spoken line: whole sentences of speakable words."""
        text = self.reader.text(node, what)
        if text and node is not None:
            for problem in spoken_problems(text, fills=self.fills):
                self.reader.problem(node, problem)
        return text

    def _cue(self, kind: str, fields: Fields) -> Cue | None:
        makers: Mapping[str, Callable[[Fields], Cue | None]] = {
            "say": lambda one: Cue(CueKind.SAY, text=self.line(one.get("say"))),
            "encourage": self._encouragement,
            "rest": self._rest,
            "tone": self._tone,
            "hold": self._hold,
        }
        cue = makers[kind](fields)
        warning = self.reader.true(fields.get("warning"), "warning")
        if warning and kind != "say":
            self.reader.problem(fields.line, "only a spoken line can be a warning; remove warning or write say")
        if "count" in fields.nodes and kind != "hold":
            self.reader.problem(fields.line, "only a hold has a count; remove count or write hold")
        at = self.reader.number(fields.get("at"), "at", 0, REPETITION_SECONDS[1]) if "at" in fields.nodes else None
        levels = self._levels(fields.get("levels"))
        if cue is None:
            return None
        return Cue(cue.kind, cue.text, cue.tone, cue.seconds, at, cue.count, levels, warning, fields.line)

    def _encouragement(self, fields: Fields) -> Cue | None:
        name = self.reader.one_of(fields.get("encourage"), "encouragement", tuple(self.encouragements))
        if not name:
            return None
        self.used.add(name)
        return Cue(CueKind.SAY, text=self.encouragements[name])

    def _rest(self, fields: Fields) -> Cue:
        return Cue(CueKind.REST, seconds=self.reader.number(fields.get("rest"), "rest", 0, LONGEST_REST))

    def _tone(self, fields: Fields) -> Cue | None:
        name = self.reader.one_of(fields.get("tone"), "tone", tuple(Tone))
        return Cue(CueKind.TONE, tone=Tone(name)) if name else None

    def _hold(self, fields: Fields) -> Cue:
        before = self.reader.count()
        seconds = self.reader.number(fields.get("hold"), "hold", 0.5, LONGEST_HOLD)
        count = tuple(self._count_word(one) for one in self.reader.items(fields.get("count"), "count"))
        if count and seconds != len(count) and self.reader.count() == before:
            self.reader.problem(
                fields.line,
                f"a hold of {seconds:g} s with {len(count)} words to count; write hold: {len(count)}",
            )
        return Cue(CueKind.HOLD, seconds=seconds, count=count)

    def _count_word(self, node: yaml.Node) -> str:
        text = self.reader.text(node, "a word of count")
        for problem in text_problems(text, line=False) if text else ():
            self.reader.problem(node, problem)
        return text

    def _levels(self, node: yaml.Node | None) -> frozenset[Level]:
        if node is None:
            return ALL_LEVELS
        names = [self.reader.one_of(one, "level", tuple(Level)) for one in self.reader.items(node, "levels")]
        levels = frozenset(Level(name) for name in names if name)
        if len(levels) < len([name for name in names if name]):
            self.reader.problem(node, "a level is there twice; remove one")
        return levels or ALL_LEVELS


def spoken_problems(text: str, *, fills: bool, line: bool = True) -> Iterable[str]:
    """What is wrong with a text that is spoken; sentences with fill-ins are measured once filled."""
    bare = FILL.sub("woord", text) if fills else text
    if not fills and ("{" in text or "}" in text):
        yield "nothing is filled in here; remove the braces { } and what stands between them"
        return
    if "{" in bare or "}" in bare:
        yield "a brace without its partner; write a fill-in as {name}"
        return
    yield from text_problems(bare, line=line and not text.endswith("}"))
    if not FILL.search(text):
        yield from long_sentences(bare)
    if LITERAL_WAKE_WORD.search(text):
        yield "the wake word is a setting; write {wake_word}" if fills else "no wake word here; leave it out"
    if fills and LITERAL_INVOCATION.search(text):
        yield "the name of the skill is a setting; write {invocation}, or another word for the exercise"


def read_repetitions(cues: CueReader, node: yaml.Node | None) -> tuple[Repetition, ...]:
    """The repetitions of a step, numbered from 1."""
    found = []
    for number, one in enumerate(cues.reader.items(node, "repetitions") if node is not None else (), 1):
        before = cues.reader.count()
        fields = cues.reader.fields(one, "a repetition", ("seconds", "cues"))
        if fields is None:
            continue
        seconds = cues.reader.number(fields.get("seconds"), "seconds", *REPETITION_SECONDS)
        repetition = Repetition(number, seconds, cues.cues(fields.get("cues"), "cues"), fields.line)
        if cues.reader.count() == before:
            _check_times(cues.reader, repetition)
        found.append(repetition)
    return tuple(found)


def _check_times(reader: Reader, repetition: Repetition) -> None:
    last = -1.0
    for cue in repetition.cues:
        at = cue.at or 0.0
        if at <= last:
            reader.problem(cue.line, f"at {at:g} is not after the cue before it ({last:g}); write a later time")
        if at >= repetition.seconds:
            reader.problem(
                cue.line,
                f"at {at:g} is beyond the repetition of {repetition.seconds:g} s; write less or lengthen it",
            )
        last = max(last, at)


def check_rests(reader: Reader, cues: Sequence[Cue], levels: Iterable[Level] = tuple(Level)) -> None:
    """A rest of more than 5 s needs a tone behind it, so that nobody wonders whether it still goes on."""
    for level in levels:
        heard = [cue for cue in cues if level in cue.levels]
        silent = 0.0
        for cue, after in zip_longest(heard, heard[1:]):
            silent = silent + cue.seconds if cue.kind is CueKind.REST else 0.0
            goes_on = after is not None and after.kind in (CueKind.REST, CueKind.TONE)
            if silent > LONGEST_REST_WITHOUT_TONE and not goes_on:
                reader.problem(
                    cue.line,
                    f"a rest of {silent:g} s without a tone at its end; write {{tone: rest_end}} after it",
                )
