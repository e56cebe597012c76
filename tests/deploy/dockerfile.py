"""A reader of the Dockerfile, strict about the few instructions that it uses, and a way to do its steps in a folder."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.scripts.running import PROJECT, clean_environ

DOCKERFILE = PROJECT / "deploy" / "Dockerfile"
IGNORED = PROJECT / ".dockerignore"

_EXEC_FORM = ("RUN", "ENTRYPOINT", "CMD")
_PLAIN = ("USER", "WORKDIR", "EXPOSE", "VOLUME", "STOPSIGNAL")


class DockerfileError(AssertionError):
    """The Dockerfile holds something that this reader, and so this project, does not use."""


@dataclass(frozen=True)
class Step:
    """One instruction: its name, its words with every ARG filled in, and the stage that a COPY takes from."""

    name: str
    words: tuple[str, ...]
    source_stage: str = ""


@dataclass
class Stage:
    """One FROM with what follows it."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def only(self, name: str) -> tuple[str, ...]:
        """The words of the one instruction of this name."""
        (found,) = [step.words for step in self.steps if step.name == name]
        return found

    def copies(self, source_stage: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
        """Each COPY from a stage, or from the project: what is copied, and where to."""
        for step in self.steps:
            if step.name == "COPY" and step.source_stage == source_stage:
                yield step.words[:-1], step.words[-1]


def read_dockerfile() -> list[Stage]:
    """The stages of deploy/Dockerfile. Raises DockerfileError for the shell form and for unknown instructions."""
    stages: list[Stage] = []
    first: dict[str, str] = {}
    known: dict[str, str] = {}
    for name, rest in _instructions(DOCKERFILE.read_text(encoding="utf-8")):
        if name == "ARG":
            key, _, value = rest.partition("=")
            if stages:
                known[key] = first[key]
            else:
                first[key] = value
        elif name == "FROM":
            known = {}
            base, _, alias = _filled(rest, first).partition(" AS ")
            stages.append(Stage(base, alias))
        elif name == "ENV":
            pairs = dict(word.split("=", 1) for word in _filled(rest, known).split())
            stages[-1].environ.update(pairs)
        else:
            stages[-1].steps.append(_step(name, _filled(rest, known)))
    return stages


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.partition(" ")
        yield name, rest.strip()


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], text)


def _step(name: str, rest: str) -> Step:
    if name == "HEALTHCHECK":
        rest = rest.partition(" CMD ")[2]
    if name in (*_EXEC_FORM, "HEALTHCHECK"):
        return Step(name, exec_form(rest))
    if name == "COPY":
        option = re.match(r"--from=(\w+) ", rest)
        words = rest[option.end() if option else 0 :].split()
        return Step(name, tuple(words), option[1] if option else "")
    if name in _PLAIN:
        return Step(name, tuple(rest.split()))
    raise DockerfileError(f"{name} {rest}")


def exec_form(text: str) -> tuple[str, ...]:
    """The words of a command that no shell reads. Raises DockerfileError for the other form."""
    try:
        return tuple(json.loads(text))
    except ValueError:
        raise DockerfileError(f"this needs a shell: {text}") from None


def is_sent(name: str) -> bool:
    """Whether a file of the project goes to the builder, as .dockerignore says; the last line that fits counts."""
    sent = True
    for line in IGNORED.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        tops = ["/".join(name.split("/")[: depth + 1]) for depth in range(name.count("/") + 1)]
        deep = pattern.removeprefix("**/")
        if any(fnmatch.fnmatchcase(top, pattern) for top in tops) or (
            deep != pattern and any(part == deep for part in name.split("/"))
        ):
            sent = line.startswith("!")
    return sent


@dataclass(frozen=True)
class Folder:
    """A folder that stands for the root of the image: what is absolute in the Dockerfile is inside it."""

    root: Path
    own: tuple[str, ...] = ("/build", "/src", "/srv", "/wheels", "/var/lib/rugoefening")

    def inside(self, text: str) -> str:
        """A word of the Dockerfile with the image's folders replaced by those in here."""
        for folder in self.own:
            text = re.sub(rf"^{folder}(?=/|$)", f"{self.root}{folder}", text)
        return text

    def environ(self, stage: Stage) -> dict[str, str]:
        """The environment of a program in this stage; ``python`` is the one that runs these tests."""
        known = clean_environ()
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{known.get('PATH', '')}"}
        return {**known, **path, **{name: self.inside(value) for name, value in stage.environ.items()}}

    def build(self, stage: Stage, instead: Callable[[Sequence[str]], bool] = lambda _: False) -> None:
        """Do every COPY and RUN of a stage; ``instead`` answers whether it did a command in its own way."""
        folder = self.root
        for step in stage.steps:
            if step.name == "WORKDIR":
                folder = Path(self.inside(step.words[0]))
                folder.mkdir(parents=True)
            elif step.name == "COPY":
                self._copy(step.words[:-1], folder / step.words[-1])
            elif step.name == "RUN":
                command = [self.inside(word) for word in step.words]
                if not instead(command):
                    subprocess.run(command, cwd=folder, env=self.environ(stage), check=True)

    def _copy(self, names: Sequence[str], target: Path) -> None:
        for name in names:
            for path in [PROJECT / name, *(PROJECT / name).rglob("*")]:
                inner = path.relative_to(PROJECT).as_posix()
                if path.is_dir() or not is_sent(inner):
                    continue
                place = target / (path.relative_to(PROJECT / name) if path != PROJECT / name else path.name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
                os.chmod(place, 0o644)  # noqa: PTH101  # as the builder does
