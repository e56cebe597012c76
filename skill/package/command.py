"""The command that makes the skill package: ``scripts/package_skill.py``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill.alexa.interaction_model import build_all
from skill.alexa.names import name_notes, name_problems
from skill.errors import ProblemsError, SkillPackageError
from skill.package.check import Package, package_problems
from skill.package.endpoint import Endpoint, read_endpoint
from skill.package.folder import FOLDER, write_package
from skill.package.icons import draw_icons
from skill.package.manifest import Certificate, Distribution, build_manifest
from skill.package.store import public_name, read_store
from skill.settings import PREFIX, PROJECT, Settings, load_settings

EXAMPLES = """examples:
  python3 scripts/package_skill.py --endpoint https://rug.example.org/alexa
  python3 scripts/package_skill.py --endpoint https://rug.example.org --invocation-name "dagelijkse rugoefening"
  python3 scripts/package_skill.py --check
  then: cd build && ask deploy
"""


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for on the command line, with the settings behind it."""

    settings: Settings
    endpoint: Endpoint
    invocation: str
    certificate: Certificate
    distribution: Distribution
    builtin_samples: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the package, or with --check only see whether it can be made; the exit status is returned.

    Raises SkillPackageError, ModelError or SettingsError with all problems at once; nothing is written then.
    """
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        address = chosen.endpoint or settings.public_url
        if not address:
            parser.error(f"give --endpoint, or set {PREFIX}PUBLIC_URL")
        wanted = _wanted(chosen, settings, address)
        package = build_package(wanted)
        folder = None if chosen.check else write_package(chosen.output, package.files())
    except ProblemsError as error:
        if not chosen.json:
            raise
        _print({"ok": False, "problems": list(error.problems)})
        return 1
    notes = list(owner_notes(wanted))
    for note in notes:
        print(f"note: {note}", file=sys.stderr)  # noqa: T201  # the command line talks to the terminal
    _print(_report(wanted, package, folder, notes)) if chosen.json else _tell(wanted, package, folder)
    return 0


def build_package(wanted: Wanted) -> Package:
    """The whole package, checked. Raises SkillPackageError or ModelError with all problems at once."""
    wake_word = wanted.settings.wake_word
    built = build_all(wanted.invocation, builtin_samples=wanted.builtin_samples)
    models = {model.path.stem: model.text for model in built}
    texts = read_store(wanted.invocation, wake_word)
    manifest = build_manifest(
        wanted.endpoint, texts, sorted(models), certificate=wanted.certificate, distribution=wanted.distribution
    )
    package = Package(manifest, models, draw_icons())
    problems = list(package_problems(package, texts, wake_word))
    if problems:
        raise SkillPackageError("The skill package is not right:", problems)
    return package


def _wanted(chosen: argparse.Namespace, settings: Settings, address: str) -> Wanted:
    wished = chosen.invocation_name
    name = (settings.invocation if wished is None else wished).strip()
    problems = list(name_problems(name))
    if chosen.distribution == "public" and len(name.split()) == 1:
        problems += list(name_notes(name))
    endpoint = None
    try:
        endpoint = read_endpoint(address)
    except SkillPackageError as error:
        problems += error.problems
    if endpoint is None or problems:
        raise SkillPackageError("The skill package cannot be made:", problems)
    return Wanted(settings, endpoint, name, chosen.certificate, chosen.distribution, not chosen.no_builtin_samples)


def owner_notes(wanted: Wanted) -> Iterator[str]:
    """What the owner should know, though it does not stand in the way of own use."""
    settings = wanted.settings
    yield from name_notes(wanted.invocation)
    yield from wanted.endpoint.notes()
    if settings.wake_word != "Alexa":
        yield f"wake word {settings.wake_word!r}: the shop wants examples that begin with 'Alexa'"
    if wanted.invocation != settings.invocation:
        yield (
            f"set {PREFIX}INVOCATION to {wanted.invocation!r} where the skill is built and served, and build the audio "
            f"again: the voice still says {settings.invocation!r}"
        )
    if wanted.distribution == "public" and not (settings.owner and settings.contact):
        yield (
            f"a public skill says who is responsible: set {PREFIX}OWNER and {PREFIX}CONTACT where it is served, "
            "for the pages on privacy and terms"
        )


def _report(wanted: Wanted, package: Package, folder: Path | None, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "ok": True,
        "folder": str(folder) if folder else None,
        "endpoint": wanted.endpoint.uri,
        "invocation_name": wanted.invocation,
        "locales": sorted(package.models),
        "files": {name: len(data) for name, data in package.files().items()},
        "notes": list(notes),
    }


def _tell(wanted: Wanted, package: Package, folder: Path | None) -> None:
    lines = [f"{name}: {len(data)} bytes" for name, data in package.files().items()]
    lines.append(f"{public_name(wanted.invocation)} at {wanted.endpoint.uri}, in {', '.join(sorted(package.models))}")
    lines.append(f"written to {folder}; go to {folder.parent} and run: ask deploy" if folder else "all is well")
    print("\n".join(lines))  # noqa: T201  # the command line talks to the terminal


def _print(data: dict[str, Any]) -> None:
    print(json.dumps(data, ensure_ascii=False))  # noqa: T201  # data on standard output


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="package_skill.py",
        description="Make the skill package that ask deploy sends to Amazon: manifest, models, icons and texts.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--endpoint", metavar="URL", help=f"the public https address of the skill (default: {PREFIX}PUBLIC_URL)"
    )
    parser.add_argument(
        "--invocation-name", metavar="NAME", help=f"what people say (default: {PREFIX}INVOCATION, or rugoefening)"
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        default=PROJECT / "build",
        help=f"where {FOLDER}/ and ask-resources.json are written (default: build)",
    )
    parser.add_argument(
        "--certificate",
        choices=("Trusted", "Wildcard"),
        default="Trusted",
        help="Wildcard for a certificate of *.example.org (default: Trusted)",
    )
    parser.add_argument(
        "--distribution",
        choices=("development", "public", "private"),
        default="development",
        help="public or private asks for that way of publishing (default: development, for own use)",
    )
    parser.add_argument(
        "--no-builtin-samples", action="store_true", help="give Amazon's built-in intents no words of our own"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when something is wrong")
    parser.add_argument("--json", action="store_true", help="data instead of text")
    return parser
