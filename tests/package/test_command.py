"""The command as its owner runs it: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skill.errors import SkillPackageError
from skill.package.command import owner_notes
from skill.package.endpoint import Endpoint
from skill.package.folder import write_package
from skill.settings import Settings
from tests.package.conftest import LOCALES, Wish
from tests.scripts.running import PROJECT, clean_environ

ENDPOINT = ("--endpoint", "https://rug.voorbeeld.nl")
TWO_WORDS = ("--invocation-name", "dagelijkse rugoefening")


def run(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/package_skill.py."""
    return subprocess.run(
        [sys.executable, PROJECT / "scripts" / "package_skill.py", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean_environ(environ),
        stdin=subprocess.DEVNULL,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_package_is_written_for_ask_deploy(tmp_path: Path) -> None:
    """Manifest, models and icons are in skill-package; beside it stands the file that ask deploy begins with."""
    done = run(*ENDPOINT, *TWO_WORDS, "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"go to {tmp_path} and run: ask deploy" in done.stdout
    files = tree(tmp_path / "skill-package")
    assert set(files) == {
        "skill.json",
        "assets/images/icon-108.png",
        "assets/images/icon-512.png",
        *(f"interactionModels/custom/{locale}.json" for locale in LOCALES),
    }
    manifest = json.loads(files["skill.json"])["manifest"]
    assert manifest["publishingInformation"]["locales"]["nl-NL"]["name"] == "Dagelijkse rugoefening"
    resources = json.loads((tmp_path / "ask-resources.json").read_text(encoding="utf-8"))
    source = resources["profiles"]["default"]["skillMetadata"]["src"]
    assert (tmp_path / source / "skill.json").is_file()


def test_the_settings_are_the_defaults(tmp_path: Path) -> None:
    """Without options the public URL and the invocation name of the settings are taken."""
    environ = {
        "RUGOEFENING_PUBLIC_URL": "https://rug.voorbeeld.nl/",
        "RUGOEFENING_INVOCATION": "rustige rugtraining",
        "RUGOEFENING_WAKE_WORD": "Echo",
    }
    done = run("--check", "--json", **environ)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["endpoint"] == "https://rug.voorbeeld.nl/alexa"
    assert report["invocation_name"] == "rustige rugtraining"
    assert any("'Echo'" in note for note in report["notes"])


def test_checking_writes_nothing(tmp_path: Path) -> None:
    """--check makes everything, says so, and leaves the folder empty."""
    done = run(*ENDPOINT, *TWO_WORDS, "--check", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "all is well" in done.stdout
    assert not (tmp_path / "out").exists()


def test_the_report_is_data(tmp_path: Path) -> None:
    """--json tells the folder, the locales, the size of every file, and the notes; nothing else is printed there."""
    done = run(*ENDPOINT, "--output", tmp_path, "--json")
    report = json.loads(done.stdout)
    assert report["ok"]
    assert report["locales"] == list(LOCALES)
    written = tree(Path(report["folder"]))
    assert report["files"] == {name: len(data) for name, data in written.items()}
    assert any("publishing needs two words" in note for note in report["notes"])
    assert "publishing needs two words" in done.stderr


NAME = "dagelijkse rugoefening"
NAMED = Settings(invocation=NAME)


@pytest.mark.parametrize(
    ("wishes", "notes"),
    [
        ({}, ["publishing needs two words"]),
        ({"invocation": NAME}, ["build the audio again"]),
        ({"invocation": NAME, "settings": NAMED}, []),
        ({"invocation": NAME, "settings": replace(NAMED, wake_word="Echo")}, ["begin with 'Alexa'"]),
        ({"invocation": NAME, "settings": NAMED, "endpoint": Endpoint("https://alexa.nl")}, ["refuses 'alexa'"]),
        ({"invocation": NAME, "settings": NAMED, "distribution": "public"}, ["RUGOEFENING_OWNER"]),
        (
            {
                "invocation": NAME,
                "settings": replace(NAMED, owner="Anna de Vries", contact="anna@voorbeeld.nl"),
                "distribution": "public",
            },
            [],
        ),
    ],
)
def test_notes_tell_what_is_left_to_do(wish: Wish, wishes: Mapping[str, Any], notes: list[str]) -> None:
    """A note is given where something is left to do, and only there."""
    found = list(owner_notes(wish(**wishes)))
    assert len(found) == len(notes)
    assert all(note in line for note, line in zip(notes, found, strict=True))


@pytest.mark.parametrize("as_data", [False, True])
def test_all_problems_come_together_and_nothing_is_written(tmp_path: Path, as_data: bool) -> None:
    """A wrong name and a wrong address are one message and status 1."""
    words: list[str | Path] = [
        "--endpoint",
        "http://127.0.0.1:5050",
        "--invocation-name",
        "start alexa 2",
        "--output",
        tmp_path / "out",
    ]
    done = run(*words, *(["--json"] if as_data else []))
    assert done.returncode == 1
    text = done.stdout if as_data else done.stderr
    for part in ("https only", "port 443", "is a number", "'alexa'", "'start'", "numbers as words"):
        assert part in text
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    if as_data:
        report = json.loads(done.stdout)
        assert (report["ok"], len(report["problems"])) == (False, 6)


@pytest.mark.parametrize(
    "words", [(), ("--certificate", "SelfSigned", *ENDPOINT), ("--distribution", "x", *ENDPOINT), ("--nothing",)]
)
def test_wrong_usage_is_status_2(words: tuple[str, ...]) -> None:
    """Without an address, or with words that do not exist, the usage is shown."""
    done = run(*words)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert done.stdout == ""


def test_help_shows_examples() -> None:
    """The help shows how to call it and what comes after."""
    done = run("--help")
    assert done.returncode == 0
    assert "examples:" in done.stdout
    assert "ask deploy" in done.stdout


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A skill-package that this command did not make is never replaced."""
    foreign = tmp_path / "skill-package" / "skill.json"
    foreign.parent.mkdir()
    foreign.write_text("mine", encoding="utf-8")
    with pytest.raises(SkillPackageError, match="was not made by this command"):
        write_package(tmp_path, {"skill.json": b"1"})
    assert tree(tmp_path) == {"skill-package/skill.json": b"mine"}


def test_a_second_package_replaces_the_first_and_keeps_what_the_cli_keeps(tmp_path: Path) -> None:
    """What was in the package goes; the skill id that ask deploy noted, and a changed ask-resources.json, stay."""
    write_package(tmp_path, {"skill.json": b"1", "old/model.json": b"x"})
    (tmp_path / ".ask").mkdir()
    (tmp_path / ".ask" / "ask-states.json").write_text("skill id", encoding="utf-8")
    (tmp_path / "ask-resources.json").write_text("other profile", encoding="utf-8")
    write_package(tmp_path, {"skill.json": b"2"})
    found = {name: data for name, data in tree(tmp_path).items() if not name.startswith(".skill-package")}
    assert found == {
        "skill-package/skill.json": b"2",
        ".ask/ask-states.json": b"skill id",
        "ask-resources.json": b"other profile",
    }


def test_a_package_that_cannot_be_finished_changes_nothing(tmp_path: Path) -> None:
    """When a file cannot be written the package that was there is still there, whole, and nothing is left behind."""
    write_package(tmp_path, {"skill.json": b"1"})
    before = tree(tmp_path)
    with pytest.raises(SkillPackageError, match="cannot be written"):
        write_package(tmp_path, {"skill.json": b"2", "x" * 300: b"too long a name"})
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".skill-package.") and path.is_dir()] == []


def test_a_package_that_cannot_be_put_in_place_brings_the_old_one_back(tmp_path: Path) -> None:
    """Without a new folder to move in, the old one, which was moved out already, is moved back."""
    write_package(tmp_path, {"skill.json": b"1"})
    with pytest.raises(SkillPackageError, match="cannot be written"):
        write_package(tmp_path, {})
    assert tree(tmp_path / "skill-package") == {"skill.json": b"1"}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_left_alone(tmp_path: Path, kind: str) -> None:
    """A file or a link in the place of the package is not replaced, also where a package was before."""
    write_package(tmp_path, {"skill.json": b"1"})
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "skill-package").rename(elsewhere)
    if kind == "file":
        (tmp_path / "skill-package").write_text("mine", encoding="utf-8")
    else:
        (tmp_path / "skill-package").symlink_to(elsewhere)
    with pytest.raises(SkillPackageError, match="no folder"):
        write_package(tmp_path, {"skill.json": b"2"})
    assert tree(elsewhere) == {"skill.json": b"1"}


def test_an_output_that_is_a_file_is_one_message(tmp_path: Path) -> None:
    """A mistake of the owner never shows a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run(*ENDPOINT, "--output", tmp_path / "file")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_pillow_it_says_what_to_install() -> None:
    """On a server without the extra for audio the message says what to do."""
    code = (
        "import sys; sys.modules['PIL'] = None\n"
        "from skill.errors import SkillPackageError\n"
        "from skill.package.icons import draw_icons\n"
        "try:\n    draw_icons()\nexcept SkillPackageError as error:\n    print(error)"
    )
    done: Any = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "Pillow is not installed" in done.stdout
    assert ".[audio]" in done.stdout


def test_a_python_without_the_packages_says_what_to_run(tmp_path: Path) -> None:
    """A fresh clone has no packages and no environment yet: one message, no traceback."""
    script = tmp_path / "scripts" / "package_skill.py"
    script.parent.mkdir()
    shutil.copy(PROJECT / "scripts" / "package_skill.py", script)
    done = subprocess.run(
        [sys.executable, "-S", "-I", script], capture_output=True, text=True, check=False, env=clean_environ()
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This Python lacks yaml, PIL. Run this first: python3 scripts/start.py\n"
