#!/usr/bin/env python3
"""Make the audio: the same as ``python -m audio build``, from anywhere.

With a Python that lacks the packages it goes on with the project's own environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NEEDED = ("yaml", "numpy", "av", "pydub", "espeakng_loader")
OWN_PYTHON = PROJECT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> int:
    """Run the build here, or with the project's own Python."""
    sys.path.insert(0, str(PROJECT))
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        from audio.cli import main as audio  # noqa: PLC0415 # needs the packages

        return audio(["build", *sys.argv[1:]])
    if OWN_PYTHON.exists() and not _is_own():
        return subprocess.run([str(OWN_PYTHON), __file__, *sys.argv[1:]], check=False).returncode
    print(f"This Python lacks {', '.join(missing)}. Run this first: python3 scripts/start.py", file=sys.stderr)
    return 1


def _is_own() -> bool:
    return Path(sys.prefix).resolve() == (PROJECT / ".venv").resolve()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
