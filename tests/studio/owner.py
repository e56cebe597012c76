"""The folder of an owner who edits: a copy of the text, for tests that write."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from skill.content import load_content
from skill.settings import PROJECT, Settings

FILE = "routines/bovenrug.yaml"
SENTENCE = '- "Leg die voet losjes over het andere been."'
OTHER = '- "Leg die voet rustig over het andere been."'


def owned(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that lead to a copy of the text, which is read anew, and not shared with the other tests."""
    monkeypatch.setattr("skill.web.load_content", load_content)
    content = folder / "content"
    for name in ("routines", "prompts"):
        shutil.copytree(PROJECT / "skill" / name, content / name)
    return replace(settings, content=content)


def change(settings: Settings, old: str, new: str) -> None:
    """Edit the routine as any editor does."""
    path = settings.content / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(settings: Settings, text: str) -> int:
    """The line where a text stands in the routine."""
    lines = (settings.content / FILE).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)
