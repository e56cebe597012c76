"""What Amazon allows as an invocation name, and what certification may refuse; the words stand in names.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from skill.settings import Settings

SHORTEST, LONGEST = 2, 50
_WORDS = Path(__file__).with_name("names.yaml")
_FORM = re.compile(r"[^\W\d_]+(?:[ .'][^\W\d_]+)*\.?")


def name_problems(name: str) -> Iterator[str]:
    """What makes Alexa refuse this invocation name, one line each."""
    if not SHORTEST <= len(name) <= LONGEST or not _FORM.fullmatch(name):
        yield (
            f"invocation name {name!r}: write {SHORTEST} to {LONGEST} letters and single spaces, numbers as words, "
            "and an apostrophe only as in anna's"
        )
    words = name.lower().split()
    rules = _rules()
    yield from _found(name, words, rules["refused"])
    if len(words) == 2:
        yield from _found(name, words, rules["refused_in_two"])


def name_notes(name: str) -> Iterator[str]:
    """What is allowed for own use and risky when the skill is published, one line each."""
    words = name.lower().split()
    if len(words) == 1:
        yield (
            f"invocation name {name!r} is one word: fine for your own use; publishing needs two words or more, "
            'such as "dagelijkse rugoefening"'
        )
    elif "".join(words) == Settings.invocation:
        yield f"invocation name {name!r} is one word cut in two, which certification refuses"
    yield from _found(name, words, _rules()["notes"])


def _found(name: str, words: Sequence[str], rules: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for why, refused in rules.items():
        for word in dict.fromkeys(words):
            if word in refused:
                yield f"invocation name {name!r}: {word!r} {why}"


def _rules() -> dict[str, dict[str, list[str]]]:
    rules: dict[str, dict[str, list[str]]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return rules
