"""How the application is: /healthz and /metrics, in production for this machine only."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound

from skill.errors import StoreError
from skill.library import Library
from skill.progress import Store
from skill.serving.metrics import CONTENT_TYPE, Metrics
from skill.settings import LOOPBACK

MEGABYTE = 1_000_000
LEAST_FREE_MB = 50
"""Below this the disk of the database is nearly full."""
_FORWARDED = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
)


@dataclass(frozen=True)
class Watched:
    """What the health of the application hangs on."""

    library: Library
    store: Store
    database: Path
    certificates: Callable[[], Mapping[str, Any]] | None
    """How the certificates of the verifier are; None where it tells nothing, or nothing is verified."""

    def state(self) -> dict[str, dict[str, Any]]:
        """What is found for each dependency; ``ok`` tells whether it works."""
        return {
            "pack": _pack(self.library),
            "database": _database(self.store),
            "certificates": dict(self.certificates()) if self.certificates else {"ok": True, "cached": 0},
            "disk": _disk(self.database),
        }


def add_health(app: Flask, watched: Watched, metrics: Metrics, *, public: bool) -> None:
    """Serve /healthz and /metrics; where the server is ``public``, whoever is not on this machine finds neither."""

    def require_local() -> None:
        if public and not is_local(request.environ):
            raise NotFound

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        require_local()
        state = watched.state()
        usable = state["pack"]["ok"]
        status = "ok" if all(one["ok"] for one in state.values()) else "degraded" if usable else "down"
        return jsonify({"status": status, **state}), 200 if usable else 503

    @app.get("/metrics")
    def figures() -> Response:
        require_local()
        return Response(metrics.text(), content_type=CONTENT_TYPE)


def is_local(environ: Mapping[str, Any]) -> bool:
    """Whether a request comes from this machine itself, and not by way of a proxy on it."""
    try:
        peer = ip_address(environ.get("REMOTE_ADDR", ""))
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
    except ValueError:
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped is not None:
        peer = peer.ipv4_mapped
    forwarded = any(f"HTTP_{name.upper().replace('-', '_')}" in environ for name in _FORWARDED)
    return peer.is_loopback and host in LOOPBACK and not forwarded


def _pack(library: Library) -> dict[str, Any]:
    _, pack = library.current()
    gone = [file for file in pack.files if not _is_there(library.folder / file)]
    if gone:
        return {"ok": False, "id": pack.id, "problem": f"{len(gone)} audio files are missing"}
    return {"ok": True, "id": pack.id, "voice": pack.voice, "files": len(pack.files)}


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be read, a disk that is broken
        return False


def _database(store: Store) -> dict[str, Any]:
    try:
        store.check()
    except StoreError:
        return {"ok": False, "problem": "progress cannot be written; the routine goes on without it"}
    return {"ok": True}


def _disk(database: Path) -> dict[str, Any]:
    folder = next((one for one in database.absolute().parents if one.is_dir()), Path())
    try:
        free = shutil.disk_usage(folder).free // MEGABYTE
    except OSError:
        return {"ok": False, "problem": "the disk of the database cannot be asked"}
    if free < LEAST_FREE_MB:
        return {"ok": False, "free_mb": free, "problem": f"the disk of the database has under {LEAST_FREE_MB} MB left"}
    return {"ok": True, "free_mb": free}
