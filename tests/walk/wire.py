"""The line between the virtual Echo and the skill: everything that goes over it is kept, with what it changed."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import run_wsgi_app

from skill.alexa.intents import command_for_intent
from skill.coach import Command

_AUDIO = re.compile(r"([^/]+\.mp3)")
TABLES = ("person", "place", "finished", "begun", "closed")
Row = tuple[tuple[str, Any], ...]
"""The columns of a row, each with its value."""
Dump = Mapping[str, frozenset[Row]]
"""All rows of the store, per table."""


@dataclass(frozen=True)
class Exchange:
    """One request, its answer, and the store before and after it."""

    envelope: Mapping[str, Any]
    status: int
    answer: Any
    before: Dump
    after: Dump
    works: bool
    """Whether the database could be used."""
    again: bool
    """Whether the same request was delivered before, and the database could be used then."""

    @property
    def kind(self) -> str:
        """The type of the request."""
        return str(self.envelope["request"]["type"])

    @cached_property
    def command(self) -> Command | None:
        """What the person said, as the skill was told; None for anything but words."""
        if self.kind == "LaunchRequest":
            return Command.LAUNCH
        if self.kind != "IntentRequest":
            return None
        return command_for_intent(self.envelope["request"]["intent"]["name"])

    @property
    def device(self) -> str:
        """The device that sent it."""
        return str(self.envelope["context"]["System"]["device"]["deviceId"])

    @property
    def person(self) -> str:
        """The account of the device."""
        return str(self.envelope["context"]["System"]["user"]["userId"])

    @property
    def new_session(self) -> bool:
        """Whether the words came without an open session: with the name, or as playback words."""
        return bool(self.envelope.get("session", {}).get("new", True))

    @property
    def session(self) -> str:
        """The session of the words."""
        return str(self.envelope.get("session", {}).get("sessionId", ""))

    @property
    def player(self) -> Mapping[str, Any]:
        """What the device told of its player."""
        found: Mapping[str, Any] = self.envelope["context"].get("AudioPlayer") or {}
        return found

    @property
    def has_player(self) -> bool:
        """Whether the device can play streams."""
        return "AudioPlayer" in self.envelope["context"]["System"]["device"]["supportedInterfaces"]

    @property
    def body(self) -> Mapping[str, Any]:
        """The response object."""
        found: Mapping[str, Any] = self.answer["response"] if isinstance(self.answer, Mapping) else {}
        return found

    @property
    def opens(self) -> bool:
        """Whether the microphone opens."""
        return self.body.get("shouldEndSession") is False

    @property
    def directives(self) -> tuple[str, ...]:
        """The directives, by their short names."""
        return tuple(str(one["type"]).removeprefix("AudioPlayer.") for one in self.body.get("directives") or ())

    @cached_property
    def play(self) -> Mapping[str, Any] | None:
        """The Play directive, if there is one."""
        directives = self.body.get("directives") or ()
        return next((one for one in directives if one["type"] == "AudioPlayer.Play"), None)

    @property
    def stream(self) -> Mapping[str, Any]:
        """The stream of the Play directive; only where there is one."""
        assert self.play is not None
        found: Mapping[str, Any] = self.play["audioItem"]["stream"]
        return found

    @property
    def replaces(self) -> bool:
        """Whether the answer makes another stream play now."""
        return self.play is not None and self.play["playBehavior"] == "REPLACE_ALL"

    @property
    def speaks_a_step(self) -> bool:
        """Whether the answer speaks a whole step."""
        return "/step-" in self.speech

    @property
    def begins(self) -> bool:
        """Whether the training goes on with this answer, played or spoken."""
        return self.replaces or self.speaks_a_step

    @cached_property
    def target(self) -> tuple[str, int] | None:
        """Token and offset (ms) of what is played, or of the step that is spoken while its session stays open."""
        if self.play is not None:
            return str(self.stream["token"]), int(self.stream["offsetInMilliseconds"])
        place = (self.answer.get("sessionAttributes") or {}).get("place") if self.speaks_a_step else None
        return (str(place["token"]), int(place["offset"])) if place else None

    @property
    def held(self) -> tuple[str, int] | None:
        """Token and offset (ms) of the place that the open session held before this request."""
        place = (self.envelope.get("session", {}).get("attributes") or {}).get("place")
        return (str(place["token"]), int(place["offset"])) if place else None

    @property
    def files(self) -> tuple[str, ...]:
        """The audio files that are said."""
        return tuple(_AUDIO.findall(self.speech))

    @cached_property
    def speech(self) -> str:
        """What is said, as SSML or text."""
        speech = self.body.get("outputSpeech") or {}
        return str(speech.get("ssml") or speech.get("text") or "")


@dataclass
class Wire:
    """A transport to an application in this process that notes every exchange."""

    app: Flask
    database: Path
    lengths: dict[str, int]
    """The sizes of audio files that were fetched before, in any walk (bytes)."""
    works: bool = True
    outages: int = 0
    """How many of the next audio files cannot be fetched."""
    exchanges: list[Exchange] = field(default_factory=list)
    _delivered: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Deliver a request."""
        system = envelope["context"]["System"]
        identity = (str(system["device"]["deviceId"]), str(envelope["request"]["requestId"]))
        before = self.exchanges[-1].after if self.exchanges else dump(self.database)
        status, data = _post(self.app, json.dumps(envelope).encode())
        answer = json.loads(data)
        again = self._delivered.get(identity, False)
        after = dump(self.database)
        self.exchanges.append(Exchange(envelope, status, answer, before, after, self.works, again))
        self._delivered[identity] = self.works
        return status, answer

    def fetch(self, url: str) -> bytes | None:
        """An audio file: really fetched the first time, later as many bytes of silence."""
        path = urlsplit(url).path
        if self.outages:
            self.outages -= 1
            return None
        if path not in self.lengths:
            answer = self.app.test_client().get(path)
            assert answer.status_code == 200, f"{path} was named and is not served"
            self.lengths[path] = len(answer.data)
        return bytes(self.lengths[path])


def dump(database: Path) -> Dump:
    """All rows of the store."""
    if not database.is_file():
        return dict.fromkeys(TABLES, frozenset())
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {table: frozenset(_rows(connection, table)) for table in TABLES}


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 # a constant
    names = [one[0] for one in cursor.description]
    for row in cursor:
        yield tuple(zip(names, row, strict=True))


def column(rows: Iterable[Row], name: str) -> list[Any]:
    """One column of some rows."""
    return [dict(row)[name] for row in rows]


def _post(app: Flask, body: bytes) -> tuple[int, bytes]:
    """Post to ``/alexa`` as a WSGI server does, without the cost of a test client."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/alexa",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer, status, _ = run_wsgi_app(app, environ)
    return int(status.split()[0]), b"".join(answer)
