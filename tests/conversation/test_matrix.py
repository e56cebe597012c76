"""Every command in every state of the conversation, on the virtual Echo against the whole skill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skill.coach.commands import Command
from skill.coach.situation import AFTER_PAIN
from tests.conversation.matrix import commands_with_words, read_states
from tests.conversation.walker import Snapshot, Walk, reach

STATES = read_states()
SAFETY = (Command.PAIN, Command.DIZZY, Command.EMERGENCY, Command.SEE_DOCTOR, Command.ASK_FIRST)
CELLS = [(state, command) for state in STATES for command in STATES[state].cells]


@pytest.fixture(scope="session")
def reached(built_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Snapshot]:
    """Brings the virtual Echo into a state, once a session."""
    known: dict[str, Snapshot] = {}

    def snapshot(state: str) -> Snapshot:
        if state not in known:
            known[state] = reach(STATES[state], built_pack, tmp_path_factory.mktemp(state))
        return known[state]

    return snapshot


@pytest.mark.no_cover  # two thousand times the same lines: coverage would make it twice as slow
@pytest.mark.parametrize(("state", "command"), CELLS)
def test_cell(state: str, command: str, reached: Callable[[str], Snapshot]) -> None:
    """What is said, what plays and whether the microphone opens is as written; the place is kept, no dead end."""
    snapshot = reached(state)
    problems = Walk(snapshot.restored()).check(STATES[state], command)
    assert not problems, f"{state}, {command}: {'; '.join(problems)}"
    if command in SAFETY:
        assert not snapshot.stored() & {*SAFETY, AFTER_PAIN}


@pytest.mark.parametrize("state", STATES)
def test_every_command_has_its_cell(state: str) -> None:
    """No command is forgotten in a state, and no cell is about a command that does not exist."""
    assert set(STATES[state].cells) == set(Command)


def test_every_command_has_words() -> None:
    """The words of the matrix are those of the commands."""
    assert commands_with_words() == set(Command)


def test_the_matrix_is_whole() -> None:
    """A file that was lost does not pass unseen."""
    assert len(STATES) >= 30
