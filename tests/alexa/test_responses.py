"""Answers when the pack lacks a clip: never silent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skill.alexa import responses
from skill.alexa.facts import World
from skill.coach import Reply
from skill.content import load_content
from skill.pack import load_pack
from skill.progress import SqliteStore
from tests.alexa.conftest import Talk


@pytest.fixture
def world(talk: Talk) -> World:
    """A world whose pack lacks the start clip."""
    pack = load_pack(talk.settings.pack_folder / "manifest.json")
    clips = {key: clip for key, clip in pack.clips.items() if key != "bovenrug/start"}
    return World(
        content=load_content(),
        pack=replace(pack, clips=clips),
        older_pack=lambda _: None,
        store=SqliteStore(talk.settings.database),
        routine="bovenrug",
        id_key="k",
        audio_url="https://example.org/audio/espeak",
    )


def test_a_missing_clip_is_spoken_as_text_in_dutch(world: World) -> None:
    """Where Alexa speaks Dutch the words are said by her own voice."""
    speech: Any = responses.spoken(world, Reply(clip="start"), "nl-NL").output_speech
    assert (speech.object_type, speech.text) == ("PlainText", "Goed. We gaan beginnen.")


def test_a_missing_clip_is_an_apology_elsewhere(world: World) -> None:
    """Where she would read Dutch with an English voice, the Dutch apology is played."""
    speech: Any = responses.spoken(world, Reply(clip="start"), "en-GB").output_speech
    assert world.pack.clips["bovenrug/error"].file in speech.ssml


def test_without_any_clip_there_are_still_words(world: World) -> None:
    """Even an empty pack is not silent."""
    empty = replace(world, pack=replace(world.pack, clips={}))
    speech: Any = responses.spoken(empty, Reply(clip="start"), "en-GB").output_speech
    assert speech.text
