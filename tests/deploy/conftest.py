"""The image, made in a folder: the steps of the Dockerfile, done here without a container and without a network."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.dockerfile import Folder, Stage, read_dockerfile
from tests.deploy.lending import holds_here, lend, locked
from tests.scripts.running import PROJECT


@dataclass(frozen=True)
class Image:
    """What the first stage made, and the stage that carries it."""

    folder: Folder
    stage: Stage
    made_ns: int
    """When it was finished (ns since 1970)."""

    @property
    def python(self) -> Path:
        """The Python that answers."""
        return self.folder.root / "srv" / "rugoefening" / "bin" / "python"


@pytest.fixture(scope="session")
def image(built_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image: only fetching and speaking are done in another way, with packages and audio of these tests."""
    root = tmp_path_factory.mktemp("image")
    build, runtime = read_dockerfile()
    folder = Folder(root)
    folder.build(build, instead=lambda command: _lent(root, command, built_pack))
    (root / "var" / "lib" / "rugoefening").mkdir(parents=True)
    return Image(folder, runtime, time.time_ns())


def _lent(root: Path, command: Sequence[str], built_pack: Path) -> bool:
    """Whether this command fetches packages or makes audio; then they were lent."""
    if command[1:] == ["-m", "audio", "build"]:
        look = subprocess.run([*command, "--dry-run"], cwd=root / "src", capture_output=True, text=True, check=True)
        assert "files to make" in look.stdout
        (root / "srv" / "packs").mkdir()
        (root / "srv" / "packs" / "espeak").symlink_to(built_pack / "espeak")
        return True
    if "--require-hashes" not in command:
        return False
    if "--python" in command:
        wanted = locked(PROJECT / "deploy" / "requirements.txt").values()
        lend([one.name for one in wanted if holds_here(one.marker)], root / "srv" / "rugoefening")
        subprocess.run([command[0], "-m", "compileall", "-q", root / "srv" / "rugoefening"], check=True)  # as pip does
        return True
    lend(["setuptools"], root / "build")
    (site_packages,) = (root / "build").glob("lib/python*/site-packages")
    ours = [place for place in sys.path if place.endswith("site-packages")]
    (site_packages / "lent.pth").write_text("\n".join(ours), encoding="utf-8")
    return True
