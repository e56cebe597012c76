"""How far a build is, for who started it."""

from __future__ import annotations

import io
import json

import pytest

from audio.progress import ASKED, Progress


def test_a_program_reads_lines_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that asked for it gets what is made and how far it is, one line at a time."""
    monkeypatch.setenv(ASKED, "json")
    stream = io.StringIO()
    progress = Progress("speaking", 4, stream)
    progress.advance(0)
    progress.close()
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [{"progress": "speaking", "share": 0.0}]


def test_nobody_else_gets_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal and without asking there is nothing to read."""
    monkeypatch.delenv(ASKED, raising=False)
    stream = io.StringIO()
    progress = Progress("speaking", 4, stream)
    progress.advance(2)
    progress.close()
    assert stream.getvalue() == ""
