"""Whole replies to words and buttons: what is said, what plays from where, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skill.coach import Button, Command, Intro, Play, Playhead, Question, Reply, Situation, State, Way, press
from skill.coach.reply import Close, Remember
from skill.content import Level, PromptId, Tempo, clip_key
from tests.coach.conftest import INTRO_LATER, ROUTINE, Bench

LATER = 4000.0
"""Seconds since a place was left: longer than a pause may last."""


def asked(question: Question, **facts: Any) -> dict[str, Any]:
    """The facts of an open microphone on a question, with nothing playing."""
    return {"question": question, "in_session": True, "state": State.ASKED, "audible": False, **facts}


def played(place: Playhead, clip: str | None = None) -> Reply:
    """A reply that plays from a place and remembers that place."""
    return Reply(clip=clip, play=Play(place.stream, place.offset_ms), remember=Remember(place=place))


def of(place: Playhead, **stream: Any) -> Playhead:
    """The place in a stream with other properties."""
    return replace(place, stream=replace(place.stream, **stream))


def intro(clip: str = INTRO_LATER, *, stop: bool = False, **remembered: Any) -> Reply:
    """The intro, which ends in the question whether to begin."""
    return Reply(
        clip=clip,
        stop=stop,
        question=Question.START,
        reprompt=PromptId.INTRO_REPROMPT,
        remember=Remember(intro_heard=True, **remembered),
    )


def pressed(bench: Bench, place: Playhead | None, button: Button, **facts: Any) -> Reply:
    """The reply to a button, a minute after a pause unless the facts say otherwise."""
    situation = Situation(State.PAUSED, ROUTINE, "run2", place, pause_age_s=60.0)
    return press(bench.content, bench.pack, replace(situation, **facts), button)


@pytest.mark.parametrize("button", list(Button))
@pytest.mark.parametrize(
    "facts",
    [{"playhead": None}, {"audio_player": False}, {"way": Way.STEP_BY_STEP}, {"playhead": None, "audio_player": False}],
)
def test_a_button_where_nothing_plays_does_nothing(bench: Bench, button: Button, facts: dict[str, Any]) -> None:
    """Without a run, without a player, and in the silence between two spoken steps."""
    assert pressed(bench, bench.at("open_book.position"), button, **facts) == Reply()


@pytest.mark.parametrize("age", [None, 60.0, LATER])
def test_the_pause_button_stops_and_keeps_the_place(bench: Bench, age: float | None) -> None:
    """However long ago the place was saved, pausing is always possible."""
    place = bench.at("open_book.position", marks="b")
    assert pressed(bench, place, Button.PAUSE, pause_age_s=age) == Reply(stop=True, remember=Remember(place=place))


@pytest.mark.parametrize("button", [Button.PLAY, Button.NEXT, Button.PREVIOUS])
@pytest.mark.parametrize("age", [None, 1801.0])
def test_a_button_after_a_long_pause_moves_nothing(bench: Bench, button: Button, age: float | None) -> None:
    """A safety line would have to come first, and a button cannot be answered with words."""
    assert pressed(bench, bench.at("open_book.position"), button, pause_age_s=age) == Reply()


@pytest.mark.parametrize(
    ("age", "marks", "eased", "heard_again_from"),
    [
        (0.0, "", False, 9000),
        (119.9, "", False, 9000),
        (120.0, "", False, 0),
        (1800.0, "", False, 0),
        (60.0, "", True, 0),
        (60.0, "l", False, 0),
    ],
)
def test_the_play_button_goes_on_as_far_back_as_the_pause_asks(
    bench: Bench, age: float, marks: str, eased: bool, heard_again_from: int
) -> None:
    """Within two minutes at the line, else, or when the position was left, at the start of the step."""
    place = bench.at("open_book.position", 10_000, marks=marks)
    reply = pressed(bench, place, Button.PLAY, pause_age_s=age, eased=eased)
    assert reply == played(bench.at("open_book.position", heard_again_from))


@pytest.mark.parametrize(
    ("button", "start", "target"),
    [
        (Button.NEXT, "open_book.position", "open_book.explanation"),
        (Button.NEXT, "open_book.left_side", "seated_turn.to_chair"),
        (Button.PREVIOUS, "open_book.explanation", "open_book.position"),
        (Button.PREVIOUS, "elbows_up.position", "seated_turn.left_side"),
    ],
)
@pytest.mark.parametrize("way", list(Way))
def test_the_arrows_move_a_step(bench: Bench, button: Button, start: str, target: str, way: Way) -> None:
    """While something sounds they move whatever the way to train is."""
    assert pressed(bench, bench.at(start), button, audible=True, way=way) == played(bench.at(target, 0))


def test_the_arrow_behind_the_closing_ends_without_a_word(bench: Bench) -> None:
    """The run is finished; no goodbye can be said to a button."""
    reply = pressed(bench, bench.at("elbows_up.closing"), Button.NEXT, audible=True)
    assert reply == Reply(stop=True, clear=True, remember=Remember(close=("run1", Close.FINISHED)))


@pytest.mark.parametrize("command", [Command.START, Command.RESUME, Command.NEXT_STEP, Command.READY])
@pytest.mark.parametrize("finished", [True, False])
def test_after_a_run_the_intro_is_whole_unless_it_was_trained_out(
    bench: Bench, command: Command, finished: bool
) -> None:
    """The short intro only for a new training behind a finished one; "verder" hears the whole one."""
    reply = bench.ask(command, None, state=State.ENDED, finished=finished)
    short = finished and command is not Command.RESUME
    assert reply == intro(INTRO_LATER if short else PromptId.INTRO_FIRST, stop=True)


CHANGES = [
    (Command.EASIER, PromptId.EASIER, Level.EASIER, Tempo.NORMAL),
    (Command.HARDER, PromptId.HARDER, Level.HARDER, Tempo.NORMAL),
    (Command.SLOWER, PromptId.SLOWER, Level.BASIC, Tempo.CALM),
]


@pytest.mark.parametrize(("command", "_clip", "level", "tempo"), CHANGES)
def test_a_change_without_a_run_is_noted_with_the_intro(
    bench: Bench, command: Command, _clip: str, level: Level, tempo: Tempo
) -> None:
    """The wish counts for the training that the intro asks about; after pain it is no wish for ever."""
    assert bench.ask(command, None) == intro(level=level, tempo=tempo)
    assert bench.ask(command, None, **asked(Question.PAIN)) == intro(stop=True)


@pytest.mark.parametrize(("command", "clip", "level", "tempo"), CHANGES)
def test_a_change_while_playing_goes_on_in_the_step(
    bench: Bench, command: Command, clip: str, level: Level, tempo: Tempo
) -> None:
    """The step begins again in the other version, and the wish is remembered; the general wish may be another."""
    reply = bench.ask(command, "open_book.right_side", level=Level.HARDER, tempo=Tempo.CALM)
    target = of(bench.at("open_book.right_side", 0, level=level), tempo=tempo)
    remember = Remember(place=target, level=level, tempo=tempo)
    assert reply == Reply(clip=clip, play=Play(target.stream, target.offset_ms), remember=remember)


@pytest.mark.parametrize(("command", "clip", "level", "tempo"), CHANGES)
@pytest.mark.parametrize("in_session", [True, False])
def test_a_change_in_a_pause_leaves_the_pause(
    bench: Bench, command: Command, clip: str, level: Level, tempo: Tempo, in_session: bool
) -> None:
    """Nothing plays; the place is the step in the other version, and the microphone opens."""
    state = State.PLAYING if in_session else State.PAUSED
    reply = bench.ask(command, "open_book.right_side", state=state, in_session=in_session)
    target = of(bench.at("open_book.right_side", 0, level=level), tempo=tempo)
    assert reply == Reply(
        clip=f"{clip}_paused",
        stop=True,
        question=Question.PAUSE,
        reprompt=PromptId.HELP_REPROMPT,
        remember=Remember(place=target, level=level, tempo=tempo),
    )


@pytest.mark.parametrize(("command", "clip", "level", "tempo"), CHANGES)
def test_a_change_at_the_start_is_noted_and_the_question_stays(
    bench: Bench, command: Command, clip: str, level: Level, tempo: Tempo
) -> None:
    """There is no audio to stop and no place."""
    reply = bench.ask(command, None, **asked(Question.START))
    remember = Remember(level=level, tempo=tempo)
    words = PromptId.INTRO_REPROMPT
    assert reply == Reply(clip=f"{clip}_paused", question=Question.START, reprompt=words, remember=remember)


@pytest.mark.parametrize(
    ("command", "level", "tempo", "clip"),
    [
        (Command.EASIER, Level.EASIER, Tempo.NORMAL, PromptId.EASIEST_ALREADY),
        (Command.HARDER, Level.HARDER, Tempo.NORMAL, PromptId.HARDEST_ALREADY),
        (Command.SLOWER, Level.BASIC, Tempo.CALM, PromptId.SLOWEST_ALREADY),
        (Command.FASTER, Level.BASIC, Tempo.NORMAL, PromptId.FASTEST_ALREADY),
    ],
)
def test_what_cannot_change_is_said_and_left(
    bench: Bench, command: Command, level: Level, tempo: Tempo, clip: str
) -> None:
    """At the end of a range the audio goes on, and nothing is remembered; without a run only the intro comes."""
    assert bench.ask(command, of(bench.at("open_book.position", level=level), tempo=tempo)) == Reply(clip=clip)
    assert bench.ask(command, None, level=level, tempo=tempo) == intro()


@pytest.mark.parametrize("command", [Command.START, Command.READY])
def test_ready_in_the_preparation_begins(bench: Bench, command: Command) -> None:
    """Whoever has everything at hand goes on to the first exercise of the same run."""
    place = of(bench.at("preparation.preparation", level=Level.HARDER), tempo=Tempo.CALM)
    target = of(bench.at("open_book.to_floor", 0, level=Level.HARDER), tempo=Tempo.CALM)
    assert bench.ask(command, place) == played(target, PromptId.START)


@pytest.mark.parametrize("command", [Command.STOP, Command.READY, Command.NO])
@pytest.mark.parametrize(
    ("question", "clip"),
    [
        (Question.RETURN, PromptId.STOPPED),
        (Question.PAIN, PromptId.GOODBYE),
        (Question.DIZZY, PromptId.GOODBYE),
    ],
)
def test_stopping_keeps_the_place_as_left(bench: Bench, command: Command, question: Question, clip: str) -> None:
    """The run stays open; after pain or dizziness nothing invites to go on."""
    reply = bench.ask(command, bench.at("open_book.position", marks="b"), **asked(question))
    place = bench.at("open_book.position", marks="bl")
    assert reply == Reply(clip=clip, stop=True, remember=Remember(place=place))


def test_stopping_in_the_preparation_stops(bench: Bench) -> None:
    """Only "klaar" begins there."""
    reply = bench.ask(Command.STOP, "preparation.preparation")
    place = bench.at("preparation.preparation", marks="l")
    assert reply == Reply(clip=PromptId.STOPPED, stop=True, remember=Remember(place=place))


def test_ready_without_a_run_leads_to_the_intro(bench: Bench) -> None:
    """ "Ik ben klaar" with nothing open means that somebody is ready to begin."""
    assert bench.ask(Command.READY, None) == intro()


@pytest.mark.parametrize(
    ("step", "facts", "stop"),
    [
        (None, {}, False),
        (None, {"audible": True}, True),
        (None, {"state": State.ASKED}, True),
        (None, asked(Question.START), True),
        ("open_book.position", asked(Question.START), True),
    ],
)
def test_stopping_before_the_start_is_no_stop_of_a_run(
    bench: Bench, step: str | None, facts: dict[str, Any], stop: bool
) -> None:
    """A kind word; audio that may sound is stopped, and an old run stays as it was."""
    assert bench.ask(Command.STOP, step, **facts) == Reply(clip=PromptId.NOT_STARTED, stop=stop)


@pytest.mark.parametrize("state", [State.PLAYING, State.PAUSED])
def test_starting_over_is_a_new_run(bench: Bench, state: State) -> None:
    """The first exercise, at the level of the run, under an id of its own."""
    reply = bench.ask(Command.START_OVER, bench.at("elbows_up.hands", level=Level.EASIER), state=state)
    assert reply == played(of(bench.at("open_book.to_floor", 0, level=Level.EASIER), run="run2"))


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (Command.NEXT_STEP, "open_book.explanation"),
        (Command.REPEAT, "open_book.position"),
        (Command.PREVIOUS_STEP, "open_book.position"),
        (Command.NEXT_EXERCISE, "seated_turn.to_chair"),
    ],
)
def test_words_about_a_step_that_is_still_to_come(bench: Bench, command: Command, target: str) -> None:
    """Next is that step, "again" the one that was heard before it; other words count from the step to come."""
    reply = bench.ask(command, bench.at("open_book.explanation", 0, marks="n"), state=State.PAUSED, pause_age_s=60)
    assert reply == played(bench.at(target, 0))


@pytest.mark.parametrize(
    ("state", "after_ms", "target"),
    [
        (State.PAUSED, 0, "open_book.explanation"),
        (State.PAUSED, 2000, "open_book.position"),
        (State.PLAYING, 0, "open_book.position"),
        (State.PLAYING, 5000, "open_book.explanation"),
    ],
)
def test_repeat_is_the_step_that_was_heard(bench: Bench, state: State, after_ms: int, target: str) -> None:
    """Just behind a border that is the step before; a pause exactly at a start was put there, not listened to."""
    reply = bench.ask(Command.REPEAT, bench.at("open_book.explanation", after_ms), state=state)
    assert reply == played(bench.at(target, 0))


def come_back(exercise: str, place: Playhead | None = None) -> Reply:
    """The short safety line after long, with the question whether to go on."""
    return Reply(
        clip=clip_key(PromptId.RETURN_LATER, exercise),
        stop=True,
        question=Question.RETURN,
        reprompt=PromptId.RETURN_REPROMPT,
        remember=Remember(place=place, intro_heard=True),
    )


@pytest.mark.parametrize("age", [LATER, None])
@pytest.mark.parametrize("command", [Command.NEXT_STEP, Command.REPEAT, Command.START_OVER, Command.NEXT_EXERCISE])
def test_a_move_after_long_asks_first(bench: Bench, command: Command, age: float | None) -> None:
    """The safety line and a question; the place is left as it was."""
    reply = bench.ask(command, "open_book.position", state=State.PAUSED, pause_age_s=age)
    assert reply == come_back("open_book")


@pytest.mark.parametrize(
    ("start", "after_ms", "seat", "kept_ms"),
    [("open_book.left_side", 9000, "seated_turn.position", 0), ("elbows_up.hands", 9000, "elbows_up.hands", 9000)],
)
def test_the_chair_after_long_is_kept_for_the_answer(
    bench: Bench, start: str, after_ms: int, seat: str, kept_ms: int
) -> None:
    """The question names the exercise on the chair, and the place is there, unknown to the player of the device."""
    reply = bench.ask(Command.CHAIR_ONLY, bench.at(start, after_ms), state=State.PAUSED, pause_age_s=LATER)
    assert reply == come_back(seat.split(".", maxsplit=1)[0], bench.at(seat, kept_ms, marks="cs"))


def test_the_chair_behind_the_last_repetition_closes_the_run(bench: Bench) -> None:
    """Nothing is left to do there: a new training is offered, and no place is kept of the old one."""
    reply = bench.ask(Command.CHAIR_ONLY, "elbows_up.closing", state=State.PAUSED, pause_age_s=LATER)
    assert reply == intro(stop=True, close=("run1", Close.FINISHED))


def test_the_chair_after_long_with_the_full_intro_due(bench: Bench) -> None:
    """The whole intro comes first; the wish for the chair is kept with the place."""
    facts = {"state": State.PAUSED, "pause_age_s": LATER, "intro": Intro.FULL}
    reply = bench.ask(Command.CHAIR_ONLY, "open_book.position", **facts)
    place = bench.at("seated_turn.position", 0, marks="cs")
    assert reply == intro(PromptId.INTRO_FIRST, stop=True, place=place)


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("open_book.right_side", "seated_turn.to_chair"),
        ("seated_turn.right_side", "seated_turn.right_side"),
        ("elbows_up.hands", "elbows_up.hands"),
    ],
)
def test_the_chair_while_training(bench: Bench, start: str, target: str) -> None:
    """From the floor the way to the chair is heard; who sits there already begins the step again."""
    assert bench.ask(Command.CHAIR_ONLY, start) == played(bench.at(target, 0, marks="c"), PromptId.CHAIR_ONLY)


def test_the_chair_behind_a_spoken_step_is_only_noted(bench: Bench) -> None:
    """Who sits on it already and trains step by step stays behind the step, with the question open."""
    facts = asked(Question.STEP, state=State.STEPPING, way=Way.STEP_BY_STEP)
    assert bench.ask(Command.CHAIR_ONLY, "seated_turn.right_side", **facts) == Reply(
        clip=PromptId.CHAIR_ONLY,
        question=Question.STEP,
        reprompt=PromptId.STEP_WAIT,
        remember=Remember(place=bench.at("seated_turn.right_side", marks="c")),
    )


def test_another_round_in_the_preparation_gets_help(bench: Bench) -> None:
    """There are no repetitions yet."""
    reply = bench.ask(Command.ANOTHER_ROUND, "preparation.preparation")
    assert reply == Reply(clip=PromptId.HELP_START, question=Question.PAUSE, reprompt=PromptId.HELP_REPROMPT)


def test_another_round_plays_the_first_repetitions(bench: Bench) -> None:
    """Behind a line of the exercise that gives time to take the position."""
    reply = bench.ask(Command.ANOTHER_ROUND, "open_book.left_side")
    assert reply == played(bench.at("open_book.right_side", 0), clip_key(PromptId.ANOTHER_ROUND, "open_book"))


def test_a_launch_behind_a_heard_step_comes_back_to_the_next(bench: Bench) -> None:
    """The place is the step that is still to come."""
    facts = asked(Question.STEP, state=State.STEPPING, way=Way.STEP_BY_STEP, pause_age_s=10)
    assert bench.ask(Command.LAUNCH, "open_book.position", **facts) == Reply(
        clip=clip_key(PromptId.WELCOME_BACK, "open_book"),
        stop=True,
        question=Question.RETURN,
        reprompt=PromptId.RETURN_REPROMPT,
        remember=Remember(place=bench.at("open_book.explanation", 0, marks="ns")),
    )
