"""The command line of the audio part: ``python -m audio build | voices``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from audio.voices import VOICES, GttsVoice, Voice
from skill.content import Content, load_content
from skill.errors import RugoefeningError
from skill.settings import Settings, load_settings

BUILD_EXAMPLES = """\
examples:
  build                      make what is missing or changed, with the voice of the settings
  build --voice gtts         a natural voice (needs the network)
  build --dry-run            say what would be spoken and mixed
  build --check              measure the pack that is there; exit status 1 on a miss
  build --check --json       the same, as data on standard output
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 good, 1 a problem, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return _voices(as_json=options.json) if options.command == "voices" else _build(options)
    except RugoefeningError as error:
        _note(str(error))
        return 1
    except KeyboardInterrupt:
        _note("Interrupted; the pack that was there is as it was. Run again to go on.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audio", description="Make and check what is heard.")
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
    build.add_argument("--gtts-url", metavar="URL", help="another server that speaks the protocol of gtts")
    voices = commands.add_parser("voices", help="which voices there are, and whether they are ready")
    voices.add_argument("--json", action="store_true", help="the same, as data")
    return parser


def _build(options: argparse.Namespace) -> int:
    settings = load_settings()
    voice = _voice(options.voice or settings.voice, options.gtts_url)
    if voice is None:
        _note(f"There is no voice {options.voice or settings.voice!r}; the voices are {', '.join(VOICES)}.")
        return 2
    content = _content(settings, options)
    if options.check:
        return _check(content, settings.packs / voice.name, options)
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
            f"Pack {result.pack} ({result.voice}): {result.spoken} sentences spoken, {result.written} files made, "
            f"{result.reused} kept; {result.seconds_written:.0f} s of sound in {result.seconds:.1f} s."
        )
    return 0


def _content(settings: Settings, options: argparse.Namespace) -> Content:
    from skill.content import PROMPTS, ROUTINES  # noqa: PLC0415 # only as fallback here

    return load_content(
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        routines=options.routines or ROUTINES,
        prompts=options.prompts or PROMPTS,
    )


def _check(content: Content, folder: Path, options: argparse.Namespace) -> int:
    from audio.check import check, table  # noqa: PLC0415 # each command loads only what it needs

    rules = check(content, folder, jobs=options.jobs)
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
    speak = [one.text for one in plan.needed if plan.shop.cache.speech(one) is None]
    mix = [key for digest in plan.missing for key in plan.scores[digest].keys]
    if as_json:
        _data({"voice": voice.name, "speak": speak, "mix": mix, "keep": len(plan.made)})
        return 0
    for text in speak:
        print(f"speak  {text}")
    for key in mix:
        print(f"mix    {key}")
    print(f"{len(speak)} sentences to speak, {len(plan.missing)} files to make, {len(plan.made)} to keep.")
    return 0


def _voices(*, as_json: bool) -> int:
    found = [(voice, voice.readiness()) for voice in (kind() for kind in VOICES.values())]
    if as_json:
        _data([{"voice": v.name, "summary": v.summary, "ready": r.ready, "note": r.note} for v, r in found])
        return 0
    for voice, readiness in found:
        state = "ready" if readiness.ready else "not ready"
        print(f"{voice.name:<8} {state:<10} {voice.summary} ({readiness.note})")
    return 0


def _voice(name: str, gtts_url: str | None) -> Voice | None:
    kind = VOICES.get(name)
    if kind is GttsVoice and gtts_url:
        return GttsVoice(base_url=gtts_url)
    return kind() if kind else None


def _jobs(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("a number from 1 to 64")
    return number


def _processors() -> int:
    return max(1, min(8, os.cpu_count() or 1))


def _data(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _note(text: str) -> None:
    print(text, file=sys.stderr)
