"""The skill as Alexa sees it: words, events and buttons through the real endpoint."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skill.settings import Settings
from tests.alexa.conftest import Talk
from tests.copies import copied
from tests.envelopes import envelope, event, intent, launch, playing

DAY = 86_400


def begin(talk: Talk) -> str:
    """Start a training and return the token of its first stream."""
    asked = talk.send(launch())
    started = talk.send(intent("StartIntent", attributes=asked.attributes, seconds=5))
    token = str(started.play["audioItem"]["stream"]["token"])
    talk.send(event("PlaybackStarted", token, 0, seconds=6))
    return token


def test_a_launch_opens_the_microphone_with_a_reprompt(talk: Talk) -> None:
    """The first launch says the full intro, keeps the session open and can ask once more."""
    answer = talk.send(launch())
    assert (answer.clip, answer.open, answer.directives) == ("intro_first", True, [])
    assert "reprompt" in answer.body


def test_start_plays_the_first_exercise_with_its_title(talk: Talk) -> None:
    """Start says a word and plays track one from its start; a screen shows which exercise it is."""
    asked = talk.send(launch())
    answer = talk.send(intent("StartIntent", attributes=asked.attributes))
    assert (answer.clip, answer.directives, answer.open) == ("start", ["Play"], False)
    assert answer.stream.track == "open_book"
    item = answer.play["audioItem"]
    assert item["metadata"] == {"title": "Het open boek", "subtitle": "Oefening 1 van 3"}
    assert item["stream"]["url"].startswith("http://127.0.0.1:5050/audio/espeak/track-")


def test_the_next_track_is_enqueued_once_it_is_due(talk: Talk) -> None:
    """NearlyFinished enqueues the following track behind this one; twice gives the same answer twice."""
    token = begin(talk)
    answers = [talk.send(event("PlaybackNearlyFinished", token, 100_000, seconds=100)) for _ in range(2)]
    assert answers[0].raw == answers[1].raw
    stream = answers[0].play["audioItem"]["stream"]
    assert answers[0].play["playBehavior"] == "ENQUEUE"
    assert stream["expectedPreviousToken"] == token
    assert answers[0].stream.track == "seated_turn"


def test_pause_and_going_on(talk: Talk) -> None:
    """Pause opens the microphone once, without a reprompt; "ga verder" 10 s later goes on in the same step."""
    token, offset = begin(talk), talk.at("open_book.explanation")
    paused = talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=60))
    assert (paused.clip, paused.directives, paused.open) == ("pause_first", ["Stop"], True)
    assert "reprompt" not in paused.body
    still = playing(token, offset, "STOPPED")
    resumed = talk.send(intent("AMAZON.ResumeIntent", attributes=paused.attributes, player=still, seconds=70))
    assert (resumed.clip, resumed.step, resumed.open) == ("resume_soon", "explanation", False)
    again = talk.send(intent("AMAZON.PauseIntent", player=playing(resumed.play_token, offset), seconds=80))
    assert again.clip == "pause_short"


@pytest.mark.parametrize(
    ("away", "clip", "plays"),
    [
        (10, "resume_soon", True),
        (600, "resume_position[open_book.explanation]", True),
        (DAY, "return_later[open_book]", False),
    ],
)
def test_coming_back_without_a_session(talk: Talk, away: int, clip: str, plays: bool) -> None:
    """The longer one was away, the more one hears before going on."""
    token, offset = begin(talk), talk.at("open_book.explanation")
    talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=60))
    back = intent("AMAZON.ResumeIntent", player=playing(token, offset, "STOPPED"), seconds=60 + away)
    answer = talk.send(back)
    assert answer.clip == clip
    assert ("Play" in answer.directives) is plays
    assert answer.open is not plays


def test_coming_back_on_another_device(talk: Talk) -> None:
    """A device that never played knows the place from memory."""
    token, offset = begin(talk), talk.at("open_book.explanation")
    talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=60))
    answer = talk.send(launch(device="amzn1.ask.device.BEDROOM", seconds=300))
    assert answer.clip == "welcome_back[open_book]"
    resumed = talk.send(
        intent("ResumeIntent", attributes=answer.attributes, device="amzn1.ask.device.BEDROOM", seconds=310)
    )
    assert resumed.step == "explanation"


def test_playback_stopped_only_saves_the_place(talk: Talk) -> None:
    """Any voice request stops a stream for a moment: the event is answered with nothing, the place moves."""
    token = begin(talk)
    stopped = talk.send(event("PlaybackStopped", token, talk.at("open_book.left_side"), seconds=120))
    assert stopped.body == {}
    answer = talk.send(launch(seconds=130))
    resumed = talk.send(intent("ResumeIntent", attributes=answer.attributes, seconds=140))
    assert resumed.step == "left_side"


def test_an_emergency_ends_the_run_for_good(talk: Talk) -> None:
    """After an emergency nothing is enqueued, late events bring nothing back, "ga verder" hears the full intro."""
    token, offset = begin(talk), talk.at("open_book.left_side")
    answer = talk.send(intent("EmergencyIntent", player=playing(token, offset), seconds=60))
    assert (answer.clip, answer.directives, answer.open) == ("emergency", ["Stop", "ClearQueue"], False)
    assert talk.send(event("PlaybackStopped", token, offset, seconds=61)).body == {}
    assert talk.send(event("PlaybackNearlyFinished", token, offset, seconds=61)).body == {}
    resumed = talk.send(intent("AMAZON.ResumeIntent", player=playing(token, offset, "STOPPED"), seconds=70))
    assert (resumed.clip, "Play" in resumed.directives) == ("intro_first", False)


def test_after_pain_the_easier_level_waits_even_without_a_session(talk: Talk) -> None:
    """The microphone closed after pain: "ga verder" is at the easier level, which is not saved as a wish."""
    token, offset = begin(talk), talk.at("open_book.right_side")
    asked = talk.send(intent("PainIntent", player=playing(token, offset), seconds=60))
    assert (asked.clip, asked.directives, asked.open) == ("pain_first", ["Stop"], True)
    talk.send(event("PlaybackStopped", token, offset, seconds=60))
    resumed = talk.send(intent("AMAZON.ResumeIntent", player=playing(token, offset, "STOPPED"), seconds=80))
    assert (resumed.stream.level, resumed.step) == ("easier", "right_side")
    with sqlite3.connect(talk.settings.database) as connection:
        assert connection.execute("SELECT count(*) FROM person WHERE level IS NOT NULL").fetchone() == (0,)


def test_a_marked_stream_knows_a_second_pain(talk: Talk) -> None:
    """ "Verder" in the session marks the stream; a second report on it ends the run."""
    token, offset = begin(talk), talk.at("open_book.right_side")
    asked = talk.send(intent("PainIntent", player=playing(token, offset), seconds=60))
    resumed = talk.send(intent("ResumeIntent", attributes=asked.attributes, player=playing(token, offset), seconds=65))
    assert resumed.clip == "resume_after_pain[open_book.right_side]"
    second = talk.send(intent("PainIntent", player=playing(resumed.play_token, offset), seconds=90))
    assert (second.clip, second.open) == ("pain_second", False)


def test_a_finished_run_is_counted_and_closed(talk: Talk) -> None:
    """The end of the last track finishes the run; the next launch begins a new one with the short intro."""
    token = begin(talk)
    last = talk.token("elbows_up", run=token.split(":")[6])
    end = talk.pack.tracks["bovenrug/elbows_up/basic/normal"].ms
    for _ in range(2):
        talk.send(event("PlaybackNearlyFinished", last, end - 10_000, seconds=590))
        talk.send(event("PlaybackFinished", last, end, seconds=600))
    with sqlite3.connect(talk.settings.database) as connection:
        assert connection.execute("SELECT count(*) FROM finished").fetchone() == (1,)
    assert talk.send(launch(seconds=700)).clip == "intro_later[1]"


@pytest.mark.parametrize(("days", "clip"), [(29, "intro_later[0]"), (31, "intro_first")])
def test_after_a_month_the_full_intro_comes_back(talk: Talk, days: int, clip: str) -> None:
    """Who has not been there for 30 days hears all of the safety text again."""
    talk.send(launch())
    assert talk.send(launch(seconds=days * DAY)).clip == clip


def test_a_failed_stream_is_sent_once_more(talk: Talk) -> None:
    """The first failure plays the same place again, the second only stops."""
    failed: dict[str, Any] = {"error": {"type": "MEDIA_ERROR_UNKNOWN", "message": "x"}}
    state = {"token": talk.token(), "offsetInMilliseconds": 7_000, "playerActivity": "STOPPED"}
    first = talk.send(envelope("AudioPlayer.PlaybackFailed", token=talk.token(), currentPlaybackState=state, **failed))
    assert first.play["audioItem"]["stream"]["offsetInMilliseconds"] == 7_000
    again = talk.send(envelope("AudioPlayer.PlaybackFailed", token=first.play_token, **failed))
    assert again.directives == ["Stop"]


def test_buttons_get_directives_only(talk: Talk) -> None:
    """Next on a screen or remote plays the next step without a word."""
    token = begin(talk)
    pressed = envelope("PlaybackController.NextCommandIssued", player=playing(token, talk.at("open_book.position")))
    answer = talk.send(pressed)
    assert (answer.clip, answer.step) == (None, "explanation")


def test_words_that_nobody_knows_are_answered(talk: Talk) -> None:
    """An intent that the skill does not know counts as not understood."""
    asked = talk.send(launch())
    answer = talk.send(intent("SomethingNewIntent", attributes=asked.attributes))
    assert (answer.clip, answer.open) == ("not_understood_start_1", True)


def test_an_exercise_is_chosen_by_its_slot(talk: Talk) -> None:
    """The slot's resolved id names the exercise; a slot that did not match names none."""

    def chosen(code: str) -> dict[str, Any]:
        match: dict[str, Any] = {"authority": "a", "status": {"code": code}}
        if code == "ER_SUCCESS_MATCH":
            match["values"] = [{"value": {"name": "drie", "id": "elbows_up"}}]
        slot = {"name": "exercise", "value": "drie", "resolutions": {"resolutionsPerAuthority": [match]}}
        player = playing(talk.token(), talk.at("open_book.position"))
        return intent("ChooseExerciseIntent", slots={"exercise": slot}, player=player)

    assert talk.send(chosen("ER_SUCCESS_MATCH")).stream.track == "elbows_up"
    assert talk.send(chosen("ER_SUCCESS_NO_MATCH")).clip == "cannot"


def test_a_device_without_an_audio_player_trains_in_conversation(talk: Talk) -> None:
    """Start on a device that cannot stream speaks the first step, and opens the microphone behind it."""
    asked = talk.send(launch(interfaces={"Display": {}}))
    answer = talk.send(intent("StartIntent", attributes=asked.attributes, interfaces={"Display": {}}))
    assert (answer.heard, answer.directives, answer.open) == (["start", "open_book.to_floor", "step_ask"], [], True)


def test_forgetting_wipes_and_stays_wiped(talk: Talk) -> None:
    """Yes wipes; a late event of the same run stores nothing."""
    token = begin(talk)
    asked = talk.send(intent("ForgetMeIntent", player=playing(token, 5_000), seconds=60))
    done = talk.send(intent("AMAZON.YesIntent", attributes=asked.attributes, player=playing(token, 5_000), seconds=65))
    assert (done.clip, done.directives) == ("forget_done", ["Stop", "ClearQueue"])
    talk.send(event("PlaybackStopped", token, 6_000, seconds=66))
    with sqlite3.connect(talk.settings.database) as connection:
        for table in ("person", "place", "finished"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608  # constants


def test_switching_the_skill_off_wipes(talk: Talk) -> None:
    """SkillDisabled wipes what is known of the person."""
    begin(talk)
    assert talk.send(envelope("AlexaSkillEvent.SkillDisabled", seconds=50)).body == {}
    assert talk.send(launch(seconds=60)).clip == "intro_first"


def test_no_id_is_stored_in_clear(talk: Talk) -> None:
    """The database holds keyed hashes of ids, and nothing about pain."""
    token = begin(talk)
    talk.send(intent("PainIntent", player=playing(token, 50_000), seconds=60))
    with sqlite3.connect(talk.settings.database) as connection:
        dump = "\n".join(connection.iterdump())
    assert "amzn1" not in dump
    assert "pain" not in dump.lower()


def test_the_routine_goes_on_without_a_database(settings: Settings, tmp_path: Path) -> None:
    """Without memory: the full intro, and all playback from the token alone; only wiping says it failed."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    talk = Talk(replace(settings, database=tmp_path / "file" / "db"))
    token = begin(talk)
    player = playing(token, talk.at("open_book.position"))
    assert talk.send(intent("AMAZON.NextIntent", player=player, seconds=50)).step == "explanation"
    paused = talk.send(intent("AMAZON.PauseIntent", player=player, seconds=60))
    resumed = talk.send(intent("ResumeIntent", attributes=paused.attributes, player=player, seconds=65))
    assert resumed.step == "position"
    later = talk.send(intent("AMAZON.ResumeIntent", player=playing(token, 5_000, "STOPPED"), seconds=70))
    assert later.clip == "intro_first"
    asked = talk.send(intent("ForgetMeIntent", player=player))
    assert talk.send(intent("AMAZON.YesIntent", attributes=asked.attributes)).clip == "forget_failed"


def rebuilt(settings: Settings, folder: Path, change: Any, keep_old: bool = True) -> Talk:
    """The application on a pack of which the open book was made anew."""
    copy = folder / "packs" / "espeak"
    copied(settings.pack_folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    if not keep_old:
        (copy / f"manifest-{manifest['pack']}.json").unlink()
    manifest["pack"] = "bbbbbbbb"
    for key, track in manifest["tracks"].items():
        if "/open_book/" in key:
            track["hash"] += "x"
            change(track)
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Talk(replace(settings, packs=folder / "packs"))


def _later(track: dict[str, Any]) -> None:
    """Everything 5 s later: a longer first step."""
    for number, step in enumerate(track["steps"]):
        step["start_ms"] += 5_000 if number else 0
        step["end_ms"] += 5_000
        for cue in step["cues"]:
            cue["start_ms"] += 5_000
            cue["end_ms"] += 5_000
    track["ms"] += 5_000


@pytest.mark.parametrize(("keep_old", "step"), [(True, "explanation"), (False, "to_floor")])
def test_a_place_of_an_older_pack_is_found_by_step(
    settings: Settings, talk: Talk, tmp_path: Path, keep_old: bool, step: str
) -> None:
    """Editing the routine does not break a place; with the old manifest gone it falls back to the exercise."""
    token, offset = talk.token(), talk.at("open_book.explanation")
    newer = rebuilt(settings, tmp_path, _later, keep_old)
    answer = newer.send(intent("AMAZON.PauseIntent", player=playing(token, offset), seconds=60))
    resumed = newer.send(intent("ResumeIntent", attributes=answer.attributes, seconds=65))
    assert resumed.step == step
    assert resumed.stream.pack == "bbbbbbbb"


def test_a_rebuilt_pack_is_seen_without_a_restart(settings: Settings, tmp_path: Path) -> None:
    """A new manifest is read when it appears, and a damaged one is not."""
    copy = tmp_path / "packs" / "espeak"
    copied(settings.pack_folder, copy)
    talk = Talk(replace(settings, packs=tmp_path / "packs"))
    manifest = copy / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(f'"{talk.pack.id}"', '"cccccccc"'), encoding="utf-8")
    asked = talk.send(launch())
    started = talk.send(intent("StartIntent", attributes=asked.attributes))
    assert started.stream.pack == "cccccccc"
    manifest.write_text("{", encoding="utf-8")
    assert talk.send(intent("StartIntent", attributes=asked.attributes)).stream.pack == "cccccccc"
