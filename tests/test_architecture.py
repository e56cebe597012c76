"""How the house hangs together: imports go downhill, and the server stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import unwatched

PROJECT = Path(__file__).resolve().parent.parent
PURE = ("skill.content.model", "skill.content.prompt_ids", "skill.pack", "skill.content", "skill.coach")


def imports(folder: str) -> Iterator[tuple[Path, str]]:
    """Every module that the files of a folder import, with the file."""
    for path in sorted((PROJECT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module


def test_the_skill_never_imports_the_audio() -> None:
    """A server needs no speech engine."""
    assert [(path.name, name) for path, name in imports("skill") if name.split(".")[0] == "audio"] == []


def test_only_one_folder_knows_the_sdk() -> None:
    """ask-sdk stands behind skill/alexa alone."""
    knows = {path.parent.name for path, name in imports("skill") if name.startswith("ask_sdk")}
    assert knows == {"alexa"}


def test_the_coach_is_pure() -> None:
    """It imports its own kind, content and pack, and from the standard library nothing with a clock or files."""
    allowed = ("__future__", "collections.abc", "dataclasses", "enum")
    strange = [
        (path.name, name) for path, name in imports("skill/coach") if name not in allowed and not name.startswith(PURE)
    ]
    assert strange == []


@pytest.mark.parametrize(
    ("folder", "above"),
    [
        ("skill/content", ("skill.coach", "skill.alexa", "skill.echo", "skill.web", "skill.progress", "skill.pack")),
        ("skill/progress", ("skill.coach", "skill.alexa", "skill.echo", "skill.web", "skill.content")),
        ("skill/alexa", ("skill.echo", "skill.web", "skill.cli")),
        ("skill/package", ("skill.echo", "skill.web", "skill.cli", "skill.coach")),
        ("skill/serving", ("skill.echo", "skill.cli", "skill.coach.decide", "skill.pages")),
        ("skill/pages", ("skill.alexa", "skill.echo", "skill.web", "skill.coach")),
        (
            "skill/echo",
            ("skill.coach.decide", "skill.coach.course", "skill.coach.situation", "skill.cli", "skill.studio"),
        ),
        ("skill/studio", ("skill.coach", "skill.progress", "skill.web", "skill.cli", "skill.serving", "skill.pages")),
        ("audio", ("skill.coach", "skill.alexa", "skill.echo", "skill.web", "skill.progress")),
    ],
)
def test_imports_go_downhill(folder: str, above: tuple[str, ...]) -> None:
    """Nobody imports what stands above; the device knows nothing of the coach."""
    assert [(path.name, name) for path, name in imports(folder) if name.startswith(above)] == []


def test_only_the_web_application_knows_the_studio() -> None:
    """It is added in one place, which leaves it out in production."""
    assert {path.name for path, name in imports("skill") if name == "skill.studio"} == {"web.py"}


def test_serving_loads_nothing_heavy() -> None:
    """The libraries for building audio are not loaded by the web application."""
    heavy = "{'numpy', 'av', 'pydub', 'espeakng_loader', 'gtts', 'piper', 'onnxruntime', 'boto3', 'requests', 'audio', "
    heavy += "'cryptography', 'waitress', 'skill.studio', 'skill.echo'}"
    script = f"import sys, skill.web, skill.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=unwatched(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
