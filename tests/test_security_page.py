"""SECURITY.md promises nothing that no test shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "SECURITY.md"
THREATS = (
    "stranger",
    "recorded request",
    "shares the machine",
    "steals the database",
    "nosy owner",
    "bad dependency",
    "certificate host",
    "flood",
)


def rows() -> list[list[str]]:
    """The rows of the table of threats, as cells."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def functions(path: Path) -> set[str]:
    """The tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_threat_is_stopped_by_something_that_a_test_shows() -> None:
    """Each row says who, what, what stops it, and names at least one test."""
    assert [threat for threat in THREATS if not any(threat in row[0] for row in rows())] == []
    for row in rows():
        assert len(row) == 4
        assert all(row)
        assert "`tests/" in row[3]


def test_every_named_test_exists() -> None:
    """Each file that is named is there and holds tests, and each single test is in its file."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (PROJECT / file).is_file()
        or not functions(PROJECT / file)
        or (test and test not in functions(PROJECT / file))
    ]
    assert missing == []


def test_it_says_what_is_not_protected_and_how_to_report() -> None:
    """A page that only boasts helps nobody; and it stays short enough to be read."""
    text = PAGE.read_text(encoding="utf-8")
    assert "## What is not protected" in text
    assert "## Reporting" in text
    assert len(text.split()) < 1200
