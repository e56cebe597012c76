"""The finished files, measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from audio import mp3
from audio.check import check
from audio.filters import meter
from audio.loudness import RATE, Samples
from skill.pack import Pack, PackClip, Track, load_pack
from tests.audio.listen import DECODERS, by_ffmpeg, by_miniaudio, first_sound_ms, level_db
from tests.audio.small import small_content

Decoder = Callable[[Path], Samples]


def small_pack(packs: Path) -> Pack:
    """The pack in this folder."""
    return load_pack(packs / "espeak" / "manifest.json")


def some_tracks(pack: Pack) -> list[Track]:
    """The real tracks at the level with the most cues, at one tempo."""
    return [track for key, track in pack.tracks.items() if key.endswith("harder/normal")]


def some_entries(pack: Pack) -> list[Track | PackClip]:
    """Some of the real tracks and clips."""
    return [*some_tracks(pack), *list(pack.clips.values())[::8]]


@DECODERS
def test_spoken_cues_begin_when_the_manifest_says(built_pack: Path, decode: Decoder) -> None:
    """In both decoders sound begins within 30 ms of the time of each spoken line and counted word."""
    pack = small_pack(built_pack)
    for track in some_tracks(pack):
        sound = decode(built_pack / "espeak" / track.file)
        for cue in (one for step in track.steps for one in step.cues if one.kind in ("say", "count")):
            assert level_db(sound, cue.start_ms - 100, cue.start_ms - 20) < -44, (track.key, cue)
            assert abs(first_sound_ms(sound, cue.start_ms - 100) - cue.start_ms) <= 30, (track.key, cue)


@DECODERS
def test_length_is_what_the_manifest_says(built_pack: Path, decode: Decoder) -> None:
    """Both decoders give as many milliseconds as the manifest."""
    pack = small_pack(built_pack)
    for entry in some_entries(pack):
        assert abs(len(decode(built_pack / "espeak" / entry.file)) * 1000 / RATE - entry.ms) <= 1


def test_every_file_has_the_format_that_alexa_plays(built_pack: Path) -> None:
    """All files are mono, 24 kHz, 48 kbit/s in every frame, without Xing, LAME or ID3."""
    for path in (built_pack / "espeak").glob("*.mp3"):
        found = mp3.inspect(path.read_bytes())
        assert found == mp3.Format(24_000, 1, frozenset({48_000}), plain=True), path


def test_loudness_and_peaks_hold_after_encoding(built_pack: Path) -> None:
    """ffmpeg's meter finds clips and tracks at -15 ± 0.5 LUFS with true peaks under -2 dBFS."""
    pack = small_pack(built_pack)
    for entry in some_entries(pack):
        lufs, peak = meter(by_ffmpeg(built_pack / "espeak" / entry.file))
        assert abs(lufs + 15) <= 0.5, entry.key
        assert peak <= -1.95, entry.key
        assert abs(lufs - entry.lufs) <= 0.15, entry.key


def test_every_clip_and_track_has_its_length(built_pack: Path) -> None:
    """No clip is over 240 s and no track under 60 s."""
    pack = small_pack(built_pack)
    assert max(clip.ms for clip in pack.clips.values()) <= 240_000
    assert min(track.ms for track in pack.tracks.values()) >= 60_000


@DECODERS
def test_room_tone_instead_of_silence(small_packs_once: Path, decode: Decoder) -> None:
    """Before the first word there is a very quiet sound, no digital silence and no hum."""
    track = small_pack(small_packs_once).tracks["small/preparation/basic/normal"]
    sound = decode(small_packs_once / "espeak" / track.file)
    assert -75 < level_db(sound, 100, 280) < -50


def test_long_rest_is_not_empty(small_packs_once: Path) -> None:
    """In a rest over 5 s a soft pad is heard, far below speech."""
    track = small_pack(small_packs_once).tracks["small/preparation/basic/normal"]
    pause = next(cue for cue in track.steps[0].cues if cue.kind == "rest")
    sound = by_miniaudio(small_packs_once / "espeak" / track.file)
    for start in range(pause.start_ms + 3000, pause.end_ms - 6000, 5000):
        assert -48 < level_db(sound, start, start + 400) < -30


def test_sentences_have_a_pause_between(small_packs_once: Path) -> None:
    """Between the two sentences of a clip at least 0.6 s is quiet."""
    clip = small_pack(small_packs_once).clips["small/intro_first"]
    sound = by_ffmpeg(small_packs_once / "espeak" / clip.file)
    frames = [level_db(sound, start, start + 20) < -44 for start in range(0, clip.ms - 20, 20)]
    longest = run = 0
    for quiet in frames[20:-20]:
        run = run + 1 if quiet else 0
        longest = max(longest, run)
    assert longest * 20 >= 600


def test_tones_sound_where_they_stand(small_packs_once: Path) -> None:
    """At every tone in the manifest there is sound of at least 0.15 s, and it does not jump."""
    track = small_pack(small_packs_once).tracks["small/open_book/basic/normal"]
    sound = by_ffmpeg(small_packs_once / "espeak" / track.file)
    tones = [cue for step in track.steps for cue in step.cues if cue.kind == "tone"]
    assert len(tones) == 3
    for cue in tones:
        assert level_db(sound, cue.start_ms + 30, cue.start_ms + 180) > -36
        piece = sound[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000]
        assert float(np.abs(np.diff(piece)).max()) < 0.12


def test_check_finds_a_good_pack_good(small_packs: Path) -> None:
    """The check of a fresh pack has no miss."""
    assert [rule for rule in check(small_content(), small_packs / "espeak", jobs=1) if not rule.ok] == []


def test_check_finds_what_is_wrong(small_packs: Path) -> None:
    """The check names a file that is gone, one that is cut, and text that is no longer the content's."""
    pack = small_pack(small_packs)
    (small_packs / "espeak" / pack.clips["small/stopped"].file).unlink()
    cut = small_packs / "espeak" / pack.tracks["small/open_book/basic/normal"].file
    cut.write_bytes(cut.read_bytes()[:200_000])
    rules = {rule.rule: rule for rule in check(small_content("Iets anders."), small_packs / "espeak", jobs=1)}
    assert not rules["files decode"].ok
    assert not rules["length as in the manifest (ms)"].ok
    assert not rules["text as in the content"].ok
