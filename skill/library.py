"""What is served now: a content and a pack that fit each other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from skill.content import PREPARATION, Content, Cue, CueKind, Level, Step, Tempo
from skill.errors import ContentError, PackError, ProblemsError
from skill.pack import Pack, PackReader, Track

log = logging.getLogger(__name__)


class PackIncompleteError(ProblemsError, PackError):
    """A pack lacks clips or tracks, or was made from other text."""


class Library:
    """The content and the pack of one routine, read again when a new pack appears.

    A new pack is taken only together with a content that it fits; until then the pair that was good goes on.
    """

    def __init__(self, load: Callable[[], Content], folder: Path, routine: str) -> None:
        self.routine = routine
        self._load = load
        self._packs = PackReader(folder)
        self._lock = threading.Lock()
        self._pair = self._fitting(self._packs.current())
        self._refused: Pack | None = None

    @property
    def folder(self) -> Path:
        """Where the files of the pack are."""
        return self._packs.folder

    def current(self) -> tuple[Content, Pack]:
        """The content and pack to answer with."""
        pack = self._packs.current()
        with self._lock:
            if pack is not self._pair[1] and pack is not self._refused:
                try:
                    self._pair = self._fitting(pack)
                except (ContentError, PackError) as error:
                    self._refused = pack
                    log.error("the new audio is not taken: %s", error)
            return self._pair

    def renew(self) -> None:
        """Read the content again, also where the pack is as it was: names and line numbers may be others now.

        Raises ContentError or PackError when it does not fit; then the pair that was good goes on.
        """
        pack = self._packs.current()
        with self._lock:
            self._pair = self._fitting(pack)
            self._refused = None

    def older(self, pack_id: str) -> Pack | None:
        """An earlier pack by its id, or None when it is gone."""
        return self._packs.older(pack_id)

    def _fitting(self, pack: Pack) -> tuple[Content, Pack]:
        content = self._load()
        if self.routine not in content.routines:
            known = ", ".join(sorted(content.routines))
            raise PackError(f"RUGOEFENING_ROUTINE: there is no routine {self.routine}; there are: {known}")
        problems = list(missing(content, pack, self.routine))
        if problems:
            title = f"{self.folder}: the audio does not fit the text; run scripts/generate_audio.py"
            raise PackIncompleteError(title, problems)
        return content, pack


def missing(content: Content, pack: Pack, routine: str) -> Iterator[str]:
    """One line for each clip or track that is missing or was made from other text."""
    for key, clip in content.clips(routine).items():
        made = pack.clip(routine, key)
        if made is None:
            yield f"clip {key} is missing"
        elif made.text != clip.text:
            yield f"clip {key} says something else than the text"
    for track_id in content.routines[routine].track_ids:
        steps = content.routines[routine].track_steps(track_id)
        for level, tempo in product(Level, Tempo):
            track = pack.track(routine, track_id, level, tempo)
            wrong = _wrong(track, steps, track_id, level)
            if wrong:
                yield f"track {track_id} ({level}, {tempo}) {wrong}"


def _wrong(track: Track | None, steps: Sequence[Step], track_id: str, level: Level) -> str:
    """What is wrong with a track; nothing when it fits these steps."""
    if track is None:
        return "is missing"
    if not all(step.file for step in track.steps):
        return "has no files of its steps"
    if [step.id for step in track.steps] != [step.id for step in steps]:
        return "has other steps than the text"
    if _lines(track) != [cue.text for step in steps for cue in _said(step, track_id, level)]:
        return "says something else than the text"
    return ""


def _lines(track: Track) -> list[str]:
    return [cue.text for step in track.steps for cue in step.cues if cue.kind == CueKind.SAY]


def _said(step: Step, track_id: str, level: Level) -> Iterator[Cue]:
    """The lines of a step; the preparation is the same for everybody."""
    heard = Level.BASIC if track_id == PREPARATION else level
    return (cue for cue in step.every_cue if cue.kind is CueKind.SAY and heard in cue.levels)
