#!/usr/bin/env python3
"""Measure how fast and how large things are: ``bench.py audio skill``. Not a test: figures depend on the machine.

A part is a function that prints its own lines; put a new one in PARTS.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    """Wall clock."""
    peak_mb: float
    """The most memory that it or one of its children held (MB)."""
    output: str


def main() -> int:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description="Measure speed and size.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"any of: {', '.join(PARTS)}")
    for name in parser.parse_args().part or PARTS:
        print(f"== {name}")
        PARTS[name]()
    return 0


def audio() -> None:
    """Cold build, build with nothing changed, and build with one changed line (voice espeak)."""
    with tempfile.TemporaryDirectory() as folder:
        content = Path(shutil.copytree(PROJECT / "skill" / "routines", Path(folder) / "routines"))
        build = ["-m", "audio", "build", "--voice", "espeak", "--json", "--routines", str(content)]
        surroundings = {"RUGOEFENING_PACKS": str(Path(folder) / "packs")}
        _told("cold build", python(build, surroundings))
        fastest = min((python(build, surroundings) for _ in range(5)), key=lambda one: one.seconds)
        _told("nothing changed (best of 5)", fastest)
        _change_one_line(content / "bovenrug.yaml")
        _told("one line changed", python(build, surroundings))


def _change_one_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.strip().startswith('- "') and "[" not in one)
    sentence = line.split('"')[1]
    path.write_text(text.replace(line, line.replace(sentence, f"Rustig aan. {sentence}"), 1), encoding="utf-8")


def _told(label: str, run: Run) -> None:
    found: Mapping[str, Any] = json.loads(run.output)
    pace = f", {found['seconds_written'] / run.seconds:.0f} x real time" if found["written"] else ""
    print(
        f"{label:<28} {run.seconds:6.2f} s, {run.peak_mb:4.0f} MB a process{pace}: {found['spoken']} sentences, "
        f"{found['written']} files, {found['seconds_written']:.0f} s of sound"
    )


def python(arguments: list[str], surroundings: Mapping[str, str]) -> Run:
    """Run this Python as a process of its own, and measure it with its children."""
    watched = (
        "import resource, subprocess, sys;"
        "run = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE, text=True, check=True);"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "print(peak / (1024 if sys.platform != 'darwin' else 1024 ** 2)); print(run.stdout)"
    )
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", watched, *arguments],
        cwd=PROJECT,
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    peak, _, output = run.stdout.partition("\n")
    return Run(seconds, float(peak), output)


def skill() -> None:
    """How fast the skill answers, and how large its server is."""
    from scripts.bench_skill import skill as measured  # noqa: PLC0415  # the audio part needs no web application

    measured()


PARTS: Mapping[str, Callable[[], None]] = {"audio": audio, "skill": skill}

if __name__ == "__main__":
    sys.exit(main())
