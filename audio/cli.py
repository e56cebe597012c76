"""The command line of the audio part: ``python -m audio build | voices | preview | export``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from audio.listen import commands as listen
from audio.voices import VOICES, Option, Voice
from audio.voices.base import install
from skill.content import Content, load_content
from skill.errors import RugoefeningError
from skill.settings import Settings, load_settings

BUILD_EXAMPLES = """\
examples:
  build                      make what is missing or changed, with the voice of the settings
  build --voice gtts         a natural voice (needs the network)
  build --voice piper --piper-voice voices/nl_NL-….onnx
                             a natural voice from a file (no network)
  build --dry-run            say what would be spoken and mixed
  build --check              measure the pack that is there; exit status 1 on a miss
  build --check --json       the same, as data on standard output
"""
_OPTIONS = tuple((name, option) for name, kind in VOICES.items() for option in kind.options)
"""What may be chosen for a voice, with the name of the voice."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 good, 1 a problem, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    stop_like_ctrl_c()
    try:
        return _COMMANDS[options.command](options)
    except RugoefeningError as error:
        _note(str(error))
        return 1
    except ModuleNotFoundError as error:
        _note(f"The package {error.name} is missing; {install('audio')}")
        return 1
    except KeyboardInterrupt:
        _note("Interrupted; the pack that was there is as it was. Run again to go on.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rugoefening audio", description="Make, check and hear the audio.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser(
        "build",
        help="make the audio of a voice",
        description="Make the clips and tracks of a voice, or what is missing or changed.",
        epilog=BUILD_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_argument("--voice", metavar="NAME", help=f"one of: {', '.join(VOICES)}")
    build.add_argument("--jobs", type=_jobs, default=_processors(), metavar="N", help="processes to work with")
    how = build.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="write nothing, say what would be made")
    how.add_argument("--check", action="store_true", help="measure the pack that is there")
    build.add_argument("--json", action="store_true", help="the outcome as data on standard output")
    build.add_argument("--routines", type=Path, metavar="FOLDER", help="another folder with routines")
    build.add_argument("--prompts", type=Path, metavar="FILE", help="another file with prompts")
    voices = commands.add_parser("voices", help="which voices are ready here, and what the others need")
    voices.add_argument("--json", action="store_true", help="the same, as data")
    listen.add_commands(commands)
    for command in (build, voices):
        for kind, option in _OPTIONS:
            command.add_argument(f"--{kind}-{option.name}", metavar=option.metavar, help=option.help)
    return parser


def _build(options: argparse.Namespace) -> int:
    settings = load_settings()
    name = options.voice or settings.voice
    if name not in VOICES:
        _note(f"There is no voice {name!r}; the voices are {', '.join(VOICES)}.")
        return 2
    if astray := [
        f"--{kind}-{option.name}" for kind, option in _OPTIONS if kind != name and _given(options, kind, option)
    ]:
        _note(f"{' and '.join(astray)} is not for the voice {name}; name its own voice with --voice.")
        return 2
    voice = _voice(name, options, settings)
    content = _content(settings, options)
    if options.check:
        return _check(content, voice, settings.packs / voice.name, options)
    if voice.licence:
        _note(f"{voice.name}: {voice.licence}")
    if options.dry_run:
        return _dry_run(content, voice, settings.packs, as_json=options.json)
    from audio.build import build  # noqa: PLC0415 # each command loads only what it needs

    result = build(content, voice, settings.packs, jobs=options.jobs, note=_note)
    if options.json:
        _data(asdict(result))
    elif not result.written and not result.changed:
        print(f"Nothing to do: pack {result.pack} ({result.voice}) is up to date.")
    else:
        print(
            f"Pack {result.pack} ({result.voice}): {_count(result.spoken, 'sentence')} spoken, "
            f"{_count(result.written, 'file')} made, "
            f"{result.reused} kept; {result.seconds_written:.0f} s of sound in {result.seconds:.1f} s."
        )
    return 0


def _content(settings: Settings, options: argparse.Namespace) -> Content:
    content = load_content(
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        routines=options.routines or settings.routines_folder,
        prompts=options.prompts or settings.prompts_file,
    )
    for entry in content.pronunciation.entries:
        for name in (one for one in entry.voices if one not in VOICES):
            _note(f"{entry.file}:{entry.line}: there is no voice {name!r} here; the voices are {', '.join(VOICES)}.")
    return content


def _check(content: Content, voice: Voice, folder: Path, options: argparse.Namespace) -> int:
    from audio.check import check, table  # noqa: PLC0415 # each command loads only what it needs

    rules = check(content, folder, jobs=options.jobs, voice=voice)
    if options.json:
        _data([asdict(rule) for rule in rules])
    else:
        print(table(rules))
    return 0 if all(rule.ok for rule in rules) else 1


def _dry_run(content: Content, voice: Voice, packs: Path, *, as_json: bool) -> int:
    from audio.plan import make_plan  # noqa: PLC0415 # each command loads only what it needs

    plan = make_plan(content, voice, packs)
    for one in plan.notes:
        _note(one)
    speak = [one.text for one in plan.needed if plan.shop.cache.part(plan.shop.key(one)) is None]
    mix = [key for digest in plan.missing for key in plan.scores[digest].keys]
    if as_json:
        _data({"voice": voice.name, "speak": speak, "mix": mix, "keep": len(plan.made)})
        return 0
    for text in speak:
        print(f"speak  {text}")
    for key in mix:
        print(f"mix    {key}")
    work = f"{_count(len(speak), 'sentence')} to speak, {_count(len(plan.missing), 'file')} to make"
    print(f"{work}, {len(plan.made)} to keep.")
    return 0


def _voices(options: argparse.Namespace) -> int:
    settings = load_settings()
    found = [(voice, voice.readiness()) for voice in (_voice(name, options, settings) for name in VOICES)]
    if options.json:
        _data(
            [
                {"voice": v.name, "summary": v.summary, "ready": r.ready, "note": r.note, "licence": v.licence}
                for v, r in found
            ]
        )
        return 0
    for voice, readiness in found:
        print(f"{voice.name:<7} {'ready' if readiness.ready else 'not ready':<10} {voice.summary}")
        for line in filter(None, (readiness.note, voice.licence)):
            print(f"{'':<18} {line}")
    return 0


def _voice(name: str, options: argparse.Namespace, settings: Settings) -> Voice:
    """The voice with what was given on the command line, or else in the settings."""
    kind = VOICES[name]
    given = {
        one.name: _given(options, name, one) or getattr(settings, f"{name}_{one.name}", "") for one in kind.options
    }
    return kind.chosen({option: value for option, value in given.items() if value})


def _given(options: argparse.Namespace, voice: str, option: Option) -> str | None:
    value: str | None = getattr(options, f"{voice}_{option.name}")
    return value


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 64")
    return int(text)


def stop_like_ctrl_c() -> None:
    """Let the end of a session and a polite kill stop the work as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if threading.current_thread() is threading.main_thread() and hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def _processors() -> int:
    return max(1, min(8, os.cpu_count() or 1))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _data(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _note(text: str) -> None:
    print(text, file=sys.stderr)


_COMMANDS = {"build": _build, "voices": _voices, "preview": listen.run, "export": listen.run}
