"""What a store of progress remembers and promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Place:
    """Where a person is in a run; times are seconds since 1970."""

    run: str
    routine: str
    track: str
    step: str
    offset_ms: int
    level: str
    tempo: str
    pack: str
    marks: str
    at: float


@dataclass(frozen=True)
class Known:
    """Everything known of a person when a request comes in."""

    place: Place | None = None
    """The place on this device, or the latest one of the person when that is newer in the same run or there is none."""
    elsewhere: bool = False
    """Whether the place is of another device."""
    level: str | None = None
    tempo: str | None = None
    intro_at: float | None = None
    intro_hash: str | None = None
    closed: bool = False
    """Whether the run that was asked about is ended or finished."""


class Store(Protocol):
    """Remembers progress. Every method raises StoreError when it cannot be done now."""

    def load(self, person: str, device: str, run: str | None) -> Known:
        """What is known of a person on a device, and whether a run is closed."""

    def save_place(self, person: str, device: str, place: Place) -> None:
        """Remember a place that was decided on, unless its run is closed."""

    def move_place(self, person: str, device: str, place: Place, *, started: bool) -> None:
        """Follow an event of the player: track, step and offset; level and tempo of an open run stay.

        Events older than the place, and events of closed runs, change nothing.
        """

    def save_profile(self, person: str, *, level: str | None, tempo: str | None, at: float) -> None:
        """Remember level and tempo."""

    def intro_heard(self, person: str, text_hash: str, at: float) -> None:
        """Remember which safety intro was heard, and when."""

    def finish_run(self, person: str, run: str, at: float, routine: str) -> None:
        """Count a finished run, once."""

    def close_run(self, person: str, run: str, at: float) -> None:
        """End a run: its place is forgotten, and late events bring nothing back."""

    def forget(self, person: str, at: float, run: str | None = None) -> None:
        """Wipe everything of a person; late events of this run and the open ones store nothing."""

    def expire(self, before: float) -> int:
        """Throw away what was last touched before this time; returns how many rows went."""

    def check(self) -> None:
        """Raise StoreError when the store cannot be used now."""
