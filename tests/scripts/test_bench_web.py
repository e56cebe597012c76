"""The part ``web`` of the bench: what it measures in a real browser, and what it tells. No speed is judged here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from scripts import bench_web
from scripts.bench_serve import figures
from scripts.bench_web import Size, measure
from scripts.bench_web_page import Load, first_load
from scripts.chromium import find_chromium
from skill.settings import Settings
from tests.studio.browser import LocalServer

SMALL = Size(loads=1, first_presses=1, sessions=1, whole=False, moment_ms=20)
needs_a_browser = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium here")


@needs_a_browser
def test_everything_is_measured(built_pack: Path) -> None:
    """Every figure is there and is a number that can be, and the browser has nothing to complain about."""
    result = measure(SMALL, built_pack)
    assert result.problems == []
    judged = [one.name.partition(",")[0] for one in result.figures if one.target]
    assert judged == [
        "first load",
        "usable",
        *["first button to sound"] * 2,
        *["ten buttons to sound"] * 2,
        "memory",
    ]
    known = [one.measured for one in result.figures if one.measured is not None]
    assert len(known) >= len(result.figures) - 1  # what the host takes is told by Linux only
    assert all(math.isfinite(one) and one >= 0 for one in known)
    assert result.requests == 1 + 2 * SMALL.loads + SMALL.first_presses + 2
    assert len(figures(result)) == len(result.figures) + 1


@needs_a_browser
def test_a_load_counts_what_comes_over_the_line(built_pack: Path, tmp_path: Path) -> None:
    """The page of the Echo is more than a page of text, and both take some time to be there."""
    server = LocalServer(Settings(packs=built_pack, database=tmp_path / "progress.sqlite3"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])

        def load(path: str) -> Load:
            with browser.new_context() as context:
                return first_load(context.new_page(), server.url + path, slowed=1)

        echo, text = load("/"), load("/privacy")
        browser.close()
    server.stop()
    assert 20_000 < echo.bytes < 150 * 1024
    assert 1_000 < text.bytes < echo.bytes
    assert min(echo.usable_ms, text.usable_ms) > 0


def test_without_a_browser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One message, and no server is started."""
    monkeypatch.setattr(bench_web, "find_chromium", lambda: None)
    with pytest.raises(SystemExit, match="install the system's package chromium"):
        measure(SMALL, tmp_path)
