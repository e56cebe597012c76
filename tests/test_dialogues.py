"""Every conversation in tests/dialogues/, played on the virtual Echo against the whole skill."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.echo.dialogue import read_dialogue
from skill.echo.stage import Stage
from skill.settings import Settings

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.mark.no_cover  # the same lines again and again: coverage would make it twice as slow
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue(path: Path, built_pack: Path, tmp_path: Path) -> None:
    """The conversation comes out as written, line by line."""
    difference = Stage(Settings(packs=built_pack), tmp_path).play(read_dialogue(path))
    assert difference is None, str(difference)


def test_there_are_enough_dialogues() -> None:
    """A folder that was lost or renamed does not pass unseen."""
    assert len(DIALOGUES) >= 70
