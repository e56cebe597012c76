"""The faults: each does its harm while people train, and mends it as the owner of the skill would."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.authority import Authority
from scripts.chaos_people import Stage
from scripts.chaos_site import Server, Site, bare_environ
from scripts.chaos_wire import Notebook, Weather

_LOCKED_S = 2.0
"""So much longer than people go on another process holds the database."""
_WELL_S = 15.0
_PATIENCE_S = 10.0
_RESTED_S = 1.1
"""The skill leaves a store that failed alone for a second."""
_COLD_S = 3.0
"""So long may a refusal take while the certificate host is away."""
_HEADER = 100
"""Bytes of a database before its first page of data."""
_CLOCKS_S = (-140.0, -70.0, 0.0, 70.0, 140.0, 160.0, -160.0, 86400.0)
_BIG_CLOCKS_S = (100.0, -100.0)
_ROUTINE = Path("skill") / "routines" / "bovenrug.yaml"
_SENTENCES = (
    "Mooi. Laat je handen in je schoot zakken.",
    "Mooi. Leg je handen rustig in je schoot.",
    "Mooi. Je handen mogen in je schoot zakken.",
)
_LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=10)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.rollback()
"""


@dataclass
class Scene:
    """Everything that a fault may touch."""

    site: Site
    server: Server
    authority: Authority
    stage: Stage
    notebook: Notebook
    chance: random.Random
    lasts_s: float
    """How long people go on with it."""
    people: int

    def go_on(self) -> None:
        """People train on for a while, and on a busy machine until there were as many requests as people."""
        enough = self.notebook.tally.requests + self.people
        until = time.monotonic() + _PATIENCE_S
        time.sleep(self.lasts_s)
        while self.notebook.tally.requests < enough and time.monotonic() < until:
            time.sleep(0.02)

    def backup(self) -> Path:
        """A copy of the store, made as the README says."""
        copy = self.site.folder / "backup.sqlite3"
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.site.database)) as one, closing(sqlite3.connect(copy)) as other:
            one.backup(other)
        return copy

    def until_well(self) -> None:
        """Wait until the skill says that its store works, and has let go of its last trouble."""
        until = time.monotonic() + _WELL_S
        while not self.server.remembers():
            if time.monotonic() > until:
                self.notebook.problem(f"the store does not come back: {self.server.health()}")
                return
            time.sleep(0.1)
        time.sleep(_RESTED_S)

    def require_trouble(self) -> None:
        """While it cannot write its store, the skill must say so."""
        if self.server.remembers():
            self.notebook.problem("the skill says that its store works while it cannot")

    def put_back(self, copy: Path) -> None:
        """Put a copy of the store in its place while the server stands still, as the README says."""
        status = self.server.end()
        self._remove_beside()
        shutil.copy(copy, self.site.database)
        self.server.start()
        self.require_clean(status)
        self.until_well()

    def move_in(self, copy: Path) -> None:
        """Put a copy of the store in its place while the server runs."""
        fresh = self.site.database.with_suffix(".new")
        shutil.copy(copy, fresh)
        self._remove_beside()
        fresh.replace(self.site.database)
        self.until_well()

    def _remove_beside(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.site.database}{end}").unlink(missing_ok=True)

    def require_clean(self, status: int) -> None:
        """A server that was asked to end must have ended well."""
        if status:
            self.notebook.problem(f"asked to end, the server ended with status {status}")


def killed(scene: Scene) -> None:
    """SIGKILL, and a start on the same port."""
    scene.server.end(signal.SIGKILL)
    time.sleep(scene.chance.uniform(0, 0.3))
    scene.server.start()
    scene.go_on()


def ended(scene: Scene) -> None:
    """SIGTERM, and a start on the same port."""
    scene.require_clean(scene.server.restart())
    scene.go_on()


def disk_full(scene: Scene) -> None:
    """The server may write in no file: what a full disk does, without root (a limit of the running process)."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in scene.server.pids()}
    for pid, (_, most) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
    scene.go_on()
    scene.require_trouble()
    for pid, limit in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
    scene.until_well()


def locked(scene: Scene) -> None:
    """Another process holds the database for some seconds."""
    command = [sys.executable, "-c", _LOCK, str(scene.site.database), str(scene.lasts_s + _LOCKED_S)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        if other.stdout is not None and other.stdout.readline():
            scene.require_trouble()
        other.wait()
    scene.until_well()


def overwritten(scene: Scene) -> None:
    """The database is overwritten behind its header; the copy of before is put back."""
    with scene.notebook.spell():
        copy = scene.backup()
        with scene.site.database.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(_HEADER)
            file.write(scene.chance.randbytes(size - _HEADER))
        scene.go_on()
        scene.require_trouble()
        scene.put_back(copy)


def truncated(scene: Scene) -> None:
    """Half of the database is cut off; the copy of before is put back while the server runs."""
    with scene.notebook.spell():
        copy = scene.backup()
        with scene.site.database.open("r+b") as file:
            file.truncate(file.seek(0, os.SEEK_END) // 2 + 100)
        scene.go_on()
        scene.move_in(copy)


def garbage(scene: Scene) -> None:
    """Another file lies where the database was; the copy of before is put back while the server runs."""
    with scene.notebook.spell():
        copy = scene.backup()
        other = scene.site.database.with_suffix(".garbage")
        other.write_bytes(scene.chance.randbytes(20_000))
        other.replace(scene.site.database)
        scene.go_on()
        scene.move_in(copy)


def removed(scene: Scene) -> None:
    """The database is gone; the copy of before is put back while the server runs."""
    with scene.notebook.spell():
        copy = scene.backup()
        scene.site.database.unlink()
        scene.go_on()
        scene.move_in(copy)


@contextmanager
def _some_audio(scene: Scene) -> Iterator[list[Path]]:
    """A third of the audio files; all are put back."""
    files = sorted(scene.site.pack.glob("*.mp3"))
    taken = scene.chance.sample(files, len(files) // 3)
    aside = scene.site.folder / "aside"
    aside.mkdir()
    for file in taken:
        file.rename(aside / file.name)
    yield taken
    for file in taken:
        (aside / file.name).replace(file)
    aside.rmdir()


def audio_removed(scene: Scene) -> None:
    """A third of the audio files is gone, and comes back."""
    with _some_audio(scene):
        scene.go_on()


def audio_truncated(scene: Scene) -> None:
    """A third of the audio files is cut in half, and comes back."""
    with _some_audio(scene) as taken:
        for file in taken:
            whole = (scene.site.folder / "aside" / file.name).read_bytes()
            file.write_bytes(whole[: len(whole) // 2])
        scene.go_on()


def rebuilt(scene: Scene) -> None:
    """The owner changes a line and builds the audio, while people train on."""
    path = scene.site.code / _ROUTINE
    text = path.read_text(encoding="utf-8")
    at = next(index for index, sentence in enumerate(_SENTENCES) if sentence in text)
    path.write_text(text.replace(_SENTENCES[at], _SENTENCES[(at + 1) % len(_SENTENCES)]), encoding="utf-8")
    built = subprocess.run(
        [sys.executable, "scripts/generate_audio.py"],
        cwd=scene.site.code,
        env={**bare_environ(), "RUGOEFENING_PACKS": str(scene.site.packs)},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        scene.notebook.problem(f"the audio cannot be built: {built.stderr.strip()[-300:]}")
    scene.go_on()


def late(scene: Scene) -> None:
    """Requests and answers take up to a second; playback events arrive late and in another order."""
    scene.stage.hold = True
    _network(scene, Weather.LATE, Weather.LATE, Weather.FAIR)
    scene.stage.hold = False


def dropped(scene: Scene) -> None:
    """Requests get lost, break off, come twice at once, or are answered when nobody listens any more."""
    _network(scene, Weather.FAIR, Weather.LOST, Weather.CUT, Weather.DEAF, Weather.TWICE)


def _network(scene: Scene, *weather: Weather) -> None:
    scene.notebook.weather = weather
    scene.go_on()
    scene.notebook.weather = (Weather.FAIR,)


def clocks(scene: Scene) -> None:
    """The clocks of the devices jump between 140 s slow and 140 s fast; beyond 150 s requests are refused."""
    scene.stage.skews = _CLOCKS_S
    scene.go_on()
    scene.stage.skews = ()


def server_clock(scene: Scene) -> None:
    """The server starts with a clock that is 100 s wrong, and is then put right."""
    scene.server.end()
    scene.server.start(scene.chance.choice(_BIG_CLOCKS_S))
    scene.go_on()
    scene.server.restart()


def far_clock(scene: Scene) -> None:
    """The server starts two years ahead of the time, and is then put right."""
    scene.server.end()
    scene.server.start(2 * 365 * 86400.0)
    scene.go_on()
    scene.server.restart()


def certificates(scene: Scene) -> None:
    """The certificate host is away: nothing happens, but for a server that starts then; it comes back."""
    scene.authority.online = False
    refused = scene.notebook.tally.refused
    scene.go_on()
    if scene.notebook.tally.refused != refused:
        scene.notebook.problem("a cached certificate was not enough while its host was away")
    scene.server.restart()
    scene.notebook.tally.longest_ms = 0.0
    scene.go_on()
    if scene.notebook.tally.longest_ms > _COLD_S * 1000:
        scene.notebook.problem(f"a refusal took {scene.notebook.tally.longest_ms:.0f} ms without certificate host")
    scene.authority.online = True
    scene.server.restart()  # a failure is not fetched again for a minute


@dataclass(frozen=True)
class Fault:
    """One fault, and whether requests may be refused (400) during it."""

    run: Callable[[Scene], None]
    refuses: bool = False

    @property
    def meaning(self) -> str:
        """What it does, in one sentence."""
        return (self.run.__doc__ or "").split("\n", maxsplit=1)[0]


FAULTS: Mapping[str, Fault] = {
    "killed": Fault(killed),
    "ended": Fault(ended),
    **({"disk-full": Fault(disk_full)} if hasattr(resource, "prlimit") else {}),  # Linux only
    "locked": Fault(locked),
    "overwritten": Fault(overwritten),
    "truncated": Fault(truncated),
    "garbage": Fault(garbage),
    "removed": Fault(removed),
    "audio-removed": Fault(audio_removed),
    "audio-truncated": Fault(audio_truncated),
    "rebuilt": Fault(rebuilt),
    "late": Fault(late),
    "dropped": Fault(dropped, refuses=True),
    "clocks": Fault(clocks, refuses=True),
    "server-clock": Fault(server_clock, refuses=True),
    "far-clock": Fault(far_clock, refuses=True),
    "certificates": Fault(certificates, refuses=True),
}
