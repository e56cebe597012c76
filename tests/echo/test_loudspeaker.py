"""Sounding through a program that is installed: here a player made by the test."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from skill.echo.loudspeaker import Mute, find_loudspeaker


def test_without_a_player_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without players the words are enough."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_loudspeaker() is None
    Mute().play(b"", 0)
    Mute().stop()


@pytest.mark.parametrize("name", ["mpv", "ffplay", "mpg123", "cvlc", "afplay"])
def test_a_player_gets_the_file_and_is_stopped(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is given the bytes as a file, and is ended when something else should sound."""
    heard = tmp_path / "heard"
    player = tmp_path / name
    player.write_text(
        f'#!/bin/sh\nfor word in "$@"; do case "$word" in *.mp3) /bin/cat "$word" > "{heard}.new";; esac; done\n'
        f'/bin/mv "{heard}.new" "{heard}"\nexec /bin/sleep 30\n',
        encoding="utf-8",
    )
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    loudspeaker = find_loudspeaker()
    assert loudspeaker is not None
    assert loudspeaker.name == name
    loudspeaker.play(b"sound", 0.0)
    until = time.monotonic() + 10
    while not heard.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert heard.read_bytes() == b"sound"
    loudspeaker.stop()
    loudspeaker.stop()
