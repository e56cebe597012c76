"""Meters, mastering, tones and MP3, each measured by somebody else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio import mp3
from audio.filters import meter
from audio.loudness import RATE, Samples, loudness, momentary, true_peak
from audio.master import FASTEST, SLOWEST, UTTERANCE_LUFS, Request, level, prepare, shape, stretch_factor
from audio.score import Utterance
from audio.sounds import pad, room, tone
from audio.voices import EspeakVoice
from skill.content import Tone
from skill.errors import AudioError
from tests.audio.listen import by_ffmpeg, by_miniaudio

TEXTS = (
    "Ga rustig op je linkerzij liggen.",
    "Heb je pijn of druk op je borst?",
    "Twee.",
    "Goed zo.",
    "Je onderste been ligt lang.",
)


def mastered(text: str, *, careful: bool = False) -> Samples:
    """A sentence by espeak, mastered."""
    voice = EspeakVoice()
    said = voice.speak(text)
    return level(prepare(said.pcm, said.rate, Request(text, careful, voice.softening_db)), UTTERANCE_LUFS)


def sine(hertz: float, seconds: float, amplitude: float = 0.3) -> Samples:
    """A sine."""
    moment = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hertz * moment + 0.3)).astype(np.float32)


@pytest.mark.parametrize("seconds", [3.0, 19.7, 45.0])
@pytest.mark.parametrize("hertz", [60.0, 997.0, 5000.0])
def test_loudness_agrees_with_ffmpeg(hertz: float, seconds: float) -> None:
    """Our meter and ffmpeg's ebur128 differ by less than 0.1 LU, at any pitch and length."""
    sound = sine(hertz, seconds)
    assert abs(loudness(sound) - meter(sound)[0]) < 0.1


def test_loudness_of_speech_agrees_with_ffmpeg() -> None:
    """With pauses between sentences both meters gate alike."""
    pause = np.zeros(RATE, np.float32)
    sound = np.concatenate([part for text in TEXTS for part in (mastered(text), pause)])
    assert abs(loudness(sound) - meter(sound)[0]) < 0.1


def test_true_peak_of_long_sound_agrees_with_ffmpeg() -> None:
    """In a sound of a minute, which is looked at in pieces, the same peak is found."""
    sound = sine(101.3, 61.0, 0.5)
    assert abs(true_peak(sound) - meter(sound)[1]) < 0.05


def test_true_peak_agrees_with_ffmpeg() -> None:
    """Between the samples of a high tone a peak is found that the samples do not show."""
    sound = sine(5999.0, 2.0, 0.5)
    assert abs(true_peak(sound) - meter(sound)[1]) < 0.6
    assert true_peak(sound) > 20 * np.log10(float(np.abs(sound).max())) + 0.1


@pytest.mark.parametrize("text", TEXTS)
def test_utterances_are_equally_loud(text: str) -> None:
    """Every utterance, long or of one word, has the same loudness within 1 LU, and its peaks are held."""
    sound = mastered(text)
    assert abs(loudness(sound) - UTTERANCE_LUFS) < 0.3
    assert true_peak(sound) < -2.5


def test_espeak_is_softened() -> None:
    """The band from 5 to 9 kHz is at least 6 dB lower against 0.3 to 3 kHz than in the raw voice."""
    raw = np.concatenate([np.frombuffer(EspeakVoice().speak(text).pcm, np.int16) for text in TEXTS]) / 32768
    made = np.concatenate([mastered(text) for text in TEXTS])
    assert _sharpness(made, RATE) < _sharpness(raw.astype(np.float32), 22_050) - 6


def _sharpness(sound: Samples, rate: int) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    high = power[(hertz >= 5000) & (hertz < 9000)].sum()
    return float(10 * np.log10(high / power[(hertz >= 300) & (hertz < 3000)].sum()))


def test_resampling_keeps_pitch_and_length() -> None:
    """A tone at 22,050 Hz has the same pitch and length at 24 kHz."""
    moment = np.arange(22_050) / 22_050
    made = shape(np.sin(2 * np.pi * 1000 * moment).astype(np.float32), 22_050, 0.0)
    power = np.abs(np.fft.rfft(made))
    assert abs(int(np.argmax(power)) * RATE / len(made) - 1000) < 2
    assert abs(len(made) / RATE - 1.1) < 0.04  # a second, and 50 ms or a little more on either side


def test_tempo_is_fitted_by_at_most_twelve_percent() -> None:
    """Fast speech is slowed and slow speech sped up, by 12 % at most."""
    text = "één twee drie vier vijf"
    assert stretch_factor(text, 1.8, careful=False) == 1.0
    assert 0.88 <= stretch_factor(text, 1.3, careful=False) < 1
    assert 1 < stretch_factor(text, 2.1, careful=False) <= 1.12
    assert stretch_factor(text, 9.0, careful=False) == 1.12
    assert SLOWEST < 5 / (1.8 + 0.65) * 60 < FASTEST


def test_safety_line_is_never_sped_up() -> None:
    """However slowly a safety line was said, it stays as it is; too fast, it is slowed."""
    text = "één twee drie vier vijf"
    assert stretch_factor(text, 9.0, careful=True) == 1.0
    assert stretch_factor(text, 1.0, careful=True) == 0.88


def test_stretched_speech_is_longer() -> None:
    """A sentence of short words, which espeak says too fast, lasts longer after mastering."""
    text = "Leg je hand op je hoofd en zit."
    said = EspeakVoice(words_a_minute=200).speak(text)
    made = prepare(said.pcm, said.rate, Request(text, False, 12.0))
    plain = prepare(said.pcm, said.rate, Request("Leg je handen.", False, 12.0))
    assert 1.08 < len(made) / len(plain) < 1.16


def hiss(seconds: float) -> bytes:
    """White noise."""
    return np.random.default_rng(1).integers(-9000, 9000, round(seconds * RATE), np.int16).tobytes()


def buzz(seconds: float) -> bytes:
    """A tone that never changes."""
    return (sine(220, seconds) * 32767).astype(np.int16).tobytes()


@pytest.mark.parametrize(
    ("pcm", "message"),
    [
        (b"", "no sound for 'Goed zo"),
        (bytes(100), "no sound for 'Goed zo"),
        (bytes(96_000), "no sound for 'Goed zo"),
        (hiss(1.2), "noise for 'Goed zo"),
        (buzz(1.2), "noise for 'Goed zo"),
        (hiss(0.1), "only 0.09 s of sound for 'Goed zo"),
        (buzz(30), "30 s of sound for 'Goed zo"),
    ],
)
def test_what_is_no_speech_is_an_error(pcm: bytes, message: str) -> None:
    """Nothing, silence, noise, a hum, what is cut off and what never ends are refused with the sentence."""
    with pytest.raises(AudioError, match=message):
        prepare(pcm, RATE, Request("Goed zo.", False, 0.0))


@pytest.mark.parametrize("kind", list(Tone))
def test_tones_are_soft_and_long_enough(kind: Tone) -> None:
    """Every tone is heard for 0.15 s at least, starts and ends softly, and makes no step."""
    sound = tone(kind).astype(np.float32) / np.float32(32768)
    assert (np.abs(sound) > 0.1 * np.abs(sound).max()).sum() / RATE > 0.15
    assert np.abs(sound[: RATE // 200]).max() < 0.15 * np.abs(sound).max()
    assert np.abs(sound[-RATE // 200 :]).max() < 0.01 * np.abs(sound).max()
    assert np.abs(np.diff(sound)).max() < 0.1


def test_tones_differ() -> None:
    """No two tones have the same length and the same pitches."""
    strongest = set()
    for kind in Tone:
        sound = tone(kind)
        halves = (sound[: len(sound) // 2], sound[len(sound) // 2 :])
        strongest.add(tuple(int(np.argmax(np.abs(np.fft.rfft(half, RATE)))) for half in halves))
    assert len(strongest) == 3


def test_room_and_pad_are_quiet() -> None:
    """Room tone is hardly there; the pad stays above -45 LUFS and far below speech."""
    hush, bed = (one().astype(np.float32) / np.float32(32768) for one in (room, pad))
    assert abs(loudness(hush) + 60) < 1
    assert -45 < momentary(bed).min() <= momentary(bed).max() < -38


def test_decoders_are_late_by_the_delay(tmp_path: Path) -> None:
    """In both decoders sound comes 1105 samples later than it was encoded."""
    pcm = np.random.default_rng(3).integers(-3000, 3000, RATE, np.int16)
    pcm[: RATE // 2] = 0
    path = tmp_path / "noise.mp3"
    path.write_bytes(mp3.encode(pcm))
    for decode in (by_ffmpeg, by_miniaudio):
        heard = decode(path)[: RATE + 4000]
        size = 2 * RATE
        match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(pcm.astype(np.float32), size)), size)
        assert abs(int(np.argmax(match)) - mp3.DELAY) <= 1


@pytest.mark.parametrize("raw", [b"", b"no sound at all", b"\xff\xf3" + bytes(500)])
def test_garbage_is_no_mp3(raw: bytes) -> None:
    """What is no MP3 is refused, by the decoder and by the walk over its frames."""
    for reader in (mp3.decode, mp3.inspect, mp3.recording):
        with pytest.raises(AudioError):
            reader(raw)


def test_voice_speaks_every_character_of_dutch() -> None:
    """Accents and quotes are spoken, and the same sentence lasts the same time again."""
    voice = EspeakVoice()
    first, again = (voice.speak("Eén hele zin, met ‘iets’ erbij: cliënt.").seconds for _ in range(2))  # noqa: RUF001 # Dutch quotes
    assert first > 1.5
    assert abs(first - again) < 0.1


def test_an_utterance_is_careful_or_not() -> None:
    """The same text as a safety line is another utterance."""
    assert Utterance("Stop dan.", True) != Utterance("Stop dan.")
