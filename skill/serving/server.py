"""The server of production: waitress, one process with threads, within limits of size and time.

It reads a request whole before it begins with an answer, so that slow clients keep nobody waiting. In a trial with
this application granian answered 1.3 to 1.9 times as many requests, but none of ten genuine ones while 50 clients sent
their bodies slowly; waitress all ten.
"""

from __future__ import annotations

import json
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress has no types
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]  # as above
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]  # as above
from waitress.task import ErrorTask, WSGITask  # type: ignore[import-untyped]  # as above
from waitress.wasyncore import close_all, loop  # type: ignore[import-untyped]  # as above

from skill.alexa.verification.chains import MOST_WAITING
from skill.serving.endpoint import MAX_BODY_BYTES
from skill.serving.headers import SECURE
from skill.serving.observing import Observer
from skill.serving.workers import PATIENCE_S, Workers
from skill.settings import Settings

log = logging.getLogger(__name__)

MAX_HEADER_BYTES = 16 * 1024
"""The request line and all headers together."""
MAX_CONNECTIONS = 400
REQUEST_S = 10
"""How long a request may take to arrive."""
IDLE_S = 75
"""How long an idle connection is kept; longer than a proxy keeps it by default."""
AT_ONCE_BYTES = 16 * 1024
"""Answers up to this size are collected and sent in one piece."""
MAX_DRAINED_BYTES = 4 * 1024 * 1024
"""How much is thrown away behind a refusal."""
UNREAD_S = 900
"""How long who is sent something may take nothing of it: a player reads as slowly as it plays, and may be paused."""
CROWDED_UNREAD_S = 30
"""The same where nobody else can connect any more."""
CROWDED_REQUEST_S = 2
"""How long a request may take to arrive there; all that is genuine arrives within that."""
STOP_S = 8
"""How long requests in flight may take to finish; Alexa waits no longer."""
_QUIET_S = 0.1
"""Who has just been answered may have sent the next request: the end comes when nothing came for so long."""
_LOOK_S = 1
_REASONS = {413: "size", 431: "header"}
_MESSAGES = {400: "the request is not right", 413: f"the request is over {MAX_BODY_BYTES // 1024} KB"}


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What the server itself refuses looks like every other refusal: never a 5xx, with the same headers."""

    def execute(self) -> None:
        """Send the refusal and end the connection."""
        self.channel.is_refused = True
        code = self.request.error.code
        status = 500 if code == 500 else 431 if code == 431 else 400
        self.channel.server.observer.refused(_REASONS.get(code, "http"), time.time() - self.start_time, status)
        message = _MESSAGES.get(code, self.request.error.reason.lower())
        body = json.dumps({"error": {"status": status, "message": message}}).encode()
        self.status = f"{status} {self.request.error.reason if status == code else 'Bad Request'}"
        self.response_headers.extend([("Content-Type", "application/json"), *SECURE.items()])
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Answer(WSGITask):  # type: ignore[misc]  # waitress has no types
    """An answer that leaves in one piece, head and body; the last one on its connection when the server stops."""

    def build_response_header(self) -> bytes:
        """The head of the answer."""
        if self.channel.server.is_stopping:
            self.set_close_on_finish()
        return bytes(super().build_response_header())

    def write(self, data: bytes) -> None:
        """Write a part of the answer; the whole one leaves at once, whatever the application does behind it."""
        super().write(data)
        if self.content_length is not None and self.content_bytes_written >= self.content_length:
            self.channel.send_now()

    def finish(self) -> None:
        """Send what was written."""
        super().finish()
        self.channel.send_now()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # as above
    """A parser that refuses every address that cannot be read."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the request line and the headers."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # urlsplit's, of an address such as http://[
            raise ParsingError("the address cannot be read") from error


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that knows since when a request has been arriving.

    A refused one takes for a while what is still on its way: closed at once, TCP would throw the refusal away.
    """

    parser_class = Parser
    task_class = Answer
    error_task_class = Refusal
    arriving_since: float | None = None
    is_refused = False
    is_draining = False
    is_held = False
    drained_bytes = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.arriving_since = self.creation_time  # from the start: who connects has something to ask

    def received(self, data: bytes) -> bool:
        """Take what came."""
        began = self.arriving_since or time.time()
        taken = bool(super().received(data))
        self.arriving_since = began if self.request is not None else None
        return taken

    def readable(self) -> bool:
        """Whether something is to be read."""
        return self.is_draining or bool(super().readable())

    def handle_read(self) -> None:
        """Read, or throw away what comes behind a refusal."""
        if not self.is_draining:
            super().handle_read()
            return
        self.drained_bytes += len(self.recv(self.adj.recv_bytes))  # at the end of it the connection closes itself
        if self.drained_bytes > MAX_DRAINED_BYTES:
            self.will_close = True

    def handle_close(self) -> None:
        """Close; behind a refusal only our half, at first."""
        if self.is_refused and not self.is_draining:
            self.is_draining, self.will_close = True, False
            self.arriving_since = time.time()
            with suppress(OSError):  # the other side is gone already: reading will tell
                self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_close()

    def close_at_once(self) -> None:
        """Close without waiting for anything: the other side takes nothing, so nothing more can be sent."""
        super().handle_close()

    def send_now(self) -> None:
        """Send what was written, as far as the network takes it; the rest is sent when there is room."""
        with self.outbuf_lock:
            if self.connected and self.total_outbufs_len:
                self._flush_exception(self._flush_some, do_close=False)

    def hold(self) -> bool:
        """Whether the next request has to wait until the last answer has left: nothing piles up for who reads nothing.

        Called by the thread that finished an answer; the one that leads goes on with the request.
        """
        with self.outbuf_lock:
            self.is_held = bool(self.connected and self.total_outbufs_len)
            return self.is_held

    def handle_write(self) -> None:
        """Send what is to be read; then go on with a request that waited for that."""
        if self.is_held:
            self.send_now()
        super().handle_write()
        with self.outbuf_lock:
            released = self.is_held and self.connected and not self.total_outbufs_len
            self.is_held = self.is_held and not released
        if released:
            self.server.add_task(self)

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what the network takes: one thread at a time, and only the one that leads closes who is gone."""
        with self.outbuf_lock:
            return bool(super()._flush_some(do_close and self.server.workers.leads))

    def reads_nothing(self, since: float) -> bool:
        """Whether it has had something to read since then and took nothing of it."""
        return bool(self.total_outbufs_len and self.last_activity < since)

    @property
    def is_busy(self) -> bool:
        """Whether a request is arriving or being answered, or an answer leaving, or was just now."""
        was_just_now = time.time() - self.last_activity < _QUIET_S
        return bool(self.request is not None or self.requests or self.total_outbufs_len or was_just_now)


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """Listens from the moment it is made. Raises OSError when it cannot."""

    channel_class = Connection
    observer: Observer
    """Is told of what the application never sees."""
    is_stopping = False
    _ends_at: float | None = None
    """When what is in flight is waited for no longer; None: whoever connects is still taken in."""
    _failure: Exception | None = None
    """Why nothing can be looked at any more."""

    def __init__(self, app: Flask, workers: Workers, **named: Any) -> None:
        self.workers = workers
        self._is_over = threading.Event()
        super().__init__(app, dispatcher=workers, **named)

    def maintenance(self, now: float) -> None:
        """Close connections that were idle, whose request has been arriving for too long, or that read nothing."""
        crowded = self.in_connection_overflow
        unread_s, request_s = (CROWDED_UNREAD_S, CROWDED_REQUEST_S) if crowded else (UNREAD_S, REQUEST_S)
        for connection in tuple(self.active_channels.values()):
            is_idle = not (connection.requests or connection.total_outbufs_len)
            if is_idle and connection.last_activity < now - self.adj.channel_timeout:
                connection.will_close = True
            if connection.reads_nothing(now - unread_s):
                connection.close_at_once()
            since = connection.arriving_since
            if since is not None and since < now - request_s and not connection.requests:
                connection.will_close = True

    def handle_accept(self) -> None:
        """Take in all who wait: between two looks many may be answered."""
        before = -1
        while before < len(self._map) < self.adj.connection_limit:
            before = len(self._map)
            super().handle_accept()

    def add_task(self, task: Any) -> None:
        """Leave a request for the threads, unless the answer before it has not left yet."""
        if not task.hold():
            super().add_task(task)

    def pull_trigger(self) -> None:
        """End the look of the thread that leads; that thread itself looks anew anyway."""
        if not self.workers.leads:
            super().pull_trigger()

    def stop(self) -> None:
        """Accept nothing more and finish what is in flight; may be called from a handler of signals."""
        self.is_stopping = True
        self.pull_trigger()

    def serve(self) -> None:
        """Answer until ``stop``; returns when what was in flight is answered. Raises what made it impossible."""
        self.workers.start(self._look)
        while not self._is_over.wait(_LOOK_S):  # in turns, so that a handler of signals has its turn on every system
            pass
        self.workers.shutdown(timeout_s=1)
        close_all(self._map, ignore_all=True)
        if self._failure is not None:
            raise self._failure

    def _look(self) -> None:
        """Wait for what happens on the connections, and see to it; only the thread that leads does."""
        try:
            if not self.is_stopping:
                self._wait(_LOOK_S)
            elif self._ends_at is None:
                self._accept_who_waits()
                self.del_channel()
                self.socket.close()
                self._ends_at = time.monotonic() + STOP_S
            elif time.monotonic() < self._ends_at and any(one.is_busy for one in self.active_channels.values()):
                self._wait(_QUIET_S)
            else:
                self._is_over.set()
        except Exception as error:  # noqa: BLE001  # told by who serves: a server that cannot look must not seem alive
            self._failure = error
            self._is_over.set()
        if self._is_over.is_set():
            time.sleep(PATIENCE_S)  # until the threads are ended there is nothing more to look at

    def _accept_who_waits(self) -> None:
        """Take in who connected before the end, with what they sent: closing the socket would cut them off."""
        self.handle_accept()
        for _ in range(2):
            self._wait(0.05)

    def _wait(self, most_s: float) -> None:
        loop(timeout=self.workers.look_s(most_s), use_poll=True, map=self._map, count=1)


def make_server(app: Flask, settings: Settings) -> Server:
    """A server that listens where the settings say. Raises OSError when it cannot."""
    server = Server(
        app,
        Workers(settings.threads + MOST_WAITING + 1),  # one always looks
        host=settings.host,
        port=settings.port,
        ident="",
        url_scheme="https",
        clear_untrusted_proxy_headers=False,  # none is believed, and /healthz must see that there was a proxy
        backlog=1024,
        connection_limit=MAX_CONNECTIONS,
        channel_timeout=IDLE_S,
        cleanup_interval=_LOOK_S,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=MAX_BODY_BYTES + 1,
        inbuf_overflow=MAX_BODY_BYTES + 1,  # never a file: the root file system may be read-only
        log_socket_errors=False,
        asyncore_use_poll=True,
    )
    server.observer = app.extensions["observer"]
    server.adj.send_bytes = AT_ONCE_BYTES
    return server


class Stopping:
    """What is done when somebody asks to stop, also when that was before there was anything to stop."""

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._is_asked = False

    def stops(self, stop: Callable[[], None]) -> None:
        """From now on a wish to stop does this; at once when there was one."""
        self._stop = stop
        if self._is_asked:
            stop()

    def ask(self) -> None:
        """Somebody wants to stop."""
        self._is_asked = True
        if self._stop is not None:
            self._stop()


@contextmanager
def stopped_by_signals() -> Iterator[Stopping]:
    """The first Ctrl-C or SIGTERM in the block stops gently, a second one at once."""
    stopping = Stopping()

    def gently(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # as signal calls it
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        stopping.ask()

    before = {one: signal.signal(one, gently) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
