"""Talking to a skill that is served elsewhere, over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from skill.echo.clock import VirtualClock
from skill.echo.echo import make_echo, over_http
from skill.echo.transport import HttpTransport
from skill.settings import Settings
from skill.web import create_app
from tests.envelopes import launch


@pytest.fixture
def served(built_pack: Path, tmp_path: Path) -> Iterator[Settings]:
    """A skill served on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(packs=built_pack, database=tmp_path / "progress.sqlite3", port=port)
    server = make_server("127.0.0.1", port, create_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield settings
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_training_over_http(served: Settings) -> None:
    """The virtual Echo leads a training with a server elsewhere, audio included."""
    echo = make_echo(served, VirtualClock(), over_http(served.base_url))
    echo.device.say("Alexa, start rugoefening")
    for _ in range(240):
        if echo.device.is_listening:
            break
        echo.wait(1)
    echo.device.say("start")
    echo.wait(60)
    current = echo.device.player.current
    assert current is not None
    assert "open_book" in current.token


def test_answers_and_refusals_come_with_their_status(served: Settings) -> None:
    """A good request, a refused one, and a file that is not there."""
    transport = HttpTransport(served.base_url)
    assert transport(launch())[0] == 200
    status, body = transport({"request": {}})
    assert (status, body["error"]["status"]) == (400, 400)
    assert transport.fetch(f"{served.base_url}/audio/espeak/clip-0000000000000000.mp3") is None
    assert transport.fetch("file:///etc/hostname") is None


def test_nobody_answers(served: Settings) -> None:
    """A server that is not there is status 0 and no bytes, not a traceback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = replace(served, port=free.getsockname()[1])
    transport = HttpTransport(gone.base_url)
    assert transport(launch()) == (0, None)
    assert transport.fetch(f"{gone.base_url}/audio/espeak/clip-0000000000000000.mp3") is None
