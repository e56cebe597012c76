"""Two editions of one pack, between which the owner's rebuild switches while people train."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill.content import Content, load_content
from skill.content.loader import ROUTINES
from skill.pack import Pack, TimedStep, Track, load_pack
from skill.settings import Settings

ROUTINE = "bovenrug"
LEAD_MS = 250
"""A stream may start this long before its first sound."""
_STEP, _RENAMED = "right_side", "right_half"
_EXERCISE = "open_book"
_SHORTER = 0.97
"""Every moment of the second edition comes this much earlier than in the first."""


@dataclass(frozen=True)
class Place:
    """What sounds at one moment: the exercise, the step and its bounds (ms)."""

    exercise: str
    step: str
    offset_ms: int


@dataclass(frozen=True)
class Edition:
    """A content and the manifest that was made from it."""

    content: Content
    manifest: Path
    pack: Pack

    @property
    def last_exercise(self) -> str:
        """The exercise that holds the closing."""
        return self.content.routines[ROUTINE].exercises[-1].id

    @property
    def floor(self) -> frozenset[str]:
        """The exercises that need the floor."""
        exercises = self.content.routines[ROUTINE].exercises
        return frozenset(one.id for one in exercises if one.posture == "floor")

    def first_step(self, exercise: str) -> str:
        """The step that an exercise begins with for who need not move to it."""
        track = self.pack.tracks[f"{ROUTINE}/{exercise}/basic/normal"]
        return next(step.id for step in track.steps if not step.transition)

    def has_step(self, exercise: str, step: str) -> bool:
        """Whether an exercise has a step of this name."""
        return self.pack.tracks[f"{ROUTINE}/{exercise}/basic/normal"].step(step) is not None


@dataclass
class Editions:
    """Both editions, and the folder that serves one of them."""

    settings: Settings
    both: tuple[Edition, Edition]
    served: Edition

    def serve(self, edition: Edition) -> None:
        """Swap a manifest and its text in, as an edit and a build do."""
        fresh = self.settings.pack_folder / "manifest.new"
        shutil.copyfile(edition.manifest, fresh)
        self.served = edition
        fresh.replace(self.settings.pack_folder / "manifest.json")

    def content(self, **_names: str) -> Content:
        """The text of the edition that is served: what ``load_content`` would read again at every start."""
        return self.served.content

    def of(self, pack_id: str) -> Edition | None:
        """The edition with this pack id."""
        return next((one for one in self.both if one.pack.id == pack_id), None)

    def clips(self, file: str) -> frozenset[str]:
        """What the clips in a file are called, in any edition."""
        every = (clip for edition in self.both for clip in edition.pack.clips.values())
        return frozenset(clip.key.split("/", 1)[1] for clip in every if clip.file == file)

    def track(self, token: str) -> Track | None:
        """The track that a stream token names, in the edition that it names."""
        parts = token.split(":")
        edition = self.of(parts[5]) if len(parts) == 8 else None
        return edition.pack.tracks.get("/".join(parts[1:5])) if edition else None

    def length_ms(self, file: str) -> int:
        """How long a clip or step lasts that is said."""
        for edition in self.both:
            for clip in edition.pack.clips.values():
                if clip.file == file:
                    return clip.ms
            for track in edition.pack.tracks.values():
                for step in track.steps:
                    if step.file == file:
                        return step.end_ms - step.start_ms
        return 0

    def is_closing(self, files: Iterable[str]) -> bool:
        """Whether the closing is among the steps that are said."""
        tracks = [track for edition in self.both for track in edition.pack.tracks.values()]
        closing = {step.file for track in tracks for step in track.steps if step.id == "closing"}
        return not closing.isdisjoint(files)

    def following(self, place: Place) -> str:
        """The step behind a place in its exercise; empty behind the last."""
        edition = self.served if self.served.has_step(place.exercise, place.step) else self._other
        steps = [one.id for one in edition.pack.tracks[f"{ROUTINE}/{place.exercise}/basic/normal"].steps]
        at = steps.index(place.step) + 1
        return steps[at] if at < len(steps) else ""

    @property
    def _other(self) -> Edition:
        return next(one for one in self.both if one is not self.served)

    def place(self, token: str, offset_ms: int) -> Place | None:
        """Where a token and an offset are."""
        track = self.track(token)
        if track is None:
            return None
        return Place(token.split(":")[2], step_at(track, offset_ms).id, offset_ms)


def step_at(track: Track, offset_ms: int) -> TimedStep:
    """The step that sounds at an offset."""
    return next((one for one in track.steps if one.start_ms <= offset_ms < one.end_ms), track.steps[-1])


def make_editions(packs: Path, folder: Path) -> Editions:
    """The pack that was built, and one with other times and one step under another name; no sound is made."""
    settings = Settings(packs=folder / "packs", database=folder / "walk.sqlite3")
    served = settings.pack_folder
    served.mkdir(parents=True)
    source = packs.resolve() / settings.voice
    first = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    for file in {one["file"] for one in _items(first)}:
        (served / file).symlink_to(source / file)
    routines = Path(shutil.copytree(ROUTINES, folder / "routines"))
    text = (routines / f"{ROUTINE}.yaml").read_text(encoding="utf-8")
    edited = text.replace(f"- id: {_STEP}\n", f"- id: {_RENAMED}\n", 1)
    assert edited != text
    (routines / f"{ROUTINE}.yaml").write_text(edited, encoding="utf-8")
    both = (
        _edition(served, load_content(), first),
        _edition(served, load_content(routines=routines), _second(first)),
    )
    editions = Editions(settings, both, both[0])
    editions.serve(both[0])
    return editions


def _edition(served: Path, content: Content, manifest: Mapping[str, Any]) -> Edition:
    path = served / f"manifest-{manifest['pack']}.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return Edition(content, path, load_pack(path))


def _second(first: Mapping[str, Any]) -> dict[str, Any]:
    place = f"{_EXERCISE}.{_STEP}"
    second: dict[str, Any] = json.loads(json.dumps(first))
    second["pack"] = "5ec0ed17"
    second["clips"] = {key.replace(place, f"{_EXERCISE}.{_RENAMED}"): value for key, value in second["clips"].items()}
    for key, track in second["tracks"].items():
        track["hash"] = f"{track['hash']}2"
        for step in track["steps"]:
            if key.split("/")[1] == _EXERCISE and step["id"] == _STEP:
                step["id"] = _RENAMED
            for one in (step, *step["cues"]):
                one["start_ms"] = round(one["start_ms"] * _SHORTER)
                one["end_ms"] = round(one["end_ms"] * _SHORTER)
        track["steps"][-1]["end_ms"] = track["ms"]
    return second


def _items(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    tracks = manifest["tracks"].values()
    return [*manifest["clips"].values(), *tracks, *(step for track in tracks for step in track["steps"])]
