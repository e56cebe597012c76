"""Clients that ask for sound and read none of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response

from skill.serving import server as serving
from skill.serving.metrics import Metrics
from skill.serving.observing import Observer
from skill.serving.server import MAX_CONNECTIONS, make_server
from skill.settings import Settings
from skill.web import create_app
from tests.serving.running import PATIENCE_S, Served, genuine_launch, read_all

MUCH = 30
"""So many times the longest file is more than any network holds."""


def longest(packs: Path, connection: str = "keep-alive") -> bytes:
    """A request for the longest file."""
    manifest = json.loads((packs / "espeak" / "manifest.json").read_text(encoding="utf-8"))
    file = max(manifest["tracks"].values(), key=lambda one: one["ms"])["file"]
    return f"GET /audio/espeak/{file} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n".encode()


@contextmanager
def in_this_process(packs: Path, database: Path) -> Iterator[int]:
    """The server in a thread of this process; its port."""
    with running(create_app(Settings(packs=packs, database=database))) as port:
        yield port


@contextmanager
def running(app: Flask) -> Iterator[int]:
    """The same with any application."""
    server = make_server(app, Settings(port=0, threads=2))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.stop()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_who_asks_for_much_and_reads_nothing_stops_nobody(own: Served, built_pack: Path) -> None:
    """More connections than threads, each with more sound asked for than it takes: others are answered as ever."""
    sent = longest(built_pack) * MUCH
    with ExitStack() as opened:
        greedy = [opened.enter_context(own.connect()) for _ in range(24)]
        for one in greedy:
            one.sendall(sent)
        assert [genuine_launch(own).status for _ in range(20)] == [200] * 20
        opened_files = Path(f"/proc/{own.process.pid}/fd")
        assert not opened_files.exists() or len(list(opened_files.iterdir())) < 24 * 3
        assert genuine_launch(own).status == 200


def test_what_was_asked_in_one_go_is_answered_in_order(own: Served, built_pack: Path) -> None:
    """Many requests at once, large and small, and nothing read for a while: every answer comes whole, in its order."""
    page = b"GET /privacy HTTP/1.1\r\nHost: localhost\r\n\r\n"
    asked = [longest(built_pack), page, page, longest(built_pack), page] * 4
    last = page.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with own.connect() as connection:
        connection.sendall(b"".join(asked) + last)
        assert genuine_launch(own).status == 200
        found = read_all(connection)
    alone = {page: own.raw(last), asked[0]: own.raw(longest(built_pack, "close"))}
    lengths = [len(alone[one].partition(b"\r\n\r\n")[2]) for one in [*asked, page]]
    for length in lengths:
        head, _, found = found.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        found = found[length:]
    assert found == b""


def test_who_sends_nothing_makes_room_quickly(
    built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as may connect begin a request and do not go on: within two seconds there is room for others."""
    monkeypatch.setattr(serving, "REQUEST_S", 10 * PATIENCE_S)
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 20)
    with in_this_process(built_pack, tmp_path / "db") as port, ExitStack() as opened:
        for _ in range(20):
            opened.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_S)).sendall(b"POST /al")
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as late:
            late.sendall(b"GET /privacy HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert late.recv(12) == b"HTTP/1.1 200"


def test_who_reads_nothing_is_sent_away(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may connect ask for sound and read nothing: after a while there is room for others."""
    monkeypatch.setattr(serving, "CROWDED_UNREAD_S", 2)
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 20)
    assert MAX_CONNECTIONS > 20
    sent = longest(built_pack) * 6  # more than the system takes by itself
    with in_this_process(built_pack, tmp_path / "db") as port, ExitStack() as opened:
        for _ in range(20):
            one = opened.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", port))
            one.sendall(sent)
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as late:
            late.sendall(b"GET /privacy HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert late.recv(12) == b"HTTP/1.1 200"


def test_who_reads_slowly_gets_everything(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is read bit by bit, for longer than a reader may rest, arrives whole."""
    monkeypatch.setattr(serving, "UNREAD_S", 2)
    sent = longest(built_pack, "close")
    pause = threading.Event()
    with in_this_process(built_pack, tmp_path / "db") as port, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        reader.connect(("127.0.0.1", port))
        reader.sendall(sent)
        found = bytearray()
        while part := reader.recv(64 * 1024):
            found += part
            pause.wait(0.1)
    head, _, body = bytes(found).partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    assert len(body) == length > 16 * 64 * 1024


def test_a_player_that_pauses_gets_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes nothing of a long answer for longer than an idle connection is kept gets the rest of it later."""
    monkeypatch.setattr(serving, "IDLE_S", 1)
    app = Flask(__name__)
    app.extensions["observer"] = Observer(Metrics())
    app.add_url_rule("/", "sound", lambda: Response(bytes(30_000_000)))
    with running(app) as port, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", port))
        reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        found = reader.recv(1000)
        assert found.startswith(b"HTTP/1.1 200")
        threading.Event().wait(4)
        got = len(found)
        while got < 30_000_000 and (part := reader.recv(1_000_000)):
            got += len(part)
        assert got >= 30_000_000
