"""An old Python is told so, in one message."""

from __future__ import annotations

import ast

import pytest

from tests.scripts.running import PROJECT, run_python

OLD_MODULES = {"argparse", "errno", "os", "pathlib", "socket", "sys", "tempfile", "time", "xml.etree"}
"""What the scripts may import before the check: Python 3.6 has these."""


@pytest.mark.parametrize("name", ["start.py", "test.py", "python_version.py", "__init__.py"])
def test_an_old_python_can_read_the_file(name: str) -> None:
    """What an old Python reads before the check has no syntax that is newer than 3.6."""
    path = PROJECT / "scripts" / name
    assert ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6)).body


@pytest.mark.parametrize("name", ["start.py", "test.py"])
def test_the_check_comes_before_everything_that_is_new(name: str) -> None:
    """Up to the check, only modules that Python 3.6 has and the check itself are imported."""
    tree = ast.parse((PROJECT / "scripts" / name).read_text(encoding="utf-8"))
    before: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Expr) and ast.unparse(node) == "require_python()":
            break
        if isinstance(node, ast.ImportFrom):
            before.append(node.module or "")
        if isinstance(node, ast.Import):
            before += [alias.name for alias in node.names]
    else:
        pytest.fail("there is no check")
    assert set(before) - OLD_MODULES == {"scripts.python_version"}


@pytest.mark.parametrize("version", ["(3, 10, 13)", "(3, 6, 15)", "(2, 7, 18)"])
def test_an_old_version_is_refused(version: str) -> None:
    """A Python before 3.11 ends with exit status 1 and a message with both versions."""
    code = f"from scripts.python_version import require_python; require_python({version})"
    result = run_python(PROJECT, "-c", code)
    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert ".".join(version.strip("()").split(", ")) in result.stderr
    assert "Traceback" not in result.stderr


def test_a_new_version_is_accepted() -> None:
    """Python 3.11 and later pass without a word."""
    code = "from scripts.python_version import require_python as r; r((3, 11, 0)); r((3, 14, 0)); r((4, 0)); r()"
    result = run_python(PROJECT, "-c", code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
