#!/usr/bin/env python3
"""Make the skill package that ``ask deploy`` sends to Amazon.

With a Python that lacks the packages it goes on with the project's own environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NEEDED = ("yaml", "PIL")
OWN_PYTHON = PROJECT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> int:
    """Make the package here, or with the project's own Python."""
    sys.path.insert(0, str(PROJECT))
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        if OWN_PYTHON.exists() and Path(sys.prefix).resolve() != OWN_PYTHON.parent.parent.resolve():
            return subprocess.run([str(OWN_PYTHON), __file__, *sys.argv[1:]], check=False).returncode
        print(f"This Python lacks {', '.join(missing)}. Run this first: python3 scripts/start.py", file=sys.stderr)
        return 1
    from skill.errors import RugoefeningError  # noqa: PLC0415  # needs the packages
    from skill.package.command import main as package  # noqa: PLC0415  # needs the packages

    try:
        return package()
    except RugoefeningError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
