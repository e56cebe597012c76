"""An authority, and a server in production that several tests ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.authority import Authority
from tests.serving.running import Served, free_port, production, settings


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The authority that signs as Alexa does."""
    with Authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture(scope="session")
def served(built_pack: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that nobody ends before the tests do."""
    port = free_port()
    environ = settings(built_pack, tmp_path_factory.mktemp("served"), port, authority)
    with production(environ, port, authority) as found:
        yield found


@pytest.fixture
def own(built_pack: Path, authority: Authority, tmp_path: Path) -> Iterator[Served]:
    """A server of this test alone."""
    port = free_port()
    with production(settings(built_pack, tmp_path, port, authority), port, authority) as found:
        yield found
