"""The application as a browser meets it, and a tab that plays by hand what a browser would play."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from scripts.chromium import find_chromium
from skill.settings import Settings
from skill.web import create_app
from tests.studio.browser import LocalServer, Visitor
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here; install the system's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[LocalServer]:
    """The application on a port."""
    found = LocalServer(settings)
    yield found
    found.stop()


@pytest.fixture
def visitor(chromium: Browser, server: LocalServer) -> Iterator[Visitor]:
    """Somebody with a browser, which has nothing to complain about."""
    found = Visitor(chromium, server.url)
    yield found
    found.context.close()
    assert found.troubles == []
