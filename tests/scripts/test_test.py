"""The test script: all steps run, all failures are listed, and CI skips nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scripts.running import PROJECT, lend_packages, make_small_project, run_python

TEST = "scripts/test.py"
TABLES = """
[tool.ruff]
include = ["tests/*"]

[tool.coverage.run]
source = ["tests"]
branch = true

[tool.pytest.ini_options]
addopts = "-p no:schemathesis"
"""
GOOD = '"""A test."""\n\n\ndef test_sum() -> None:\n    """One and one is two."""\n    assert 1 + 1 == 2\n'
SKIPPED = (
    '"""A test."""\n\nimport pytest\n\n\n@pytest.mark.skip(reason="later")\n'
    'def test_later() -> None:\n    """Not now."""\n'
)


@pytest.fixture(scope="module")
def installed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project that uses the tools of this environment."""
    project = tmp_path_factory.mktemp("tested") / "project"
    make_small_project(project)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(TABLES)
    lend_packages(project)
    return project


@pytest.fixture
def tested_project(installed_project: Path) -> Path:
    """The project with one good test and up-to-date models."""
    tests = installed_project / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    tests.mkdir()
    (tests / "test_good.py").write_text(GOOD, encoding="utf-8")
    for program in ("build_models.py", "generate_audio.py"):
        (installed_project / "scripts" / program).write_text('"""Nothing to build."""\n', encoding="utf-8")
    return installed_project


def test_help_says_what_fast_leaves_out() -> None:
    """--help tells what --fast does and that pytest's options are passed on."""
    result = run_python(PROJECT, TEST, "--help")
    assert result.returncode == 0
    assert "--fast" in result.stdout
    assert "goes to pytest" in " ".join(result.stdout.split())


@pytest.mark.parametrize("arguments", [("--fast",), ("-k", "one"), ("tests/content",)])
def test_ci_takes_no_short_cut(arguments: tuple[str, ...]) -> None:
    """With CI=true, an option that leaves something out is wrong usage."""
    result = run_python(PROJECT, TEST, *arguments, environ={"CI": "true"})
    assert result.returncode == 2
    assert "everything runs" in result.stderr


def test_all_is_well(tested_project: Path) -> None:
    """When every step passes the exit status is 0, and pytest's closing line is among the last lines."""
    result = run_python(tested_project, TEST, environ={"CI": "true"})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed in" in "\n".join(result.stdout.splitlines()[-5:])
    assert result.stdout.rstrip().endswith("Everything passed.")
    for step in ("lint", "formatting", "types", "interaction models", "audio", "tests"):
        assert f"== {step}" in result.stdout


def test_every_failure_is_listed(tested_project: Path) -> None:
    """A step that fails does not keep the others from running, and is told of at its turn; a skipped test fails too."""
    models = tested_project / "scripts" / "build_models.py"
    models.write_text("raise SystemExit(1)\n", encoding="utf-8")
    (tested_project / "tests" / "test_skipped.py").write_text(SKIPPED + "\n\n", encoding="utf-8")
    (tested_project / "tests" / "test_types.py").write_text(f'{GOOD}\n\nNUMBER: int = "no"\n', encoding="utf-8")
    result = run_python(tested_project, TEST, environ={"CI": "true"})
    assert result.returncode == 1
    last = result.stdout.rstrip().splitlines()[-1]
    assert last.startswith("Failed: ")
    assert "formatting (exit status 1)" in last
    assert "interaction models (exit status 1)" in last
    assert "types (exit status 1)" in last
    told = [result.stdout.index(one) for one in ("== audio", "== types", "Incompatible types", "== tests")]
    assert told == sorted(told)
    assert "skipped: tests.test_skipped::test_later" in last
    assert "2 passed, 1 skipped in" in result.stdout


def test_a_part_of_the_tests_by_hand(tested_project: Path) -> None:
    """By hand, pytest's own options choose tests; coverage is not asked for, no audio is made, --fast: no types."""
    result = run_python(tested_project, TEST, "--fast", "-k", "nothing_has_this_name")
    assert result.returncode == 1  # pytest found no test
    assert "== types" not in result.stdout
    assert "== audio" not in result.stdout
    assert "tests (exit status 5)" in result.stdout
    assert "coverage" not in result.stdout.lower()
