"""The ``rugoefening`` command, run as its user runs it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest


def rugoefening(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command and collect what it says."""
    return subprocess.run(
        [sys.executable, "-m", "skill.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
    )


def test_help_shows_the_commands_with_examples() -> None:
    """The help names every command and shows how to call them."""
    done = rugoefening("--help")
    assert done.returncode == 0
    for word in ("serve", "simulate", "understand", "audio", "models", "routine", "examples:"):
        assert word in done.stdout


@pytest.mark.parametrize("words", [[], ["nothing"], ["routine"], ["serve", "--port", "x"], ["audio", "nothing"]])
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    """Wrong words are answered with the usage, on standard error."""
    done = rugoefening(*words)
    assert done.returncode == 2
    assert "usage" in done.stderr.lower()
    assert done.stdout == ""


def test_routine_check_tells_what_it_read() -> None:
    """The check counts what it read, as text and as data."""
    assert "reviewed by nobody yet" in rugoefening("routine", "check").stdout
    found = json.loads(rugoefening("routine", "check", "--json").stdout)
    assert found[0]["exercises"] == ["open_book", "seated_turn", "elbows_up"]


def test_the_text_may_stand_in_another_folder(tmp_path: Path) -> None:
    """With RUGOEFENING_CONTENT a copy of the text is read, by the check and by the build."""
    home = Path(__file__).resolve().parents[1] / "skill"
    for name in ("routines", "prompts"):
        shutil.copytree(home / name, tmp_path / name)
    path = tmp_path / "routines" / "bovenrug.yaml"
    text = path.read_text(encoding="utf-8").replace('title: "Drie rustige', 'title: "Drie heel rustige')
    path.write_text(text, encoding="utf-8")
    where = {"RUGOEFENING_CONTENT": str(tmp_path), "RUGOEFENING_PACKS": str(tmp_path / "packs")}
    assert rugoefening("routine", "check", **where).stdout.startswith("bovenrug: Drie heel rustige")
    path.write_text("id: [", encoding="utf-8")
    for words in (["routine", "check"], ["audio", "build", "--dry-run"]):
        done = rugoefening(*words, **where)
        assert (done.returncode, f"{path}:" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "environ", "message"),
    [
        (["routine", "check"], {"RUGOEFENING_PORT": "x"}, "no port"),
        (["serve"], {"RUGOEFENING_PACKS": "/nowhere"}, "there is no audio yet"),
        (["serve"], {"RUGOEFENING_ENV": "production"}, "production needs"),
        (["serve", "--port", "99999"], {}, "99999"),
    ],
)
def test_a_mistake_is_one_message_and_status_1(words: list[str], environ: dict[str, str], message: str) -> None:
    """A user's mistake never shows a traceback."""
    done = rugoefening(*words, **environ)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_one_message(built_pack: Path, tmp_path: Path) -> None:
    """Somebody else listens there: say so, and how to choose another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = rugoefening(
            "serve",
            "--port",
            str(port),
            RUGOEFENING_PACKS=str(built_pack),
            RUGOEFENING_DATABASE=str(tmp_path / "db"),
        )
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_answers_on_loopback(built_pack: Path, tmp_path: Path) -> None:
    """The served application answers over real HTTP, and Ctrl-C ends it cleanly."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "RUGOEFENING_PACKS": str(built_pack), "RUGOEFENING_DATABASE": str(tmp_path / "db")}
    with subprocess.Popen(
        [sys.executable, "-m", "skill.cli", "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as server:
        assert server.stderr is not None
        try:
            assert f"127.0.0.1:{port}" in server.stderr.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as response:  # loopback
                assert json.load(response)["status"] == "ok"
            server.terminate()
            assert server.wait(timeout=10) == 0
        finally:
            server.kill()
        assert "Traceback" not in server.stderr.read()
