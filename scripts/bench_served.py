"""Servers that bench.py starts on loopback, what they use, and what they tell."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.authority import Authority
from scripts.bench_listeners import SKILL_ID
from skill.settings import PREFIX, PROJECT

READY_S = 30.0
VERIFIED = ("-m", "skill.cli", "serve")
UNVERIFIED = ("-m", "scripts.bench_unverified")
EMPTY = ("-m", "scripts.bench_empty")


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    port: int
    pid: int

    def core_seconds(self) -> float | None:
        """The processor time that it used so far; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float | None:
        """The memory that it holds now (MB); None where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else None

    def metric(self, name: str) -> float:
        """One of its figures, of /metrics."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        if found is None:
            raise SystemExit(f"/metrics does not tell {name}:\n{text}")
        return float(found[1])


def stolen_s() -> float | None:
    """The processor time that the host of a virtual machine took away since it began (s); None: it is not told."""
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    except OSError:
        return None
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(command: tuple[str, ...], database: Path, packs: Path, authority: Authority) -> Iterator[Served]:
    """A server in production that trusts this authority, while the block lasts. Ends the program when it fails."""
    own = {"ENV": "production", "PUBLIC_URL": "https://rug.example", "SKILL_ID": SKILL_ID, "ID_KEY": "k" * 32}
    with _running(command, database, packs, own, authority.environ) as found:
        yield found


@contextmanager
def development(database: Path, packs: Path) -> Iterator[Served]:
    """A server as ``scripts/start.py`` starts it, while the block lasts. Ends the program when it fails."""
    with _running(("-m", "skill.cli", "serve"), database, packs, {}, {}) as found:
        yield found


@contextmanager
def _running(
    command: tuple[str, ...], database: Path, packs: Path, own: Mapping[str, str], others: Mapping[str, str]
) -> Iterator[Served]:
    port = _free_port()
    settings = {**own, "PORT": str(port), "PACKS": str(packs), "DATABASE": str(database)}
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        **others,
        **{PREFIX + name: value for name, value in settings.items()},
    }
    log = database.with_suffix(".log")
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=PROJECT, env=environ, stdin=subprocess.DEVNULL, stderr=written
        )
        try:
            _wait_until_ready(process, port, log)
            yield Served(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"the server does not start:\n{log.read_text(encoding='utf-8')}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
