"""A whole training as one file: what other readers and decoders find in it."""

from __future__ import annotations

import argparse
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from PIL import Image

from audio.listen import commands
from audio.listen.choice import Choice
from audio.listen.cover import draw_cover, two_lines
from audio.listen.export import export
from audio.loudness import RATE, Samples
from skill.content import CLOSING, Level, Tempo
from skill.errors import AudioError, PackError, RugoefeningError
from skill.pack import MANIFEST, Pack, TimedStep, load_pack
from tests.audio.listen import DECODERS, first_sound_ms
from tests.audio.small import small_content

if TYPE_CHECKING:  # known to type checkers only
    from av.container.core import Chapter

KINDS = pytest.mark.parametrize("suffix", [".mp3", ".m4b"])
SAFETY = "bovenrug/recording_intro"
TRACKS = [f"bovenrug/{name}/basic/normal" for name in ("open_book", "seated_turn", "elbows_up")]


def call(*words: str) -> int:
    """Run a command as the audio part does: 1 for what the user can mend."""
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers(dest="command", required=True))
    try:
        return commands.run(parser.parse_args(words))
    except RugoefeningError:
        return 1


@dataclass(frozen=True)
class Files:
    """The real training as both kinds of file, and the pack that it was made from."""

    pack: Pack
    folder: Path
    paths: dict[str, Path]

    def bytes_of(self, key: str) -> bytes:
        """The MP3 of a track or clip of the pack."""
        entry = self.pack.tracks.get(key) or self.pack.clips[key]
        return (self.folder / entry.file).read_bytes()


@pytest.fixture(scope="module")
def files(built_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The real training, exported by the command."""
    folder = tmp_path_factory.mktemp("export")
    paths = {suffix: folder / f"training{suffix}" for suffix in (".mp3", ".m4b")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUGOEFENING_PACKS", str(built_pack))
        for path in paths.values():
            assert call("export", str(path)) == 0
    return Files(load_pack(built_pack / "espeak" / MANIFEST), built_pack / "espeak", paths)


def chapters_of(path: Path) -> list[tuple[str, float, float]]:
    """Title, start and end (ms) of every chapter, as ffmpeg reads them, in the order of the file."""
    with av.open(str(path)) as container:
        return [
            (one["metadata"]["title"], milliseconds(one["start"], one), milliseconds(one["end"], one))
            for one in container.chapters()
        ]


def milliseconds(value: int, chapter: Chapter) -> float:
    """A time of a chapter in its own unit, in ms."""
    return float(value * (chapter["time_base"] or 0) * 1000)


@cache
def heard(path: Path) -> Samples:
    """The sound of a file, decoded by libavcodec."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [piece for one in container.decode(audio=0) for piece in resampler.resample(one)]
    return np.concatenate([one.to_ndarray().ravel() for one in frames])


def expected_steps(pack: Pack) -> list[TimedStep]:
    """The steps that somebody hears who does the training from the floor to the chair."""
    floor, chair, chair_again = (pack.tracks[key].steps for key in TRACKS)
    return [*floor, *chair, *(step for step in chair_again if not step.transition)]


@KINDS
def test_chapters(files: Files, suffix: str) -> None:
    """Another reader finds the safety text, then every step once and in order, without gaps."""
    found = chapters_of(files.paths[suffix])
    titles = [title for title, _, _ in found]
    assert (titles[0], titles[-1]) == ("Veilig oefenen", "De afsluiting")
    names = [step.spoken_name for step in expected_steps(files.pack) if step.id != CLOSING]
    assert [title.split(": ")[1] for title in titles[1:-1]] == names
    assert titles[2] == "Het open boek: de houding"
    assert all(abs(end - start) < 1 for (_, _, end), (_, start, _) in itertools.pairwise(found))


@KINDS
def test_getting_up_is_heard_once(files: Files, suffix: str) -> None:
    """The way from the mat to the chair is there, and not again between two exercises on the chair."""
    titles = [title for title, _, _ in chapters_of(files.paths[suffix])]
    assert "Draaien op je stoel: het opstaan" in titles
    assert "Ellebogen omhoog: het opstaan" not in titles


@KINDS
def test_length(files: Files, suffix: str) -> None:
    """The file lasts as long as its parts together, within 0.1 s."""
    steps = sum(step.end_ms - step.start_ms for step in expected_steps(files.pack))
    parts_ms = files.pack.clips[SAFETY].ms + steps
    assert abs(len(heard(files.paths[suffix])) * 1000 / RATE - parts_ms) < 100
    assert abs(chapters_of(files.paths[suffix])[-1][2] - parts_ms) < 100


@pytest.mark.parametrize(("suffix", "within_ms"), [(".mp3", 30), (".m4b", 60)])
def test_chapters_begin_on_time(files: Files, suffix: str, within_ms: int) -> None:
    """What sounds first in every chapter is the first line of its step, at its own moment."""
    sound = heard(files.paths[suffix])
    starts = [start for _, start, _ in chapters_of(files.paths[suffix])[1:]]
    for start, step in zip(starts, expected_steps(files.pack), strict=True):
        lead_ms = step.cues[0].start_ms - step.start_ms
        assert abs(first_sound_ms(sound, round(start)) - start - lead_ms) < within_ms, step


def test_m4b_sounds_as_the_mp3(files: Files) -> None:
    """All through the training, also where one stretch that is converted joins the next, the M4B is the MP3's sound."""
    original, made = heard(files.paths[".mp3"]), heard(files.paths[".m4b"])
    count = min(len(original), len(made)) // RATE * RATE
    sound, other = (one[:count].reshape(-1, RATE) for one in (original, made))
    loud = np.square(sound).mean(axis=1) > 1e-3
    noise = np.square(sound - other).mean(axis=1)[loud] / np.square(sound).mean(axis=1)[loud]
    assert loud.sum() > 200
    assert float(noise.max()) < 0.01


@DECODERS
def test_mp3_in_two_decoders(files: Files, decode: Callable[[Path], Samples]) -> None:
    """Behind its tag the MP3 decodes to the same length and the same first word in decoders that share no code."""
    sound = decode(files.paths[".mp3"])
    first = files.pack.tracks[TRACKS[0]].steps[0].cues[0].start_ms
    start = files.pack.clips[SAFETY].ms
    assert abs(len(sound) * 1000 / RATE - chapters_of(files.paths[".mp3"])[-1][2]) < 50
    assert abs(first_sound_ms(sound, start) - start - first) < 30


def test_mp3_is_not_encoded_again(files: Files) -> None:
    """The safety text comes first and whole, then the tracks: the very bytes of the pack."""
    mp3 = files.paths[".mp3"].read_bytes()
    size = 10 + int("".join(f"{byte:07b}" for byte in mp3[6:10]), 2)  # seven bits a byte, as ID3 counts
    joined = files.bytes_of(SAFETY) + files.bytes_of(TRACKS[0]) + files.bytes_of(TRACKS[1])
    assert mp3[size : size + len(joined)] == joined
    assert files.bytes_of(TRACKS[2]).endswith(mp3[size + len(joined) :])


def test_tags_of_mp3(files: Files) -> None:
    """Title, album, language and a contents table stand in a tag of version 2.3, as another reader sees it."""
    tag = ID3(files.paths[".mp3"], translate=False)
    assert tag.version == (2, 3, 0)
    assert str(tag["TIT2"]) == "Drie rustige oefeningen voor je bovenrug"
    assert (str(tag["TALB"]), str(tag["TLAN"])) == ("Rugoefening", "nld")
    assert tag["CTOC:toc"].child_element_ids == [one.element_id for one in tag.getall("CHAP")]


def test_tags_of_m4b(files: Files) -> None:
    """The M4B says that it is an audio book in Dutch, with its title."""
    tags = MP4(files.paths[".m4b"])
    assert tags["\xa9nam"] == ["Drie rustige oefeningen voor je bovenrug"]
    assert tags["stik"] == [2]
    assert len(tags.chapters or ()) == len(expected_steps(files.pack)) + 1
    with av.open(str(files.paths[".m4b"])) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels, stream.language) == ("aac", 1, "nld")


@KINDS
def test_cover(files: Files, suffix: str) -> None:
    """The picture in the file is square, large enough, small in bytes, and more than one colour."""
    path = files.paths[suffix]
    data = ID3(path).getall("APIC")[0].data if suffix == ".mp3" else bytes(MP4(path)["covr"][0])
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (1000, 1000))
    assert len(data) < 200_000
    assert len(picture.resize((16, 16)).getcolors() or []) > 20


def test_cover_of_another_title() -> None:
    """Another title gives another picture, and a long one is divided into two lines."""
    assert draw_cover("Rugoefening", "Kort") != draw_cover("Rugoefening", "Drie rustige oefeningen")
    assert two_lines("Drie rustige oefeningen voor je bovenrug") == ["Drie rustige oefeningen", "voor je bovenrug"]


def small_choice(packs: Path) -> Choice:
    """The small training."""
    folder = packs / "espeak"
    return Choice(small_content(), load_pack(folder / MANIFEST), folder, "small", Level.BASIC, Tempo.NORMAL)


@KINDS
def test_same_pack_same_bytes(small_packs: Path, suffix: str) -> None:
    """Exported twice, a training is the same file."""
    assert export(small_choice(small_packs), suffix).content == export(small_choice(small_packs), suffix).content


def test_level_is_heard(small_packs: Path) -> None:
    """Another level gives the tracks of that level."""
    choice = small_choice(small_packs)
    harder = replace(choice, level=Level.HARDER)
    difference = harder.track("open_book").ms - choice.track("open_book").ms
    assert difference > 1000
    assert export(harder, ".mp3").ms - export(choice, ".mp3").ms == difference


def test_missing_and_damaged_files(small_packs: Path) -> None:
    """A file that is damaged or gone, or a track that is missing, is named with what to do."""
    choice = small_choice(small_packs)
    path = choice.folder / choice.track("open_book").file
    path.write_bytes(path.read_bytes()[:-144])
    with pytest.raises(AudioError, match=rf"{path.name}: damaged; .* audio build"):
        export(choice, ".mp3")
    path.unlink()
    with pytest.raises(AudioError, match=rf"{path.name}: cannot be read .* audio build"):
        export(choice, ".mp3")


def test_pack_that_does_not_fit_the_text(small_packs: Path) -> None:
    """A training whose text was changed after the build is not exported: its safety text may be old."""
    choice = small_choice(small_packs)
    old = replace(choice.pack.clips["small/recording_intro"], text="Oude tekst.")
    clips = {**choice.pack.clips, "small/recording_intro": old}
    with pytest.raises(PackError, match="clip recording_intro says something else"):
        export(replace(choice, pack=replace(choice.pack, clips=clips)), ".mp3")
    with pytest.raises(PackError, match=r"track open_book .* is missing"):
        export(replace(choice, pack=replace(choice.pack, tracks={})), ".mp3")


def test_wrong_usage(
    built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another kind of file and an unknown routine are wrong usage; both say what there is."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(built_pack))
    assert call("export", str(tmp_path / "training.wav")) == 2
    assert ".mp3 or .m4b" in capsys.readouterr().err
    assert call("export", str(tmp_path / "training.mp3"), "--routine", "knie") == 2
    assert "the routines are bovenrug" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_replaced_by_itself(
    built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there stays, until --force; then one line tells the path, the length and the chapters."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(built_pack))
    path = tmp_path / "training.MP3"
    path.write_bytes(b"mine")
    assert call("export", str(path)) == 1
    assert path.read_bytes() == b"mine"
    assert call("export", str(path), "--force") == 0
    assert path.read_bytes().startswith(b"ID3")
    chapters = len(expected_steps(load_pack(built_pack / "espeak" / MANIFEST))) + 1
    line = capsys.readouterr().out
    assert line.startswith(f"{path}: 1")
    assert f" minutes, {chapters} chapters, " in line
    assert list(tmp_path.iterdir()) == [path]


def test_disk_that_cannot_be_written(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is not there is one message, and nothing is left behind."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(built_pack))
    assert call("export", str(tmp_path / "nowhere" / "training.mp3")) == 1
    assert list(tmp_path.iterdir()) == []
