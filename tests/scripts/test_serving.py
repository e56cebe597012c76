"""What the start script does once everything is installed: build, serve, say what to do next, stop cleanly."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import pytest

from tests.scripts.running import OFFLINE, clean_environ, lend_packages, make_small_project, run_python

START = "scripts/start.py"
BUILD = """\
import os, sys
print("built", sys.argv[1:], os.environ["RUGOEFENING_VOICE"])
sys.exit(2 if "piet" in sys.argv else 0)
"""
SERVER = """\
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"arguments": sys.argv[1:], "pid": os.getpid()}).encode())

    def log_message(self, *arguments):
        pass

try:
    http.server.HTTPServer(("127.0.0.1", int(os.environ["RUGOEFENING_PORT"])), Handler).serve_forever()
except KeyboardInterrupt:
    print("server closed", flush=True)
"""


@pytest.fixture(scope="module")
def installed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a small build and a small server behind the commands that the start script runs."""
    project = tmp_path_factory.mktemp("served") / "project"
    make_small_project(project)
    (project / "audio").mkdir()
    (project / "audio" / "__init__.py").touch()
    (project / "audio" / "__main__.py").write_text(BUILD, encoding="utf-8")
    lend_packages(project)
    return project


@pytest.fixture
def served_project(installed_project: Path) -> Path:
    """The project with the server that works."""
    (installed_project / "skill" / "cli.py").write_text(SERVER, encoding="utf-8")
    return installed_project


def start(project: Path, port: int, *options: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the project as a user does, in a terminal of its own."""
    return subprocess.Popen(
        [sys.executable, START, "--port", str(port), "--voice", "espeak", *options],
        cwd=project,
        env=clean_environ({**OFFLINE, **(environ or {})}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def lines_until_ready(output: IO[str] | None) -> list[str]:
    """What is printed until the last of the lines that say what to do next."""
    assert output is not None
    lines: list[str] = []
    for line in output:
        lines.append(line.rstrip())
        if line.startswith("Stop with"):
            return lines
    pytest.fail("it ended before it was ready:\n" + "\n".join(lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_until_it_is_stopped(served_project: Path, free_port: int, number: signal.Signals) -> None:
    """It builds, serves, says what to do next, and ends with its server when it is asked to stop."""
    with start(served_project, free_port, "--no-browser") as process:
        try:
            lines = lines_until_ready(process.stdout)
            with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/") as answer:
                told = json.load(answer)
        finally:
            process.send_signal(number)
        assert process.wait(20) == 0
        rest = process.stdout.read() if process.stdout else ""
    assert "built ['build', '--voice', 'espeak'] espeak" in lines
    simulate = f"{served_project / '.venv' / 'bin' / 'rugoefening'} simulate --url http://127.0.0.1:{free_port}"
    page = f"http://127.0.0.1:{free_port}/"
    said = [f"Ready. Train in your browser: {page}", f"Or in another terminal: {simulate}", "Stop with Ctrl-C."]
    assert lines[-3:] == said
    assert told["arguments"] == ["serve", "--port", str(free_port)]
    assert "server closed" in rest
    assert "Traceback" not in rest
    with socket.socket() as trial:  # nobody listens there any more
        assert trial.connect_ex(("127.0.0.1", free_port)) != 0


@pytest.mark.parametrize(("options", "opened"), [((), True), (("--no-browser",), False)])
def test_the_page_opens_in_the_browser(
    served_project: Path, free_port: int, tmp_path: Path, options: tuple[str, ...], opened: bool
) -> None:
    """The user's browser gets the address of the page when it answers; with --no-browser it is left alone."""
    browser, seen = tmp_path / "browser.py", tmp_path / "seen"
    browser.write_text(f"import sys; open({str(seen)!r}, 'w').write(sys.argv[1])\n", encoding="utf-8")
    wanted = {"BROWSER": f"{sys.executable} {browser} %s"}
    with start(served_project, free_port, *options, environ=wanted) as process:
        try:
            lines_until_ready(process.stdout)
            until = time.monotonic() + (20 if opened else 1)
            while time.monotonic() < until and not (seen.exists() and seen.read_text(encoding="utf-8")):
                time.sleep(0.02)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert seen.exists() == opened
    assert not opened or seen.read_text(encoding="utf-8") == f"http://127.0.0.1:{free_port}/"


def test_a_server_that_cannot_start_ends_the_start(served_project: Path, free_port: int) -> None:
    """The server's own message and exit status are those of the start script."""
    (served_project / "skill" / "cli.py").write_text("import sys; sys.exit('no pack here')\n", encoding="utf-8")
    result = run_python(served_project, START, f"--port={free_port}", environ=OFFLINE)
    assert result.returncode == 1
    assert "no pack here" in result.stderr
    assert "Ready" not in result.stdout


def test_the_audio_decides_about_the_voice(served_project: Path, free_port: int) -> None:
    """An exit status of the build, such as 2 for an unknown voice, is that of the start script."""
    result = run_python(served_project, START, f"--port={free_port}", "--voice=piet", environ=OFFLINE)
    assert result.returncode == 2
    assert "['build', '--voice', 'piet'] piet" in result.stdout
    assert "Ready" not in result.stdout
