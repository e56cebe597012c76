"""A build while people are in the middle of a training."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from skill.content.loader import ROUTINES
from skill.pack import load_pack
from skill.settings import Settings
from tests.alexa.conftest import Talk
from tests.copies import copied
from tests.envelopes import event, intent, playing
from tests.processes import unwatched

PROJECT = Path(__file__).resolve().parents[2]
LINE = '- "Leg die voet losjes over het andere been." # S\n          - rest: 3\n'


@pytest.fixture
def talk(built_pack: Path, tmp_path: Path) -> Talk:
    """The application on a copy of the real pack, which a build may change."""
    packs = copied(built_pack, tmp_path / "packs")
    return Talk(Settings(packs=packs, database=tmp_path / "progress.sqlite3"))


def build_changed(talk: Talk, folder: Path) -> None:
    """Build with a longer rest in the first exercise, as its owner would: by the command, in another process."""
    routines = Path(shutil.copytree(ROUTINES, folder / "routines"))
    path = routines / "bovenrug.yaml"
    text = path.read_text(encoding="utf-8")
    assert LINE in text
    path.write_text(text.replace(LINE, LINE.replace("rest: 3", "rest: 4")), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "audio", "build", "--voice", "espeak", "--routines", str(routines)],
        cwd=PROJECT,
        env={**unwatched(), "RUGOEFENING_PACKS": str(talk.settings.packs)},
        check=True,
        capture_output=True,
        timeout=300,
    )


def fetched(client: FlaskClient, url: str, span: str) -> bytes:
    """A part of a file, as a speaker asks for it."""
    path = re.sub(r"^https?://[^/]+", "", url)
    answer = client.get(path, headers={"Range": f"bytes={span}"})
    assert answer.status_code == 206
    return bytes(answer.data)


def test_a_training_is_not_disturbed(talk: Talk, tmp_path: Path) -> None:
    """The track that plays can be fetched to its end, and the training goes on in the new audio at the same step."""
    old = talk.pack
    token, offset = talk.token(), talk.at("open_book.turn_over")
    track = old.tracks["bovenrug/open_book/basic/normal"]
    paused = talk.send(intent("AMAZON.PauseIntent", player=playing(token, offset)))
    url = f"/audio/espeak/{track.file}"
    first = fetched(talk.client, url, "0-99999")

    build_changed(talk, tmp_path)
    new = load_pack(talk.settings.pack_folder / "manifest.json")
    assert new.id != old.id
    assert new.tracks["bovenrug/open_book/basic/normal"].file != track.file

    last = fetched(talk.client, url, "100000-")
    assert first + last == (talk.settings.pack_folder / track.file).read_bytes()
    talk = replace_pack(talk)
    answer = talk.send(
        intent(
            "AMAZON.ResumeIntent", attributes=paused.attributes, seconds=20, player=playing(token, offset, "STOPPED")
        )
    )
    assert (answer.stream.pack, answer.step) == (new.id, "turn_over")


def test_the_next_track_comes_from_the_new_audio(talk: Talk, tmp_path: Path) -> None:
    """A track of the old audio that nears its end is followed by the next exercise in the new audio."""
    old = talk.token()
    build_changed(talk, tmp_path)
    talk = replace_pack(talk)
    answer = talk.send(event("PlaybackNearlyFinished", old, 200_000))
    assert (answer.stream.track, answer.stream.pack) == ("seated_turn", talk.pack.id)


def replace_pack(talk: Talk) -> Talk:
    """The same conversation, judged by the pack that is served now."""
    talk.pack = load_pack(talk.settings.pack_folder / "manifest.json")
    return talk
