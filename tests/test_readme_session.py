"""The session that the README shows is what really happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_session_in_the_readme_is_true(built_pack: Path) -> None:
    """Typed into the virtual Echo, the words of the README give its lines, in its order."""
    block = re.search(r"<!-- session -->\n```\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    shown = [line for line in block[1].splitlines() if line.strip() != "…"]
    typed = [line.removeprefix("> ") for line in shown if line.startswith((">", "~"))]
    done = subprocess.run(
        [sys.executable, "-m", "skill.cli", "simulate", "--fast", "--first"],
        input="\n".join(typed) + "\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "RUGOEFENING_PACKS": str(built_pack)},
    )
    said = iter(done.stdout.splitlines())
    missing = [line for line in shown if not line.startswith("~") and line not in said]
    assert missing == []
