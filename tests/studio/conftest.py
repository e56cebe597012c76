"""The application as a browser meets it, and a tab that plays by hand what a browser would play."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.chromium import find_chromium
from skill.settings import Settings
from skill.web import create_app
from tests.studio.bench import Owner
from tests.studio.browser import PATIENCE_MS, LocalServer, Visitor
from tests.studio.owner import copied, owned
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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window, for all tests of this folder that follow each other."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here; install the system's package chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def mine(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The folder of an owner who edits."""
    return owned(settings, tmp_path, monkeypatch)


@pytest.fixture
def building(mine: Settings, tmp_path: Path) -> Settings:
    """The same, with a copy of the audio that a build may change, and a second voice."""
    packs = copied(mine.packs, tmp_path / "packs")
    copied(packs / "espeak", packs / "tweede")
    return replace(mine, packs=packs)


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


@pytest.fixture
def pace() -> int:
    """How fast time passes in the Echo of the workbench."""
    return 4


@pytest.fixture
def owner(chromium: Browser, mine: Settings, pace: int) -> Iterator[Owner]:
    """Somebody who edits."""
    yield from at_the_workbench(chromium, mine, pace)


@pytest.fixture
def builder(chromium: Browser, building: Settings, pace: int) -> Iterator[Owner]:
    """Somebody who edits and builds."""
    yield from at_the_workbench(chromium, building, pace)


def at_the_workbench(chromium: Browser, settings: Settings, pace: int) -> Iterator[Owner]:
    """Open the workbench on a server of its own; the browser has nothing to complain about."""
    server = LocalServer(settings)
    visitor = Visitor(chromium, server.url)
    page = visitor.tab()
    page.goto(f"{server.url}/werkbank?snelheid={pace}")
    page.locator(".score-row").first.wait_for()
    page.frame_locator("#echo").locator("#primary[title]").wait_for()  # it knows what it can do
    yield Owner(page, settings, visitor)
    visitor.context.close()
    server.stop()
    assert visitor.troubles == []
