"""The closed lists that prompts are filled with: sides, numbers, minutes, days, and the words of commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from skill.content.model import Side
from skill.content.nodes import Reader, line_of
from skill.content.speech import text_problems

DUTCH = "nl"
"""The language of everything that is said; devices in other languages differ in the words of commands only."""
SAY = "say:"
"""What a fill-in begins with that stands for the word of a command."""
MOST_MINUTES = 60
MOST_DAYS = 7
ENOUGH_DAYS = 3
"""So many days of training a week are enough [D8, D12]; the intro counts no further."""


@dataclass(frozen=True)
class Words:
    """The closed lists of a prompts file."""

    sides: Mapping[Side, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    minutes: Mapping[int, str] = field(default_factory=dict)
    week: Mapping[int, str] = field(default_factory=dict)
    """What the intro says of this week, by the days with a training, 0 to 3 (three or more)."""
    this_week: Mapping[int, str] = field(default_factory=dict)
    """Days of this week with a training, 0 to 7, in words."""
    last_week: Mapping[int, str] = field(default_factory=dict)
    say: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Per language of a device the words for its commands."""
    say_line: int = 0
    """Where these words stand in their file."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that clips with words of commands are made for, Dutch first."""
        return (DUTCH, *(one for one in self.say if one != DUTCH))

    def commands(self, language: str) -> Mapping[str, str]:
        """The fill-ins for the words of commands in a language."""
        return {f"{SAY}{name}": word for name, word in self.say.get(language, {}).items()}


def read_words(reader: Reader, node: yaml.Node | None) -> Words:
    """The lists, as far as they can be read."""
    keys = ("sides", "numbers", "minutes", "week", "this_week", "last_week", "say")
    fields = reader.fields(node, "words", keys)
    if fields is None:
        return Words()
    sides = reader.fields(fields.get("sides"), "sides", tuple(Side))
    numbers = tuple(_word(reader, one, "a number") for one in reader.items(fields.get("numbers"), "numbers"))
    return Words(
        sides={Side(side): _word(reader, one, "a side") for side, one in sides.nodes.items()} if sides else {},
        numbers=numbers,
        minutes=_counted(reader, fields.get("minutes"), "minutes", range(1, MOST_MINUTES + 1), 1),
        week=_counted(reader, fields.get("week"), "week", range(ENOUGH_DAYS + 1)),
        this_week=_counted(reader, fields.get("this_week"), "this_week", range(MOST_DAYS + 1)),
        last_week=_counted(reader, fields.get("last_week"), "last_week", range(MOST_DAYS + 1)),
        say=_say(reader, fields.get("say")),
        say_line=line_of(said) if (said := fields.get("say")) else fields.line,
    )


def _counted(
    reader: Reader, node: yaml.Node | None, what: str, numbers: range, least: int | None = None
) -> Mapping[int, str]:
    """Words for numbers that follow each other from the first on; all of them, or at least ``least``."""
    example = 'write 1: "één minuut"' if what == "minutes" else f'write {numbers[0]}: "…"'
    if not isinstance(node, yaml.MappingNode):
        if node is not None:
            reader.problem(node, f"{what} must be numbers with words; {example}")
        return {}
    found: dict[int, str] = {}
    for name, value, key in reader.pairs(node, what):
        wanted = numbers[0] + len(found)
        if name != str(wanted) or wanted not in numbers:
            last = numbers[-1]
            reader.problem(
                key, f'"{name}" in {what}; write {min(wanted, last)} here, from {numbers[0]} up, at most {last}'
            )
            return found
        found[wanted] = _word(reader, value, f"the {what}")
    if not found:
        reader.problem(node, f"{what} is empty; {example}")
    elif len(found) < (len(numbers) if least is None else least):
        reader.problem(node, f"{what} goes up to {numbers[-1]}; add {numbers[0] + len(found)}")
    return found


def _say(reader: Reader, node: yaml.Node | None) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(node, yaml.MappingNode):
        if node is not None:
            reader.problem(node, 'say must be languages with words; write nl: {resume: "verder"}')
        return {}
    found: dict[str, Mapping[str, str]] = {}
    for language, value, _ in reader.pairs(node, "say"):
        if not isinstance(value, yaml.MappingNode):
            reader.problem(value, f'the words of {language} must be commands with words; write resume: "verder"')
            continue
        words = {name: _word(reader, one, "a word") for name, one, _ in reader.pairs(value, f"the words of {language}")}
        found[language] = words
        own = found.get(DUTCH, words)
        for name in [*(one for one in own if one not in words), *(one for one in words if one not in own)]:
            where = language if name in own else DUTCH
            reader.problem(value, f'"{name}" has no word in {where}; every language needs the same commands')
    if DUTCH not in found:
        reader.problem(node, f"the words of {DUTCH} are missing; they come first")
    return found


def _word(reader: Reader, node: yaml.Node, what: str) -> str:
    text = reader.text(node, what)
    for problem in text_problems(text, line=False) if text else ():
        reader.problem(node, problem)
    return text
