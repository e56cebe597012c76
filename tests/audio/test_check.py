"""The check: good for a fresh pack, and for every rule a way to miss it that is found and named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audio.check import Rule, check, table
from audio.filters import meter
from audio.loudness import Samples
from audio.mp3 import FRAME_BYTES
from audio.part import Figures
from audio.plan import make_plan
from audio.voices import EspeakVoice
from skill.content import PromptId, Tone
from skill.pack import MANIFEST, load_pack
from tests.audio.small import build_small, rest, small_content, tone
from tests.audio.spoil import (
    Bench,
    Manifest,
    as_json,
    broken_tone,
    click,
    drop,
    early_sentence,
    endless_step,
    garbage,
    gone,
    half,
    hard_tone,
    header,
    hum,
    keep_only,
    lost_step,
    louder,
    move,
    no_pad,
    nothing_there,
    one_repetition,
    other_length,
    other_line,
    same_tones,
    short_tone,
    shorten,
    soft_line,
    torn,
)
from tests.audio.whole import whole_content

FLOOR, CHAIR = "small/open_book/harder/normal", "small/elbows_up/harder/normal"


@pytest.fixture(scope="module")
def whole_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the whole pack; not to be changed."""
    packs = tmp_path_factory.mktemp("whole")
    build_small(packs, whole_content())
    return packs


@pytest.fixture
def packs(whole_once: Path, tmp_path: Path) -> Path:
    """A folder of its own with the whole pack."""
    return Path(shutil.copytree(whole_once, tmp_path / "packs"))


@pytest.fixture(scope="module", autouse=True)
def metered_once() -> Iterator[None]:
    """ffmpeg's meter need not hear the very same samples again in each test that spoils the manifest only."""
    known: dict[bytes, tuple[float, float]] = {}

    def once(sound: Samples) -> tuple[float, float]:
        samples = hashlib.sha256(sound.tobytes()).digest()
        if samples not in known:
            known[samples] = meter(sound)
        return known[samples]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audio.check.file.meter", once)
        yield


def rules_of(packs: Path) -> dict[str, Rule]:
    """What the check finds, by the first words of a rule."""
    found = check(whole_content(), packs / "espeak", jobs=1, voice=EspeakVoice())
    return {rule.rule.partition(" (")[0]: rule for rule in found}


SOUND: dict[str, tuple[Callable[[Bench], None], str]] = {
    "louder": (louder, "loudness"),
    "higher peaks": (louder, "true peak"),
    "one soft line": (soft_line, "loudness within a file, sentence to sentence"),
    "a click": (click, "largest step in room tone and pads"),
    "silence": (nothing_there, "digital silence"),
    "a hum": (hum, "room tone before each sound"),
    "no pad": (no_pad, "longest time without a sound over -45 LUFS"),
    "early sentence": (early_sentence, "pause between sentences"),
    "short tone": (short_tone, "a tone sounds over -40 dBFS"),
    "hard tone": (hard_tone, "first and last 5 ms of a tone"),
    "broken tone": (broken_tone, "largest step in a tone"),
    "same tones": (same_tones, "two of the three tones are alike"),
}


FILES = [
    (gone, "files decode"),
    (garbage, "files decode"),
    (header, "mono, 24 kHz, CBR 48 kbit/s, no header"),
    (lost_step, "steps make up their track"),
    (half, "track length"),
    (half, "length as in the manifest"),
]


@pytest.mark.parametrize(("spoil", "rule"), FILES)
def test_spoiled_file_is_found(packs: Path, spoil: Callable[[Bench], None], rule: str) -> None:
    """A file that is gone, damaged, cut or of another format is a miss with its name."""
    keep_only(packs, FLOOR)
    bench = Bench(packs, FLOOR)
    name = bench.path.name
    spoil(bench)
    found = rules_of(packs)[rule]
    assert not found.ok
    assert FLOOR in found.misses[0] or name in found.misses[0]


@pytest.mark.parametrize("name", SOUND)
def test_spoiled_sound_is_found(packs: Path, name: str) -> None:
    """What sounds wrong in one file is a miss of the rule that it breaks, with the name of the file."""
    spoil, rule = SOUND[name]
    keep_only(packs, FLOOR)
    spoil(Bench(packs, FLOOR))
    found = rules_of(packs)[rule]
    assert not found.ok
    assert FLOOR in found.misses[0]


def test_silent_beginning_is_found(packs: Path) -> None:
    """A rest before the first sound of a file is held to the same rule as one between two sounds."""
    path, key = packs / "espeak" / MANIFEST, f"small/{PromptId.INTRO_FIRST}"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    clip = manifest["clips"][key]
    path.write_text(json.dumps({**manifest, "clips": {key: clip}, "tracks": {}}), encoding="utf-8")
    sound = path.with_name(clip["file"])
    frames = sound.read_bytes()
    sound.write_bytes(frames[:FRAME_BYTES] + frames[FRAME_BYTES : 9 * FRAME_BYTES] * 60 + frames[FRAME_BYTES:])
    found = rules_of(packs)["longest time without a sound over -45 LUFS"]
    assert [miss.partition(": 11.")[0] for miss in found.misses] == [f"{key} at 0:00"]


def test_fresh_pack_is_good(whole_once: Path) -> None:
    """A fresh pack that every rule applies to has no miss, and no rule that finds nothing to measure."""
    found = rules_of(whole_once)
    assert [rule for rule in found.values() if not rule.ok] == []
    assert [rule.rule for rule in found.values() if rule.measured in ("0", "none here")] == ZERO
    spoiled = {rule for _, rule in SOUND.values()} | {rule for *_, rule in TIMES.values()} | {rule for _, rule in FILES}
    assert set(found) - spoiled == ELSEWHERE


ZERO = [
    "safety lines last as long in calm (ms apart)",
    "right and left get as many repetitions (apart)",
    "right and left get the same time (s apart)",
    "length as in the manifest (ms apart)",
]
"""The rules of which nought is the best that can be measured."""
ELSEWHERE = {
    "clips present",
    "tracks present",
    "rests and repetitions, calm : normal",
    "safety lines last as long in calm",
    "length of the preparation",
    "clip length",
    "explaining lines",
    "safety lines",
    "5–9 kHz against 0.3–3 kHz, softer than the voice",
    "speech that the limiter takes over 8 dB",
}
"""The rules that are spoiled by tests of their own."""


TIMES: dict[str, tuple[str, Callable[[Manifest], None], str]] = {
    "a cue that is late": (FLOOR, move("say", 0, -60), "spoken cues begin on time"),
    "a count that is early": (FLOOR, move("count", 1, 60), "spoken cues begin on time"),
    "no end tone": (FLOOR, drop("tone", 0), "a tone closes every rest over 5 s"),
    "a silent hold": (FLOOR, drop("count", 1), "holds are counted aloud"),
    "a short way down": (FLOOR, shorten("rest", 0, 2), "rests on the way to the floor"),
    "a short turn": (FLOOR, shorten("rest", 2, 2), "rests while turning over"),
    "a short way up": (CHAIR, shorten("rest", 0, 2), "rests on the way to the chair"),
    "a side that is cut": (FLOOR, move("say", 3, -700, -1), "right and left get the same time"),
    "a repetition less": (FLOOR, one_repetition, "right and left get as many repetitions"),
    "an endless step": (FLOOR, endless_step, "longest answer with a step in it"),
    "torn steps": (FLOOR, torn, "steps follow each other"),
    "another length": (FLOOR, other_length, "length as in the manifest"),
    "another line": (FLOOR, other_line, "text as in the content"),
}


@pytest.mark.parametrize("name", TIMES)
def test_spoiled_times_are_found(packs: Path, name: str) -> None:
    """What the manifest says and the rules or the sound do not is a miss, with the name of the file."""
    key, spoil, rule = TIMES[name]
    keep_only(packs, key)
    Bench(packs, key).tell(spoil)
    found = rules_of(packs)[rule]
    assert not found.ok
    assert key in found.misses[0]


def test_calm_that_is_not_calm(packs: Path) -> None:
    """Where the calm track is the normal one, its rests and repetitions are not 1.3 times as long."""
    calm = FLOOR.replace("normal", "calm")
    keep_only(packs, FLOOR, calm)
    normal = load_pack(packs / "espeak" / "manifest.json").tracks[FLOOR]
    Bench(packs, calm).tell(shorten("rest", 0, 10))
    found = rules_of(packs)["rests and repetitions, calm : normal"]
    assert found.misses[0].startswith(f'{calm} "rests": ')
    assert found.measured.endswith(" … 1.3")
    Bench(packs, calm).tell(lambda track: track.update(steps=json.loads(as_json(normal))))
    assert len(rules_of(packs)["rests and repetitions, calm : normal"].misses) == 2


def test_safety_line_that_is_faster(packs: Path) -> None:
    """A safety line that is said in less time at tempo calm is named."""
    calm = FLOOR.replace("normal", "calm")
    keep_only(packs, FLOOR, calm)
    Bench(packs, calm).tell(shorten("say", 1, 0.1))
    found = rules_of(packs)["safety lines last as long in calm"]
    assert len(found.misses) == 1
    assert found.misses[0].startswith(f"{calm} at 0:")
    assert found.misses[0].endswith('"De rechterkant. Scherpe pijn? Stop dan.": 100')


def test_preparation_that_is_too_long(packs: Path) -> None:
    """A preparation of more than 90 s, one that says so, is a miss."""
    key = "small/preparation/basic/normal"
    keep_only(packs, key)
    Bench(packs, key).tell(lambda track: track.update(ms=90_024))
    assert rules_of(packs)["length of the preparation"].misses == (f"{key}: 90.02",)


def test_clip_that_is_too_long(packs: Path) -> None:
    """A clip of more than 240 s is a miss."""
    keep_only(packs, CHAIR, clip="small/stopped")
    entry = load_pack(packs / "espeak" / "manifest.json").clips["small/stopped"]
    path = packs / "espeak" / entry.file
    path.write_bytes(path.read_bytes() * (240_000 // entry.ms + 1))
    assert rules_of(packs)["clip length"].misses[0].startswith("small/stopped: 24")


def test_what_is_not_there_is_named(packs: Path) -> None:
    """Clips and tracks that the manifest lacks are misses, each with its key."""
    keep_only(packs, FLOOR)
    found = rules_of(packs)
    assert "small/stopped" in found["clips present"].misses
    assert CHAIR in found["tracks present"].misses


def test_fast_voice_is_found(tmp_path: Path) -> None:
    """A voice of 260 words a minute, which mastering slows by 12 %, is too fast in explaining and safety lines."""
    small = small_content()
    routine = small.routines["small"]
    longer = replace(routine.preparation, after=(rest(40), tone(Tone.REST_END)))
    content = replace(
        small,
        routines={"small": replace(routine, exercises=(), preparation=longer)},
        prompts={
            name: prompt for name, prompt in small.prompts.items() if prompt.safety or name == PromptId.INTRO_FIRST
        },
    )
    build_small(tmp_path, content, EspeakVoice(words_a_minute=260))
    found = {rule.rule: rule for rule in check(content, tmp_path / "espeak", jobs=1)}
    for name in ("explaining lines (words a minute)", "safety lines (words a minute)"):
        assert found[name].misses[0].startswith("all files: ")


def test_figures_of_another_voice_are_unknown(packs: Path) -> None:
    """Without the voice, or what the build noted of it, two rules are unknown, with what to do."""
    keep_only(packs, CHAIR)
    for voice in (None, EspeakVoice(words_a_minute=120)):
        rules = check(whole_content(), packs / "espeak", jobs=1, voice=voice)
        unknown = [rule for rule in rules if rule.measured.startswith("unknown: ")]
        assert len(unknown) == 2
        for rule in unknown:
            assert rule.misses == ("build again with this voice: rugoefening audio build",)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            lambda one: replace(one, made_high=one.raw_high, made_low=one.raw_low),
            "5–9 kHz against 0.3–3 kHz, softer than the voice",
        ),
        (lambda one: replace(one, pressed_ms=one.speech_ms), "speech that the limiter takes over 8 dB"),
    ],
)
def test_spoiled_figures_are_found(packs: Path, change: Callable[[Figures], Figures], rule: str) -> None:
    """A voice as sharp as it was, or pressed flat, is a miss."""
    keep_only(packs, CHAIR)
    shop = (plan := make_plan(whole_content(), EspeakVoice(), packs)).shop
    for key in map(shop.key, plan.utterances):
        part = shop.cache.part(key)
        assert part is not None
        assert part.figures is not None
        shop.cache.keep_part(key, replace(part, figures=change(part.figures)))
    assert rules_of(packs)[rule].misses[0].startswith("espeak: ")


def test_table_names_the_first_misses() -> None:
    """The table has a line for each rule, and below it five of its misses and how many more there are."""
    lines = table([Rule("a rule", "all", "1", True), Rule("another", "≤ 2", "3", False, tuple("abcdefg"))]).splitlines()
    assert lines == [
        "rule     target  measured",
        "a rule   all     1         ok",
        "another  ≤ 2     3         MISS",
        *(f"    {one}" for one in "abcde"),
        "    and 2 more",
    ]
