"""A local server that speaks the protocol of gTTS, with the moods of a real one."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import numpy as np

from audio import mp3
from audio.loudness import RATE
from audio.voices import EspeakVoice


class SpeechServer:
    """Answers with speech; ``moods`` holds how the next requests are answered, the last one for ever."""

    def __init__(self) -> None:
        self.moods = ["ok"]
        self.texts: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body: str) -> tuple[int, bytes, str]:
        """The status and body for a request, and the mood."""
        mood = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        request = json.loads(parse_qs(body)["f.req"][0])[0][0]
        assert request[0] == "jQ1olc"
        text = json.loads(request[1])[0]
        self.texts.append(text)
        if mood.isdecimal():
            return int(mood), b"", mood
        sound = "!!!" if mood == "garbage" else base64.b64encode(_speech(text)).decode()
        frame = json.dumps([["wrb.fr", "jQ1olc", json.dumps([sound]), None, None, None, "generic"]])
        frame = frame.replace('"jQ1olc", ', '"jQ1olc",')
        empty = b")]}'\n\n[[]]\n"
        return 200, empty if mood == "empty" else f")]}}'\n\n{len(frame)}\n{frame}\n".encode(), mood

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that http.server asks for
                length = int(self.headers["Content-Length"])
                status, body, mood = server.answer(self.rfile.read(length).decode())
                if mood == "slow":
                    time.sleep(1.5)
                self.close_connection = True
                with suppress(BrokenPipeError, ConnectionResetError):  # who asks does not wait for ever
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[: len(body) // 2] if mood == "cut" else body)

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 # its name in http.server
                """Say nothing."""

        return Handler


def _speech(text: str) -> bytes:
    recording = EspeakVoice().speak(text)
    samples = np.frombuffer(recording.pcm, np.int16)
    wanted = len(samples) * RATE // recording.rate
    resampled = np.interp(np.linspace(0, len(samples) - 1, wanted), np.arange(len(samples)), samples)
    return mp3.encode(resampled.astype(np.int16))
