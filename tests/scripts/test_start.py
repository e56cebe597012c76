"""The start script: its usage, and one clear message for everything that keeps it from starting."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scripts.running import PROJECT, UNREACHABLE, run_python

START = "scripts/start.py"


def test_help_names_every_option() -> None:
    """--help needs nothing to be installed."""
    result = run_python(PROJECT, START, "--help")
    assert result.returncode == 0
    for option in ("--port N", "--voice NAME", "--no-browser"):
        assert option in result.stdout


@pytest.mark.parametrize("port", ["0", "65536", "-1", "web", "80.5", ""])
def test_a_port_that_is_none_is_wrong_usage(port: str) -> None:
    """A port outside 1 to 65535 ends with exit status 2 before any work."""
    result = run_python(PROJECT, START, f"--port={port}")
    assert result.returncode == 2
    assert "write a number from 1 to 65535" in result.stderr


def test_a_taken_port_is_said_before_the_work(small_project: Path, taken_port: int) -> None:
    """A port in use is one message that names --port; nothing was made or installed."""
    result = run_python(small_project, START, "--port", str(taken_port))
    assert result.returncode == 1
    assert f"Port {taken_port} of 127.0.0.1 is in use" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (small_project / ".venv").exists()


def test_the_port_of_the_settings_is_checked_too(small_project: Path, taken_port: int) -> None:
    """Without --port, RUGOEFENING_PORT says which port it is."""
    result = run_python(small_project, START, environ={"RUGOEFENING_PORT": str(taken_port)})
    assert result.returncode == 1
    assert f"Port {taken_port} " in result.stderr


def test_wrong_settings_are_told_together(small_project: Path) -> None:
    """Settings are validated first: all problems in one message, exit status 1."""
    wrong = {"RUGOEFENING_PORT": "web", "RUGOEFENING_COLOUR": "red", "RUGOEFENING_HOST": "0.0.0.0"}  # noqa: S104
    result = run_python(small_project, START, environ=wrong)
    assert result.returncode == 1
    for name in wrong:
        assert name in result.stderr
    assert "Traceback" not in result.stderr


def test_only_this_machine_is_served(small_project: Path) -> None:
    """The start script is for trying out: with production settings it refuses."""
    production = {
        "RUGOEFENING_ENV": "production",
        "RUGOEFENING_PUBLIC_URL": "https://skill.example",
        "RUGOEFENING_SKILL_ID": "amzn1.ask.skill.1",
        "RUGOEFENING_ID_KEY": "k" * 32,
        "RUGOEFENING_HOST": "0.0.0.0",  # noqa: S104  # this is what must be refused
    }
    result = run_python(small_project, START, environ=production)
    assert result.returncode == 1
    assert "this machine only" in result.stderr


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_a_python_without_venv_names_the_package(
    small_project: Path, tmp_path: Path, free_port: int, module: str
) -> None:
    """Where the system's Python lacks a module for environments, the message names what to install."""
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / f"{module}.py").write_text("raise ImportError('no such module')\n", encoding="utf-8")
    result = run_python(small_project, START, f"--port={free_port}", environ={"PYTHONPATH": str(shadow)})
    assert result.returncode == 1
    assert "apt install python3." in result.stderr
    assert "-venv" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (small_project / ".venv").exists()


def test_no_network_at_the_first_start(small_project: Path, free_port: int) -> None:
    """The real requirements without a network: one message, twice the same, and no traceback."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(PROJECT / name, small_project / name)
    for _ in range(2):
        result = run_python(small_project, START, f"--port={free_port}", environ=UNREACHABLE)
        assert result.returncode == 1
        assert "the package index does not answer" in result.stderr
        assert "start again" in result.stderr
        assert "Traceback" not in result.stdout + result.stderr
