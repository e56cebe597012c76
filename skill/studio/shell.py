"""What a browser gets first: the page, complete so that its buttons work at once, and what installs it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template

from skill.content import Level, PromptId, Tempo
from skill.library import Library
from skill.settings import Settings
from skill.studio.plan import plan_of
from skill.studio.words import Words

STATIC = Path(__file__).resolve().parent / "static"
PAGE = "/"
MANIFEST = "/manifest.webmanifest"
WORKER = "/service-worker.js"
_GROUND = "#f5f2ec"
_NOT_IN_SHELL = ("types", "worker", "workbench")
"""Begin the names of files that the page of the Echo does not load."""


def add_shell(studio: Blueprint, settings: Settings, library: Library) -> None:
    """Serve the page, its manifest and its service worker."""

    @studio.get(PAGE)
    def page() -> str:
        return _page(settings, library)

    @studio.get(MANIFEST)
    def manifest() -> Response:
        return Response(json.dumps(_manifest(settings)), mimetype="application/manifest+json")

    @studio.get(WORKER)
    def service_worker() -> Response:
        files = shell_files()
        shell = {
            "version": _version([_page(settings, library).encode(), *(one.read_bytes() for one in files)]),
            "addresses": [PAGE, MANIFEST, *(f"/studio/static/{one.name}" for one in files)],
        }
        script = (STATIC / "worker.js").read_text(encoding="utf-8")
        return Response(f"self.shell = {json.dumps(shell)};\n{script}", mimetype="text/javascript")


def shell_files() -> list[Path]:
    """Every file that the page needs to open without its server."""
    return [one for one in sorted(STATIC.iterdir()) if not one.name.startswith(_NOT_IN_SHELL)]


def _page(settings: Settings, library: Library) -> str:
    """An Echo at rest, and the whole routine as most people hear it."""
    content, recording = library.current()
    welcome = recording.clip(settings.routine, PromptId.INTRO_FIRST)
    return render_template(
        "page.html",
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        opening=Words(settings.wake_word, settings.invocation).launch(),
        first_words=f"/audio/{settings.voice}/{welcome.file}" if welcome else "",
        title=content.routines[settings.routine].title,
        plan=plan_of(content, recording, settings.routine, Level.BASIC, Tempo.NORMAL),
    )


def _manifest(settings: Settings) -> dict[str, Any]:
    """What an installed page is called and looks like (W3C, Web Application Manifest)."""
    name = settings.invocation.capitalize()
    return {
        "id": PAGE,
        "name": name,
        "short_name": name,
        "description": f"Een Echo in de browser voor {settings.invocation}.",
        "lang": "nl",
        "dir": "ltr",
        "start_url": PAGE,
        "scope": PAGE,
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "icons": [
            _icon("icon.svg", "any", "image/svg+xml"),
            _icon("icon-192.png", "192x192", "image/png"),
            _icon("icon-512.png", "512x512", "image/png"),
            _icon("icon-maskable.png", "512x512", "image/png", purpose="maskable"),
        ],
    }


def _icon(file: str, sizes: str, kind: str, purpose: str = "any") -> dict[str, str]:
    return {"src": f"/studio/static/{file}", "sizes": sizes, "type": kind, "purpose": purpose}


def _version(parts: list[bytes]) -> str:
    """Another one for every change of what is kept."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]
