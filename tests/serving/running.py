"""The real server in production, as a process of its own, and requests as Alexa signs them."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.authority import Authority
from tests.envelopes import launch
from tests.scripts.running import clean_environ

PROJECT = Path(__file__).resolve().parents[2]
SKILL_ID = "amzn1.ask.skill.test"
READY_S = 30
PATIENCE_S = 20


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


@dataclass
class Served:
    """A server that runs, with the authority that it trusts."""

    authority: Authority
    port: int
    process: subprocess.Popen[bytes]
    lines: list[str] = field(default_factory=list)
    """What it wrote to standard error; all of it once it has ended."""
    reader: threading.Thread | None = None

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def say(self, envelope: dict[str, Any]) -> Answer:
        """Send an envelope as Alexa does: with the time of now, and signed."""
        body = fresh(envelope)
        return self.ask("POST", "/alexa", body, self.authority.sign(body))

    def raw(self, sent: bytes) -> bytes:
        """All that comes back to these bytes, until the server ends the connection."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_all(connection)

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def end(self) -> int:
        """Ask it to stop; the exit status, when it has ended and everything it wrote is read."""
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        if self.reader is not None:
            self.reader.join(PATIENCE_S)
        return status

    def wait_until_closed(self) -> None:
        """Wait until it accepts no more connections."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.01)
        raise AssertionError("it goes on accepting connections")


def fresh(envelope: dict[str, Any]) -> bytes:
    """The body of an envelope that is sent now, with an id of its own."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    request = {**envelope["request"], "timestamp": now, "requestId": f"amzn1.echo-api.request.{time.monotonic_ns()}"}
    return json.dumps({**envelope, "request": request}).encode()


def posted(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A whole request, as it goes over the wire."""
    lines = ["POST /alexa HTTP/1.1", "Host: rug.example", "Connection: close", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode() + body


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side ends the connection."""
    found = b""
    while part := connection.recv(65536):
        found += part
    return found


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def settings(packs: Path, folder: Path, port: int, authority: Authority) -> dict[str, str]:
    """The environment of a server in production on loopback."""
    own = {
        "ENV": "production",
        "PORT": str(port),
        "PUBLIC_URL": "https://rug.example",
        "SKILL_ID": SKILL_ID,
        "ID_KEY": "k" * 32,
        "PACKS": str(packs),
        "DATABASE": str(folder / "progress.sqlite3"),
    }
    coverage = {name: value for name, value in clean_environ().items() if name.startswith(("COVERAGE_", "COV_CORE_"))}
    return {
        **clean_environ(),
        **coverage,
        **{f"RUGOEFENING_{name}": value for name, value in own.items()},
        **authority.environ,
    }


@contextmanager
def production(
    environ: Mapping[str, str], port: int, authority: Authority, *, listens_to_log: bool = True
) -> Iterator[Served]:
    """The server while the block lasts; ``listens_to_log`` off: nobody reads its standard error."""
    process = subprocess.Popen(
        [sys.executable, "-m", "skill.cli", "serve"],
        cwd=PROJECT,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    served = Served(authority, port, process)
    if listens_to_log:
        served.reader = threading.Thread(target=_listen, args=(served,), daemon=True)
        served.reader.start()
    try:
        _wait_until_ready(served)
        yield served
    finally:
        process.kill()
        process.wait()
        if served.reader is not None:
            served.reader.join(PATIENCE_S)
        if process.stderr is not None:
            process.stderr.close()


def _listen(served: Served) -> None:
    for line in served.process.stderr or ():
        served.lines.append(line.decode().rstrip("\n"))


def _wait_until_ready(served: Served) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and served.process.poll() is None:
        try:
            served.connect().close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("\n".join(["the server does not start:", *served.lines]))


def genuine_launch(served: Served) -> Answer:
    """ "Alexa, open rugoefening"."""
    return served.say(launch())
