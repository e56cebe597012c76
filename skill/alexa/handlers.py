"""The request handlers: one for words, one for events, one for buttons, and one for everything else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_model import Response

from skill.alexa import facts, responses
from skill.alexa.contract import is_event
from skill.alexa.facts import Asked, World
from skill.alexa.intents import command_for_intent
from skill.alexa.token import decode, encode
from skill.coach import Button, Command, Playhead, Reply, Situation, decide, follow, press, retry
from skill.coach.course import Course
from skill.coach.reply import Close, Remember
from skill.content.prompt_ids import PromptId
from skill.errors import StoreError

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
        reply = decide(world.content, world.pack, situation, command)
        reply = remember(world, asked, reply)
        held = _held(situation, reply, asked) if reply.question else None
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
        playhead = _event_place(world, envelope.request)
        if playhead is None:
            return Response()
        reply = _follow(world, _kind(handler_input), asked, playhead)
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
        return responses.silent(world, remember(world, asked, reply))


class WipeHandler(_Handler):
    """The person switched the skill off: everything remembered goes."""

    def can_handle(self, handler_input: Any) -> bool:
        """Whether this is the SkillDisabled event."""
        return _kind(handler_input) == "AlexaSkillEvent.SkillDisabled"

    def handle(self, handler_input: Any) -> Response:
        """Wipe and answer nothing."""
        world = self.now()
        remember(world, facts.read(world, handler_input.request_envelope), Reply(remember=Remember(forget=True)))
        return Response()


class RestHandler(_Handler):
    """Everything that needs no answer: the end of a session, Alexa's complaints, requests from the future."""

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
        if is_event(_kind(handler_input)):
            return Response()
        handler_input.attributes_manager.session_attributes = {}
        return responses.spoken(self.now(), Reply(clip=PromptId.ERROR), str(request.locale or ""))


def remember(world: World, asked: Asked, reply: Reply) -> Reply:
    """Do what the reply wants remembered; a store that is down stops nothing but the wiping."""
    try:
        _write(world, asked, reply.remember)
    except StoreError as error:
        log.warning("progress cannot be written: %s", error)
        if reply.remember.forget:
            return replace(reply, clip=PromptId.FORGET_FAILED)
    return reply


def _write(world: World, asked: Asked, wanted: Remember) -> None:
    if not asked.person:
        return
    store, at = world.store, asked.at
    if wanted.forget:
        store.forget(asked.person, at, asked.stream.run if asked.stream else None)
        return
    if wanted.intro_heard:
        store.intro_heard(asked.person, world.pack.text_hash.get(world.routine, ""), at)
    if wanted.level is not None or wanted.tempo is not None:
        store.save_profile(asked.person, level=wanted.level, tempo=wanted.tempo, at=at)
    if wanted.place is not None:
        place = facts.place_of(world, wanted.place, at)
        if place is not None:
            store.save_place(asked.person, asked.device, place)
    if wanted.close is not None:
        run, how = wanted.close
        if how is Close.FINISHED:
            store.finish_run(asked.person, run, at, world.routine)
        store.close_run(asked.person, run, at)


def _held(situation: Situation, reply: Reply, asked: Asked) -> dict[str, Any] | None:
    """The place that the session carries: the one just decided on, else the one it had."""
    place = reply.remember.place or situation.playhead
    if place is None:
        return None
    at = asked.at - situation.pause_age_s if situation.pause_age_s is not None else None
    if reply.remember.place is not None and not asked.in_session:
        at = asked.at
    return {"place": {"token": encode(place.stream), "offset": place.offset_ms}, "at": at}


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
    for one in resolutions:
        for value in one.values or []:
            return str(value.value.id)
    return None


def _event_place(world: World, request: Any) -> Playhead | None:
    stream = facts.ours(world, decode(getattr(request, "token", None)))
    if stream is None:
        return None
    state = getattr(request, "current_playback_state", None)
    offset = getattr(request, "offset_in_milliseconds", None)
    if offset is None and state is not None and state.token == request.token:
        offset = state.offset_in_milliseconds
    return facts.translate(world, Playhead(stream, max(0, offset or 0)))


def _follow(world: World, kind: str, asked: Asked, playhead: Playhead) -> Reply:
    if kind == "AudioPlayer.PlaybackNearlyFinished":
        reply = follow(world.content, world.pack, playhead)
        return Reply() if reply.play and _closed(world, asked, playhead) else reply
    if kind == "AudioPlayer.PlaybackFailed":
        log.warning("a device could not play %s", playhead.stream.track)
        return retry(world.pack, playhead)
    _follow_place(world, asked, playhead, kind)
    return Reply()


def _closed(world: World, asked: Asked, playhead: Playhead) -> bool:
    try:
        return world.store.load(asked.person, asked.device, playhead.stream.run).closed
    except StoreError as error:
        log.warning("progress cannot be read: %s", error)
        return False


def _follow_place(world: World, asked: Asked, playhead: Playhead, kind: str) -> None:
    """Save where the player is; count a run whose last repetition was passed; close one that played out."""
    place = facts.place_of(world, playhead, asked.at)
    if place is None or not asked.person:
        return
    course = Course(world.content.routines[playhead.stream.routine], world.pack, world.content.minutes)
    over = kind == "AudioPlayer.PlaybackFinished"
    last = over and course.queue_after(playhead.stream) is None
    try:
        if last or course.is_finished(playhead):
            world.store.finish_run(asked.person, place.run, asked.at, place.routine)
        if last:
            world.store.close_run(asked.person, place.run, asked.at)
        elif not over:
            started = kind == "AudioPlayer.PlaybackStarted"
            world.store.move_place(asked.person, asked.device, place, started=started)
    except StoreError as error:
        log.warning("progress cannot be written: %s", error)
