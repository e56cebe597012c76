"""Who may come into the workbench: this machine's own page in development, and nobody in production."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from skill.settings import Settings
from skill.web import create_app
from tests.studio.tab import ORIGIN, Tab, begun
from tests.studio.test_workbench_faults import exchanges

STATIC = Path(__file__).resolve().parents[2] / "skill" / "studio" / "static"
PAGES = (
    "/werkbank",
    "/studio/static/workbench.js",
    "/studio/workbench/files/routines/bovenrug.yaml",
    "/studio/workbench/score/bovenrug/basic/normal",
    "/studio/workbench/clips/bovenrug",
)
WISHES: dict[str, Any] = {
    "files/routines/bovenrug.yaml": {"text": "x", "stamp": "0" * 64},
    "builds": {},
    "news": {"accounts": [], "since": 0},
    "database": {"seconds": 30},
    "persons": {"experienced": True},
}


@pytest.mark.parametrize("path", PAGES)
def test_a_foreign_host_is_refused(app: Flask, path: str) -> None:
    """A name that leads here by DNS rebinding reads nothing, not even the owner's text."""
    assert app.test_client().get(path).status_code == 200
    assert app.test_client().get(path, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://localhost:9"])
def test_a_foreign_origin_is_refused(app: Flask, wish: str, origin: str) -> None:
    """Only the page of this very server may write, build, or lock anything."""
    headers = {"Origin": origin} if origin else {}
    assert app.test_client().post(f"/studio/workbench/{wish}", json=WISHES[wish], headers=headers).status_code == 403


@pytest.mark.parametrize("wish", WISHES)
def test_a_form_is_refused(app: Flask, wish: str) -> None:
    """What a page elsewhere may send without asking is not taken; nor is JSON that is no object."""
    client = app.test_client()
    body = json.dumps(WISHES[wish])
    assert client.post(f"/studio/workbench/{wish}", data=body, headers=ORIGIN).status_code == 415
    assert client.post(f"/studio/workbench/{wish}", json=[1], headers=ORIGIN).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"accounts": "account-1", "since": 0},
        {"accounts": ["../x"], "since": 0},
        {"accounts": ["account-1"] * 9, "since": 0},
        {"accounts": [], "since": -1},
        {"accounts": [], "since": True},
        {"accounts": []},
    ],
)
def test_a_listener_is_read_strictly(app: Flask, body: Any) -> None:
    """Anything else than accounts and a number is refused."""
    assert app.test_client().post("/studio/workbench/news", json=body, headers=ORIGIN).status_code == 400


def test_the_page_keeps_to_its_own_rules(app: Flask) -> None:
    """A strict policy, which lets it hold the page of the Echo and nobody hold it."""
    answer = app.test_client().get("/werkbank")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    page = answer.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|https?://", page)
    assert '<html lang="nl">' in page
    assert 'href="/werkbank"' in app.test_client().get("/").get_data(as_text=True)


def test_the_page_of_the_echo_is_held_by_its_own_server_only(app: Flask) -> None:
    """No other site can lay it under its own buttons."""
    answer = app.test_client().get("/")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_every_module_of_the_page_is_there(app: Flask) -> None:
    """What the modules import can be had, and no file of the workbench lies there unused."""
    client = app.test_client()
    known: set[str] = set()
    wanted = {"workbench.js", "workbench-frame.js", "workbench.css"}
    while wanted - known:
        name = sorted(wanted - known)[0]
        known.add(name)
        answer = client.get(f"/studio/static/{name}")
        assert answer.status_code == 200, name
        wanted |= set(re.findall(r'from "\./([\w-]+\.js)"', answer.get_data(as_text=True)))
    own = {path.name for path in STATIC.iterdir() if path.name.startswith("workbench")}
    assert own <= known


def test_messages_hold_no_secret(settings: Settings) -> None:
    """Requests and answers as they went, but for the keys in them, with the rules that an answer breaks."""
    tab = begun(Tab(create_app(replace(settings, id_key="the-key-of-the-owner"))))
    found = exchanges(tab)
    assert [one["type"] for one in reversed(found)] == [
        "LaunchRequest",
        "IntentRequest",
        "AudioPlayer.PlaybackStarted",
    ]
    started = found[1]
    assert (started["intent"], started["status"], started["findings"]) == ("StartIntent", 200, [])
    assert started["response"]["response"]["directives"][0]["type"] == "AudioPlayer.Play"
    assert started["request"]["context"]["System"]["apiAccessToken"] == "…"
    assert "the-key-of-the-owner" not in json.dumps(found)


def test_others_are_not_listened_to(app: Flask) -> None:
    """The devices of another account stay unseen; two tabs of the same one are seen together."""
    begun(Tab(app, account="account-1", device="device-1"))
    begun(Tab(app, account="account-1", device="device-2"))
    other = begun(Tab(app, account="account-2", device="device-3"))
    assert {one["device"] for one in exchanges(other)} == {"device-3"}
    other.account = "account-1"
    assert {one["device"] for one in exchanges(other)} == {"device-1", "device-2"}


def test_a_broken_rule_is_named_with_its_source(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that Alexa would refuse is shown with the rule, what is wrong, and where Alexa says so."""
    tab = Tab(app)
    monkeypatch.setattr("skill.alexa.contract.MAX_RESPONSE_BYTES", 10)
    tab.say("Alexa, start rugoefening")
    finding = next(one for one in exchanges(tab) if one["type"] == "LaunchRequest")["findings"][0]
    assert finding["rule"] == "size"
    assert finding["source"] == "RR: total size of a response"
    assert "is over 10" in finding["message"]
