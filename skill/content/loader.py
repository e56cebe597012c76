"""Loads the routines and the prompts, and reports everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from skill.content.clips import Content, expansions
from skill.content.cues import FILL
from skill.content.model import Prompt, Routine
from skill.content.nodes import Problems, Reader
from skill.content.prompt_file import check_commands, filled, read_prompt_file, said
from skill.content.pronunciation import Pronunciation
from skill.content.pronunciation_file import check_doubled, check_used
from skill.content.routine_file import read_routine
from skill.content.speech import long_sentences
from skill.content.words import DUTCH, Words
from skill.errors import ContentError

_HOME = Path(__file__).resolve().parent.parent
ROUTINES = _HOME / "routines"
PROMPTS = _HOME / "prompts" / "nl.yaml"
INVOCATION = "rugoefening"
WAKE_WORD = "Alexa"
_NAMES = {"invocation": "twee woorden", "wake_word": "woord"}
"""What the length of a sentence is checked with: a published skill has a name of two words."""


def load_content(
    *,
    invocation: str = INVOCATION,
    wake_word: str = WAKE_WORD,
    routines: Path = ROUTINES,
    prompts: Path = PROMPTS,
) -> Content:
    """The content of all ``*.yaml`` files in ``routines`` and of the prompts file.

    Raises ContentError with every problem of every file as ``file:line: what is wrong, what to write``.
    """
    problems = Problems()
    reader = Reader(_shown(prompts), problems)
    prompt_file = read_prompt_file(reader, prompts)
    shared, words = prompt_file.prompts, prompt_file.words
    paths = _paths(routines, problems)
    found = list(_routines(paths, problems))
    by_id = _by_id(found, problems)
    for routine in by_id.values():
        if words.numbers and len(routine.exercises) > len(words.numbers):
            problems.add(routine.file, 1, "more exercises than there are words for; add numbers to the prompts file")
    every = (*shared.values(), *(one for routine in found for one in routine.prompts.values()))
    if words.commands(DUTCH):
        check_commands(problems, reader.file, every, words)
    for prompt in every:
        _check_sentences(prompt, found, words, problems)
    entries = (*prompt_file.pronunciation, *(entry for routine in found for entry in routine.pronunciation))
    check_doubled(entries, problems)
    content = Content(by_id, shared, words, invocation, wake_word, Pronunciation(entries))
    if shared and len(by_id) == len(paths):  # else a file that cannot be read may say what seems said nowhere
        check_used(content.pronunciation, _sentences(content), problems)
    if problems.found:
        raise ContentError("The content cannot be used:", problems.lines())
    return content


def _sentences(content: Content) -> set[str]:
    """All that is said, under the names that are set and under our own: other names make no entry unused."""
    ours = replace(content, invocation=INVOCATION, wake_word=WAKE_WORD)
    named = [content] if ours == content else [content, ours]
    return {sentence for one in named for routine in content.routines for sentence in one.sentences(routine)}


def _paths(folder: Path, problems: Problems) -> Sequence[Path]:
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        problems.add(_shown(folder), 1, "no routine is here; put a routine there as a .yaml file")
    return paths


def _routines(paths: Sequence[Path], problems: Problems) -> Iterator[Routine]:
    for path in paths:
        routine = read_routine(Reader(_shown(path), problems), path)
        if routine is not None:
            yield routine


def _by_id(routines: list[Routine], problems: Problems) -> Mapping[str, Routine]:
    found: dict[str, Routine] = {}
    for routine in routines:
        if routine.id and routine.id in found:
            other = found[routine.id].file
            problems.add(routine.file, 1, f'the routine id "{routine.id}" is also used in {other}; write another id')
        found.setdefault(routine.id, routine)
    return found


def _check_sentences(prompt: Prompt, routines: list[Routine], words: Words, problems: Problems) -> None:
    """Note the first sentence of each line that gets too long once it is filled in."""
    cues = [cue for cue in said(prompt) if FILL.search(cue.text)]
    if not cues:
        return
    expanded = [{**_NAMES, **fills} for routine in routines for _, fills in expansions(prompt, routine, words)]
    for cue in cues:
        texts = dict.fromkeys(filled(cue.text, fills) for fills in expanded)
        first = next((problem for text in texts for problem in long_sentences(text)), None)
        if first:
            problems.add(prompt.file, cue.line, first)


def _shown(path: Path) -> str:
    """A path as short as it can be shown: from the working directory where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
