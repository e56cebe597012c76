"""What happens when something is wrong: the audio stops before anything is said, and nothing goes on by itself."""

from __future__ import annotations

from dataclasses import replace

from skill.coach import playback
from skill.coach.commands import Command
from skill.coach.course import Course
from skill.coach.reply import Close, Remember, Reply
from skill.coach.situation import AFTER_PAIN, Question, Situation
from skill.content.model import Level
from skill.content.prompt_ids import PromptId, clip_key

SAFETY_COMMANDS = frozenset((Command.PAIN, Command.DIZZY, Command.EMERGENCY, Command.SEE_DOCTOR, Command.ASK_FIRST))
_ENDING = {
    Command.EMERGENCY: PromptId.EMERGENCY,
    Command.SEE_DOCTOR: PromptId.SEE_DOCTOR,
    Command.ASK_FIRST: PromptId.ASK_FIRST,
}


def answer_safety(course: Course, situation: Situation, command: Command) -> Reply:
    """The answer to one of the safety commands.

    An emergency, a reason to see or ask a doctor, and a second report of pain end the run; no reason is kept.
    """
    if command in _ENDING:
        return _end(situation, _ENDING[command])
    if command is Command.PAIN:
        return _end(situation, PromptId.PAIN_SECOND) if _again(situation) else _pain(course, situation)
    return Reply(
        clip=clip_key(PromptId.DIZZY),
        stop=True,
        question=Question.DIZZY,
        reprompt=clip_key(PromptId.DIZZY_REPROMPT),
        remember=Remember(place=playback.left(situation.playhead) if situation.playhead else None),
    )


def _again(situation: Situation) -> bool:
    marked = situation.playhead is not None and AFTER_PAIN in situation.playhead.stream.marks
    return marked or situation.question is Question.PAIN


def _pain(course: Course, situation: Situation) -> Reply:
    place = situation.playhead
    if place is not None and not playback.is_recent(situation):
        place = playback.unplayed(course.fresh_start(playback.as_wished(place, situation)))
    if place is not None:
        marks = place.stream.marks | {AFTER_PAIN}
        place = playback.left(course.same_step(place, replace(place.stream, level=Level.EASIER, marks=marks)))
    return Reply(
        clip=clip_key(PromptId.PAIN_FIRST),
        stop=True,
        question=Question.PAIN,
        reprompt=clip_key(PromptId.PAIN_REPROMPT),
        remember=Remember(place=place),
    )


def _end(situation: Situation, prompt: PromptId) -> Reply:
    run = situation.playhead.stream.run if situation.playhead else None
    return Reply(
        clip=clip_key(prompt),
        stop=True,
        clear=True,
        remember=Remember(close=(run, Close.ENDED) if run else None),
    )
