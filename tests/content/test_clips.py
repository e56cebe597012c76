"""Clips: every prompt, whole, for every member of its closed sets."""

from __future__ import annotations

from skill.content import Content, load_content
from skill.content.prompt_ids import DOMAINS, PromptId, clip_key
from tests.content.conftest import Copy


def test_every_clip_the_coach_can_ask_for_is_there(content: Content) -> None:
    """One clip a prompt, and one a member for those with a closed set; nothing more."""
    routine = content.routines["bovenrug"]
    exercises = [one.id for one in routine.exercises]
    places = [f"{one.id}.{step.id}" for one in routine.exercises for step in routine.track_steps(one.id)]
    wanted = {clip_key(one) for one in PromptId if one not in DOMAINS}
    for prompt in (PromptId.WELCOME_BACK, PromptId.RETURN_LATER, PromptId.BETWEEN, PromptId.ANOTHER_ROUND):
        wanted |= {clip_key(prompt, exercise) for exercise in exercises}
    for prompt in (PromptId.RESUME_POSITION, PromptId.RESUME_AFTER_PAIN):
        wanted |= {clip_key(prompt, place) for place in places}
    wanted |= {clip_key(PromptId.WHICH_SIDE, side) for side in ("right", "left")}
    wanted |= {clip_key(PromptId.TIME_LEFT, one, count) for one in exercises for count in content.minutes}
    wanted |= {clip_key(PromptId.INTRO_LATER, days) for days in range(4)}
    wanted |= {clip_key(PromptId.HISTORY, this, last) for this in range(8) for last in range(8)}
    assert {key for key in content.clips("bovenrug") if "@" not in key} == wanted
    assert clip_key(PromptId.RESUME_POSITION, "elbows_up.closing") in wanted


def test_fill_ins_are_filled_whole(content: Content) -> None:
    """No brace is left, and the words stand where they belong."""
    clips = content.clips("bovenrug")
    assert not any("{" in clip.text or "}" in clip.text for clip in clips.values())
    assert "oefening twee: draaien op je stoel" in clips["time_left[seated_turn,3]"].text
    assert "drie minuten" in clips["time_left[seated_turn,3]"].text
    assert "bij de rechterkant. Ga op je linkerzij" in clips["resume_position[open_book.right_side]"].text
    assert clips["which_side[left]"].text == "Nu is links aan de beurt."


def test_clips_that_quote_commands_follow_the_language_of_the_device(content: Content) -> None:
    """Only the words of commands differ; a clip without any is there once, for every device."""
    clips = content.clips("bovenrug")
    assert clips["step_ask"].text == "Wil je door? Zeg: verder."
    assert clips["step_ask@en"].text == "Wil je door? Zeg: continue."
    assert clips["step_ask@de"].text == "Wil je door? Zeg: weiter."
    quoting = {prompt.id for prompt in content.prompts.values() if any("{say:" in cue.text for cue in prompt.cues)}
    for key in clips:
        name = key.partition("[")[0].partition("@")[0]
        others = {f"{key}@{language}" for language in ("en", "de")} if "@" not in key and name in quoting else set()
        assert others <= set(clips)
        assert "@" not in key or name in quoting


def test_another_round_says_how_to_lie_or_sit(content: Content) -> None:
    """The position is that of the first repetitions of the exercise."""
    clips = content.clips("bovenrug")
    first = content.routines["bovenrug"].exercises[0]
    position = next(step.back_in_position for step in first.steps if step.repetitions)
    assert position
    assert position in clips["another_round[open_book]"].text


def test_the_names_of_skill_and_device_are_settings() -> None:
    """Every mention follows the invocation name and the wake word."""
    clips = load_content(invocation="mijn oefening", wake_word="Computer").clips("bovenrug")
    assert "Welkom bij mijn oefening." in clips["intro_first"].text
    assert "Computer, pauze" in clips["intro_first"].text
    assert not any("rugoefening" in clip.text or "Alexa" in clip.text for clip in clips.values())


def test_safety_clips_carry_their_mark(content: Content) -> None:
    """Whoever plays a safety clip can see that it may not be shortened."""
    clips = content.clips("bovenrug")
    assert clips["resume_after_pain[elbows_up.repetitions]"].safety
    assert clips["intro_first"].safety
    assert not clips["goodbye"].safety


def test_the_safety_hash_follows_the_safety_text_only(copy: Copy) -> None:
    """A changed warning is heard again by everybody; a changed goodbye by nobody."""
    before = copy.load().safety_hash("bovenrug")
    assert 8 <= len(before) <= 16
    copy.replace("prompts", "Tot de volgende keer.", "Tot gauw.")
    assert copy.load().safety_hash("bovenrug") == before
    copy.replace("prompts", "Twijfel je? Oefen dan niet", "Bij twijfel oefen je niet")
    assert copy.load().safety_hash("bovenrug") != before


def test_minutes_are_a_closed_set_from_one_up(content: Content) -> None:
    """Every whole number of minutes up to the longest can be said."""
    assert list(content.minutes) == list(range(1, len(content.minutes) + 1))
    assert content.minutes[1] == "één minuut"
