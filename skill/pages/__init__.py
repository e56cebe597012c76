"""The pages on privacy and terms of use, in Dutch: plain HTML without scripts, readable without a network."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Flask, Response, make_response, render_template

from skill.content import Content
from skill.settings import Settings

EDITION = "22 november 2026"
"""When the text of the pages last changed; change it together with the text."""
HEADERS = {
    "Content-Language": "nl",
    "Cache-Control": "public, max-age=3600",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MAIL = re.compile(r"[^@\s<>\"?&]+@[^@\s<>\"?&]+\.[a-zA-Z]{2,}")
_WEB = re.compile(r"https?://[^\s<>\"]+")


def add_pages(app: Flask, settings: Settings, content: Callable[[], Content]) -> None:
    """Serve ``/privacy`` and ``/voorwaarden``; the content tells whether somebody reviewed the exercises."""
    pages = Blueprint("pages", __name__, template_folder=".")

    @pages.get("/privacy")
    def privacy() -> Response:
        return _page("privacy.html", settings, content())

    @pages.get("/voorwaarden")
    def terms() -> Response:
        return _page("voorwaarden.html", settings, content())

    app.register_blueprint(pages)


def _page(template: str, settings: Settings, content: Content) -> Response:
    name = settings.invocation
    html = render_template(
        template,
        name=name[:1].upper() + name[1:],
        invocation=name,
        wake_word=settings.wake_word,
        owner=settings.owner,
        contact=settings.contact,
        contact_link=contact_link(settings.contact),
        reviewed_by=content.routines[settings.routine].reviewed_by,
        edition=EDITION,
    )
    response = make_response(html)
    response.headers.update(HEADERS)
    return response


def contact_link(contact: str) -> str:
    """What a click on the contact opens: a mail, a web page, or nothing where it is a sentence."""
    if _MAIL.fullmatch(contact):
        return f"mailto:{contact}"
    return contact if _WEB.fullmatch(contact) else ""
