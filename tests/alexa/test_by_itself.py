"""Nothing begins by itself behind a word that stopped, and what was interrupted is still to be done."""

from __future__ import annotations

import pytest

from tests.alexa.conftest import Answer, Talk
from tests.envelopes import envelope, event, intent, launch, playing


def begin(talk: Talk) -> str:
    """Open the skill and start; the token that plays."""
    asked = talk.send(launch())
    return talk.send(intent("StartIntent", attributes=asked.attributes, seconds=110)).play_token


@pytest.mark.parametrize(
    "word", ["PainIntent", "DizzyIntent", "AMAZON.PauseIntent", "AMAZON.StopIntent", "StepByStepIntent"]
)
@pytest.mark.parametrize("kind", ["PlaybackFailed", "PlaybackNearlyFinished"])
def test_no_event_starts_anything_behind_a_stop(talk: Talk, word: str, kind: str) -> None:
    """Whatever the player still tells of the stream that was stopped, it stays silent."""
    token = begin(talk)
    talk.send(event("PlaybackStarted", token, 0, seconds=112))
    assert "Stop" in talk.send(intent(word, player=playing(token, 60_000), seconds=170)).directives
    for second in (169, 171):
        assert talk.send(event(kind, token, 60_000, seconds=second)).directives == []


def test_after_going_on_the_chain_is_whole_again(talk: Talk) -> None:
    """Once something plays again by a word, the next exercise follows, and a failure is tried again."""
    token = begin(talk)
    paused = talk.send(intent("AMAZON.PauseIntent", player=playing(token, 60_000), seconds=170))
    stopped = playing(token, 60_000, "STOPPED")
    going = talk.send(intent("AMAZON.ResumeIntent", attributes=paused.attributes, player=stopped, seconds=175))
    token = going.play_token
    assert talk.send(event("PlaybackNearlyFinished", token, 150_000, seconds=300)).directives == ["Play"]
    assert talk.send(event("PlaybackFailed", token, 150_000, seconds=301)).directives == ["Play"]


def speak_first_step(talk: Talk) -> Answer:
    """Choose step by step and start; the answer with the first step in it."""
    asked = talk.send(launch())
    chosen = talk.send(intent("StepByStepIntent", attributes=asked.attributes, seconds=105))
    return talk.send(intent("StartIntent", attributes=chosen.attributes, seconds=110))


@pytest.mark.parametrize(
    ("seconds", "reason", "step"),
    [(115, "USER_INITIATED", "to_floor"), (200, "ERROR", "to_floor"), (200, "EXCEEDED_MAX_REPROMPTS", "position")],
)
def test_a_session_that_ends_in_a_step_keeps_that_step(talk: Talk, seconds: int, reason: str, step: str) -> None:
    """Only a step that was surely heard to its end is behind one."""
    spoken = speak_first_step(talk)
    session = {"new": False, "attributes": spoken.attributes}
    talk.send(envelope("SessionEndedRequest", session=session, seconds=seconds, reason=reason))
    back = talk.send(launch(seconds=500))
    onward = talk.send(intent("AMAZON.ResumeIntent", attributes=back.attributes, seconds=510))
    assert onward.heard == [f"resume_position[open_book.{step}]", f"open_book.{step}", "step_ask"]


def test_pain_at_the_lightest_level_takes_the_position_again(talk: Talk) -> None:
    """Who was at easier already and said pain: going on later begins with the position, never in the middle."""
    token = begin(talk)
    easier = talk.send(intent("EasierIntent", player=playing(token, talk.at("open_book.right_side")), seconds=170))
    offset = talk.at("open_book.right_side")
    talk.send(intent("PainIntent", player=playing(easier.play_token, offset), seconds=200))
    later = intent("AMAZON.ResumeIntent", player=playing(easier.play_token, offset, "STOPPED"), seconds=230)
    answer = talk.send(later)
    assert answer.clip in ("resume_position[open_book.right_side]", "resume_after_pain[open_book.right_side]")


def test_easier_after_pain_before_the_start_is_not_saved(talk: Talk) -> None:
    """A level that pain asked for is for this time only."""
    asked = talk.send(launch())
    hurt = talk.send(intent("PainIntent", attributes=asked.attributes, seconds=110))
    talk.send(intent("EasierIntent", attributes=hurt.attributes, seconds=120))
    again = talk.send(launch(seconds=4_000))
    assert talk.send(intent("StartIntent", attributes=again.attributes, seconds=4_100)).stream.level == "basic"


@pytest.mark.parametrize("activity", ["DANCING", "", None, 7])
def test_an_unknown_activity_of_the_player_is_answered(talk: Talk, activity: object) -> None:
    """A word is heard whatever Alexa calls the state of the player: also one of pain."""
    player = {**playing(talk.token(), 40_000), "playerActivity": activity}
    assert talk.send(intent("PainIntent", player=player)).clip == "pain_first"


@pytest.mark.parametrize("value", [[], {}, ["easier"], 5, None])
def test_wishes_of_the_session_that_are_no_words_are_ignored(talk: Talk, value: object) -> None:
    """A session that was tampered with cannot silence the answer to pain."""
    attributes = {"question": "pause", "level": value, "tempo": value, "way": value, "intro": value}
    assert talk.send(intent("PainIntent", attributes=attributes)).clip == "pain_first"


def test_an_introduction_from_the_future_does_not_count(talk: Talk) -> None:
    """A request of a clock that was far ahead leaves no short introduction behind for years."""
    talk.send(launch(seconds=50 * 365 * 86_400))
    assert talk.send(launch(seconds=100)).clip == "intro_first"
