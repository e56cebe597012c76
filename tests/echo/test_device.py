"""The virtual Echo as a device: microphone, session, refusals and the player around an exchange."""

from __future__ import annotations

from skill.echo.happenings import Kind
from skill.echo.routing import Road
from tests.echo.scripted import ScriptedSkill, device, play, speak

ASK = {"outputSpeech": speak("clip-a"), "reprompt": {"outputSpeech": speak("clip-b")}, "shouldEndSession": False}
START = {"LaunchRequest": {"directives": [play("one")], "shouldEndSession": True}}


def test_silence_is_reprompted_once_and_then_ends_the_session() -> None:
    """8 s, one reprompt, 8 s, and SessionEndedRequest with EXCEEDED_MAX_REPROMPTS."""
    skill = ScriptedSkill({"LaunchRequest": ASK})
    echo, happenings = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(4.9)
    assert not echo.is_listening
    echo.advance_to(12.9)
    assert echo.is_listening
    echo.advance_to(18.5)
    assert [one.kind for one in happenings].count(Kind.REPROMPT) == 1
    echo.advance_to(60.0)
    assert skill.kinds == ["LaunchRequest", "SessionEndedRequest"]
    assert skill.requests[-1]["request"]["reason"] == "EXCEEDED_MAX_REPROMPTS"
    assert not echo.in_session


def test_without_a_reprompt_the_first_silence_ends_the_session() -> None:
    """A microphone that is opened once shuts after 8 s."""
    skill = ScriptedSkill({"LaunchRequest": {"outputSpeech": speak("clip-a"), "shouldEndSession": False}})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(13.0)
    assert not echo.in_session
    assert skill.kinds[-1] == "SessionEndedRequest"


def test_a_session_keeps_its_id_and_is_new_only_once() -> None:
    """Words with the microphone open belong to the session; the next launch has another."""
    skill = ScriptedSkill({"LaunchRequest": ASK, "HelpIntent": ASK, "AMAZON.HelpIntent": ASK})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(6.0)
    echo.say("help")
    echo.advance_to(12.0)
    echo.say("Alexa, start rugoefening")
    sessions = [one["session"] for one in skill.requests]
    assert [one["new"] for one in sessions] == [True, False, True]
    assert sessions[0]["sessionId"] == sessions[1]["sessionId"] != sessions[2]["sessionId"]


def test_the_stream_begins_after_the_words() -> None:
    """Speech that comes with a Play directive is heard first."""
    answer = {"outputSpeech": speak("clip-a"), "directives": [play("one")], "shouldEndSession": True}
    skill = ScriptedSkill({"LaunchRequest": answer})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(4.9)
    assert not echo.player.is_sounding
    echo.advance_to(5.1)
    assert echo.player.is_sounding


def test_events_have_no_session_and_follow_the_length_of_the_file() -> None:
    """All events of a stream that plays out, with the place that the file's own length gives."""
    skill = ScriptedSkill(START)
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(200.0)
    assert skill.kinds[1:] == [
        "AudioPlayer.PlaybackStarted",
        "AudioPlayer.PlaybackNearlyFinished",
        "AudioPlayer.PlaybackFinished",
    ]
    assert all("session" not in one for one in skill.requests[1:])
    assert skill.requests[-1]["request"]["offsetInMilliseconds"] == 100_000


def test_an_utterance_holds_the_stream_and_it_goes_on_by_itself() -> None:
    """PlaybackStopped, the request with the place, and PlaybackStarted when the exchange is over."""
    skill = ScriptedSkill({**START, "AMAZON.PauseIntent": {"outputSpeech": speak("clip-a"), "shouldEndSession": True}})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(30.0)
    echo.say("Alexa, pauze")
    echo.advance_to(40.0)
    assert skill.kinds[2:] == ["AudioPlayer.PlaybackStopped", "IntentRequest", "AudioPlayer.PlaybackStarted"]
    asked = skill.requests[3]["context"]["AudioPlayer"]
    assert (asked["token"], asked["offsetInMilliseconds"]) == ("one", 30_000)
    assert echo.player.offset_ms(40.0) == 35_000


def test_a_stop_directive_keeps_a_pause_a_pause() -> None:
    """After Stop nothing goes on by itself, whatever else is said to Alexa."""
    skill = ScriptedSkill({**START, "AMAZON.PauseIntent": {"directives": [{"type": "AudioPlayer.Stop"}]}})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(30.0)
    echo.say("Alexa, pauze")
    echo.say("Alexa, wat is het weer")
    echo.advance_to(90.0)
    assert echo.player.activity == "STOPPED"


def test_a_refused_answer_is_heard_and_reported() -> None:
    """What Alexa would refuse is not obeyed: the person hears trouble, the skill gets ExceptionEncountered."""
    skill = ScriptedSkill({"LaunchRequest": {"directives": [play("one")], "shouldEndSession": False}})
    echo, happenings = device(skill)
    echo.say("Alexa, open rugoefening")
    assert Kind.TROUBLE in [one.kind for one in happenings]
    assert skill.kinds == ["LaunchRequest", "System.ExceptionEncountered"]
    assert skill.requests[1]["request"]["cause"] == {"requestId": skill.requests[0]["request"]["requestId"]}
    assert echo.player.current is None


def test_a_refused_answer_to_an_event_is_reported() -> None:
    """Play in answer to PlaybackFinished is refused, and the queue stays as it was."""
    skill = ScriptedSkill({**START, "AudioPlayer.PlaybackFinished": {"directives": [play("two")]}})
    echo, happenings = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(200.0)
    assert Kind.REFUSED in [one.kind for one in happenings]
    assert skill.kinds[-1] == "System.ExceptionEncountered"
    assert not echo.player.is_sounding


def test_a_skill_that_is_not_there_is_heard() -> None:
    """A server error: the device says so, and what was playing goes on."""
    skill = ScriptedSkill(START)
    echo, happenings = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(10.0)
    skill.status = 500
    echo.say("Alexa, pauze")
    echo.advance_to(15.0)
    assert "status 500" in next(one.text for one in happenings if one.kind is Kind.TROUBLE)
    assert echo.player.is_sounding


def test_audio_that_is_gone_is_reported() -> None:
    """PlaybackFailed carries the error and the state of the player."""
    skill = ScriptedSkill({"LaunchRequest": {"directives": [play("gone")]}})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(1.0)
    failed = skill.requests[-1]["request"]
    assert failed["type"] == "AudioPlayer.PlaybackFailed"
    assert failed["error"]["type"].startswith("MEDIA_ERROR_")
    assert failed["currentPlaybackState"] == {
        "token": "gone",
        "offsetInMilliseconds": 0,
        "playerActivity": "STOPPED",
    }


def test_buttons_go_without_a_session() -> None:
    """A button is a PlaybackController request, and its directives are obeyed."""
    skill = ScriptedSkill({**START, "PlaybackController.NextCommandIssued": {"directives": [play("two")]}})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(10.0)
    echo.press("Next")
    assert echo.player.current is not None
    assert echo.player.current.file == "two.mp3"
    assert "session" not in skill.requests[-1]


def test_exit_words_end_the_session_without_an_intent() -> None:
    """The device closes the session by itself and tells the skill."""
    skill = ScriptedSkill({"LaunchRequest": ASK})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(6.0)
    assert echo.say("sluit af") is Road.EXIT
    assert skill.requests[-1]["request"]["reason"] == "USER_INITIATED"


def test_words_cut_off_what_is_being_said_and_what_would_follow() -> None:
    """Whoever speaks over the answer never hears its end, and its stream does not begin."""
    answer = {"outputSpeech": speak("clip-a"), "directives": [play("one")], "shouldEndSession": True}
    skill = ScriptedSkill({"LaunchRequest": answer})
    echo, _ = device(skill)
    echo.say("Alexa, open rugoefening")
    echo.advance_to(2.0)
    echo.say("Alexa, wat is het weer")
    echo.advance_to(30.0)
    assert echo.player.current is None
