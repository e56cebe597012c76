"""The small pack, built once, and a server that speaks the protocol of gTTS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audio.small import build_small
from tests.audio.speech_server import SpeechServer


@pytest.fixture(scope="session")
def small_packs_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small pack; not to be changed."""
    packs = tmp_path_factory.mktemp("packs")
    build_small(packs)
    return packs


@pytest.fixture
def small_packs(small_packs_once: Path, tmp_path: Path) -> Path:
    """A folder of its own with the small pack."""
    return Path(shutil.copytree(small_packs_once, tmp_path / "packs"))


@pytest.fixture
def speech_server() -> Iterator[SpeechServer]:
    """A server on this machine that answers as Google's does."""
    with SpeechServer() as server:
        yield server
