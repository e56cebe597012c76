"""The Flask application: the endpoint for Alexa, the audio files, and the health of both."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestEntityTooLarge

from skill.alexa.facts import World
from skill.alexa.skill import AlexaSkill, EnvelopeError
from skill.content import Content, load_content
from skill.errors import RugoefeningError, SettingsError, StoreError
from skill.library import Library
from skill.pages import add_pages
from skill.progress import SqliteStore, Store
from skill.settings import Settings
from skill.upkeep import keep_up

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
A_YEAR_S = 365 * 24 * 3600

_AUDIO_FILE = re.compile(r"(?:clip|track|step)-([0-9a-f]{8,64})\.mp3\Z")
_ONE_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})|bytes=-(\d{1,18})", re.ASCII)

Verifier = Callable[[Mapping[str, str], bytes], None]
"""Raises RugoefeningError unless headers and raw body are a genuine request of Alexa."""


def create_app(settings: Settings, *, verifier: Verifier | None = None) -> Flask:
    """The application for these settings.

    Raises ContentError, PackError or SettingsError when something that is needed to answer is missing;
    production without a verifier is refused, so that unsigned requests exist in development only.
    """
    if settings.environment == "production" and verifier is None:
        raise SettingsError(
            "The skill cannot be served in production:",
            ["requests cannot be verified yet, and unsigned ones are answered in development only"],
        )
    library = Library(_loader(settings), settings.pack_folder, settings.routine)
    store = SqliteStore(settings.database)
    development = settings.environment == "development"
    app = Flask("rugoefening", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    if development:
        app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost", "::1"]
    _add_alexa(app, AlexaSkill(_now(settings, library, store), loopback=development), verifier)
    _add_audio(app, settings)
    _add_health(app, library, store)
    add_pages(app, settings, lambda: library.current()[0])
    _add_errors(app)
    keep_up(app, store)
    return app


def _loader(settings: Settings) -> Callable[[], Content]:
    return lambda: load_content(invocation=settings.invocation, wake_word=settings.wake_word)


def _now(settings: Settings, library: Library, store: Store) -> Callable[[], World]:
    def now() -> World:
        content, pack = library.current()
        return World(
            content=content,
            pack=pack,
            older_pack=library.older,
            store=store,
            routine=settings.routine,
            id_key=settings.id_key,
            audio_url=f"{settings.base_url}/audio/{settings.voice}",
        )

    return now


def _add_alexa(app: Flask, skill: AlexaSkill, verifier: Verifier | None) -> None:
    @app.post("/alexa")
    def alexa() -> Response:
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            raise BadRequest(f"the request is over {MAX_BODY_BYTES // 1024} KB") from None
        try:
            if verifier is not None:
                verifier(dict(request.headers), body)
            return jsonify(skill.answer(_parsed(body)))
        except EnvelopeError as error:
            raise BadRequest(str(error)) from error


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the request is no JSON") from None


def _add_audio(app: Flask, settings: Settings) -> None:
    @app.get("/audio/<voice>/<file>")
    def audio(voice: str, file: str) -> Response:
        name = _AUDIO_FILE.match(file)
        if voice != settings.voice or name is None:
            raise NotFound("there is no such audio file")
        path = settings.pack_folder / file
        if not path.is_file():
            raise NotFound("there is no such audio file")
        return _audio_response(path, name[1])


def _audio_response(path: Path, etag: str) -> Response:
    """The file whole or one range of it; several ranges or a broken header get the whole file (RFC 9110 §14.2)."""
    if not _is_one_range(request.headers.get("Range", "")):
        request.environ.pop("HTTP_RANGE", None)
    response = send_file(path, mimetype="audio/mpeg", conditional=True, etag=etag, max_age=A_YEAR_S)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _is_one_range(header: str) -> bool:
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None:
        return False
    first, last = match[1], match[2]
    return not (first and last) or int(first) <= int(last)


def _add_health(app: Flask, library: Library, store: Store) -> None:
    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        checks = {"pack": _pack_health(library), "database": _database_health(store)}
        usable = checks["pack"]["ok"]
        status = "ok" if all(one["ok"] for one in checks.values()) else "degraded" if usable else "down"
        return jsonify({"status": status, **checks}), 200 if usable else 503


def _pack_health(library: Library) -> dict[str, Any]:
    _, pack = library.current()
    gone = sorted(file for file in pack.files if not (library.folder / file).is_file())
    if gone:
        return {"ok": False, "id": pack.id, "problem": f"{len(gone)} audio files are missing"}
    return {"ok": True, "id": pack.id, "voice": pack.voice, "files": len(pack.files)}


def _database_health(store: Store) -> dict[str, Any]:
    try:
        store.check()
    except StoreError:
        return {"ok": False, "problem": "progress cannot be written; the routine goes on without it"}
    return {"ok": True}


def _add_errors(app: Flask) -> None:
    """One shape for every error: ``{"error": {"status": 404, "message": "…"}}``."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        response = jsonify({"error": {"status": status, "message": error.description or error.name}})
        kept = ("Content-Range", "Allow")
        response.headers.extend([one for one in error.get_headers(request.environ) if one[0] in kept])
        return response, status

    @app.errorhandler(RugoefeningError)
    def mended(error: RugoefeningError) -> tuple[Response, int]:
        log.error("%s", error)
        return jsonify({"error": {"status": 500, "message": "the skill cannot answer now"}}), 500
