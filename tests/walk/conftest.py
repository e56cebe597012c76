"""What the walks share, and how far they go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.walk.editions import make_editions
from tests.walk.walking import IN_CI, KINDS, Walking

_OPTION = "--walk-steps"


def pytest_addoption(parser: pytest.Parser) -> None:
    """How far the walks go: ``python3 scripts/test.py tests/walk --walk-steps 1000000``."""
    parser.addoption("--walk-shrink", action="store_true", help="look for the shortest way to a broken promise")
    parser.addoption(_OPTION, type=int, default=0, help="steps of all random walks together, other ones every time")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many steps were made."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    steps = [value for report in reports for name, value in report.user_properties if name == "walk_steps"]
    if steps:
        terminalreporter.write_line(f"{sum(steps)} steps in {len(steps)} random walks")


@pytest.fixture
def walking(
    built_pack: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> Walking:
    """A walk over two editions of the real pack; the application reads the text of the one that is served."""
    editions = make_editions(built_pack, tmp_path)
    monkeypatch.setattr("skill.web.load_content", editions.content)
    asked = request.config.getoption(_OPTION, default=0)
    shrink = bool(request.config.getoption("--walk-shrink", default=False))
    return Walking(editions, -(-(asked or IN_CI) // KINDS), not asked, record_property, shrink)
