"""The settings of rugoefening: ``RUGOEFENING_*`` environment variables, all validated together at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from skill.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "RUGOEFENING_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

Environment = Literal["development", "production"]


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two places where the skill runs."""

    environment: Environment = "development"
    """RUGOEFENING_ENV: development (loopback, unsigned requests) or production."""
    host: str = "127.0.0.1"
    """RUGOEFENING_HOST: the address that is listened on."""
    port: int = 5050
    """RUGOEFENING_PORT: the port that is listened on."""
    public_url: str = ""
    """RUGOEFENING_PUBLIC_URL: where Alexa finds this server, https in production; empty: host and port."""
    skill_id: str = ""
    """RUGOEFENING_SKILL_ID: the application id of the skill; obligatory in production."""
    content: Path = PROJECT / "skill"
    """RUGOEFENING_CONTENT: the folder that holds the text: ``routines/`` and ``prompts/nl.yaml``."""
    routine: str = "bovenrug"
    """RUGOEFENING_ROUTINE: which routine is served, by the name of its YAML file."""
    voice: str = "espeak"
    """RUGOEFENING_VOICE: which pack is served."""
    piper_voice: str = ""
    """RUGOEFENING_PIPER_VOICE: the .onnx file that the voice piper speaks with; only for building audio."""
    polly_voice: str = ""
    """RUGOEFENING_POLLY_VOICE: the name of the voice at polly; only for building audio."""
    packs: Path = PROJECT / "audio" / "packs"
    """RUGOEFENING_PACKS: the folder that holds one pack a voice."""
    database: Path = PROJECT / "var" / "progress.sqlite3"
    """RUGOEFENING_DATABASE: the file that remembers places and finished runs."""
    id_key: str = "development"
    """RUGOEFENING_ID_KEY: the secret that ids are hashed with; obligatory in production, 32 characters or more."""
    invocation: str = "rugoefening"
    """RUGOEFENING_INVOCATION: the invocation name, as spoken in prompts."""
    wake_word: str = "Alexa"
    """RUGOEFENING_WAKE_WORD: the wake word, as spoken in prompts."""
    owner: str = ""
    """RUGOEFENING_OWNER: who is responsible for this skill, as the pages on privacy and terms say it."""
    contact: str = ""
    """RUGOEFENING_CONTACT: how to reach the owner: an e-mail address, a web address or a sentence."""
    ca_file: Path | None = None
    """RUGOEFENING_CA_FILE: a PEM file of the authorities that Alexa's certificates lead to; None: those of certifi."""
    threads: int = 16
    """RUGOEFENING_THREADS: how many threads answer in production; one works, others stand in where one has to wait."""

    @property
    def base_url(self) -> str:
        """The public URL without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{_bracketed(self.host)}:{self.port}"

    @property
    def routines_folder(self) -> Path:
        """The folder of the routines that are served and built."""
        return self.content / "routines"

    @property
    def prompts_file(self) -> Path:
        """The prompts that are served and built."""
        return self.content / "prompts" / "nl.yaml"

    @property
    def pack_folder(self) -> Path:
        """The folder of the pack that is served."""
        return self.packs / self.voice


VARIABLES: Mapping[str, str] = {
    "ENV": "environment",
    "HOST": "host",
    "PORT": "port",
    "PUBLIC_URL": "public_url",
    "SKILL_ID": "skill_id",
    "CONTENT": "content",
    "ROUTINE": "routine",
    "VOICE": "voice",
    "PIPER_VOICE": "piper_voice",
    "POLLY_VOICE": "polly_voice",
    "PACKS": "packs",
    "DATABASE": "database",
    "ID_KEY": "id_key",
    "INVOCATION": "invocation",
    "WAKE_WORD": "wake_word",
    "OWNER": "owner",
    "CONTACT": "contact",
    "CA_FILE": "ca_file",
    "THREADS": "threads",
}
_NUMBERS: Mapping[str, tuple[str, int]] = {"port": ("port", 65535), "threads": ("number of threads", 64)}
_PATHS = ("content", "packs", "database", "ca_file")


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and validate the settings.

    Raises SettingsError with all problems in one message: an unknown variable, a bad port, and in
    production a missing skill id, key or public https URL, or a file of authorities without one.
    """
    values: dict[str, str | int | Path] = {}
    problems = [
        f"{name}: no such setting; the settings are {', '.join(PREFIX + known for known in VARIABLES)}"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in VARIABLES
    ]
    for variable, field in VARIABLES.items():
        raw = environ.get(PREFIX + variable, "").strip()
        if not raw:
            continue
        if field in _NUMBERS:
            what, most = _NUMBERS[field]
            if not raw.isdecimal() or len(raw) > 6 or not 0 < int(raw) <= most:
                problems.append(f"{PREFIX}{variable}: {raw!r} is no {what}; write a number from 1 to {most}")
                continue
            values[field] = int(raw)
        elif field in _PATHS:
            try:
                values[field] = Path(raw).expanduser()
            except RuntimeError as error:
                problems.append(f"{PREFIX}{variable}: {raw!r} cannot be found: {error}")
        else:
            values[field] = raw
    settings = Settings(**values)  # type: ignore[arg-type]  # each field was given its own type above
    problems += settings_problems(settings)
    if problems:
        raise SettingsError("The settings are not right:", problems)
    return settings


def settings_problems(settings: Settings) -> list[str]:
    """Everything that is wrong with settings, one line each."""
    found: list[str] = []
    if settings.environment not in ("development", "production"):
        found.append(f"{PREFIX}ENV: {settings.environment!r} is unknown; write development or production")
    found += [
        f"{PREFIX}{field.upper()}: only letters, digits, - and _ are allowed"
        for field in ("routine", "voice")
        if not getattr(settings, field).replace("-", "").replace("_", "").isalnum()
    ]
    if not _is_web_address(settings.base_url):
        found.append(f"{PREFIX}PUBLIC_URL: {settings.public_url!r} is no web address; write https://…")
    if settings.ca_file is not None:
        found += _authority_problems(settings.ca_file)
    if settings.environment == "production":
        found += _production_problems(settings)
    elif settings.host not in LOOPBACK:
        found.append(f"{PREFIX}HOST: {settings.host} is not loopback; development listens on 127.0.0.1 only")
    return found


def _is_web_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.hostname) and port != 0


def _production_problems(settings: Settings) -> list[str]:
    found: list[str] = []
    if not settings.public_url.startswith("https://"):
        found.append(f"{PREFIX}PUBLIC_URL: production needs the public https:// address of this server")
    elif _is_web_address(settings.public_url) and urlsplit(settings.public_url).port not in (None, 443):
        found.append(f"{PREFIX}PUBLIC_URL: Echos fetch audio from port 443 only; leave the port out")
    if not settings.skill_id.startswith("amzn1.ask.skill."):
        found.append(f"{PREFIX}SKILL_ID: production needs the skill id (amzn1.ask.skill.…) from the Alexa console")
    if len(settings.id_key) < 32:
        found.append(f"{PREFIX}ID_KEY: production needs a secret of at least 32 characters")
    return found


def _authority_problems(file: Path) -> list[str]:
    import ssl  # noqa: PLC0415  # a quick start of everything that needs no authorities

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        return [f"{PREFIX}CA_FILE: {file} holds no certificate; write a PEM file (-----BEGIN CERTIFICATE-----)"]
    except OSError as error:
        return [f"{PREFIX}CA_FILE: {file} cannot be read: {error.strerror}"]
    return []


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
