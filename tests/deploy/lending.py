"""Packages of the environment in which these tests run, lent to another one: nothing is fetched."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement


def locked(path: Path) -> dict[str, Requirement]:
    """The requirements of a file that pip wrote hashes in, by plain name; the hashes are left out."""
    lines = path.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    found = [Requirement(line.split(" --hash", 1)[0]) for line in lines if line and not line.startswith("#")]
    return {one.name: one for one in found}


def holds_here(marker: Marker | None) -> bool:
    """Whether what has this marker is installed on this machine."""
    return marker is None or marker.evaluate({"extra": ""})


def lend(names: Iterable[str], environment: Path) -> None:
    """Copy packages, file by file as their makers list them, into a virtual environment."""
    (target,) = environment.glob("lib/python*/site-packages")
    for name in names:
        for file in distribution(name).files or ():
            if ".." in file.parts or "__pycache__" in file.parts:
                continue
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), place)
