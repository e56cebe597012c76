"""Load on a server of this machine: one thread, a few connections that stay open, and the time of every answer."""

from __future__ import annotations

import gc
import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

PATIENCE_S = 8.0
"""How long an answer is waited for; Alexa waits no longer."""
_FRESH_S = 30.0
"""A connection that was idle for longer is opened anew, as a proxy does: the server may be closing it."""
_LEAD_S = 0.05
"""How long after its preparation an open load begins."""


class Wire(Protocol):
    """Requests, ready to be sent."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> bytes: ...


@dataclass(frozen=True)
class Reply:
    """What came of one request."""

    status: int
    """0: no answer, or none in time."""
    body: bytes
    ms: float
    """From the moment it was due, or sent where nothing is due."""


@dataclass(frozen=True)
class Load:
    """What came of all requests, in their order."""

    replies: Sequence[Reply]
    seconds: float
    """From the first one to the last answer."""
    late_ms: Sequence[float]
    """How much later than it could have been each was sent: what the measuring adds to the latency by itself."""
    stolen: float | None = None
    """The share of all processors that the host of this machine took away meanwhile; None: it is not told."""

    @property
    def good(self) -> list[Reply]:
        """Those that were answered with 200."""
        return [one for one in self.replies if one.status == 200]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.good) / self.seconds

    def percentile(self, share: float) -> float:
        """So long (ms) took at most this share of the good answers; not a number where there are none."""
        return percentile([one.ms for one in self.good], share)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; not a number where there are none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


@dataclass
class _Connection:
    port: int
    socket: socket.socket | None = None
    index: int = 0
    """The request that it is used for."""
    since: float = 0.0
    """When that was due."""
    used_at: float = 0.0
    got: bytearray = field(default_factory=bytearray)

    def fileno(self) -> int:
        """What select looks at."""
        return self.socket.fileno() if self.socket else -1

    def send(self, request: bytes, now: float) -> None:
        if self.socket is None or now - self.used_at > _FRESH_S:
            self.close()
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used_at = now
        self.got.clear()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, bytes] | None:
        """The status and body, or None while something is still to come. Raises OSError when nothing will."""
        part = self.socket.recv(65536) if self.socket else b""
        if not part:
            raise ConnectionError("the server hung up")
        self.got += part
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return None
        lines = bytes(head).lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(body) < length:
            return None
        if b"connection: close" in lines:
            self.close()
        return int(lines[0].split(b" ")[1]), bytes(body)

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class _Run:
    def __init__(self, port: int, requests: Wire, due_s: Sequence[float] | None, connections: int) -> None:
        self._requests = requests
        self._due_s = due_s
        self._idle = [_Connection(port) for _ in range(connections)]
        self._busy: list[_Connection] = []
        self._next = 0
        self._replies: list[Reply | None] = [None] * len(requests)
        self._late_ms: list[float] = []
        self._free_since = 0.0
        self._bodies: dict[bytes, bytes] = {}

    def load(self) -> Load:
        began = time.perf_counter() + (_LEAD_S if self._due_s is not None else 0.0)
        self._free_since = began
        while self._busy or self._next < len(self._requests):
            self._send_what_is_due(began)
            self._take_answers(self._pause(began))
        ended = time.perf_counter()
        for one in self._idle:
            one.close()
        replies = [one for one in self._replies if one is not None]
        return Load(replies, ended - began, self._late_ms)

    def _due(self, began: float) -> float:
        return began + self._due_s[self._next] if self._due_s is not None else 0.0

    def _send_what_is_due(self, began: float) -> None:
        while self._idle and self._next < len(self._requests):
            due, now = self._due(began), time.perf_counter()
            if due > now:
                return
            request = self._requests[self._next]
            one = self._idle.pop()
            one.index, one.since = self._next, due or now
            self._next += 1
            if due:
                self._late_ms.append(max(0.0, now - max(due, self._free_since)) * 1000)
            self._busy.append(one)
            try:
                one.send(request, now)
            except OSError:
                self._done(one, 0, b"")

    def _pause(self, began: float) -> float:
        """How long nothing is to be sent."""
        if self._idle and self._next < len(self._requests):
            return min(PATIENCE_S, max(0.0, self._due(began) - time.perf_counter()))
        return PATIENCE_S

    def _take_answers(self, wait_s: float) -> None:
        ready, _, _ = select.select(self._busy, [], [], min(wait_s, 1.0))
        if not self._idle and ready:
            self._free_since = time.perf_counter()
        for one in ready:
            try:
                answer = one.receive()
            except (OSError, ValueError, IndexError):
                answer = 0, b""
            if answer is not None:
                self._done(one, *answer)
        if not ready:
            now = time.perf_counter()
            for one in [each for each in self._busy if now - each.used_at > PATIENCE_S]:
                self._done(one, 0, b"")

    def _done(self, one: _Connection, status: int, body: bytes) -> None:
        now = time.perf_counter()
        self._replies[one.index] = Reply(status, self._bodies.setdefault(body, body), (now - one.since) * 1000)
        if status == 0:
            one.close()
        one.used_at = now
        self._busy.remove(one)
        self._idle.append(one)


def as_fast_as_possible(port: int, requests: Wire, connections: int) -> Load:
    """Every connection sends its next request as soon as it has an answer."""
    with _undisturbed():
        return _Run(port, requests, None, connections).load()


def as_they_come(port: int, requests: Wire, due_s: Sequence[float], connections: int) -> Load:
    """Each request is sent when it is due (s after the beginning), whether others are answered or not.

    When all connections are in use it waits, and that counts as latency.
    """
    with _undisturbed():
        return _Run(port, requests, due_s, connections).load()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No collecting of garbage in this process: it would delay what is due."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
