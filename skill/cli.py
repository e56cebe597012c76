"""The ``rugoefening`` command: data on standard output, notes on standard error."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from skill.errors import RugoefeningError
from skill.serving import command
from skill.settings import Settings, load_settings

OK, PROBLEM, USAGE = 0, 1, 2

_EXAMPLES = """examples:
  rugoefening simulate                      talk to the skill in the terminal
  rugoefening simulate --fast               a whole training on a virtual clock
  rugoefening understand "sla maar over"    which command a sentence means
  rugoefening audio build                   make the audio that changed
  rugoefening routine check                 read the YAML and report every problem
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 when all is well, 1 for a problem, 2 for wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in _DELEGATED:
        return _guarded(lambda: _DELEGATED[words[0]](words[1:]))
    parsed = _parser().parse_args(words)
    return _guarded(lambda: int(parsed.run(parsed)))


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except RugoefeningError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the command line talks to the terminal
        return PROBLEM
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rugoefening",
        description="A Dutch voice skill that leads three calm upper-back exercises.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command.add_command(commands)
    commands.add_parser("simulate", help="a virtual Echo in the terminal", add_help=False)
    commands.add_parser("understand", help="which command a sentence means, and why", add_help=False)
    commands.add_parser("audio", help="make, check and hear the audio (build, voices, preview, export)", add_help=False)
    commands.add_parser("models", help="build and check the interaction models", add_help=False)
    routine = commands.add_parser("routine", help="read the routines and prompts and report every problem")
    routine.add_argument("action", choices=["check"])
    routine.add_argument("--json", action="store_true", help="data instead of text")
    routine.set_defaults(run=_routine)
    return parser


def _simulate(words: list[str]) -> int:
    from skill.echo import terminal  # noqa: PLC0415  # quick start of the other commands

    return terminal.main(words)


def _understand(words: list[str]) -> int:
    from skill.echo import understanding_cli  # noqa: PLC0415  # quick start of the other commands

    return understanding_cli.main(words)


def _audio(words: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "audio", *words], check=False).returncode  # noqa: S603  # our own module


def _models(words: list[str]) -> int:
    from skill.alexa import interaction_model  # noqa: PLC0415  # quick start of the other commands

    return interaction_model.main(words)


def _routine(parsed: argparse.Namespace) -> int:
    from skill.content import load_content  # noqa: PLC0415  # quick start of the other commands

    settings: Settings = load_settings()
    content = load_content(
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        routines=settings.routines_folder,
        prompts=settings.prompts_file,
    )
    found = [
        {
            "routine": routine.id,
            "title": routine.title,
            "reviewed_by": routine.reviewed_by,
            "exercises": [exercise.id for exercise in routine.exercises],
            "clips": len(content.clips(routine.id)),
        }
        for routine in content.routines.values()
    ]
    if parsed.json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201  # data on standard output
        return OK
    for one in found:
        reviewed = one["reviewed_by"] or "nobody yet"
        print(f"{one['routine']}: {one['title']}; {one['clips']} clips; reviewed by {reviewed}")  # noqa: T201
    return OK


_DELEGATED = {"simulate": _simulate, "understand": _understand, "audio": _audio, "models": _models}

if __name__ == "__main__":
    sys.exit(main())
