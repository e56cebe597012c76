"""Reads the prompts: every one that the coach says, with only the fill-ins that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from skill.content.cues import FILL, CueReader, check_rests
from skill.content.model import Cue, CueKind, Level, Prompt
from skill.content.nodes import Problems, Reader, line_of, suggest
from skill.content.prompt_ids import DOMAINS, Domain, PromptId
from skill.content.pronunciation import Entry
from skill.content.pronunciation_file import read_pronunciation
from skill.content.words import DUTCH, SAY, Words, read_words

NAMES = ("invocation", "wake_word")
DOMAIN_FILLS: Mapping[Domain, tuple[str, ...]] = {
    Domain.EXERCISE: ("exercise", "number", "position"),
    Domain.STEP: ("step", "exercise", "position"),
    Domain.SIDE: ("side",),
    Domain.MINUTES: ("minutes",),
    Domain.WEEK: ("week",),
    Domain.THIS_WEEK: ("this_week",),
    Domain.LAST_WEEK: ("last_week",),
}
ALL_FILLS = tuple(dict.fromkeys((*NAMES, *(fill for fills in DOMAIN_FILLS.values() for fill in fills))))
SAFETY_PROMPTS = frozenset(
    {
        PromptId.INTRO_FIRST,
        PromptId.INTRO_LATER,
        PromptId.RETURN_LATER,
        PromptId.RESUME_AFTER_PAIN,
        PromptId.SAFETY_INFO,
        PromptId.RECORDING_INTRO,
        PromptId.PAIN_FIRST,
        PromptId.PAIN_REPROMPT,
        PromptId.PAIN_SECOND,
        PromptId.DIZZY,
        PromptId.DIZZY_REPROMPT,
        PromptId.EMERGENCY,
        PromptId.SEE_DOCTOR,
        PromptId.ASK_FIRST,
    }
)


@dataclass(frozen=True)
class PromptFile:
    """What stands in a prompts file."""

    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    pronunciation: tuple[Entry, ...] = ()


def read_prompt_file(reader: Reader, path: Path) -> PromptFile:
    """A prompts file, as far as it can be read."""
    root = reader.root(path)
    if root is None:
        return PromptFile()
    fields = reader.fields(root, "the prompts file", ("words", "prompts"), ("pronunciation",))
    if fields is None:
        return PromptFile()
    words = read_words(reader, fields.get("words"))
    prompts = read_prompts(reader, fields.get("prompts"), whole=True)
    return PromptFile(prompts, words, read_pronunciation(reader, fields.get("pronunciation")))


def read_prompts(reader: Reader, node: yaml.Node | None, *, whole: bool) -> Mapping[str, Prompt]:
    """The prompts of a mapping; ``whole`` when all have to be there, unlike in a routine."""
    if not isinstance(node, yaml.MappingNode):
        if node is not None:
            reader.problem(node, 'prompts must be names with keys; write "name:" and its cues under it')
        return {}
    found: dict[str, Prompt] = {}
    known = tuple(PromptId)
    for name, value, key in reader.pairs(node, "prompts"):
        if name not in known:
            reader.problem(key, f'nothing says the prompt "{name}"{suggest(name, known)}, or remove it')
            continue
        found[name] = _prompt(reader, PromptId(name), value, line_of(key))
    missing = [name for name in known if name not in found] if whole else []
    for name in missing:
        reader.problem(node, f'the prompt "{name}" is missing; add it')
    return found


def _prompt(reader: Reader, name: PromptId, node: yaml.Node, line: int) -> Prompt:
    before = reader.count()
    fields = reader.fields(node, f'the prompt "{name}"', ("cues",), ("safety",))
    if fields is None:
        return Prompt(name, (), line=line)
    cues = CueReader(reader, ("say", "rest", "tone"), fills=True).cues(fields.get("cues"), "cues")
    check_rests(reader, cues, (Level.BASIC,))
    safety = reader.true(fields.get("safety"), "safety")
    prompt = Prompt(name, cues, safety, reader.file, line)
    if name in SAFETY_PROMPTS and not safety:
        reader.problem(line, f'the prompt "{name}" is about safety; write safety: true in it')
    if reader.count() == before:
        _check_fills(reader, prompt)
    return prompt


def _check_fills(reader: Reader, prompt: Prompt) -> None:
    domains = DOMAINS.get(PromptId(prompt.id), ())
    allowed = [*NAMES, *(fill for domain in domains for fill in DOMAIN_FILLS[domain])]
    used: list[str] = []
    for cue in prompt.cues:
        for fill in FILL.findall(cue.text):
            used.append(fill)
            if fill.startswith(SAY):
                continue  # the words of commands are known when the whole file was read
            if fill not in ALL_FILLS:
                reader.problem(cue.line, f'unknown fill-in "{{{fill}}}"{suggest(fill, ALL_FILLS)}')
            elif fill not in allowed:
                reader.problem(
                    cue.line,
                    f'the fill-in "{{{fill}}}" does not belong to "{prompt.id}"; use: {", ".join(allowed)}',
                )
    for domain in domains:
        wanted = DOMAIN_FILLS[domain]
        if not any(fill in used for fill in wanted):
            names = " or ".join(f"{{{fill}}}" for fill in wanted)
            reader.problem(prompt.line, f'the prompt "{prompt.id}" is spoken for every {domain}; write {names} in it')
    if not any(cue.kind is CueKind.SAY for cue in prompt.cues):
        reader.problem(prompt.line, f'the prompt "{prompt.id}" says nothing; write a line')
    if used.count("wake_word") > 1:
        line = [cue.line for cue in prompt.cues if "{wake_word}" in cue.text][-1]
        reader.problem(line, "the wake word more than once in a prompt; write {wake_word} once")


def check_commands(problems: Problems, file: str, prompts: Iterable[Prompt], words: Words) -> None:
    """Note words of commands that are given nowhere, and those that no prompt uses."""
    known = words.commands(DUTCH)
    used: set[str] = set()
    for prompt in prompts:
        for cue in prompt.cues:
            for fill in (one for one in FILL.findall(cue.text) if one.startswith(SAY)):
                used.add(fill)
                if fill not in known:
                    hint = suggest(fill, tuple(known))
                    problems.add(prompt.file, cue.line, f'no word for "{{{fill}}}"{hint}; add it to say')
    for fill in known.keys() - used:
        problems.add(file, words.say_line, f'no prompt uses "{{{fill}}}"; remove it from every language')


def quotes_commands(prompt: Prompt) -> bool:
    """Whether a prompt names words of commands, and so differs per language of the device."""
    return any(f"{{{SAY}" in cue.text for cue in prompt.cues)


def filled(text: str, fills: Mapping[str, str]) -> str:
    """A text with its fill-ins filled; an unknown one stays as it is."""
    return FILL.sub(lambda match: fills.get(match.group(1), match.group(0)), text)


def said(prompt: Prompt) -> tuple[Cue, ...]:
    """The spoken cues of a prompt."""
    return tuple(cue for cue in prompt.cues if cue.kind is CueKind.SAY)
