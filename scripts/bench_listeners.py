"""People who train, as requests of Alexa: what their Echos send, and when; signed before a clock starts."""

from __future__ import annotations

import base64
import json
import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import merge
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from skill.alexa.token import decode, encode

SKILL_ID = "amzn1.ask.skill.bench"
START, PAUSE, RESUME = "StartIntent", "AMAZON.PauseIntent", "AMAZON.ResumeIntent"
STARTED, STOPPED, NEARLY, FINISHED = (
    f"AudioPlayer.Playback{name}" for name in ("Started", "Stopped", "NearlyFinished", "Finished")
)
PAUSES = 0.7
"""How often a track is paused: with it 10,000 listeners make about 230 requests a second."""
NEARLY_S = 10.0
"""So long before the end of a track a player asks for the next one."""
_BEFORE_S = -1.0
_PAUSED = frozenset("b")
"""The mark of a stream that was paused before."""
_MANY = 4000
"""From so many requests on, several processes sign them."""
_CHUNK = 250


@dataclass(frozen=True)
class Course:
    """The tracks that everybody hears, in order, with how long they last (s)."""

    tracks: tuple[tuple[str, float], ...]

    @property
    def seconds(self) -> float:
        """A whole training."""
        return sum(seconds for _, seconds in self.tracks)

    def after(self, track: str) -> str:
        """The track behind this one; empty behind the last."""
        names = [name for name, _ in self.tracks]
        return [*names, ""][names.index(track) + 1]


@dataclass(frozen=True)
class Ask:
    """One request: who asks what, when, and where their player is."""

    due_s: float
    person: int
    kind: str
    """The type of an event, or the name of an intent."""
    track: str = ""
    offset_ms: int = 0
    marked: bool = False
    """Whether the stream was paused before."""
    plays: str = ""
    """The track that the answer must play; empty: none."""


def starts(course: Course, persons: int) -> list[Ask]:
    """Everybody says "start"."""
    return [Ask(0.0, person, START, plays=course.tracks[0][0]) for person in range(persons)]


def listening(course: Course, seats: int, seconds: float) -> list[Ask]:
    """What so many people ask who train at the same time, each somewhere in the training when it begins.

    When somebody is done, another who said "start" before begins. Ordered by time; always the same for the same input.
    Who has just paused when it begins says so before, at a negative time.
    """
    chance = random.Random(seats)  # noqa: S311  # not for secrets: the same load every time
    found: list[list[Ask]] = []
    person = 0
    for _ in range(seats):
        at = -chance.uniform(1, 2) * course.seconds  # long before, so that every moment is like every other
        while at < seconds:
            asks, at = _visit(course, person, at, chance)
            heard = _heard(asks, seconds)
            found.append(heard)
            person += bool(heard)  # nobody is counted who was done before it began
    return list(merge(*found, key=lambda one: one.due_s))


def _heard(asks: Sequence[Ask], seconds: float) -> list[Ask]:
    """What of a training falls in the time that is looked at, and the pause that still lasts when that begins."""
    first = next((place for place, one in enumerate(asks) if one.due_s >= 0), len(asks))
    paused: list[Ask] = []
    while 0 < first < len(asks) and asks[first - 1].kind in (PAUSE, STOPPED):
        first -= 1
        paused.insert(0, replace(asks[first], due_s=_BEFORE_S))
    return [*paused, *(one for one in asks[first + len(paused) :] if one.due_s < seconds)]


def _visit(course: Course, person: int, began: float, chance: random.Random) -> tuple[list[Ask], float]:
    """A whole training, and when it is over."""
    asks, at, marked = [], began, False
    for track, seconds in course.tracks:
        asks.append(Ask(at, person, STARTED, track, 0, marked))
        left = seconds
        if chance.random() < PAUSES:
            heard = chance.uniform(5.0, seconds - 2 * NEARLY_S)
            offset = round(heard * 1000)
            at, back = at + heard, at + heard + chance.uniform(3.0, 60.0)
            asks.append(Ask(at, person, PAUSE, track, offset, marked))
            asks.append(Ask(at + 0.3, person, STOPPED, track, offset, marked))
            asks.append(Ask(back, person, RESUME, track, offset, marked, plays=track))
            at, left, marked = back + 1.0, seconds - heard, True
            asks.append(Ask(at, person, STARTED, track, offset, marked))
        at += left
        before_end = round((seconds - NEARLY_S) * 1000)
        asks.append(Ask(at - NEARLY_S, person, NEARLY, track, before_end, marked, plays=course.after(track)))
        asks.append(Ask(at, person, FINISHED, track, round(seconds * 1000), marked))
    return asks, at


def token_of(start: str, ask: Ask, track: str) -> str:
    """The token of a track in the run that began with this token, as it is for this request."""
    stream = decode(start)
    if stream is None:
        raise ValueError(f"{start!r} is no token")
    return encode(replace(stream, track=track, marks=_PAUSED if ask.marked else frozenset()))


def played(start: str, ask: Ask) -> str:
    """The token that the answer must play; empty: none. What was resumed counts as paused before."""
    if not ask.plays or ask.kind == START:
        return start if ask.plays else ""
    return token_of(start, replace(ask, marked=ask.marked or ask.kind == RESUME), ask.plays)


def envelope(ask: Ask, start: str, made_at: float) -> dict[str, Any]:
    """The request envelope, as long as those of Alexa are; ``start`` is the token that this person began with."""
    user = {"userId": f"amzn1.ask.account.{ask.person:07d}{'A' * 160}"}
    application = {"applicationId": SKILL_ID}
    device = {"deviceId": f"amzn1.ask.device.{ask.person:07d}{'D' * 160}", "supportedInterfaces": {"AudioPlayer": {}}}
    system = {
        "application": application,
        "user": user,
        "device": device,
        "apiEndpoint": "https://api.eu.amazonalexa.com",
        "apiAccessToken": "t" * 900,
    }
    stamp = datetime.fromtimestamp(made_at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    request = {
        "requestId": f"amzn1.echo-api.request.{random.randbytes(16).hex()}",  # noqa: S311  # only unlike the others
        "timestamp": stamp,
        "locale": "nl-NL",
    }
    found: dict[str, Any] = {"version": "1.0", "context": {"System": system, "AudioPlayer": _player(ask, start)}}
    if ask.kind.startswith("AudioPlayer."):
        token = {"token": token_of(start, ask, ask.track), "offsetInMilliseconds": ask.offset_ms}
        return {**found, "request": {"type": ask.kind, **request, **token}}
    open_with = {START: "start", RESUME: "pause"}.get(ask.kind)
    session = {
        "new": open_with is None,
        "sessionId": f"amzn1.echo-api.session.{ask.person}",
        "application": application,
        "user": user,
        "attributes": {} if open_with is None else {"question": open_with, "misses": 0},
    }
    intent = {"name": ask.kind, "confirmationStatus": "NONE", "slots": {}}
    return {**found, "session": session, "request": {"type": "IntentRequest", **request, "intent": intent}}


def _player(ask: Ask, start: str) -> dict[str, Any]:
    if ask.kind == START:
        return {"playerActivity": "IDLE"}
    activity = {STOPPED: "STOPPED", RESUME: "STOPPED", FINISHED: "FINISHED"}.get(ask.kind, "PLAYING")
    token = token_of(start, ask, ask.track)
    return {"token": token, "offsetInMilliseconds": ask.offset_ms, "playerActivity": activity}


def posted(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A request as it goes over the wire, with what Alexa and a web server in front of the skill add."""
    lines = [
        "POST /alexa HTTP/1.1",
        "Host: rug.example",
        "User-Agent: Apache-HttpClient/4.5.13 (Java/11.0.19)",
        f"Content-Length: {len(body)}",
        "Accept: application/json",
        "Accept-Charset: utf-8",
        "Content-Type: application/json; charset=utf-8",
        *(f"{name}: {value}" for name, value in headers.items()),
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Host: rug.example",
        "X-Forwarded-Proto: https",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


@dataclass(frozen=True)
class Signer:
    """Who signs; what it needs can be sent to another process."""

    key_pem: bytes
    chain_url: str

    def signed(self, wanted: Sequence[tuple[Ask, str, float]]) -> list[bytes]:
        """These requests for the wire: each its ask, the token of its person's start, and its time."""
        key = cast(rsa.RSAPrivateKey, load_pem_private_key(self.key_pem, None))
        found = []
        for ask, start, made_at in wanted:
            body = json.dumps(envelope(ask, start, made_at), separators=(",", ":")).encode()
            signature = base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode("ascii")
            found.append(posted(body, {"SignatureCertChainUrl": self.chain_url, "Signature-256": signature}))
        return found


class Requests:
    """Signed requests in a file, so that a long load needs no memory; a context manager."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.asks = asks
        self._file = tempfile.TemporaryFile(buffering=1024 * 1024)  # noqa: SIM115  # closed by close
        self._places: list[tuple[int, int]] = []

    def sign(self, signer: Signer, tokens: Mapping[int, str], began: float, jobs: int) -> Self:
        """Sign all, as if the first were due at ``began`` (seconds since 1970)."""
        first = self.asks[0].due_s
        wanted = [(one, tokens.get(one.person, ""), began + one.due_s - first) for one in self.asks]
        chunks = [wanted[place : place + _CHUNK] for place in range(0, len(wanted), _CHUNK)]
        place = 0
        for one in _signed(signer, chunks, jobs if len(wanted) >= _MANY else 1):
            self._file.write(one)
            self._places.append((place, len(one)))
            place += len(one)
        self._file.flush()
        return self

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> bytes:
        place, length = self._places[index]
        return os.pread(self._file.fileno(), length, place)

    def envelope(self, index: int) -> dict[str, Any]:
        """What was asked."""
        return cast(dict[str, Any], json.loads(self[index].partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Throw the file away."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _signed(signer: Signer, chunks: Sequence[Sequence[tuple[Ask, str, float]]], jobs: int) -> Iterator[bytes]:
    if jobs == 1:
        for chunk in chunks:
            yield from signer.signed(chunk)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for found in pool.map(signer.signed, chunks):
            yield from found
