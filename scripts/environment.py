"""The project's own virtual environment ``.venv``: made, filled and kept up to date.

Two files in ``.venv`` tell how far it got: ``rugoefening.json`` says what was installed, so that a next start
installs nothing; ``rugoefening.unfinished`` stands there while packages are written, so that a run that was
killed halfway is not trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.processes import child

PROJECT = Path(__file__).resolve().parent.parent
NO_NETWORK = (
    "NewConnectionError",
    "Failed to establish a new connection",
    "Name or service not known",
    "name resolution",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Read timed out",
    "Max retries exceeded",
    "Cannot connect to proxy",
    "Connection aborted",
    "SSLError",
)
"""What pip writes when it cannot reach a package index."""


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """The virtual environment of one checkout of the project."""

    project: Path = PROJECT

    @property
    def folder(self) -> Path:
        """Where the environment is."""
        return self.project / ".venv"

    @property
    def programs(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """One of its programs, such as ``rugoefening``."""
        return self.programs / (f"{name}.exe" if os.name == "nt" else name)

    @property
    def stamp(self) -> Path:
        """The file that says what was installed."""
        return self.folder / "rugoefening.json"

    @property
    def unfinished(self) -> Path:
        """The file that stands there while packages are being written."""
        return self.folder / "rugoefening.unfinished"


def known_extras(project: Path = PROJECT) -> frozenset[str]:
    """The names of the extras of the project."""
    configuration = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    return frozenset(configuration["project"]["optional-dependencies"])


def prepare(extras: Iterable[str], project: Path = PROJECT) -> Environment:
    """Make the environment and install the project with these extras, as far as that was not done before.

    Extras that were installed before are kept. Raises SetupError when this Python cannot make environments,
    when the network is away or pip fails.
    """
    environment = Environment(project)
    wanted = _wanted(project, frozenset(extras))
    if _is_complete(environment, wanted):
        return environment
    with _alone(project):
        if _is_complete(environment, wanted):  # somebody else did it while this one waited
            return environment
        try:
            if _is_usable(environment):
                before = known_extras(project) & set(_read_stamp(environment).get("extras", []))
                wanted = _wanted(project, wanted.extras | before)
            else:
                _make(environment)
            _install(environment, wanted)
        except OSError as error:
            raise SetupError(f"{environment.folder} cannot be written: {error}") from error
    return environment


@dataclass(frozen=True)
class _Wanted:
    requirements: tuple[str, ...]
    extras: frozenset[str]
    inputs: str
    """A hash over everything that decides what gets installed."""


def _wanted(project: Path, extras: frozenset[str]) -> _Wanted:
    configuration = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    table: Mapping[str, Any] = configuration["project"]
    parts = {
        "build-system": configuration["build-system"],
        "project": table,
        "setuptools": configuration.get("tool", {}).get("setuptools"),
        "constraints": (project / "constraints.txt").read_text(encoding="utf-8"),
    }
    requirements: list[str] = [*configuration["build-system"]["requires"], *table.get("dependencies", [])]
    for extra in sorted(extras):
        requirements += table["optional-dependencies"][extra]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return _Wanted(tuple(requirements), extras, digest)


def _is_complete(environment: Environment, wanted: _Wanted) -> bool:
    stamp = _read_stamp(environment)
    return (
        stamp.get("inputs") == wanted.inputs
        and stamp.get("project") == str(environment.project)
        and wanted.extras <= set(stamp.get("extras", []))
        and environment.python.exists()
        and not environment.unfinished.exists()
    )


def _read_stamp(environment: Environment) -> Mapping[str, Any]:
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _is_usable(environment: Environment) -> bool:
    """Whether packages can be put into what is there: its pip runs, it is complete and was not moved here."""
    moved = _read_stamp(environment).get("project", str(environment.project)) != str(environment.project)
    if moved or environment.unfinished.exists() or not environment.python.exists():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    for command in (["-c", probe], ["-m", "pip", "--version"]):
        try:
            subprocess.run([environment.python, "-I", *command], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


def _make(environment: Environment) -> None:
    _require_venv()
    print(f"Making the environment {environment.folder} …", flush=True)
    if environment.folder.is_symlink() or environment.folder.is_file():
        raise SetupError(f"{environment.folder} is no folder of this project; move it away and start again.")
    if environment.folder.exists():
        shutil.rmtree(environment.folder)
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(environment.folder)],
        [str(environment.python), "-I", "-m", "ensurepip", "--default-pip"],
    ):
        output = _output_of(command, environment, os.environ)
        if output.status:
            raise SetupError(f"The environment cannot be made:\n{output.tail()}")
        environment.unfinished.touch()


def _require_venv() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415  # only asked whether they are there, and only when needed
        import venv  # noqa: F401, PLC0415  # only whether it is there
    except ImportError as error:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"This Python ({sys.executable}, {version}) cannot make a virtual environment: {error}.\n"
            f"On Debian, Ubuntu and Mint, install the package that is missing: sudo apt install "
            f"python{version}-venv\nThen start again. Elsewhere, install a complete Python 3.11 or newer."
        ) from error


def _install(environment: Environment, wanted: _Wanted) -> None:
    print("Installing the packages (the first time this takes about a minute) …", flush=True)
    constraints = str(environment.project / "constraints.txt")
    target = f"{environment.project}[{','.join(sorted(wanted.extras))}]"
    environment.stamp.unlink(missing_ok=True)
    environment.unfinished.touch()
    for arguments in (
        ["--prefer-binary", "--constraint", constraints, *wanted.requirements],
        ["--no-deps", "--no-index", "--no-build-isolation", "--editable", target],
    ):
        _pip_install(environment, arguments)
    stamp = {"inputs": wanted.inputs, "extras": sorted(wanted.extras), "project": str(environment.project)}
    environment.stamp.write_text(json.dumps(stamp) + "\n", encoding="utf-8")
    environment.unfinished.unlink()


def _pip_install(environment: Environment, arguments: Sequence[str]) -> None:
    options = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    options += [
        "--retries",
        "2",
    ]  # only what is tried again is told: without it, no network looks like no package
    environ = {**os.environ, "PIP_USER": "0"}
    command = [str(environment.python), "-I", "-m", "pip", "install", *options, *arguments]
    output = _output_of(command, environment, environ)
    if output.status == 0:
        return
    environment.unfinished.unlink()  # pip ended by itself and left what was there in order
    if any(sign in output.text for sign in NO_NETWORK):
        raise SetupError(
            "The packages cannot be fetched: the package index does not answer.\n"
            "Check the network (and a proxy or mirror in pip's settings), then start again. "
            f"What was made so far is kept. pip said:\n{output.tail()}"
        )
    raise SetupError(f"The packages cannot be installed:\n{output.tail()}")


@dataclass(frozen=True)
class _Output:
    status: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def tail(self) -> str:
        """Pip's own errors, or else the last lines."""
        errors = [line for line in self.lines if line.startswith("ERROR:")]
        return "\n".join(f"  {line}" for line in (errors or self.lines)[-5:])


def _output_of(command: Sequence[str], environment: Environment, environ: Mapping[str, str]) -> _Output:
    lines: list[str] = []
    folder = environment.project
    with child(command, folder=folder, environ=environ, output=subprocess.PIPE) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            _show(lines[-1])
        status = process.wait()
    _show("")
    return _Output(status, tuple(lines))


def _show(line: str) -> None:
    """One line on the terminal that is written over; nothing where the output goes to a file."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 3
        print(f"\r\x1b[K  {line.strip()[:width]}" if line else "\r\x1b[K", end="", flush=True)


@contextmanager
def _alone(project: Path) -> Iterator[None]:
    """Only one program at a time installs (not guarded on Windows, which locks files in another way)."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        yield
        return
    with (project / "pyproject.toml").open("rb") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another program is installing here; waiting for it …", flush=True)
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield
