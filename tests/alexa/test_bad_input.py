"""Requests with parts that are missing, strange or out of time: the routine goes on, and nothing stored is harmed."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

import pytest

from tests.alexa.conftest import Answer, Talk
from tests.envelopes import EPOCH, event, intent, launch, playing

pytestmark = pytest.mark.no_cover  # the same lines again and again: coverage would make it twice as slow
RUN = "run1"


def begin(talk: Talk, **more: Any) -> Answer:
    """Open the skill and start."""
    asked = talk.send(launch(**more))
    return talk.send(intent("StartIntent", attributes=asked.attributes, seconds=70, **more))


def changed(envelope: dict[str, Any], **system: Any) -> dict[str, Any]:
    """The envelope with other facts in its System object; None takes one away, a user everywhere."""
    known = {**envelope["context"]["System"], **system}
    if "user" in system:
        del envelope["session"]["user"]
    envelope["context"]["System"] = {key: value for key, value in known.items() if value is not None}
    return envelope


def rows(talk: Talk, table: str) -> list[tuple[Any, ...]]:
    """All that a table holds."""
    with sqlite3.connect(talk.settings.database) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608 # a constant


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"exercise": {"name": "exercise"}},
        {"exercise": {"name": "exercise", "value": ""}},
        {"exercise": {"name": "exercise", "value": "zevenhonderd"}},
        {"exercise": {"name": "exercise", "value": "x" * 5_000}},
        {"exercise": {"name": "exercise", "value": "?", "resolutions": {"resolutionsPerAuthority": []}}},
        {"other": {"name": "other", "value": "drie"}},
    ],
)
@pytest.mark.parametrize("question", ["start", "pause", "step", "between", "return"])
def test_an_exercise_that_does_not_exist_moves_nothing(talk: Talk, slots: dict[str, Any], question: str) -> None:
    """ "Oefening zevenhonderd" is not understood: a hint, the same question, nothing plays and nothing is lost."""
    place = {"token": talk.token("seated_turn"), "offset": talk.at("seated_turn.position")}
    attributes = {"question": question, "misses": 0, "place": place, "at": EPOCH.timestamp()}
    answer = talk.send(intent("ChooseExerciseIntent", slots=slots, attributes=attributes, seconds=5))
    assert answer.directives == []
    assert answer.open
    assert answer.attributes["question"] == question
    assert answer.attributes["place"] == {**place, "step": "position"}


@pytest.mark.parametrize("locale", ["fr-FR", "nl-BE", "xx", "", None, "en-AU"])
def test_an_unknown_locale_is_answered(talk: Talk, locale: str | None) -> None:
    """A device in a language that the skill does not know gets the nearest clips, and a training."""
    opened = launch()
    opened["request"]["locale"] = locale
    asked = talk.send(opened)
    assert asked.open
    expected = "intro_first@en" if locale == "en-AU" else "intro_first"
    assert talk.pack.clips[f"bovenrug/{expected}"].file in asked.body["outputSpeech"]["ssml"]
    started = intent("StartIntent", attributes=asked.attributes, seconds=70)
    started["request"]["locale"] = locale
    assert talk.send(started).step == "to_floor"


@pytest.mark.parametrize("gone", ["user", "device", "both"])
def test_without_user_or_device_the_training_goes_on(talk: Talk, gone: str) -> None:
    """The token is enough to pause and go on; of nobody nothing is stored."""
    missing = {"user": None} if gone != "device" else {}
    missing |= {"device": None} if gone != "user" else {}
    at = talk.at("open_book.right_side")
    player = playing(talk.token(), at)
    answer = talk.send(changed(intent("AMAZON.PauseIntent", player=player), **missing))
    assert (answer.clip, answer.open) == ("pause_first", True)
    resumed = intent("AMAZON.ResumeIntent", attributes=answer.attributes, player=playing(talk.token(), at, "STOPPED"))
    back = talk.send(changed(resumed, **missing))
    assert back.step == "right_side"
    if gone != "device":
        assert (rows(talk, "person"), rows(talk, "place")) == ([], [])


def test_a_recognised_voice_is_the_same_person(talk: Talk) -> None:
    """Alexa names a voice she recognises; player events name nobody, so the account is the person."""
    token = begin(talk).play_token
    paused = changed(intent("AMAZON.PauseIntent", player=playing(token, 40_000), seconds=110), person={"personId": "P"})
    assert talk.send(paused).clip == "pause_first"
    assert len({row[0] for row in rows(talk, "place")}) == 1
    assert talk.send(launch(seconds=300)).clip == "welcome_back[open_book]"


@pytest.mark.parametrize("jump", [-3_600, -86_400 * 400, 86_400 * 365])
def test_a_clock_that_jumps_loses_nothing(talk: Talk, jump: int) -> None:
    """A time that cannot be is like a long pause: a safety text and a question, never a crash or a sudden start."""
    token = begin(talk).play_token
    talk.send(intent("AMAZON.PauseIntent", player=playing(token, 40_000), seconds=110))
    stopped = playing(token, 40_000, "STOPPED")
    answer = talk.send(intent("AMAZON.ResumeIntent", player=stopped, seconds=110 + jump))
    assert (answer.directives, answer.open) == (["Stop"], True)
    later = talk.send(launch(player=stopped, seconds=170))
    assert later.clip == "welcome_back[open_book]"


@pytest.mark.parametrize("timestamp", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", None])
def test_a_time_that_is_none_is_answered(talk: Talk, timestamp: str | None) -> None:
    """Whatever stands for the time, there is an answer: a training, or the refusal of what is no request."""
    envelope = launch()
    envelope["request"]["timestamp"] = timestamp
    response = talk.client.post("/alexa", json=envelope)
    assert response.status_code in (200, 400)
    assert begin(talk).step == "to_floor"


@pytest.mark.parametrize("until", ["soon", -5, 1e300, None, [], True])
@pytest.mark.parametrize("way", ["step_by_step", "sideways", 7, None])
def test_strange_session_attributes_are_answered(talk: Talk, until: object, way: object) -> None:
    """What comes back from the session is not trusted: the next word still has an answer."""
    place = {"token": talk.token(), "offset": talk.at("open_book.position")}
    attributes = {"question": "step", "misses": 0, "place": place, "at": until, "until": until, "way": way}
    answer = talk.send(intent("AMAZON.ResumeIntent", attributes=attributes, seconds=5))
    assert answer.heard or answer.directives


def test_step_by_step_is_kept_without_a_database(talk: Talk) -> None:
    """The session carries the way to train, the place and the level; a store that is down changes none of it."""
    talk.settings.database.unlink(missing_ok=True)
    talk.settings.database.mkdir()
    asked = talk.send(launch())
    chosen = talk.send(intent("StepByStepIntent", attributes=asked.attributes, seconds=80))
    first = talk.send(intent("StartIntent", attributes=chosen.attributes, seconds=90))
    assert first.heard == ["start", "open_book.to_floor", "step_ask"]
    into = talk.send(intent("EasierIntent", attributes=first.attributes, seconds=95))
    assert into.clip == "easier_paused"
    again = talk.send(intent("AMAZON.ResumeIntent", attributes=into.attributes, seconds=100))
    assert again.heard == ["resume_soon", "open_book.to_floor", "step_ask"]


def test_trouble_with_the_database_is_logged_once(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    """Ten words while it cannot be used: the log says once what is wrong."""
    begin(talk)
    talk.settings.database.unlink(missing_ok=True)
    talk.settings.database.mkdir()
    with caplog.at_level(logging.WARNING):
        for second in range(10):
            talk.send(intent("TimeLeftIntent", player=playing(talk.token(), 40_000), seconds=200 + second))
            talk.send(event("PlaybackStarted", talk.token(), 0, seconds=200 + second))
    said = [record for record in caplog.records if "progress" in record.getMessage()]
    assert len(said) == 1, [record.getMessage() for record in said]
