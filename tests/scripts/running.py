"""Ways to run the scripts as a user does, and a small project to run them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = ("skill/__init__.py", "skill/errors.py", "skill/settings.py")
OFFLINE = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
"""pip looks nowhere: what is not there cannot be installed."""
UNREACHABLE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
}
"""pip asks an index where nobody listens, as on a machine without a network."""

SMALL_PYPROJECT = """\
[build-system]
requires = ["pip"]
build-backend = "backend"
backend-path = ["."]

[project]
name = "small"
version = "1"

[project.optional-dependencies]
audio = []
test = []

[tool.mypy]
files = ["tests"]
"""

BACKEND = '''\
"""The smallest build backend there is: an editable wheel that holds nothing but its own name."""

import zipfile


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Write the wheel; answers its name."""
    name = "small-1-py3-none-any.whl"
    files = {
        "METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n"
        "Provides-Extra: audio\\nProvides-Extra: test\\n",
        "WHEEL": "Wheel-Version: 1.0\\nGenerator: small\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "RECORD": "".join(f"small-1.dist-info/{file},,\\n" for file in ("METADATA", "WHEEL", "RECORD")),
    }
    with zipfile.ZipFile(wheel_directory + "/" + name, "w") as wheel:
        for file, text in files.items():
            wheel.writestr("small-1.dist-info/" + file, text)
    return name
'''


def clean_environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program that is run by hand: nothing of pytest, coverage, pip, CI or the skill."""
    foreign = ("PIP_", "RUGOEFENING_", "PYTEST_", "COV_", "COVERAGE_", "PYTHONPATH", "VIRTUAL_ENV")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environ.pop("CI", None)
    return {**environ, **(extra or {})}


def run_python(
    project: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run this Python in a project; answers what it printed and its exit status."""
    return run_program(project, sys.executable, *arguments, environ=environ)


def run_program(
    project: Path, program: str, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in a project; answers what it printed and its exit status."""
    return subprocess.run(
        [program, *arguments],
        cwd=project,
        env=clean_environ(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def make_small_project(project: Path) -> None:
    """Write the real scripts and settings into a project that needs nothing from a network."""
    shutil.copytree(PROJECT / "scripts", project / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in SETTINGS:
        target = project / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, target)
    (project / "pyproject.toml").write_text(SMALL_PYPROJECT, encoding="utf-8")
    (project / "backend.py").write_text(BACKEND, encoding="utf-8")
    (project / "constraints.txt").write_text("", encoding="utf-8")


def lend_packages(project: Path) -> None:
    """Give a project a .venv that sees the packages of the environment in which these tests run."""
    venv.create(project / ".venv", symlinks=os.name != "nt", with_pip=False)
    site_packages = next((project / ".venv").glob("lib/python*/site-packages"))
    ours = sysconfig.get_path("purelib")
    (site_packages / "ours.pth").write_text(f"{ours}\n", encoding="utf-8")
