"""The folders of an owner who edits: copies of the text and of the audio, for tests that write."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from skill.content import load_content
from skill.settings import PROJECT, Settings

FILE = "routines/bovenrug.yaml"
SENTENCE = '- "Leg die voet losjes over het andere been."'
OTHER = '- "Leg die voet rustig over het andere been."'
_WRITTEN_WHOLE = (".mp3", ".bin", ".pcm")
"""What a build puts in its place by a rename, and never writes into."""


def owned(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that lead to a copy of the text, which is read anew, and not shared with the other tests."""
    monkeypatch.setattr("skill.web.load_content", load_content)
    content = folder / "content"
    for name in ("routines", "prompts"):
        shutil.copytree(PROJECT / "skill" / name, content / name)
    return replace(settings, content=content)


def copied(packs: Path, folder: Path) -> Path:
    """A copy of audio that a build may change; what is the same in both is on the disk once."""

    def share(source: str, target: str) -> str:
        if source.endswith(_WRITTEN_WHOLE):
            with suppress(OSError):  # such as another disk
                os.link(source, target)
                return target
        return shutil.copy2(source, target)

    return Path(shutil.copytree(packs, folder, copy_function=share))


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
