"""The addresses of the workbench."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound, ServiceUnavailable

from skill.alexa.locales import LOCALES
from skill.content import Level, Tempo
from skill.library import Library
from skill.settings import Settings
from skill.studio.report import parsed
from skill.studio.shelf import Shelf
from skill.studio.workbench.building import Builder
from skill.studio.workbench.files import ChangedError, ContentFiles, ReadOnlyError
from skill.studio.workbench.outage import LONGEST_S, Outage, gone, locked
from skill.studio.workbench.score import clips_of, score_of
from skill.studio.workbench.wishes import AWAY, HELD, read_listener, read_outage, read_person, read_text

MOST_EXCHANGES = 200


class Workbench:
    """The files, the build, the store and the devices that the page works with."""

    def __init__(self, settings: Settings, library: Library, shelf: Shelf) -> None:
        self.settings = settings
        self.library = library
        self.shelf = shelf
        self.files = ContentFiles(settings)
        self.builder = Builder(settings, self.files, library.renew, self.needed)
        self.outages = {
            HELD: Outage(lambda: locked(settings.database)),
            AWAY: Outage(lambda: gone(shelf.houses.stores())),
        }
        self.audio = f"/audio/{settings.voice}"
        self.server = secrets.token_hex(4)
        """Tells a page that the numbers of the exchanges began anew."""

    def routines(self) -> dict[str, str]:
        """The file of each routine, as it was when the audio was made."""
        content, _ = self.library.current()
        return {one.id: self.files.name_of(one.file, Path.cwd()) for one in content.routines.values()}

    def outages_left(self) -> dict[str, int]:
        """How long the database still is held, or away (s)."""
        return {f"{name}_s": one.left_s for name, one in self.outages.items()}

    def needed(self) -> tuple[str, ...]:
        """The files without which nothing can be served."""
        prompts = self.settings.prompts_file.relative_to(self.settings.content).as_posix()
        return self.routines()[self.settings.routine], prompts


def add_workbench(studio: Blueprint, settings: Settings, library: Library, shelf: Shelf) -> None:
    """Serve the page at ``/werkbank`` and all that belongs to it under ``/studio/workbench/``."""
    bench = Workbench(settings, library, shelf)

    @studio.get("/werkbank")
    def workbench() -> str:
        return render_template(
            "workbench.html",
            invocation=settings.invocation,
            routine=settings.routine,
            voice=settings.voice,
            voices=shelf.houses.voices(),
            locales=LOCALES,
            pace=request.args.get("snelheid", type=float),
            routines=bench.routines(),
        )

    _add_text(studio, bench)
    _add_sound(studio, bench)
    _add_trials(studio, bench)


def _add_text(studio: Blueprint, bench: Workbench) -> None:
    @studio.get("/studio/workbench/files/<folder>/<file>")
    def read(folder: str, file: str) -> Response:
        try:
            return jsonify(asdict(bench.files.read(f"{folder}/{file}")))
        except LookupError:
            raise NotFound("there is no such file in the text") from None
        except OSError as error:
            raise ServiceUnavailable(f"the file cannot be read: {error.strerror}") from None

    @studio.post("/studio/workbench/files/<folder>/<file>")
    def save(folder: str, file: str) -> Response:
        text, stamp = read_text(_body())
        try:
            saved = bench.files.save(f"{folder}/{file}", text, stamp)
        except LookupError:
            raise NotFound("there is no such file in the text") from None
        except ChangedError:
            raise Conflict("the file on the disk is another one by now") from None
        except ReadOnlyError:
            raise Forbidden("the file cannot be written") from None
        bench.builder.look()
        return jsonify({"stamp": saved.stamp})

    @studio.post("/studio/workbench/builds")
    def build() -> Response:
        _body()
        return make_response(bench.builder.again().data, HTTPStatus.ACCEPTED)


def _add_sound(studio: Blueprint, bench: Workbench) -> None:
    @studio.get("/studio/workbench/score/<routine>/<level>/<tempo>")
    def score(routine: str, level: str, tempo: str) -> Response:
        content, pack = bench.library.current()
        if routine not in content.routines or level not in tuple(Level) or tempo not in tuple(Tempo):
            raise NotFound("there is no such score")
        return jsonify(score_of(content, pack, routine, level, tempo, bench.audio))

    @studio.get("/studio/workbench/clips/<routine>")
    def clips(routine: str) -> Response:
        content, pack = bench.library.current()
        if routine not in content.routines:
            raise NotFound("there is no such routine")
        found = clips_of(content, pack, routine, bench.audio)
        return jsonify([{**one, "file": bench.files.name_of(str(one["file"]), Path.cwd())} for one in found])


def _add_trials(studio: Blueprint, bench: Workbench) -> None:
    @studio.post("/studio/workbench/news")
    def news() -> Response:
        listener = read_listener(_body())
        sittings = bench.shelf.sittings(listener.accounts)
        exchanges = [one for _, sitting in sittings for one in sitting.exchanges(listener.since)]
        exchanges.sort(key=lambda one: one.number, reverse=True)
        return jsonify(
            {
                "server": bench.server,
                "files": bench.files.versions(),
                "routines": bench.routines(),
                "build": bench.builder.look().data,
                "pack": bench.library.current()[1].id,
                **bench.outages_left(),
                "devices": [{"device": name, **sitting.house.kind} for name, sitting in sittings],
                "exchanges": [one.data for one in exchanges[:MOST_EXCHANGES]],
            }
        )

    @studio.post("/studio/workbench/database")
    def database() -> Response:
        name, seconds = read_outage(_body(), LONGEST_S)
        outage = bench.outages[name]
        if not seconds:
            outage.stop()
        elif not outage.last(seconds):
            raise ServiceUnavailable("something else holds the database already")
        return jsonify(bench.outages_left())

    @studio.post("/studio/workbench/persons")
    def person() -> Response:
        account = bench.shelf.houses.somebody(time.time(), experienced=read_person(_body()))
        return make_response({"account": account}, HTTPStatus.CREATED)


def _body() -> dict[str, Any]:
    body = parsed(request.get_data())
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body
