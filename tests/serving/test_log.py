"""The log of production: one JSON object a line, nothing of a person, nothing about pain."""

from __future__ import annotations

import json
import re
import sys
from logging import LogRecord
from pathlib import Path

import pytest

from skill.alexa.intents import BUILT_INS, command_for_intent
from skill.coach import Command
from skill.coach.safety import SAFETY_COMMANDS
from skill.serving.log import JsonLines
from skill.serving.observing import NEUTRAL, OTHER, UNSEEN, seen
from tests.envelopes import event, intent, launch
from tests.serving.running import SKILL_ID, Served, fresh

NOTHING_OF = re.compile(
    r"pain|dizzy|emergency|doctor|ask_?first|safety|medical|easier|chair|help|pijn|duizelig|KITCHEN|TEST\b|test-user",
    re.IGNORECASE,
)


def test_the_log_tells_enough_and_nothing_more(own: Served) -> None:
    """After words of every kind each line is JSON with what is needed, and holds no id and no word of health."""
    own.say(launch(user="amzn1.ask.account.test-user"))
    for name in (
        "PainIntent",
        "DizzyIntent",
        "EmergencyIntent",
        "SeeDoctorIntent",
        "AskFirstIntent",
        "SafetyInfoIntent",
    ):
        own.say(intent(name))
    for name in ("EasierIntent", "ChairOnlyIntent", "MedicalQuestionIntent", "AMAZON.HelpIntent", "AMAZON.PauseIntent"):
        own.say(intent(name, attributes={"question": "pain", "misses": 0}))
    own.say(event("PlaybackStarted", "garbage", 5))
    own.ask("POST", "/alexa", fresh(intent("PainIntent")))
    own.raw(b"garbage\r\n\r\n")
    own.raw(b"POST /alexa HTTP/1.1\r\nHost: rug.example\r\nContent-Length: 999999\r\n\r\n")
    assert own.end() == 0
    lines = [json.loads(line) for line in own.lines]
    assert [line["event"] for line in lines] == ["start", *["request"] * 13, *["refused"] * 3, "stop"]
    for line in lines:
        assert {"time", "level", "event"} <= line.keys()
    asked = [line for line in lines if line["event"] == "request"]
    assert [line["type"] for line in asked] == ["LaunchRequest", *["IntentRequest"] * 11, "AudioPlayer.PlaybackStarted"]
    assert [line["intent"] for line in asked] == ["", *["other"] * 10, "AMAZON.PauseIntent", ""]
    assert all(line["request_id"].startswith("amzn1.echo-api.request.") for line in asked)
    assert all(line["status"] == 200 and line["ms"] > 0 for line in asked)
    refused = [(line["reason"], line["status"]) for line in lines if line["event"] == "refused"]
    assert refused == [("header", 400), ("http", 400), ("size", 400)]
    text = "\n".join(own.lines)
    assert NOTHING_OF.search(text) is None
    assert SKILL_ID not in text


@pytest.mark.parametrize("name", sorted({*(f"{c.title().replace('_', '')}Intent" for c in Command), *BUILT_INS}))
def test_only_neutral_intents_are_named(name: str) -> None:
    """Every intent of the model is named only when its command tells nothing of how somebody is."""
    named = seen(intent(name)).intent
    assert named == (name if command_for_intent(name) in NEUTRAL else OTHER)


def test_no_command_of_safety_is_neutral() -> None:
    """Nor is what only somebody asks who does not feel well."""
    telling = {Command.MEDICAL_QUESTION, Command.EASIER, Command.SLOWER, Command.CHAIR_ONLY, Command.SAFETY_INFO}
    vague = {Command.YES, Command.NO, Command.UNKNOWN, Command.HELP, Command.FORGET_ME, Command.PRIVACY}
    assert not NEUTRAL & (SAFETY_COMMANDS | telling | vague)


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        [],
        "text",
        {},
        {"request": None},
        {"request": {"type": 5, "requestId": {"a": 1}}},
        {"request": {"type": "Ik heb pijn", "requestId": "pijn!"}},
        {"request": {"type": "x" * 10_000, "requestId": "x" * 10_000}},
    ],
)
def test_what_a_stranger_writes_is_not_repeated(envelope: object) -> None:
    """An unknown type is ``other``, and an id that is none is left out."""
    assert seen(envelope) == UNSEEN


def test_an_error_is_told_by_its_place(tmp_path: Path) -> None:
    """The kind of an error and its lines, never its text, which may hold what somebody said."""
    try:
        raise KeyError("ik heb pijn")
    except KeyError:
        error = sys.exc_info()
    line = JsonLines().format(LogRecord("skill", 40, __file__, 1, "a request failed", None, error))
    found = json.loads(line)
    assert (found["level"], found["event"], found["message"]) == ("error", "note", "a request failed")
    assert found["error"] == "KeyError"
    assert found["at"][0].startswith("test_log.py:")
    assert "pijn" not in line
