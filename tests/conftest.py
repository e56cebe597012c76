"""Fixtures that several parts of the tests share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audio.build import build
from audio.voices import EspeakVoice
from skill.content import load_content

PACKS = Path(__file__).resolve().parent.parent / "build" / "test-packs"


@pytest.fixture(scope="session")
def built_pack() -> Path:
    """The folder with the real pack of the espeak voice, built where it is missing or changed."""
    PACKS.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(PACKS / "tests.lock"):
        build(load_content(), EspeakVoice(), PACKS, jobs=os.cpu_count() or 1, note=lambda _: None)
    return PACKS


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Wait for the other test processes; a lock left by one that died is old after ten minutes."""
    while True:
        try:
            path.touch(exist_ok=False)
            break
        except FileExistsError:
            if _age(path) > 600:
                path.unlink(missing_ok=True)
            time.sleep(0.1)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
