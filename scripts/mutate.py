"""Measure how many small mistakes in the coach its tests would notice, with mutmut, in a copy of the project.

Mutmut changes one thing at a time in ``skill/coach`` (a sign, a number, a condition) and runs the tests of the coach
on each change. It is no dependency: it wants a newer click than gtts does, so it lives in an environment of its own::

    python3 -m venv build/mutate
    build/mutate/bin/python -m pip install mutmut
    .venv/bin/python scripts/mutate.py --mutmut build/mutate/bin/python

It takes some ten minutes with two processes; the changes that no test noticed are shown at the end.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COPIED = ("skill", "audio", "interaction_models", "tests", "pyproject.toml")
"""What the tests of the coach need."""
TESTS = ("tests/coach",)
"""The tests that each change is run against: fast ones, on a sketched pack."""
_UNSEEN = ("survived", "no tests")
_RUN = "import sys; sys.path.append(sys.argv.pop(1)); from mutmut.__main__ import cli; cli()"
"""Mutmut with the packages of this environment behind its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mutmut and tell the score; answers 1 when mutmut cannot run or the tests fail without any change."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutate") as folder:
        copy = Path(folder)
        _copy(copy, options.files)
        mutmut = [options.mutmut, "-c", _RUN, sysconfig.get_path("purelib")]
        if subprocess.run([*mutmut, "run", "--max-children", str(options.jobs)], check=False, cwd=copy).returncode:
            print("mutmut could not run: is it installed there, and do the tests of the coach pass?", file=sys.stderr)
            return 1
        found = subprocess.run(
            [*mutmut, "results", "--all", "true"], cwd=copy, capture_output=True, text=True, check=True
        )
    return _tell(found.stdout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutate.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutmut", default=sys.executable, metavar="PYTHON", help="a Python that has mutmut")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes work at once")
    parser.add_argument("files", nargs="*", default=["skill/coach"], help="what is changed; skill/coach unless said")
    return parser


def _copy(folder: Path, files: Sequence[str]) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "packs")
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    lines = [
        "[mutmut]",
        *_listed("source_paths", files),
        *_listed("also_copy", COPIED),
        *_listed("pytest_add_cli_args_test_selection", TESTS),
        *_listed("pytest_add_cli_args", ("-p", "no:cacheprovider")),
        "use_git_change_detection = false",
    ]
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _listed(name: str, values: Sequence[str]) -> list[str]:
    return [f"{name} =", *(f"    {value}" for value in values)]


def _tell(results: str) -> int:
    found = re.findall(r"^\s*(\S+): (.+)$", results, re.MULTILINE)
    unseen = [name for name, status in found if status in _UNSEEN]
    print("\n".join(f"unnoticed: {name}" for name in unseen))
    if not found:
        print("mutmut made no change at all", file=sys.stderr)
        return 1
    noticed = len(found) - len(unseen)
    print(f"{noticed} of {len(found)} changes were noticed: {100 * noticed / len(found):.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
