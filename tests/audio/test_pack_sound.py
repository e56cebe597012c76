"""The finished files, measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from audio import mp3
from audio.filters import meter
from audio.loudness import RATE, Samples, momentary
from skill.pack import Pack, PackClip, TimedCue, Track, load_pack
from tests.audio.listen import DECODERS, Heard, by_ffmpeg, by_miniaudio, first_sound_ms, level_db

Decoder = Callable[[Path], Samples]


@pytest.fixture(scope="module")
def heard() -> Heard:
    """The files of the real pack, decoded once for all tests of this file."""
    return Heard()


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
def test_spoken_cues_begin_when_the_manifest_says(built_pack: Path, heard: Heard, decode: Decoder) -> None:
    """In both decoders sound begins within 30 ms of the time of each spoken line and counted word."""
    pack = small_pack(built_pack)
    for track in some_tracks(pack):
        sound = heard(decode, built_pack / "espeak" / track.file)
        for cue in cues_of(track, "say", "count"):
            assert level_db(sound, cue.start_ms - 100, cue.start_ms - 20) < -44, (track.key, cue)
            assert abs(first_sound_ms(sound, cue.start_ms - 100) - cue.start_ms) <= 30, (track.key, cue)


@DECODERS
def test_length_is_what_the_manifest_says(built_pack: Path, heard: Heard, decode: Decoder) -> None:
    """Both decoders give as many milliseconds as the manifest."""
    pack = small_pack(built_pack)
    for entry in some_entries(pack):
        assert abs(len(heard(decode, built_pack / "espeak" / entry.file)) * 1000 / RATE - entry.ms) <= 1


def test_every_file_has_the_format_that_alexa_plays(built_pack: Path) -> None:
    """All files are mono, 24 kHz, 48 kbit/s in every frame, without Xing, LAME or ID3."""
    for path in (built_pack / "espeak").glob("*.mp3"):
        found = mp3.inspect(path.read_bytes())
        assert found == mp3.Format(24_000, 1, frozenset({48_000}), plain=True), path


def test_loudness_and_peaks_hold_after_encoding(built_pack: Path, heard: Heard) -> None:
    """ffmpeg's meter finds clips and tracks at -15 ± 0.5 LUFS with true peaks under -2 dBFS."""
    pack = small_pack(built_pack)
    for entry in some_entries(pack):
        lufs, peak = meter(heard(by_ffmpeg, built_pack / "espeak" / entry.file))
        assert abs(lufs + 15) <= 0.5, entry.key
        assert peak <= -2, entry.key
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
    tones = cues_of(track, "tone")
    assert len(tones) == 3
    for cue in tones:
        assert level_db(sound, cue.start_ms + 30, cue.start_ms + 180) > -36
        piece = sound[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000]
        assert float(np.abs(np.diff(piece)).max()) < 0.12


def test_sentences_are_equally_loud(built_pack: Path, heard: Heard) -> None:
    """By ffmpeg's meter the counted words and the lines of one sentence in a file are within 1 LU."""
    for track in some_tracks(small_pack(built_pack)):
        sound = heard(by_miniaudio, built_pack / "espeak" / track.file)
        found = [
            meter(sound[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000])[0]
            for cue in cues_of(track, "say", "count")
            if len(re.findall(r"[.?!]", cue.text)) <= 1
        ]
        assert max(found) - min(found) <= 1, track.key


def test_explaining_lines_are_calm(built_pack: Path) -> None:
    """The lines outside repetitions have 115 to 150 words a minute, 0.65 s of pause after each included."""
    for track in some_tracks(small_pack(built_pack)):
        lines = [cue for cue in cues_of(track, "say") if cue.repetition is None]
        words = sum(len(cue.text.split()) for cue in lines)
        minutes = sum(cue.end_ms - cue.start_ms + 650 for cue in lines) / 60_000
        assert 115 <= words / minutes <= 150, track.key


@DECODERS
def test_room_tone_before_every_cue(built_pack: Path, heard: Heard, decode: Decoder) -> None:
    """In both decoders 0.3 s before every line, counted word and tone is quiet, and never digital silence."""
    for track in some_tracks(small_pack(built_pack)):
        sound = heard(decode, built_pack / "espeak" / track.file)
        for cue in cues_of(track, "say", "count", "tone"):
            levels = [level_db(sound, cue.start_ms - 300 + at, cue.start_ms - 280 + at) for at in range(0, 300, 20)]
            assert -90 < min(levels) <= max(levels) < -44, (track.key, cue)


def test_long_rests_have_a_pad(built_pack: Path, heard: Heard) -> None:
    """In a quiet stretch between two sounds the momentary loudness is over -45 LUFS at least every 5 s."""
    for track in some_tracks(small_pack(built_pack)):
        sound = heard(by_ffmpeg, built_pack / "espeak" / track.file)
        sounding = np.flatnonzero(momentary(sound) >= -45) / 10
        assert float(np.diff(sounding).max()) <= 5, track.key


def test_joints_make_no_click(built_pack: Path, heard: Heard) -> None:
    """Between the sounds of a track no two samples that follow each other are far apart."""
    for track in some_tracks(small_pack(built_pack)):
        sound = heard(by_miniaudio, built_pack / "espeak" / track.file)
        for before, after in pairwise(cues_of(track, "say", "count", "tone")):
            between = sound[(before.end_ms + 30) * RATE // 1000 : (after.start_ms - 30) * RATE // 1000]
            assert float(np.abs(np.diff(between)).max()) < 0.005, (track.key, after)


def cues_of(track: Track, *kinds: str) -> list[TimedCue]:
    """The cues of these kinds, in order."""
    return [cue for step in track.steps for cue in step.cues if cue.kind in kinds]
