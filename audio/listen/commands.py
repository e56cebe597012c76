"""The commands for listening without an Echo: ``rugoefening audio preview`` and ``rugoefening audio export``."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from skill.content import Level, Tempo, load_content
from skill.errors import AudioError
from skill.pack import MANIFEST, load_pack
from skill.settings import PREFIX, load_settings

if TYPE_CHECKING:
    from audio.listen.choice import Choice

OK, USAGE = 0, 2
SUFFIXES = (".mp3", ".m4b")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``preview`` and ``export`` to the commands of the audio part."""
    preview = commands.add_parser(
        "preview",
        help="a web page to hear and see a training",
        description="Make one page with the sound, the text and the measurements of a training; it needs no network.",
    )
    _add_choice(preview)
    preview.add_argument("--all", action="store_true", help="embed every level and tempo, not only the chosen one")
    preview.add_argument("--html", type=Path, metavar="FILE", help="where to write the page (default: beside the pack)")
    preview.add_argument("--no-browser", action="store_true", help="do not open the page")
    export = commands.add_parser(
        "export",
        help="a whole training as one file, to train without a network",
        description="Make one sound file of a whole training, with chapters and a cover.",
    )
    export.add_argument("file", type=Path, metavar="FILE.mp3|FILE.m4b", help="the file to make")
    _add_choice(export)
    export.add_argument("--force", action="store_true", help="replace the file when it is there already")


def run(options: argparse.Namespace) -> int:
    """Run one of the commands: 0 good, 2 wrong usage. Raises RugoefeningError for what the user can mend."""
    if options.command == "export" and options.file.suffix.lower() not in SUFFIXES:
        _note(f"{options.file}: a training is written as {' or '.join(SUFFIXES)}; end the name with one of these.")
        return USAGE
    choice = _choice(options)
    if choice is None:
        return USAGE
    try:
        if options.command == "export":
            return _export(choice, options.file, force=options.force)
        return _preview(choice, options)
    except OSError as error:  # a name that is too long, or may not be looked at
        raise AudioError(f"{error.filename}: {error.strerror}; choose another name or folder") from error


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--voice", metavar="NAME", help="which pack (default: the voice of the settings)")
    parser.add_argument("--routine", metavar="NAME", help="which routine (default: that of the settings)")
    levels, tempos = [one.value for one in Level], [one.value for one in Tempo]
    parser.add_argument("--level", choices=levels, default=Level.BASIC.value, help="default: %(default)s")
    parser.add_argument("--tempo", choices=tempos, default=Tempo.NORMAL.value, help="default: %(default)s")


def _choice(options: argparse.Namespace) -> Choice | None:
    """What the options ask for; None after a note when there is no such routine."""
    from audio.listen.choice import Choice  # noqa: PLC0415 # each command loads only what it needs

    given = {PREFIX + name.upper(): getattr(options, name) for name in ("voice", "routine")}
    settings = load_settings({**os.environ, **{name: value for name, value in given.items() if value is not None}})
    content = load_content(
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        routines=settings.routines_folder,
        prompts=settings.prompts_file,
    )
    if settings.routine not in content.routines:
        known = ", ".join(sorted(content.routines))
        _note(f"There is no routine {settings.routine!r}; the routines are {known}.")
        return None
    folder = settings.pack_folder
    pack = load_pack(folder / MANIFEST)
    return Choice(content, pack, folder, settings.routine, Level(options.level), Tempo(options.tempo))


def _export(choice: Choice, path: Path, *, force: bool) -> int:
    from audio.listen.choice import save  # noqa: PLC0415 # as above
    from audio.listen.export import export  # noqa: PLC0415 # heavy: loads where the work is done

    _need_folder(path)
    if os.path.lexists(path) and not force:
        raise AudioError(f"{path} is there already; choose another name, or replace it with --force")
    _note(f"Joining the training of pack {choice.pack.id} ({choice.pack.voice}, {choice.level}, {choice.tempo}) …")
    made = export(choice, path.suffix.lower())
    save(path, made.content)
    if not choice.routine.reviewed_by:
        _note("Nobody has reviewed the text of this training yet: reviewed_by is empty in its YAML file.")
    minutes, seconds = divmod(round(made.ms / 1000), 60)
    print(f"{path}: {minutes}:{seconds:02} minutes, {len(made.chapters)} chapters, {_megabytes(made.content)}")
    return OK


def _preview(choice: Choice, options: argparse.Namespace) -> int:
    from audio.listen.choice import save  # noqa: PLC0415 # each command loads only what it needs
    from audio.listen.preview import preview  # noqa: PLC0415 # heavy: loads where the work is done

    path: Path = options.html or choice.folder.parent / f"preview-{choice.pack.voice}.html"
    _need_folder(path)
    _note(f"Measuring every file of pack {choice.pack.id} ({choice.pack.voice}) …")
    page = preview(choice, everything=options.all)
    save(path, page)
    print(path)
    _note(f"{_megabytes(page)}; the page works without a network and holds all its sound.")
    if sys.stdout.isatty() and not options.no_browser:
        webbrowser.open(path.resolve().as_uri())
    return OK


def _need_folder(path: Path) -> None:
    """Tell before the work that its outcome has no place."""
    if path.is_dir():
        raise AudioError(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise AudioError(f"{path}: cannot be written, as there is no folder {path.parent}; make it, or choose another")


def _megabytes(content: bytes) -> str:
    return f"{len(content) / 1e6:.1f} MB"


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
