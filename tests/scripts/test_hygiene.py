"""What every file of the project keeps to: small, no machine's own paths, no address of a package index."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FIRST, TESTS
from tests.scripts.running import PROJECT

MOST_LINES = 449
INDEX_HOST = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|crates|rubygems|maven|debian|ubuntu|golang)\.(?:org|com|io|net)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(?:work|root|opt|home|Users|mnt|tmp/t|tmp/brief)/\w")
GENERATED = {"__pycache__", "build", "var"}
GENERATED_UNDER = ("audio/packs/", "audio/cache/")


def project_files() -> Iterator[Path]:
    """Every file that belongs to the project, from its root; what is generated or hidden is not."""
    for path in sorted(PROJECT.rglob("*")):
        name = path.relative_to(PROJECT)
        hidden = any(part.startswith(".") for part in name.parts[:-1]) and name.parts[0] != ".ci"
        generated = any(part in GENERATED or part.endswith(".egg-info") for part in name.parts)
        generated = generated or name.as_posix().startswith(GENERATED_UNDER)
        if path.is_file() and not hidden and not generated:
            yield name


def readable(name: Path) -> str:
    """The text of a file, or nothing where it is no text."""
    try:
        return (PROJECT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands in the project, as ``file:line: text``."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name in project_files()
        if not name.name.startswith(".coverage")
        for number, line in enumerate(readable(name).splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_files_are_found() -> None:
    """The search below looks at the real project, at code and content, and not at what is generated."""
    names = {name.as_posix() for name in project_files()}
    assert {"pyproject.toml", ".ci/run", "scripts/start.py", "skill/settings.py"} <= names
    assert not [name for name in names if name.startswith(".venv") or "__pycache__" in name]


def test_no_package_index_is_named() -> None:
    """Where packages come from is decided by the machine: no file names the host of an index."""
    assert lines_with(INDEX_HOST) == []


def test_no_path_of_one_machine_is_named() -> None:
    """No file holds a path that exists on the machine of its author only."""
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (INDEX_HOST, "https://" + "pypi" + ".org/simple"),
        (INDEX_HOST, "registry." + "npmjs" + ".org"),
        (MACHINE_PATH, "see /" + "home/anna/project"),
        (MACHINE_PATH, '"/' + 'work/main"'),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    """A rule that finds nothing would pass for ever."""
    assert pattern.search(text)


def test_no_python_file_is_long() -> None:
    """Every Python file can be read in one sitting: fewer than 450 lines."""
    long = {
        name.as_posix(): lines
        for name in project_files()
        if name.suffix == ".py" and (lines := len(readable(name).splitlines())) > MOST_LINES
    }
    assert long == {}


def test_the_files_that_come_first_exist() -> None:
    """A file of tests that got another name does not lose its place in the order unseen."""
    assert [name for name in FIRST if not (TESTS / name).is_file()] == []


def test_ci_runs_exactly_the_test_script() -> None:
    """What CI runs is what anybody runs: one command."""
    lines = readable(Path(".ci/run")).splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec python3 scripts/test.py"]
    assert (PROJECT / ".ci" / "run").stat().st_mode & 0o111


def test_every_requirement_is_pinned() -> None:
    """Each requirement of pyproject.toml has one exact version in constraints.txt; nothing is there twice."""
    lines = [line for line in readable(Path("constraints.txt")).splitlines() if line and line[0] != "#"]
    pins = [re.fullmatch(r"([\w.-]+)==[\w.]+(; .+)?", line) for line in lines]
    assert None not in pins
    names = [_plain(pin[1]) for pin in pins if pin]
    assert len(names) == len(set(names))
    configuration = tomllib.loads(readable(Path("pyproject.toml")))
    table = configuration["project"]
    requirements = [*configuration["build-system"]["requires"], *table["dependencies"]]
    requirements += [one for extra in table["optional-dependencies"].values() for one in extra]
    wanted = {_plain(re.split(r"[^\w.-]", one, maxsplit=1)[0]) for one in requirements}
    assert wanted - set(names) == set()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
