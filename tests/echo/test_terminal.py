"""The terminal: whole trainings typed ahead, dialogue files, and what is printed."""

from __future__ import annotations

import io
import json
import os
import pty
import threading
from pathlib import Path

import pytest

from skill.echo import terminal
from skill.echo.keyboard import END, KeyKeyboard, LineKeyboard
from skill.errors import RugoefeningError


@pytest.fixture
def simulate(built_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run the simulator with these lines on standard input."""
    monkeypatch.setenv("RUGOEFENING_PACKS", str(built_pack))
    monkeypatch.setenv("RUGOEFENING_DATABASE", str(tmp_path / "progress.sqlite3"))

    def run(typed: str, *words: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return terminal.main(list(words))

    return run


def test_a_whole_training_runs_on_a_virtual_clock(simulate, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """Launch, start, and the three exercises to the closing, in step and in order."""
    assert simulate("Alexa, start rugoefening\nstart\n", "--fast") == 0
    printed = capsys.readouterr().out
    places = [printed.index(part) for part in ("Eerst je veiligheid", "Oefening één", "Oefening twee", "Oefening drie")]
    assert places == sorted(places)
    assert "Dat was alles" in printed


def test_words_that_do_not_arrive_are_explained(simulate, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """Without the wake word nobody listens; without the name Alexa answers by herself."""
    typed = "pauze\nAlexa, start rugoefening\nstart\n~ 40 s\nAlexa, ik heb pijn\n~ tot het einde\n"
    assert simulate(typed, "--fast") == 0
    printed = capsys.readouterr()
    assert "Zeg eerst: Alexa, …" in printed.out
    assert "Alexa zelf antwoordt" in printed.out
    assert "only a time can pass here" in printed.err


def test_who_came_before_hears_the_short_intro(simulate, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """--later is somebody who heard everything yesterday, --first somebody new."""
    simulate("Alexa, start rugoefening\n", "--fast", "--first")
    first = capsys.readouterr().out
    simulate("Alexa, start rugoefening\n", "--fast", "--later")
    assert len(capsys.readouterr().out) < len(first)


def test_everything_can_be_had_as_data(simulate, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """--json prints one object a line, with what was said in words."""
    assert simulate("Alexa, start rugoefening\n", "--fast", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["kind"] == "request"
    assert "Welkom" in next(one["text"] for one in lines if one["kind"] == "skill_speaks")


def test_a_dialogue_file_is_compared(simulate, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """--script answers 0 for a dialogue that comes out, and 1 with file and line for one that does not."""
    file = tmp_path / "a.txt"
    file.write_text("# Welkom\n> Alexa, start rugoefening\n< intro_first\n? microfoon open\n", encoding="utf-8")
    assert simulate("", "--script", str(file)) == 0
    file.write_text("> Alexa, start rugoefening\n< goodbye\n", encoding="utf-8")
    assert simulate("", "--script", str(file)) == 1
    printed = capsys.readouterr().err
    assert f"{file}:2: expected goodbye, got intro_first" in printed


def test_a_file_that_is_no_dialogue_is_one_message(simulate, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """All lines that are no turn are named together."""
    file = tmp_path / "a.txt"
    file.write_text("Alexa, start\n~ morgen\n", encoding="utf-8")
    with pytest.raises(RugoefeningError, match=r"a\.txt:1(.|\n)*a\.txt:2"):
        simulate("", "--script", str(file))
    with pytest.raises(RugoefeningError, match="gone"):
        simulate("", "--script", str(tmp_path / "gone.txt"))


def test_typed_lines_arrive_in_order_and_end() -> None:
    """What is piped in is read line by line, and the end is told."""
    keyboard = LineKeyboard(io.StringIO("een\ntwee\n"))
    assert [keyboard.poll(5.0), keyboard.poll(5.0), keyboard.poll(5.0)] == [["een"], ["twee"], [END]]


def test_keys_of_a_terminal_make_lines() -> None:
    """Letters with accents, backspace, return and Ctrl-D, as a terminal sends them."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r", encoding="utf-8") as stream:
        keyboard = KeyKeyboard(stream)
        threading.Thread(target=os.write, args=(ours, "éénx\x7f\ntw\x04".encode())).start()
        lines: list[str | None] = []
        while END not in lines:
            lines += keyboard.poll(5.0)
        keyboard.close()
    os.close(ours)
    assert lines == ["één", END]
    assert keyboard.typed == "tw"
