"""Certificate chains that are not Alexa's, and hosts that do not give one: refused with 400, through the real road."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scripts.authority import SIGNER, Authority, Page
from scripts.certificates import Identity, PrivateKey, Wish, elliptic_key, make, rsa_key
from tests.alexa.verification.conftest import Door

YESTERDAY, TOMORROW = (datetime.now(UTC) + timedelta(days=days) for days in (-0.5, 0.5))
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Bad:
    """A chain that must be refused, with the reason and some words of the message."""

    what: str
    reason: str
    words: str
    chain: Callable[[Authority], Sequence[Identity]]


def _leaf(wish: Wish, key: Callable[[], PrivateKey] | None = None) -> Callable[[Authority], Sequence[Identity]]:
    """A chain whose leaf is as wished, and all else right."""

    def chain(authority: Authority) -> Sequence[Identity]:
        made = make(wish, key() if key else authority.leaf.key, authority.intermediate)
        return [made, authority.intermediate]

    return chain


def _self_signed(authority: Authority) -> Sequence[Identity]:
    return [make(Wish(SIGNER, (SIGNER,)), authority.leaf.key)]


def _of_a_stranger(authority: Authority) -> Sequence[Identity]:
    root = make(Wish("Test Root", authority=True), elliptic_key())
    return [make(Wish(SIGNER, (SIGNER,)), authority.leaf.key, root), root]


def _below_a_leaf(authority: Authority) -> Sequence[Identity]:
    above = make(Wish("a shop", ("shop.example",)), elliptic_key(), authority.intermediate)
    return [make(Wish(SIGNER, (SIGNER,)), authority.leaf.key, above), above, authority.intermediate]


def _below_an_expired(authority: Authority) -> Sequence[Identity]:
    old = make(Wish("Test Old", authority=True, until=YESTERDAY), elliptic_key(), authority.root)
    return [make(Wish(SIGNER, (SIGNER,)), authority.leaf.key, old), old]


def _endless(authority: Authority) -> Sequence[Identity]:
    return [authority.leaf, *[authority.intermediate] * 10]


BAD = [
    Bad("expired", "validity", "has expired", _leaf(Wish(SIGNER, (SIGNER,), until=YESTERDAY))),
    Bad("not valid yet", "validity", "not valid yet", _leaf(Wish(SIGNER, (SIGNER,), since=TOMORROW))),
    Bad("another host", "name", "not that of", _leaf(Wish(SIGNER, ("api.amazon.com",)))),
    Bad("a longer host", "name", "not that of", _leaf(Wish(SIGNER, (f"{SIGNER}.evil.org",)))),
    Bad("a host below it", "name", "not that of", _leaf(Wish(SIGNER, (f"x.{SIGNER}",)))),
    Bad("any host of Amazon", "name", "not that of", _leaf(Wish(SIGNER, ("*.amazon.com",)))),
    Bad("a name outside the list of hosts", "name", "names no host", _leaf(Wish(SIGNER))),
    Bad("an elliptic key", "key", "must be RSA", _leaf(Wish(SIGNER, (SIGNER,)), elliptic_key)),
    Bad("a weak key", "key", "2048 bits", _leaf(Wish(SIGNER, (SIGNER,)), lambda: rsa_key(1024))),
    Bad("an authority as leaf", "chain", "not trusted", _leaf(Wish(SIGNER, (SIGNER,), authority=True))),
    Bad("self-signed", "chain", "not trusted", _self_signed),
    Bad("an unknown root of the same name", "chain", "not trusted", _of_a_stranger),
    Bad("no intermediate", "chain", "not trusted", lambda authority: [authority.leaf]),
    Bad("the wrong way round", "name", "names no host", lambda authority: [authority.intermediate, authority.leaf]),
    Bad("issued by a leaf", "chain", "not trusted", _below_a_leaf),
    Bad("issued by one that expired", "chain", "not trusted", _below_an_expired),
    Bad("eleven certificates", "chain", "too long", _endless),
    Bad("the root alone", "name", "names no host", lambda authority: [authority.root]),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_a_chain_that_is_not_alexas(shared_door: Door, bad: Bad) -> None:
    """A request whose signature fits the first certificate is refused, for what is wrong with the chain."""
    authority = shared_door.authority
    chain = bad.chain(authority)
    url = authority.offer(f"bad-{next(NUMBERS)}.pem", chain)
    status, message = shared_door.send(url)
    assert (status, shared_door.gate.reason) == (400, bad.reason), message
    assert bad.words in message


@dataclass(frozen=True)
class Host:
    """What the certificate host does wrong, with the reason and some words of the message."""

    what: str
    reason: str
    words: str
    page: Callable[[bytes], Page]


HOSTS = [
    Host("403", "fetch", "answered 403", lambda pem: Page(pem, 403)),
    Host("404", "fetch", "answered 404", lambda pem: Page(pem, 404)),
    Host("500", "fetch", "answered 500", lambda pem: Page(pem, 500)),
    Host("204", "fetch", "answered 204", lambda _pem: Page(status=204)),
    Host("206", "fetch", "answered 206", lambda pem: Page(pem, 206)),
    Host("a redirect", "fetch", "answered 302", lambda _pem: Page(status=302, headers={"Location": "/echo.api/x"})),
    Host("nothing", "chain", "cannot be read", lambda _pem: Page()),
    Host("a page of HTML", "chain", "cannot be read", lambda _pem: Page(b"<html>sorry</html>")),
    Host("half a chain", "chain", "cannot be read", lambda pem: Page(pem[:300])),
    Host("a chain that lost its middle", "chain", "cannot be read", lambda pem: Page(pem[:300] + pem[400:])),
    Host("a PEM of something else", "chain", "cannot be read", lambda pem: Page(pem.replace(b"CERTIFICATE", b"TEXT"))),
    Host("bytes", "chain", "cannot be read", lambda _pem: Page(bytes(range(256)))),
    Host("too much", "fetch", "over 64 KB", lambda pem: Page(pem * 100)),
    Host("less than it promised", "fetch", "host", lambda pem: Page(pem, headers={"Content-Length": "60000"})),
    Host("packed", "chain", "cannot be read", lambda _pem: Page(b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})),
    Host("a head without end", "fetch", "cannot be reached", lambda pem: Page(pem, headers={"X": "x" * 100_000})),
    Host("a chain drop by drop", "fetch", "too slow", lambda pem: Page(pem, drip_s=0.05)),
    Host("a head drop by drop", "fetch", "too slow", lambda pem: Page(pem, drip_s=0.05, drips_head=True)),
    Host("no answer", "fetch", "host", lambda pem: Page(pem, wait_s=20)),
]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.what)
def test_a_host_that_gives_no_chain(shared_door: Door, host: Host) -> None:
    """Whatever the certificate host does, the request gets its 400."""
    authority = shared_door.authority
    name = f"host-{next(NUMBERS)}.pem"
    url = authority.offer(name, [authority.leaf, authority.intermediate])
    authority.pages[f"/echo.api/{name}"] = host.page(authority.pages[f"/echo.api/{name}"].body)
    status, message = shared_door.send(url)
    assert (status, shared_door.gate.reason) == (400, host.reason), message
    assert host.words in message


@pytest.fixture
def tls_of(authority: Authority) -> Iterator[Callable[[Identity], None]]:
    """Shows another certificate as the host, until the test ends."""
    kept = authority.tls

    def show(identity: Identity) -> None:
        authority.tls = authority.host_context(identity)

    yield show
    authority.tls = kept


def test_a_host_of_another_name(door: Door, tls_of: Callable[[Identity], None]) -> None:
    """A host that cannot show that it is s3.amazonaws.com is not believed, whatever chain it has."""
    tls_of(make(Wish("host", ("s3.evil.org",)), elliptic_key(), door.authority.intermediate))
    assert door.send() == (400, "the certificate host has no trusted certificate")
    assert door.authority.fetched == []


def test_a_host_that_nobody_vouches_for(door: Door, tls_of: Callable[[Identity], None]) -> None:
    """Nor is a host of the right name that signed its certificate itself."""
    tls_of(make(Wish("host", ("s3.amazonaws.com",)), elliptic_key()))
    assert door.send() == (400, "the certificate host has no trusted certificate")
    assert door.authority.fetched == []


def test_a_host_that_is_away(door: Door) -> None:
    """A proxy that hangs up means 400, and the next request is not let through either."""
    door.authority.online = False
    assert door.send() == (400, "the certificate host cannot be reached")
    door.authority.online = True
    assert door.send() == (400, "the certificate host cannot be reached")
    assert door.gate.reason == "fetch"


def test_a_proxy_that_is_no_address(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy setting that means nothing is a failing fetch, and no error of the server."""
    monkeypatch.setenv("HTTPS_PROXY", "http://[::")
    monkeypatch.setenv("https_proxy", "http://[::")
    assert door.send() == (400, "the certificate host cannot be reached")


def test_only_the_address_that_was_asked_for_is_fetched(door: Door) -> None:
    """A genuine request by another spelling of the address is answered; what is fetched is the plain address."""
    url = door.authority.chain_url.replace("https://s3.amazonaws.com/", "HTTPS://S3.amazonaws.com:443/echo.api/../")
    assert door.send(url) == (200, "")
    assert door.authority.fetched == ["/echo.api/echo-api-cert-test.pem"]


def test_a_key_of_more_bits(door: Door) -> None:
    """Longer RSA keys are as good, also when the root stands in the chain."""
    authority = door.authority
    leaf = make(Wish(SIGNER, (SIGNER,)), rsa_key(3072), authority.intermediate)
    url = authority.offer("longer.pem", [leaf, authority.intermediate, authority.root])
    assert door.send(url, key=cast(RSAPrivateKey, leaf.key)) == (200, "")
