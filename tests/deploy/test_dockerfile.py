"""The Dockerfile: two stages without a shell, pinned and hashed, and nothing private goes in."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from skill.settings import PREFIX, VARIABLES
from tests.deploy.dockerfile import DockerfileError, exec_form, is_sent, read_dockerfile
from tests.scripts.running import PROJECT


def test_the_audio_is_made_in_a_stage_that_is_left_behind() -> None:
    """Two stages on one pinned base; the second installs nothing, and takes only the runtime and the pack."""
    build, runtime = read_dockerfile()
    assert build.base == runtime.base
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", runtime.base)
    taken = ["/srv/rugoefening", "/srv/packs/espeak"]
    assert list(runtime.copies(build.name)) == [((folder,), folder) for folder in taken]
    assert [step.words[0] for step in runtime.steps if step.name == "RUN"] == ["install"]


@pytest.mark.skipif(sys.platform == "win32", reason="hadolint has no build for Windows")
def test_hadolint_finds_nothing() -> None:
    """The linter for Dockerfiles finds nothing, also where it is strict; steps stay apart, so that fewer are redone."""
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [str(hadolint), "--strict-labels", "--ignore", "DL3059", "deploy/Dockerfile"]
    found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_shell_form_is_refused() -> None:
    """The reader of these tests takes no command that a shell would have to read, so there is none."""
    assert exec_form('["serve"]') == ("serve",)
    with pytest.raises(DockerfileError):
        exec_form("rugoefening serve")


def test_it_does_not_run_as_root() -> None:
    """The last user is a number other than 0, behind everything that changes the image, and owns its one folder."""
    runtime = read_dockerfile()[-1]
    names = [step.name for step in runtime.steps]
    (user,) = runtime.only("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert not {"RUN", "COPY"} & set(names[names.index("USER") :])
    (state,) = runtime.only("VOLUME")
    owner = dict(zip(*[iter(runtime.only("RUN")[2:-1])] * 2, strict=True))
    assert (owner["-o"], owner["-g"], owner["-m"]) == (*user.split(":"), "0700")
    assert runtime.only("RUN")[-1] == state
    assert str(PurePosixPath(runtime.environ["RUGOEFENING_DATABASE"]).parent) == state


def test_the_settings_are_those_of_the_skill() -> None:
    """Each setting exists, the port is the one that is exposed, and what is secret or personal is not in the image."""
    for stage in read_dockerfile():
        given = {name.removeprefix(PREFIX) for name in stage.environ if name.startswith(PREFIX)}
        assert given <= set(VARIABLES)
        assert not given & {"ID_KEY", "SKILL_ID", "PUBLIC_URL", "OWNER", "CONTACT"}
    build, runtime = read_dockerfile()
    assert runtime.environ["RUGOEFENING_ENV"] == "production"
    assert runtime.only("EXPOSE") == (runtime.environ["RUGOEFENING_PORT"],)
    words = ("RUGOEFENING_VOICE", "RUGOEFENING_INVOCATION", "RUGOEFENING_WAKE_WORD", "RUGOEFENING_PACKS")
    assert [build.environ[name] for name in words] == [runtime.environ[name] for name in words]


def test_every_package_is_checked_by_its_hash() -> None:
    """Whatever pip fetches has a hash, and is a wheel: nobody's setup.py runs here."""
    commands = [step.words for stage in read_dockerfile() for step in stage.steps if step.name == "RUN"]
    fetching = [words for words in commands if "pip" in words and "--no-index" not in words]
    assert len(fetching) == 2
    for words in fetching:
        assert "--require-hashes" in words
        assert words[words.index("--only-binary") + 1] == ":all:"


def test_everything_that_is_copied_is_there() -> None:
    """Each COPY names files of the project that .dockerignore lets through."""
    sources = [name for names, _ in read_dockerfile()[0].copies() for name in names]
    assert {"skill", "audio", "pyproject.toml"} <= set(sources)
    assert [name for name in sources if not (PROJECT / name).exists()] == []
    assert [name for name in sources if not is_sent(name)] == []
    assert is_sent("skill/content/loader.py")


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".venv/bin/python",
        ".env",
        "rugoefening.env",
        "var/progress.sqlite3",
        "build/skill-package/skill.json",
        "audio/packs/espeak/manifest.json",
        "audio/cache/one.wav",
        "skill/__pycache__/web.cpython-311.pyc",
        "tests/conftest.py",
        "deploy/Caddyfile",
    ],
)
def test_nothing_private_or_needless_is_sent(name: str) -> None:
    """Settings, database, history, built audio and tests never reach the builder."""
    assert not is_sent(name)
