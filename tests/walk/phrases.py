"""What people say, per command, taken from the interaction model: a new command is walked with by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from skill.alexa.intents import command_for_intent
from skill.coach import Command
from skill.echo.understanding import load_understanding

_SHORTEST, _OTHERS = 8, 8
"""Per command: how many of the shortest phrases, and how many of the others, spread evenly."""
_GIBBERISH = ("blauwe paarden vliegen laag", "wanneer speelt ajax", "doe de was in de kelder")

# By their names: a command that does not exist yet is walked with as soon as it does.
ENDS_THE_RUN = frozenset(("emergency", "see_doctor", "ask_first"))
SAFETY = ENDS_THE_RUN | {"pain", "dizzy"}
GOES_ON = frozenset(("start", "resume", "ready", "yes"))
MOVES = frozenset(
    (
        "next_step",
        "previous_step",
        "repeat",
        "next_exercise",
        "restart_exercise",
        "start_over",
        "choose_exercise",
        "another_round",
        "chair_only",
    )
)
CHANGES = frozenset(("easier", "harder", "slower", "faster"))
QUESTIONS = frozenset(
    (
        "time_left",
        "which_side",
        "safety_info",
        "equipment",
        "history",
        "louder",
        "help",
        "privacy",
        "medical_question",
        "unknown",
        "unsupported",
    )
)
"""What is answered, and starts, stops or moves nothing."""


@cache
def phrases() -> Mapping[Command, tuple[str, ...]]:
    """Some phrases for each command that the model knows, the shortest first."""
    found: dict[Command, set[str]] = defaultdict(set)
    for sample in load_understanding().samples:
        found[command_for_intent(sample.intent)].add(" ".join(sample.words))
    return {command: _some(every) for command, every in sorted(found.items())} | {Command.UNKNOWN: _GIBBERISH}


def said(commands: frozenset[str]) -> list[str]:
    """Phrases for some commands; a command that the model does not know yet has none."""
    return [phrase for command, some in phrases().items() if command in commands for phrase in some]


def common() -> list[str]:
    """What is said most in a training, the most usual words more often."""
    usual = ("verder", "start", "pauze", "volgende")
    return [*usual, *usual, "ja", "herhaal", "vorige", "stop", "volgende oefening", "opnieuw", "makkelijker"]


def _some(every: set[str]) -> tuple[str, ...]:
    ordered = sorted(every, key=lambda phrase: (len(phrase), phrase))
    others = ordered[_SHORTEST:]
    return (*ordered[:_SHORTEST], *others[:: max(1, len(others) // _OTHERS)])
