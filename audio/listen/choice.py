"""What listening without an Echo shares: the choice of a training, and its files, checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from audio.cache import write_whole
from skill.content import PREPARATION, Content, Level, Routine, Tempo
from skill.errors import AudioError, PackError
from skill.pack import Pack, PackClip, Track


@dataclass(frozen=True)
class Choice:
    """One training of one pack."""

    content: Content
    pack: Pack
    folder: Path
    """Where the files of the pack are."""
    routine_id: str
    level: Level
    tempo: Tempo

    @property
    def routine(self) -> Routine:
        """The routine in the content."""
        return self.content.routines[self.routine_id]

    def track(self, track_id: str) -> Track:
        """One track of the training. Raises PackError when the pack lacks it."""
        found = self.pack.track(self.routine_id, track_id, self.level, self.tempo)
        if found is None:
            raise PackError(
                f"{self.folder}: the track {track_id} ({self.level}, {self.tempo}) is missing; "
                "run: rugoefening audio build"
            )
        return found

    def clip(self, key: str) -> PackClip:
        """One clip of the routine. Raises PackError when the pack lacks it."""
        found = self.pack.clip(self.routine_id, key)
        if found is None:
            raise PackError(f"{self.folder}: the clip {key} is missing; run: rugoefening audio build")
        return found

    def sound(self, entry: PackClip | Track) -> bytes:
        """The MP3 of a clip or a track. Raises AudioError when it is gone, or is not what the manifest says."""
        path = self.folder / entry.file
        try:
            mp3 = path.read_bytes()
        except OSError as error:
            raise AudioError(f"{path}: cannot be read ({error.strerror}); run: rugoefening audio build") from error
        if not hashlib.sha256(mp3).hexdigest().startswith(entry.hash):
            raise AudioError(f"{path}: damaged; remove it and run: rugoefening audio build")
        return mp3


def track_title(routine: Routine, track_id: str) -> str:
    """How a track is called on a screen."""
    exercise = routine.exercise(track_id)
    if exercise is not None:
        return exercise.title
    return capital(routine.preparation.spoken_name) if track_id == PREPARATION else track_id


def capital(text: str) -> str:
    """A name as the beginning of a line."""
    return text[:1].upper() + text[1:]


def save(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises AudioError when the disk refuses."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise AudioError(f"{path}: cannot be written ({error.strerror}); make room or choose another place") from error
