"""When everything sounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from audio.score import Score, Utterance, scores
from audio.timeline import Finding, Pad, Timeline, lay_out
from skill.content import Cue, Step, Tone
from skill.pack import TimedCue
from tests.audio.small import hold, repetition, rest, say, small_content


def second(_: Utterance) -> int:
    """Every utterance lasts one second."""
    return 1000


def laid_out(*cues: Cue, repetitions: tuple[Cue, ...] = (), seconds: float = 8.0) -> tuple[Timeline, list[Finding]]:
    """A step of these cues, and one repetition, at level harder."""
    repeated = (repetition(1, seconds, *repetitions),) if repetitions else ()
    step = Step("one", "de stap", (*cues, rest(60)), repeated)
    return lay_out(Score(("a/b/harder/normal",), (step,), track=True, file="x.yaml"), second)


def cues_of(timeline: Timeline, *kinds: str) -> list[TimedCue]:
    """Its cues of these kinds."""
    return [cue for step in timeline.steps for cue in step.cues if cue.kind in kinds]


def test_first_sound_comes_after_room_tone() -> None:
    """A track begins with 300 ms of room tone or a little more."""
    timeline, _ = laid_out(say("Eén zin."))
    assert 300 <= cues_of(timeline, "say")[0].start_ms < 324


def test_sentences_stand_apart() -> None:
    """Between two sentences, in one line or in two, there is at least 0.6 s."""
    timeline, _ = laid_out(say("Eén zin. Nog een zin."), say("De derde."))
    starts = [sound.start_ms for sound in timeline.sounds if isinstance(sound.source, Utterance)]
    assert len(starts) == 3
    assert all(later - earlier >= 1600 for earlier, later in pairwise(starts))


def test_rest_lasts_as_long_as_it_says() -> None:
    """A rest of four seconds puts four seconds between two lines, and at most a frame of 24 ms more."""
    timeline, _ = laid_out(say("Eén."), rest(4), say("Twee."))
    first, later = cues_of(timeline, "say")
    assert 4000 <= later.start_ms - first.end_ms < 4024


def test_cues_of_a_repetition_stand_at_their_times() -> None:
    """Within a repetition the times of the content hold, to the next frame of 24 ms."""
    timeline, findings = laid_out(repetitions=(say("Eén.", 0), say("Terug.", 4.6)))
    first, later = cues_of(timeline, "say")
    assert (later.start_ms - first.start_ms, findings) == (4608, [])


def test_hold_pushes_what_comes_later() -> None:
    """A hold makes its repetition longer, and the words of its count come at even distances."""
    timeline, findings = laid_out(repetitions=(say("Eén.", 0), hold(3, 6, "drie", "twee", "één"), say("Terug.", 3.5)))
    first, later = cues_of(timeline, "say")
    counts = [cue.start_ms - first.start_ms for cue in cues_of(timeline, "count")]
    assert (counts, later.start_ms - first.start_ms, findings) == ([3000, 5016, 7008], 9504, [])


def test_late_cue_is_pushed_with_a_warning() -> None:
    """A cue that finds the one before still sounding moves up a little, and that is said with its line."""
    timeline, findings = laid_out(repetitions=(say("Eén.", 0), say("Terug.", 1.0, line=7)))
    first, later = cues_of(timeline, "say")
    assert later.start_ms - first.start_ms == 1320
    assert [(one.line, one.error, one.late_ms) for one in findings] == [(7, False, 300)]


def test_cue_that_does_not_fit_is_an_error() -> None:
    """Beyond a tenth of its repetition a late cue is an error that names file and line."""
    _, findings = laid_out(repetitions=(say("Eén.", 0), say("Terug.", 0.2, line=7)), seconds=5)
    assert [(one.file, one.line, one.error) for one in findings] == [("x.yaml", 7, True)]


def test_count_that_does_not_fit_is_an_error() -> None:
    """Words that take longer than their share of a hold are refused."""
    _, findings = laid_out(repetitions=(say("Eén.", 0), replace(hold(3, 2, "drie", "twee", "één"), line=9)))
    assert [(one.line, one.error) for one in findings] == [(9, True)] * 3


def test_last_cue_may_not_spill_over() -> None:
    """A last cue that sounds past the end of its repetition counts as late."""
    _, findings = laid_out(repetitions=(say("Eén.", 0), say("Terug.", 4.9, line=8)), seconds=5)
    assert [(one.line, one.error) for one in findings] == [(8, True)]


def test_calm_gives_more_time() -> None:
    """At tempo calm rests and repetitions last 1.3 times as long, and holds as long as ever."""
    by_key = {score.keys[0]: score for score in scores(small_content())}
    normal, _ = lay_out(by_key["small/open_book/harder/normal"], second)
    calm, _ = lay_out(by_key["small/open_book/harder/calm"], second)
    rests = [[cue.end_ms - cue.start_ms for cue in cues_of(one, "rest")] for one in (normal, calm)]
    holds = [[cue.end_ms - cue.start_ms for cue in cues_of(one, "hold")] for one in (normal, calm)]
    assert [round(ms * 1.3) for ms in rests[0]] == rests[1]
    assert holds[0] == holds[1] == [3000]


def test_level_leaves_cues_out() -> None:
    """A hold of the level harder is not there at the level basic."""
    by_key = {score.keys[0]: score for score in scores(small_content())}
    basic, _ = lay_out(by_key["small/open_book/basic/normal"], second)
    assert not cues_of(basic, "hold", "count")


def test_steps_cover_the_track() -> None:
    """Every step ends where the next begins, from the start of the track to its end."""
    by_key = {score.keys[0]: score for score in scores(small_content())}
    timeline, _ = lay_out(by_key["small/open_book/basic/normal"], second)
    starts = [step.start_ms for step in timeline.steps]
    assert [0, *(step.end_ms for step in timeline.steps)] == [*starts, timeline.ms]
    assert [step.id for step in timeline.steps] == ["position", "right_side", "closing"]


def test_short_track_and_long_clip_are_errors() -> None:
    """A track under a minute and a clip over four are refused."""
    short = Score(("t",), (Step("a", "a", (rest(5),)),), track=True, file="x.yaml")
    long = Score(("c",), (Step("", "", (rest(300),)),), track=False, file="x.yaml")
    assert [lay_out(one, second)[1][0].error for one in (short, long)] == [True, True]


def test_preparation_is_one_file_under_all_its_names() -> None:
    """The preparation sounds the same at every level and tempo, and is made once."""
    found = [score for score in scores(small_content()) if "preparation" in score.keys[0]]
    assert [len(score.keys) for score in found] == [6]


def test_everything_sounds_on_a_frame() -> None:
    """Every sound begins on a multiple of 24 ms, whatever lengths the voice gives, and none overlaps the next."""
    by_key = {score.keys[0]: score for score in scores(small_content())}
    for key in ("small/open_book/harder/calm", "small/intro_first"):
        timeline, _ = lay_out(by_key[key], lambda one: 397 + 31 * len(one.text))
        assert all(sound.start_ms % 24 == 0 for sound in timeline.sounds)
        assert all(later.start_ms - one.start_ms - one.ms >= 300 for one, later in pairwise(timeline.sounds))
        assert timeline.ms % 24 == 0


def test_long_quiet_gets_a_pad() -> None:
    """A quiet stretch of more than 4.5 s gets one soft pad in its middle, a shorter one none."""
    short, _ = laid_out(say("Eén."), rest(4), say("Twee."))
    long, _ = laid_out(say("Eén."), rest(9), say("Twee."))
    assert [type(sound.source).__name__ for sound in short.sounds] == ["Utterance", "Utterance", "Pad"]
    first, pad, later, _ = long.sounds
    assert isinstance(pad.source, Pad)
    before, after = pad.start_ms - first.start_ms - first.ms, later.start_ms - pad.start_ms - pad.ms
    assert 400 <= before <= 560
    assert 300 <= after <= 560


def test_calm_closes_its_longer_rests_with_a_tone() -> None:
    """A rest of 4.5 s becomes one of 5.85 s at tempo calm: there a tone says that it is over, at normal none."""
    content = small_content()
    routine = content.routines["small"]
    exercise = routine.exercises[0]
    step = Step("one", "de stap", (say("Eén."), rest(4.5), say("Twee."), rest(2)))
    changed = replace(routine, exercises=(replace(exercise, steps=(step, exercise.steps[1])),))
    by_key = {one.keys[0]: one for one in scores(replace(content, routines={"small": changed}))}
    tones = [
        [cue.tone for cue in by_key[f"small/open_book/basic/{tempo}"].steps[0].cues if cue.tone]
        for tempo in ("normal", "calm")
    ]
    assert tones == [[], [Tone.REST_END]]


def test_quiet_beginning_and_end_get_a_pad() -> None:
    """Also a long rest before the first and behind the last sound is not empty."""
    score = Score(("c",), (Step("", "", (rest(10), say("Eén."), rest(10))),), track=False, file="x.yaml")
    timeline, _ = lay_out(score, second)
    assert [type(sound.source).__name__ for sound in timeline.sounds] == ["Pad", "Utterance", "Pad"]
