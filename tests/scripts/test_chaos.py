"""The faults: a short run of each against the real server, and products that are broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from scripts.chaos import Outcome, opened, parser, table
from scripts.chaos_faults import FAULTS
from scripts.chaos_places import Place, Places, is_back
from scripts.chaos_site import VOICE, SiteError, make_site
from skill.pack import PackReader, load_pack
from tests.scripts.running import PROJECT, run_python

CHAOS = "scripts/chaos.py"
SHORT = ("--people", "4", "--lasts", "0.4", "--speed", "60")
OF_THE_STORE = ("disk-full", "locked", "overwritten", "truncated", "garbage", "removed", "far-clock")
DOWN = {"killed", "ended", "overwritten", "server-clock", "far-clock", "certificates"}
"""Faults in which the server stands still for a moment."""
REFUSED = {"far-clock", "certificates"}
"""Faults in which no request can be verified for a while."""


def test_help_names_every_fault() -> None:
    """--help has examples, and tells of every fault what it does."""
    result = run_python(PROJECT, CHAOS, "--help")
    assert result.returncode == 0
    assert "chaos.py --minutes 30 --people 40" in result.stdout
    for name, fault in FAULTS.items():
        assert name in result.stdout
        assert fault.meaning in result.stdout


@pytest.mark.parametrize(
    "arguments", [("--fault", "rain"), ("--people", "0"), ("--minutes", "-1"), ("--lasts", "nan"), ("--seed", "x")]
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    """What cannot be done is wrong usage, told before anything is started."""
    result = run_python(PROJECT, CHAOS, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "chaos.py: error:" in result.stderr


def test_without_audio_it_says_so(tmp_path: Path) -> None:
    """Without a pack there is nothing to serve: one message, no traceback."""
    result = run_python(PROJECT, CHAOS, *SHORT, environ={"RUGOEFENING_PACKS": str(tmp_path)})
    assert (result.returncode, result.stdout) == (1, "")
    assert "there is no audio yet" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_fault_once(built_pack: Path) -> None:
    """Nothing falls over and nothing is lost, whatever is done to the servers while people train."""
    of_the_store = [name for name in FAULTS if name in OF_THE_STORE]
    others = [name for name in FAULTS if name not in OF_THE_STORE]
    environ = {"RUGOEFENING_PACKS": str(built_pack)}

    def run(names: Sequence[str]) -> CompletedProcess[str]:
        return run_python(PROJECT, CHAOS, *SHORT, "--json", "--fault", *names, environ=environ)

    with ThreadPoolExecutor() as both:  # two servers: most of the time one waits for a lock or a start
        results = tuple(both.map(run, (of_the_store, others)))
    outcomes = {one["fault"]: one for result in results for one in json.loads(result.stdout)}
    assert {name: one["problems"] for name, one in outcomes.items()} == {name: [] for name in FAULTS}
    assert [result.returncode for result in results] == [0, 0]
    assert all(one["requests"] > 0 and one["back"] == one["people"] == 4 for one in outcomes.values())
    assert all(one["errors"] == 0 and one["kept"] == one["finished"] for one in outcomes.values())
    assert all(outcomes[names[-1]]["finished"] > 0 for names in (of_the_store, others))
    for name in DOWN:  # the harm was real
        assert outcomes[name]["unanswered"] > 0, name
    for name in REFUSED:
        assert outcomes[name]["refused"] > 0, name


BROKEN = {
    "coach/playback.py": (
        "play(course.cue_start(playhead), clip",
        "play(course.first_exercise(replace(playhead.stream, track='open_book')), clip",
        "and now at open_book/",
    ),
    "progress/sqlite.py": ("INSERT OR IGNORE INTO finished", "EXPLAIN INSERT INTO finished", "trainings are lost"),
    "alexa/skill.py": ('response.pop("userAgent", None)', "raise SystemError", "the log tells of an error"),
}
"""By file what is broken in it, and what must be told of that."""


@pytest.mark.parametrize("files", [("coach/playback.py", "progress/sqlite.py"), ("alexa/skill.py",)])
def test_a_broken_product_is_found(built_pack: Path, tmp_path: Path, files: Sequence[str]) -> None:
    """A product that loses trainings, that fails, or that loses places is told as such."""
    site = make_site(tmp_path / "site", built_pack)
    for file in files:
        path, (before, after, _) = site.code / "skill" / file, BROKEN[file]
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    with opened(site, parser().parse_args([*SHORT, "--people", "8", "--lasts", "2.5", "--fault", "late"])) as play:
        (outcome,) = play.outcomes(minutes=0)
    for file in files:
        assert any(BROKEN[file][2] in one for one in outcome.problems), file


def test_a_server_that_does_not_start_is_told(built_pack: Path, tmp_path: Path) -> None:
    """The reason is what the server said; nobody trains, and no traceback follows."""
    site = make_site(tmp_path / "site", built_pack)
    (site.pack / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SiteError, match=r"does not start \(exit status 1\)"), opened(site, parser().parse_args(SHORT)):
        raise AssertionError("nobody can train here")


def test_the_table_tells_the_problems() -> None:
    """The table has one line a fault, and below it what is not as it must be."""
    good = Outcome("killed", 120, 0, 0, 30, 4, 4, 7, 7, 41, 65, ())
    bad = replace(good, fault="locked", back=3, problems=("person-1: was at a/b, and now at nowhere",))
    lines = table([good, bad]).splitlines()
    assert lines[1].split() == ["killed", "120", "0", "0", "30", "4/4", "7/7", "41", "65"]
    assert lines[-1] == "locked: person-1: was at a/b, and now at nowhere"
    assert table([good]).splitlines()[-1] == "No problem was found."


@pytest.fixture(scope="module")
def places(built_pack: Path) -> Places:
    """The places of the real pack."""
    return Places(PackReader(built_pack / VOICE))


def place(places: Places, built_pack: Path, step: str, into_s: float) -> Place:
    """The place so many seconds into a step, such as ``open_book.position``."""
    pack = load_pack(built_pack / VOICE / "manifest.json")
    exercise, name = step.split(".")
    found = pack.tracks[f"bovenrug/{exercise}/basic/normal"].step(name)
    assert found is not None
    token = f"v1:bovenrug:{exercise}:basic:normal:{pack.id}:run:-"
    place = places.find(token, round(found.start_ms + into_s * 1000))
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("was", "now", "back"),
    [
        (("open_book.explanation", 15), ("open_book.explanation", 1), True),
        (("open_book.explanation", 15), ("open_book.to_floor", 0), True),
        (("open_book.explanation", 15), ("open_book.position", 10), False),
        (("open_book.explanation", 15), ("seated_turn.to_chair", 0), False),
        (("open_book.left_side", 57), ("seated_turn.to_chair", 0), True),
        (("open_book.left_side", 57), ("elbows_up.to_chair", 0), False),
        (("seated_turn.position", 15), ("open_book.to_floor", 0), False),
    ],
)
def test_who_is_back(
    places: Places, built_pack: Path, was: tuple[str, float], now: tuple[str, float], back: bool
) -> None:
    """Back is: the same step, the start of the exercise, or the next exercise when this one was nearly over."""
    before, after = (place(places, built_pack, *one) for one in (was, now))
    assert is_back(before, after, roughly=False) is back
    assert not is_back(before, None, roughly=False)
