"""Who may ask something in development, where nothing is signed: this machine, and on it no page of another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest, Forbidden

from skill.settings import LOOPBACK


def keep_strangers_out(app: Flask) -> None:
    """Refuse names that lead here by DNS rebinding (400), and what another site makes a browser send (403).

    A browser tells which page sends something (``Origin``, RFC 6454 §7; ``Sec-Fetch-Site``, W3C Fetch Metadata §2);
    Alexa, the virtual Echo and tools on the command line tell nothing. A link on another site may still lead here.
    """

    @app.before_request
    def require_own() -> None:
        if _name(request.host) not in LOOPBACK:
            raise BadRequest("in development only names of this machine are answered, as 127.0.0.1 or localhost")
        if request.headers.get("Origin", _origin()) != _origin() or (_is_of_another_site() and not _is_a_link()):
            raise Forbidden("a page of another site may not do this")


def _name(host: str) -> str | None:
    """The name without its port, and an IPv6 address without its brackets."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _origin() -> str:
    return request.host_url.rstrip("/")


def _is_of_another_site() -> bool:
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def _is_a_link() -> bool:
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
