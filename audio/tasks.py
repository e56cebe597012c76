"""What is sent to worker processes and comes back: light to import, heavy only where the work is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio.cache import SpeechCache
from audio.score import Utterance
from audio.timeline import Room, Source
from audio.voices.base import Voice
from skill.content import Pronunciation


@dataclass(frozen=True)
class Shop:
    """Where one voice is worked on: its cache, the folder of its pack, and how words are said."""

    voice: Voice
    cache: SpeechCache
    folder: Path
    pronunciation: Pronunciation

    def spoken(self, text: str) -> str:
        """A sentence as it is written for this voice."""
        return self.pronunciation.spoken(text, self.voice.name)

    def key(self, source: Source) -> str:
        """The name of the part of a sound in the cache: all that shapes it."""
        if isinstance(source, Utterance):
            how = (self.spoken(source.text), source.careful, source.lift_db, self.voice.softening_db)
            return f"say {source.text!r} {how!r}"
        return repr(source)

    def files(self, sources: Iterable[Source]) -> Iterator[Path]:
        """The files of the cache that these sounds need."""
        for one in sources:
            yield self.cache.part_path(self.key(one))
            if isinstance(one, Utterance):
                yield self.cache.recording_path(self.spoken(one.text))


@dataclass(frozen=True)
class Made:
    """One finished file, measured. Times include the encoder delay."""

    file: str
    ms: int
    lufs: float
    peak: float
    """True peak (dBFS)."""
    hash: str
    size: int
    """Bytes."""
    steps: list[dict[str, Any]]
    """Of a track: its steps as they stand in the manifest."""


@dataclass(frozen=True)
class MakeTask:
    """Makes parts, each kept in the cache as soon as it is there; answers how long each sound lasts (ms)."""

    shop: Shop

    def __call__(self, batch: Sequence[Source]) -> list[int]:
        """Make them one after the other."""
        from audio.work import make  # noqa: PLC0415 # heavy: loads where the work is done

        return [make(self.shop, one).ms for one in batch]


ROOM = Room()
"""The room tone that every file needs."""
