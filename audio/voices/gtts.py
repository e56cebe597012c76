"""Google's translation voice through gTTS: natural, free, and over the network.

gTTS prepares the requests; they are sent here, as its own ``stream()`` does not verify TLS.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from audio.voices.base import WAY_OUT, Option, Readiness, Recording, Voice, install
from skill.errors import AudioError

if TYPE_CHECKING:
    import requests

_AUDIO = re.compile(r'jQ1olc","\[\\"(.*)\\"]')
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d{1,5})?(/\S*)?")
_LONGEST_WAIT = 60.0


class _Retry(Exception):  # noqa: N818 # no error yet: a reason to try again
    """What went wrong, and how long the server wants to be left alone (s)."""

    def __init__(self, reason: str, wait: float = 0.0, *, offline: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.offline = offline


@dataclass
class _Line:
    """The connection: one session, and when it was last used."""

    session: requests.Session | None = None
    last: float = 0.0


@dataclass(frozen=True)
class GttsVoice(Voice):
    """A natural Dutch voice, one sentence a request."""

    name: ClassVar[str] = "gtts"
    summary: ClassVar[str] = "natural voice of Google Translate: needs the network while building"
    options: ClassVar[tuple[Option, ...]] = (Option("url", "URL", "another server that speaks the protocol of gtts"),)
    remote: ClassVar[bool] = True

    language: str = "nl"
    url: str = ""
    """Another server that speaks the same protocol; empty: Google's."""
    pause: float = 0.5
    """Least time between two requests (s)."""
    timeout: float = 20.0
    """Longest wait for an answer (s)."""
    attempts: int = 5
    backoff: float = 1.5
    """Wait before the second attempt (s); doubles every time."""
    _line: _Line = field(default_factory=_Line, init=False, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """The language: the engine stands elsewhere and tells no version. Raises AudioError for a bad address."""
        if self.url and not _ADDRESS.fullmatch(self.url):
            raise AudioError(f"--gtts-url: {self.url} is no address; write it as http://127.0.0.1:8080")
        return f"gtts {self.language}"

    def readiness(self) -> Readiness:
        """Whether the package is installed; whether there is a network shows when it is used."""
        if find_spec("gtts") is None:
            return Readiness(False, install("audio"))
        return Readiness(True, "if there is a network")

    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError when the server stays away, refuses, or sends no sound."""
        try:
            from gtts import gTTS  # noqa: PLC0415 # loads only when something must be spoken
        except ImportError as error:
            raise AudioError(f"The voice gtts is not installed: {install('audio')}") from error
        from audio.mp3 import recording  # noqa: PLC0415 # the same

        requests = gTTS(text, lang=self.language, lang_check=False)._prepare_requests()
        for attempt in range(1, self.attempts + 1):
            try:
                return recording(b"".join(self._sound(one) for one in requests))
            except (_Retry, AudioError) as error:
                retry = error if isinstance(error, _Retry) else _Retry(f"it sent no sound ({error})")
                if attempt == self.attempts or (retry.offline and attempt >= 2):
                    raise AudioError(self._given_up(retry, attempt)) from error
                time.sleep(min(_LONGEST_WAIT, max(retry.wait, self.backoff * 2 ** (attempt - 1))))
        raise AssertionError("unreachable")

    def _given_up(self, retry: _Retry, attempts: int) -> str:
        if retry.offline:
            return f"The voice gtts cannot be reached: {retry}. Is there a network? {WAY_OUT}"
        return f"The voice gtts gave up after {attempts} attempts: {retry}. Try again later. {WAY_OUT}"

    def _sound(self, prepared: Any) -> bytes:
        """Send one prepared request and read the MP3 out of its answer."""
        import requests  # noqa: PLC0415 # loads only when something must be spoken

        session = self._line.session = self._line.session or requests.Session()
        if self.url:
            prepared.url = self.url.rstrip("/") + urlsplit(prepared.url).path
        surroundings = session.merge_environment_settings(prepared.url, {}, None, None, None)
        time.sleep(max(0.0, self._line.last + self.pause - time.monotonic()))
        try:
            answer = session.send(prepared, timeout=self.timeout, **surroundings)
        except (requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            raise _Retry(f"no whole answer in {self.timeout:g} s ({type(error).__name__})") from error
        except requests.exceptions.SSLError as error:
            raise AudioError(f"The voice gtts is not trusted: its certificate is wrong. {WAY_OUT}") from error
        except requests.RequestException as error:
            raise _Retry(_reason(error), offline=_unreachable(error)) from error
        finally:
            self._line.last = time.monotonic()
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Retry(f"it answered {answer.status_code}", _retry_after(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            raise _Retry(f"it answered {answer.status_code} {answer.reason}")
        return _audio(answer.content)


def _audio(body: bytes) -> bytes:
    """The MP3 in an answer, found as gTTS finds it."""
    sound = b""
    for line in body.decode("utf-8", "replace").splitlines():
        if found := _AUDIO.search(line):
            try:
                sound += base64.b64decode(found.group(1), validate=True)
            except (binascii.Error, ValueError) as error:
                raise _Retry("its answer is garbled") from error
    if not sound:
        raise _Retry("there is no sound in its answer")
    return sound


def _retry_after(value: str | None) -> float:
    return float(value) if value and value.isdecimal() else 0.0


def _unreachable(error: Exception) -> bool:
    """Whether no connection was made at all (a cut one is worth more attempts)."""
    text = repr(error)
    return any(sign in text for sign in ("NewConnectionError", "NameResolutionError", "ProxyError", "refused"))


def _reason(error: Exception) -> str:
    return "no connection" if _unreachable(error) else f"the connection was cut ({type(error).__name__})"
