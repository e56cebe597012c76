"""Projects and ports for the tests of the scripts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.running import make_small_project


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """The real scripts in a project that needs nothing from a network."""
    make_small_project(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of this machine that a program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port
