"""A training of two minutes: enough to hear every kind of cue. ``python -m tests.audio.small FOLDER`` builds it."""

from __future__ import annotations

import sys
from pathlib import Path

from audio.build import Result, build
from audio.voices import EspeakVoice, Voice
from skill.content import (
    Content,
    Cue,
    CueKind,
    Exercise,
    Level,
    Posture,
    Prompt,
    PromptId,
    Repetition,
    Routine,
    Side,
    Step,
    Tone,
    Words,
)
from skill.errors import RugoefeningError

FILE = "small.yaml"
HARDER = frozenset({Level.HARDER})
SAFETY = (PromptId.SAFETY_INFO, PromptId.RECORDING_INTRO)


def say(text: str, at: float | None = None, *, warning: bool = False, line: int = 0) -> Cue:
    """A spoken line."""
    return Cue(CueKind.SAY, text=text, at=at, warning=warning, line=line)


def rest(seconds: float) -> Cue:
    """A rest."""
    return Cue(CueKind.REST, seconds=seconds)


def tone(kind: Tone) -> Cue:
    """A tone."""
    return Cue(CueKind.TONE, tone=kind)


def hold(at: float, seconds: float, *count: str) -> Cue:
    """A hold of the level harder."""
    return Cue(CueKind.HOLD, seconds=seconds, at=at, count=count, levels=HARDER)


def repetition(number: int, seconds: float, *cues: Cue) -> Repetition:
    """A repetition."""
    return Repetition(number, seconds, cues, line=20)


def exercise_step(second_at: float = 4.0) -> Step:
    """A step with two repetitions; ``second_at`` is when the second cue of the first one comes (s)."""
    return Step(
        "right_side",
        "de rechterkant",
        (say("De rechterkant. Scherpe pijn? Stop dan.", warning=True), rest(1), tone(Tone.GO)),
        (
            repetition(1, 9, say("Eén. Adem in, arm omhoog.", 0, line=21), say("Adem uit.", second_at, line=22)),
            repetition(2, 8, say("Twee. Omhoog.", 0), hold(3, 3, "drie", "twee", "één"), say("En terug.", 4)),
        ),
        (say("Goed zo."), rest(1)),
        side=Side.RIGHT,
    )


def small_content(line: str = "Ga op je linkerzij liggen.", second_at: float = 4.0) -> Content:
    """A routine of one exercise; ``line`` is said in its first step only."""
    long_rest = (rest(25), tone(Tone.REST_END))
    closing = Step("closing", "het slot", (say("Dat was alles."), tone(Tone.DONE), rest(2)))
    first = Step("position", "de houding", (say(line), *long_rest, say("Adem rustig door je neus."), rest(2)))
    routine = Routine(
        "small",
        "Klein",
        1,
        "",
        (Exercise("open_book", "Open boek", "het open boek", Posture.FLOOR, (first, exercise_step(second_at))),),
        closing,
        Step(
            "preparation",
            "het klaarzetten",
            (
                say("Leg een mat of een dik kleed neer. Leg er een kussen bij, voor je hoofd."),
                rest(20),
                tone(Tone.REST_END),
                say("Zet een stevige stoel vlakbij, zonder wieltjes."),
                rest(30),
            ),
        ),
        file=FILE,
    )
    texts = {
        PromptId.INTRO_FIRST: "Welkom bij rugoefening. We doen drie rustige oefeningen.",
        PromptId.SAFETY_INFO: "Heb je pijn of druk op je borst? Bel één één twee.",
        PromptId.RECORDING_INTRO: "Dit is een opname. Heb je pijn of druk op je borst? Bel één één twee.",
        PromptId.PAUSE_SHORT: "Pauze. Pijn? Stop dan.",
        PromptId.STOPPED: "Gestopt.",
    }
    prompts = {str(name): Prompt(name, (say(text),), name in SAFETY, "prompts.yaml", 3) for name, text in texts.items()}
    return Content({"small": routine}, prompts, Words(), "rugoefening", "Alexa")


def build_small(packs: Path, content: Content | None = None, voice: Voice | None = None) -> tuple[Result, list[str]]:
    """Build the small training in this process; the outcome and the notes."""
    notes: list[str] = []
    result = build(content or small_content(), voice or EspeakVoice(), packs, jobs=1, note=notes.append)
    return result, notes


if __name__ == "__main__":
    try:
        print(build_small(Path(sys.argv[1]))[0])  # noqa: T201 # read by the test that starts this
    except RugoefeningError as error:
        sys.exit(f"{error}")
