"""An Echo in another language: its own words of commands, in the voice and in the interaction model alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.alexa.locales import LOCALES, language_of
from skill.content import load_content
from skill.echo.clock import VirtualClock
from skill.echo.echo import Echo, Owned, in_process, make_echo, understanding_of
from skill.echo.routing import Road
from skill.settings import Settings

SAME = {"go_on": "resume"}
"""Words for what another command means."""
NOT_OURS = frozenset({"open", "volume_up"})
"""Words that Alexa herself obeys."""


def echo_in(locale: str, packs: Path, folder: Path) -> Echo:
    """An Echo that listens in this locale."""
    settings = Settings(packs=packs, database=folder / "progress.sqlite3")
    return make_echo(settings, VirtualClock(), in_process(settings), Owned(locale=locale))


def said(echo: Echo) -> str:
    """All that was said so far."""
    return " ".join(echo.captions.text(one.files) for one in echo.happenings if one.files)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_that_is_quoted_is_understood(locale: str) -> None:
    """What the voice tells people to say means on their Echo what it is told for."""
    understanding = understanding_of(locale)
    words = load_content().words.say[language_of(locale)]
    for name, word in words.items():
        if name not in NOT_OURS:
            assert understanding.understand(word).command == SAME.get(name, name), (name, word)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_quoted_word_is_exactly_a_sample(locale: str) -> None:
    """What the voice tells people to say is in the model to the letter, so that Alexa surely knows it."""
    understanding = understanding_of(locale)
    words = load_content().words.say[language_of(locale)]
    for name, word in words.items():
        if name not in NOT_OURS:
            assert understanding.understand(word).score == 1.0, (name, word)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_training_in_the_words_of_the_device(locale: str, built_pack: Path, tmp_path: Path) -> None:
    """Opened with the word that is quoted, paused and resumed: the quoted words are the device's."""
    words = load_content().words.say[language_of(locale)]
    echo = echo_in(locale, built_pack, tmp_path)
    assert echo.device.say(f"Alexa {words['open']} rugoefening") is Road.LAUNCH
    assert f"Alles klaar? Zeg: {words['start']}." in said(echo)
    echo.device.say(f"Alexa {words['start']}")
    echo.wait(60)
    assert echo.device.player.is_sounding
    echo.device.say(f"Alexa {words['pause']}")
    echo.wait(9)
    assert f"Zeg: {words['resume']}, {words['easier']}, of: {words['pain']}." in said(echo)
    assert not echo.device.player.is_sounding
    echo.device.say(f"Alexa {words['go_on']}")
    echo.wait(15)
    assert echo.device.player.is_sounding
