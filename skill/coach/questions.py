"""Questions that a person asks, and words that were not understood: nothing here starts or moves audio."""

from __future__ import annotations

from dataclasses import replace

from skill.coach.commands import Command
from skill.coach.course import Course
from skill.coach.reply import Remember, Reply
from skill.coach.situation import Playhead, Question, Situation, State
from skill.content.model import PREPARATION
from skill.content.prompt_ids import PromptId, clip_key

REPROMPTS = {
    Question.OFFER: PromptId.INTRO_REPROMPT,
    Question.START: PromptId.INTRO_REPROMPT,
    Question.RETURN: PromptId.RETURN_REPROMPT,
    Question.PAUSE: PromptId.HELP_REPROMPT,
    Question.PAIN: PromptId.PAIN_REPROMPT,
    Question.STEP: PromptId.STEP_WAIT,
    Question.BETWEEN: PromptId.STEP_WAIT,
    Question.DIZZY: PromptId.DIZZY_REPROMPT,
    Question.FORGET: PromptId.FORGET_REPROMPT,
}
_PLAIN = {
    Command.EQUIPMENT: PromptId.EQUIPMENT,
    Command.LOUDER: PromptId.LOUDER,
    Command.MEDICAL_QUESTION: PromptId.MEDICAL_QUESTION,
    Command.UNSUPPORTED: PromptId.CANNOT,
}
_MISSES = {
    True: (
        PromptId.NOT_UNDERSTOOD_START_1,
        PromptId.NOT_UNDERSTOOD_START_2,
        PromptId.NOT_UNDERSTOOD_START_3,
    ),
    False: (PromptId.NOT_UNDERSTOOD_1, PromptId.NOT_UNDERSTOOD_2, PromptId.NOT_UNDERSTOOD_3),
}


def say(situation: Situation, clip: str) -> Reply:
    """Say one clip and leave everything as it was.

    With an open microphone it stays open on the same question; a one-shot question gets no directive at
    all, so that the device goes on with what was playing, or leaves a pause a pause.
    """
    if not situation.in_session:
        return Reply(clip=clip)
    return ask(situation, clip)


def ask(situation: Situation, clip: str, *, stop: bool = False) -> Reply:
    """Say one clip that ends in a question, and open the microphone even for a one-shot."""
    question = situation.question or (Question.OFFER if situation.playhead is None else Question.PAUSE)
    return Reply(clip=clip, stop=stop, question=question, reprompt=clip_key(REPROMPTS[question]))


def answer_question(course: Course, situation: Situation, command: Command) -> Reply:
    """The answer to a question about the routine, the skill or the person's data."""
    if command is Command.SAFETY_INFO:
        return _safety_info(situation)
    if command in _PLAIN:
        return say(situation, clip_key(_PLAIN[command]))
    if command is Command.HELP:
        answer = say if situation.state is State.PLAYING else ask
        return answer(situation, clip_key(_help(situation)))
    if command is Command.HISTORY:
        return say(situation, clip_key(PromptId.HISTORY, situation.this_week, situation.last_week))
    if command is Command.PRIVACY:
        return ask(situation, clip_key(PromptId.PRIVACY))
    place = situation.playhead
    if place is None or place.stream.track == PREPARATION:
        return ask(situation, clip_key(PromptId.HELP_START))
    if command is Command.WHICH_SIDE:
        return say(situation, _side(course, place))
    return say(situation, _time_left(course, place))


def not_understood(situation: Situation) -> Reply:
    """Something was said that nobody understands: twice a hint, the third time rest. One-shot: "cannot"."""
    if not situation.in_session:
        return Reply(clip=clip_key(PromptId.CANNOT))
    ladder = _MISSES[situation.question is Question.START or situation.playhead is None]
    misses = min(situation.misses + 1, len(ladder))
    clip = clip_key(ladder[misses - 1])
    if misses == len(ladder):
        stop = situation.playhead is not None or situation.audible
        return Reply(clip=clip, stop=stop, remember=Remember(place=situation.playhead))
    if situation.question in (Question.FORGET, Question.PAIN, Question.DIZZY):
        return replace(ask_again(situation), misses=misses)
    said = say(situation, clip)
    return Reply(clip=clip, question=said.question, reprompt=said.reprompt, misses=misses)


def answer_forget(situation: Situation, command: Command) -> Reply:
    """Ask before wiping, then wipe or keep."""
    if situation.question is not Question.FORGET or command is Command.FORGET_ME:
        stop = situation.audible
        reprompt = clip_key(PromptId.FORGET_REPROMPT)
        return Reply(clip=clip_key(PromptId.FORGET_ASK), stop=stop, question=Question.FORGET, reprompt=reprompt)
    if command is Command.YES:
        return Reply(clip=clip_key(PromptId.FORGET_DONE), stop=True, clear=True, remember=Remember(forget=True))
    if command is Command.STOP or situation.playhead is None:
        return Reply(clip=clip_key(PromptId.FORGET_KEPT))
    return ask(replace(situation, question=None), clip_key(PromptId.FORGET_KEPT))


def ask_again(situation: Situation) -> Reply:
    """Put the open question once more, as its own short reprompt."""
    question = situation.question or Question.PAUSE
    reprompt = clip_key(REPROMPTS[question])
    return Reply(clip=reprompt, question=question, reprompt=reprompt)


def _safety_info(situation: Situation) -> Reply:
    """The whole safety text; it ends in a question, so the microphone opens even for a one-shot."""
    reply = ask(situation, clip_key(PromptId.SAFETY_INFO))
    return replace(reply, reprompt=clip_key(PromptId.SAFETY_INFO_REPROMPT))


def _help(situation: Situation) -> PromptId:
    if situation.playhead is None or situation.question is Question.START:
        return PromptId.HELP_START
    return PromptId.HELP_PLAYING if situation.state is State.PLAYING else PromptId.HELP_PAUSED


def _side(course: Course, place: Playhead) -> str:
    side = course.step(place).side
    return clip_key(PromptId.WHICH_SIDE, side) if side else clip_key(PromptId.NO_SIDE)


def _time_left(course: Course, place: Playhead) -> str:
    minutes = max(1, round(course.time_left_ms(place) / 60_000))
    longest = max(course.minutes)
    return clip_key(PromptId.TIME_LEFT, place.stream.track, min(minutes, longest))
