"""Copies of packs for tests that change them, made in no time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_REPLACED_ONLY = {".mp3", ".bin", ".pcm"}
"""What a build puts in place of the old file and never writes into, so that both folders may name the same file."""


def copied(packs: Path, target: Path) -> Path:
    """A copy of a folder with packs, or of one pack: a test may change manifests, and remove or replace sound.

    Who writes into a file of sound that is there takes ``shutil.copytree``.
    """
    return Path(shutil.copytree(packs, target, copy_function=_copy))


def _copy(source: str, target: str) -> None:
    if Path(source).suffix in _REPLACED_ONLY:
        try:
            os.link(source, target)
        except OSError:  # another disk
            shutil.copy2(source, target)
    else:
        shutil.copy2(source, target)
