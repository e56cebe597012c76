"""A whole training as one file with chapters and a cover, to train without a network: MP3 or M4B."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import numpy.typing as npt
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TALB, TCON, TIT2, TLAN, TLEN, TPE1, CTOCFlags, Encoding, PictureType
from mutagen.mp4 import MP4, MP4Cover

from audio import mp3
from audio.listen.choice import Choice, capital
from audio.listen.cover import draw_cover
from audio.listen.training import Chapter, Training, assemble
from audio.loudness import RATE
from audio.master import to_pcm
from audio.mp3 import FRAME_BYTES
from audio.part import FRAME_MS
from skill.library import PackIncompleteError, missing

if TYPE_CHECKING:  # known to type checkers only
    from av.container.core import Chapter as AvChapter

AAC_BITRATE = 64_000
"""Bits a second, mono."""
_AAC = {"flags": "+bitexact", "aac_coder": "fast"}
"""The fast coder is also the one nearer to the original: 37 dB against 26 at this bit rate."""
LANGUAGE = "nld"
_GENRE = "Audiobook"
_AUDIOBOOK = 2
"""What iTunes calls the kind of media, in the atom ``stik``."""
_NO_OFFSET = 0xFFFFFFFF
"""In a chapter of ID3: find the place by its time, not by its byte."""
_MINUTE = 60_000 // FRAME_MS * FRAME_BYTES
_LEAD = 4 * FRAME_BYTES
"""What is decoded before a minute and left out: a decoder keeps something from one frame to the next."""


@dataclass(frozen=True)
class Label:
    """What a player shows."""

    title: str
    album: str
    artist: str
    cover: bytes
    """JPEG."""


@dataclass(frozen=True)
class Exported:
    """A file to be: its bytes, length (ms) and chapters."""

    content: bytes
    ms: int
    chapters: tuple[Chapter, ...]


def export(choice: Choice, suffix: str) -> Exported:
    """A training as a file of this kind, a key of ``WRITERS``.

    The same pack gives the same bytes. Raises PackError when the pack does not fit the text (a file lives long, and
    its safety text must be that of today), AudioError when a part is damaged.
    """
    problems = list(missing(choice.content, choice.pack, choice.routine_id))
    if problems:
        raise PackIncompleteError(f"{choice.folder}: the audio does not fit the text; build it again", problems)
    training = assemble(choice)
    name = capital(choice.content.invocation)
    title = choice.routine.title
    label = Label(title, name, f"{name} ({choice.pack.voice})", draw_cover(name, title))
    return Exported(WRITERS[suffix](training, label), training.ms, training.chapters)


def as_mp3(training: Training, label: Label) -> bytes:
    """The frames as they are, behind an ID3 tag of version 2.3, the one that every player reads."""
    tag = ID3()
    texts = (
        (TIT2, label.title),
        (TALB, label.album),
        (TPE1, label.artist),
        (TCON, _GENRE),
        (TLAN, LANGUAGE),
        (TLEN, str(training.ms)),
    )
    for kind, text in texts:
        tag.add(kind(encoding=Encoding.UTF16, text=[text]))
    tag.add(APIC(mime="image/jpeg", type=PictureType.COVER_FRONT, data=label.cover))
    names = _chapter_names([one.title for one in training.chapters])
    for name, chapter in zip(names, training.chapters, strict=True):
        tag.add(
            CHAP(
                element_id=name,
                start_time=chapter.start_ms,
                end_time=chapter.end_ms,
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=[TIT2(encoding=Encoding.UTF16, text=[chapter.title])],
            )
        )
    tag.add(CTOC(element_id="toc", flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED, child_element_ids=names))
    written = io.BytesIO()
    tag.save(written, v2_version=3, padding=lambda _: 0)
    return written.getvalue() + training.frames


def _chapter_names(titles: Sequence[str]) -> list[str]:
    """Names for the chapter frames, never shown.

    mutagen writes frames by size, then by name, and some players show chapters in the order of the file. So what a
    title is shorter than the longest (two bytes a letter), its name is longer.
    """
    sizes = [len(title.encode("utf-16-le")) for title in titles]
    return [f"{index:03}".ljust(3 + max(sizes) - size, "-") for index, size in enumerate(sizes)]


def as_m4b(training: Training, label: Label) -> bytes:
    """The sound as AAC in an MP4 file that players take for an audio book."""
    written = io.BytesIO(_mp4(training))
    tags = MP4(written)
    tags["\xa9nam"], tags["\xa9alb"], tags["\xa9ART"] = [label.title], [label.album], [label.artist]
    tags["\xa9gen"], tags["stik"] = [_GENRE], [_AUDIOBOOK]
    tags["covr"] = [MP4Cover(label.cover, imageformat=MP4Cover.FORMAT_JPEG)]
    tags.save(written, padding=lambda _: 0)
    return written.getvalue()


def _mp4(training: Training) -> bytes:
    written, reached = io.BytesIO(), 0
    with av.open(written, "w", format="ipod", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono", options=_AAC)
        stream.bit_rate = AAC_BITRATE
        stream.metadata["language"] = LANGUAGE
        container.set_chapters([_chapter(index, one) for index, one in enumerate(training.chapters)])
        for sound in _minutes(training.frames):
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, reached, Fraction(1, RATE)
            reached += len(sound)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def _minutes(frames: bytes) -> Iterator[npt.NDArray[np.int16]]:
    """The sound of plain frames, a minute at a time: an hour of it needs no more memory."""
    for start in range(0, len(frames), _MINUTE):
        lead = min(start, _LEAD)
        heard = mp3.decode(frames[start - lead : start + _MINUTE])
        yield to_pcm(heard[lead // FRAME_BYTES * mp3.FRAME :])


def _chapter(index: int, chapter: Chapter) -> AvChapter:
    return {
        "id": index,
        "start": chapter.start_ms,
        "end": chapter.end_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }


WRITERS: Mapping[str, Callable[[Training, Label], bytes]] = {".mp3": as_mp3, ".m4b": as_m4b}
"""The kinds of file, by suffix."""
