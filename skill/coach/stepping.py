"""Training step by step: what would be played is spoken instead, one step an answer, in an open session.

The decisions are the same as for the player; only the transport differs.
"""

from __future__ import annotations

from dataclasses import replace

from skill.coach import playback, questions
from skill.coach.commands import Command
from skill.coach.course import Course
from skill.coach.reply import Close, Remember, Reply
from skill.coach.safety import SAFETY_COMMANDS
from skill.coach.situation import AFTER_STEP, PASSING, PENDING, SPEAKING, UNPLAYED, Playhead, Question, Situation, Way
from skill.content import Content
from skill.content.model import CLOSING, PREPARATION
from skill.content.prompt_ids import PromptId, clip_key
from skill.pack import Pack

_GO_ON = frozenset((Command.RESUME, Command.START, Command.YES))
_LEAVE = frozenset(
    (
        Command.STOP,
        Command.READY,
        Command.NO,
        Command.PAUSE,
        Command.WAIT,
        Command.UNKNOWN,
        Command.LAUNCH,
        Command.FORGET_ME,
    )
)
"""Words behind a step that was heard for which the next one counts: it is still to be done."""


def behind_a_step(course: Course, situation: Situation, command: Command) -> tuple[Situation, Command]:
    """What a word means behind a step that was heard: "verder" the next one; whoever leaves comes back to the next."""
    place = situation.playhead
    if place is None:
        return situation, command
    if situation.question not in AFTER_STEP:
        ahead = situation.passed and command not in SAFETY_COMMANDS  # what hurt may have been the step that was heard
        return replace(situation, playhead=_coming(course, place)) if ahead else situation, command
    if command in _GO_ON or (place.stream.track == PREPARATION and command is Command.READY):
        return situation, Command.NEXT_STEP
    if command not in _LEAVE:
        return situation, command
    left = replace(situation, playhead=_coming(course, place))
    return left, Command.STOP if command is Command.NO else command


def leave(course: Course, situation: Situation, command: Command, reply: Reply) -> Reply:
    """Whoever leaves behind a step comes back to the next one; who interrupts one, to that one."""
    place, remember = situation.playhead, reply.remember
    if place is None or reply.play or reply.question in AFTER_STEP or remember.close or remember.forget:
        return reply
    behind = situation.question in AFTER_STEP and command in _LEAVE
    if behind or (situation.passed and command not in SAFETY_COMMANDS):
        place = _coming(course, place)
        if course.is_finished(place) and reply.question is not Question.PAUSE:
            return _finish(reply, place)
    elif not situation.interrupted:
        return reply
    return replace(reply, remember=replace(remember, place=remember.place or place))


def _finish(reply: Reply, place: Playhead) -> Reply:
    """Behind the last repetitions the run is finished, and there is nothing to come back to."""
    over = replace(reply.remember, place=None, close=(place.stream.run, Close.FINISHED))
    said = clip_key(PromptId.GOODBYE) if reply.clip == clip_key(PromptId.STOPPED) else reply.clip
    return replace(reply, clip=said, remember=over)


def speak(course: Course, situation: Situation, reply: Reply) -> Reply:
    """The reply with the step that it would play spoken whole, and the microphone open behind it."""
    if reply.play is None:
        return reply
    marks = (reply.play.stream.marks - PASSING) | {UNPLAYED, SPEAKING}
    place = course.step_start(Playhead(replace(reply.play.stream, marks=marks), reply.play.offset_ms))
    said = replace(reply, play=None, step=place, stop=situation.audible, clear=situation.audible)
    if course.step(place).id == CLOSING:
        closed = replace(reply.remember, place=None, close=(place.stream.run, Close.FINISHED))
        return replace(said, remember=closed)
    question, then = _asked_behind(course, place)
    return replace(
        said,
        then=then,
        question=question,
        reprompt=clip_key(PromptId.STEP_WAIT),
        remember=replace(reply.remember, place=place),
    )


def choose_way(course: Course, situation: Situation, command: Command) -> Reply:
    """Another way to train: nothing begins by itself, and the open question stays open."""
    way = Way.STEP_BY_STEP if command is Command.STEP_BY_STEP else Way.CONTINUOUS
    if way is Way.CONTINUOUS and not situation.audio_player:
        return questions.say(situation, clip_key(PromptId.ONLY_STEPS))
    place = situation.playhead
    if place is None and situation.question is not Question.START:
        reply = playback.welcome(situation)
    elif place is not None and situation.question is not Question.RETURN and not playback.is_recent(situation):
        reply = playback.ask_return(course, place, situation)
    else:
        clip = PromptId.STEP_BY_STEP if way is Way.STEP_BY_STEP else PromptId.CONTINUOUS
        reply = questions.ask(situation, clip_key(clip), stop=situation.audible)
        reply = replace(reply, remember=Remember(place=place))
    return replace(reply, remember=replace(reply.remember, way=way))


def fall_silent(content: Content, pack: Pack, situation: Situation) -> Reply:
    """The session ended: behind a step that was heard the place is the next one, in the middle of one that one.

    The closing needs no word: the run is finished.
    """
    if situation.playhead is None:
        return Reply()
    if situation.interrupted:
        return Reply(remember=Remember(place=situation.playhead))
    if situation.question not in AFTER_STEP:
        return Reply()
    course = Course(content.routines[situation.routine], pack, content.minutes)
    coming = _coming(course, situation.playhead)
    if course.is_finished(coming):
        return Reply(remember=Remember(close=(coming.stream.run, Close.FINISHED)))
    return Reply(remember=Remember(place=coming))


def _coming(course: Course, place: Playhead) -> Playhead:
    """The step behind this one, as a place that is still to come."""
    coming = course.next_step(place) or place
    marks = (coming.stream.marks - PASSING) | {UNPLAYED, PENDING}
    return replace(coming, stream=replace(coming.stream, marks=marks))


def _asked_behind(course: Course, place: Playhead) -> tuple[Question, str]:
    track, coming = place.stream.track, _coming(course, place).stream.track
    if track in (PREPARATION, coming):
        return Question.STEP, clip_key(PromptId.STEP_ASK)
    return Question.BETWEEN, clip_key(PromptId.BETWEEN, coming)
