"""A training that every rule of the check applies to: to the floor, both sides, to the chair."""

from __future__ import annotations

from dataclasses import replace

from skill.content import Content, Exercise, Posture, Side, Step, Tone
from tests.audio.small import exercise_step, rest, say, small_content, tone


def whole_content() -> Content:
    """The small content with a left side, a turn, and an exercise on the chair."""
    content = small_content()
    routine = content.routines["small"]
    to_floor = Step(
        "to_floor",
        "het begin op de mat",
        (say("Ga rustig naar je mat, en kom op je linkerzij liggen."), rest(16), tone(Tone.REST_END)),
    )
    turn_over = Step(
        "turn_over",
        "het omdraaien",
        (say("Rol langzaam over je rug naar je rechterzij."), rest(6), tone(Tone.REST_END)),
        side=Side.LEFT,
    )
    right = exercise_step()
    left = replace(right, id="left_side", spoken_name="de linkerkant", side=Side.LEFT)
    to_chair = Step(
        "to_chair",
        "het opstaan",
        (say("Kom rustig overeind, en ga naar je stoel."), rest(26), tone(Tone.REST_END)),
        transition=True,
    )
    seated = Step(
        "seated",
        "de houding",
        (
            say("Ga achterin je stoel zitten, zodat je rug de leuning raakt."),
            say("Zet je voeten plat op de grond, en laat je schouders zakken."),
            rest(20),
            tone(Tone.REST_END),
            say("Adem rustig in door je neus, en langzaam weer uit."),
        ),
    )
    exercises = (
        Exercise("open_book", "Open boek", "het open boek", Posture.FLOOR, (to_floor, right, turn_over, left)),
        Exercise("elbows_up", "Ellebogen", "ellebogen omhoog", Posture.CHAIR, (to_chair, seated)),
    )
    return replace(content, routines={"small": replace(routine, exercises=exercises)})
