"""The real content: what a person hears keeps the promises, whoever edits it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from skill.content import (
    ALL_LEVELS,
    PREPARATION,
    Content,
    Cue,
    CueKind,
    Exercise,
    Level,
    Posture,
    Routine,
    Side,
    Step,
    Tone,
)
from skill.content.speech import sentences, words

WORDS_A_SECOND = 140 / 60
STEPS = {
    "open_book": ["to_floor", "position", "explanation", "right_side", "turn_over", "left_side"],
    "seated_turn": ["to_chair", "position", "explanation", "right_side", "left_side"],
    "elbows_up": ["to_chair", "position", "hands", "explanation", "repetitions"],
}
CLAIMS = re.compile(r"tegen rugpijn|behandel|gene(es|z)|herstel|therapie|medisch|klachten verminder|helpt tegen", re.I)
COMMANDS = re.compile(r"\bzeg\b|\bpauze\b|\balexa\b", re.I)


@pytest.fixture(scope="session")
def routine(content: Content) -> Routine:
    """The routine that comes with the project."""
    return content.routines["bovenrug"]


def every_cue(step: Step) -> Iterator[Cue]:
    """All cues of a step."""
    yield from step.cues
    for repetition in step.repetitions:
        yield from repetition.cues
    yield from step.after


def spoken(cues: tuple[Cue, ...], level: Level) -> str:
    """What is said in some cues at a level."""
    return " ".join(cue.text for cue in cues if level in cue.levels and cue.kind is CueKind.SAY)


def seconds(step: Step, level: Level = Level.BASIC) -> float:
    """About how long a step lasts: 140 words a minute, rests and tones, repetitions with their holds."""
    outside = [cue for cue in (*step.cues, *step.after) if level in cue.levels]
    said = len(words(spoken((*step.cues, *step.after), level))) / WORDS_A_SECOND
    rests = sum(cue.seconds for cue in outside) + 0.3 * sum(cue.kind is CueKind.TONE for cue in outside)
    moves = sum(one.seconds for one in step.repetitions)
    holds = sum(cue.seconds for one in step.repetitions for cue in one.cues if level in cue.levels)
    return said + rests + moves + holds


def steps(routine: Routine) -> list[tuple[Exercise, Step]]:
    """Every step of every exercise."""
    return [(exercise, step) for exercise in routine.exercises for step in exercise.steps]


def everything_said(content: Content, routine: Routine) -> Iterator[str]:
    """Every spoken text, whole."""
    for clip in content.clips(routine.id).values():
        yield clip.text
    for track in routine.track_ids:
        for step in routine.track_steps(track):
            yield from (cue.text for cue in every_cue(step) if cue.text)
            yield from (step.spoken_name, step.back_in_position)


def test_the_exercises_and_steps_have_the_names_that_others_point_at(routine: Routine) -> None:
    """Exercises, steps and tracks are there in their order."""
    assert {one.id: [step.id for step in one.steps] for one in routine.exercises} == STEPS
    assert routine.track_ids == (PREPARATION, *STEPS)
    assert routine.track_steps("elbows_up")[-1] is routine.closing
    assert [one.posture for one in routine.exercises] == [Posture.FLOOR, Posture.CHAIR, Posture.CHAIR]
    with pytest.raises(KeyError):
        routine.track_steps("nothing")


def test_nobody_has_reviewed_it_yet(routine: Routine) -> None:
    """The review stays open until a physiotherapist signs it."""
    assert routine.reviewed_by == ""


def test_every_step_lasts_20_to_62_seconds(routine: Routine) -> None:
    """Nothing is too short to find back or too long to repeat; the holds of "harder" come on top."""
    for level in (Level.EASIER, Level.BASIC):
        for exercise, step in steps(routine):
            assert 20 <= seconds(step, level) <= 62, (exercise.id, step.id, level, seconds(step, level))


def test_moving_gets_its_time(routine: Routine) -> None:
    """Going to the floor and from mat to chair are slow, and the preparation is 60 to 90 s."""
    by_id = {f"{exercise.id}.{step.id}": step for exercise, step in steps(routine)}
    assert sum(cue.seconds for cue in by_id["open_book.to_floor"].cues) >= 15
    assert seconds(by_id["seated_turn.to_chair"]) >= 25
    assert 60 <= seconds(routine.preparation) <= 90
    assert seconds(by_id["elbows_up.to_chair"]) >= 25
    moving = [(exercise.id, step.id) for exercise, step in steps(routine) if step.transition]
    assert moving == [("seated_turn", "to_chair"), ("elbows_up", "to_chair")]


def test_the_first_line_names_the_exercise_or_the_side(routine: Routine) -> None:
    """After next, previous and repeat a listener knows at once where this is."""
    for exercise, step in steps(routine):
        first = step.cues[0].text.lower()
        side = {Side.RIGHT: r"\brecht(s|er)", Side.LEFT: r"\blink(s|er)"}.get(step.side or Side.RIGHT, "")
        named = exercise.title.lower() in first or (step.side is not None and re.search(side, first))
        assert named, (exercise.id, step.id)


def test_the_position_of_a_side_on_the_floor_names_the_side_to_lie_on(routine: Routine) -> None:
    """Turning right is done lying on the left side, and the other way round."""
    exercise = routine.exercises[0]
    where = {step.id: step.back_in_position for step in exercise.steps}
    assert "linkerzij" in where["right_side"]
    assert "rechterzij" in where["left_side"]
    assert all(step.back_in_position for _, step in steps(routine))


def test_repetitions_are_warned_started_and_equal_on_both_sides(routine: Routine) -> None:
    """Warning first, go tone last; five times right, five times left, six times up."""
    moving = [(exercise.id, step) for exercise, step in steps(routine) if step.repetitions]
    assert [(name, step.side, len(step.repetitions)) for name, step in moving] == [
        ("open_book", Side.RIGHT, 5),
        ("open_book", Side.LEFT, 5),
        ("seated_turn", Side.RIGHT, 5),
        ("seated_turn", Side.LEFT, 5),
        ("elbows_up", None, 6),
    ]
    for _, step in moving:
        assert step.cues[0].warning
        assert step.cues[-1].tone is Tone.GO
        assert "stop" in step.cues[0].text.lower()


def test_harder_holds_and_easier_is_smaller(routine: Routine) -> None:
    """Each repetition of "harder" has its hold, counted down aloud, a second a word; no other level has one."""
    long, short = ("vijf", "vier", "drie", "twee", "één"), ("drie", "twee", "één")
    counts = {"open_book": long, "seated_turn": short, "elbows_up": short}
    for exercise, step in steps(routine):
        for repetition in step.repetitions:
            held = [cue for cue in repetition.cues if cue.kind is CueKind.HOLD]
            assert [cue.levels for cue in held] == [{Level.HARDER}]
            assert held[0].count == counts[exercise.id]
            assert held[0].seconds == len(held[0].count)
        lines = [cue for cue in step.cues if cue.levels != ALL_LEVELS and cue.kind is CueKind.SAY]
        if step.id == "explanation":
            assert {level for cue in lines for level in cue.levels} == {Level.EASIER, Level.HARDER}
    for exercise in routine.exercises:
        moving = [step for step in exercise.steps if step.repetitions]
        assert all(spoken(step.cues, Level.EASIER) != spoken(step.cues, Level.BASIC) for step in moving)


def test_nothing_extra_is_said_during_repetitions(routine: Routine) -> None:
    """A repetition has at most four short lines."""
    for _, step in steps(routine):
        for repetition in step.repetitions:
            said = [cue.text for cue in repetition.cues if cue.kind is CueKind.SAY]
            assert len(said) <= 4
            assert all(len(words(text)) <= 6 for text in said)


def test_tracks_quote_no_command(routine: Routine) -> None:
    """Command words differ per locale and wake a second Echo: they stand in the prompts only."""
    for track in routine.track_ids:
        for step in routine.track_steps(track):
            assert not any(COMMANDS.search(cue.text) for cue in every_cue(step))


def test_sentences_are_short_and_nothing_is_promised(content: Content, routine: Routine) -> None:
    """At most 13 words a sentence, filled in; no medical claim; no "u"; no question for a number."""
    for text in everything_said(content, routine):
        assert all(len(words(sentence)) <= 13 for sentence in sentences(text)), text
        assert not CLAIMS.search(text), text
        assert not re.search(r"\b(u|uw)\b", text), text
        assert not re.search(r"cijfer|van één tot tien|hoeveel pijn", text), text


def test_the_wake_word_is_said_at_most_once_a_clip(content: Content, routine: Routine) -> None:
    """A clip that says it twice would wake other devices twice."""
    assert all(clip.text.count(content.wake_word) <= 1 for clip in content.clips(routine.id).values())


def test_the_ends_offer_no_way_on(content: Content, routine: Routine) -> None:
    """Emergency, doctor, ask first and a second report of pain name help and quote no word to go on with."""
    clips = content.clips(routine.id)
    for name in ("emergency", "see_doctor", "ask_first", "pain_second"):
        assert clips[name].safety
        assert not re.search(r"\bzeg:|verder|makkelijker|\bstart\b", clips[name].text)
    assert "één één twee" in clips["emergency"].text
    assert "huisarts" in clips["see_doctor"].text


def test_the_first_intro_says_all_that_matters_before_its_question(content: Content, routine: Routine) -> None:
    """General exercises, 112, the doctor, the pain rule, how to pause, what is needed, and then the answers."""
    text = content.clips(routine.id)["intro_first"].text
    order = ["rugoefening", "vervangen geen arts", "één één twee", "huisarts", "Vraag eerst advies", "Stop dan"]
    order += ["Alexa, pauze", "stoel zonder wieltjes", "Zeg: start", "Zeg: wacht", "Zeg: stoel", "Zeg: stop"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_going_on_leaves_time(content: Content, routine: Routine) -> None:
    """At least 3 s before the cue, and 8 s with a tone at their end to take the position again."""
    clips = content.clips(routine.id)
    assert sum(cue.seconds for cue in clips["resume_soon"].cues) >= 3
    for name in ("resume_position[open_book.left_side]", "resume_after_pain[open_book.left_side]"):
        rest, tone = clips[name].cues[-2:]
        assert (rest.seconds, tone.tone) == (8, Tone.REST_END)
        assert "rechterzij" in clips[name].text
