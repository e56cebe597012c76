"""The voice polly: with botocore's stubber, and with a local server that speaks its protocol."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from audio import mp3
from audio.cli import main
from audio.loudness import RATE
from audio.voices import PollyVoice
from audio.voices.polly import client
from skill.errors import AudioError
from skill.pack import MANIFEST, load_pack
from tests.audio.small import build_small

SENTENCE = "Adem rustig uit."
KEYS = {"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example", "AWS_DEFAULT_REGION": "eu-central-1"}
ASKED = {
    "Engine": "neural",
    "LanguageCode": "nl-NL",
    "OutputFormat": "mp3",
    "SampleRate": "24000",
    "Text": SENTENCE,
    "TextType": "text",
    "VoiceId": "Laura",
}


def speech(text: str) -> bytes:
    """An MP3 of a swelling tone, as long as the text asks for."""
    time = np.arange(RATE * (2 + len(text)) // 12) / RATE
    tone = np.sin(2 * np.pi * 160 * time) + 0.5 * np.sin(2 * np.pi * 480 * time)
    return mp3.encode((tone * (0.2 + np.sin(9 * time) ** 2) * 12_000).astype(np.int16))


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """An environment with keys of its own: nothing of this machine is read, nothing outside is asked."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    client.cache_clear()
    yield monkeypatch
    client.cache_clear()


@pytest.fixture
def stub(aws: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The client of the voice, answered by botocore's own stubber."""
    with Stubber(client()) as stubber:
        yield stubber


def answer(sound: bytes) -> dict[str, Any]:
    """What Polly answers."""
    return {"AudioStream": StreamingBody(io.BytesIO(sound), len(sound)), "ContentType": "audio/mpeg"}


def test_speaks(stub: Stubber) -> None:
    """One request with the right voice, engine and rate; the MP3 comes back as sound."""
    stub.add_response("synthesize_speech", answer(speech(SENTENCE)), ASKED)
    recording = PollyVoice().speak(SENTENCE)
    assert recording.rate == 24_000
    assert 0.8 < recording.seconds < 3
    stub.assert_no_pending_responses()


def test_the_voice_of_belgium(stub: Stubber) -> None:
    """Lisa speaks with the language of Belgium."""
    asked = {**ASKED, "VoiceId": "Lisa", "LanguageCode": "nl-BE"}
    stub.add_response("synthesize_speech", answer(speech(SENTENCE)), asked)
    assert PollyVoice("Lisa").speak(SENTENCE).seconds > 0.8
    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("UnrecognizedClientException", "key is wrong or too old.*aws configure"),
        ("InvalidSignatureException", "key is wrong"),
        ("ExpiredTokenException", "too old"),
        ("AccessDeniedException", "polly:SynthesizeSpeech"),
        ("ThrottlingException", "asked too much.*run it again later.*--voice espeak"),
        ("TextLengthExceededException", "shorter in the YAML"),
        ("EngineNotSupportedException", "AWS_DEFAULT_REGION"),
        ("LanguageNotSupportedException", "AWS_DEFAULT_REGION"),
        ("ValidationException", "AWS_DEFAULT_REGION"),
        ("ServiceFailureException", "run it again later"),
        ("SomethingNew", "run it again later"),
    ],
)
def test_a_refusal_says_what_to_do(stub: Stubber, code: str, advice: str) -> None:
    """Each refusal names the sentence, what Polly said, and what to do."""
    stub.add_client_error("synthesize_speech", code, "So it is.", 400)
    with pytest.raises(AudioError, match=f"polly could not say '{SENTENCE}': {code}: So it is[.].*{advice}"):
        PollyVoice().speak(SENTENCE)


def test_what_is_no_sound_is_an_error(stub: Stubber) -> None:
    """An answer that is no MP3 is told as such."""
    stub.add_response("synthesize_speech", answer(b"no sound at all"), ASKED)
    with pytest.raises(AudioError, match="sent no sound"):
        PollyVoice().speak(SENTENCE)


@pytest.mark.parametrize(
    ("missing", "setting", "words"),
    [
        ("AWS_ACCESS_KEY_ID", {}, "Unable to locate credentials.*AWS_ACCESS_KEY_ID"),
        ("AWS_SECRET_ACCESS_KEY", {}, "Partial credentials.*AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", {"AWS_PROFILE": "nobody"}, "nobody.*AWS_PROFILE"),
        ("AWS_DEFAULT_REGION", {}, "specify a region.*AWS_DEFAULT_REGION.*eu-central-1.*rugoefening audio voices"),
    ],
)
def test_what_is_not_set_is_named(aws: pytest.MonkeyPatch, missing: str, setting: dict[str, str], words: str) -> None:
    """Without keys, with half of them, with a strange profile or without a region: the message says what to set."""
    aws.delenv(missing)
    for name, value in setting.items():
        aws.setenv(name, value)
    with pytest.raises(AudioError, match=words):
        PollyVoice().speak(SENTENCE)


def test_a_missing_key_is_status_1_and_the_pack_stays(
    stub: Stubber, aws: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A build without credentials is one message; the pack that was there is as it was."""
    manifest = tmp_path / "polly" / MANIFEST
    manifest.parent.mkdir()
    manifest.write_text("the pack that was there", encoding="utf-8")
    aws.setenv("RUGOEFENING_PACKS", str(tmp_path))
    aws.delenv("AWS_ACCESS_KEY_ID")
    client.cache_clear()
    assert main(["build", "--voice", "polly"]) == 1
    told = capsys.readouterr().err
    assert "Unable to locate credentials" in told
    assert "Traceback" not in told
    assert manifest.read_text(encoding="utf-8") == "the pack that was there"


def test_only_dutch_voices(stub: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    """A voice of another language is refused before anything is asked or spoken."""
    assert main(["build", "--voice", "polly", "--polly-voice", "Joanna"]) == 1
    assert "'Joanna' is no Dutch neural voice of polly. Choose Laura or Lisa" in capsys.readouterr().err
    with pytest.raises(AudioError, match="Laura or Lisa"):
        PollyVoice("Joanna").speak(SENTENCE)


class PollyServer:
    """A server on this machine that answers as Polly does; what was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.statuses: list[int] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that http.server asks for
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append((self.path, body, self.headers["Authorization"]))
                status = server.statuses.pop(0) if server.statuses else 200
                sound = speech(body["Text"]) if status == 200 else b"{}"
                self.send_response(status)
                self.send_header("Content-Type", "audio/mpeg")
                self.send_header("Content-Length", str(len(sound)))
                self.end_headers()
                self.wfile.write(sound)

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 # its name in http.server
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def server(aws: pytest.MonkeyPatch) -> Iterator[PollyServer]:
    """A local server in the place of Polly, named as boto3 has it."""
    found = PollyServer()
    thread = threading.Thread(target=found.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    aws.setenv("AWS_ENDPOINT_URL_POLLY", found.url)
    yield found
    found.http.shutdown()
    found.http.server_close()
    thread.join()


def test_what_is_really_sent(server: PollyServer) -> None:
    """Over real HTTP: one signed request with voice, engine and text; a failing moment is asked again."""
    server.statuses = [503]
    assert PollyVoice().speak(SENTENCE).seconds > 0.8
    assert len(server.asked) == 2
    path, body, signature = server.asked[-1]
    assert (path, body) == ("/v1/speech", ASKED)
    assert "Credential=example/" in signature
    assert "eu-central-1/polly" in signature


def test_builds_a_pack_and_asks_once(server: PollyServer, tmp_path: Path) -> None:
    """The small training is made with it; every sentence is asked for once, and never again."""
    build_small(tmp_path, voice=PollyVoice())
    pack = load_pack(tmp_path / "polly" / MANIFEST)
    assert all(abs(one.lufs + 15) <= 1 for one in pack.tracks.values())
    texts = [body["Text"] for _, body, _ in server.asked]
    assert len(texts) == len(set(texts)) > 10
    build_small(tmp_path, voice=PollyVoice())
    assert len(server.asked) == len(texts)


def test_nobody_answers(server: PollyServer, aws: pytest.MonkeyPatch) -> None:
    """Where nobody listens, the message asks about the network and names the way out."""
    aws.setenv("AWS_ENDPOINT_URL_POLLY", "http://127.0.0.1:9")
    aws.setattr("audio.voices.polly.ATTEMPTS", 1)
    with pytest.raises(AudioError, match=r"Is there a network.*--voice espeak"):
        PollyVoice().speak(SENTENCE)


def readiness(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[bool, str]:
    """What ``audio voices --json`` says of polly."""
    assert main(["voices", "--json", *arguments]) == 0
    found = next(one for one in json.loads(capsys.readouterr().out) if one["voice"] == "polly")
    return found["ready"], found["note"]


def test_readiness(server: PollyServer, aws: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ready with keys and a region, also in files; otherwise what is missing; and nobody is asked."""
    assert readiness(capsys)[0]
    ready, note = readiness(capsys, "--polly-voice", "Joanna")
    assert (ready, "Laura or Lisa" in note) == (False, True)
    aws.delenv("AWS_DEFAULT_REGION")
    ready, note = readiness(capsys)
    assert (ready, "AWS_DEFAULT_REGION" in note) == (False, True)
    aws.delenv("AWS_ACCESS_KEY_ID")
    ready, note = readiness(capsys)
    assert (ready, "no credentials" in note) == (False, True)
    assert server.asked == []


@pytest.mark.parametrize(
    ("profile", "ready"),
    [
        ("[default]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n", True),
        ("[default]\nregion = eu-west-1\nsso_session = home\n", True),
        ("[default]\nregion = eu-west-1\n", False),
        ("[default\n", False),
    ],
)
def test_readiness_from_a_file(
    profile: str, ready: bool, aws: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Credentials in the files of AWS count; a profile without them, or a damaged file, does not."""
    for name in KEYS:
        aws.delenv(name)
    (tmp_path / "config").write_text(profile, encoding="utf-8")
    assert readiness(capsys)[0] is ready


def test_the_setting_chooses_the_voice(aws: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an option the voice is that of RUGOEFENING_POLLY_VOICE."""
    aws.setenv("RUGOEFENING_POLLY_VOICE", "Lisa")
    assert "Lisa" in readiness(capsys)[1]
    assert "Laura" in readiness(capsys, "--polly-voice", "Laura")[1]
