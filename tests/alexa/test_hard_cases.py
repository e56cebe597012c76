"""What goes wrong in real life: late events, other packs and devices, strange requests, long absences."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skill.alexa.contract import check
from skill.settings import Settings
from tests.alexa.conftest import Talk
from tests.envelopes import envelope, event, intent, launch, playing

DAY = 86_400
FAILED = {"error": {"type": "MEDIA_ERROR_UNKNOWN", "message": "x"}}


def failed(token: str, seconds: float, playing_now: str | None = None) -> dict[str, Any]:
    """A stream that could not be played, perhaps while another one plays."""
    state = {"token": playing_now or token, "offsetInMilliseconds": 50_000, "playerActivity": "PLAYING"}
    more: dict[str, Any] = {"token": token, "currentPlaybackState": state, **FAILED}
    return envelope("AudioPlayer.PlaybackFailed", seconds=seconds, **more)


def paused(talk: Talk, step: str = "open_book.right_side", seconds: float = 60) -> tuple[Any, dict[str, Any]]:
    """A pause in a step: the answer, and the player as the device tells of it from then on."""
    token, offset = talk.token(step.split(".", maxsplit=1)[0]), talk.at(step)
    answer = talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=seconds))
    return answer, playing(token, offset, "STOPPED")


def test_a_stream_of_an_older_pack_gets_its_own_token_back(talk: Talk) -> None:
    """The device compares the token that it plays: what follows is enqueued behind that, in the current pack."""
    token = talk.token(pack="abcdef12")
    answer = talk.send(event("PlaybackNearlyFinished", token, 100_000))
    assert answer.play["audioItem"]["stream"]["expectedPreviousToken"] == token
    assert answer.stream.pack == talk.pack.id


def test_no_log_line_says_what_was_meant(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells of types and times, never of intents: "pain" is nobody's business."""
    caplog.set_level(logging.DEBUG)
    for name in ("PainIntent", "DizzyIntent", "EmergencyIntent", "Forged\nIntent"):
        talk.send(intent(name, player=playing(talk.token(), 5_000)))
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("skill")]
    assert ours
    assert not any("Intent " in line or "Pain" in line or "Forged" in line for line in ours)


def test_a_late_failure_starts_nothing(talk: Talk) -> None:
    """After an emergency or a pause a failure that arrives late brings no sound back."""
    token, offset = talk.token(), talk.at("open_book.right_side")
    talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=60))
    assert talk.send(failed(token, 55)).body == {}
    talk.send(intent("EmergencyIntent", player=playing(token, offset), seconds=70))
    assert talk.send(failed(token, 71)).body == {}


def test_a_double_failure_is_tried_again_once(talk: Talk) -> None:
    """The second copy of the same failure changes nothing."""
    talk.send(event("PlaybackStarted", talk.token(), 0, seconds=10))
    assert talk.send(failed(talk.token(), 11)).directives == ["Play"]
    assert talk.send(failed(talk.token(), 11)).body == {}


def test_a_queued_stream_that_failed_does_not_disturb_the_one_that_plays(talk: Talk) -> None:
    """The next track is enqueued once more, behind the stream that sounds."""
    queued, sounding = talk.token("seated_turn"), talk.token("open_book")
    answer = talk.send(failed(queued, 60, sounding))
    assert answer.play["playBehavior"] == "ENQUEUE"
    assert answer.play["audioItem"]["stream"]["expectedPreviousToken"] == sounding
    assert talk.send(failed(answer.play_token, 61, sounding)).body == {}


@pytest.mark.parametrize("word", ["AMAZON.PauseIntent", "EasierIntent", "TimeLeftIntent"])
def test_a_word_does_not_make_a_pause_younger(talk: Talk, word: str) -> None:
    """Somebody who speaks a day later has been away for a day: "verder" leads to the safety line."""
    talk.send(launch())
    _, player = paused(talk)
    spoken = talk.send(intent(word, player=player, seconds=60 + DAY))
    later: dict[str, Any] = {"player": player, "seconds": 70 + DAY}
    if spoken.open:
        assert "Play" not in talk.send(intent("ResumeIntent", attributes=spoken.attributes, **later)).directives
    assert talk.send(intent("AMAZON.ResumeIntent", **later)).clip == "return_later[open_book]"


@pytest.mark.parametrize("way", ["NextStepIntent", "RepeatIntent", "PauseIntent", "DizzyIntent", "StartOverIntent"])
def test_a_second_pain_ends_the_run_on_every_road(talk: Talk, way: str) -> None:
    """Whatever was said after the first report, the second one ends the run."""
    answer, player = paused(talk)
    asked = talk.send(intent("PainIntent", attributes=answer.attributes, player=player, seconds=65))
    answer = talk.send(intent(way, attributes=asked.attributes, player=player, seconds=70))
    if "Play" in answer.directives:
        player = playing(answer.play_token, talk.at("open_book.right_side"))
        again = talk.send(intent("PainIntent", player=player, seconds=90))
    else:
        again = talk.send(intent("PainIntent", attributes=answer.attributes, player=player, seconds=75))
    assert again.clip == "pain_second"


@pytest.mark.parametrize("word", ["AMAZON.PauseIntent", "AMAZON.StopIntent", "AMAZON.NextIntent", "ForgetMeIntent"])
@pytest.mark.parametrize("token", ["garbage", "v1:bovenrug:gone:basic:normal:aaaaaaaa:r1:-"])
def test_audio_that_cannot_be_placed_is_stopped_all_the_same(talk: Talk, word: str, token: str) -> None:
    """Something plays and nobody knows where: a word still stops it."""
    assert "Stop" in talk.send(intent(word, player=playing(token, 5_000))).directives


def test_a_device_whose_run_was_ended_does_not_go_on_with_another(talk: Talk) -> None:
    """After an emergency here, "ga verder" leads to the full intro, also when a run waits elsewhere."""
    other = talk.token(run="run2")
    bedroom: dict[str, Any] = {"device": "amzn1.ask.device.BEDROOM"}
    talk.send(intent("AMAZON.PauseIntent", player=playing(other, 50_000), seconds=50, **bedroom))
    here = playing(talk.token(), talk.at("open_book.right_side"))
    talk.send(intent("EmergencyIntent", player=here, seconds=60))
    resumed = talk.send(intent("AMAZON.ResumeIntent", player={**here, "playerActivity": "STOPPED"}, seconds=70))
    assert (resumed.clip, "Play" in resumed.directives) == ("intro_first", False)


def test_who_went_on_elsewhere_is_found_there(talk: Talk) -> None:
    """The same run on two devices: the newest place counts."""
    paused(talk, "open_book.right_side", 60)
    bedroom: dict[str, Any] = {"device": "amzn1.ask.device.BEDROOM"}
    there = playing(talk.token("seated_turn"), talk.at("seated_turn.right_side"))
    talk.send(intent("AMAZON.PauseIntent", player=there, seconds=100, **bedroom))
    old = playing(talk.token(), talk.at("open_book.right_side"), "STOPPED")
    assert talk.send(launch(player=old, seconds=130)).clip == "welcome_back[seated_turn]"


def test_a_late_end_does_not_close_a_run_that_was_begun_again(talk: Talk) -> None:
    """ "Opnieuw" at the very end, then the late event of the end: the run goes on."""
    last = talk.token("elbows_up")
    again = talk.send(intent("AMAZON.StartOverIntent", player=playing(last, talk.at("elbows_up.closing")), seconds=300))
    talk.send(event("PlaybackFinished", last, talk.at("elbows_up.closing"), seconds=299))
    talk.send(event("PlaybackStarted", again.play_token, 0, seconds=301))
    pause = intent("AMAZON.PauseIntent", player=playing(again.play_token, 20_000), seconds=320)
    assert talk.send(pause).clip == "pause_first"


@pytest.mark.parametrize("kind", ["LaunchRequest", "IntentRequest"])
def test_words_without_a_session_are_answered(talk: Talk, kind: str) -> None:
    """An envelope without a session is strange, but no reason to fall over."""
    more: dict[str, Any] = {"intent": {"name": "StartIntent"}} if kind == "IntentRequest" else {}
    assert talk.send(envelope(kind, **more)).clip == "intro_first"


@pytest.mark.parametrize("odd", ["\ud800", "", "x" * 5_000, "\x00"])
def test_strange_ids_are_answered(talk: Talk, odd: str) -> None:
    """An id is hashed, whatever it holds."""
    assert talk.send(launch(user=odd, device=odd)).clip == "intro_first"
    assert talk.send(envelope("AlexaSkillEvent.SkillDisabled", user=odd)).body == {}


@pytest.mark.parametrize("offset", [10**30, -5, 0, 2**63])
def test_strange_offsets_are_answered(talk: Talk, offset: int) -> None:
    """An offset outside the track lies at its border."""
    assert talk.send(event("PlaybackStopped", talk.token(), offset)).body == {}
    assert talk.send(intent("AMAZON.PauseIntent", player=playing(talk.token(), offset))).clip == "pause_first"


def test_deep_attributes_are_refused(talk: Talk) -> None:
    """Nesting without end is 400, not a traceback."""
    deep: Any = []
    for _ in range(800):
        deep = [deep]
    response = talk.client.post("/alexa", json=intent("StartIntent", attributes={"x": deep}))
    assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    "authority",
    [
        {"values": [None]},
        {"values": [{"value": None}]},
        {"values": [{"value": {"id": "gone", "name": "weg"}}]},
        {"values": None},
        {},
    ],
)
def test_a_strange_slot_chooses_nothing(talk: Talk, authority: dict[str, Any]) -> None:
    """A slot without a known exercise is not understood; the microphone stays open."""
    answer, player = paused(talk)
    slot = {"name": "exercise", "value": "x", "resolutions": {"resolutionsPerAuthority": [authority]}}
    chosen = intent("ChooseExerciseIntent", slots={"exercise": slot}, attributes=answer.attributes, player=player)
    assert talk.send(chosen).clip == "not_understood_1"


def test_a_level_chosen_before_the_start_needs_no_database(settings: Settings, tmp_path: Path) -> None:
    """The session carries the wish until the first stream."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    talk = Talk(replace(settings, database=tmp_path / "file" / "db"))
    asked = talk.send(launch())
    eased = talk.send(intent("EasierIntent", attributes=asked.attributes))
    assert talk.send(intent("StartIntent", attributes=eased.attributes)).stream.level == "easier"


def test_a_screen_without_a_player_gets_no_player_directives(talk: Talk) -> None:
    """A device that knows no AudioPlayer is sent none of its directives; the rules would refuse them."""
    for name in ("AMAZON.PauseIntent", "AMAZON.StopIntent", "PainIntent", "EmergencyIntent"):
        assert talk.send(intent(name, interfaces={"Display": {}})).directives == []
    asked = launch(interfaces={"Display": {}})
    stop = {"version": "1.0", "response": {"directives": [{"type": "AudioPlayer.Stop"}]}}
    assert [one.rule for one in check(asked, stop)] == ["interface"]


def test_when_rest_is_said_it_is_rest(talk: Talk) -> None:
    """Three misses while something played: the words promise a pause, so the audio stops."""
    token, offset = talk.token(), talk.at("open_book.right_side")
    player = playing(token, offset)
    answer = talk.send(intent("SafetyInfoIntent", player=player))
    for _ in range(3):
        answer = talk.send(intent("AMAZON.FallbackIntent", attributes=answer.attributes, player=player))
    assert (answer.clip, answer.directives, answer.open) == ("not_understood_3", ["Stop"], False)
