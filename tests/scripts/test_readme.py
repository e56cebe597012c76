"""The README is complete: every setting, every command, every key of the YAML."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

from skill.content import PROMPTS, ROUTINES
from skill.content.nodes import Fields, Problems, Reader
from skill.content.prompt_file import read_prompt_file
from skill.content.routine_file import read_routine
from skill.serving.health import is_local
from skill.settings import PREFIX, VARIABLES, load_settings
from tests.scripts.running import PROJECT, run_python


@dataclass(frozen=True)
class KeyReader(Reader):
    """The real reader of the YAML, which also notes every key that it knows."""

    keys: set[str] = field(default_factory=set)

    def fields(
        self, node: yaml.Node | None, what: str, required: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> Fields | None:
        """Read a mapping as ever, and note its keys."""
        self.keys.update(required, optional)
        return super().fields(node, what, required, optional)


def readme() -> str:
    """The text of the README."""
    return (PROJECT / "README.md").read_text(encoding="utf-8")


def code_in_readme() -> str:
    """What stands in the README as code: between backticks or in a block."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", readme(), re.DOTALL))


def subcommands(module: str, *arguments: str) -> list[str]:
    """All commands of a program, with their own commands, as its --help names them."""
    result = run_python(PROJECT, "-m", module, *arguments, "--help")
    assert result.returncode == 0, result.stderr
    usage = result.stdout.split("\n\n", 1)[0]
    choices = [words for option, words in re.findall(r"(--[\w-]+ )?\{([\w,-]+)\}", usage) if not option]
    listed = re.findall(r"^ {4}([a-z][\w-]*)(?: {2,}.*)?$", result.stdout, re.MULTILINE)
    names = list(dict.fromkeys([*(name for words in choices for name in words.split(",")), *listed]))
    if "..." not in usage:  # its words choose what it does: they have no help of their own
        return names
    deeper = [f"{name} {more}" for name in names for more in subcommands(module, *arguments, name)]
    return [*names, *deeper]


def test_every_setting_is_in_the_readme() -> None:
    """Each RUGOEFENING_* variable that is read is explained."""
    text = readme()
    assert [PREFIX + name for name in VARIABLES if PREFIX + name not in text] == []


def test_no_setting_is_invented_in_the_readme() -> None:
    """Each RUGOEFENING_* variable that the README names exists."""
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", readme()))
    assert named - set(VARIABLES) == set()


def test_every_command_is_in_the_readme() -> None:
    """Each command of the rugoefening program is shown as it is typed."""
    commands = subcommands("skill.cli")
    assert {"serve", "simulate", "understand"} <= set(commands)
    code = code_in_readme()
    missing = [name for name in commands if not re.search(rf"\brugoefening {re.escape(name)}\b", code)]
    assert missing == []


def test_every_command_of_the_audio_is_in_the_readme() -> None:
    """Each command of python -m audio is shown, under this name or as rugoefening audio."""
    commands = subcommands("audio")
    assert {"build", "voices"} <= set(commands)
    code = code_in_readme()
    assert [name for name in commands if not re.search(rf"\baudio {re.escape(name)}\b", code)] == []


def test_every_key_of_the_yaml_is_in_the_readme() -> None:
    """Each key that the loader knows in a routine or in the prompts is shown as code."""
    reader = KeyReader("content", Problems())
    for path in sorted(ROUTINES.glob("*.yaml")):
        read_routine(reader, path)
    read_prompt_file(reader, PROMPTS)
    assert {"spoken_name", "repetitions", "reviewed_by", "words"} <= reader.keys
    code = code_in_readme()
    assert sorted(key for key in reader.keys if not re.search(rf"\b{key}\b", code)) == []


def test_the_scripts_are_in_the_readme() -> None:
    """Each script that a person calls is named."""
    text = readme()
    parts = {
        "__init__.py",
        "authority.py",
        "certificates.py",
        "chromium.py",
        "environment.py",
        "processes.py",
        "python_version.py",
    }
    parts |= {path.name for of in ("bench", "chaos", "fuzz") for path in (PROJECT / "scripts").glob(f"{of}_*.py")}
    scripts = [path.name for path in sorted((PROJECT / "scripts").glob("*.py")) if path.name not in parts]
    assert [name for name in scripts if f"scripts/{name}" not in text] == []


def test_the_settings_of_an_owner_are_read_by_a_shell() -> None:
    """As they stand there, quotation marks and all, they are settings that production takes."""
    block = re.search(r"`rugoefening.env`.*?```\n(.*?)```", readme(), re.DOTALL)
    assert block is not None
    words = [shlex.split(line) for line in block[1].strip().splitlines()]
    assert {len(one) for one in words} == {1}
    values = dict(one[0].split("=", 1) for one in words)
    own = {"RUGOEFENING_SKILL_ID": "amzn1.ask.skill.x", "RUGOEFENING_ID_KEY": "k" * 64}
    found = load_settings({**values, **own})
    assert (found.environment, found.invocation, found.owner) == (
        "production",
        "dagelijkse rugoefening",
        "Anna de Vries",
    )


def test_the_web_server_of_the_readme_tells_that_it_is_one() -> None:
    """What nginx passes on is not taken for this machine's own, and it keeps no addresses in an access log."""
    block = re.search(r"   server \{\n.*?\n   \}", readme(), re.DOTALL)
    assert block is not None
    assert "access_log off;" in block[0]
    [name] = re.findall(r"proxy_set_header (X-\S+) \$remote_addr;", block[0])
    asked = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    assert is_local(asked)
    assert not is_local({**asked, f"HTTP_{name.upper().replace('-', '_')}": "192.0.2.1"})
