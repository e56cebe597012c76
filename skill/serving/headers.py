"""The headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Nothing is kept, run, framed or guessed, unless an answer says otherwise, as the pages and the audio do."""
SECURE: Mapping[str, str] = {**HEADERS, "Strict-Transport-Security": "max-age=31536000"}
"""In production browsers come back by https only."""


def add_headers(app: Flask, *, secure: bool) -> None:
    """Give every answer of an application its headers; what an answer has of its own stays."""
    app.wsgi_app = _Protected(app.wsgi_app, SECURE if secure else HEADERS)  # type: ignore[method-assign]  # as Flask tells


class _Protected:
    """A WSGI application with more headers: Flask's own way to them takes ten times as long."""

    def __init__(self, app: WSGIApplication, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower(), (name, value)) for name, value in headers.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            known = {name.lower() for name, _ in headers}
            return start_response(
                status, [*headers, *(one for name, one in self._headers if name not in known)], *failure
            )

        return self._app(environ, start)
