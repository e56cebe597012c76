"""The audio files of the pack, whole or in ranges."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask, Response, request, send_file
from werkzeug.exceptions import NotFound

from skill.settings import Settings

A_YEAR_S = 365 * 24 * 3600

_AUDIO_FILE = re.compile(r"(?:clip|track|step)-([0-9a-f]{8,64})\.mp3\Z")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
_ONE_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})|bytes=-(\d{1,18})", re.ASCII)


def add_audio(app: Flask, settings: Settings) -> None:
    """Serve ``/audio/<voice>/<file>``; a name changes with what is in it, so it may be kept for ever."""

    @app.get("/audio/<voice>/<file>")
    def audio(voice: str, file: str) -> Response:
        name = _AUDIO_FILE.match(file)
        if not _is_served(voice, settings) or name is None:
            raise NotFound("there is no such audio file")
        try:
            return _audio_response(settings.packs / voice / file, name[1])
        except OSError:  # gone, or not to be read
            raise NotFound("there is no such audio file") from None


def _is_served(voice: str, settings: Settings) -> bool:
    """In development an Echo may try another voice than the one that is served."""
    tried = settings.environment == "development" and _VOICE.match(voice) is not None
    return voice == settings.voice or tried


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
