"""The endpoint for Alexa: verified where it must be, answered once, observed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from skill.alexa.skill import AlexaSkill, EnvelopeError
from skill.errors import RequestRefusedError
from skill.replays import Replays
from skill.serving.observing import Observer, seen

MAX_BODY_BYTES = 256 * 1024

Verifier = Callable[[Mapping[str, str], bytes], None]
"""Raises RequestRefusedError unless headers and raw body are a genuine request of Alexa."""


@dataclass(frozen=True)
class Door:
    """How only genuine requests get in, and each of them has one effect."""

    verify: Verifier
    window_end: Callable[[object], float]
    """Until when an envelope could come again (seconds since 1970); raises RequestRefusedError."""
    replays: Replays


@dataclass(frozen=True)
class Endpoint:
    """Answers ``POST /alexa``."""

    skill: AlexaSkill
    observer: Observer
    door: Door | None
    """None: everything is let in, on loopback in development."""

    def __call__(self) -> Response:
        """The response envelope; raises BadRequest for what is no genuine request."""
        began = time.perf_counter()
        try:
            envelope, answer = self._answer()
        except RequestRefusedError as error:
            self.observer.refused(error.reason, time.perf_counter() - began)
            raise BadRequest(str(error)) from error
        self.observer.answered(seen(envelope), 200, time.perf_counter() - began)
        return Response(answer, content_type="application/json;charset=UTF-8")

    def _answer(self) -> tuple[object, bytes]:
        body = _body()
        if self.door is None:
            envelope = _parsed(body)
            return envelope, self._made(envelope)
        self.door.verify(_headers(), body)
        envelope = _parsed(body)
        until = self.door.window_end(envelope)
        key = hashlib.sha256(body).digest()
        return envelope, self.door.replays.answer(key, until, lambda: self._made(envelope))

    def _made(self, envelope: object) -> bytes:
        try:
            return json.dumps(self.skill.answer(envelope), separators=(",", ":")).encode()
        except EnvelopeError as error:
            raise RequestRefusedError("envelope", str(error)) from error


def _body() -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise RequestRefusedError("size", f"the request is over {MAX_BODY_BYTES // 1024} KB") from None


def _headers() -> dict[str, str]:
    """The headers by name; werkzeug's own view of them makes every name anew at every look."""
    found = request.environ.items()
    return {name[5:].replace("_", "-").title(): value for name, value in found if name.startswith("HTTP_")}


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefusedError("body", "the request is no JSON") from None
