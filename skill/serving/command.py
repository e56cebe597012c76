"""``rugoefening serve``: a small server in development, a strong one in production."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from skill.serving.log import log_json, log_text
from skill.settings import PREFIX, Settings, load_settings

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


def add_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``serve`` to the commands of a parser."""
    serve = commands.add_parser("serve", help="serve the skill on this machine")
    serve.add_argument("--port", type=int, help="the port to listen on (default: RUGOEFENING_PORT or 5050)")
    serve.add_argument("--voice", help="which pack to serve (default: RUGOEFENING_VOICE or espeak)")
    serve.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; the exit status."""
    if parsed.port is not None and not 0 < parsed.port < 65536:
        return _problem(f"--port: {parsed.port} is no port; write a number from 1 to 65535")
    chosen = {"PORT": parsed.port, "VOICE": parsed.voice}
    given = {PREFIX + name: str(value) for name, value in chosen.items() if value is not None}
    settings = load_settings({**os.environ, **given})
    return _production(settings) if settings.environment == "production" else _development(settings)


def _development(settings: Settings) -> int:
    from werkzeug.serving import make_server  # noqa: PLC0415  # quick start of the other commands

    from skill.web import create_app  # noqa: PLC0415  # as above

    log_text()
    app = create_app(settings)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where the parent of this process ignores them
        signal.signal(number, signal.default_int_handler)
    try:
        server = make_server(settings.host, settings.port, app, threaded=True)
    except (OSError, SystemExit):
        return _problem(f"port {settings.port} is in use; choose another with --port")
    _note(f"rugoefening listens on {settings.base_url} (voice {settings.voice}); Ctrl-C stops it")
    with closing(app.extensions["store"]):
        server.serve_forever()
    return 0


def _production(settings: Settings) -> int:
    from skill.web import create_app  # noqa: PLC0415  # as above

    return serve_app(lambda: create_app(settings), settings)


def serve_app(make_app: Callable[[], Flask], settings: Settings) -> int:
    """Make an application and serve it as production does, until Ctrl-C or SIGTERM; the exit status."""
    from skill.serving.server import make_server, stopped_by_signals  # noqa: PLC0415  # as above

    log_json()  # before all else: what the application notes while it is made is a line as any other
    app = make_app()
    gc.collect()
    gc.freeze()  # content and pack stay: looking through them again and again would delay answers
    # who is answered from the first moment on may ask to stop from that moment on
    with stopped_by_signals() as stopping, closing(app.extensions["store"]):
        try:
            server = make_server(app, settings)
        except OSError as error:
            return _problem(f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); choose another")
        stopping.stops(server.stop)
        where = {"address": f"{settings.host}:{settings.port}", "public_url": settings.base_url}
        log.info("listens", extra={"facts": {"event": "start", **where, "voice": settings.voice}})
        server.serve()
        log.info("stopped", extra={"facts": {"event": "stop"}})
    return 0


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the command line talks to the terminal


def _problem(text: str) -> int:
    _note(text)
    return 1
