"""The files of single steps: the sound of the track, as loud, and with its words on time."""

from __future__ import annotations

from pathlib import Path

from audio import mp3
from audio.filters import meter
from skill.pack import TimedStep, Track, load_pack
from tests.audio.listen import by_miniaudio, first_sound_ms, level_db
from tests.audio.small import build_small


def every_step(packs: Path) -> dict[str, tuple[Track, TimedStep]]:
    """Each different file of a step, with where it comes from."""
    pack = load_pack(packs / "espeak" / "manifest.json")
    return {step.file: (track, step) for track in pack.tracks.values() for step in track.steps}


def test_the_steps_are_their_track(built_pack: Path) -> None:
    """One behind the other they are the track, byte for byte, and each is a plain MP3 of its own."""
    folder = built_pack / "espeak"
    pack = load_pack(folder / "manifest.json")
    assert pack.tracks
    for track in pack.tracks.values():
        pieces = [(folder / step.file).read_bytes() for step in track.steps]
        assert b"".join(pieces) == (folder / track.file).read_bytes()
        for piece, step in zip(pieces, track.steps, strict=True):
            form = mp3.inspect(piece)
            assert (form.rate, form.channels, form.bitrates, form.plain) == (24_000, 1, frozenset({48_000}), True)
            assert abs(len(piece) // mp3.FRAME_BYTES * 24 - (step.end_ms - step.start_ms)) <= 50


def test_each_step_is_as_loud_as_all_else(built_pack: Path) -> None:
    """An answer with a step in it is no louder or softer than any other."""
    for file, (track, step) in list(every_step(built_pack).items())[::3]:  # the build measured all of them
        sound = mp3.decode((built_pack / "espeak" / file).read_bytes())
        lufs, peak = meter(sound)
        assert abs(lufs + 15) <= 0.55, (track.key, step.id, lufs)
        assert peak <= -2, (track.key, step.id, peak)


def test_the_first_word_of_a_step_is_whole(built_pack: Path) -> None:
    """Before the first word there is room tone, and it begins when the manifest says."""
    for file, (track, step) in list(every_step(built_pack).items())[::4]:
        sound = by_miniaudio(built_pack / "espeak" / file)
        first = next(cue for cue in step.cues if cue.kind == "say")
        cut = step.start_ms - 46 if step.start_ms else 0  # the file begins on the frame, 46 ms before it is heard
        assert abs(first_sound_ms(sound, first.start_ms - cut - 100) - (first.start_ms - cut)) <= 30, (
            track.key,
            step.id,
        )
        assert level_db(sound, 50, 250) < -44, (track.key, step.id)


def test_a_step_that_was_lost_is_made_again(small_packs: Path) -> None:
    """A build notices that the file of a step is gone, or is cut short, and puts it back."""
    steps = sorted((small_packs / "espeak").glob("step-*.mp3"))
    whole = {path: path.read_bytes() for path in steps[:2]}
    steps[0].unlink()
    steps[1].write_bytes(b"")
    build_small(small_packs)
    assert {path: path.read_bytes() for path in whole} == whole
