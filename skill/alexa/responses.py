"""From a reply of the coach to a response of Alexa."""

from __future__ import annotations

import html
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ask_sdk_model import Response
from ask_sdk_model.interfaces.audioplayer import (
    AudioItem,
    AudioItemMetadata,
    ClearBehavior,
    ClearQueueDirective,
    PlayBehavior,
    PlayDirective,
    StopDirective,
)
from ask_sdk_model.interfaces.audioplayer import (
    Stream as AlexaStream,
)
from ask_sdk_model.ui import PlainTextOutputSpeech, Reprompt, SsmlOutputSpeech

from skill.alexa.facts import World
from skill.alexa.locales import language_of
from skill.alexa.token import encode
from skill.coach import Play, Playhead, Reply
from skill.content.model import Exercise
from skill.content.prompt_ids import PromptId, in_language
from skill.pack import PackClip, TimedStep, track_path

log = logging.getLogger(__name__)

DUTCH = "nl-NL"


def spoken(world: World, reply: Reply, locale: str) -> Response:
    """The response to a launch or an intent."""
    directives = _directives(world, reply)
    opens = reply.question is not None and reply.play is None
    reprompt = _clip(world, reply.reprompt, locale) if opens and reply.reprompt else None
    return Response(
        output_speech=_speech(world, reply, locale),
        reprompt=Reprompt(output_speech=reprompt) if reprompt else None,
        directives=directives or None,
        should_end_session=not opens,
    )


def silent(world: World, reply: Reply) -> Response:
    """The response to an event or a button: directives or nothing."""
    return Response(directives=_directives(world, reply) or None)


def attributes(reply: Reply, held: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the session remembers until the next word: the question, the misses and the place."""
    if reply.question is None:
        return {}
    kept: dict[str, Any] = {"question": reply.question.value, "misses": reply.misses}
    return {**kept, **(held or {})}


def audio_source(world: World, file: str) -> str:
    """The address of a file of the pack."""
    return f"{world.audio_url}/{quote(file)}"


def spoken_ms(world: World, reply: Reply) -> int:
    """How long a reply speaks up to the end of its step (ms)."""
    clip = world.pack.clip(world.routine, reply.clip) if reply.clip else None
    step = _step(world, reply.step) if reply.step else None
    return (clip.ms if clip else 0) + (step.end_ms - step.start_ms if step else 0)


def _speech(world: World, reply: Reply, locale: str) -> Any:
    """What an answer says: its clip, perhaps a whole step, and the clip behind that; None for nothing."""
    if reply.step is None:
        return _clip(world, reply.clip, locale) if reply.clip else None
    before = _made(world, reply.clip, locale) if reply.clip else None
    behind = _made(world, reply.then, locale) if reply.then else None
    found = [one.file for one in (before, _step(world, reply.step), behind) if one is not None and one.file]
    if len(found) != 1 + bool(reply.clip) + bool(reply.then):
        log.error("the pack lacks a part of a spoken step: build the audio again")
        return _clip(world, PromptId.ERROR, locale)
    return _ssml(world, found)


def _clip(world: World, clip_key: str, locale: str) -> Any:
    """A clip as SSML; one that the pack lacks is spoken as text where Alexa speaks Dutch, else the error clip."""
    clip = _made(world, clip_key, locale)
    if clip is not None:
        return _ssml(world, [clip.file])
    log.error("the pack lacks a clip: build the audio again")  # its name may tell of pain
    written = world.content.clips(world.routine).get(clip_key)
    if written is not None and locale == DUTCH:
        return PlainTextOutputSpeech(text=written.text)
    if clip_key != PromptId.ERROR and _made(world, PromptId.ERROR, locale) is not None:
        return _clip(world, PromptId.ERROR, locale)
    return PlainTextOutputSpeech(text="Er gaat iets mis.")


def _made(world: World, clip_key: str, locale: str) -> PackClip | None:
    """The clip with the command words of this locale, where it has any."""
    own = world.pack.clip(world.routine, in_language(clip_key, language_of(locale)))
    return own or world.pack.clip(world.routine, clip_key)


def _ssml(world: World, files: Sequence[str]) -> Any:
    sources = (html.escape(audio_source(world, file), quote=True) for file in files)
    heard = "".join(f'<audio src="{source}"/>' for source in sources)
    return SsmlOutputSpeech(ssml=f"<speak>{heard}</speak>")


def _step(world: World, place: Playhead) -> TimedStep | None:
    stream = place.stream
    track = world.pack.track(stream.routine, stream.track, stream.level, stream.tempo)
    return track.steps[track.step_index(place.offset_ms)] if track else None


def _directives(world: World, reply: Reply) -> list[Any]:
    found: list[Any] = []
    if reply.stop:
        found.append(StopDirective())
    if reply.clear:
        found.append(ClearQueueDirective(clear_behavior=ClearBehavior.CLEAR_ALL))
    if reply.play is not None:
        found.append(_play(world, reply.play))
    return found


def _play(world: World, play: Play) -> PlayDirective:
    stream = play.stream
    track = world.pack.tracks[track_path(stream.routine, stream.track, stream.level, stream.tempo)]
    routine = world.content.routines[stream.routine]
    exercise = routine.exercise(stream.track)
    return PlayDirective(
        play_behavior=PlayBehavior.ENQUEUE if play.after else PlayBehavior.REPLACE_ALL,
        audio_item=AudioItem(
            stream=AlexaStream(
                url=audio_source(world, track.file),
                token=encode(stream),
                expected_previous_token=encode(play.after) if play.after else None,
                offset_in_milliseconds=play.offset_ms,
            ),
            metadata=_metadata(exercise, routine.exercises) if exercise else None,
        ),
    )


def _metadata(exercise: Exercise, exercises: tuple[Exercise, ...]) -> AudioItemMetadata:
    number = exercises.index(exercise) + 1
    return AudioItemMetadata(title=exercise.title, subtitle=f"Oefening {number} van {len(exercises)}")
