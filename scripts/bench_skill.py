"""The part ``skill`` of bench.py: how fast the skill answers, and how large its server is."""

from __future__ import annotations

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skill.settings import PROJECT, load_settings
from skill.web import create_app

TURNS = 1000


def skill() -> None:
    """Launch and next inside the application, the server's memory after them, and a whole training."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "progress.sqlite3"
        client = create_app(replace(load_settings(), database=database)).test_client()
        for name, body in _bodies().items():
            times = []
            for _ in range(TURNS):
                started = time.perf_counter()
                answer = client.post("/alexa", data=body)
                times.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{name}: status {answer.status_code}")
            times.sort()
            print(f"{name:<28} {statistics.median(times):6.2f} ms median, {times[int(TURNS * 0.99)]:.2f} ms p99")
        _server({**os.environ, "RUGOEFENING_DATABASE": str(database)})
        _training()


def _bodies() -> Mapping[str, bytes]:
    token = "v1:bovenrug:open_book:basic:normal:00000000:bench:-"  # noqa: S105  # a stream token is no password
    return {
        "launch": _envelope({"type": "LaunchRequest"}, {"playerActivity": "IDLE"}),
        "next": _envelope(
            {"type": "IntentRequest", "intent": {"name": "AMAZON.NextIntent", "slots": {}}},
            {"playerActivity": "PLAYING", "token": token, "offsetInMilliseconds": 40_000},
        ),
    }


def _envelope(request: Mapping[str, Any], player: Mapping[str, Any]) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    application, user = {"applicationId": "amzn1.ask.skill.bench"}, {"userId": "amzn1.ask.account.BENCH"}
    device = {"deviceId": "amzn1.ask.device.BENCH", "supportedInterfaces": {"AudioPlayer": {}}}
    envelope = {
        "version": "1.0",
        "session": {"new": True, "sessionId": "s", "application": application, "user": user},
        "context": {
            "System": {"application": application, "user": user, "device": device},
            "AudioPlayer": player,
        },
        "request": {"requestId": "r", "timestamp": now, "locale": "nl-NL", **request},
    }
    return json.dumps(envelope).encode()


def _server(environ: Mapping[str, str]) -> None:
    """The memory of a real server after 200 requests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "skill.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL) as server:
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        for body in list(_bodies().values()) * 100:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/alexa", data=body)  # loopback
            urllib.request.urlopen(request, timeout=10).read()  # noqa: S310  # loopback
        server.terminate()
        server.wait(timeout=10)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"{'server after 200 requests':<28} {peak:6.0f} MB peak")


def _training() -> None:
    """A whole training on the virtual clock, as a process of its own."""
    command = [sys.executable, "-m", "skill.cli", "simulate", "--fast", "--first"]
    started = time.perf_counter()
    spoken = "Alexa, start rugoefening\nstart\n"
    subprocess.run(command, cwd=PROJECT, input=spoken, text=True, stdout=subprocess.DEVNULL, check=True)
    print(f"{'a training, simulate --fast':<28} {time.perf_counter() - started:6.2f} s")
