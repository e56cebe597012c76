"""Writing the package into the folder where ``ask deploy`` is run, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from skill.errors import SkillPackageError

FOLDER = "skill-package"
MARKER = ".skill-package.made-by-rugoefening"
"""Lies beside the package, so that it is not sent to Amazon: only a folder with it is ever replaced."""
_MARKER_TEXT = "Made by scripts/package_skill.py; written anew at every run.\n"
RESOURCES = "ask-resources.json"
_RESOURCES_TEXT = json.dumps(
    {"askcliResourcesVersion": "2020-03-31", "profiles": {"default": {"skillMetadata": {"src": f"./{FOLDER}"}}}},
    indent=2,
)


def write_package(project: Path, files: Mapping[str, bytes]) -> Path:
    """Put the files into ``skill-package`` below the project folder, and beside it what the ASK CLI needs.

    What the CLI keeps there itself (``.ask``, a changed ``ask-resources.json``) stays. Raises SkillPackageError when
    the folder is not one that was made here, or when it cannot be written; then nothing has changed.
    """
    target = project / FOLDER
    if os.path.lexists(target) and not (project / MARKER).is_file():
        raise SkillPackageError(
            "The package is not written:",
            [f"{target} was not made by this command; move it away, or choose another folder with --output"],
        )
    try:
        project.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{FOLDER}.", dir=project) as temporary:
            fresh = Path(temporary) / "new"
            for name, data in files.items():
                path = fresh / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            (project / MARKER).write_text(
                "Made by scripts/package_skill.py; written anew at every run.\n", encoding="utf-8"
            )
            if not (project / RESOURCES).exists():
                (project / RESOURCES).write_text(_RESOURCES_TEXT + "\n", encoding="utf-8")
            _swap(fresh, target, Path(temporary) / "old")
    except OSError as error:
        raise SkillPackageError("The package cannot be written:", [f"{target}: {error}"]) from error
    return target


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Put the new folder in the place of the old one; if that fails the old one is put back."""
    if target.is_symlink() or target.is_file():
        raise NotADirectoryError(f"{target} is no folder")
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        with contextlib.suppress(OSError):
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
