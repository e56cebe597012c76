"""The studio: an Echo in the browser. It exists in development only, on loopback."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Flask, Response, jsonify, make_response, request, send_from_directory
from werkzeug.exceptions import Conflict, Forbidden, NotFound, UnsupportedMediaType

from skill.content import Content
from skill.library import Library
from skill.pack import Pack
from skill.settings import Settings
from skill.studio.plan import plan_of
from skill.studio.report import parsed, read_newcomer, read_report
from skill.studio.shelf import Shelf, TakenOverError
from skill.studio.shell import add_shell
from skill.studio.workbench.page import add_workbench

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
WORKBENCH_POLICY = POLICY.replace("frame-ancestors 'self'", "frame-src 'self'; frame-ancestors 'none'")
"""The workbench holds the page of the Echo, and nobody holds the workbench."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def add_studio(app: Flask, settings: Settings, library: Library) -> None:
    """Serve the page at ``/`` and all that belongs to it under ``/studio/``."""
    studio = Blueprint("studio", __name__, template_folder=".")
    studio.before_request(_require_own_page)
    studio.after_request(_protect)
    add_shell(studio, settings, library)
    _add_parts(studio, settings, library)
    shelf = Shelf(app, settings, library)
    _add_devices(studio, shelf)
    add_workbench(studio, settings, library, shelf)
    app.register_blueprint(studio)


def _add_parts(studio: Blueprint, settings: Settings, library: Library) -> None:
    @studio.get("/studio/static/<file>")
    def static(file: str) -> Response:
        return send_from_directory(f"{studio.root_path}/static", file, conditional=True)

    @studio.get("/studio/plan/<pack>/<level>/<tempo>")
    def plan(pack: str, level: str, tempo: str) -> Response:
        content, recording = _recording(library, pack)
        found = plan_of(content, recording, settings.routine, level, tempo)
        if found is None:
            raise NotFound("there is no such plan")
        return jsonify(found)


def _add_devices(studio: Blueprint, shelf: Shelf) -> None:
    @studio.post("/studio/devices")
    def begin() -> Response:
        visit, state = shelf.begin(read_newcomer(parsed(request.get_data())))
        return make_response({"visit": visit, **state}, HTTPStatus.CREATED)

    @studio.post("/studio/devices/<device>/<visit>")
    def happened(device: str, visit: str) -> Response:
        report = read_report(parsed(request.get_data()))
        try:
            return jsonify(shelf.happened(device, visit, report))
        except TakenOverError:
            raise Conflict("this device is in another tab now") from None
        except LookupError:
            raise NotFound("there is no such device any more; make it anew") from None


def _recording(library: Library, pack: str) -> tuple[Content, Pack]:
    content, current = library.current()
    found = current if pack in ("now", current.id) else library.older(pack)
    if found is None:
        raise NotFound("there is no such recording any more")
    return content, found


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint == "studio.workbench":
        response.headers.update({"Content-Security-Policy": WORKBENCH_POLICY, "X-Frame-Options": "DENY"})
    return response


def _require_own_page() -> None:
    """Another site may make a browser send something, but not as JSON, nor under our own name (RFC 6454 §7)."""
    if request.method != "POST":
        return
    if request.headers.get("Origin") != request.host_url.rstrip("/"):
        raise Forbidden("only the page of this very server may do this")
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send application/json")
