"""The unit of systemd: it starts the real command, stops it gently, and gives it next to no rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest

from skill.settings import PREFIX, VARIABLES
from tests.scripts.running import PROJECT, run_python

UNIT = PROJECT / "deploy" / "rugoefening.service"

SWITCHES = (
    "DynamicUser",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateTmp",
    "PrivateUsers",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemoveIPC",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
)


def read_unit() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The sections of the unit, each with its keys; a key may stand there more than once."""
    sections: dict[str, defaultdict[str, list[str]]] = {}
    section: defaultdict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = sections[line.strip("[]")] = defaultdict(list)
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals
            section[key].append(value)
    return sections


def test_it_starts_the_real_command() -> None:
    """What the unit starts is a command of this project, in the folder of the project, as the guide installs it."""
    service = read_unit()["Service"]
    (command,) = service["ExecStart"]
    (folder,) = service["WorkingDirectory"]
    python, *words = command.split()
    assert python == f"{folder}/.server/bin/python"
    assert words[0] == "-m"
    done = run_python(PROJECT, *words, "--help")
    assert done.returncode == 0, done.stderr
    guide = (PROJECT / "deploy" / "README.md").read_text(encoding="utf-8")
    assert ".server/bin/python -m pip install --require-hashes --only-binary :all: -r deploy/requirements.txt" in guide


def test_the_settings_are_those_of_the_skill() -> None:
    """Each setting exists, none is secret, and the database is in the one folder that can be written."""
    service = read_unit()["Service"]
    given = dict(line.split("=", 1) for line in service["Environment"])
    names = {name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX)}
    assert names <= set(VARIABLES)
    assert not names & {"ID_KEY", "SKILL_ID"}
    (state,) = service["StateDirectory"]
    assert given["RUGOEFENING_DATABASE"].startswith(f"%S/{state}/")
    assert service["StateDirectoryMode"] == ["0700"]
    assert service["EnvironmentFile"] == ["/etc/rugoefening.env"]


@pytest.mark.parametrize("name", SWITCHES)
def test_it_has_few_rights(name: str) -> None:
    """Each protection is on."""
    assert read_unit()["Service"][name] == ["yes"]


def test_nothing_else_can_be_reached() -> None:
    """The system cannot be written, there is no capability, no other address family and no privileged system call."""
    service = read_unit()["Service"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == [""]
    assert service["RestrictAddressFamilies"] == ["AF_INET AF_INET6 AF_UNIX"]
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert service["UMask"] == ["0077"]
    assert not {"ReadWritePaths", "BindPaths", "User"} & set(service)


def test_it_comes_back_after_a_failure_and_stops_gently() -> None:
    """A crash is mended within seconds but not for ever, memory has an end, and a stop leaves time to finish."""
    unit, service = read_unit()["Unit"], read_unit()["Service"]
    assert service["Restart"] == ["on-failure"]
    assert unit["StartLimitBurst"]
    assert service["KillSignal"] == ["SIGTERM"]
    assert int(service["TimeoutStopSec"][0].removesuffix("s")) >= 10
    assert service["MemoryMax"]
    assert service["LimitCORE"] == ["0"]
