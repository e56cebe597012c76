"""A site for the faults: a copy of the product with its own pack and database, and the real server that runs there."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from skill.pack import MANIFEST, load_pack
from skill.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
SKILL_ID = "amzn1.ask.skill.chaos"
VOICE = "espeak"
CODE = ("skill", "audio", "scripts", "interaction_models")
CLOCK = Path("scripts") / "chaos_clock.py"
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "packs")
_COUNTED = ("ledger.json", "lock")
_READY_S = 30.0
_FOREIGN = ("RUGOEFENING_", "COVERAGE_", "COV_CORE_", "PYTEST_")


class SiteError(Exception):
    """The site cannot be made or its server does not start; the message says why."""


@dataclass(frozen=True)
class Site:
    """A folder with a copy of the code, the pack and the cache of its voice, and the place of a database."""

    folder: Path
    id_key: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def code(self) -> Path:
        """The copy of the product, whose text the owner may change."""
        return self.folder / "code"

    @property
    def packs(self) -> Path:
        """Where the audio is built."""
        return self.folder / "packs"

    @property
    def pack(self) -> Path:
        """The pack that is served."""
        return self.packs / VOICE

    @property
    def database(self) -> Path:
        """The file of the store."""
        return self.folder / "var" / "progress.sqlite3"

    @property
    def settings(self) -> Settings:
        """What the virtual Echos need to know of it."""
        return Settings(packs=self.packs, voice=VOICE, database=self.database, skill_id=SKILL_ID)

    def environ(self, port: int, authority: Mapping[str, str]) -> dict[str, str]:
        """The environment of a server in production, on loopback, that trusts this authority."""
        own = {
            "ENV": "production",
            "PORT": str(port),
            "PUBLIC_URL": "https://rug.example",
            "SKILL_ID": SKILL_ID,
            "ID_KEY": self.id_key,
            "PACKS": str(self.packs),
            "DATABASE": str(self.database),
            "VOICE": VOICE,
        }
        return {**bare_environ(), **{f"RUGOEFENING_{name}": value for name, value in own.items()}, **authority}

    def finished(self) -> frozenset[str]:
        """The runs that the store counts as finished. Raises SiteError when it cannot be read."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
                return frozenset(run for (run,) in connection.execute("SELECT run FROM finished"))
        except sqlite3.Error as error:
            raise SiteError(f"{self.database}: cannot be read behind a fault: {error}") from error


def bare_environ() -> dict[str, str]:
    """This environment without settings of the skill and without whatever watches this process."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}


def make_site(folder: Path, packs: Path) -> Site:
    """Copy the product and the built audio of ``packs``; sound is linked where the disk allows it.

    Raises PackError when there is no audio, and SiteError when the folder cannot be written.
    """
    site = Site(folder)
    try:
        for name in CODE:
            shutil.copytree(PROJECT / name, site.code / name, ignore=_NOT_COPIED)
        _copy_audio(packs / VOICE, packs / ".cache" / VOICE, site)
        site.database.parent.mkdir()
    except OSError as error:
        raise SiteError(f"{folder}: the site cannot be made: {error}") from error
    return site


def _copy_audio(pack: Path, cache: Path, site: Site) -> None:
    served = load_pack(pack / MANIFEST)
    kept = site.packs / ".cache" / VOICE
    for target in (site.pack, kept):
        target.mkdir(parents=True)
    for name in (MANIFEST, f"manifest-{served.id}.json"):
        shutil.copy(pack / name, site.pack / name)
    for name in served.files:
        _link(pack / name, site.pack / name)
    for file in cache.iterdir() if cache.is_dir() else ():
        if file.name in _COUNTED:
            shutil.copy(file, kept / file.name)
        elif file.is_file():
            _link(file, kept / file.name)


def _link(source: Path, target: Path) -> None:
    """A second name for a file that is only ever replaced, never written in; a copy on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Server:
    """The real server of a site, as a process of its own that can be ended in any way and started again."""

    site: Site
    authority: Mapping[str, str]
    port: int = field(default_factory=free_port)
    lines: list[str] = field(default_factory=list)
    """What it wrote to standard error, since the very first start."""
    _process: subprocess.Popen[str] | None = None

    def start(self, clock_ahead_s: float = 0.0) -> None:
        """Start it and wait until it answers. Raises SiteError when it does not within half a minute.

        ``clock_ahead_s`` makes its clock wrong by so much.
        """
        command = ["-m", "skill.cli", "serve"] if not clock_ahead_s else [str(CLOCK), str(clock_ahead_s), "serve"]
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.site.code,
            env=self.site.environ(self.port, self.authority),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            process_group=0,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        until = time.monotonic() + _READY_S
        while self.health() is None:
            if self._process.poll() is not None or time.monotonic() > until:
                said = "\n".join(self.lines[-5:])
                raise SiteError(f"the server does not start (exit status {self._process.poll()}): {said}")
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end, at most 20 s; its exit status (negative: the signal that ended it)."""
        process, self._process = self._process, None
        if process is None:
            return 0
        self._signal(process, number)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            self._signal(process, signal.SIGKILL)
            return process.wait()

    @staticmethod
    def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
        if number is signal.SIGKILL:
            os.killpg(process.pid, number)  # a worker of its own dies with it
        else:
            process.send_signal(number)

    def restart(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal and start it again; the exit status of the one that ended."""
        status = self.end(number)
        self.start()
        return status

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def pids(self) -> list[int]:
        """The processes of the server: itself and what it started."""
        return [pid for pid, _ in self._members()]

    def memory_mb(self) -> float:
        """How much memory it holds now (MB)."""
        return sum(kilobytes for _, kilobytes in self._members()) / 1024

    def _members(self) -> Iterator[tuple[int, int]]:
        if self._process is None:
            return
        listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,rss="], capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            pid, group, kilobytes = (int(one) for one in line.split())
            if group == self._process.pid:
                yield pid, kilobytes

    def health(self) -> Mapping[str, object] | None:
        """What it says of its health; None when it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            found = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return found if isinstance(found, dict) else None

    def remembers(self) -> bool:
        """Whether it says that its database works."""
        database = (self.health() or {}).get("database")
        return isinstance(database, dict) and database.get("ok") is True

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stderr is not None:
            with process.stderr as output:
                self.lines.extend(line.rstrip() for line in output)
