"""Certificates that a test makes for itself: roots, intermediates and leaves, good ones and bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key as PEM, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True)
class Wish:
    """What a certificate shall say; the defaults make a good one."""

    name: str
    """The common name of its subject."""
    hosts: Sequence[str] = ()
    """The host names in its subjectAltName."""
    authority: bool = False
    """Whether it may issue certificates itself."""
    since: datetime | None = None
    """When it becomes valid; None: a day ago."""
    until: datetime | None = None
    """Until when it is valid; None: a year from now, an authority two, so that it outlives what it issues."""


def elliptic_key() -> ec.EllipticCurvePrivateKey:
    """A new P-256 key, which is made at once."""
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A new RSA key of so many bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make(wish: Wish, key: PrivateKey, issuer: Identity | None = None) -> Identity:
    """A new certificate for a key; without an issuer it signs itself."""
    now = datetime.now(UTC)
    subject = _name(wish.name)
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wish.since or now - timedelta(days=1))
        .not_valid_after(wish.until or now + timedelta(days=730 if wish.authority else 365))
        .add_extension(x509.BasicConstraints(ca=wish.authority, path_length=None), critical=True)
        .add_extension(_usage(wish.authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if wish.hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in wish.hosts])
        builder = builder.add_extension(names, critical=False)
    if not wish.authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purpose, critical=False)
    return Identity(builder.sign(signer, hashes.SHA256()), key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
