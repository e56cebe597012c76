"""Fixtures that several parts of the tests share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from audio.build import build
from audio.voices import EspeakVoice
from skill.content import load_content
from skill.pack import Pack, load_pack

TESTS = Path(__file__).resolve().parent
FIRST = (
    "studio/test_workbench_browser.py",
    "conversation/test_matrix.py",
    "studio/test_browser_looks.py",
    "studio/test_browser_wishes.py",
    "studio/test_browser.py",
    "scripts/test_environment.py",
    "studio/test_workbench_looks.py",
    "audio/test_check.py",
    "scripts/test_chaos.py",
    "studio/test_workbench_text.py",
    "studio/test_browser_lasting.py",
    "scripts/test_bench_web.py",
    "walk/test_alone.py",
    "studio/test_workbench_trouble.py",
    "scripts/test_test.py",
    "studio/test_browser_microphone.py",
    "walk/test_household.py",
    "walk/test_upkeep.py",
    "serving/test_server.py",
    "studio/test_browser_installed.py",
    "content/test_loader.py",
    "fuzz/test_http.py",
    "audio/test_pack_sound.py",
    "scripts/test_bench_serve.py",
    "echo/test_understanding.py",
    "walk/test_everything.py",
    "audio/test_build.py",
    "audio/test_export.py",
    "studio/test_protocol.py",
    "deploy/test_image.py",
)
"""The files that take longest, the longest first."""
PACKS = Path(__file__).resolve().parent.parent / "build" / "test-packs"


def pytest_xdist_setupnodes() -> None:
    """Keep coverage from measuring each process of xdist as it does the programs that tests start.

    pytest-cov measures those processes itself, and says again in each of them what their children inherit.
    """
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of two measurements that pytest-cov 7.1 begins in each process of xdist.

    While both run, pausing the second for ``no_cover`` only makes the first go on.
    """
    coverage = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and coverage is not None and coverage.cov_controller is not None:
        coverage.cov_controller.pause()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: at the end of a run no process waits long for the other."""
    order = {TESTS / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture(scope="session", autouse=True)
def stores_left_alone() -> Iterator[None]:
    """A store that could not write in one test does not write, and tell so, in the middle of another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skill.progress.sqlite._AGAIN_S", 3600.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def text_read_once() -> Iterator[None]:
    """Let all applications of this process share our text: to read it takes longer than most tests of them.

    Packs are the same as long as every byte of their manifest is. Reading is tested in tests/content and
    tests/test_pack.py, and reading again for a new pack in tests/test_library.py.
    """
    known: dict[bytes, Pack] = {}

    def pack(path: Path) -> Pack:
        manifest = path.read_bytes() if path.is_file() else b""
        if manifest not in known:
            known[manifest] = load_pack(path)
        return known[manifest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skill.web.load_content", cache(load_content))
        patch.setattr("skill.pack.load_pack", pack)
        yield


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
