"""Which intent of the interaction model stands for which command.

A custom intent is named after its command (``next_exercise`` -> ``NextExerciseIntent``); the built-ins
are listed here once. A command with a built-in has a custom intent as well (``PauseIntent``): the built-in
listens to its short words only, the custom intent understands the long forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from skill.coach.commands import Command

BUILT_INS: Mapping[str, Command] = MappingProxyType(
    {
        "AMAZON.PauseIntent": Command.PAUSE,
        "AMAZON.ResumeIntent": Command.RESUME,
        "AMAZON.StopIntent": Command.STOP,
        "AMAZON.CancelIntent": Command.STOP,
        "AMAZON.NavigateHomeIntent": Command.STOP,
        "AMAZON.NextIntent": Command.NEXT_STEP,
        "AMAZON.PreviousIntent": Command.PREVIOUS_STEP,
        "AMAZON.RepeatIntent": Command.REPEAT,
        "AMAZON.StartOverIntent": Command.RESTART_EXERCISE,
        "AMAZON.HelpIntent": Command.HELP,
        "AMAZON.YesIntent": Command.YES,
        "AMAZON.NoIntent": Command.NO,
        "AMAZON.FallbackIntent": Command.UNKNOWN,
        "AMAZON.LoopOnIntent": Command.UNSUPPORTED,
        "AMAZON.LoopOffIntent": Command.UNSUPPORTED,
        "AMAZON.ShuffleOnIntent": Command.UNSUPPORTED,
        "AMAZON.ShuffleOffIntent": Command.UNSUPPORTED,
    }
)
_CUSTOM: Mapping[str, Command] = MappingProxyType(
    {
        f"{''.join(part.capitalize() for part in command.split('_'))}Intent": command
        for command in Command
        if command not in (Command.LAUNCH, Command.UNKNOWN, Command.UNSUPPORTED)
    }
)


def command_for_intent(name: str) -> Command:
    """The command behind an intent; one that nobody knows is ``unknown``."""
    return BUILT_INS.get(name) or _CUSTOM.get(name, Command.UNKNOWN)
