"""The audio build as a process of its own: begun when a file has changed, one at a time."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import IO, Any

from skill.errors import RugoefeningError
from skill.settings import PREFIX, PROJECT, Settings
from skill.studio.workbench.files import ContentFiles
from skill.studio.workbench.leads import lead_of

IDLE, RUNNING, DONE, FAILED = "idle", "running", "done", "failed"
_END_S = 10.0
"""How long a build may take to end when it is asked to."""
_AT_LINE = re.compile(r"(?P<indent>\s*)(?P<file>.+?):(?P<line>\d+): (?P<message>.+)")
_PACKAGE = re.compile(r"The package \S+ is missing|No module named")
_HELD = re.compile(r"Another build of this pack is running")
_PASSED_ON = ("content", "packs", "voice", "piper_voice", "polly_voice", "invocation", "wake_word")


@dataclass(frozen=True)
class Remark:
    """Something that the build says of one line of a file."""

    file: str
    line: int
    message: str
    error: bool

    @property
    def data(self) -> dict[str, Any]:
        """It as JSON, with a sentence for the owner."""
        return {**asdict(self), "lead": lead_of(self.message, error=self.error)}


@dataclass(frozen=True)
class Build:
    """How a build goes, or went."""

    number: int = 0
    state: str = IDLE
    label: str = ""
    share: float = 0.0
    remarks: tuple[Remark, ...] = ()
    result: Mapping[str, Any] | None = None
    reason: str = ""
    """Why it failed: ``content``, ``gone`` (a file that is needed), ``packages``, ``held`` or ``other``."""
    message: str = ""
    """What else it said."""

    @property
    def data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "number": self.number,
            "state": self.state,
            "label": self.label,
            "share": self.share,
            "remarks": [one.data for one in self.remarks],
            "result": self.result,
            "reason": self.reason,
            "message": self.message,
        }


class Builder:
    """Begins a build when a file is another than at the last one, and tells how it goes.

    ``built`` is called when new audio is there; what it raises is a mistake of the build. ``needed`` tells the files
    without which no build can be, whatever it says of others.
    """

    def __init__(
        self, settings: Settings, files: ContentFiles, built: Callable[[], None], needed: Callable[[], Collection[str]]
    ) -> None:
        self._settings = settings
        self._files = files
        self._built = built
        self._needed = needed
        self._turn = threading.Lock()
        self._known = files.versions()
        self._child: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._is_over = False
        self._build = Build()

    def look(self) -> Build:
        """Begin a build if something changed since the last one began, unless one is running; how it goes."""
        with self._turn:
            now = self._files.versions()
            if now != self._known and self._build.state != RUNNING and not self._is_over:
                self._known = now
                self._begin()
            return self._build

    def again(self) -> Build:
        """Begin a build, whether something changed or not, unless one is running."""
        with self._turn:
            self._known = {} if self._build.state != RUNNING else self._known
        return self.look()

    def stop(self) -> None:
        """End the build that is running; no other begins."""
        with self._turn:
            self._is_over = True
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(_END_S)
            except subprocess.TimeoutExpired:
                child.kill()

    def _begin(self) -> None:
        self._build = Build(self._build.number + 1, RUNNING)
        if self._child is None:
            atexit.register(self.stop)
        try:
            self._child = subprocess.Popen(  # noqa: S603  # this very Python, with our own module
                self._command(),
                cwd=PROJECT,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            self._build = replace(self._build, state=FAILED, reason="other", message=str(error))
            return
        self._thread = threading.Thread(target=self._watch, args=(self._child,), daemon=True)
        self._thread.start()

    def _command(self) -> Sequence[str]:
        return [sys.executable, "-m", "audio", "build", "--voice", self._settings.voice, "--json"]

    def _environ(self) -> Mapping[str, str]:
        own = {PREFIX + name.upper(): str(getattr(self._settings, name)) for name in _PASSED_ON}
        paths = {PREFIX + name.upper(): str(getattr(self._settings, name).resolve()) for name in ("content", "packs")}
        return {**os.environ, **own, **paths, "AUDIO_PROGRESS": "json", "PYTHONIOENCODING": "utf-8"}

    def _watch(self, child: subprocess.Popen[str]) -> None:
        """Follow a build to its end, and begin the next one when somebody saved meanwhile."""
        said = list(self._followed(child.stderr)) if child.stderr else []
        output = child.stdout.read() if child.stdout else ""
        status = child.wait()
        build = self._outcome(status, said, output)
        if build.state == DONE:
            try:
                self._built()
            except RugoefeningError as error:
                build = replace(build, state=FAILED, reason="other", message=str(error))
        with self._turn:
            self._build = build
        self.look()

    def _followed(self, lines: IO[str]) -> Iterator[str]:
        for line in lines:
            told = _progress(line)
            if told is None:
                yield line.rstrip("\n")
                continue
            with self._turn:
                self._build = replace(self._build, label=told[0], share=told[1])

    def _outcome(self, status: int, said: Sequence[str], output: str) -> Build:
        remarks = tuple(one for one in map(self._remark, said) if one is not None)
        other = "\n".join(line for line in said if line.strip() and self._remark(line) is None)
        if status == 0:
            with suppress(ValueError):
                return replace(self._build, state=DONE, share=1.0, remarks=remarks, result=json.loads(output))
        if not self._files.paths().keys() >= set(self._needed()):
            return replace(self._build, state=FAILED, reason="gone")
        reason = "other"
        if any(one.error for one in remarks):
            reason = "content"
        elif _PACKAGE.search(other):
            reason = "packages"
        elif _HELD.search(other):
            reason = "held"
        return replace(self._build, state=FAILED, remarks=remarks, reason=reason, message=other)

    def _remark(self, line: str) -> Remark | None:
        """What stands under the title of an error is one; the rest are warnings."""
        found = _AT_LINE.fullmatch(line)
        name = self._files.name_of(found["file"], PROJECT) if found else ""
        return Remark(name, int(found["line"]), found["message"], bool(found["indent"])) if found and name else None


def _progress(line: str) -> tuple[str, float] | None:
    """The label and the share that are done, if the line tells them."""
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
        return str(told["progress"]), float(told["share"])
    except (ValueError, KeyError, TypeError):
        return None
