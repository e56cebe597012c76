#!/usr/bin/env python3
"""Run the ``rugoefening`` command in a process whose clock is wrong: ``chaos_clock.py SECONDS_AHEAD serve``.

Setting the clock of the machine needs root and would disturb everybody else on it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main() -> int:
    """Put the clock ahead, then do what the command line asks."""
    ahead, real = float(sys.argv[1]), time.time
    time.time = lambda: real() + ahead
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from skill.cli import main as rugoefening  # noqa: PLC0415 # everything it imports must see the wrong clock

    return rugoefening(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
