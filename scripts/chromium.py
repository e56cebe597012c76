"""Chromium, which the tests of the page and their measurement need: found, or installed where that may be done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge",
    "msedge",
    "chrome",
)
_ELSEWHERE = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = (
    "There is no Chromium here: the tests in a browser are skipped. Install it (Debian and Ubuntu: "
    "sudo apt-get install chromium), or Google Chrome."
)


def find_chromium() -> str | None:
    """The path of an installed Chromium or a browser made of it; None where there is none."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next((path for path in (*found, *filter(_is_file, _ELSEWHERE)) if path), None)


def ensure_chromium() -> str | None:
    """As ``find_chromium``; root on Debian or Ubuntu gets the system's package first, others are told what to do."""
    path = find_chromium()
    if path is None and _may_install():
        _install()
        path = find_chromium()
    if path is None:
        print(MISSING, file=sys.stderr, flush=True)
    return path


def _is_file(path: str) -> bool:
    return Path(path).is_file()


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    print("Installing Chromium, for the tests in a browser …", file=sys.stderr, flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", "-q", *arguments], env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            print((done.stderr or done.stdout).strip()[-500:], file=sys.stderr, flush=True)
