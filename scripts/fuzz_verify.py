"""Forged signatures, addresses, times and certificates for the verifier, which no network is needed for."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from scripts.authority import Authority
from scripts.fuzz_app import CPU_MS, Finding
from scripts.fuzz_model import chance
from scripts.fuzz_mutate import ODD_TEXTS, mangled
from scripts.fuzz_words import APPLICATION
from skill.alexa.verification import AlexaVerifier
from skill.alexa.verification.certificates import Chain, believed, load_roots
from skill.alexa.verification.chains import Chains
from skill.errors import RequestRefusedError

ADDRESSES = (
    "https://s3.amazonaws.com/echo.api/a.pem",
    "https://s3.amazonaws.com:443/echo.api/../echo.api/a.pem",
    "HTTPS://S3.AMAZONAWS.COM/echo.api/a.pem",
    "https://s3.amazonaws.com@example.org/echo.api/a.pem",
    "https://s3.amazonaws.com/echo.api/%2e%2e/a.pem",
    "https://s3.amazonaws.com./echo.api/a.pem",
    "https://s3.amazonaws.com:0443/echo.api/a.pem",
    "https://[::1]/echo.api/a.pem",
    "http://[",
)


class VerifierUnderFire:
    """The verifier with a chain of our own; it may only ever raise RequestRefusedError, unless all is genuine."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        now = time.time()
        roots = load_roots(authority.ca_file)
        pem = authority.leaf.certificate_pem + authority.intermediate.certificate_pem
        self.good_address = authority.chain_url
        self.pem = pem + authority.root.certificate_pem
        self.body = _body(now)
        self.headers = authority.sign(self.body)
        self._believe: Callable[[bytes], Chain] = lambda text: believed(text, roots, now)
        chain = believed(pem, roots, now)

        def load(address: str) -> Chain:
            if address == self.good_address:
                return chain
            raise RequestRefusedError("fetch", "it is not there")

        self._verify = AlexaVerifier(APPLICATION, Chains(load, lambda: now), lambda: now)
        self._verify(self.headers, self.body)

    def request(self, random: Random) -> float:
        """Headers and body of which something is forged; answers the CPU time (ms). Raises Finding."""
        headers, body = dict(self.headers), self.body
        for _ in range(random.choice((1, 2, 3))):
            name = random.choice(sorted(headers)) if headers else "x"
            random.choice((_forge_address, _forge_text, _forge_base64, _forge_name))(random, headers, name)
        if chance(random, 0.3):
            body = mangled(random, body)
        genuine = body == self.body and _lowered(headers) == _lowered(self.headers)
        return self._only_refused(lambda: self._verify(headers, body), may_pass=genuine or body == self.body)

    def chain(self, data: bytes) -> float:
        """A text that should be a chain of certificates; answers the CPU time (ms). Raises Finding."""
        return self._only_refused(lambda: self._believe(data), may_pass=True)

    def _only_refused(self, check: Callable[[], Any], *, may_pass: bool) -> float:
        ms = _refused_ms(check, may_pass=may_pass)
        if ms > CPU_MS:
            ms = min(ms, *(_refused_ms(check, may_pass=may_pass) for _ in range(2)))
        if ms > CPU_MS:
            raise Finding(f"{ms:.0f} ms of CPU time (three times)")
        return ms


def _refused_ms(check: Callable[[], Any], *, may_pass: bool) -> float:
    began = time.thread_time()
    try:
        check()
    except RequestRefusedError as error:
        if not error.reason or not str(error):
            raise Finding("refused without a reason") from error
    else:
        if not may_pass:
            raise Finding("a forged request passed")
    return (time.thread_time() - began) * 1000


def _body(now: float) -> bytes:
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = {"type": "LaunchRequest", "requestId": "r1", "timestamp": stamp, "locale": "nl-NL"}
    context = {"System": {"application": {"applicationId": APPLICATION}}}
    return json.dumps({"version": "1.0", "context": context, "request": request}).encode()


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _forge_address(random: Random, headers: dict[str, str], _: str) -> None:
    headers["SignatureCertChainUrl"] = random.choice(ADDRESSES)


def _forge_text(random: Random, headers: dict[str, str], name: str) -> None:
    text = headers.get(name, "")
    at = random.randrange(len(text) + 1)
    sign = random.choice((*ODD_TEXTS, chr(random.randrange(0x110000)), chr(random.randrange(33, 127)), "=" * 5_000))
    headers[name] = random.choice((text[:at], text[:at] + sign + text[at:], text[:at] + sign + text[at + len(sign) :]))


def _forge_base64(random: Random, headers: dict[str, str], _: str) -> None:
    signature = random.randbytes(random.choice((0, 1, 255, 256, 257, 512, 1_500)))
    headers["Signature-256"] = base64.b64encode(signature).decode()


def _forge_name(random: Random, headers: dict[str, str], name: str) -> None:
    value = headers.pop(name, "")
    if chance(random, 0.7):
        headers[random.choice((name.upper(), name.lower(), name + " ", "", "\ud800", name.replace("-", "_")))] = value
