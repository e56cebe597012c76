"""The runtime of the image: it speaks no word itself, writes in one folder only, and answers as production does."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from scripts.authority import Authority
from tests.deploy.conftest import Image
from tests.deploy.lending import holds_here, locked
from tests.envelopes import EPOCH, launch
from tests.scripts.running import PROJECT

ANSWER_S = 60.0
BUILD_ONLY = ("av", "boto3", "espeakng_loader", "gtts", "mutagen", "numpy", "onnxruntime", "PIL", "piper", "pydub")
TOOLS = ("pip", "pytest", "setuptools", "wheel")


def asked(image: Image, code: str) -> str:
    """What a line of Python prints in the runtime."""
    done = subprocess.run([str(image.python), "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_runtime_carries_nothing_that_makes_audio(image: Image) -> None:
    """No speech engine, no pydub, no ffmpeg, no numpy, and no tool that could install them."""
    code = f"from importlib.util import find_spec; print([n for n in {BUILD_ONLY + TOOLS} if find_spec(n)])"
    assert asked(image, code) == "[]"
    programs = {path.name for path in image.python.parent.iterdir()}
    assert not programs & {"ffmpeg", "ffprobe", "espeak-ng", "piper", "lame", "gtts-cli"}


def test_the_runtime_holds_exactly_what_is_locked(image: Image) -> None:
    """Every package of deploy/requirements.txt in its version, the project, and nothing more."""
    code = "from importlib.metadata import distributions as d; print({x.name.lower(): x.version for x in d()})"
    found = {
        name.replace("_", "-"): version for name, version in json.loads(asked(image, code).replace("'", '"')).items()
    }
    wanted = locked(PROJECT / "deploy" / "requirements.txt").values()
    assert set(found) - {"rugoefening"} == {one.name for one in wanted if holds_here(one.marker)}
    assert found["rugoefening"]


class Running:
    """The entry point of the image, running in production on loopback."""

    def __init__(self, image: Image, environ: Mapping[str, str], log: Path) -> None:
        self.image = image
        self.log = log
        self.environ = {**image.folder.environ(image.stage), **environ}
        words = (*image.stage.only("ENTRYPOINT"), *image.stage.only("CMD"))
        command = [image.folder.inside(word) for word in words]
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd="/", env=self.environ, stderr=output)

    def is_healthy(self) -> bool:
        """What the health check of the image says."""
        command = [self.image.folder.inside(word) for word in self.image.stage.only("HEALTHCHECK")]
        done = subprocess.run(command, env=self.environ, capture_output=True, check=False)
        return done.returncode == 0

    def wait(self) -> None:
        """Until it is healthy; fails with what it printed when it ends before."""
        until = time.monotonic() + ANSWER_S
        while not self.is_healthy():
            if self.process.poll() is not None or time.monotonic() > until:
                pytest.fail(self.log.read_text(encoding="utf-8"))
            time.sleep(0.1)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Send a request to the skill."""
        connection = HTTPConnection("127.0.0.1", int(self.environ["RUGOEFENING_PORT"]), timeout=ANSWER_S)
        with closing(connection):
            connection.request("POST", "/alexa", body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, response.read()


@contextmanager
def started(image: Image, authority: Authority, folder: Path) -> Iterator[Running]:
    """The image as its owner starts it, until the end of the block."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environ = {
        **authority.environ,
        "RUGOEFENING_HOST": "127.0.0.1",
        "RUGOEFENING_PORT": str(port),
        "RUGOEFENING_PUBLIC_URL": "https://rug.voorbeeld.nl",
        "RUGOEFENING_SKILL_ID": "amzn1.ask.skill.test",
        "RUGOEFENING_ID_KEY": "a key of this test, and of this test only",
    }
    one = Running(image, environ, folder / "log")
    try:
        one.wait()
        yield one
    finally:
        one.process.kill()
        one.process.wait()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Somebody who signs as Alexa does."""
    with Authority(tmp_path_factory.mktemp("authority")) as one:
        yield one


@pytest.fixture(scope="module")
def running(image: Image, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The image, started once."""
    with started(image, authority, tmp_path_factory.mktemp("running")) as one:
        yield one


def opening() -> bytes:
    """ "Alexa, open rugoefening", said now."""
    return json.dumps(launch(seconds=(datetime.now(UTC) - EPOCH).total_seconds())).encode()


def test_the_runtime_answers_a_genuine_request(running: Running, authority: Authority) -> None:
    """Started as the image starts it, with a pack made elsewhere, it answers who signs and refuses who does not."""
    body = opening()
    status, answer = running.post(body, authority.sign(body))
    assert status == 200, answer
    assert b"https://rug.voorbeeld.nl/audio/espeak/clip-" in answer
    assert running.post(body, {})[0] == 400


def test_a_read_only_root_is_enough(image: Image, running: Running, authority: Authority) -> None:
    """From its start to its answers, the only thing that is written is the database, in its own folder."""
    body = opening()
    assert running.post(body, authority.sign(body))[0] == 200
    changed = {path for path in image.folder.root.rglob("*") if path.lstat().st_mtime_ns > image.made_ns}
    state = image.folder.root / "var" / "lib" / "rugoefening"
    assert state / "progress.sqlite3" in changed
    assert [path for path in changed if not path.is_relative_to(state)] == []


def test_it_stops_when_it_is_asked_to(image: Image, authority: Authority, tmp_path: Path) -> None:
    """The signal that the image names ends it with status 0, and then the health check fails."""
    with started(image, authority, tmp_path) as one:
        one.process.send_signal(signal.Signals[image.stage.only("STOPSIGNAL")[0]])
        assert one.process.wait(timeout=ANSWER_S) == 0
        assert not one.is_healthy()
