"""The AudioPlayer of the virtual Echo: a queue, a place in the stream, and the events that follow from both.

Times are seconds, offsets milliseconds. The player keeps no clock: it is told what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NEARLY_FINISHED_S = 8.0
"""How long before the end a device asks for what comes next; real devices differ a lot."""

Activity = str
IDLE, PLAYING, STOPPED, FINISHED = "IDLE", "PLAYING", "STOPPED", "FINISHED"


@dataclass(frozen=True)
class Stream:
    """One audio item of a Play directive."""

    url: str
    token: str
    start_ms: int = 0
    expected_previous_token: str | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def file(self) -> str:
        """The name of the audio file, the last part of its address."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class PlayerEvent:
    """One of the five playback events, as it goes to the skill."""

    kind: str
    stream: Stream
    offset_ms: int


Lengths = Callable[[str], int | None]
"""How long the audio at an address lasts (ms); None when it cannot be fetched."""


class Player:
    """Plays streams one after another; every method returns the events that it causes."""

    def __init__(self, length_of: Lengths, *, patience_s: float = 0.0) -> None:
        self.current: Stream | None = None
        self.queue: list[Stream] = []
        self.activity: Activity = IDLE
        self.interrupted = False
        """Whether somebody speaks and the stream waits to go on by itself."""
        self.starts = 0
        """How often a stream began to sound or went on; names one stretch of sound for who makes it elsewhere."""
        self._length_of = length_of
        self._patience_s = patience_s
        self._duration_ms = 0
        self._offset_ms = 0
        self._since: float | None = None
        self._nearly_sent = False

    def offset_ms(self, now: float) -> int:
        """Where in the current stream the sound is (ms)."""
        if self._since is None:
            return self._offset_ms
        return min(self._duration_ms, self._offset_ms + round(max(0.0, now - self._since) * 1000))

    @property
    def duration_ms(self) -> int:
        """How long the current stream is (ms)."""
        return self._duration_ms

    @property
    def is_sounding(self) -> bool:
        """Whether audio comes out at this moment."""
        return self._since is not None

    def due(self) -> float | None:
        """When the next event comes by itself, if one does."""
        if self._since is None:
            return None
        end = self._since + (self._duration_ms - self._offset_ms) / 1000
        return end + self._patience_s if self._nearly_sent else max(self._since, end - NEARLY_FINISHED_S)

    def tick(self, now: float) -> list[PlayerEvent]:
        """What happens of itself at this moment: nearly finished, finished, and on to the next in the queue."""
        due = self.due()
        if due is None or self.current is None or now < due:
            return []
        if not self._nearly_sent:
            self._nearly_sent = True
            return [PlayerEvent("PlaybackNearlyFinished", self.current, self.offset_ms(now))]
        finished = PlayerEvent("PlaybackFinished", self.current, self._duration_ms)
        self._offset_ms, self._since, self.activity = self._duration_ms, None, FINISHED
        return [finished, *self._next(now)]

    def heard(self, offset_ms: int, now: float, *, ended: bool = False) -> None:
        """The sound is made elsewhere and is here now: the clock follows it, after a slow start or a stall too."""
        if self._since is None:
            return
        self._offset_ms = self._duration_ms if ended else min(max(0, offset_ms), self._duration_ms)
        self._since = now - self._patience_s if ended else now

    def fail(self, now: float) -> list[PlayerEvent]:
        """The sound cannot be made."""
        if self._since is None or self.current is None:
            return []
        self._hold(now)
        self.activity = STOPPED
        return [PlayerEvent("PlaybackFailed", self.current, self._offset_ms)]

    def put_back(self, stream: Stream, offset_ms: int, activity: Activity) -> None:
        """The stream of a player that was here before; one that played waits for ``go_on``."""
        length = self._length_of(stream.url)
        if length is None:
            return
        self.current, self.activity, self.interrupted = stream, activity, activity == PLAYING
        self._duration_ms, self._offset_ms = length, min(max(0, offset_ms), length)

    def interrupt(self, now: float) -> list[PlayerEvent]:
        """Somebody speaks: the stream waits."""
        if self._since is None or self.current is None:
            return []
        self._hold(now)
        self.interrupted = True
        return [PlayerEvent("PlaybackStopped", self.current, self._offset_ms)]

    def go_on(self, now: float) -> list[PlayerEvent]:
        """The exchange is over: a stream that was interrupted goes on by itself."""
        if not self.interrupted or self.current is None:
            return []
        self.interrupted = False
        return self._sound(self.current, now)

    def play(self, behavior: str, stream: Stream, now: float) -> list[PlayerEvent]:
        """A Play directive."""
        if behavior == "REPLACE_ALL":
            events = self.stop(now)
            self.queue.clear()
            return events + self._begin(stream, now)
        if behavior == "ENQUEUE" and stream.expected_previous_token != self._last_token():
            return []  # a late answer: the device has gone on since, and ignores it
        if behavior == "REPLACE_ENQUEUED":
            self.queue.clear()
        self.queue.append(stream)
        idle = self._since is None and not self.interrupted and self.activity in (IDLE, FINISHED)
        return self._next(now) if idle else []

    def stop(self, now: float) -> list[PlayerEvent]:
        """A Stop directive, or a pause button."""
        sounding = self._since is not None
        if sounding:
            self._hold(now)
        if sounding or self.interrupted:
            self.activity = STOPPED
        self.interrupted = False
        if sounding and self.current is not None:
            return [PlayerEvent("PlaybackStopped", self.current, self._offset_ms)]
        return []

    def clear(self, behavior: str, now: float) -> list[PlayerEvent]:
        """A ClearQueue directive."""
        self.queue.clear()
        return self.stop(now) if behavior == "CLEAR_ALL" else []

    def _last_token(self) -> str | None:
        last = self.queue[-1] if self.queue else self.current
        return last.token if last else None

    def _next(self, now: float) -> list[PlayerEvent]:
        return self._begin(self.queue.pop(0), now) if self.queue else []

    def _begin(self, stream: Stream, now: float) -> list[PlayerEvent]:
        self.current, self.interrupted, self._nearly_sent = stream, False, False
        length = self._length_of(stream.url)
        if length is None:
            self.activity, self._since, self._offset_ms = STOPPED, None, stream.start_ms
            return [PlayerEvent("PlaybackFailed", stream, stream.start_ms)]
        self._duration_ms = length
        self._offset_ms = min(stream.start_ms, length)
        return self._sound(stream, now)

    def _sound(self, stream: Stream, now: float) -> list[PlayerEvent]:
        self._since, self.activity = now, PLAYING
        self.starts += 1
        return [PlayerEvent("PlaybackStarted", stream, self._offset_ms)]

    def _hold(self, now: float) -> None:
        self._offset_ms = self.offset_ms(now)
        self._since = None
