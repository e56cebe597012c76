"""The whole application under fire, and what must hold of every answer; :class:`Finding` is a defect."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import run_wsgi_app

from scripts.fuzz_words import APPLICATION, CANARY
from skill.alexa.contract import check
from skill.coach import Way
from skill.coach.situation import STORED_MARKS
from skill.content import Level, Tempo
from skill.settings import Settings
from skill.web import create_app

CPU_MS = 50.0
"""No answer may cost more CPU time."""
_REFUSED = (400, 404, 405, 413)
_EXPECTED_ERROR = "Alexa refused an answer"
"""The one line of level ERROR that a request can bring about without a defect: it tells of Alexa's complaint."""
_HASH = re.compile(r"(?:[0-9a-f]{32})?\Z")
_NAME = re.compile(r"[A-Za-z0-9_-]{0,64}\Z")
_COLUMNS = {
    "person": ("person", "level", "tempo", "way", "intro_hash"),
    "place": ("person", "device", "run", "routine", "track", "step", "level", "tempo", "pack", "marks"),
    "finished": ("person", "run", "routine"),
    "closed": ("run",),
    "begun": ("person", "run"),
}


class Finding(Exception):  # noqa: N818  # a finding is what a fuzzer calls it
    """Something that must never happen, happened."""


class _Log(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an error, a traceback, or a line with what nobody may log."""
        text = logging.Formatter().format(record)
        error = record.levelno >= logging.ERROR and not text.startswith(_EXPECTED_ERROR)
        if error or record.exc_info or CANARY in text:
            self.lines.append(text)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class UnderFire:
    """The application, and what was measured of it."""

    def __init__(self, app: Flask, database: Path, *, loopback: bool) -> None:
        self.app = app
        self.database = database
        self.loopback = loopback
        self.slowest_ms = 0.0
        self._log = _Log()
        root = logging.getLogger()
        root.handlers = [self._log]
        root.setLevel(logging.WARNING)
        with app.test_request_context("/alexa", method="POST", content_type="application/json") as context:
            self._environ = dict(context.request.environ)

    def alexa(self, body: bytes, headers: Mapping[str, str] | None = None) -> float:
        """Send a body to the endpoint; answers the CPU time (ms). Raises Finding when something is wrong."""
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
        answer, ms = self._within_time(lambda extra: self._send({**environ}, body + b" " * extra))
        self._judge_alexa(body, answer)
        return ms

    def http(self, environ: Mapping[str, Any], body: bytes) -> float:
        """Send any request; answers the CPU time (ms). Raises Finding when something is wrong."""
        answer, ms = self._within_time(lambda _: self._send(environ, body))
        if answer.status >= 500:
            raise Finding(f"status {answer.status} for {environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')!r}")
        self._judge_log()
        return ms

    def _within_time(self, send: Callable[[int], Answer]) -> tuple[Answer, float]:
        """An answer and its CPU time; a slow one is asked for twice more before it counts."""
        answer, ms = _timed(send, 0)
        if ms > CPU_MS:
            ms = min(ms, *(_timed(send, again)[1] for again in (1, 2)))
        if ms > CPU_MS:
            raise Finding(f"{ms:.0f} ms of CPU time (status {answer.status}, three times)")
        self.slowest_ms = max(self.slowest_ms, ms)
        return answer, ms

    def _send(self, environ: Mapping[str, Any], body: bytes) -> Answer:
        sent = {**self._environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **environ}
        found, status, headers = run_wsgi_app(self.app, sent, buffered=True)
        return Answer(int(status.split()[0]), dict(headers), b"".join(found))

    def _judge_alexa(self, body: bytes, answer: Answer) -> None:
        self._judge_log()
        if answer.status in _REFUSED:
            if not json.loads(answer.body)["error"]["message"]:
                raise Finding(f"status {answer.status} without a reason")
            return
        if answer.status != 200:
            raise Finding(f"status {answer.status}: {answer.body[:200]!r}")
        broken = check(json.loads(body), json.loads(answer.body), loopback=self.loopback)
        if broken:
            raise Finding(f"the answer breaks a rule: {broken[0].message}")
        if CANARY.encode() in answer.body:
            raise Finding("an id or a free text came back in the answer")

    def _judge_log(self) -> None:
        if self._log.lines:
            lines, self._log.lines = self._log.lines, []
            raise Finding(f"logged: {lines[0]}")

    def judge_store(self) -> int:
        """Look at everything that is stored; answers how many rows. Raises Finding for what may not be kept."""
        count = 0
        with closing(sqlite3.connect(self.database)) as connection:
            for table, columns in _COLUMNS.items():
                for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608  # constants
                    count += 1
                    _judge_row(table, dict(zip(columns, row, strict=True)))
        held = self.database.parent.glob(self.database.name + "*")
        if any(CANARY.encode() in file.read_bytes() for file in held):
            raise Finding("an id or a free text is in the database")
        return count


def _judge_row(table: str, row: dict[str, Any]) -> None:
    known: Mapping[str, Callable[[Any], object]] = {
        "level": lambda value: value is None or value in set(Level),
        "tempo": lambda value: value is None or value in set(Tempo),
        "way": lambda value: value is None or value in set(Way),
        "person": lambda value: bool(value) and _HASH.match(value),
        "device": _HASH.match,
        "marks": lambda value: set(value) <= STORED_MARKS,
        "intro_hash": lambda value: value is None or _NAME.match(value),
    }
    for name, value in row.items():
        if not known.get(name, _NAME.match)(value):
            raise Finding(f"{table}.{name} holds {value!r}")


def _timed(send: Callable[[int], Answer], extra: int) -> tuple[Answer, float]:
    began = time.thread_time()
    answer = send(extra)
    return answer, (time.thread_time() - began) * 1000


def development(packs: Path, folder: Path) -> UnderFire:
    """The application as it runs in development."""
    settings = Settings(packs=packs, database=folder / "development.sqlite3")
    return UnderFire(create_app(settings), settings.database, loopback=True)


def production(packs: Path, folder: Path) -> UnderFire:
    """The application as it runs in production, behind a verifier that lets everything pass."""
    settings = Settings(
        environment="production",
        packs=packs,
        database=folder / "production.sqlite3",
        public_url="https://rug.example.org",
        skill_id=APPLICATION,
        id_key="a key of thirty-two characters or more",
    )
    app = create_app(settings, verifier=lambda _, __: None)
    return UnderFire(app, settings.database, loopback=False)
