"""The headers that every answer carries."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response

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
    headers = SECURE if secure else HEADERS

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
