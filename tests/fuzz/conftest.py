"""The application under fire, for the tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.fuzz_app import UnderFire, development, production
from scripts.fuzz_words import Words, words_of
from skill.pack import MANIFEST, load_pack


@pytest.fixture(scope="session")
def words(built_pack: Path) -> Words:
    """What requests are made of."""
    return words_of(load_pack(built_pack / "espeak" / MANIFEST))


@pytest.fixture(scope="module", params=["development", "production"])
def app(
    request: pytest.FixtureRequest, built_pack: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[UnderFire]:
    """The whole application, as it runs in development and in production."""
    made = {"development": development, "production": production}[request.param]
    root = logging.getLogger()
    before = root.handlers, root.level
    under_fire = made(built_pack, tmp_path_factory.mktemp("fuzz"))
    yield under_fire
    root.handlers, root.level = before
    logging.getLogger("skill").setLevel(logging.NOTSET)
