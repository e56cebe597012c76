"""Where words go: to the skill with or without its name, or to Alexa herself."""

from __future__ import annotations

import pytest

from skill.echo.routing import Road, Router
from skill.echo.understanding import load_understanding


@pytest.fixture(scope="module")
def router() -> Router:
    """A router for the usual name."""
    return Router(load_understanding(), invocation="rugoefening", wake_word="Alexa")


def _road(router: Router, text: str, *, session: bool = False, played: bool = False) -> tuple[Road, str]:
    route = router.route(text, in_session=session, listening=session, played_last=played)
    return route.road, route.understood.intent if route.understood else ""


@pytest.mark.parametrize("verb", ["start", "open", "begin", "speel"])
def test_the_name_behind_a_launch_word_opens_the_skill(router: Router, verb: str) -> None:
    """At any moment, politely or not."""
    assert _road(router, f"Alexa, {verb} rugoefening") == (Road.LAUNCH, "")
    assert _road(router, f"alexa {verb} rugoefening alsjeblieft", played=True) == (Road.LAUNCH, "")


@pytest.mark.parametrize("word", ["naar", "over", "voor"])
def test_one_shot_questions(router: Router, word: str) -> None:
    """The three words that Alexa's Dutch connects with."""
    assert _road(router, f"Alexa, vraag rugoefening {word} de resterende tijd") == (Road.ONE_SHOT, "TimeLeftIntent")


@pytest.mark.parametrize("text", ["vraag rugoefening om hulp", "open rugoefening en help me", "vraag rugoefening"])
def test_forms_that_alexa_does_not_connect(router: Router, text: str) -> None:
    """Free word order with the name reaches nobody."""
    assert _road(router, f"Alexa, {text}") == (Road.ALEXA, "")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("pauze", "AMAZON.PauseIntent"),
        ("ga verder", "AMAZON.ResumeIntent"),
        ("volgende", "AMAZON.NextIntent"),
        ("vorige", "AMAZON.PreviousIntent"),
        ("herhaal", "AMAZON.RepeatIntent"),
        ("opnieuw", "AMAZON.StartOverIntent"),
        ("stop", "AMAZON.PauseIntent"),
        ("laat maar", "AMAZON.PauseIntent"),
    ],
)
def test_playback_words_need_no_name(router: Router, text: str, intent: str) -> None:
    """The playback built-ins arrive while our audio plays; stop arrives as a pause."""
    assert _road(router, f"Alexa, {text}", played=True) == (Road.INTENT, intent)
    assert _road(router, f"Alexa, {text}") == (Road.ALEXA, "")


@pytest.mark.parametrize("text", ["ik heb pijn", "makkelijker", "help", "ja", "begin opnieuw", "wat is het weer"])
def test_other_words_do_not_arrive_during_playback(router: Router, text: str) -> None:
    """Custom intents, help and yes go to Alexa herself."""
    assert _road(router, f"Alexa, {text}", played=True) == (Road.ALEXA, "")


def test_an_open_session_takes_everything(router: Router) -> None:
    """With the microphone open nothing needs the wake word or the name."""
    assert _road(router, "ik heb pijn", session=True) == (Road.INTENT, "PainIntent")
    assert _road(router, "Alexa, stop", session=True) == (Road.INTENT, "AMAZON.StopIntent")
    assert _road(router, "sluit af", session=True) == (Road.EXIT, "")


def test_nothing_is_heard_without_the_wake_word(router: Router) -> None:
    """A shut microphone hears only its wake word."""
    assert _road(router, "pauze", played=True) == (Road.UNHEARD, "")
    assert _road(router, "Alexa", played=True) == (Road.UNHEARD, "")


def test_name_and_wake_word_follow_the_settings() -> None:
    """A name of two words and another wake word work alike."""
    router = Router(load_understanding(), invocation="dagelijkse rugoefening", wake_word="Computer")
    assert _road(router, "Computer, start dagelijkse rugoefening") == (Road.LAUNCH, "")
    one_shot = _road(router, "Computer, vraag dagelijkse rugoefening naar hulp")
    assert one_shot == (Road.ONE_SHOT, "AMAZON.HelpIntent")
    assert _road(router, "Alexa, start dagelijkse rugoefening") == (Road.UNHEARD, "")
