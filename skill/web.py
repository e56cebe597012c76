"""The Flask application: the endpoint for Alexa, the audio files, the pages, and the health of it all."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from skill.alexa.facts import World
from skill.alexa.skill import AlexaSkill
from skill.content import Content, load_content
from skill.errors import RugoefeningError, SettingsError
from skill.library import Library
from skill.pages import add_pages
from skill.progress import SqliteStore, Store
from skill.replays import Replays
from skill.serving.audio import add_audio
from skill.serving.endpoint import MAX_BODY_BYTES, Door, Endpoint, Verifier
from skill.serving.headers import add_headers
from skill.serving.health import Watched, add_health
from skill.serving.metrics import Metrics
from skill.serving.neighbours import keep_strangers_out
from skill.serving.observing import Observer
from skill.settings import Settings, settings_problems
from skill.upkeep import keep_up

log = logging.getLogger(__name__)


def create_app(settings: Settings, *, verifier: Verifier | None = None) -> Flask:
    """The application for these settings; without a verifier production makes its own.

    Raises ContentError, PackError or SettingsError when something that is needed to answer is missing.
    Unsigned requests exist in development only.
    """
    production = settings.environment == "production"
    if production and verifier is None:
        _require_sound(settings)
    library = Library(_loader(settings), settings.pack_folder, settings.routine)
    store = SqliteStore(settings.database)
    door = _door(settings, verifier) if production or verifier is not None else None
    metrics = Metrics()
    app = Flask("rugoefening", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    if not production:
        keep_strangers_out(app)
    skill = AlexaSkill(_now(settings, library, store), loopback=not production, violated=metrics.violated)
    observer = Observer(metrics)
    app.add_url_rule("/alexa", "alexa", Endpoint(skill, observer, door), methods=["POST"])
    add_audio(app, settings)
    watched = Watched(library, store, settings.database, getattr(door and door.verify, "status", None))
    metrics.watch(watched.state, lambda: door.replays.replayed if door else 0)
    add_health(app, watched, metrics, public=production)
    add_pages(app, settings, lambda: library.current()[0])
    if not production:
        _add_studio(app, settings, library)
    _add_errors(app)
    add_headers(app, secure=production)
    keep_up(app, store)
    app.extensions["observer"] = observer  # whoever serves tells it what it refuses itself
    app.extensions["store"] = store  # whoever serves closes it: what could not be written yet is written then
    return app


def _require_sound(settings: Settings) -> None:
    """Settings that were read from the environment are sound; made by hand they may lack the skill id or the key."""
    problems = settings_problems(settings)
    if problems:
        raise SettingsError("The settings are not right:", problems)


def _door(settings: Settings, verifier: Verifier | None) -> Door:
    from skill.alexa import verification  # noqa: PLC0415  # development loads no cryptography

    return Door(verifier or verification.make_verifier(settings), verification.window_end, Replays())


def _add_studio(app: Flask, settings: Settings, library: Library) -> None:
    from skill.studio import add_studio  # noqa: PLC0415  # production never loads it

    add_studio(app, settings, library)


def _loader(settings: Settings) -> Callable[[], Content]:
    return lambda: load_content(
        invocation=settings.invocation,
        wake_word=settings.wake_word,
        routines=settings.routines_folder,
        prompts=settings.prompts_file,
    )


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
