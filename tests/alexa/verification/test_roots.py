"""Which roots are trusted: those of certifi, or those in RUGOEFENING_CA_FILE."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from skill.alexa.verification import make_verifier
from skill.alexa.verification.certificates import read_roots
from skill.errors import RequestRefusedError, SettingsError
from skill.settings import Settings
from tests.alexa.verification.conftest import Door


def test_without_the_setting_only_the_world_is_trusted(production: Settings, shared_door: Door) -> None:
    """With certifi's roots an authority of our own is nobody: its host is not believed."""
    verifier = make_verifier(replace(production, ca_file=None))
    body = json.dumps(shared_door.genuine()).encode()
    with pytest.raises(RequestRefusedError, match="no trusted certificate") as caught:
        verifier(shared_door.authority.sign(body), body)
    assert caught.value.reason == "fetch"


def test_every_root_of_certifi_can_be_read() -> None:
    """None of the roots that the world trusts is left out, and reading them warns of nothing."""
    text = Path(certifi.where()).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        roots = read_roots(Path(certifi.where()))
    assert len(roots) == text.count(b"-----BEGIN CERTIFICATE-----") > 50


def test_a_root_that_cannot_be_read_is_left_out(production: Settings, shared_door: Door, tmp_path: Path) -> None:
    """One bad certificate in a file of roots does not spoil the good ones."""
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    file = tmp_path / "roots.pem"
    file.write_bytes(broken + shared_door.authority.root.certificate_pem)
    assert read_roots(file) == [shared_door.authority.root.certificate]
    file.write_bytes(broken)
    with pytest.raises(SettingsError, match="holds no certificate"):
        make_verifier(replace(production, ca_file=file))


def test_a_file_without_roots_is_told(production: Settings, tmp_path: Path) -> None:
    """A missing file, a folder and a file of something else are mistakes in the settings, by name."""
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate", encoding="utf-8")
    for file in (tmp_path / "missing.pem", tmp_path, empty):
        with pytest.raises(SettingsError, match="RUGOEFENING_CA_FILE") as caught:
            make_verifier(replace(production, ca_file=file))
        assert str(file) in str(caught.value)
