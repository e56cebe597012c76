#!/usr/bin/env python3
"""Measure how fast and large things are: ``bench.py audio skill serve web``. Figures depend on the machine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
PARTS = ("audio", "skill", "serve", "web")


def main() -> int:
    """Run the parts that are asked for; the exit status is 1 when the server did not answer as it should."""
    options = _options()
    status = 0
    for name in options.part or PARTS:
        if not options.json:
            print(f"== {name}")
        if name == "audio":
            from scripts.bench_audio import audio  # noqa: PLC0415  # the skill part needs no audio packages

            audio(jobs=options.jobs, share=options.plain_share, as_json=options.json)
        elif name == "skill":
            from scripts.bench_skill import skill  # noqa: PLC0415  # the audio part needs no web application

            skill()
        elif name == "serve":
            from scripts.bench_serve import serve  # noqa: PLC0415  # as above

            status = max(status, serve(minutes=options.minutes, as_json=options.json))
        else:
            from scripts.bench_web import web  # noqa: PLC0415  # as above

            status = max(status, web(sessions=options.sessions, as_json=options.json))
    return status


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure speed and size.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--json", action="store_true", help="of the part audio, serve or web: the figures as data")
    parser.add_argument(
        "--jobs", type=_count, default=min(8, os.cpu_count() or 1), metavar="N", help="processes that make audio"
    )
    parser.add_argument(
        "--plain-share",
        type=_share,
        default=0.1,
        metavar="SHARE",
        help="how much is measured of the plain way and of the stages, and scaled up (0.1: a tenth)",
    )
    parser.add_argument(
        "--minutes",
        type=_minutes,
        default=0.5,
        metavar="N",
        help="of the part serve: how long the listeners listen (0.5)",
    )
    parser.add_argument(
        "--sessions",
        type=_count,
        default=10,
        metavar="N",
        help="of the part web: how many whole trainings, at sixteen times their tempo (10)",
    )
    options = parser.parse_args()
    if options.json and options.part not in (["audio"], ["serve"], ["web"]):
        parser.error("--json is for one part, audio, serve or web: bench.py serve --json")
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 60:
        raise argparse.ArgumentTypeError("give a number above 0, up to 60")
    return minutes


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError("give a number above 0, up to 1")
    return share


if __name__ == "__main__":
    sys.exit(main())
