"""The line between a virtual Echo and the server: signed requests, a network that may be bad, and what is noted."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Any
from urllib.parse import urlsplit

from skill.echo.transport import ENOUGH_S

Sign = Callable[[bytes], Mapping[str, str]]


class Weather(StrEnum):
    """What the network does to a request."""

    FAIR = "fair"
    LATE = "late"
    """It waits on its way, and so does its answer."""
    LOST = "lost"
    """It never arrives."""
    CUT = "cut"
    """The connection breaks in the middle of it."""
    DEAF = "deaf"
    """It arrives and is answered, but nobody waits for the answer any more."""
    TWICE = "twice"
    """It arrives twice at the same time."""


@dataclass(frozen=True)
class Finish:
    """A run of which an answered request showed that its last repetition was passed."""

    run: str
    since: float
    """When the last words of before were answered; whoever said them is known to a store that was well since."""
    answered: float
    """By the monotonic clock (s)."""
    told: str
    """The kind of request that showed it."""


@dataclass
class Tally:
    """What was counted during one fault."""

    requests: int = 0
    refused: int = 0
    errors: int = 0
    unanswered: int = 0
    longest_ms: float = 0.0


@dataclass
class Notebook:
    """What everybody's lines note, in the tally of the fault that is on; safe for threads."""

    tally: Tally = field(default_factory=Tally)
    finishes: list[Finish] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    weather: tuple[Weather, ...] = (Weather.FAIR,)
    """What the network may do to a request now."""
    spells: list[tuple[float, float]] = field(default_factory=list)
    """From when to when (s, by the monotonic clock) the store could not be relied on."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: int, ms: float) -> None:
        """One request was sent, and answered with a status (0: not at all)."""
        with self._lock:
            self.tally.requests += 1
            self.tally.refused += 400 <= status < 500
            self.tally.errors += status >= 500
            self.tally.unanswered += status == 0
            if status:
                self.tally.longest_ms = max(self.tally.longest_ms, ms)

    def finish(self, found: Finish) -> None:
        """A run was finished."""
        with self._lock:
            self.finishes.append(found)

    def problem(self, text: str) -> None:
        """Something is not as it must be."""
        with self._lock:
            if text not in self.problems:
                self.problems.append(text)

    def taken(self) -> list[str]:
        """The problems so far; they are told once."""
        with self._lock:
            found, self.problems = self.problems, []
            return found

    def was_well(self, since: float, until: float) -> bool:
        """Whether the store could be relied on all this time."""
        return all(until < began or ended < since for began, ended in self.spells)

    @contextmanager
    def spell(self) -> Iterator[None]:
        """The store cannot be relied on while the block lasts."""
        began = time.monotonic()
        self.spells.append((began, inf))
        yield
        self.spells[-1] = (began, time.monotonic())

    def begin(self) -> None:
        """A new fault begins: count from nought."""
        with self._lock:
            self.tally = Tally()


@dataclass
class Line:
    """The transport of one Echo: signs what it sends, as Alexa does."""

    port: int
    sign: Sign
    notebook: Notebook
    chance: random.Random
    finished: Callable[[Mapping[str, Any], Any], str | None]
    """The run that a request with its answer shows to be finished, if it does."""
    status: int = 0
    answer: Any = None
    """Of the last words, not of events in between."""
    unheard: Any = None
    """What the last words were answered when nobody listened any more."""
    spoken: float = 0.0
    """When words were answered last, by the monotonic clock (s)."""
    finish: Finish | None = None
    """The last run that was finished here."""

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Post a request envelope; status 0 when no answer comes."""
        weather = self.chance.choice(self.notebook.weather)
        body = json.dumps(envelope).encode()
        sent = time.monotonic()
        words = envelope["request"]["type"] in ("LaunchRequest", "IntentRequest")
        status, raw = self._send(body, weather)
        answer = _parsed(raw)
        if status == 200 and (run := self.finished(envelope, answer)):
            self.finish = Finish(run, min(sent, self.spoken), time.monotonic(), envelope["request"]["type"])
            self.notebook.finish(self.finish)
        if words and status == 200:
            self.unheard = answer if weather is Weather.DEAF else None
        if weather is Weather.DEAF:
            status, answer = 0, None
        if words and status == 200:
            self.spoken = sent
        if words:
            self.status, self.answer = status, answer
        return status, answer

    def fetch(self, url: str) -> bytes | None:
        """As many bytes as the file has: its length is all that the device needs, and the disk is shared."""
        status, headers, _ = self._exchange("GET", urlsplit(url).path, b"", {"Range": "bytes=0-0"})
        length = headers.get("Content-Range", "").rpartition("/")[2]
        return bytes(int(length)) if status == 206 and length.isdecimal() else None

    def _send(self, body: bytes, weather: Weather) -> tuple[int, bytes]:
        if weather is Weather.LOST:
            return 0, b""
        if weather is Weather.CUT:
            self._cut(body)
            return 0, b""
        if weather is Weather.TWICE:
            return self._twice(body)
        pause_s = self.chance.uniform(0.05, 0.6) if weather is Weather.LATE else 0.0
        time.sleep(pause_s)
        found = self._post(body)
        time.sleep(pause_s)
        return found

    def _twice(self, body: bytes) -> tuple[int, bytes]:
        """Both must get the same answer: the second is a replay of the first."""
        found: list[tuple[int, bytes]] = []
        other = threading.Thread(target=lambda: found.append(self._post(body)))
        other.start()
        first = self._post(body)
        other.join()
        if {first[0], found[0][0]} == {200} and first[1] != found[0][1]:
            self.notebook.problem("a request that came twice got two different answers")
        return first

    def _post(self, body: bytes) -> tuple[int, bytes]:
        started = time.monotonic()
        headers = {"Content-Type": "application/json", **self.sign(body)}
        status, _, raw = self._exchange("POST", "/alexa", body, headers)
        self.notebook.count(status, (time.monotonic() - started) * 1000)
        return status, raw

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ENOUGH_S)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def _cut(self, body: bytes) -> None:
        head = f"POST /alexa HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=ENOUGH_S) as connection:
            connection.sendall(head.encode() + body[: len(body) // 2])
        self.notebook.count(0, 0.0)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
