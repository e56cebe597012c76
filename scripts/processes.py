"""Programs that start.py and test.py run for the user: signals are passed on and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

PATIENCE_S = 3.0
"""How long a program may take to end after it was asked to, before it is asked less kindly."""


def stop_like_ctrl_c() -> None:
    """Make the signals that ask a program to end work like Ctrl-C, which works also where the parent ignores it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def child(
    command: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    output: int | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run a program while the block lasts; whatever ends the block, the program is stopped too."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=None if os.name == "nt" else 0,  # so that what it started itself can be stopped too
    )
    try:
        yield process
    finally:
        _stop(process)
        if process.stdout is not None:
            process.stdout.close()


def _stop(process: subprocess.Popen[str]) -> None:
    try:
        for name in ("SIGINT", "SIGTERM", "SIGKILL"):
            if process.poll() is not None:
                break
            _signal(process, name)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
    except KeyboardInterrupt:  # Ctrl-C once more: no more patience
        _signal(process, "SIGKILL")
    process.wait()


def _signal(process: subprocess.Popen[str], name: str) -> None:
    """Send a signal to a program and to all that it started itself."""
    if os.name == "nt":
        process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, getattr(signal, name))


def run(command: Sequence[str], *, folder: Path, environ: Mapping[str, str]) -> int:
    """Run a program to its end with its output shown; answers its exit status, 1 when a signal ended it."""
    with child(command, folder=folder, environ=environ) as process:
        status = process.wait()
    return status if status >= 0 else 1
