"""The authority that tests and tools sign with: Amazon to those who trust its root, and nobody to others."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from scripts.authority import Authority, Page


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that this process finds."""
    with Authority(tmp_path) as found:
        for name, value in found.environ.items():
            monkeypatch.setenv(name, value)
        yield found


def get(authority: Authority, url: str) -> requests.Response:
    """Fetch an address as a client that trusts the authority."""
    return requests.get(url, verify=str(authority.ca_file), timeout=5, allow_redirects=False)


def test_it_serves_the_chain_of_the_key_that_it_signs_with(authority: Authority) -> None:
    """What stands at the address in the headers verifies the signature in the headers, over the raw body."""
    headers = authority.sign(b"body")
    chain = x509.load_pem_x509_certificates(get(authority, headers["SignatureCertChainUrl"]).content)
    assert [one.subject for one in chain] == [
        one.certificate.subject for one in (authority.leaf, authority.intermediate)
    ]
    key = cast(rsa.RSAPublicKey, chain[0].public_key())
    key.verify(base64.b64decode(headers["Signature-256"]), b"body", padding.PKCS1v15(), hashes.SHA256())
    assert authority.fetched == ["/echo.api/echo-api-cert-test.pem"]


def test_nobody_trusts_it_by_accident(authority: Authority, tmp_path: Path) -> None:
    """Who trusts another root gets no connection."""
    other = Authority(tmp_path)
    with pytest.raises(requests.exceptions.SSLError):
        get(other, authority.chain_url)
    assert authority.fetched == []


def test_behind_its_proxy_is_no_internet(authority: Authority) -> None:
    """Other hosts are refused, and so are other pages."""
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        get(authority, "https://voorbeeld.nl/")
    assert get(authority, "https://s3.amazonaws.com/echo.api/other.pem").status_code == 404


def test_it_can_be_cut_off(authority: Authority) -> None:
    """Offline it hangs up; online it answers again."""
    authority.online = False
    with pytest.raises(requests.exceptions.ConnectionError):
        get(authority, authority.chain_url)
    authority.online = True
    assert get(authority, authority.chain_url).status_code == 200


def test_it_can_be_slow(authority: Authority) -> None:
    """A delay longer than the patience of a client is a time-out for it, and ends with the block."""
    authority.delay_s = 60
    with pytest.raises(requests.exceptions.RequestException, match="timed out"):
        requests.get(authority.chain_url, verify=str(authority.ca_file), timeout=0.2)


def test_it_answers_what_it_is_told_to(authority: Authority) -> None:
    """A page has a status, headers and a body, also drop by drop."""
    authority.pages["/x"] = Page(b"body", 302, {"Location": "/y"}, drip_s=0.0001, drips_head=True)
    answer = get(authority, "https://s3.amazonaws.com/x")
    assert (answer.status_code, answer.headers["Location"], answer.content) == (302, "/y", b"body")


def test_many_may_ask_at_once(authority: Authority) -> None:
    """Thirty clients at the same time are all answered."""
    found: list[int] = []
    clients = [
        threading.Thread(target=lambda: found.append(get(authority, authority.chain_url).status_code))
        for _ in range(30)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert found == [200] * 30


def test_outside_its_block_it_serves_nothing(tmp_path: Path) -> None:
    """Asking for its proxy before the block is a mistake that says so; after it nobody listens."""
    authority = Authority(tmp_path)
    with pytest.raises(RuntimeError, match="inside its with block"):
        _ = authority.proxy
    with authority:
        proxy = authority.proxy
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(proxy, timeout=5)
