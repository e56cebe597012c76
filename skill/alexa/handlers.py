"""The request handlers: one for words, one for events, one for buttons, and one for everything else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_model import Response

from skill.alexa import facts, responses
from skill.alexa.facts import Asked, World
from skill.alexa.intents import command_for_intent
from skill.alexa.token import decode, encode
from skill.coach import (
    Button,
    Command,
    Intro,
    Playhead,
    Question,
    Reply,
    Situation,
    State,
    Stream,
    decide,
    fall_silent,
    follow,
    press,
    retry,
    retry_queued,
)
from skill.coach.course import Course
from skill.coach.playback import LONG_PAUSE_S
from skill.coach.reply import Close, Remember
from skill.coach.situation import CHAIR_ONLY, HALTED, RETRIED
from skill.content.prompt_ids import PromptId
from skill.errors import StoreError
from skill.progress import Known, Place

log = logging.getLogger(__name__)

_BUTTONS = {
    "PlaybackController.NextCommandIssued": Button.NEXT,
    "PlaybackController.PreviousCommandIssued": Button.PREVIOUS,
    "PlaybackController.PlayCommandIssued": Button.PLAY,
    "PlaybackController.PauseCommandIssued": Button.PAUSE,
}


Now = Callable[[], World]
"""Gives what a request is answered with at this moment."""


def _kind(handler_input: Any) -> str:
    return str(getattr(handler_input.request_envelope.request, "object_type", "") or "")


class _Handler(AbstractRequestHandler):
    def __init__(self, now: Now) -> None:
        self.now = now


class WordsHandler(_Handler):
    """A launch or an intent: ask the coach, remember what it says, answer."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is a launch or an intent."""
        return _kind(handler_input) in ("LaunchRequest", "IntentRequest")

    def handle(self, handler_input: Any) -> Response:
        """Answer with speech, and perhaps with directives."""
        world, envelope = self.now(), handler_input.request_envelope
        asked = facts.read(world, envelope)
        command, exercise = _command(envelope.request)
        situation = facts.situation(world, asked, exercise)
        world = replace(world, routine=situation.routine)
        reply = decide(world.content, world.pack, situation, command)
        reply = remember(world, asked, situation, reply)
        if envelope.session is not None:
            held = _held(world, situation, reply, asked) if reply.question else None
            handler_input.attributes_manager.session_attributes = responses.attributes(reply, held)
        return responses.spoken(world, reply, str(envelope.request.locale or ""))


class EventHandler(_Handler):
    """An event of the player: follow it, enqueue what comes next; duplicates change nothing."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is an AudioPlayer event."""
        return _kind(handler_input).startswith("AudioPlayer.")

    def handle(self, handler_input: Any) -> Response:
        """Answer with directives only, or with nothing."""
        world, envelope = self.now(), handler_input.request_envelope
        asked = facts.read(world, envelope)
        stream = facts.ours(world, decode(getattr(envelope.request, "token", None)))
        if stream is None:
            return Response()
        reply = _follow(world, asked, stream, envelope.request)
        return responses.silent(world, reply)


class ButtonHandler(_Handler):
    """A button on the device."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is a PlaybackController request."""
        return _kind(handler_input) in _BUTTONS

    def handle(self, handler_input: Any) -> Response:
        """Answer with directives only."""
        world = self.now()
        asked = facts.read(world, handler_input.request_envelope)
        situation = facts.situation(world, asked)
        reply = press(world.content, world.pack, situation, _BUTTONS[_kind(handler_input)])
        return responses.silent(world, remember(world, asked, situation, reply))


class WipeHandler(_Handler):
    """The person switched the skill off: everything remembered goes."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is the SkillDisabled event."""
        return _kind(handler_input) == "AlexaSkillEvent.SkillDisabled"

    def handle(self, handler_input: Any) -> Response:
        """Wipe and answer nothing."""
        world = self.now()
        asked = facts.read(world, handler_input.request_envelope)
        remember(world, asked, facts.situation(world, asked), Reply(remember=Remember(forget=True)))
        return Response()


class SilenceHandler(_Handler):
    """The end of a session that the person or the device brought about: behind a step the place is the next one."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is the end of a session."""
        return _kind(handler_input) == "SessionEndedRequest"

    def handle(self, handler_input: Any) -> Response:
        """Remember the place and answer nothing."""
        world, envelope = self.now(), handler_input.request_envelope
        asked = facts.read(world, envelope)
        situation = facts.situation(world, asked)
        if getattr(getattr(envelope.request, "reason", None), "value", "") == "ERROR":
            situation = replace(situation, interrupted=True)  # nobody knows what was heard
        remember(world, asked, situation, fall_silent(world.content, world.pack, situation))
        return Response()


class RestHandler(_Handler):
    """Everything that needs no answer: Alexa's complaints, requests from the future."""

    def can_handle(self, handler_input: Any) -> bool:
        """Always: it stands last."""
        return handler_input is not None

    def handle(self, handler_input: Any) -> Response:
        """Answer nothing; a complaint of Alexa about an answer is logged."""
        request = handler_input.request_envelope.request
        if _kind(handler_input) == "System.ExceptionEncountered":
            error = getattr(request, "error", None)
            log.error("Alexa refused an answer: %s", getattr(error, "object_type", "unknown"))
        return Response()


class Apology(AbstractExceptionHandler):
    """Whatever goes wrong: a spoken apology to words, silence to events."""

    def __init__(self, now: Now) -> None:
        self.now = now

    def can_handle(self, handler_input: Any, exception: Exception) -> bool:
        """Every exception."""
        return handler_input is not None and exception is not None

    def handle(self, handler_input: Any, exception: Exception) -> Response:
        """Log and apologise."""
        log.error("a request failed", exc_info=exception)
        request = handler_input.request_envelope.request
        if _kind(handler_input) not in ("LaunchRequest", "IntentRequest"):
            return Response()
        if handler_input.request_envelope.session is not None:
            handler_input.attributes_manager.session_attributes = {}
        return responses.spoken(self.now(), Reply(clip=PromptId.ERROR), str(request.locale or ""))


def remember(world: World, asked: Asked, situation: Situation, reply: Reply) -> Reply:
    """Do what the reply wants remembered; a store that is down stops nothing but the wiping."""
    try:
        _write(world, asked, _halted(situation, reply), _left_at(asked, situation, reply))
    except StoreError:  # the store has told it
        if reply.remember.forget:
            return replace(reply, clip=PromptId.FORGET_FAILED)
    return reply


def _halted(situation: Situation, reply: Reply) -> Remember:
    """What is to be remembered, with the place marked when nothing may start to play from it by itself."""
    wanted = reply.remember
    if reply.play is not None or wanted.close is not None or wanted.forget:
        return wanted
    known = situation.playhead if situation.pause_age_s is not None else None
    place = wanted.place or (known if reply.stop else None)
    if place is None:
        return wanted
    return replace(wanted, place=replace(place, stream=replace(place.stream, marks=place.stream.marks | {HALTED})))


def _left_at(asked: Asked, situation: Situation, reply: Reply) -> float:
    """When the place of a reply was left: now if it plays, else as long ago as before this word; unknown is long."""
    if reply.play is not None or reply.step is not None or reply.question is Question.PAIN:
        return asked.at
    return asked.at - (situation.pause_age_s if situation.pause_age_s is not None else LONG_PAUSE_S + 1)


def _write(world: World, asked: Asked, wanted: Remember, left_at: float) -> None:
    """Write each change, also after one failed: the store does later what it cannot do now. Raises StoreError then."""
    failed: StoreError | None = None
    for change in _changes(world, asked, wanted, left_at):
        try:
            change()
        except StoreError as error:
            failed = error
    if failed is not None:
        raise failed


def _changes(world: World, asked: Asked, wanted: Remember, left_at: float) -> Iterator[Callable[[], None]]:
    store, person, at = world.store, asked.person, asked.at
    if wanted.forget:
        yield partial(store.forget, person, at, asked.stream.run if asked.stream else None)
        return
    if wanted.intro_heard:
        yield partial(store.intro_heard, person, world.pack.text_hash.get(world.routine, ""), at)
    if (wanted.level, wanted.tempo, wanted.way) != (None, None, None):
        yield partial(store.save_profile, person, level=wanted.level, tempo=wanted.tempo, way=wanted.way, at=at)
    place = facts.place_of(world, wanted.place, left_at) if wanted.place is not None else None
    if place is not None:
        yield partial(store.save_place, person, asked.device, place, at)
    if wanted.close is not None:
        run, how = wanted.close
        if how is Close.FINISHED:
            yield partial(store.finish_run, person, run, at, world.routine)
        yield partial(store.close_run, person, run, at)


def _held(world: World, situation: Situation, reply: Reply, asked: Asked) -> dict[str, Any]:
    """What the session carries: the wishes, and the place just decided on, else the one it had."""
    wished = reply.remember
    held: dict[str, Any] = {
        "level": wished.level or situation.level,
        "tempo": wished.tempo or situation.tempo,
        "way": wished.way or situation.way,
    }
    if reply.question is Question.START:
        held["intro"] = Intro.FULL if reply.clip == PromptId.INTRO_FIRST else facts.held_intro(asked, Intro.SHORT)
    if reply.step is not None:
        held["until"] = asked.at + responses.spoken_ms(world, reply) / 1000
    place = wished.place or situation.playhead
    if place is None or wished.close is not None:
        return held
    at = _left_at(asked, situation, reply)
    step = facts.step_of(world, place)
    return {**held, "place": {"token": encode(place.stream), "offset": place.offset_ms, "step": step}, "at": at}


def _command(request: Any) -> tuple[Command, str | None]:
    if request.object_type == "LaunchRequest":
        return Command.LAUNCH, None
    intent = request.intent
    if intent is None:
        return Command.UNKNOWN, None
    name = intent.name if isinstance(intent.name, str) else ""
    return command_for_intent(name), _exercise(intent)


def _exercise(intent: Any) -> str | None:
    """The id of the exercise that was named, as the interaction model resolved it."""
    slot = (intent.slots or {}).get("exercise")
    resolutions = getattr(getattr(slot, "resolutions", None), "resolutions_per_authority", None) or []
    found = (getattr(value, "value", None) for one in resolutions for value in getattr(one, "values", None) or [])
    return next((str(value.id) for value in found if value is not None), None)


def _follow(world: World, asked: Asked, stream: Stream, request: Any) -> Reply:
    """What an event leads to; what comes late, or of a run that is over, leads to nothing."""
    try:
        known = world.store.load(asked.person, asked.device, stream.run)
    except StoreError:  # the store has told it
        known = None
    if known is not None and known.closed:
        return Reply()
    kind = request.object_type
    nearly = kind == "AudioPlayer.PlaybackNearlyFinished"
    if nearly and _is_halted(known, stream):
        return Reply()
    reply = follow(world.content, world.pack, stream) if nearly else Reply()
    playhead = _event_place(world, stream, request, known)
    if playhead is None:
        return reply
    if kind == "AudioPlayer.PlaybackFailed":
        return _failed(world, asked, known, playhead, request)
    # of somebody who is not known nothing is stored: their data may just have been wiped
    somebody = known is None or known.pending or known.decided is not None or known.intro_at is not None
    if somebody and not _is_superseded(known, stream):
        over = kind == "AudioPlayer.PlaybackFinished" and not _broke_off(world, stream, playhead)
        _count(world, asked, playhead, over=over)
        if known is not None and not nearly:
            started = kind == "AudioPlayer.PlaybackStarted"
            _follow_place(world, asked, known, playhead, started=started, over=over)
    return reply


def _broke_off(world: World, stream: Stream, playhead: Playhead) -> bool:
    """Whether the last file ended before the last repetition: it was cut off, and the run is not finished.

    Believed is only an offset that the device told, in a file of the pack that is served now.
    """
    told = playhead.offset_ms > 0 and stream.pack == world.pack.id
    return told and _is_last(world, playhead) and not _course(world, playhead).is_finished(playhead)


def _course(world: World, playhead: Playhead) -> Course:
    return Course(world.content.routines[playhead.stream.routine], world.pack, world.content.minutes)


def _is_superseded(known: Known | None, stream: Stream) -> bool:
    """Whether a run on the chair was chosen while this stream, which is not, still played: its place stands."""
    place = known.place if known is not None else None
    return place is not None and place.run == stream.run and CHAIR_ONLY in set(place.marks) - stream.marks


def _is_halted(known: Known | None, stream: Stream) -> bool:
    """Whether the last word in the run of this stream was answered without playing: an event starts nothing then."""
    place = known.place if known is not None else None
    return place is not None and place.run == stream.run and HALTED in place.marks


def _event_place(world: World, stream: Stream, request: Any, known: Known | None) -> Playhead | None:
    """Where a player is; of a pack that is gone the step that was remembered of the same track."""
    offset = getattr(request, "offset_in_milliseconds", None)
    state = getattr(request, "current_playback_state", None)
    if offset is None and state is not None and state.token == request.token:
        offset = state.offset_in_milliseconds
    place = known.place if known is not None else None
    same = place is not None and (place.run, place.track) == (stream.run, stream.track)
    return facts.translate(world, Playhead(stream, facts.whole(offset)), place.step if place and same else None)


def _failed(world: World, asked: Asked, known: Known | None, failed: Playhead, request: Any) -> Reply:
    """A stream could not be played: once more, unless something else was decided on since."""
    log.warning("a device could not play %s", failed.stream.track)
    if known is None:
        return Reply()
    other = getattr(getattr(request, "current_playback_state", None), "token", None)
    playing = facts.ours(world, decode(other))
    if playing is not None and other != request.token:
        return retry_queued(world.content, world.pack, failed.stream, playing)
    place = known.place
    if _is_halted(known, failed.stream):
        return Reply()
    if place is not None and place.run == failed.stream.run:
        tried = RETRIED in place.marks and RETRIED not in failed.stream.marks
        if asked.at < place.at or tried:
            return Reply()
    reply = retry(world.pack, failed)
    started = Situation(State.PLAYING, world.routine, failed.stream.run, pause_age_s=0.0)
    return remember(world, asked, started, reply)


def _is_last(world: World, playhead: Playhead) -> bool:
    """Whether nothing follows the track."""
    return _course(world, playhead).queue_after(playhead.stream) is None


def _count(world: World, asked: Asked, playhead: Playhead, *, over: bool) -> None:
    """Count a run whose last repetition was passed, or whose last track is over.

    Also when nothing can be read: the store leaves it out if it was wiped.
    """
    passed = _course(world, playhead).is_finished(playhead) or (over and _is_last(world, playhead))
    with suppress(StoreError):  # the store has told it, and does it later
        if passed:
            world.store.finish_run(asked.person, playhead.stream.run, asked.at, playhead.stream.routine)


def _follow_place(world: World, asked: Asked, known: Known, playhead: Playhead, *, started: bool, over: bool) -> None:
    """Save where the player is; close a run that played out. What was decided on since then stands."""
    place = facts.place_of(world, playhead, asked.at)
    if place is None or _was_left(known, place):
        return
    with suppress(StoreError):  # the store has told it
        if over and _is_last(world, playhead):
            world.store.close_run(asked.person, place.run, asked.at)
        elif not over:
            world.store.move_place(asked.person, asked.device, place, started=started)


def _was_left(known: Known, place: Place) -> bool:
    """Whether something was decided on in this run after the moment of this place."""
    return known.place is not None and known.place.run == place.run and known.place.at > place.at
