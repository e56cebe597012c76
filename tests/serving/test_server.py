"""The real server in production: what it answers, its limits, its patience, and how it stops."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response

from scripts.authority import Authority, Page
from skill.serving import server as serving
from skill.serving.metrics import Metrics
from skill.serving.observing import Observer
from skill.serving.server import AT_ONCE_BYTES, make_server
from skill.settings import Settings
from skill.web import create_app
from tests.envelopes import envelope, intent, launch
from tests.scripts.running import clean_environ
from tests.serving.running import (
    PATIENCE_S,
    PROJECT,
    Served,
    free_port,
    fresh,
    genuine_launch,
    posted,
    production,
    read_all,
    settings,
)


def test_a_genuine_request_is_answered(served: Served) -> None:
    """What the authority signed is answered with the words of the skill, as JSON in UTF-8."""
    answer = genuine_launch(served)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json;charset=UTF-8")
    assert "https://rug.example/audio/espeak/clip-" in answer.json["response"]["outputSpeech"]["ssml"]


def test_an_unsigned_request_is_refused(served: Served) -> None:
    """Without a signature nothing is answered but 400, in the one shape of errors."""
    answer = served.ask("POST", "/alexa", fresh(launch()))
    assert answer.status == 400
    assert answer.json["error"] == {"status": 400, "message": "the request must have the header SignatureCertChainUrl"}


def test_a_replay_gets_the_same_answer(served: Served) -> None:
    """The very same request twice, also at the same time: one answer."""
    body = fresh(intent("StartIntent", attributes={"question": "start", "misses": 0}))
    headers = served.authority.sign(body)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: served.ask("POST", "/alexa", body, headers), range(16)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    token = answers[0].json["response"]["directives"][0]["audioItem"]["stream"]["token"]
    assert token != served.say(intent("StartIntent", attributes={"question": "start"})).body


@pytest.mark.parametrize("path", ["/alexa", "/privacy", "/voorwaarden", "/nothing", "/healthz", "/audio/espeak/x.mp3"])
def test_every_answer_is_protected(served: Served, path: str) -> None:
    """Headers that forbid guessing, framing and scripts and ask for https; none that names the server."""
    answer = served.ask("GET", path)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in answer.headers
    assert answer.headers["Cache-Control"] == (
        "public, max-age=3600" if answer.status == 200 and path[1] in "pv" else "no-store"
    )


LINE = b"POST /alexa HTTP/1.1\r\nHost: rug.example\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        (LINE + b"Content-Length: 262145\r\n\r\n", 400, "over 256 KB"),
        (LINE + b"Content-Length: 99999999999999999999\r\n\r\n", 400, "over 256 KB"),
        (LINE + b"Transfer-Encoding: chunked\r\n\r\n40001\r\n" + b"a" * 262145, 400, "over 256 KB"),
        (LINE + b"X-Long: " + b"a" * 16 * 1024, 431, "too large"),
        (b"POST /" + b"a" * 16 * 1024, 431, "too large"),
        (LINE + b"Transfer-Encoding: gzip\r\n\r\n", 400, "not implemented"),
        (LINE + b"Content-Length: -5\r\n\r\n", 400, "not right"),
        (LINE + b"Content-Length: 5, 6\r\n\r\n", 400, "not right"),
        (LINE + b"Broken\r\n\r\n", 400, "not right"),
        (b"garbage\r\n\r\n", 400, "not right"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "not right"),
    ],
)  # fmt: skip
def test_what_is_too_large_or_broken_is_refused_early(served: Served, sent: bytes, status: int, message: str) -> None:
    """The server refuses it before it has read all, in the one shape of errors, and ends the connection."""
    head, _, body = served.raw(sent).partition(b"\r\n\r\n")
    assert head.startswith((f"HTTP/1.1 {status} ".encode(), f"HTTP/1.0 {status} ".encode()))
    assert b"nosniff" in head
    assert b"Server:" not in head
    error = json.loads(body)["error"]
    assert error["status"] == status
    assert message in error["message"]


def test_who_sends_too_much_hears_why(served: Served) -> None:
    """A client that goes on sending its body of 2 MB gets the refusal all the same."""
    answer = served.ask("POST", "/alexa", b"a" * 2 * 1024 * 1024, {"Content-Type": "application/json"})
    assert (answer.status, answer.json["error"]["message"]) == (400, "the request is over 256 KB")


def test_the_largest_body_reaches_the_verifier(served: Served) -> None:
    """A body of exactly 256 KB is read, and refused for its missing signature only."""
    answer = served.ask("POST", "/alexa", b" " * 256 * 1024)
    assert (answer.status, "SignatureCertChainUrl" in answer.json["error"]["message"]) == (400, True)


@contextmanager
def dripping(served: Served, beginning: bytes, count: int) -> Iterator[list[socket.socket]]:
    """Connections that each send one byte a second behind this beginning."""
    connections = [served.connect() for _ in range(count)]
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(1):
            for connection in connections:
                connection.sendall(b"a")

    try:
        for connection in connections:
            connection.sendall(beginning)
        threading.Thread(target=drip, daemon=True).start()
        yield connections
    finally:
        ended.set()
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("beginning", [LINE + b"X-Slow: ", LINE + b"Content-Length: 3000\r\n\r\n{"])
def test_slow_clients_keep_nobody_waiting(served: Served, beginning: bytes) -> None:
    """While 50 connections send a byte a second, in headers or body, every genuine request is answered."""
    with dripping(served, beginning, 50):
        assert [genuine_launch(served).status for _ in range(20)] == [200] * 20


def test_who_connects_and_drips_is_sent_away(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that takes too long to arrive ends with its connection, however often a byte of it comes."""
    monkeypatch.setattr(serving, "REQUEST_S", 2)
    app = create_app(Settings(packs=built_pack, database=tmp_path / "db"))
    server = make_server(app, Settings(port=0, threads=2))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        address = ("127.0.0.1", int(server.effective_port))
        with (
            socket.create_connection(address, PATIENCE_S) as silent,
            socket.create_connection(address, PATIENCE_S) as slow,
        ):
            slow.settimeout(0.1)
            ended = False
            for _ in range(PATIENCE_S * 10):
                try:
                    slow.sendall(b"a")
                    ended = slow.recv(1) == b""
                except TimeoutError:
                    continue
                except OSError:
                    ended = True
                if ended:
                    break
            assert ended
            assert silent.recv(1) == b""
    finally:
        server.stop()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_it_stops_when_what_is_in_flight_is_answered(own: Served) -> None:
    """At SIGTERM it accepts nobody more; a request that was half sent may finish, and it ends with 0."""
    body = fresh(launch())
    sent = posted(body, own.authority.sign(body))
    with own.connect() as connection:
        connection.sendall(sent[:-20])
        genuine_launch(own)  # it has been read now: what comes later was answered
        own.process.terminate()
        own.wait_until_closed()
        connection.sendall(sent[-20:])
        assert read_all(connection).startswith(b"HTTP/1.1 200 OK")
    assert own.process.wait(PATIENCE_S) == 0


def test_it_stops_when_what_waits_for_a_dependency_is_answered(own: Served) -> None:
    """A request that waits for the certificate host when SIGTERM comes is answered first."""
    authority, path = own.authority, "/echo.api/slow.pem"
    known = authority.pages["/echo.api/echo-api-cert-test.pem"]
    authority.pages[path] = Page(known.body, wait_s=1.0)
    body = fresh(launch())
    headers = authority.sign(body, url=f"https://s3.amazonaws.com{path}")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(own.ask, "POST", "/alexa", body, headers)
        while path not in authority.fetched:
            assert not answer.done()
        own.process.terminate()
        assert answer.result(PATIENCE_S).status == 200
    assert own.process.wait(PATIENCE_S) == 0


def test_who_connected_before_the_end_is_answered(own: Served) -> None:
    """Requests on connections that the server had not taken in yet when it was asked to stop are answered too."""
    bodies = [fresh(launch()) for _ in range(40)]
    sent = [posted(body, own.authority.sign(body)) for body in bodies]
    with ExitStack() as opened:
        connections = [opened.enter_context(own.connect()) for _ in sent]
        for connection, request in zip(connections, sent, strict=True):
            connection.sendall(request)
        own.process.terminate()
        assert [read_all(one)[:12] for one in connections] == [b"HTTP/1.1 200"] * 40
    assert own.process.wait(PATIENCE_S) == 0


def test_it_stops_under_constant_load_and_cuts_nobody(own: Served) -> None:
    """Clients that ask again and again on kept connections get every answer, the last one with "Connection: close"."""

    def ask_on() -> tuple[int, str | None]:
        answered, closing_with = 0, None
        connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=PATIENCE_S)
        with closing(connection):
            while closing_with is None:
                body = fresh(launch())
                connection.request("POST", "/alexa", body, own.authority.sign(body))
                answer = connection.getresponse()
                assert answer.status == 200
                answer.read()
                answered += 1
                closing_with = answer.headers["Connection"]
                if answered == 3:
                    ready.release()
        return answered, closing_with

    ready = threading.Semaphore(0)
    with ThreadPoolExecutor(6) as pool:
        clients = [pool.submit(ask_on) for _ in range(6)]
        for _ in clients:
            assert ready.acquire(timeout=PATIENCE_S)
        own.process.terminate()
        assert all(one.result(PATIENCE_S)[1] == "close" for one in clients)
    assert own.process.wait(PATIENCE_S) == 0


def test_what_could_not_be_stored_is_stored_at_the_end(own: Served, tmp_path: Path) -> None:
    """A wipe while the file was locked is done before the server ends, though nobody asked anything since."""
    database = tmp_path / "progress.sqlite3"
    started = own.say(intent("StartIntent", attributes={"question": "start", "misses": 0}))
    assert started.status == 200
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        assert other.execute("SELECT count(*) FROM place").fetchone() == (1,)
        other.execute("BEGIN IMMEDIATE")
        disabled = own.say(envelope("AlexaSkillEvent.SkillDisabled"))
        other.execute("ROLLBACK")
        assert (disabled.status, own.end()) == (200, 0)
        assert other.execute("SELECT count(*) FROM place").fetchone() == (0,)


def test_an_answer_does_not_wait_for_what_is_done_behind_it() -> None:
    """What the application does when an answer is closed, such as throwing away old rows, nobody waits for."""
    behind = threading.Event()
    app = Flask(__name__)
    app.extensions["observer"] = Observer(Metrics())

    @app.get("/")
    def page() -> Response:
        response = Response("whole")
        response.call_on_close(lambda: behind.wait(PATIENCE_S))
        return response

    server = make_server(app, Settings(port=0, threads=2))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.effective_port), timeout=PATIENCE_S / 2)
        with closing(connection):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"whole"
            assert not behind.is_set()
    finally:
        behind.set()
        server.stop()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_server_that_can_look_at_nothing_any_more_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It raises what makes it impossible, so that whoever watches it starts it again, instead of seeming alive."""
    app = Flask(__name__)
    app.extensions["observer"] = Observer(Metrics())
    server = make_server(app, Settings(port=0, threads=2))

    def broken(now: float) -> None:
        raise RuntimeError(f"nothing works at {now}")

    monkeypatch.setattr(server, "maintenance", broken)
    with pytest.raises(RuntimeError, match="nothing works"):
        server.serve()


def test_an_address_that_cannot_be_read_is_refused(own: Served) -> None:
    """What looks like a broken IPv6 address is a bad request, and nothing for the log but that."""
    assert own.raw(b"GET http://[ HTTP/1.1\r\nHost: rug.example\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert genuine_launch(own).status == 200
    own.end()
    assert not [line for line in own.lines if "Traceback" in line or '"error"' in line]


def test_requests_that_hang_hold_up_nobody(own: Served) -> None:
    """While four requests wait for a certificate host that says nothing, others are answered; at last the four too."""
    assert genuine_launch(own).status == 200
    authority, body = own.authority, fresh(launch())
    paths = {f"/echo.api/hanging-{number}.pem" for number in range(4)}
    authority.pages.update(dict.fromkeys(paths, Page(wait_s=20)))
    with ThreadPoolExecutor(4) as pool:
        hanging = [
            pool.submit(own.ask, "POST", "/alexa", body, authority.sign(body, url=f"https://s3.amazonaws.com{path}"))
            for path in sorted(paths)
        ]
        while not paths <= set(authority.fetched):
            assert not any(one.done() for one in hanging)
        assert [genuine_launch(own).status for _ in range(5)] == [200] * 5
        assert not any(one.done() for one in hanging)
        assert [one.result(PATIENCE_S).status for one in hanging] == [400] * 4


def test_who_resets_in_the_middle_ends_nothing(own: Served) -> None:
    """A request that waits, a second one behind it that wants to be asked to go on, and then nobody any more."""
    authority, body = own.authority, fresh(launch())
    for number in range(60):
        path = f"/echo.api/reset-{number}.pem"
        authority.pages[path] = Page(wait_s=0.02)
        waits = posted(body, authority.sign(body, url=f"https://s3.amazonaws.com{path}"))
        asks = b"POST /alexa HTTP/1.1\r\nHost: rug.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        with own.connect() as connection:
            connection.sendall(waits + asks)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert genuine_launch(own).status == 200
    assert own.end() == 0
    assert not [line for line in own.lines if "Traceback" in line]


def test_large_and_small_answers_arrive_whole(own: Served) -> None:
    """On one connection, one behind the other: an answer of the skill, a whole file of sound, and a part of it."""
    ssml = genuine_launch(own).json["response"]["outputSpeech"]["ssml"]
    path = ssml.partition("https://rug.example")[2].partition('"')[0]
    whole = own.ask("GET", path).body
    assert len(whole) > 3 * AT_ONCE_BYTES
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=PATIENCE_S)
    with closing(connection):
        for headers, wanted in (({}, whole), ({"Range": "bytes=100-40099"}, whole[100:40100]), ({}, whole)):
            connection.request("GET", path, headers=headers)
            assert connection.getresponse().read() == wanted
            body = fresh(launch())
            connection.request("POST", "/alexa", body, own.authority.sign(body))
            assert "outputSpeech" in json.loads(connection.getresponse().read())["response"]


def test_it_starts_again_on_the_same_port_at_once(
    built_pack: Path, tmp_path: Path, authority: Authority, own: Served
) -> None:
    """Ended with connections open, it listens there again without waiting for the system."""
    with own.connect() as left_open:
        assert genuine_launch(own).status == 200
        assert own.end() == 0
        assert left_open.recv(1) == b""
    environ = settings(built_pack, tmp_path, own.port, authority)
    with production(environ, own.port, authority) as again:
        assert genuine_launch(again).status == 200
        other = subprocess.run(
            [sys.executable, "-m", "skill.cli", "serve"],
            cwd=PROJECT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert other.returncode == 1
    assert other.stderr.count("\n") == 1
    assert str(own.port) in other.stderr
    assert "in use" in other.stderr


def test_all_that_is_missing_is_told_at_once(built_pack: Path, tmp_path: Path) -> None:
    """Production without skill id, key, public https URL and authorities: one message, status 1, no port taken."""
    (tmp_path / "empty.pem").write_text("no certificate\n", encoding="utf-8")
    environ = {
        "RUGOEFENING_ENV": "production",
        "RUGOEFENING_PUBLIC_URL": "http://rug.example",
        "RUGOEFENING_THREADS": "65",
        "RUGOEFENING_CA_FILE": str(tmp_path / "empty.pem"),
        "RUGOEFENING_PACKS": str(built_pack),
    }
    done = subprocess.run(
        [sys.executable, "-m", "skill.cli", "serve"],
        cwd=PROJECT,
        env=clean_environ(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for words in ("PUBLIC_URL", "SKILL_ID", "ID_KEY", "CA_FILE", "holds no certificate", "THREADS: '65'"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_it_answers_while_the_database_is_held(own: Served, tmp_path: Path) -> None:
    """Another program holds the database and does not let go: every answer comes all the same."""
    assert genuine_launch(own).status == 200
    with closing(sqlite3.connect(tmp_path / "progress.sqlite3", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: genuine_launch(own), range(40)))
        assert {answer.status for answer in answers} == {200}
        health = own.ask("GET", "/healthz").json
        assert (health["status"], health["database"]["ok"]) == ("degraded", False)


def test_it_answers_while_nobody_reads_its_log(built_pack: Path, tmp_path: Path, authority: Authority) -> None:
    """A log that is full to the brim, because its reader stands still, delays no answer and no end."""
    environ = settings(built_pack, tmp_path, port := free_port(), authority)
    with production(environ, port, authority, listens_to_log=False) as unread:
        body = fresh(launch())
        assert {unread.ask("POST", "/alexa", body).status for _ in range(600)} == {400}
        assert genuine_launch(unread).status == 200
        assert unread.end() == 0
