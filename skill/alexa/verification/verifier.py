"""The verifier: everything that makes a request a genuine one, cheap checks first."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import certifi
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from skill.alexa.verification.address import normalised
from skill.alexa.verification.certificates import Chain, believed, load_roots
from skill.alexa.verification.chains import Chains
from skill.alexa.verification.claims import read_claims
from skill.alexa.verification.fetch import fetch
from skill.errors import RequestRefusedError
from skill.settings import Settings

ADDRESS_HEADER = "SignatureCertChainUrl"
SIGNATURE_HEADER = "Signature-256"
LONGEST_SIGNATURE = 2048


class AlexaVerifier:
    """Lets a request pass, or raises RequestRefusedError with one short reason.

    Reasons: ``header address encoding body timestamp application`` before anything is fetched; ``fetch busy
    chain validity name key`` for the certificates; ``signature`` at last.
    """

    def __init__(self, skill_id: str, chains: Chains, clock: Callable[[], float]) -> None:
        self._skill_id = skill_id
        self._chains = chains
        self._clock = clock

    def __call__(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check one request: its headers, whose names may be in any case, and its raw body."""
        lowered = {name.lower(): value for name, value in headers.items()}
        address = normalised(_header(lowered, ADDRESS_HEADER))
        signature = _decoded(_header(lowered, SIGNATURE_HEADER))
        claims = read_claims(body)
        claims.check_time(self._clock())
        claims.check_application(self._skill_id)
        _check_signature(self._chains.get(address), signature, body)
        self._chains.proven(address)

    def status(self) -> dict[str, Any]:
        """How the certificates are, for /healthz: ``ok``, how many are cached, and the last failure."""
        return self._chains.status()


def make_verifier(settings: Settings, clock: Callable[[], float] = time.time) -> AlexaVerifier:
    """The verifier for these settings, with the roots of RUGOEFENING_CA_FILE or else those of certifi.

    Raises SettingsError when there are no roots in that file.
    """
    file = settings.ca_file or Path(certifi.where())
    roots = load_roots(file)

    def load(address: str) -> Chain:
        return believed(fetch(address, file), roots, clock())

    return AlexaVerifier(settings.skill_id, Chains(load, clock), clock)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower(), "")
    if not value:
        raise RequestRefusedError("header", f"the request must have the header {name}")
    return value


def _decoded(text: str) -> bytes:
    try:
        signature = base64.b64decode(text, validate=True) if len(text) <= LONGEST_SIGNATURE else b""
    except ValueError:
        signature = b""
    if not signature:
        raise RequestRefusedError("encoding", f"the header {SIGNATURE_HEADER} must hold base64")
    return signature


def _check_signature(chain: Chain, signature: bytes, body: bytes) -> None:
    try:
        chain.key.verify(signature, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise RequestRefusedError("signature", "the signature does not fit the request") from None
