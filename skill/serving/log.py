"""The log: readable lines in development, one JSON object a line in production."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from pathlib import PurePath

MOST_LINES = 10_000
"""So many lines wait for whoever reads them; what comes on top is dropped and counted."""
_PAUSE_S = 0.02
_FLUSH_S = 1.0


def log_text() -> None:
    """Write readable lines to standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def log_json() -> None:
    """Write one JSON object a line to standard error, warnings of Python included; never waits for a reader."""
    handler = Behind(2)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.captureWarnings(capture=True)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: its facts, or else its message; of an error where it happened, never its text.

    The text of an error may hold what somebody said; the line numbers are enough to find the fault.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        facts = getattr(record, "facts", None) or {"event": "note", "message": record.getMessage()}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **facts,
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = type(error).__name__
            line["at"] = [
                f"{PurePath(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)
            ]
        return json.dumps(line)


class Behind(logging.Handler):
    """Writes lines behind the requests: a reader that stands still, or a full pipe, delays no answer."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lines: deque[str] = deque()
        self._more = threading.Event()
        self._idle = threading.Event()
        self._dropped = 0
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a line for the writer."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  # as every handler of Python: what cannot be logged stops nothing
            self.handleError(record)
            return
        if len(self._lines) >= MOST_LINES:
            self._dropped += 1
            return
        self._lines.append(line)
        self._idle.clear()
        self._more.set()

    def flush(self) -> None:
        """Wait a moment until what was logged is written; called by Python at the end."""
        if self._lines:
            self._idle.wait(_FLUSH_S)

    def _run(self) -> None:
        while True:
            self._more.wait()
            time.sleep(_PAUSE_S)  # many lines in one go: the requests need the processor more
            self._more.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            dropped, self._dropped = self._dropped, 0
            if dropped:
                lines.append(json.dumps({"level": "warning", "event": "dropped", "lines": dropped}))
            self._write("".join(f"{line}\n" for line in lines).encode())
            if not self._lines:
                self._idle.set()

    def _write(self, text: bytes) -> None:
        try:
            while text:
                text = text[os.write(self._descriptor, text) :]
        except OSError:  # nobody reads any more; the skill goes on
            pass
