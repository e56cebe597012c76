"""Start rugoefening: make .venv, install, build the audio and serve the skill on this machine.

This file keeps to syntax that Python 3.6 can read, so that an old Python gets a message and no traceback.
"""

import argparse
import errno
import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.python_version import require_python

require_python()

# After the check on purpose: some of these need a new Python, and none is needed before it.
import threading
import webbrowser
from typing import NamedTuple

from scripts.environment import PROJECT, Environment, SetupError, known_extras, prepare
from scripts.processes import child, run, stop_like_ctrl_c
from skill.errors import RugoefeningError
from skill.settings import load_settings

SERVE_S = 30.0
"""How long the server may take before it answers."""


class Place(NamedTuple):
    """Where the server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"http://[{self.host}]:{self.port}/" if ":" in self.host else f"http://{self.host}:{self.port}/"


def main(arguments: list[str] | None = None) -> int:
    """Run everything; answers the exit status: 0 stopped by the user, 1 a problem, 2 wrong usage."""
    options = _options(arguments)
    stop_like_ctrl_c()
    try:
        return _start(options)
    except (SetupError, RugoefeningError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before it was ready; the next start goes on from here.", file=sys.stderr)
        return 130


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Install rugoefening in .venv, build its audio where that is missing or out of date, "
        "and serve it on this machine. Run it again at any time: what is there is kept.",
    )
    parser.add_argument("--port", type=_port, metavar="N", help="the port (default: RUGOEFENING_PORT or 5050)")
    parser.add_argument(
        "--no-browser",
        action="store_true",
        help="open no browser (without this, the page with the virtual Echo opens where there is a screen)",
    )
    parser.add_argument(
        "--voice",
        metavar="NAME",
        help="the voice that is built and served (default: RUGOEFENING_VOICE or espeak)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)


def _start(options: argparse.Namespace) -> int:
    settings = load_settings()
    if settings.environment != "development":
        raise SetupError(
            "start.py serves this machine only, and RUGOEFENING_ENV asks for production.\n"
            "Unset it here; a server for the world is described in the README."
        )
    port = options.port or settings.port
    voice = options.voice or settings.voice
    _require_free(settings.host, port)
    environment = prepare({"audio", voice} & known_extras())  # a voice's own packages are an extra of its name
    environ = {
        "PYTHONWARNINGS": "ignore::SyntaxWarning",  # of other people's packages, read for the first time
        **os.environ,
        "RUGOEFENING_PORT": str(port),
        "RUGOEFENING_VOICE": voice,
    }
    build = [str(environment.python), "-m", "audio", "build", "--voice", voice]
    status = run(build, folder=PROJECT, environ=environ)
    if status:
        return status
    try:
        return _serve(environment, Place(settings.host, port), environ, opens=not options.no_browser)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        if os.name != "nt":  # there, this option would let two programs share a port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            other = port + 1 if 1024 <= port < 65535 else 5051
            raise SetupError(
                f"Port {port} of {host} {why}. Stop the program that holds it, or choose another port: "
                f"python3 scripts/start.py --port {other}"
            ) from error


def _serve(environment: Environment, place: Place, environ: dict[str, str], *, opens: bool) -> int:
    command = [str(environment.python), "-m", "skill.cli", "serve", "--port", str(place.port)]
    with child(command, folder=PROJECT, environ=environ) as server:
        until = time.monotonic() + SERVE_S
        while not _answers(place):
            if server.poll() is not None:
                return server.returncode if server.returncode > 0 else 1
            if time.monotonic() > until:
                raise SetupError(f"The server did not answer within {SERVE_S:.0f} s; it is stopped.")
            time.sleep(0.05)
        _say_what_next(environment, place)
        if opens and _has_screen():
            # some browsers only come back when they are closed
            threading.Thread(target=webbrowser.open, args=(place.url,), daemon=True).start()
        status = server.wait()
    return status if status > 0 else 1


def _say_what_next(environment: Environment, place: Place) -> None:
    print(f"Ready. Train in your browser: {place.url}")
    print(f"Or in another terminal: {environment.program('rugoefening')} simulate --url {place.url.rstrip('/')}")
    print("Stop with Ctrl-C.", flush=True)


def _has_screen() -> bool:
    """Whether a browser could be seen; a browser for the terminal would write over what is shown there."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))


def _answers(place: Place) -> bool:
    try:
        with socket.create_connection(place, timeout=1):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
