"""Whether a pack holds everything that a routine needs, checked before anything is served."""

from __future__ import annotations

from collections.abc import Iterator

from skill.content import Content
from skill.content.model import Level, Tempo
from skill.errors import PackError, ProblemsError
from skill.pack import Pack, PackReader


class PackIncompleteError(ProblemsError, PackError):
    """A pack lacks clips or tracks, or was made from other text."""


def ready_pack(content: Content, packs: PackReader, routine: str) -> Pack:
    """The current pack. Raises PackError when there is none or it does not fit the content, all problems together."""
    if routine not in content.routines:
        known = ", ".join(sorted(content.routines))
        raise PackError(f"RUGOEFENING_ROUTINE: there is no routine {routine}; there are: {known}")
    pack = packs.current()
    problems = list(missing(content, pack, routine))
    if problems:
        raise PackIncompleteError(
            f"{packs.folder}: the audio does not fit the text; run scripts/generate_audio.py", problems
        )
    return pack


def missing(content: Content, pack: Pack, routine: str) -> Iterator[str]:
    """One line for each clip or track that is missing or was made from other text."""
    for key, clip in content.clips(routine).items():
        made = pack.clip(routine, key)
        if made is None:
            yield f"clip {key} is missing"
        elif made.text != clip.text:
            yield f"clip {key} says something else than the text"
    for track_id in content.routines[routine].track_ids:
        steps = [step.id for step in content.routines[routine].track_steps(track_id)]
        for level in Level:
            for tempo in Tempo:
                track = pack.track(routine, track_id, level, tempo)
                if track is None:
                    yield f"track {track_id} ({level}, {tempo}) is missing"
                elif [step.id for step in track.steps] != steps:
                    yield f"track {track_id} ({level}, {tempo}) has other steps than the text"
