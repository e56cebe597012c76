"""An authority of our own: it signs requests as Alexa does, so that production can be tried without Alexa.

It makes a root, an intermediate and a certificate for echo-api.amazon.com, and serves the chain by TLS as
s3.amazonaws.com. The unchanged product finds it through two settings: RUGOEFENING_CA_FILE holds the root, and
HTTPS_PROXY names a proxy on loopback, behind which is no internet but this authority.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from scripts.certificates import Identity, Wish, elliptic_key, make, rsa_key

CERTIFICATE_HOST = "s3.amazonaws.com"
SIGNER = "echo-api.amazon.com"
PATIENCE_S = 30.0
_MOST_HEAD_BYTES = 16 * 1024


@dataclass(frozen=True)
class Page:
    """What the certificate host answers at one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    """How long it waits before its first byte."""
    drip_s: float = 0.0
    """How long it waits before each single byte of the body; 0: everything at once."""
    drips_head: bool = False
    """Whether the head comes byte by byte too."""


class Authority:
    """Signs requests as Alexa does, and serves its certificates while the block lasts.

    ``online`` off: the proxy hangs up; ``delay_s``: it waits before it answers. ``pages`` holds what the host
    answers by path, ``fetched`` the paths that were asked for, ``tls`` how the host shows itself.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.online = True
        self.delay_s = 0.0
        self.root = make(Wish("Test Root", authority=True), elliptic_key())
        self.intermediate = make(Wish("Test Intermediate", authority=True), elliptic_key(), self.root)
        self.leaf = make(Wish(SIGNER, (SIGNER,)), rsa_key(), self.intermediate)
        self.tls = self.host_context(make(Wish("host", (CERTIFICATE_HOST,)), elliptic_key(), self.intermediate))
        self.ca_file = folder / "authority-root.pem"
        self.ca_file.write_bytes(self.root.certificate_pem)
        self.pages: dict[str, Page] = {}
        self.fetched: list[str] = []
        self.chain_url = self.offer("echo-api-cert-test.pem", [self.leaf, self.intermediate])
        self._closed = threading.Event()
        self._server: _Server | None = None

    @property
    def proxy(self) -> str:
        """The address of the proxy."""
        if self._server is None:
            raise RuntimeError("the authority serves only inside its with block")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables with which the product trusts this authority and finds it."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.proxy)
        return {"RUGOEFENING_CA_FILE": str(self.ca_file), **proxies, "NO_PROXY": "", "no_proxy": ""}

    def sign(self, body: bytes, *, key: rsa.RSAPrivateKey | None = None, url: str | None = None) -> dict[str, str]:
        """The two headers that make a request with this body genuine; another key or address forges them."""
        signer = key or cast(rsa.RSAPrivateKey, self.leaf.key)
        signature = signer.sign(body, padding.PKCS1v15(), hashes.SHA256())
        address = self.chain_url if url is None else url
        return {"SignatureCertChainUrl": address, "Signature-256": base64.b64encode(signature).decode("ascii")}

    def offer(self, name: str, chain: Sequence[Identity]) -> str:
        """Serve a chain, the leaf first, under a file name; answers its address."""
        path = f"/echo.api/{name}"
        self.pages[path] = Page(b"".join(one.certificate_pem for one in chain))
        return f"https://{CERTIFICATE_HOST}{path}"

    def host_context(self, identity: Identity) -> ssl.SSLContext:
        """How a host shows itself by TLS that has this certificate, issued by the intermediate."""
        pem = self.folder / "authority-host.pem"
        pem.write_bytes(identity.key_pem + identity.certificate_pem + self.intermediate.certificate_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        pem.unlink()
        return context

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the block."""
        self._closed.wait(seconds)

    def __enter__(self) -> Self:
        self._closed.clear()
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        super().__init__(("127.0.0.1", 0), _Visit)


class _Visit(socketserver.BaseRequestHandler):
    """One connection to the proxy, and through it to the certificate host."""

    request: socket.socket

    def handle(self) -> None:
        with suppress(OSError):  # the visitor, or the TLS that it asked for, gave up
            self.request.settimeout(PATIENCE_S)
            self._answer(cast(_Server, self.server).authority)

    def _answer(self, authority: Authority) -> None:
        wanted = _first_line(self.request)
        authority.wait(authority.delay_s)
        if not authority.online:
            return
        if wanted[:2] != ["CONNECT", f"{CERTIFICATE_HOST}:443"]:
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with authority.tls.wrap_socket(self.request, server_side=True) as tunnel:
            path = [*_first_line(tunnel), "", ""][1]
            authority.fetched.append(path)
            _send(tunnel, authority.pages.get(path, Page(status=404)), authority)


def _first_line(connection: socket.socket) -> list[str]:
    """The words of the first line of a request, whose head is read whole."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
        received = connection.recv(4096)
        if not received:
            break
        head += received
    return head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")


def _send(connection: socket.socket, page: Page, authority: Authority) -> None:
    headers = {"Content-Length": str(len(page.body)), "Connection": "close", **page.headers}
    lines = [f"HTTP/1.1 {page.status} -", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    head = "\r\n".join(lines).encode("latin-1")
    authority.wait(page.wait_s)
    _send_part(connection, head, page.drip_s if page.drips_head else 0.0, authority)
    _send_part(connection, page.body, page.drip_s, authority)


def _send_part(connection: socket.socket, part: bytes, drip_s: float, authority: Authority) -> None:
    if not drip_s:
        connection.sendall(part)
        return
    for place in range(len(part)):
        authority.wait(drip_s)
        connection.sendall(part[place : place + 1])
