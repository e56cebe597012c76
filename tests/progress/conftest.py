"""What the tests of progress share."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.progress import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """An empty store."""
    return SqliteStore(tmp_path / "new" / "progress.sqlite3")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure the next request tries again, as a second later."""
    monkeypatch.setattr("skill.progress.trouble.REST_S", 0.0)
