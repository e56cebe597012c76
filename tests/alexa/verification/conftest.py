"""The application in production with the real verifier, and an authority of our own that signs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask.testing import FlaskClient

from scripts.authority import Authority
from skill.alexa.verification import AlexaVerifier, make_verifier
from skill.errors import RequestRefusedError
from skill.settings import Settings
from skill.web import create_app

SKILL_ID = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"


@dataclass
class Clock:
    """The time of this machine, moved by some seconds."""

    moved_s: float = 0.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.moved_s


@dataclass
class Gate:
    """The verifier as the application calls it; it remembers why the last request was refused."""

    verifier: AlexaVerifier
    reason: str | None = None

    def __call__(self, headers: Mapping[str, str], body: bytes) -> None:
        """Verify a request."""
        self.reason = None
        try:
            self.verifier(headers, body)
        except RequestRefusedError as error:
            self.reason = error.reason
            raise


@dataclass(frozen=True)
class Door:
    """The public door of the application: what is posted to it, and what comes back."""

    authority: Authority
    clock: Clock
    gate: Gate
    client: FlaskClient

    def genuine(self, kind: str = "LaunchRequest", *, age_s: float = 0.0) -> dict[str, Any]:
        """An envelope as Alexa would send it, some seconds ago by the clock of the skill."""
        made = datetime.fromtimestamp(self.clock() - age_s, UTC)
        application, user = {"applicationId": SKILL_ID}, {"userId": "amzn1.ask.account.TEST"}
        device = {"deviceId": "amzn1.ask.device.TEST", "supportedInterfaces": {"AudioPlayer": {}}}
        return {
            "version": "1.0",
            "session": {"new": True, "sessionId": "s", "application": application, "user": user},
            "context": {
                "System": {"application": application, "user": user, "device": device},
                "AudioPlayer": {"playerActivity": "IDLE"},
            },
            "request": {
                "type": kind,
                "requestId": f"r{time.monotonic_ns()}",
                "timestamp": made.isoformat().replace("+00:00", "Z"),
                "locale": "nl-NL",
            },
        }

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Post a raw body; answers the status, and the message where it was refused."""
        answer = self.client.post("/alexa", data=body, headers=dict(headers), content_type="application/json")
        told = answer.get_json()
        return answer.status_code, told["error"]["message"] if "error" in told else ""

    def send(self, url: str | None = None, *, key: RSAPrivateKey | None = None) -> tuple[int, str]:
        """Post a genuine launch, signed for the chain at an address."""
        body = json.dumps(self.genuine()).encode()
        return self.post(body, self.authority.sign(body, key=key, url=url))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The authority, serving its chain."""
    with Authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture
def behind_proxy(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process finds the certificate host as the product does behind a proxy."""
    for name, value in authority.environ.items():
        if not name.startswith("RUGOEFENING_"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def production(built_pack: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of production that trust the authority."""
    return Settings(
        environment="production",
        public_url="https://rug.voorbeeld.nl",
        skill_id=SKILL_ID,
        id_key="k" * 32,
        packs=built_pack,
        database=tmp_path_factory.mktemp("progress") / "progress.sqlite3",
        ca_file=authority.ca_file,
    )


@pytest.fixture(scope="session")
def shared(authority: Authority, production: Settings) -> Door:
    """One application with one verifier for many requests."""
    return _door(authority, production)


@pytest.fixture
def shared_door(shared: Door, behind_proxy: None) -> Door:
    """The shared application, in a process that finds the certificate host."""
    return shared


@pytest.fixture
def door(authority: Authority, production: Settings, behind_proxy: None) -> Iterator[Door]:
    """An application with a verifier that knows no chain yet, and a clock of its own."""
    pages = dict(authority.pages)
    authority.fetched.clear()
    yield _door(authority, production)
    authority.online, authority.pages = True, pages


def _door(authority: Authority, production: Settings) -> Door:
    clock = Clock()
    gate = Gate(make_verifier(production, clock))
    return Door(authority, clock, gate, create_app(production, verifier=gate).test_client())
