"""The web face: what is refused, how audio is served, what health tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill.errors import PackError, RequestRefusedError, SettingsError
from skill.pack import load_pack
from skill.settings import Settings
from skill.web import create_app
from tests.copies import copied
from tests.envelopes import envelope, launch


@pytest.fixture
def settings(built_pack: Path, tmp_path: Path) -> Settings:
    """Development on the real pack, with a database of its own."""
    return Settings(packs=built_pack, database=tmp_path / "progress.sqlite3")


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


def refusal(response: Any) -> str:
    """The message of a refusal, which always has the same shape."""
    error = response.get_json()["error"]
    assert error["status"] == response.status_code
    return str(error["message"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"null", "must be a JSON object"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"{}", "must hold an object request"),
        (b'{"request": 5}', "must hold an object request"),
        (b'{"request": {"type": 5}}', "must hold an object request"),
        (b'{"request": {"type": "LaunchRequest"}}', "must hold an object context"),
        (b'{"request": {"type": "LaunchRequest", "timestamp": "soon"}, "context": {}}', "cannot be read"),
        (b'{"request": {"type": "IntentRequest", "intent": [1]}, "context": {}}', "cannot be read"),
        (b" " * (256 * 1024 + 1), "over 256 KB"),
    ],
)
def test_what_is_no_envelope_is_refused(client: FlaskClient, body: bytes, message: str) -> None:
    """Anything that is no request envelope gets 400 in the one shape of errors."""
    response = client.post("/alexa", data=body, content_type="application/json")
    assert response.status_code == 400
    assert message in refusal(response)


@pytest.mark.parametrize(
    "request_envelope",
    [
        envelope("Alexa.Something.New"),
        envelope("System.ExceptionEncountered", error={"type": "INVALID_RESPONSE", "message": "no"}),
        envelope("SessionEndedRequest", session={"new": False}, reason="EXCEEDED_MAX_REPROMPTS"),
        envelope("AudioPlayer.PlaybackNearlyFinished", token="garbage", offsetInMilliseconds=5),
        envelope("AudioPlayer.PlaybackStarted", token="v1:bovenrug:gone:basic:normal:x:y:-", offsetInMilliseconds=5),
        envelope("PlaybackController.PlayCommandIssued"),
    ],
)
def test_what_needs_no_answer_gets_an_empty_one(client: FlaskClient, request_envelope: dict[str, Any]) -> None:
    """Unknown types, complaints, ends of sessions and garbage tokens are answered, never with a 500."""
    response = client.post("/alexa", json=request_envelope)
    assert response.status_code == 200
    assert response.get_json() == {"version": "1.0", "response": {}}


def test_a_wrong_path_and_method_have_the_same_shape(client: FlaskClient) -> None:
    """404 and 405 look like every other error."""
    assert "not found" in refusal(client.get("/nothing")).lower()
    assert client.get("/alexa").status_code == 405
    assert refusal(client.get("/alexa"))


def test_a_foreign_host_is_refused(client: FlaskClient) -> None:
    """In development only names of this machine are answered."""
    for host in ("evil.example", "localhost.evil.example", "[::1].evil.example", "[::2]", "[::", "x@localhost", ""):
        assert client.get("/healthz", headers={"Host": host}).status_code == 400, host


@pytest.mark.parametrize("host", ["127.0.0.1:5050", "localhost", "localhost:8080", "[::1]", "[::1]:5050"])
def test_every_name_of_this_machine_is_answered(client: FlaskClient, host: str) -> None:
    """Also that of IPv6, with its port; and its own page may tell something."""
    url = f"http://{host}"
    own = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
    device = {"account": "account-1", "device": "device-1"}
    assert client.get("/", base_url=url).status_code == 200
    assert client.post("/studio/devices", json=device, base_url=url, headers=own).status_code == 201
    assert client.post("/alexa", json=launch(), base_url=url, headers=own).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_page_of_another_site_speaks_to_the_skill(client: FlaskClient, headers: dict[str, str]) -> None:
    """A browser asks nobody before it sends plain text anywhere; in development nothing is signed, so it is refused."""
    body = json.dumps(launch())
    assert client.post("/alexa", data=body, content_type="text/plain").status_code == 200
    assert "another site" in refusal(client.post("/alexa", data=body, content_type="text/plain", headers=headers))
    assert client.get("/healthz", headers=headers).status_code == 403
    form = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.post("/alexa", data=body, content_type="text/plain", headers=form).status_code == 403


def test_a_link_on_another_site_may_lead_to_the_page(client: FlaskClient) -> None:
    """As one in a chat or in a manual: whoever clicks it sees the page, and the other site learns nothing."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/", headers=link).status_code == 200


def a_file(settings: Settings) -> Path:
    """One audio file of the pack."""
    return settings.pack_folder / load_pack(settings.pack_folder / "manifest.json").clips["bovenrug/start"].file


def test_audio_is_served_whole_and_for_ever(client: FlaskClient, settings: Settings) -> None:
    """A file comes as audio/mpeg with an ETag, and may be kept: its name changes with its content."""
    path = a_file(settings)
    response = client.get(f"/audio/espeak/{path.name}")
    assert response.data == path.read_bytes()
    assert response.mimetype == "audio/mpeg"
    assert "immutable" in response.headers["Cache-Control"]
    again = client.get(f"/audio/espeak/{path.name}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(f"/audio/espeak/{path.name}")
    assert head.headers["Content-Length"] == str(path.stat().st_size)


@pytest.mark.parametrize(
    ("header", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=10-999999999", 206, 10, None),
        ("bytes=0-9,20-29", 200, 0, None),
        ("bytes=9-5", 200, 0, None),
        ("bytes=abc", 200, 0, None),
        (f"bytes=1-{'9' * 5000}", 200, 0, None),
        ("items=0-5", 200, 0, None),
    ],
)
def test_ranges(
    client: FlaskClient, settings: Settings, header: str, status: int, first: int, last: int | None
) -> None:
    """One range is served as asked; several, broken or strange ones get the whole file (RFC 9110 §14.2)."""
    path = a_file(settings)
    response = client.get(f"/audio/espeak/{path.name}", headers={"Range": header})
    assert response.status_code == status
    assert response.data == path.read_bytes()[first : None if last is None else last + 1]
    assert response.headers["Accept-Ranges"] == "bytes"


def test_a_range_behind_the_end_cannot_be_served(client: FlaskClient, settings: Settings) -> None:
    """Only a range that begins behind the file is refused, with its length."""
    path = a_file(settings)
    response = client.get(f"/audio/espeak/{path.name}", headers={"Range": "bytes=99999999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{path.stat().st_size}"


@pytest.mark.parametrize(
    "path",
    [
        "/audio/espeak/clip-00000000.mp3",
        "/audio/espeak/manifest.json",
        "/audio/espeak/../manifest.json",
        "/audio/espeak/%2e%2e%2fmanifest.json",
        "/audio/gtts/clip-00000000.mp3",
    ],
)
def test_only_audio_files_of_the_pack_are_served(client: FlaskClient, path: str) -> None:
    """No manifest, no other voice, no way out of the folder."""
    assert client.get(path).status_code == 404


def test_health_tells_of_pack_and_database(client: FlaskClient) -> None:
    """All is well: 200 and a line for each dependency."""
    response = client.get("/healthz")
    found = response.get_json()
    assert (response.status_code, found["status"]) == (200, "ok")
    assert found["pack"]["ok"]
    assert found["database"]["ok"]


def test_health_is_degraded_without_a_database(settings: Settings, tmp_path: Path) -> None:
    """Without a database the routine still plays: degraded, not down."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    client = create_app(replace(settings, database=tmp_path / "file" / "db")).test_client()
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (200, "degraded")
    assert client.post("/alexa", json=launch()).status_code == 200


def test_health_is_down_when_audio_is_gone(settings: Settings, tmp_path: Path) -> None:
    """A pack whose files are missing cannot be played."""
    copy = tmp_path / "packs" / "espeak"
    copied(settings.pack_folder, copy)
    client = create_app(replace(settings, packs=tmp_path / "packs")).test_client()
    (copy / a_file(settings).name).unlink()
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (503, "down")


def test_no_pack_is_one_clear_message(settings: Settings, tmp_path: Path) -> None:
    """Without audio the application does not start, and says what to do."""
    with pytest.raises(PackError, match="generate_audio"):
        create_app(replace(settings, packs=tmp_path / "empty"))


def test_a_pack_that_lacks_a_clip_is_refused_at_start(settings: Settings, tmp_path: Path) -> None:
    """All that is missing is told at once, before anybody trains with it."""
    copy = tmp_path / "packs" / "espeak"
    copied(settings.pack_folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    del manifest["clips"]["bovenrug/pause_first"]
    manifest["clips"]["bovenrug/pause_short"]["text"] = "Iets anders."
    del manifest["tracks"]["bovenrug/open_book/basic/normal"]
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(PackError) as error:
        create_app(replace(settings, packs=tmp_path / "packs"))
    assert "clip pause_first is missing" in str(error.value)
    assert "clip pause_short says something else" in str(error.value)
    assert "track open_book (basic, normal) is missing" in str(error.value)


def test_an_unknown_routine_is_refused_at_start(settings: Settings) -> None:
    """The message names the routines that there are."""
    with pytest.raises(PackError, match="there are: bovenrug"):
        create_app(replace(settings, routine="onderrug"))


def test_production_needs_what_verifies(settings: Settings) -> None:
    """Unsigned requests cannot be switched on in production by accident: without skill id and key nothing starts."""
    with pytest.raises(SettingsError) as error:
        create_app(replace(settings, environment="production", id_key="short"))
    for name in ("PUBLIC_URL", "SKILL_ID", "ID_KEY"):
        assert name in str(error.value)


def test_a_verifier_sees_the_raw_body(settings: Settings) -> None:
    """The verifier gets headers and untouched bytes, and what it refuses is not answered."""
    seen: list[bytes] = []

    def verifier(headers: Mapping[str, str], body: bytes) -> None:
        seen.append(body)
        if "Signature-256" not in headers:
            raise RequestRefusedError("header", "unsigned")

    client = create_app(settings, verifier=verifier).test_client()
    body = json.dumps(launch(), indent=3).encode()
    assert refusal(client.post("/alexa", data=body)) == "unsigned"
    assert client.post("/alexa", data=body, headers={"Signature-256": "x"}).status_code == 200
    assert seen == [body, body]


def test_figures_are_served_beside_health(client: FlaskClient) -> None:
    """In development, which listens on this machine only, /metrics is there as well."""
    client.post("/alexa", json=launch())
    assert b'rugoefening_requests_total{status="200",type="LaunchRequest"} 1.0' in client.get("/metrics").data


def test_files_that_may_not_be_read_are_missing_ones(settings: Settings, tmp_path: Path) -> None:
    """A name that the disk cannot even look up makes health tell of it, and the audio a 404: never a 500."""
    copy = tmp_path / "packs" / "espeak"
    copied(settings.pack_folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["clips"]["bovenrug/start"]["file"] = f"clip-{'0' * 300}.mp3"
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    client = create_app(replace(settings, packs=tmp_path / "packs")).test_client()
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()["pack"]["problem"]) == (503, "1 audio files are missing")
    assert client.get(f"/audio/espeak/clip-{'0' * 300}.mp3").status_code == 404
