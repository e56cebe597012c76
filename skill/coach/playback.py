"""Pause, go on, and going to another step or exercise."""

from __future__ import annotations

from dataclasses import replace

from skill.coach.course import Course
from skill.coach.reply import Close, Play, Remember, Reply
from skill.coach.situation import (
    AFTER_PAIN,
    LEFT,
    PASSING,
    PAUSED_BEFORE,
    UNPLAYED,
    Intro,
    Playhead,
    Question,
    Situation,
    State,
    Stream,
)
from skill.content.model import PREPARATION, Level
from skill.content.prompt_ids import PromptId, clip_key
from skill.content.words import ENOUGH_DAYS

SHORT_PAUSE_S = 120
"""Up to here one goes on at the cue."""
LONG_PAUSE_S = 1800
"""Up to here one goes on at the step; longer means a new start with a safety line."""


def play(playhead: Playhead, clip: str | None = None) -> Reply:
    """Play from here, now; the place is remembered with it."""
    stream = replace(playhead.stream, marks=playhead.stream.marks - PASSING)
    target = replace(playhead, stream=stream)
    return Reply(clip=clip, play=Play(stream, target.offset_ms), remember=Remember(place=target))


def pause(playhead: Playhead) -> Reply:
    """Stop, say one short line, open the microphone once; silence means paused."""
    first = PAUSED_BEFORE not in playhead.stream.marks
    stream = replace(playhead.stream, marks=playhead.stream.marks | {PAUSED_BEFORE})
    return Reply(
        clip=clip_key(PromptId.PAUSE_FIRST if first else PromptId.PAUSE_SHORT),
        stop=True,
        question=Question.PAUSE,
        remember=Remember(place=replace(playhead, stream=stream)),
    )


def resume(course: Course, playhead: Playhead, situation: Situation) -> Reply:
    """Go on after a pause, with as much of a lead-in as its length asks for.

    After a long or unknown pause nothing plays yet: the short safety line comes first, with a question.
    """
    if situation.question is Question.RETURN:
        return go_back(course, playhead, situation)
    age = situation.pause_age_s
    if age is None or age > LONG_PAUSE_S:
        return ask_return(course, playhead, situation)
    if situation.question is Question.PAIN or situation.eased:
        return resume_gently(course, playhead)
    marks = playhead.stream.marks | {PAUSED_BEFORE}
    playhead = replace(playhead, stream=replace(playhead.stream, marks=marks))
    if age < SHORT_PAUSE_S and situation.question is not Question.DIZZY and LEFT not in playhead.stream.marks:
        return play(course.cue_start(playhead), clip_key(PromptId.RESUME_SOON))
    return from_step(course, playhead)


def is_recent(situation: Situation) -> bool:
    """Whether the place is known to be left no longer ago than a pause may last."""
    return situation.pause_age_s is not None and situation.pause_age_s <= LONG_PAUSE_S


def go_back(course: Course, playhead: Playhead, situation: Situation) -> Reply:
    """The answer "verder" at a launch: the step after some minutes, the exercise after longer."""
    if is_recent(situation):
        return resume_gently(course, playhead) if situation.eased else from_step(course, playhead)
    return play(course.fresh_start(as_wished(playhead, situation)), clip_key(PromptId.START))


def as_wished(playhead: Playhead, situation: Situation) -> Playhead:
    """The place at the level and tempo that the person wishes in general: a long pause ends what was for this run."""
    stream = replace(
        playhead.stream,
        level=situation.level,
        tempo=situation.tempo,
        marks=playhead.stream.marks - {AFTER_PAIN, PAUSED_BEFORE},
    )
    return replace(playhead, stream=stream)


def from_step(course: Course, playhead: Playhead) -> Reply:
    """Take the position again, then the step from its start."""
    if playhead.stream.track == PREPARATION:
        return play(course.restart_exercise(playhead))
    return play(course.step_start(playhead), clip_key(PromptId.RESUME_POSITION, course.step_key(playhead)))


def resume_gently(course: Course, playhead: Playhead) -> Reply:
    """Go on easier, from the start of the step, behind a line that gives time; the mark is in the token only."""
    marks = playhead.stream.marks | {AFTER_PAIN}
    stream = replace(playhead.stream, level=Level.EASIER, marks=marks)
    target = course.same_step(playhead, stream)
    if stream.track == PREPARATION:
        return play(target)
    return play(target, clip_key(PromptId.RESUME_AFTER_PAIN, course.step_key(playhead)))


def ask_return(course: Course, playhead: Playhead, situation: Situation) -> Reply:
    """Say where one was and ask whether to go on; after a long pause with the short safety line.

    When the full intro is due after a long pause, or nothing is left to do, a new training is offered.
    """
    recent = is_recent(situation)
    nothing_left = playhead.stream.track == PREPARATION or course.is_finished(playhead)
    if nothing_left:
        return replace(ask_start(situation), remember=_over(course, playhead))
    if not recent and situation.intro is Intro.FULL:
        return ask_start(situation)
    prompt = PromptId.WELCOME_BACK if recent else PromptId.RETURN_LATER
    return Reply(
        clip=clip_key(prompt, playhead.stream.track),
        stop=True,
        question=Question.RETURN,
        reprompt=clip_key(PromptId.RETURN_REPROMPT),
        remember=Remember(intro_heard=not recent),
    )


def _over(course: Course, playhead: Playhead) -> Remember:
    """The run is left behind: a new one is offered."""
    how = Close.FINISHED if course.is_finished(playhead) else Close.ENDED
    return Remember(intro_heard=True, close=(playhead.stream.run, how))


def unplayed(playhead: Playhead) -> Playhead:
    """A place that is decided on while nothing plays: what the device tells of its player is older."""
    return replace(playhead, stream=replace(playhead.stream, marks=playhead.stream.marks | {UNPLAYED}))


def left(playhead: Playhead) -> Playhead:
    """The place of a person who leaves the position."""
    return replace(playhead, stream=replace(playhead.stream, marks=playhead.stream.marks | {LEFT}))


def welcome(situation: Situation) -> Reply:
    """The intro for whoever asks for something with no run open; the whole one after a run that was ended early."""
    ended = situation.state is State.ENDED and not situation.finished
    return ask_start(replace(situation, intro=Intro.FULL) if ended else situation)


def ask_start(situation: Situation) -> Reply:
    """The safety intro and the question whether to begin; whatever was playing stops."""
    later = clip_key(PromptId.INTRO_LATER, min(situation.this_week, ENOUGH_DAYS))
    return Reply(
        clip=clip_key(PromptId.INTRO_FIRST) if situation.intro is Intro.FULL else later,
        stop=situation.audible or situation.state is not State.IDLE,
        question=Question.START,
        reprompt=clip_key(PromptId.INTRO_REPROMPT),
        remember=Remember(intro_heard=True),
    )


def behind_the_end(stream: Stream) -> Reply:
    """ "Next" in the closing: say goodbye; the run is finished."""
    return Reply(
        clip=clip_key(PromptId.GOODBYE),
        stop=True,
        clear=True,
        remember=Remember(close=(stream.run, Close.FINISHED)),
    )


def go_to(target: Playhead | None, stream: Stream) -> Reply:
    """Play another place at once, without a sentence before it; None is behind the closing."""
    return play(target) if target is not None else behind_the_end(stream)
