"""What a store of progress remembers and promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

FINISHED_KEPT = 60
"""How many times of finished runs are told."""


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
    way: str | None = None
    """The way to train: "continuous" or "step_by_step"."""
    finished: tuple[float, ...] = ()
    """When runs were finished (seconds since 1970), newest first, at most ``FINISHED_KEPT``."""
    intro_at: float | None = None
    intro_hash: str | None = None
    closed: bool = False
    """Whether the run that was asked about is ended or finished."""
    decided: float | None = None
    """When something was last decided on in the run that was asked about; None when it is unknown."""
    completed: bool = False
    """Whether the run that was asked about is one of the finished ones."""
    pending: bool = False
    """Whether there is more of this person, which could not be written yet."""


class Store(Protocol):
    """Remembers progress. Every method raises StoreError when it cannot be done now; a change but ``move_place`` and
    ``expire`` is then done later by the store itself.

    The log tells once what is wrong, so nobody who catches a StoreError logs it again. For a person without an id
    ("") nothing is stored; a device without an id has the place of the device "".
    """

    def load(self, person: str, device: str, run: str | None) -> Known:
        """What is known of a person on a device, and whether a run is closed."""

    def save_place(self, person: str, device: str, place: Place, decided: float | None = None) -> None:
        """Remember a place that was decided on, unless its run is closed; when, if not at the time of the place."""

    def move_place(self, person: str, device: str, place: Place, *, started: bool) -> None:
        """Follow an event of the player: track, step and offset; level and tempo of an open run stay.

        Events older than the place, and events of closed runs, change nothing.
        """

    def save_profile(
        self, person: str, *, level: str | None, tempo: str | None, way: str | None = None, at: float
    ) -> None:
        """Remember level, tempo and way to train; what is None stays as it was."""

    def intro_heard(self, person: str, text_hash: str, at: float) -> None:
        """Remember which safety intro was heard, and when."""

    def finish_run(self, person: str, run: str, at: float, routine: str) -> None:
        """Count a finished run, once."""

    def close_run(self, person: str, run: str, at: float) -> None:
        """End a run: its place is forgotten, and late events bring nothing back."""

    def forget(self, person: str, at: float, run: str | None = None) -> None:
        """Wipe everything of a person; late events of this run, and of every run that is known, store nothing."""

    def expire(self, before: float) -> None:
        """Throw away what was last touched before this time."""

    def check(self) -> None:
        """Raise StoreError when the store cannot be used now."""

    def close(self) -> None:
        """Let go of what is held open; the next call opens it again."""
