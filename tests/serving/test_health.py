"""Health and figures: what they tell, and to whom."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.serving.health import LEAST_FREE_MB, MEGABYTE
from skill.settings import Settings
from skill.web import create_app
from tests.envelopes import intent
from tests.serving.running import Served, genuine_launch

PATHS = ("/healthz", "/metrics")


def test_health_tells_of_every_dependency(served: Served) -> None:
    """Pack, database, certificates and disk, asked from this machine."""
    genuine_launch(served)
    answer = served.ask("GET", "/healthz", headers={"Host": "localhost"})
    assert (answer.status, answer.json["status"]) == (200, "ok")
    assert {name for name, found in answer.json.items() if name != "status" and found["ok"]} == {
        "pack",
        "database",
        "certificates",
        "disk",
    }
    assert answer.json["certificates"]["cached"] >= 1


def figure(text: str, name: str) -> float:
    """One figure by its name and labels."""
    found = re.search(rf"^{re.escape(name)} ([\d.e+]+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found[1])


def test_figures_count_what_happened(own: Served) -> None:
    """Requests by type and status, refusals by reason, replays, durations, and how the dependencies are."""
    genuine_launch(own)
    own.say(intent("PainIntent"))
    own.ask("POST", "/alexa", b"{}")
    answer = own.ask("GET", "/metrics")
    text = answer.body.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert figure(text, 'rugoefening_requests_total{status="200",type="LaunchRequest"}') == 1
    assert figure(text, 'rugoefening_requests_total{status="200",type="IntentRequest"}') == 1
    assert figure(text, 'rugoefening_refused_total{reason="header"}') == 1
    assert figure(text, "rugoefening_request_seconds_count") == 3
    assert figure(text, "rugoefening_replays_total") == 0
    assert figure(text, "rugoefening_certificates_cached") == 1
    for name in ("pack", "database", "certificates", "disk"):
        assert figure(text, f'rugoefening_ok{{dependency="{name}"}}') == 1
    assert re.search("pain|Intent(?!Request)", text, re.IGNORECASE) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rug.example"},
        {"Host": "127.0.0.1.rug.example"},
        {"Host": "["},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 caddy"},
        {"X-Forwarded-Host": "localhost"},
        {"CF-Connecting-IP": "192.0.2.1"},
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_by_way_of_a_proxy_there_is_nothing(served: Served, path: str, headers: Mapping[str, str]) -> None:
    """Whoever comes from outside, or by another name, finds neither."""
    assert served.ask("GET", path, headers=headers).status == 404


def application(packs: Path, folder: Path) -> FlaskClient:
    """The application in production, asked without a server."""
    settings = Settings(
        environment="production",
        public_url="https://rug.example",
        skill_id="amzn1.ask.skill.test",
        id_key="k" * 32,
        packs=packs,
        database=folder / "db",
    )
    return create_app(settings).test_client()


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.168.1.4", 404), ("10.0.0.1", 404), ("", 404)],
)
@pytest.mark.parametrize("path", PATHS)
def test_only_this_machine_is_told(built_pack: Path, tmp_path: Path, path: str, peer: str, status: int) -> None:
    """The other end of the connection must be on loopback; an address of the network is not."""
    client = application(built_pack, tmp_path)
    assert client.get(path, environ_overrides={"REMOTE_ADDR": peer}).status_code == status


def test_a_disk_that_is_nearly_full_is_told(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under 50 MB the skill still works, and says so: degraded."""

    def nearly_full(folder: Path) -> Any:
        assert folder.is_dir()
        return SimpleNamespace(free=LEAST_FREE_MB * MEGABYTE - 1)

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    answer = application(built_pack, tmp_path).get("/healthz")
    found = answer.get_json()
    assert (answer.status_code, found["status"], found["disk"]["ok"]) == (200, "degraded", False)
    assert found["disk"]["free_mb"] == LEAST_FREE_MB - 1
