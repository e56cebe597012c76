#!/usr/bin/env python3
"""Throw spoiled inputs at the product and count what goes wrong: ``fuzz.py --target request --inputs 10000``.

Without a target all of them are run. The engine atheris looks for inputs that reach new code, and is no dependency:
``pip install -e ".[fuzz]"``; the engine random needs nothing, and repeats itself with the same seed. What goes wrong
is saved in a folder: the smallest input of each kind, and beside it what was wrong. Exit status 1 tells of a finding.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from scripts.fuzz_targets import PACKS, TARGETS, VOICE  # noqa: E402  # the path comes first


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the targets; answers 1 after a finding or where something is missing, 2 after wrong usage."""
    options = _options(arguments)
    if not (options.packs / VOICE).is_dir():
        print(f"{options.packs}: no pack is here; run scripts/test.py, or name a folder of packs", file=sys.stderr)
        return 1
    if options.engine == "atheris" and importlib.util.find_spec("atheris") is None:
        print('atheris is not installed: pip install -e ".[fuzz]", or use --engine random', file=sys.stderr)
        return 1
    options.findings.mkdir(parents=True, exist_ok=True)
    reports = {name: _run(name, options) for name in options.target or TARGETS}
    print(json.dumps(reports, indent=1) if options.json else _table(reports))
    found = any(report is None or report["findings"] for report in reports.values())
    if found:
        print(f"What went wrong is in {options.findings}; --replay FILE tries one again.", file=sys.stderr)
    return 1 if found else 0


def _run(name: str, options: argparse.Namespace) -> dict[str, Any] | None:
    """The report of one target; None when its process broke down."""
    print(f"{name}: {TARGETS[name].about}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "scripts.fuzz_run", "--target", name, "--engine", options.engine]
        command += ["--inputs", str(options.inputs), "--seconds", str(options.seconds), "--seed", str(options.seed)]
        command += ["--packs", str(options.packs.resolve()), "--findings", str(options.findings.resolve())]
        command += ["--report", str(report)]
        if options.replay:
            command += ["--replay", str(options.replay.resolve())]
        done = subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.DEVNULL)
        if done.returncode or not report.exists():
            print(f"{name}: the process ended with status {done.returncode}", file=sys.stderr)
            return None
        found: dict[str, Any] = json.loads(report.read_bytes())
        return found


def _table(reports: dict[str, dict[str, Any] | None]) -> str:
    lines = [f"{'target':12}{'inputs':>10}{'seconds':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}  findings"]
    for name, report in reports.items():
        if report is None:
            lines.append(f"{name:12}{'broke down':>10}")
            continue
        times = "".join(f"{report.get(key, 0):>9.2f}" for key in ("p50_ms", "p99_ms", "max_ms"))
        lines.append(f"{name:12}{report['inputs']:>10}{report['seconds']:>9.0f}{times}  {_told(report['findings'])}")
    total = sum(report["inputs"] for report in reports.values() if report)
    return "\n".join([*lines, f"{'all':12}{total:>10}"])


def _told(findings: dict[str, int]) -> str:
    return ", ".join(f"{kind} ({count} times)" for kind, count in findings.items()) or "none"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="one or more; all unless said")
    parser.add_argument("--engine", choices=("atheris", "random"), default="atheris", help="atheris unless said")
    parser.add_argument("--inputs", type=_count, default=10_000, metavar="N", help="for each target (10000)")
    parser.add_argument("--seconds", type=_count, default=600, metavar="S", help="at most, for each target (600)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other inputs with another number (0)")
    parser.add_argument("--packs", type=Path, default=PACKS, metavar="DIR", help="packs (build/test-packs)")
    parser.add_argument("--findings", type=Path, default=PROJECT / "build" / "fuzz", metavar="DIR", help="build/fuzz")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="try this one input of the target again")
    parser.add_argument("--json", action="store_true", help="the figures as data")
    options = parser.parse_args(arguments)
    if options.replay:
        options.engine = "random"
        if not options.target or len(options.target) != 1 or not options.replay.is_file():
            parser.error("--replay needs a file, and the one --target that it is for")
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
