"""The application as a browser meets it, and a tab that plays by hand what a browser would play."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from skill.settings import Settings
from skill.web import create_app
from tests.studio.tab import Tab


@pytest.fixture
def settings(built_pack: Path, tmp_path: Path) -> Settings:
    """Development on the real pack, with a database of its own."""
    return Settings(packs=built_pack, database=tmp_path / "progress.sqlite3")


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application."""
    return create_app(settings)


@pytest.fixture
def tab(app: Flask) -> Tab:
    """One tab, with an Echo of its own."""
    return Tab(app)
