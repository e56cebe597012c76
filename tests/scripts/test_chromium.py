"""The browser of the tests: found where it is, installed where that may be done, and else said what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scripts import chromium
from scripts.chromium import ensure_chromium, find_chromium

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="apt-get, which it is about, is not on Windows")
WRITES = 'echo "$@" >> "$LOG"'
INSTALLS = 'case "$*" in *install*chromium*) cp "$0" "${0%/*}/chromium";; esac'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no program but a few of the system, and none in the places of macOS."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "cp").symlink_to("/bin/cp")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setattr(chromium, "_ELSEWHERE", ())
    return folder


def write(path: Path, *lines: str) -> None:
    """A program of the shell."""
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_an_installed_browser_is_found(programs: Path, name: str) -> None:
    """Chromium is taken, or a browser made of it; nothing is installed."""
    write(programs / "apt-get", WRITES)
    write(programs / name)
    assert find_chromium() == ensure_chromium() == str(programs / name)
    assert not (programs.parent / "log").exists()


def test_root_gets_the_package_of_the_system(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apt-get may be used, the list of packages is renewed and Chromium installed, without a question."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write(programs / "apt-get", WRITES, INSTALLS)
    assert ensure_chromium() == str(programs / "chromium")
    asked = (programs.parent / "log").read_text(encoding="utf-8").splitlines()
    assert asked == ["-q update", "-q install -y --no-install-recommends chromium"]


def test_who_is_not_root_is_told_what_to_do(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is installed, and one sentence names the package."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    write(programs / "apt-get", WRITES)
    assert ensure_chromium() is None
    assert "apt-get install chromium" in capsys.readouterr().err
    assert not (programs.parent / "log").exists()


def test_a_failing_installation_tells_why(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What apt-get says is shown, and the tests go on without a browser."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write(programs / "apt-get", "echo no network >&2", "exit 100")
    assert ensure_chromium() is None
    said = capsys.readouterr().err
    assert "no network" in said
    assert "apt-get install chromium" in said
