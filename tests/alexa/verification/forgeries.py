"""Requests that are forged or broken, as data: what is wrong with each, and why it must be refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from scripts.authority import Authority
from scripts.certificates import rsa_key
from tests.alexa.verification.test_address import TRICKS

ADDRESS, SIGNATURE = "SignatureCertChainUrl", "Signature-256"
Headers = dict[str, str]
Posted = tuple[bytes, Headers]


@dataclass(frozen=True)
class Lie:
    """A change to the envelope, after which it is signed as a genuine one."""

    what: str
    reason: str
    change: Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Text:
    """A body that is no envelope at all, signed as a genuine one."""

    what: str
    body: bytes


@dataclass(frozen=True)
class Forgery:
    """A change to what is posted, after it was signed."""

    what: str
    reason: str
    change: Callable[[Authority, bytes, Headers], Posted]


def _put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(envelope: dict[str, Any]) -> None:
        *places, last = path.split(".")
        inner = envelope
        for place in places:
            inner = inner[place]
        inner[last] = value

    return change


def _drop(path: str) -> Callable[[dict[str, Any]], None]:
    def change(envelope: dict[str, Any]) -> None:
        *places, last = path.split(".")
        inner = envelope
        for place in places:
            inner = inner[place]
        del inner[last]

    return change


def _stamped(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(envelope: dict[str, Any]) -> None:
        envelope["request"]["timestamp"] = envelope["request"]["timestamp"].replace(old, new)

    return change


def _hour_earlier(envelope: dict[str, Any]) -> None:
    """The digits of now with a time zone in which they were an hour ago."""
    _stamped("Z", "+01:00")(envelope)


STAMP, APPLICATION = "request.timestamp", "context.System.application"
NO_TIMES: tuple[object, ...] = (
    None,
    "",
    "now",
    "NaN",
    float("nan"),
    float("inf"),
    True,
    1_800_000_000,
    1_800_000_000_000,
    10**400,
    "1800000000",
    [],
    ["2026-11-22T09:00:00Z"],
    {},
    "2026-11-22",
    "2026-11-22T09:00Z",
    "2026-13-22T09:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T09:00:00+99:00",
    "2026-11-22T09:00:00",
    "\u0662\u0660\u0662\u0666-11-22T09:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
)
LIES = [
    Lie("no timestamp", "timestamp", _drop(STAMP)),
    *(Lie(f"timestamp {value!r}"[:60], "timestamp", _put(STAMP, value)) for value in NO_TIMES),
    Lie("now without a time zone", "timestamp", _stamped("Z", "")),
    Lie("now with a blank behind it", "timestamp", _stamped("Z", "Z ")),
    Lie("now in a small z", "timestamp", _stamped("Z", "z")),
    Lie("an hour ago by its time zone", "timestamp", _hour_earlier),
    Lie("another skill", "application", _put(f"{APPLICATION}.applicationId", "amzn1.ask.skill.other")),
    Lie("another skill in the session", "application", _put("session.application", {"applicationId": "other"})),
    Lie("no application", "application", _drop(APPLICATION)),
    Lie("no application in the session", "application", _drop("session.application")),
    Lie("no application id", "application", _put(APPLICATION, {})),
    Lie("an empty application id", "application", _put(APPLICATION, {"applicationId": ""})),
    Lie("an application id that is a number", "application", _put(APPLICATION, {"applicationId": 5})),
    Lie("an application id in a list", "application", _put(APPLICATION, {"applicationId": ["x"]})),
    Lie("an application that is a text", "application", _put(APPLICATION, "amzn1.ask.skill.other")),
    Lie("no context", "application", _drop("context")),
    Lie("a context that is null", "application", _put("context", None)),
    Lie("a system that is a list", "application", _put("context.System", [])),
    Lie("a session that is a list", "application", _put("session", [])),
    Lie("a session that is a number", "application", _put("session", 0)),
    Lie("no request", "body", _drop("request")),
    Lie("a request that is a list", "body", _put("request", [])),
    Lie("no type", "body", _drop("request.type")),
    Lie("a type that is a list", "body", _put("request.type", ["LaunchRequest"])),
]

TEXTS = [
    Text("an empty body", b""),
    Text("a blank", b" "),
    Text("null", b"null"),
    Text("a list", b"[]"),
    Text("a text", b'"LaunchRequest"'),
    Text("half an object", b'{"request": {"type": "LaunchRequest"'),
    Text("a form", b"certificationParam=1"),
    Text("no text", b"\xff\xfe\x00"),
    Text("deep lists", b"[" * 100_000),
    Text("deep objects", b'{"request":' * 50_000),
    Text("a number beyond counting", b'{"request": ' + b"9" * 10_000 + b"}"),
]


def _headers(**changed: str | None) -> Callable[[Authority, bytes, Headers], Posted]:
    """Headers changed or, with None, left out."""
    names = {"address": ADDRESS, "signature": SIGNATURE}

    def change(_authority: Authority, body: bytes, headers: Headers) -> Posted:
        merged: Mapping[str, str | None] = {**headers, **{names[name]: value for name, value in changed.items()}}
        return body, {name: value for name, value in merged.items() if value is not None}

    return change


def _signature(turn: Callable[[str], str]) -> Callable[[Authority, bytes, Headers], Posted]:
    def change(_authority: Authority, body: bytes, headers: Headers) -> Posted:
        return body, {**headers, SIGNATURE: turn(headers[SIGNATURE])}

    return change


def _bytes(turn: Callable[[bytes], bytes]) -> Callable[[Authority, bytes, Headers], Posted]:
    """The bytes of the signature changed, in base64 that is right."""
    return _signature(lambda text: base64.b64encode(turn(base64.b64decode(text))).decode())


def _body(turn: Callable[[bytes], bytes]) -> Callable[[Authority, bytes, Headers], Posted]:
    return lambda _authority, body, headers: (turn(body), headers)


def _signed(sign: Callable[[rsa.RSAPrivateKey, bytes], bytes]) -> Callable[[Authority, bytes, Headers], Posted]:
    """Signed by the right key in a wrong way."""

    def change(authority: Authority, body: bytes, headers: Headers) -> Posted:
        made = sign(cast(rsa.RSAPrivateKey, authority.leaf.key), body)
        return body, {**headers, SIGNATURE: base64.b64encode(made).decode()}

    return change


def _by_a_stranger(authority: Authority, body: bytes, _headers: Headers) -> Posted:
    return body, authority.sign(body, key=rsa_key())


def _of_another_body(authority: Authority, body: bytes, _headers: Headers) -> Posted:
    return body, authority.sign(body + b" ")


def _old_header_only(_authority: Authority, body: bytes, headers: Headers) -> Posted:
    return body, {ADDRESS: headers[ADDRESS], "Signature": headers[SIGNATURE]}


_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
_POSTABLE = [trick for trick in TRICKS if trick and trick.strip() == trick and trick.isascii() and trick.isprintable()]
FORGERIES = [
    Forgery("no address", "header", _headers(address=None)),
    Forgery("an empty address", "header", _headers(address="")),
    Forgery("no signature", "header", _headers(signature=None)),
    Forgery("an empty signature", "header", _headers(signature="")),
    Forgery("neither header", "header", _headers(address=None, signature=None)),
    Forgery("only the header of old days", "header", _old_header_only),
    *(Forgery(f"address {trick}"[:80], "address", _headers(address=trick)) for trick in _POSTABLE),
    Forgery("a signature in words", "encoding", _headers(signature="no signature!")),
    Forgery("a signature that is one sign", "encoding", _headers(signature="A")),
    Forgery("a signature of nothing but padding", "encoding", _headers(signature="====")),
    Forgery("a signature without its padding", "encoding", _signature(lambda text: text.rstrip("="))),
    Forgery("a signature with a blank in it", "encoding", _signature(lambda text: f"{text[:8]} {text[8:]}")),
    Forgery("a signature for URLs", "encoding", _signature(lambda text: f"-_{text[2:]}")),
    Forgery("two signatures", "encoding", _signature(lambda text: f"{text},{text}")),
    Forgery("a signature without end", "encoding", _headers(signature="AAAA" * 1000)),
    Forgery("a signature with a letter of no alphabet", "encoding", _signature(lambda text: "\u00e9" + text[1:])),
    Forgery("one bit of the signature", "signature", _bytes(lambda made: made[:-1] + bytes([made[-1] ^ 1]))),
    Forgery("the signature cut off", "signature", _bytes(lambda made: made[:-1])),
    Forgery("the signature twice", "signature", _bytes(lambda made: made * 2)),
    Forgery("the signature backwards", "signature", _bytes(lambda made: made[::-1])),
    Forgery("a signature of zeros", "signature", _bytes(lambda made: bytes(len(made)))),
    Forgery("a signature of one byte", "signature", _bytes(lambda made: made[:1])),
    Forgery("signed by a stranger", "signature", _by_a_stranger),
    Forgery("signed for another body", "signature", _of_another_body),
    Forgery(
        "signed with SHA-1",
        "signature",
        _signed(lambda key, body: key.sign(body, padding.PKCS1v15(), hashes.SHA1())),  # noqa: S303 # of old days
    ),
    Forgery(
        "signed with SHA-512",
        "signature",
        _signed(lambda key, body: key.sign(body, padding.PKCS1v15(), hashes.SHA512())),
    ),
    Forgery("signed with PSS", "signature", _signed(lambda key, body: key.sign(body, _PSS, hashes.SHA256()))),
    Forgery("the type changed", "signature", _body(lambda body: body.replace(b"LaunchRequest", b"IntentRequest"))),
    Forgery("the person changed", "signature", _body(lambda body: body.replace(b"account.TEST", b"account.EVIL"))),
    Forgery("a line behind the body", "signature", _body(lambda body: body + b"\n")),
    Forgery("a mark before the body", "signature", _body(lambda body: b"\xef\xbb\xbf" + body)),
    Forgery(
        "the same JSON in other blanks",
        "signature",
        _body(lambda body: json.dumps(json.loads(body), indent=1).encode()),
    ),
    Forgery("the same JSON in UTF-16", "signature", _body(lambda body: body.decode().encode("utf-16"))),
    Forgery("a part said twice", "signature", _body(lambda body: body[:-1] + b', "version": "1.0"}')),
    Forgery("the body emptied", "body", _body(lambda _body: b"")),
]
