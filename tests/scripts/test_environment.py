"""The environment ``.venv`` is made once, kept up to date, and mended when it is broken."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scripts.running import OFFLINE, UNREACHABLE, make_small_project, run_program, run_python

INSTALLING = "Installing"
MAKING = "Making the environment"


def prepare(
    project: Path, extras: Sequence[str] = ("audio",), environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Prepare the environment of a project in a process of its own."""
    code = f"from scripts.environment import prepare; print(prepare({list(extras)!r}).python)"
    return run_python(project, "-c", code, environ=environ or OFFLINE)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project whose environment was made by the real scripts."""
    project = tmp_path_factory.mktemp("prepared") / "project"
    make_small_project(project)
    result = prepare(project)
    assert result.returncode == 0, result.stdout + result.stderr
    assert MAKING in result.stdout
    assert INSTALLING in result.stdout
    return project


@pytest.fixture
def project(prepared: Path) -> Path:
    """The prepared project, whole again after each test that broke it."""
    result = prepare(prepared)
    assert result.returncode == 0, result.stdout + result.stderr
    return prepared


def test_the_project_is_installed(project: Path) -> None:
    """The environment holds the project itself, seen by its own Python."""
    python = prepare(project).stdout.strip()
    code = "from importlib.metadata import version; print(version('small'))"
    found = run_program(project, python, "-c", code)
    assert found.stdout.strip() == "1"


def test_a_second_time_installs_nothing(project: Path) -> None:
    """What is complete is used as it is, without a word and without a network."""
    result = prepare(project, environ=UNREACHABLE)
    assert result.returncode == 0
    assert result.stdout.strip() == str(project / ".venv" / "bin" / "python")


def test_another_extra_is_added(project: Path) -> None:
    """An extra that was not asked for before is installed, and fewer extras afterwards install nothing."""
    stamp = project / ".venv" / "rugoefening.json"
    (project / "constraints.txt").write_text("# for this test\n", encoding="utf-8")
    assert INSTALLING in prepare(project, ["audio"]).stdout
    assert INSTALLING in prepare(project, ["audio", "test"]).stdout
    assert json.loads(stamp.read_text(encoding="utf-8"))["extras"] == ["audio", "test"]
    assert INSTALLING not in prepare(project, ["audio"]).stdout


def test_extras_that_were_added_stay(project: Path) -> None:
    """Who once asked for an extra keeps it, also when something is installed anew for somebody who did not."""
    prepare(project, ["audio", "test"])
    (project / "constraints.txt").write_text("# for another test\n", encoding="utf-8")
    assert INSTALLING in prepare(project, ["audio"]).stdout
    assert INSTALLING not in prepare(project, ["audio", "test"]).stdout


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_what_is_pinned_anew_is_installed_anew(project: Path, name: str) -> None:
    """A change in the versions or in the project's own table installs again, in the same environment."""
    path = project / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('version = "1"', 'version = "1"\ndescription = "new"') + "\n# new\n", "utf-8")
    result = prepare(project)
    assert INSTALLING in result.stdout
    assert MAKING not in result.stdout


def test_a_setting_of_a_linter_installs_nothing(project: Path) -> None:
    """A change in pyproject.toml that has nothing to do with what is installed costs nothing."""
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.ruff]\nline-length = 99\n")
    assert INSTALLING not in prepare(project).stdout


def test_a_half_made_environment_is_made_again(project: Path) -> None:
    """A start that was killed while packages were written does not break the next one."""
    (project / ".venv" / "rugoefening.unfinished").touch()
    result = prepare(project)
    assert result.returncode == 0
    assert MAKING in result.stdout
    assert not (project / ".venv" / "rugoefening.unfinished").exists()


@pytest.fixture
def no_ensurepip(tmp_path: Path) -> dict[str, str]:
    """A Python that cannot make environments: what has to be made anew says so at once, and quickly."""
    (tmp_path / "ensurepip.py").write_text("raise ImportError('none here')\n", encoding="utf-8")
    return {**OFFLINE, "PYTHONPATH": str(tmp_path)}


def test_what_is_complete_needs_no_ensurepip(project: Path, no_ensurepip: dict[str, str]) -> None:
    """Only making an environment asks for ensurepip; the two tests below rest on that."""
    assert prepare(project, environ=no_ensurepip).returncode == 0


def test_an_environment_without_its_python_is_not_used(project: Path, no_ensurepip: dict[str, str]) -> None:
    """A Python that was removed from the machine leaves a dead link: the environment has to be made anew."""
    python = project / ".venv" / "bin" / "python"
    alive = python.readlink()
    python.unlink()
    python.symlink_to("/nowhere/python3")
    result = prepare(project, environ=no_ensurepip)
    python.unlink()
    python.symlink_to(alive)
    assert result.returncode == 1
    assert "cannot make a virtual environment: none here" in result.stderr


def test_an_environment_that_was_moved_is_not_used(project: Path, no_ensurepip: dict[str, str]) -> None:
    """Programs in an environment name their folder: after a move of the project it has to be made anew."""
    moved = project.rename(project.with_name("moved"))
    result = prepare(moved, environ=no_ensurepip)
    moved.rename(project)
    assert result.returncode == 1
    assert "cannot make a virtual environment: none here" in result.stderr


def test_no_network_is_one_message(project: Path) -> None:
    """Without a network the message says so, nothing half-made stays, and the next start goes on."""
    (project / "constraints.txt").write_text("# asks for a package\n", encoding="utf-8")
    table = project / "pyproject.toml"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace("audio = []", 'audio = ["not-there"]'), encoding="utf-8")
    offline = prepare(project, environ=UNREACHABLE)
    table.write_text(before, encoding="utf-8")
    assert offline.returncode == 1
    assert "the package index does not answer" in offline.stderr
    again = prepare(project)
    assert again.returncode == 0, again.stderr
    assert MAKING not in again.stdout


def test_a_package_that_does_not_exist_is_named(project: Path) -> None:
    """What pip itself says is passed on where the network is not at fault."""
    table = project / "pyproject.toml"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace("audio = []", 'audio = ["not-there"]'), encoding="utf-8")
    result = prepare(project)
    table.write_text(before, encoding="utf-8")
    assert result.returncode == 1
    assert "No matching distribution found for not-there" in result.stderr
