"""Which certificate chains are believed, and the public key that comes out of one."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from skill.errors import RequestRefusedError, SettingsError

SIGNER = "echo-api.amazon.com"
"""The host name that Alexa's signing certificate must hold."""
MOST_CERTIFICATES = 10
LEAST_BITS = 2048

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True)
class Chain:
    """A chain that was believed: the key that signs, and when the whole chain is valid (seconds since 1970)."""

    key: RSAPublicKey
    since: float
    until: float

    def is_valid(self, now: float) -> bool:
        """Whether every certificate in it is valid at this moment."""
        return self.since <= now <= self.until


def load_roots(file: Path) -> Store:
    """The roots in a PEM file, as ``read_roots`` reads them, to judge chains with."""
    return Store(read_roots(file))


def read_roots(file: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file; what cannot be read is left out, as a newer library refuses some old roots.

    Raises SettingsError when the file cannot be read or holds no certificate.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        raise SettingsError("The settings are not right:", [f"RUGOEFENING_CA_FILE: {file}: {error.strerror}"]) from None
    roots = [root for pem in _PEM.findall(text) if (root := _root(pem)) is not None]
    if not roots:
        raise SettingsError(
            "The settings are not right:",
            [f"RUGOEFENING_CA_FILE: {file} holds no certificate; write one or more as PEM"],
        )
    return roots


def _root(pem: bytes) -> x509.Certificate | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # of old roots, which we cannot mend
        try:
            return x509.load_pem_x509_certificate(pem)
        except _UNREADABLE:
            return None


def believed(pem: bytes, roots: Store, now: float) -> Chain:
    """The chain in a PEM text, the leaf first, when it is Alexa's and leads to a root at this moment.

    Raises RequestRefusedError: ``validity``, ``name``, ``key`` for the leaf, else ``chain``.
    """
    if pem.count(b"-----BEGIN") > MOST_CERTIFICATES:
        raise RequestRefusedError("chain", "the certificate chain is too long")
    moment = datetime.fromtimestamp(now, UTC)
    try:
        leaf, *others = x509.load_pem_x509_certificates(pem)
        _check_validity(leaf, moment)
        _check_name(leaf)
        key = _signing_key(leaf)
        verifier = PolicyBuilder().store(roots).time(moment).build_server_verifier(x509.DNSName(SIGNER))
        chain = verifier.verify(leaf, others)
    except VerificationError as error:
        raise RequestRefusedError("chain", f"the certificate chain is not trusted: {error}") from None
    except _UNREADABLE:
        raise RequestRefusedError("chain", "the certificate chain cannot be read") from None
    return Chain(
        key,
        max(one.not_valid_before_utc for one in chain).timestamp(),
        min(one.not_valid_after_utc for one in chain).timestamp(),
    )


def _check_validity(leaf: x509.Certificate, moment: datetime) -> None:
    if moment < leaf.not_valid_before_utc:
        raise RequestRefusedError("validity", "the signing certificate is not valid yet")
    if moment > leaf.not_valid_after_utc:
        raise RequestRefusedError("validity", "the signing certificate has expired")


def _check_name(leaf: x509.Certificate) -> None:
    """The name itself, where a verifier of hosts is content with ``*.amazon.com``."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise RequestRefusedError("name", "the signing certificate names no host") from None
    if SIGNER not in (name.lower() for name in names.get_values_for_type(x509.DNSName)):
        raise RequestRefusedError("name", f"the signing certificate is not that of {SIGNER}")


def _signing_key(leaf: x509.Certificate) -> RSAPublicKey:
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise RequestRefusedError("key", f"the signing key must be RSA of {LEAST_BITS} bits or more")
    return key
