"""Amazon Polly through boto3: natural Dutch voices over the network, paid by the character."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, ClassVar

from audio.voices.base import WAY_OUT, Option, Readiness, Recording, Voice, install
from skill.errors import AudioError

RATE = 24_000
"""Hz, as MP3: the most that the neural engine gives by itself (its raw samples end at 16 kHz)."""
LANGUAGES: Mapping[str, str] = MappingProxyType({"Laura": "nl-NL", "Lisa": "nl-BE"})
"""The Dutch neural voices."""
ATTEMPTS = 5
"""Made by botocore, with its own waits, for what may pass: too many requests, a failing server, a cut connection."""
_CREDENTIALS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run: aws configure"
_REGION = "set AWS_DEFAULT_REGION to one with neural voices, such as eu-central-1"
_AGAIN = f"What was fetched is kept: run it again later. {WAY_OUT}"
_ENVIRONMENT_KEYS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_PROFILE_KEYS = {"aws_access_key_id", "credential_process", "login_session", "role_arn", "sso_session", "sso_start_url"}
_ADVICE: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("UnrecognizedClient", "InvalidSignature", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"): (
            f"The key is wrong or too old. {_CREDENTIALS}"
        ),
        ("AccessDenied",): "This key may not speak: give its user the right polly:SynthesizeSpeech",
        ("Throttling", "TooManyRequests", "RequestLimitExceeded"): f"It is asked too much. {_AGAIN}",
        ("TextLengthExceeded",): "Make the sentence shorter in the YAML",
        (
            "EngineNotSupported",
            "LanguageNotSupported",
            "Validation",
        ): f"Is this voice not in this region? Then {_REGION}",
        (
            "Connect",
            "EndpointConnection",
            "ProxyConnection",
            "SSLError",
            "ReadTimeout",
            "ResponseStreaming",
            "Incomplete",
        ): (f"Is there a network, and is the region right (AWS_DEFAULT_REGION)? {_AGAIN}"),
        ("NoCredentials", "PartialCredentials", "CredentialRetrieval", "ProfileNotFound", "Token", "SSO", "Login"): (
            _CREDENTIALS
        ),
        ("NoRegion", "InvalidRegion", "ValueError"): (
            f"Please {_REGION}. If more is missing, this tells it: rugoefening audio voices"
        ),
        ("ConfigParse", "ConfigNotFound"): "Mend that file, or name another one in AWS_CONFIG_FILE",
    }
)
"""By how the code of an answer, or the name of botocore's own error, begins."""


@dataclass(frozen=True)
class PollyVoice(Voice):
    """A neural voice; who it is for is found in boto3's usual places."""

    name: ClassVar[str] = "polly"
    summary: ClassVar[str] = "natural voice of Amazon Polly: needs the network while building, and an account"
    options: ClassVar[tuple[Option, ...]] = (Option("voice", "NAME", f"one of: {', '.join(LANGUAGES)}"),)
    remote: ClassVar[bool] = True

    voice: str = "Laura"

    @property
    def fingerprint(self) -> str:
        """The voice: the engine stands elsewhere and tells no version. Raises AudioError for one that is not Dutch."""
        return f"polly neural {self.voice} {_language(self.voice)}"

    def readiness(self) -> Readiness:
        """Whether package, credentials and region are found here; a role that a machine has is not asked for."""
        if find_spec("boto3") is None:
            return Readiness(False, install("polly"))
        try:
            _language(self.voice)
            with _explained("is not ready"):
                return _found_here(self.voice)
        except AudioError as error:
            return Readiness(False, str(error))

    def speak(self, text: str) -> Recording:
        """Say one sentence. Raises AudioError without package, credentials or region, or when Polly refuses."""
        language = _language(self.voice)
        from audio.mp3 import recording  # noqa: PLC0415 # loads only when something must be spoken

        with _explained(f"could not say {text!r}"):
            answer = client().synthesize_speech(
                Engine="neural",
                LanguageCode=language,
                OutputFormat="mp3",
                SampleRate=str(RATE),
                Text=text,
                TextType="text",
                VoiceId=self.voice,
            )
            sound = answer["AudioStream"].read()
        try:
            return recording(sound)
        except AudioError as error:
            raise AudioError(f"The voice polly sent no sound for {text!r}: {error}. {_AGAIN}") from error


@functools.cache
def client() -> Any:
    """The connection of this process. Raises AudioError when boto3 is missing, and what botocore raises."""
    try:
        from boto3 import Session  # noqa: PLC0415 # loads only when something must be spoken
        from botocore.config import Config  # noqa: PLC0415 # the same
    except ImportError as error:
        raise AudioError(f"The voice polly is not installed: {install('polly')}") from error
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    return Session().client("polly", config=Config(retries=retries, connect_timeout=10, read_timeout=30))


def _language(voice: str) -> str:
    if voice not in LANGUAGES:
        raise AudioError(
            f"{voice!r} is no Dutch neural voice of polly. Choose {' or '.join(LANGUAGES)} with --polly-voice NAME "
            "or RUGOEFENING_POLLY_VOICE"
        )
    return LANGUAGES[voice]


def _found_here(voice: str) -> Readiness:
    """What the environment and the files of AWS tell, without asking anybody."""
    from botocore.session import Session  # noqa: PLC0415 # loads only for this voice

    session = Session()
    profile = session.full_config["profiles"].get(session.profile or "default", {})
    half = bool(os.environ.get("AWS_ACCESS_KEY_ID")) != bool(os.environ.get("AWS_SECRET_ACCESS_KEY"))
    if half or (not any(os.environ.get(key) for key in _ENVIRONMENT_KEYS) and not _PROFILE_KEYS & set(profile)):
        return Readiness(False, f"no credentials are found here. {_CREDENTIALS}")
    region = session.get_config_variable("region")
    if not region:
        return Readiness(False, f"no region is chosen: {_REGION}")
    return Readiness(True, f"speaks as {voice}, in {region}, if there is a network and the credentials are good")


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn the errors of botocore into AudioErrors that say what to do."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # only where it is used
    except ImportError as error:
        raise AudioError(f"The voice polly is not installed: {install('polly')}") from error
    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        code = str(answer.get("Code", "no code"))
        raise AudioError(f"The voice polly {what}: {code}: {answer.get('Message', '')}. {_advice(code)}") from error
    except (BotoCoreError, ValueError) as error:  # botocore leaves a bad endpoint to a ValueError
        said = str(error).rstrip(".")
        raise AudioError(f"The voice polly {what}: {said}. {_advice(type(error).__name__)}") from error


def _advice(code: str) -> str:
    return next((advice for starts, advice in _ADVICE.items() if code.startswith(starts)), _AGAIN)
