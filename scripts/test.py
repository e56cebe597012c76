"""Run everything that CI runs: lint, formatting, types, the interaction models and all tests with coverage.

This file keeps to syntax that Python 3.6 can read, so that an old Python gets a message and no traceback.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.python_version import require_python

require_python()

# The imports below need a new Python: they come after the check on purpose.
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from scripts.chromium import ensure_chromium
from scripts.environment import PROJECT, Environment, SetupError, prepare
from scripts.processes import child, run, stop_like_ctrl_c

COVERAGE_PERCENT = 90
TEST_PACKS = "build/test-packs"


class Step(NamedTuple):
    """One thing that is checked: its name, the program, and settings for it alone."""

    name: str
    command: list[str]
    settings: dict[str, str] = {}  # noqa: RUF012  # a default of a tuple, never changed
    beside: bool = False
    """Whether it starts at once and runs beside the steps before it; what it says is shown at its turn."""


def main(arguments: list[str] | None = None) -> int:
    """Run all steps, also after one failed; answers 0 when all passed, 1 when not, 2 after wrong usage."""
    parser = _parser()
    options, pytest_arguments = parser.parse_known_args(arguments)
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    if in_ci and (options.fast or pytest_arguments):
        parser.error("with CI=true everything runs: --fast and pytest's options are for working by hand")
    stop_like_ctrl_c()
    try:
        environment = prepare(["audio", "test"])
        ensure_chromium()
        return _run_all(environment, options.fast, pytest_arguments, in_ci)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="test.py",
        usage="%(prog)s [-h] [--fast] [pytest's options]",
        description="Run everything that CI runs. What this program does not know goes to pytest, such as "
        "'tests/content -k side'; a part of the tests is run without asking for coverage.",
        allow_abbrev=False,
    )
    parser.add_argument("--fast", action="store_true", help="no types and no coverage: a quick look at the tests")
    return parser


def _run_all(environment: Environment, fast: bool, pytest_arguments: list[str], in_ci: bool) -> int:
    began = time.monotonic()
    environ = _environ()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "pytest.xml"
        steps = _steps(environment, fast, pytest_arguments, report)
        results = []
        with ExitStack() as running:
            started = [running.enter_context(_started(step, environ)) for step in steps]
            for step, finish in zip(steps, started, strict=True):
                print(f"\n== {step.name}", flush=True)
                turn = time.monotonic()
                results.append((step.name, finish(), time.monotonic() - turn))
        failures = [f"{name} (exit status {status})" for name, status, _ in results if status]
        failures += _skipped(report) if in_ci else []
    times = ", ".join(f"{name} {seconds:.0f} s" for name, _, seconds in results)
    print(f"\n{len(results)} steps in {time.monotonic() - began:.0f} s: {times}")
    print("Failed: " + "; ".join(failures) if failures else "Everything passed.", flush=True)
    return 1 if failures else 0


@contextmanager
def _started(step: Step, environ: dict[str, str]) -> Iterator[Callable[[], int]]:
    """What runs a step to its end with its output shown; what runs beside others is started already."""
    settings = {**environ, **step.settings}
    if not step.beside:
        yield lambda: run(step.command, folder=PROJECT, environ=settings)
        return
    with tempfile.TemporaryFile() as said:  # noqa: SIM117  # in one statement an old Python could not read it
        with child(step.command, folder=PROJECT, environ=settings, output=said.fileno()) as process:

            def finish() -> int:
                status = process.wait()
                said.seek(0)
                print(said.read().decode(errors="replace"), end="", flush=True)
                return status if status >= 0 else 1

            yield finish


def _environ() -> dict[str, str]:
    """This environment without settings of the skill, and without what keeps Python from keeping its byte code.

    Without byte code each program that a test starts would compile all packages anew.
    """
    left_out = ("RUGOEFENING_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


def _steps(environment: Environment, fast: bool, pytest_arguments: list[str], report: Path) -> list[Step]:
    program = str(environment.python)
    module = [program, "-m"]
    # three on two cores, for those with a browser wait; in the order of tests/conftest.py
    shared_out = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = [*module, "pytest", *shared_out, f"--junit-xml={report}", *pytest_arguments]
    if not fast and not pytest_arguments:
        pytest += ["--cov", f"--cov-fail-under={COVERAGE_PERCENT}"]
    steps = [
        Step("lint", [*module, "ruff", "check", "."]),
        Step("formatting", [*module, "ruff", "format", "--check", "."]),
        Step("interaction models", [program, "scripts/build_models.py", "--check"]),
        # before the tests, so that all cores make it and no test waits for it
        Step("audio", [program, "scripts/generate_audio.py", "--voice", "espeak"], {"RUGOEFENING_PACKS": TEST_PACKS}),
        Step("types", [*module, "mypy"], beside=True),  # one core for most of a minute: the steps above wait enough
        Step("tests", pytest),
    ]
    left_out = {"types"} if fast else set()
    if pytest_arguments:
        left_out.add("audio")  # a part of the tests may need none
    return [step for step in steps if step.name not in left_out]


def _skipped(report: Path) -> list[str]:
    """One failure for each test that pytest did not run, or for a run that left no report."""
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314  # pytest just wrote it
    except (OSError, ElementTree.ParseError):
        return ["pytest left no report"]
    return [
        f"skipped: {case.get('classname')}::{case.get('name')}" for case in cases if case.find("skipped") is not None
    ]


if __name__ == "__main__":
    sys.exit(main())
