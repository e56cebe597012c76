"""A build that is stopped by Ctrl-C, and what a terminal shows while it runs."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.processes import unwatched

PROJECT = Path(__file__).resolve().parents[2]
BUILD = [sys.executable, "-m", "audio", "build", "--voice", "espeak", "--jobs", "2"]


def started(packs: Path, errors: int) -> subprocess.Popen[bytes]:
    """A build of everything, in a process that answers to Ctrl-C as one in a terminal does."""
    return subprocess.Popen(
        BUILD,
        cwd=PROJECT,
        env={**unwatched(), "RUGOEFENING_PACKS": str(packs)},
        stdout=subprocess.DEVNULL,
        stderr=errors,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 # no threads here
    )


def wait_for_parts(packs: Path, build: subprocess.Popen[bytes]) -> int:
    """Wait until the build has made something; how many parts there are."""
    end = time.monotonic() + 120
    while time.monotonic() < end and build.poll() is None:
        if found := len(list(packs.glob(".cache/espeak/part-*.bin"))):
            return found
        time.sleep(0.05)
    raise AssertionError("the build made nothing")


def all_of(terminal: int) -> str:
    """What was written to a terminal until its other end was closed."""
    text = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other end is closed
            piece = b""
        if not piece:
            return text.decode()
        text += piece


def test_ctrl_c_stops_a_build_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """Ctrl-C gives one line and exit status 130, no pack and no half file; what was made by then is kept.

    On the terminal a progress bar is seen until then, and its line is left clean.
    """
    ours, theirs = pty.openpty()
    build = started(tmp_path, theirs)
    os.close(theirs)
    wait_for_parts(tmp_path, build)
    build.send_signal(signal.SIGINT)
    shown = all_of(ours)
    os.close(ours)
    assert build.wait(timeout=60) == 130
    assert "speaking" in shown
    assert "%" in shown
    assert shown.rpartition("\x1b[K")[2].startswith("Interrupted; the pack that was there is as it was.")
    assert "Traceback" not in shown
    assert not (tmp_path / "espeak" / "manifest.json").exists()
    assert not list(tmp_path.rglob("*.part"))
    assert list(tmp_path.glob(".cache/espeak/part-*.bin"))


def test_no_progress_bar_where_nobody_looks(tmp_path: Path) -> None:
    """Without a terminal, standard error holds notes only."""
    log = tmp_path / "log"
    with log.open("wb") as errors:
        build = started(tmp_path, errors.fileno())
        wait_for_parts(tmp_path, build)
        build.send_signal(signal.SIGINT)
        assert build.wait(timeout=60) == 130
    assert log.read_text() == "Interrupted; the pack that was there is as it was. Run again to go on.\n"


def test_killed_build_leaves_no_workers(tmp_path: Path) -> None:
    """When a build is killed outright, its worker processes end by themselves."""
    with (tmp_path / "log").open("wb") as errors:
        build = started(tmp_path / "packs", errors.fileno())
        wait_for_parts(tmp_path / "packs", build)
        workers = children(build.pid)
        assert len(workers) >= 2
        build.kill()
        build.wait()
    end = time.monotonic() + 60
    while (left := [one for one in workers if alive(one)]) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []


def children(process: int) -> list[int]:
    """The processes that a process started (Linux and macOS)."""
    return [int(one) for one in told("pgrep", "-P", str(process)).split()]


def alive(process: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    return told("ps", "-o", "stat=", "-p", str(process)).strip()[:1] not in ("", "Z")


def told(program: str, *arguments: str) -> str:
    """What a program of the system tells."""
    path = shutil.which(program)
    assert path is not None, f"this test needs the program {program}"
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False).stdout


def test_polite_kill_is_like_ctrl_c(tmp_path: Path) -> None:
    """SIGTERM, which ends a session or a service, gives the same line and exit status 130."""
    log = tmp_path / "log"
    with log.open("wb") as errors:
        build = started(tmp_path / "packs", errors.fileno())
        wait_for_parts(tmp_path / "packs", build)
        build.terminate()
        assert build.wait(timeout=60) == 130
    assert log.read_text() == "Interrupted; the pack that was there is as it was. Run again to go on.\n"
