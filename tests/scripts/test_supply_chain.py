"""Where the code of others comes from: locked by hash, explained, and nothing that makes audio where it answers."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.lending import holds_here, locked
from tests.scripts.running import PROJECT

RUNTIME = PROJECT / "deploy" / "requirements.txt"
BUILD = PROJECT / "deploy" / "requirements-build.txt"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
DANGEROUS = {"S101", "S102", "S301", "S302", "S307", "S506", "S602", "S604", "S605", "S606", "S609"}
"""Of ruff: assert, exec, pickle, marshal, eval, unsafe YAML and everything that goes through a shell."""


def table() -> dict[str, list[str]]:
    """What pyproject.toml asks for: at run time, for audio, for building the project."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    project = configuration["project"]
    build = configuration["build-system"]["requires"]
    return {"runtime": project["dependencies"], "audio": project["optional-dependencies"]["audio"], "build": build}


def with_what_they_need(wanted: Iterable[str]) -> set[str]:
    """These requirements and, as their makers say, all that they need on this machine; by plain name."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in found or not holds_here(one.marker):
            continue
        found.add(name)
        waiting += [Requirement(text) for text in requires(name) or ()]
    return found


def entries(path: Path) -> Iterator[str]:
    """Each entry of a lock: a requirement with its hashes."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    yield from (line for line in text.splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize("path", [RUNTIME, BUILD], ids=["runtime", "build"])
def test_every_version_is_fixed_with_its_hashes(path: Path) -> None:
    """Each entry is one version with hashes: no address, no option, no range; and it is that of constraints.txt."""
    constraints = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", constraints, re.MULTILINE))
    pinned: dict[str, str] = {canonicalize_name(name): version for name, version in pins.items()}
    for entry in entries(path):
        requirement, *hashes = re.split(r"\s+(?=--)", entry.strip())
        name, version = re.fullmatch(r"([\w.-]+)==([\w.]+)(?: ;.+)?", requirement).groups()  # type: ignore[union-attr]
        assert pinned.get(name) == version
        assert hashes
        assert all(HASH.fullmatch(one) for one in hashes)


def test_the_locks_are_complete() -> None:
    """They hold all that is asked for and all that this needs in turn, and at run time nothing else."""
    runtime, build = locked(RUNTIME), locked(BUILD)
    wanted = table()
    assert {name for name, one in runtime.items() if holds_here(one.marker)} == with_what_they_need(wanted["runtime"])
    everything = with_what_they_need(one for part in wanted.values() for one in part)
    assert {name for name, one in build.items() if holds_here(one.marker)} == everything
    assert {name: one.specifier for name, one in runtime.items()}.items() <= {
        name: one.specifier for name, one in build.items()
    }.items()


def test_nothing_that_makes_audio_is_locked_for_the_runtime() -> None:
    """No speech engine, pydub, ffmpeg or numpy, and none of the voices: they are for building only."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = configuration["project"]["optional-dependencies"]
    makers = {canonicalize_name(Requirement(one).name) for name in ("audio", "piper", "polly") for one in extras[name]}
    assert {"av", "espeakng-loader", "gtts", "numpy", "piper-tts", "pydub"} <= makers
    assert makers & set(locked(RUNTIME)) == set()


def licence(name: str) -> set[str]:
    """The words of the licence that a package says it has."""
    about = metadata(name)
    classifiers = [one for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    said = about["License-Expression"] or " ".join([*classifiers, (about["License"] or "")[:80]])
    known = ("Apache", "BSD", "MIT", "MPL", "PSF", "ZPL", "GPL")
    said = said.replace("Zope Public License", "ZPL").replace("Mozilla Public License", "MPL")
    return {word for word in known if word in said}


def test_every_package_of_the_runtime_is_explained() -> None:
    """The README has one line a package: why it is there, who keeps it, and the licence that it really has."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    lines: dict[str, list[str]] = {canonicalize_name(name): [one.strip() for one in cells] for name, *cells in rows}
    assert sorted(set(locked(RUNTIME)) - set(lines)) == []
    for name in locked(RUNTIME):
        why, keeper, terms = lines[name]
        assert why
        assert keeper
        try:
            said = licence(name)
        except PackageNotFoundError:  # of another system
            continue
        assert said, name
        assert {word for word in said if word not in terms} == set(), name


def test_no_licence_of_the_runtime_asks_for_more() -> None:
    """What answers is under permissive licences: the GPL is for building only."""
    installed = [name for name, one in locked(RUNTIME).items() if holds_here(one.marker)]
    assert [name for name in installed if "GPL" in licence(name)] == []


def test_the_rules_against_dangerous_code_are_on() -> None:
    """ruff looks for assert, pickle, eval and shells everywhere but in tests, and is not told to look away."""
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    lint = configuration["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    off = {rule for paths, rules in lint["per-file-ignores"].items() if paths != "tests/**" for rule in rules}
    assert (off | set(lint["ignore"])) & {"S", "S1", "S3", "S6", *DANGEROUS} == set()
    assert {name: rules for name, rules in exceptions().items() if rules} == {
        "skill/echo/assumptions.py": {"S506"},  # its loader is a safe one, as the next test shows
    }


def exceptions() -> dict[str, set[str]]:
    """What ruff is told to overlook in each file; what only helps the type checker, outside the server, may stay."""
    found: dict[str, set[str]] = {}
    for path in sources():
        name = path.relative_to(PROJECT).as_posix()
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"ruff: noqa|# noqa\s*(?:$|#)", text, re.MULTILINE), name
        rules = {rule for listed in re.findall(r"# noqa: ([A-Z\d, ]+)", text) for rule in re.split(r"[, ]+", listed)}
        answers = name.startswith("skill/") and not name.startswith("skill/echo/")
        found[name] = rules & (DANGEROUS if answers else DANGEROUS - {"S101"})
    return found


def test_every_reader_of_yaml_is_a_safe_one() -> None:
    """Whatever loads YAML builds plain data only."""
    loaders = {name for path in sources() for name in re.findall(r"\b\w*Loader\b", path.read_text(encoding="utf-8"))}
    unsafe = {"Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader", "BaseLoader"}
    named = {name for name in loaders if name != "Loader"}
    assert "SafeLoader" in named
    assert named & unsafe == set()
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    assert not re.search(r"yaml\.(?:Loader|full_load|unsafe_load)", text)


def test_nothing_is_loaded_that_runs_what_it_reads() -> None:
    """What ruff does not see: no pickle, marshal, shelve or dill is imported, by whatever way, and no code compiled."""
    banned = {"pickle", "marshal", "shelve", "dill", "code", "imp"}
    found = [f"{path.relative_to(PROJECT)}: {name}" for path in sources() for name in used(path) if name in banned]
    assert found == []


def sources() -> list[Path]:
    """Every Python file of the product."""
    return [path for folder in ("skill", "audio", "scripts") for path in sorted((PROJECT / folder).rglob("*.py"))]


def used(path: Path) -> Iterator[str]:
    """The modules that a file imports, also by a name in a string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in (
            "__import__",
            "import_module",
        ):
            yield from (str(one.value).split(".")[0] for one in node.args if isinstance(one, ast.Constant))
