"""What fuzzing once found stays here, in its smallest form."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.authority import Authority
from scripts.fuzz_app import UnderFire
from scripts.fuzz_words import CANARY
from skill.alexa.verification.certificates import believed, load_roots
from skill.errors import RequestRefusedError
from tests.envelopes import envelope, intent, launch

LONG = 250_000


def _ended(**attributes: Any) -> dict[str, Any]:
    return envelope("SessionEndedRequest", session={"new": False, "attributes": attributes}, reason="USER_INITIATED")


def _changed(made: dict[str, Any], where: str, **more: Any) -> dict[str, Any]:
    """The envelope with more properties in one of its parts."""
    part: Any = made
    for name in where.split("."):
        part = part[name]
    part.update(more)
    return made


def _slots(**resolutions: Any) -> dict[str, Any]:
    slot = {"name": "exercise", "value": "drie", "resolutions": resolutions}
    return intent("ChooseExerciseIntent", slots={"exercise": slot})


PYTHON_NAMES = {
    "the type of the request": _changed(launch(), "request", object_type="IntentRequest"),
    "the type of the request as an object": _changed(launch(), "request", object_type={}),
    "the resolutions of a slot": _slots(resolutions_per_authority=5),
    "the whole inside of the envelope": {**launch(), "__dict__": {}},
    "the inside of the request": _changed(launch(), "request", __dict__={}),
    "the class of the request": _changed(launch(), "request", __class__="x"),
    "the model of the envelope": {**launch(), "deserialized_types": {}},
    "the player of the device": _changed(
        intent("AMAZON.PauseIntent"), "context", audio_player={"token": 3, "player_activity": []}
    ),
}


@pytest.mark.parametrize("made", PYTHON_NAMES.values(), ids=PYTHON_NAMES)
def test_names_of_the_sdk_mean_nothing_in_a_request(app: UnderFire, made: dict[str, Any]) -> None:
    """ask-sdk sets unknown properties as attributes of its objects, so a request could replace their insides."""
    app.alexa(json.dumps(made).encode())


@pytest.mark.no_cover  # CPU time is measured
@pytest.mark.parametrize("part", ["1", "1 ", "1.", "a ", "2026-", ":", "\u0663"])
def test_a_long_time_is_not_read(app: UnderFire, part: str) -> None:
    """ask-sdk's parser of dates needs more than a second for a text of 100 KB."""
    app.alexa(json.dumps(_changed(launch(), "request", timestamp=part * (100_000 // len(part)))).encode())


@pytest.mark.no_cover  # CPU time is measured
@pytest.mark.parametrize("value", ["x" * LONG, ["x"] * (LONG // 5), {str(one): one for one in range(LONG // 20)}])
@pytest.mark.parametrize("where", ["attributes", "place", "locale", "token", "interfaces", "unknown"])
def test_large_parts_cost_little(app: UnderFire, where: str, value: object) -> None:
    """A request that is large in any part is answered or refused within 50 ms of CPU time."""
    made = {
        "attributes": lambda: intent("StartIntent", attributes={"question": "start", "more": value}),
        "place": lambda: intent("StartIntent", attributes={"question": "start", "place": {"token": value}}),
        "locale": lambda: _changed(launch(), "request", locale=value),
        "token": lambda: _changed(intent("AMAZON.PauseIntent"), "context.AudioPlayer", token=value),
        "interfaces": lambda: launch(interfaces={"AudioPlayer": value}),
        "unknown": lambda: _changed(launch(), "context", Unknown=value),
    }[where]()
    app.alexa(json.dumps(made).encode())


@pytest.mark.parametrize("text", ["\ud800", "\udfff\ud800"])
def test_half_a_character_in_the_session_is_answered(app: UnderFire, text: str) -> None:
    """The contract could not measure an answer with half a character in it, which ask-sdk had given back."""
    app.alexa(json.dumps(_ended(until=text, place={"token": text, "step": text})).encode())


def test_the_end_of_a_session_gives_nothing_back(app: UnderFire) -> None:
    """ask-sdk answers an event with the attributes that came with it."""
    app.alexa(json.dumps(_ended(question="pause", place={"token": CANARY})).encode())


@pytest.mark.parametrize("depth", [400, 900])
@pytest.mark.parametrize("name", ["tempo", "place", "unknown"])
def test_deep_attributes_never_make_an_answer_fail(app: UnderFire, name: str, depth: int) -> None:
    """ask-sdk copies the attributes of a session, which fails where they are nested deep, but not too deep to read."""
    deep = json.loads("[" * depth + "]" * depth)
    value = {"token": deep} if name == "place" else deep
    app.alexa(json.dumps(intent("StartIntent", attributes={"question": "start", name: value})).encode())


@pytest.mark.parametrize("intro", [CANARY, 5, None, ["full"]])
def test_an_unknown_intro_is_not_given_back(app: UnderFire, intro: object) -> None:
    """Whatever stood for the intro in the session came back with the next question."""
    app.alexa(json.dumps(intent("AMAZON.HelpIntent", attributes={"question": "start", "intro": intro})).encode())


@pytest.mark.parametrize("activity", [{}, ["PLAYING"], 5, None, "\ud800"])
def test_an_activity_that_is_no_word_is_answered(app: UnderFire, activity: object) -> None:
    """What the player does may be told in a way that cannot be looked up."""
    made = intent("AMAZON.PauseIntent", player={"token": "x", "offsetInMilliseconds": 1, "playerActivity": activity})
    app.alexa(json.dumps(made).encode())


@pytest.mark.parametrize("token", [False, 0, "", None, True, "other"])
@pytest.mark.parametrize("made", [launch, lambda **more: intent("AMAZON.StopIntent", **more)])
def test_skill_and_contract_agree_on_who_has_a_player(app: UnderFire, made: Callable[..., Any], token: object) -> None:
    """A token that is no text, of a device that names no player, was one for the skill and none for the contract."""
    player = {"token": token, "offsetInMilliseconds": 0, "playerActivity": "PLAYING"}
    app.alexa(json.dumps(_changed(made(interfaces={"Display": {}}), "context", AudioPlayer=player)).encode())


def test_a_certificate_of_an_unknown_version_is_refused(tmp_path: Path) -> None:
    """cryptography tells of an unknown version by an error of its own, which was not caught."""
    authority = Authority(tmp_path)
    pem = _of_version_11(authority.root.certificate_pem)
    with pytest.raises(RequestRefusedError):
        believed(pem, load_roots(authority.ca_file), time.time())


def test_a_root_of_an_unknown_version_is_left_out(tmp_path: Path) -> None:
    """Such a certificate among the roots keeps the skill from serving no more than any other that is not read."""
    authority = Authority(tmp_path)
    good = authority.root.certificate_pem
    authority.ca_file.write_bytes(_of_version_11(good) + good)
    roots = load_roots(authority.ca_file)
    chain = authority.leaf.certificate_pem + authority.intermediate.certificate_pem
    assert believed(chain, roots, time.time()).key.key_size == 2048


def _of_version_11(pem: bytes) -> bytes:
    """The certificate with another number for its version (DER: context 0, integer)."""
    der = base64.b64decode(b"".join(pem.split(b"-----")[2].split()))
    assert der.count(b"\xa0\x03\x02\x01\x02") == 1
    changed = base64.encodebytes(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x0a"))
    return b"-----BEGIN CERTIFICATE-----\n" + changed + b"-----END CERTIFICATE-----\n"
