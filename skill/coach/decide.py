"""The coach's front door: a situation and a command in, a reply out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from skill.coach import playback, questions, stepping
from skill.coach.commands import Command
from skill.coach.course import Course
from skill.coach.reply import Play, Remember, Reply
from skill.coach.safety import SAFETY_COMMANDS, answer_safety
from skill.coach.situation import (
    CHAIR_ONLY,
    LEFT,
    LEVELS,
    PENDING,
    TEMPOS,
    Button,
    Playhead,
    Question,
    Situation,
    State,
    Stream,
    Way,
)
from skill.content import Content
from skill.content.model import PREPARATION
from skill.content.prompt_ids import PromptId, clip_key
from skill.pack import Pack

_QUESTIONS = frozenset(
    (
        Command.TIME_LEFT,
        Command.WHICH_SIDE,
        Command.SAFETY_INFO,
        Command.EQUIPMENT,
        Command.HISTORY,
        Command.LOUDER,
        Command.HELP,
        Command.PRIVACY,
        Command.MEDICAL_QUESTION,
        Command.UNSUPPORTED,
    )
)
_CHANGES: Mapping[Command, tuple[int, PromptId, PromptId, PromptId]] = {
    Command.EASIER: (-1, PromptId.EASIER, PromptId.EASIER_PAUSED, PromptId.EASIEST_ALREADY),
    Command.HARDER: (+1, PromptId.HARDER, PromptId.HARDER_PAUSED, PromptId.HARDEST_ALREADY),
    Command.SLOWER: (-1, PromptId.SLOWER, PromptId.SLOWER_PAUSED, PromptId.SLOWEST_ALREADY),
    Command.FASTER: (+1, PromptId.FASTER, PromptId.FASTER_PAUSED, PromptId.FASTEST_ALREADY),
}
_Move = Callable[[Course, Playhead], Playhead | None]
_MOVES: Mapping[Command, _Move] = {
    Command.NEXT_STEP: Course.next_step,
    Command.PREVIOUS_STEP: Course.previous_step,
    Command.REPEAT: Course.repeat,
    Command.NEXT_EXERCISE: Course.next_exercise,
    Command.RESTART_EXERCISE: Course.restart_exercise,
    Command.START_OVER: lambda course, place: course.first_exercise(place.stream),
}


def decide(content: Content, pack: Pack, situation: Situation, command: Command) -> Reply:
    """What to answer to a command. Raises KeyError when the pack lacks a track of the routine.

    Who trains step by step hears a step in the answer instead of from the player; a device without a
    player gets no directive for one.
    """
    course = Course(content.routines[situation.routine], pack, content.minutes)
    reply = _decide(course, *stepping.behind_a_step(course, situation, command))
    reply = stepping.leave(course, situation, command, reply)
    way = reply.remember.way or situation.way
    if way is Way.STEP_BY_STEP or not situation.audio_player:
        reply = stepping.speak(course, situation, reply)
    return reply if situation.audio_player else replace(reply, stop=False, clear=False)


def press(content: Content, pack: Pack, situation: Situation, button: Button) -> Reply:
    """What a button on the device does: directives only, for nothing can be said in answer to a button.

    After a long or unknown pause nothing moves, for no safety line can be said; without an open run neither.
    """
    course = Course(content.routines[situation.routine], pack, content.minutes)
    place = situation.playhead
    if place is None or not situation.audio_player:
        return Reply()
    if situation.way is Way.STEP_BY_STEP and not situation.audible:
        return Reply()
    if button is Button.PAUSE:
        return Reply(stop=True, remember=Remember(place=place))
    if not playback.is_recent(situation):
        return Reply()
    if button is Button.PLAY:
        short = (situation.pause_age_s or 0.0) < playback.SHORT_PAUSE_S and not situation.eased
        short = short and LEFT not in place.stream.marks
        return playback.play(course.cue_start(place) if short else course.step_start(place))
    move = Course.next_step if button is Button.NEXT else Course.previous_step
    return replace(playback.go_to(move(course, place), place.stream), clip=None)


def _decide(course: Course, situation: Situation, command: Command) -> Reply:
    if command in SAFETY_COMMANDS:
        return answer_safety(course, situation, command)
    if command is Command.LAUNCH:
        return _launch(course, situation)
    if command in _QUESTIONS:
        return questions.answer_question(course, situation, command)
    if command is Command.FORGET_ME or situation.question is Question.FORGET:
        return _forget(course, situation, command)
    if command is Command.UNKNOWN:
        return questions.not_understood(situation)
    if command in (Command.STEP_BY_STEP, Command.CONTINUOUS):
        return stepping.choose_way(course, situation, command)
    return _wish(course, situation, command)


def _wish(course: Course, situation: Situation, command: Command) -> Reply:
    if command in (Command.YES, Command.NO):
        return _yes_or_no(course, situation, command)
    if command in (Command.STOP, Command.READY):
        return _stop_or_ready(course, situation, command)
    if situation.question is Question.START or situation.playhead is None:
        return _before_the_start(course, situation, command)
    return _in_a_run(course, situation, situation.playhead, command)


def _launch(course: Course, situation: Situation) -> Reply:
    if situation.playhead is None:
        return playback.ask_start(situation)
    return playback.ask_return(course, situation.playhead, situation)


def _forget(course: Course, situation: Situation, command: Command) -> Reply:
    if command in (Command.FORGET_ME, Command.YES, Command.NO, Command.STOP):
        return questions.answer_forget(situation, command)
    if command is Command.UNKNOWN:
        return questions.not_understood(situation)
    return _decide(course, replace(situation, question=None), command)


def _yes_or_no(course: Course, situation: Situation, command: Command) -> Reply:
    if situation.question not in (Question.START, Question.RETURN):
        if command is Command.NO and situation.question in (Question.PAIN, Question.DIZZY):
            return _stop_or_ready(course, situation, Command.STOP)
        if situation.question is None:
            return questions.not_understood(situation)
        return questions.ask_again(situation)
    if command is Command.NO:
        return _stop_or_ready(course, situation, Command.STOP)
    wish = Command.START if situation.question is Question.START else Command.RESUME
    return _decide(course, situation, wish)


def _stop_or_ready(course: Course, situation: Situation, command: Command) -> Reply:
    place = situation.playhead
    if command is Command.READY and (situation.question is Question.START or place is None):
        return _before_the_start(course, situation, Command.START)
    if command is Command.READY and place is not None and place.stream.track == PREPARATION:
        return _in_a_run(course, situation, place, Command.START)
    if situation.state is State.ENDED:
        return Reply(clip=clip_key(PromptId.GOODBYE), stop=True)
    if place is None or situation.question is Question.START:
        return Reply(clip=clip_key(PromptId.NOT_STARTED), stop=situation.audible or situation.state is not State.IDLE)
    unwell = situation.question in (Question.PAIN, Question.DIZZY)  # no invitation to go on
    said = clip_key(PromptId.GOODBYE if unwell else PromptId.STOPPED)
    return Reply(clip=said, stop=True, remember=Remember(place=playback.left(place)))


def _before_the_start(course: Course, situation: Situation, command: Command) -> Reply:
    """Nothing has begun: only a word that begins something starts audio, and only after the intro."""
    if situation.question is not Question.START:
        return _unasked(course, situation, command)
    stream = _new_stream(course, situation)
    if command is Command.RESUME and situation.playhead is not None:
        return playback.play(course.fresh_start(situation.playhead), clip_key(PromptId.START))
    if command in (Command.START, Command.RESUME, Command.START_OVER, Command.RESTART_EXERCISE):
        return playback.play(course.first_exercise(stream), clip_key(PromptId.START))
    if command in (Command.WAIT, Command.PAUSE):
        preparation = replace(stream, track=PREPARATION)
        return playback.play(Playhead(preparation, 0), clip_key(PromptId.WAIT))
    if command is Command.CHAIR_ONLY:
        on_chair = replace(stream, marks=frozenset((CHAIR_ONLY,)))
        return playback.play(course.first_exercise(on_chair), clip_key(PromptId.CHAIR_ONLY))
    if command is Command.CHOOSE_EXERCISE and situation.exercise:
        return playback.play(course.exercise_start(stream, situation.exercise), clip_key(PromptId.START))
    if command in _CHANGES:
        return _change(course, situation, None, command)
    if command is Command.REPEAT:
        return playback.ask_start(situation)
    return questions.say(situation, clip_key(PromptId.HELP_START))


def _unasked(course: Course, situation: Situation, command: Command) -> Reply:
    """No run and no question: the intro; but "Alexa, stop" arrives as a pause, and wants silence, no welcome."""
    if command is Command.PAUSE:
        return Reply(clip=clip_key(PromptId.GOODBYE), stop=True)
    reply = playback.welcome(replace(situation, finished=situation.finished and command is not Command.RESUME))
    if command not in _CHANGES or situation.question is Question.PAIN:
        return reply
    wished = _change(course, replace(situation, question=Question.START), None, command).remember
    return replace(reply, remember=replace(reply.remember, level=wished.level, tempo=wished.tempo))


def _in_a_run(course: Course, situation: Situation, place: Playhead, command: Command) -> Reply:
    if command in (Command.PAUSE, Command.WAIT):
        return playback.pause(place)
    if command is Command.START and place.stream.track == PREPARATION:
        return playback.play(course.first_exercise(place.stream), clip_key(PromptId.START))
    if command in (Command.RESUME, Command.START):
        return playback.resume(course, place, situation)
    if command in _CHANGES:
        return _change(course, situation, place, command)
    if playback.is_recent(situation):
        return _move(course, situation, place, command)
    if situation.question is Question.RETURN:
        return _after_long(course, situation, place, command)
    if command is Command.CHAIR_ONLY:
        place = playback.unplayed(_seated(course, place))
        reply = playback.ask_return(course, place, situation)
        return reply if reply.remember.close else replace(reply, remember=replace(reply.remember, place=place))
    return playback.ask_return(course, place, situation)


def _move(course: Course, situation: Situation, place: Playhead, command: Command) -> Reply:
    """Go somewhere else in the run; a word that chooses a step ends a pause."""
    if command is Command.START_OVER:
        place = replace(place, stream=replace(place.stream, run=situation.new_run))
    if PENDING in place.stream.marks and command in (Command.NEXT_STEP, Command.REPEAT):
        return playback.play(place if command is Command.NEXT_STEP else course.previous_step(place))
    given = situation.mapped or (situation.state is not State.PLAYING and place == course.step_start(place))
    if command is Command.REPEAT and given:  # the place was not reached by listening: no border was passed
        return playback.play(course.step_start(place))
    if situation.question is Question.RETURN and command in (Command.RESTART_EXERCISE, Command.START_OVER):
        return _begin_again(course, place, command)
    if command is Command.CHAIR_ONLY:
        return _on_the_chair(course, situation, place)
    if command is Command.ANOTHER_ROUND:
        return _another_round(course, situation, place)
    if command is Command.CHOOSE_EXERCISE:
        if situation.exercise is None:
            return questions.not_understood(situation)
        return playback.play(course.choose(place, situation.exercise))
    return playback.go_to(_MOVES[command](course, place), place.stream)


def _another_round(course: Course, situation: Situation, place: Playhead) -> Reply:
    """The repetitions of this exercise once more, behind a line that gives time to take the position."""
    if place.stream.track == PREPARATION:
        return questions.ask(situation, clip_key(PromptId.HELP_START))
    return playback.play(course.first_repetitions(place), clip_key(PromptId.ANOTHER_ROUND, place.stream.track))


def _after_long(course: Course, situation: Situation, place: Playhead, command: Command) -> Reply:
    """A word at a launch after long: an exercise is begun from its start, for nobody lies or sits in it any more."""
    place = playback.as_wished(place, situation)
    clip: str | None = None
    if command is Command.START_OVER:
        stream = replace(place.stream, run=situation.new_run)
        return playback.play(course.first_exercise(stream), clip_key(PromptId.START))
    if command is Command.RESTART_EXERCISE:
        clip = clip_key(PromptId.START)
    if command is Command.CHOOSE_EXERCISE and situation.exercise is None:
        return questions.not_understood(situation)
    if command is Command.CHOOSE_EXERCISE and situation.exercise:
        place = course.exercise_start(place.stream, situation.exercise)
    elif command is Command.NEXT_EXERCISE:
        place = course.next_exercise(place) or place
    elif command is Command.CHAIR_ONLY:
        place, clip = _seated(course, place), clip_key(PromptId.CHAIR_ONLY)
    return playback.play(place if course.is_finished(place) else course.fresh_start(place), clip)


def _begin_again(course: Course, place: Playhead, command: Command) -> Reply:
    """The answer "opnieuw" at a launch: the exercise, or the whole routine, from its start."""
    again = course.restart_exercise(place)
    target = again if command is Command.RESTART_EXERCISE else course.first_exercise(place.stream)
    return playback.play(target, clip_key(PromptId.START))


def _on_the_chair(course: Course, situation: Situation, place: Playhead) -> Reply:
    seated = _seated(course, place)
    if situation.state is State.STEPPING and seated.stream.track == place.stream.track:
        return replace(questions.ask(situation, clip_key(PromptId.CHAIR_ONLY)), remember=Remember(place=seated))
    if seated.stream.track == place.stream.track:
        return playback.play(course.step_start(seated), clip_key(PromptId.CHAIR_ONLY))
    return playback.play(
        course.choose(replace(place, stream=replace(seated.stream, track=place.stream.track)), seated.stream.track),
        clip_key(PromptId.CHAIR_ONLY),
    )


def _seated(course: Course, place: Playhead) -> Playhead:
    """The place in a run on the chair: the same where it may be, else the start of the first exercise there."""
    stream = replace(place.stream, marks=place.stream.marks | {CHAIR_ONLY})
    allowed = [one.id for one in course.exercises(stream.marks)]
    if stream.track in allowed:
        return replace(place, stream=stream)
    return course.exercise_start(stream, allowed[0])


def _new_stream(course: Course, situation: Situation) -> Stream:
    first = course.exercises(frozenset())[0]
    return Stream(
        routine=situation.routine,
        track=first.id,
        level=situation.level,
        tempo=situation.tempo,
        pack=course.pack.id,
        run=situation.new_run,
    )


def _change(course: Course, situation: Situation, place: Playhead | None, command: Command) -> Reply:
    """Another level or tempo: while playing the step goes on in it; a pause stays a pause."""
    distance, going_on, paused, already = _CHANGES[command]
    level = place.stream.level if place else situation.level
    tempo = place.stream.tempo if place else situation.tempo
    if command in (Command.EASIER, Command.HARDER):
        index = LEVELS.index(level) + distance
        possible = 0 <= index < len(LEVELS)
        level = LEVELS[index] if possible else level
    else:
        index = TEMPOS.index(tempo) + distance
        possible = 0 <= index < len(TEMPOS)
        tempo = TEMPOS[index] if possible else tempo
    after_pain = situation.question is Question.PAIN
    if distance > 0 and situation.question in (Question.PAIN, Question.DIZZY):
        return questions.ask_again(situation)
    if not possible and not (after_pain and command is Command.EASIER):
        return questions.say(situation, clip_key(already))
    saved = Remember() if after_pain else Remember(level=level, tempo=tempo)
    if place is not None:
        stream = replace(place.stream, level=level, tempo=tempo)
        target = course.same_step(place, stream)
        saved = replace(saved, place=target)
        if situation.state is State.PLAYING and not situation.in_session:
            return Reply(clip=clip_key(going_on), play=Play(stream, target.offset_ms), remember=saved)
    return replace(questions.ask(situation, clip_key(paused), stop=place is not None), remember=saved)
