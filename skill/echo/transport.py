"""How the virtual Echo reaches a skill: inside this process, or over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ENOUGH_S = 8.0
"""Alexa waits this long for an answer."""


class Transport(Protocol):
    """Takes requests to the skill, and fetches the audio that its answers name."""

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Post a request envelope; the HTTP status and the answer, None when it is no JSON."""

    def fetch(self, url: str) -> bytes | None:
        """The bytes of an audio file, None when it cannot be had."""


@dataclass
class AppTransport:
    """A Flask application in this process, asked through its test client."""

    app: Any

    def __post_init__(self) -> None:
        self._client = self.app.test_client()

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Post a request envelope."""
        answer = self._client.post("/alexa", json=envelope)
        return answer.status_code, answer.get_json(silent=True)

    def fetch(self, url: str) -> bytes | None:
        """The bytes of an audio file that this application serves."""
        answer = self._client.get(urlsplit(url).path)
        return bytes(answer.data) if answer.status_code == 200 else None


@dataclass
class HttpTransport:
    """A server that runs elsewhere, such as ``http://127.0.0.1:5050``."""

    url: str

    def __call__(self, envelope: Mapping[str, Any]) -> tuple[int, Any]:
        """Post a request envelope; status 0 when nobody answers."""
        headers = {"Content-Type": "application/json"}
        body = json.dumps(envelope).encode()
        request = Request(f"{self.url.rstrip('/')}/alexa", body, headers)  # noqa: S310 # http(s) is checked at start
        try:
            with urlopen(request, timeout=ENOUGH_S) as answer:  # noqa: S310 # as above
                return answer.status, _parsed(answer.read())
        except HTTPError as error:
            return error.code, _parsed(error.read())
        except OSError:
            return 0, None

    def fetch(self, url: str) -> bytes | None:
        """The bytes of an audio file."""
        if urlsplit(url).scheme not in ("http", "https"):
            return None
        try:
            with urlopen(url, timeout=ENOUGH_S) as answer:  # noqa: S310 # http(s): checked above
                return bytes(answer.read())
        except OSError:
            return None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
