"""The loader: what is wrong is reported with its line and with what to write."""

from __future__ import annotations

import pytest

from skill.content import load_content
from skill.content.prompt_ids import PromptId
from skill.errors import ContentError
from tests.content.broken import TABLE, Broken
from tests.content.conftest import Copy


@pytest.mark.parametrize("broken", TABLE, ids=lambda one: one.name)
def test_every_mistake_is_reported_with_its_line(copy: Copy, broken: Broken) -> None:
    """One mistake in a real file is reported at the line to mend, with what to write."""
    path = copy.replace(broken.file, broken.old, broken.new)
    problems = copy.problems()
    if broken.name == "few numbers":
        assert any(one.startswith("bovenrug.yaml:1:") and broken.says in one for one in problems), problems
        return
    lines = [number for number, line in enumerate(path.read_text("utf-8").split("\n"), 1) if broken.at in line]
    wanted = tuple(f"{path.name}:{line}: " for line in lines)
    assert any(one.startswith(wanted) and broken.says in one for one in problems), problems
    assert all(";" in one for one in problems), "each message says what to write"


def test_all_problems_of_all_files_come_at_once(copy: Copy) -> None:
    """Mistakes in both files are in one error, by file and then by line."""
    copy.replace("routine", "rest: 15", "rest: 99")
    copy.replace("routine", "posture: floor", "posture: bed")
    copy.replace("prompts", "Ik heb alles gewist.", "Ik heb alles gewist")
    problems = copy.problems()
    routine = [int(one.split(":")[1]) for one in problems if one.startswith("bovenrug.yaml")]
    assert routine == sorted(routine)
    assert len(routine) == 2
    assert problems[0].startswith("nl.yaml:")


def test_a_side_on_one_half_only_is_refused(copy: Copy) -> None:
    """An exercise whose left step is gone names the side that is missing."""
    text = copy.routine.read_text("utf-8")
    start = text.index("      - id: turn_over")
    copy.routine.write_text(text[:start] + text[text.index("  # 2. Seated rotation") :], "utf-8")
    assert any("has a step for right but none for left" in one for one in copy.problems())


def test_only_a_transition_is_no_exercise(copy: Copy) -> None:
    """An exercise needs something to do besides getting there."""
    text = copy.routine.read_text("utf-8")
    start = text.index("      - id: position\n", text.index("id: to_chair"))
    copy.routine.write_text(text[:start] + text[text.index("  # 3. Seated extension") :], "utf-8")
    assert any("has only a transition" in one for one in copy.problems())


def test_a_prompt_nobody_wrote_is_missing_by_name(copy: Copy) -> None:
    """A file without any prompt names every prompt that is needed."""
    text = copy.prompts.read_text("utf-8")
    copy.prompts.write_text(text[: text.index("prompts:\n  #")] + 'prompts: {start: {cues: ["Goed."]}}\n', "utf-8")
    problems = copy.problems()
    assert sum("is missing; add it" in one for one in problems) == len(PromptId) - 1


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "the file is empty"),
        (b"# only this\n", 1, "the file is empty"),
        (b"- a\n", 1, "the top of the file is not a list of keys"),
        (b"just text\n", 1, "the top of the file is not a list of keys"),
        (b"id: a\ntitle: \xff\xfe\n", 2, "not UTF-8"),
        (b"[" * 5000, 1, "nested more than 30 deep"),
        (b"a: &a [x]\nb: [*a, *a]\n", 2, "anchors (&) and aliases (*)"),
        (b"a: '" + b"x" * 1_000_001 + b"'", 1, "larger than 1 MB"),
        ("id: \uffff\n".encode(), 1, "this is not YAML"),
        (b"%YAML 9.9\n---\na: b\n", 1, "this is not YAML"),
        (b'id: a\ntitle: "open\nversion: 1\n', 2, "end of stream"),
    ],
)
def test_a_file_that_is_no_content_is_one_clear_line(copy: Copy, data: bytes, line: int, says: str) -> None:
    """Broken, empty, huge and hostile files are problems with a line, never a traceback."""
    copy.routine.write_bytes(data)
    assert any(one.startswith(f"bovenrug.yaml:{line}: ") and says in one for one in copy.problems())


def test_missing_files_are_problems(copy: Copy) -> None:
    """An absent prompts file and an empty folder of routines are told, with what to put there."""
    copy.prompts.unlink()
    copy.routine.unlink()
    problems = copy.problems()
    assert any("cannot be read" in one for one in problems)
    assert any("no routine is here" in one for one in problems)


def test_another_routine_is_one_more_file(copy: Copy) -> None:
    """A second YAML file with an id of its own is a second routine, without a change elsewhere."""
    text = copy.routine.read_text("utf-8")
    other = copy.routines / "kort.yaml"
    other.write_text(text.replace("id: bovenrug", "id: kort", 1), "utf-8")
    assert sorted(copy.load().routines) == ["bovenrug", "kort"]
    other.write_text(text, "utf-8")
    assert any('the routine id "bovenrug" is also used in' in one for one in copy.problems())


def test_a_byte_order_mark_and_windows_lines_are_fine(copy: Copy) -> None:
    """Files saved by a Windows editor load like any other."""
    text = copy.routine.read_text("utf-8")
    copy.routine.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert copy.load().routines["bovenrug"].title == load_content().routines["bovenrug"].title


def test_a_routine_may_say_a_prompt_its_own_way(copy: Copy) -> None:
    """A prompt in a routine replaces the shared one in that routine's clips, under the same rules."""
    copy.replace("routine", "exercises:\n", 'prompts:\n  start:\n    cues: ["Daar gaan we."]\nexercises:\n')
    assert copy.load().clips("bovenrug")["start"].text == "Daar gaan we."
    copy.replace("routine", "Daar gaan we.", "Daar {side} we.")
    assert any('"{side}" does not belong' in one for one in copy.problems())


def test_the_message_names_the_file_and_the_line(copy: Copy) -> None:
    """The text of the error holds a title and each problem on its own line."""
    copy.replace("routine", "rest: 15", "rest: 1:30")
    with pytest.raises(ContentError, match=r"bovenrug\.yaml:\d+: rest \"1:30\" is not a plain number"):
        copy.load()
