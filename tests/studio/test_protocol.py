"""A whole training, pauses and jumps by the protocol of the page; the sounds are where the tab says they are."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from skill.alexa.locales import LOCALES
from skill.settings import Settings
from skill.web import create_app
from tests.studio.tab import Tab, begun


def place(state: dict[str, Any]) -> str:
    """Exercise and step."""
    return f"{state['place']['exercise']}/{state['place']['step']}"


def said(tab: Tab) -> list[str]:
    """What this person said so far."""
    return [item["text"] for item in tab.transcript if item["who"] == "you"]


def test_a_whole_training_from_start_to_end(tab: Tab) -> None:
    """Intro, start, three streams after each other without a gap, and rest."""
    state = tab.say("Alexa, start rugoefening")
    assert (state["ring"], state["in_session"]) == ("speaking", True)
    assert state["speech"]["lines"][0] == [0, "Welkom bij rugoefening."]
    state = tab.finish()
    assert (state["ring"], state["microphone"]) == ("listening", True)
    tab.say("start")
    state = tab.finish()
    assert state["next_due_ms"] is not None
    heard = [state["place"]["exercise"], *(tab.finish()["place"]["exercise"] for _ in range(2))]
    assert heard == ["open_book", "seated_turn", "elbows_up"]
    state = tab.finish()
    assert (state["ring"], state["wish"], state["next_due_ms"]) == ("rest", "start", None)
    assert state["player"]["activity"] == "FINISHED"


def test_the_finished_training_counts(tab: Tab) -> None:
    """The account of the browser remembers what its devices did."""
    begun(tab)
    for _ in range(3):
        tab.finish()
    tab.say("Alexa, start rugoefening")
    state = tab.say("Alexa, hoe vaak heb ik geoefend")
    assert "op één dag" in " ".join(text for _, text in state["speech"]["lines"])


def test_words_last_as_long_as_the_browser_says(tab: Tab) -> None:
    """Slow sound keeps the microphone shut; words that are over sooner open it sooner."""
    tab.say("Alexa, start rugoefening")
    length = tab.state["speech"]["ms"]
    tab.slow = 20_000
    assert not tab.wait(length + 10_000)["microphone"]
    assert tab.wait(1)["ring"] == "speaking"
    tab.tell(sound={"speech": {"number": tab.state["speech"]["number"], "offset_ms": length, "over": True}})
    assert tab.state["microphone"]


def test_words_that_nobody_reports_end_by_their_length(tab: Tab) -> None:
    """A browser without sound does not keep the device speaking for ever."""
    tab.say("Alexa, start rugoefening")
    tab.at_ms += tab.state["speech"]["ms"] + 3_500
    assert tab.tell(sound={})["microphone"]


def test_the_player_is_where_the_browser_says(tab: Tab) -> None:
    """A stall leaves the place behind the clock, and pause keeps the place that was heard."""
    begun(tab)
    began = tab.state["player"]["offset_ms"]
    tab.wait(5_000)
    tab.slow = 4_000
    state = tab.wait(5_000)
    assert state["player"]["offset_ms"] == began + 6_000
    state = tab.say("Alexa, pauze")
    assert state["player"]["offset_ms"] == began + 6_000
    assert not state["player"]["playing"]


def test_the_report_of_an_earlier_stretch_is_ignored(tab: Tab) -> None:
    """After a jump, a place in what sounded before says nothing."""
    begun(tab)
    old = tab.sound()
    tab.tell(pressed="Next")
    assert tab.state["player"]["offset_ms"] > 30_000
    tab.tell(sound=old)
    assert tab.state["player"]["offset_ms"] > 30_000


def test_whoever_speaks_holds_the_stream_and_it_goes_on_by_itself(tab: Tab) -> None:
    """Barge-in: words that are not for the skill pause the stream for as long as Alexa answers."""
    begun(tab)
    tab.wait(10_000)
    state = tab.say("Alexa, hoe laat is het")
    assert (state["speech"]["who"], state["player"]["playing"]) == ("alexa", False)
    state = tab.wait(2_000)
    assert (state["ring"], state["player"]["playing"]) == ("playing", True)
    assert any(item["who"] == "note" for item in tab.transcript)


def test_the_buttons_say_what_leads_there_now(tab: Tab) -> None:
    """Pain needs the name while a stream plays; before the start there is nothing to pause."""
    assert "pause" not in tab.state["words"]
    tab.say("Alexa, start rugoefening")
    assert {"next", "previous"}.isdisjoint(tab.state["words"])
    begun(tab)
    assert tab.state["wish"] == "pause"
    state = tab.say(tab.state["words"]["pain"])
    assert (state["in_session"], state["player"]["activity"]) == (True, "STOPPED")
    assert state["words"]["pain"] == "Alexa, ik heb pijn"
    assert state["wish"] == "resume"


def test_pause_and_go_on(tab: Tab) -> None:
    """The big button: pause, then go on at about the same place."""
    begun(tab)
    tab.wait(60_000)
    before = place(tab.state)
    tab.say(tab.state["words"]["pause"])
    assert tab.state["wish"] == "resume"
    tab.say(tab.state["words"]["resume"])
    if tab.state["speech"]:
        tab.finish()
    assert (tab.state["ring"], place(tab.state)) == ("playing", before)


@pytest.mark.parametrize("locale", LOCALES)
def test_stop_in_a_pause_really_stops(app: Flask, locale: str) -> None:
    """In every language; "stop" alone would only be another pause. One can come back from this end."""
    tab = Tab(app, locale=locale)
    begun(tab)
    tab.say(tab.state["words"]["pause"])
    tab.finish()
    assert tab.wait(9_000)["ring"] == "paused"
    tab.tell(wish="stop")
    state = tab.finish()
    assert (state["ring"], state["ending"], state["wish"]) == ("rest", "left", "resume")
    assert sorted(state["words"]) == ["easier", "faster", "harder", "pain", "resume", "slower", "start"]
    tab.say(state["words"]["resume"])
    if tab.state["speech"]:
        tab.finish()
    assert (tab.state["ring"], tab.state["ending"]) == ("playing", None)


def test_next_in_the_closing_is_the_end(tab: Tab) -> None:
    """The training is over, though the device still holds a stream; a question afterwards leaves it so."""
    begun(tab)
    tab.tell(target={"exercise": "elbows_up", "step": "closing"})
    tab.wait(1_000)
    tab.say("Alexa, volgende")
    state = tab.finish()
    assert (state["ring"], state["ending"], state["wish"]) == ("rest", "finished", "start")
    tab.say("Alexa, vraag rugoefening naar de resterende tijd")
    while (state := tab.state)["in_session"]:
        assert state["ending"] is None
        state = tab.finish() if state["speech"] else tab.wait(9_000)
    assert (state["ring"], state["ending"]) == ("rest", "finished")
    assert state["words"]["start"] == "Alexa, start rugoefening"


def test_pain_twice_is_an_end_without_an_invitation(tab: Tab) -> None:
    """The big button begins anew, and nothing offers to go on."""
    begun(tab)
    tab.tell(wish="pain")
    tab.tell(wish="pain")
    assert (tab.state["ending"], "start" in tab.state["words"]) == ("ended", False)
    state = tab.finish()
    assert (state["ring"], state["ending"], state["wish"]) == ("rest", "ended", "start")
    assert "resume" not in state["words"]


def test_a_wish_is_said_with_the_words_of_now(tab: Tab) -> None:
    """What was pressed while a session was open arrives late: it needs the name of the skill then."""
    begun(tab)
    tab.say("Alexa, pauze")
    tab.finish()
    tab.at_ms += 60_000
    state = tab.tell(wish="pain")
    assert said(tab)[-1] == "Alexa, vraag rugoefening naar pijn bij het oefenen"
    assert state["in_session"]


def test_the_name_alone_asks_for_more(tab: Tab) -> None:
    """The note gives words that lead somewhere now; without the name it asks for the name."""
    for before, example in ((False, "Alexa, start rugoefening"), (True, "Alexa, pauze")):
        if before:
            begun(tab)
        tab.say("alexa")
        assert tab.transcript[-1]["text"] == f"Zeg er ook iets bij, bijvoorbeeld: {example}."
    tab.say("pauze")
    assert tab.transcript[-1]["text"] == "Niemand luistert. Zeg eerst: Alexa."
    assert tab.state["ring"] == "playing"


def test_a_click_on_a_step_does_not_cut_off_the_safety_words(tab: Tab) -> None:
    """While they sound it does nothing but tell why; behind them it leads to the exercise."""
    tab.say("Alexa, start rugoefening")
    state = tab.tell(target={"exercise": "seated_turn", "step": "position"})
    assert (state["ring"], said(tab)) == ("speaking", ["Alexa, start rugoefening"])
    assert "Luister eerst" in tab.transcript[-1]["text"]
    tab.finish()
    tab.tell(target={"exercise": "seated_turn", "step": "position"})
    assert tab.finish()["place"]["exercise"] == "seated_turn"


def test_silence_in_the_pause_leaves_the_pause(tab: Tab) -> None:
    """The microphone shuts after a while, and nothing sounds."""
    begun(tab)
    tab.wait(5_000)
    tab.say("Alexa, pauze")
    assert tab.finish()["microphone"]
    state = tab.wait(9_000)
    assert (state["ring"], state["microphone"], state["next_due_ms"]) == ("paused", False, None)


def test_a_click_on_the_time_line_leads_there_by_words_and_buttons(tab: Tab) -> None:
    """Another exercise by its number, then the buttons of the device; the same step is heard again."""
    begun(tab)
    tab.wait(2_000)
    state = tab.tell(target={"exercise": "seated_turn", "step": "left_side"})
    assert (place(state), state["ring"]) == ("seated_turn/left_side", "playing")
    assert said(tab)[-5:] == ["Alexa, vraag rugoefening naar oefening twee", *["Knop: volgende"] * 4]
    tab.wait(30_000)
    state = tab.tell(target={"exercise": "seated_turn", "step": "position"})
    assert place(state) == "seated_turn/position"
    tab.wait(10_000)
    state = tab.tell(target={"exercise": "seated_turn", "step": "position"})
    assert (place(state), said(tab)[-1]) == ("seated_turn/position", "Alexa, herhaal")


def test_a_click_before_the_start_does_not_pass_the_safety_words(tab: Tab) -> None:
    """The skill tells first who should not exercise, and the journey ends at its question."""
    state = tab.tell(target={"exercise": "elbows_up", "step": "repetitions"})
    assert (state["player"], state["in_session"]) == (None, True)
    state = tab.finish()
    assert (state["player"], state["microphone"]) == (None, True)


def test_a_click_in_the_pause_leads_there(tab: Tab) -> None:
    """While the microphone is open the exercise is chosen by words, then the buttons follow."""
    begun(tab)
    tab.say("Alexa, pauze")
    state = tab.tell(target={"exercise": "open_book", "step": "right_side"})
    if state["speech"]:
        state = tab.finish()
    assert (place(state), state["ring"]) == ("open_book/right_side", "playing")


def test_no_button_leads_back_to_the_way_to_an_exercise(tab: Tab) -> None:
    """The getting up lies behind; "previous" would go to the exercise before."""
    begun(tab)
    tab.tell(target={"exercise": "seated_turn", "step": "position"})
    tab.wait(1_000)
    assert place(tab.tell(target={"exercise": "seated_turn", "step": "to_chair"})) == "seated_turn/position"


def test_an_unknown_step_leads_nowhere(tab: Tab) -> None:
    """A target that the routine does not have changes nothing."""
    begun(tab)
    before = place(tab.state)
    assert place(tab.tell(target={"exercise": "handstand", "step": "left_side"})) == before
    assert place(tab.tell(target={"exercise": "open_book", "step": "nowhere"})) == before


def test_sound_that_cannot_be_played_is_told(tab: Tab) -> None:
    """The player fails as that of a device does: the skill tries once more, and then it is quiet; the page says so."""
    begun(tab)
    for still_plays in (True, False):
        number = tab.state["player"]["number"]
        tab.wait(1_000)
        state = tab.tell(sound={"player": {"number": number, "offset_ms": 900, "failed": True}})
        assert state["player"]["playing"] is still_plays
        assert tab.transcript[-1]["text"] == "Het geluid kan niet worden afgespeeld."
    assert state["wish"] == "resume"


def test_a_reload_goes_on_where_it_was(tab: Tab) -> None:
    """The same account and device with the last place of the player: it plays on."""
    begun(tab)
    state = tab.wait(61_000)
    player = state["player"]
    was = {name: player[name] for name in ("file", "token", "offset_ms", "activity")}
    before = place(state)
    tab.begin(was=was, until_ms=state["now_ms"])
    assert (tab.state["ring"], place(tab.state)) == ("playing", before)
    assert tab.state["player"]["offset_ms"] == was["offset_ms"]


def test_a_pause_stays_a_pause_over_a_restart_of_the_server(tab: Tab, settings: Settings) -> None:
    """Another process knows nothing of the device: 404, and the tab makes it anew."""
    begun(tab)
    tab.wait(60_000)
    tab.say("Alexa, pauze")
    tab.finish()
    state = tab.wait(9_000)
    was = {name: state["player"][name] for name in ("file", "token", "offset_ms", "activity")}
    tab.client = create_app(settings).test_client()
    assert tab.post().status_code == 404
    tab.begin(was=was, until_ms=state["now_ms"])
    assert tab.state["ring"] == "paused"
    tab.say("Alexa, ga verder")
    if tab.state["speech"]:
        tab.finish()
    assert (tab.state["ring"], place(tab.state)) == ("playing", place(state))


def test_after_a_long_time_away_nothing_goes_on_by_itself(tab: Tab) -> None:
    """A tab that comes back after more than two minutes is paused."""
    begun(tab)
    state = tab.wait(10_000)
    was = {name: state["player"][name] for name in ("file", "token", "offset_ms", "activity")}
    tab.begin(was=was, until_ms=state["now_ms"] - 200_000)
    assert tab.state["ring"] == "paused"


def test_two_tabs_are_two_devices(app: Flask) -> None:
    """One plays on while the other is paused."""
    one, two = Tab(app, device="device-1"), Tab(app, device="device-2")
    begun(one)
    begun(two)
    two.say("Alexa, pauze")
    assert one.wait(1_000)["ring"] == "playing"
    assert two.wait(1_000)["ring"] != "playing"


def test_a_copy_of_a_tab_takes_the_device_over(app: Flask) -> None:
    """The first tab hears 409, so that it can take a device of its own."""
    first = Tab(app)
    Tab(app)
    assert first.post().status_code == 409


def test_the_device_that_was_left_alone_longest_goes(app: Flask) -> None:
    """At most 32 devices; the ones in use stay."""
    first, second = Tab(app, device="device-first"), Tab(app, device="device-second")
    for number in range(30):
        Tab(app, device=f"device-more-{number}")
    first.tell()
    Tab(app, device="device-last")
    assert first.post().status_code == 200
    assert second.post().status_code == 404
