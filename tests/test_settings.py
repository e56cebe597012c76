"""The settings: read from the environment, all problems at once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import certifi
import pytest

from skill.errors import SettingsError
from skill.settings import PREFIX, VARIABLES, Settings, load_settings

GOOD_PRODUCTION = {
    "RUGOEFENING_ENV": "production",
    "RUGOEFENING_PUBLIC_URL": "https://rug.example.org/",
    "RUGOEFENING_SKILL_ID": "amzn1.ask.skill.11111111-2222",
    "RUGOEFENING_ID_KEY": "k" * 32,
}


def test_without_any_setting_it_is_development_on_loopback() -> None:
    """A fresh machine needs no settings."""
    settings = load_settings({})
    assert settings == Settings()
    assert settings.base_url == "http://127.0.0.1:5050"


def test_every_setting_can_be_set() -> None:
    """Each field has a variable, and each variable arrives."""
    assert set(VARIABLES.values()) == {field.name for field in fields(Settings)}
    environ = {
        **GOOD_PRODUCTION,
        "RUGOEFENING_HOST": "0.0.0.0",  # noqa: S104  # production listens where it is told
        "RUGOEFENING_PORT": "8080",
        "RUGOEFENING_ROUTINE": "onderrug",
        "RUGOEFENING_VOICE": "gtts",
        "RUGOEFENING_PIPER_VOICE": "/srv/nl_NL-voice.onnx",
        "RUGOEFENING_POLLY_VOICE": "Lisa",
        "RUGOEFENING_PACKS": "/srv/packs",
        "RUGOEFENING_CONTENT": "/srv/text",
        "RUGOEFENING_DATABASE": "/srv/progress.sqlite3",
        "RUGOEFENING_INVOCATION": "dagelijkse rugoefening",
        "RUGOEFENING_WAKE_WORD": "Echo",
        "RUGOEFENING_OWNER": "Anna de Vries",
        "RUGOEFENING_CONTACT": "anna@example.org",
        "RUGOEFENING_CA_FILE": certifi.where(),
        "RUGOEFENING_THREADS": "8",
    }
    settings = load_settings(environ)
    assert settings.base_url == "https://rug.example.org"
    assert settings.pack_folder == Path("/srv/packs/gtts")
    assert (settings.port, settings.wake_word) == (8080, "Echo")
    assert all(getattr(settings, name) != getattr(Settings(), name) for name in VARIABLES.values())


def test_all_problems_come_together() -> None:
    """One message names every wrong setting and what to write."""
    environ = {
        "RUGOEFENING_PROT": "1",
        "RUGOEFENING_PORT": "99999",
        "RUGOEFENING_ENV": "test",
        "RUGOEFENING_VOICE": "../x",
        "RUGOEFENING_PUBLIC_URL": "rug.example.org",
        "RUGOEFENING_HOST": "192.168.1.4",
        "RUGOEFENING_THREADS": "0",
        "RUGOEFENING_CA_FILE": "/nowhere/roots.pem",
    }
    with pytest.raises(SettingsError) as error:
        load_settings(environ)
    text = str(error.value)
    for words in (
        "RUGOEFENING_PROT: no such setting",
        "99999",
        "'test' is unknown",
        "VOICE",
        "no web address",
        "loopback",
        "THREADS: '0' is no number of threads",
        "/nowhere/roots.pem cannot be read",
    ):
        assert words in text


@pytest.mark.parametrize("left_out", ["PUBLIC_URL", "SKILL_ID", "ID_KEY"])
def test_production_refuses_to_guess(left_out: str) -> None:
    """Production needs its address, its skill id and a secret of its own."""
    load_settings(GOOD_PRODUCTION)
    with pytest.raises(SettingsError, match=PREFIX + left_out):
        load_settings({key: value for key, value in GOOD_PRODUCTION.items() if not key.endswith(left_out)})


def test_production_is_on_the_port_that_echos_ask() -> None:
    """Echos fetch audio from port 443 only: another one in the public address would make the skill silent."""
    load_settings({**GOOD_PRODUCTION, "RUGOEFENING_PUBLIC_URL": "https://rug.example.org:443"})
    with pytest.raises(SettingsError, match="443"):
        load_settings({**GOOD_PRODUCTION, "RUGOEFENING_PUBLIC_URL": "https://rug.example.org:8443"})


def test_a_file_of_authorities_holds_one(tmp_path: Path) -> None:
    """A file with anything else than certificates is refused at the start, not at the first request."""
    file = tmp_path / "roots.pem"
    for text in ("", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match="holds no certificate"):
            load_settings({"RUGOEFENING_CA_FILE": str(file)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "9" * 5000),
        ("PUBLIC_URL", "https://rug.example.org:99999"),
        ("CA_FILE", "~nosuchuser/x"),
        ("PUBLIC_URL", "http://["),
        ("PACKS", "~nosuchuser/x"),
        ("DATABASE", "~nosuchuser/x"),
    ],
)
def test_what_cannot_be_an_address_or_folder_is_a_problem(name: str, value: str) -> None:
    """Strange values are reported like every other mistake."""
    with pytest.raises(SettingsError, match=PREFIX + name):
        load_settings({PREFIX + name: value})
