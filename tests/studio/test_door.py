"""Who may come in: this machine's own page in development, and nobody in production."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill.settings import Settings
from skill.web import create_app
from tests.processes import unwatched
from tests.studio.tab import ORIGIN, Tab

PROJECT = Path(__file__).resolve().parents[2]
BODY = {"account": "account-1", "device": "device-1"}
PATHS = (
    "/",
    "/manifest.webmanifest",
    "/service-worker.js",
    "/studio/static/main.js",
    "/studio/plan/now/basic/normal",
)
STATIC = PROJECT / "skill" / "studio" / "static"
LARGEST_LOAD_BYTES = 150 * 1024


def test_production_knows_no_address_of_development(app: Flask, settings: Settings) -> None:
    """Whatever development has and production has not: every method of it is unknown there."""
    production = create_app(replace(settings, environment="production"), verifier=lambda *_: None)
    everywhere = {rule.rule for rule in production.url_map.iter_rules()}
    only_here = [rule for rule in app.url_map.iter_rules() if rule.rule not in everywhere]
    known = app.url_map.bind("localhost")
    asked = {}
    for rule in only_here:
        path = known.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"))
        for method in rule.methods or ():
            assert known.test(path, method)
            answer = production.test_client().open(path, method=method, json=BODY, headers=ORIGIN)
            asked[method, path] = answer.status_code
    assert asked == dict.fromkeys(asked, 404)
    assert {rule.rule.partition("<")[0] for rule in only_here} >= {
        "/",
        "/werkbank",
        "/service-worker.js",
        "/studio/static/",
        "/studio/devices",
        "/studio/workbench/files/",
        "/studio/workbench/database",
    }


def test_production_does_not_even_load_it(settings: Settings) -> None:
    """No module of the studio or of the virtual Echo is in memory."""
    script = (
        "import sys; from pathlib import Path; from skill.settings import Settings; from skill.web import create_app\n"
        f"create_app(Settings(environment='production', packs=Path({str(settings.packs)!r}), "
        f"database=Path({str(settings.database)!r})), verifier=lambda *_: None)\n"
        "print(sorted(name for name in sys.modules if name.startswith(('skill.studio', 'skill.echo'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=unwatched(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_is_refused(app: Flask, path: str) -> None:
    """A name that leads here by DNS rebinding reads nothing."""
    assert app.test_client().get(path, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://evil.example", "http://localhost:9", "https://localhost", "http://localhost.evil.example"],
)
def test_a_foreign_origin_is_refused(app: Flask, origin: str) -> None:
    """Only the page of this very server may tell a device anything."""
    headers = {"Origin": origin} if origin else {}
    assert app.test_client().post("/studio/devices", json=BODY, headers=headers).status_code == 403


def test_a_form_is_refused(app: Flask) -> None:
    """What a page elsewhere may send without asking is not taken."""
    answer = app.test_client().post("/studio/devices", data='{"account": "x"}', headers=ORIGIN)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("text", "the body must be"),
        ([], "the body must be"),
        ({}, "at_ms"),
        ({"at_ms": -1}, "at_ms"),
        ({"at_ms": True}, "at_ms"),
        ({"at_ms": float("inf")}, "at_ms"),
        ({"at_ms": 10**15}, "at_ms"),
        ({"at_ms": 1, "said": ""}, "said"),
        ({"at_ms": 1, "said": "a" * 301}, "said"),
        ({"at_ms": 1, "said": 5}, "said"),
        ({"at_ms": 1, "pressed": "Reboot"}, "pressed"),
        ({"at_ms": 1, "said": "hallo", "pressed": "Next"}, "one thing"),
        ({"at_ms": 1, "target": {"exercise": "../x", "step": "y"}}, "exercise"),
        ({"at_ms": 1, "sound": [1]}, "sound"),
        ({"at_ms": 1, "sound": {"player": {"number": 1}}}, "offset_ms"),
        ({"at_ms": 1, "since": "x"}, "since"),
        ({"at_ms": int("9" * 400)}, "at_ms"),
        ({"at_ms": 1, "wish": "next"}, "wish"),
        ({"at_ms": 1, "said": "hallo", "wish": "pain"}, "one thing"),
    ],
)
def test_a_report_is_read_strictly(tab: Tab, body: Any, message: str) -> None:
    """What is not as it must be gets 400 with the name of the field, and the device lives on."""
    answer = tab.client.post(f"/studio/devices/{tab.device}/{tab.visit}", json=body, headers=ORIGIN)
    assert answer.status_code == 400
    assert message in answer.get_json()["error"]["message"]
    assert tab.tell()["ring"] == "rest"


@pytest.mark.parametrize(
    "was",
    [
        {"file": "../../etc/passwd", "token": "t", "offset_ms": 0, "activity": "PLAYING"},
        {"file": "track-0123456789abcdef.mp3", "token": "", "offset_ms": 0, "activity": "PLAYING"},
        {"file": "track-0123456789abcdef.mp3", "token": "t", "offset_ms": 0, "activity": "DANCING"},
        {"file": "track-0123456789abcdef.mp3", "token": "t", "offset_ms": "x", "activity": "PLAYING"},
        {"file": "track-0123456789abcdef.mp3", "token": "t", "offset_ms": 0, "activity": "STOPPED", "ending": "sad"},
    ],
)
def test_what_was_there_is_read_strictly(app: Flask, was: dict[str, Any]) -> None:
    """A device is put back from its own file names only."""
    answer = app.test_client().post("/studio/devices", json={**BODY, "was": was}, headers=ORIGIN)
    assert answer.status_code == 400


@pytest.mark.parametrize("body", ['{"account": "account-1", "until_ms": ' + "9" * 400 + "}", "[" * 100_000])
def test_numbers_and_brackets_without_end_are_refused(app: Flask, body: str) -> None:
    """400, and no failure of the server."""
    for path in (
        "/studio/devices",
        "/studio/devices/device-1/x",
        "/studio/workbench/news",
        "/studio/workbench/persons",
    ):
        answer = app.test_client().post(path, data=body, content_type="application/json", headers=ORIGIN)
        assert answer.status_code == 400


def test_a_file_that_is_gone_is_not_put_back(app: Flask) -> None:
    """The device is there, with an empty player."""
    was = {"file": "track-0123456789abcdef.mp3", "token": "t", "offset_ms": 5, "activity": "PLAYING"}
    answer = app.test_client().post("/studio/devices", json={**BODY, "was": was}, headers=ORIGIN)
    assert (answer.status_code, answer.get_json()["player"]) == (201, None)


def test_the_page_keeps_to_its_own_rules(app: Flask) -> None:
    """A strict policy, and nothing in the page that it would stop: no script, style or handler in the text."""
    answer = app.test_client().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    page = answer.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|https?://", page)
    assert '<html lang="nl">' in page


def loaded_by_the_page(client: FlaskClient) -> dict[str, bytes]:
    """Every file that the page loads by itself, with what is in it; its modules load others."""
    known: dict[str, bytes] = {}
    waiting = set(re.findall(r"/studio/static/([\w-]+\.(?!png)\w+)", client.get("/").get_data(as_text=True)))
    while waiting:
        name = waiting.pop()
        answer = client.get(f"/studio/static/{name}")
        assert answer.status_code == 200
        known[name] = answer.data
        found = re.findall(r"""^import .*?"\./([\w.]+)"|\bimport\("\./([\w.]+)"\);?$""", answer.text, re.MULTILINE)
        found += re.findall(r"""^ +import\("\./([\w.]+)"\)(),$""", answer.text, re.MULTILINE)
        waiting |= {one for pair in found for one in pair if one} - set(known)
    return known


def test_the_first_load_is_small(app: Flask) -> None:
    """All that is loaded at first, together with the plan and without the audio, is at most 150 KB."""
    client = app.test_client()
    loaded = loaded_by_the_page(client)
    others = (client.get("/"), client.get("/studio/plan/now/basic/normal"))
    assert sum(map(len, loaded.values())) + sum(len(answer.data) for answer in others) <= LARGEST_LOAD_BYTES


def test_every_file_is_loaded_or_kept(app: Flask) -> None:
    """No file lies about unused, and the service worker keeps every file that the page or its manifest names."""
    client = app.test_client()
    manifest = client.get("/manifest.webmanifest").get_json(force=True)
    icons = {icon["src"].rsplit("/", 1)[-1] for icon in manifest["icons"]}
    named = {*loaded_by_the_page(client), *icons}
    ours = {path.name for path in STATIC.iterdir() if not path.name.startswith("workbench")}
    assert ours - named == {"types.js", "worker.js"}
    shell = json.loads(client.get("/service-worker.js").text.partition("self.shell = ")[2].partition(";\n")[0])
    assert set(shell["addresses"]) == {"/", "/manifest.webmanifest", *(f"/studio/static/{one}" for one in named)}
    assert [client.get(one).status_code for one in shell["addresses"]] == [200] * len(shell["addresses"])


def test_the_version_of_the_shell_changes_with_it(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service worker is another one as soon as any file that it keeps is, and only then."""
    first = app.test_client().get("/service-worker.js").data
    assert first == create_app(settings).test_client().get("/service-worker.js").data
    changed = Path(shutil.copytree(STATIC, tmp_path / "static"))
    (changed / "view.js").write_text("// other\n", encoding="utf-8")
    monkeypatch.setattr("skill.studio.shell.STATIC", changed)
    assert first != app.test_client().get("/service-worker.js").data


def test_the_icons_are_as_the_manifest_says(app: Flask) -> None:
    """In Dutch, with every icon of its size; one may be cut to any shape."""
    manifest = app.test_client().get("/manifest.webmanifest").get_json(force=True)
    assert (manifest["lang"], manifest["start_url"], manifest["display"]) == ("nl", "/", "standalone")
    assert [icon["purpose"] for icon in manifest["icons"]].count("maskable") == 1
    for icon in manifest["icons"]:
        data = app.test_client().get(icon["src"]).data
        if icon["type"] == "image/png":
            assert (data[:8], len(data) < 10_000) == (b"\x89PNG\r\n\x1a\n", True)
            assert "x".join(str(one) for one in struct.unpack(">II", data[16:24])) == icon["sizes"]


def test_the_page_comes_with_the_whole_time_line(app: Flask) -> None:
    """Every step that is usually heard stands in it before any script runs, and the words of its first button."""
    client = app.test_client()
    page, plan = client.get("/").text, client.get("/studio/plan/now/basic/normal").get_json()
    steps = [step["id"] for one in plan["exercises"] if not one["aside"] for step in one["steps"] if not step["aside"]]
    assert re.findall(r'data-step="(\w+)"', page) == steps
    assert f'data-key="{plan["key"]}"' in page
    assert 'data-says="Alexa, start rugoefening"' in page


def test_the_plan_has_every_step_in_order(app: Flask) -> None:
    """Steps without a gap, with lines, repetitions, and the rests and holds that are long enough to show."""
    plan = app.test_client().get("/studio/plan/now/harder/normal").get_json()
    assert [one["id"] for one in plan["exercises"]] == ["preparation", "open_book", "seated_turn", "elbows_up"]
    for exercise in plan["exercises"]:
        ends = [0, *(step["end_ms"] for step in exercise["steps"])]
        assert [step["start_ms"] for step in exercise["steps"]] == ends[:-1]
        assert ends[-1] == exercise["ms"]
    assert [step["id"] for exercise in plan["exercises"] for step in exercise["steps"] if step["aside"]] == ["to_chair"]
    assert plan["exercises"][3]["usual_ms"] == plan["exercises"][3]["ms"] - plan["exercises"][3]["steps"][0]["end_ms"]
    right = next(step for step in plan["exercises"][1]["steps"] if step["id"] == "right_side")
    assert [number for _, number in right["beats"]] == [1, 2, 3, 4, 5, 0]
    assert [end - start for kind, start, end in right["waits"] if kind == "hold"] == [5_000] * 5
    assert (right["name"], right["side"]) == ("Rechterkant", "right")


@pytest.mark.parametrize("path", ["gone/basic/normal", "now/heavy/normal", "now/basic/fast", "../basic/normal"])
def test_an_unknown_plan_is_not_found(app: Flask, path: str) -> None:
    """404 for a recording, level or tempo that there is not."""
    assert app.test_client().get(f"/studio/plan/{path}").status_code == 404
