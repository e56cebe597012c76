"""Copies of the real content, to break one thing in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from skill.content import PROMPTS, ROUTINES, Content, load_content
from skill.errors import ContentError


@dataclass(frozen=True)
class Copy:
    """The real YAML files in a folder of their own."""

    routines: Path
    prompts: Path

    @property
    def routine(self) -> Path:
        """The file of the routine that comes with the project."""
        return self.routines / "bovenrug.yaml"

    def file(self, name: str) -> Path:
        """ "routine" or "prompts"."""
        return self.routine if name == "routine" else self.prompts

    def replace(self, name: str, old: str, new: str) -> Path:
        """Replace the first place where a text stands; it has to be there."""
        path = self.file(name)
        text = path.read_text("utf-8")
        assert old in text, f"the real file no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    def line(self, name: str, fragment: str) -> int:
        """The first line that holds a fragment, counted from 1."""
        lines = self.file(name).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if fragment in line)

    def load(self) -> Content:
        """Load this copy."""
        return load_content(routines=self.routines, prompts=self.prompts)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with this copy, without the folder in front."""
        with pytest.raises(ContentError) as caught:
            self.load()
        return tuple(Path(one.split(":")[0]).name + one[len(one.split(":")[0]) :] for one in caught.value.problems)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the real files."""
    routines = tmp_path / "routines"
    shutil.copytree(ROUTINES, routines)
    return Copy(routines, Path(shutil.copy(PROMPTS, tmp_path / "nl.yaml")))


@pytest.fixture(scope="session")
def content() -> Content:
    """The real content."""
    return load_content()
