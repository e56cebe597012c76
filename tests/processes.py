"""Processes that a test starts."""

from __future__ import annotations

import os


def unwatched() -> dict[str, str]:
    """This environment without coverage, for a test of what a process loads or of a disk that refuses files."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "COV_CORE_"))}
