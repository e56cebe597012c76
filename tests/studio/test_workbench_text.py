"""The text in the workbench: read and written safely, beside its audio, and built again when it changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.content import load_content
from skill.pack import load_pack
from skill.settings import PROJECT, Settings
from skill.web import create_app
from tests.processes import unwatched
from tests.studio.owner import FILE, OTHER, SENTENCE, change, line_of
from tests.studio.tab import ORIGIN

PATIENCE_S = 300.0
ADDRESS = f"/studio/workbench/files/{FILE}"


@pytest.fixture
def maker(building: Settings) -> FlaskClient:
    """The application on a copy of the audio too."""
    return create_app(building).test_client()


@pytest.fixture
def client(mine: Settings) -> FlaskClient:
    """The application on the folder of an owner."""
    return create_app(mine).test_client()


def read(client: FlaskClient) -> Any:
    """The routine as the page gets it."""
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return answer.get_json()


def save(client: FlaskClient, text: str, stamp: str) -> int:
    """The status of what becomes of a new text."""
    return client.post(ADDRESS, json={"text": text, "stamp": stamp}, headers=ORIGIN).status_code


def news(client: FlaskClient) -> Any:
    """What there is to know; the server looks at the files for it."""
    answer = client.post("/studio/workbench/news", json={"accounts": [], "since": 0}, headers=ORIGIN)
    assert answer.status_code == 200
    return answer.get_json()


def built(client: FlaskClient, number: int) -> Any:
    """The build with this number, once it is over."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        build = news(client)["build"]
        if build["number"] >= number and build["state"] in ("done", "failed"):
            return build
        time.sleep(0.1)
    raise AssertionError("the build does not come to its end")


def score(client: FlaskClient, level: str = "basic") -> Any:
    """The time line."""
    return client.get(f"/studio/workbench/score/bovenrug/{level}/normal").get_json()


def test_a_file_is_written_whole(client: FlaskClient, mine: Settings) -> None:
    """What was typed is on the disk, with the rights it had, and nothing lies beside it."""
    path = mine.content / FILE
    path.chmod(0o640)
    before = read(client)
    assert before["reason"] == ""
    text = before["text"].replace("# Rules", "# Our rules")
    assert save(client, text, before["stamp"]) == 200
    assert path.read_text(encoding="utf-8") == text
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["bovenrug.yaml"]
    assert read(client)["stamp"] != before["stamp"]


def test_line_ends_and_a_mark_stay(client: FlaskClient, mine: Settings) -> None:
    """A file of another system keeps what only a program sees."""
    path = mine.content / FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = read(client)
    assert "\r" not in before["text"]
    assert save(client, before["text"] + "# end\n", before["stamp"]) == 200
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf#")
    assert data.endswith(b"\r\n# end\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_each_line_keeps_its_own_end(client: FlaskClient, mine: Settings) -> None:
    """In a file with both kinds only what is edited changes; a new line gets the end that most have."""
    path = mine.content / FILE
    lines = path.read_bytes().split(b"\n")
    for number in (3, 4, 5, 60, 61):
        lines[number] += b"\r"
    lines[100] = b"# old\r# very old"
    path.write_bytes(b"\n".join(lines))
    before = read(client)
    assert "\r" not in before["text"]
    text = before["text"].replace(SENTENCE, f"# nieuw\n                {OTHER}")
    assert save(client, text + "# end", before["stamp"]) == 200
    expected = b"\n".join(lines).replace(SENTENCE.encode(), f"# nieuw\n                {OTHER}".encode())
    assert path.read_bytes() == expected + b"# end"


def test_what_another_program_wrote_is_not_overwritten(client: FlaskClient, mine: Settings) -> None:
    """Saving over a file that has changed meanwhile is refused, and the other one's text stays."""
    before = read(client)
    change(mine, SENTENCE, OTHER)
    assert save(client, before["text"] + "# mine\n", before["stamp"]) == 409
    assert OTHER in (mine.content / FILE).read_text(encoding="utf-8")


def test_a_file_that_is_gone_is_written_anew(client: FlaskClient, mine: Settings) -> None:
    """With its rights, its line ends and its mark, unless it is there again; the page knows its name all the time."""
    path = mine.content / FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    data, text = path.read_bytes(), read(client)["text"]
    assert save(client, text, "") == 409
    path.unlink()
    assert client.get(ADDRESS).status_code == 404
    assert FILE in client.get("/werkbank").get_data(as_text=True)
    assert (list(news(client)["files"]), news(client)["routines"]) == (["prompts/nl.yaml"], {"bovenrug": FILE})
    assert save(client, text, "0" * 64) == 404
    assert save(client, text, "") == 200
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (data, 0o640)


def test_nothing_else_is_written_anew(client: FlaskClient, mine: Settings, tmp_path: Path) -> None:
    """No name that was never there, nothing behind a link, and nothing where the folder leads elsewhere by now."""
    read(client)
    path = mine.content / FILE
    unknown = client.post("/studio/workbench/files/routines/rug.yaml", json={"text": "x", "stamp": ""}, headers=ORIGIN)
    assert unknown.status_code == 404
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.yaml")
    assert save(client, "x", "") == 403
    path.unlink()
    path.parent.rename(tmp_path / "away")
    path.parent.symlink_to(tmp_path / "away", target_is_directory=True)
    assert save(client, "x", "") == 403
    assert list((tmp_path / "away").iterdir()) == []
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_text_that_is_too_large_is_refused_as_such(client: FlaskClient, mine: Settings) -> None:
    """413, by its own size or by that of the request."""
    before = read(client)
    for size in (250_001, 1_000_000):
        assert save(client, "x" * size, before["stamp"]) == 413
    assert read(client) == before


@pytest.mark.parametrize(
    "name",
    [
        "routines/other.yaml",
        "routines/..%2f..%2fpack.yaml",
        "../content/routines/bovenrug.yaml",
        "prompts/en.yaml",
        "..%2froutines/bovenrug.yaml",
        "routines/.hidden.yaml",
        "routines/leak.yaml",
    ],
)
def test_no_other_file_is_read_or_written(mine: Settings, tmp_path: Path, name: str) -> None:
    """No path out of the folder, and no link that leads out of it."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret: 1\n", encoding="utf-8")
    app = create_app(mine)
    (mine.routines_folder / "leak.yaml").symlink_to(secret)
    client = app.test_client()
    assert client.get(f"/studio/workbench/files/{name}").status_code == 404
    body = {"text": "x", "stamp": "0" * 64}
    assert client.post(f"/studio/workbench/files/{name}", json=body, headers=ORIGIN).status_code == 404
    assert secret.read_text(encoding="utf-8") == "secret: 1\n"


def test_a_file_that_cannot_be_written_says_so(
    client: FlaskClient, mine: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As inside an installed package; root may write everything, so the system's answer stands in for its refusal."""
    monkeypatch.setattr("skill.studio.workbench.files.os.access", lambda *_: False)
    before = read(client)
    assert before["reason"] == "rights"
    assert save(client, "x", before["stamp"]) == 403
    assert (mine.content / FILE).read_text(encoding="utf-8") == before["text"]


def test_a_file_that_is_no_utf8_is_only_shown(client: FlaskClient, mine: Settings) -> None:
    """Writing it would lose what cannot be read."""
    path = mine.content / FILE
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")
    assert read(client)["reason"] == "encoding"
    assert save(client, "x", read(client)["stamp"]) == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"text": 5}, {"text": "x"}, {"text": "x", "stamp": "1"}, {"text": "\ud800", "stamp": "0" * 64}, []],
)
def test_a_text_is_read_strictly(client: FlaskClient, body: Any) -> None:
    """Anything else than a text and a stamp is refused."""
    assert client.post(ADDRESS, json=body, headers=ORIGIN).status_code == 400


def test_every_line_stands_where_it_sounds(client: FlaskClient, mine: Settings) -> None:
    """Each cue of each level has the line of the file that it was made from, with its time."""
    lines = (mine.content / FILE).read_text(encoding="utf-8").split("\n")
    pack = load_pack(mine.pack_folder / "manifest.json")
    words = {"rest": "rest:", "tone": "tone:", "hold": "hold:", "count": "hold:"}
    encouraged = 0
    for level in ("easier", "basic", "harder"):
        for track in score(client, level)["tracks"]:
            made = pack.track("bovenrug", track["id"], level, "normal")
            assert made is not None
            assert track["url"] == f"/audio/espeak/{made.file}"
            cues = [cue for step in track["steps"] for cue in step["cues"]]
            assert [(cue["start_ms"], cue["end_ms"]) for cue in cues] == [
                (cue.start_ms, cue.end_ms) for step in made.steps for cue in step.cues
            ]
            for cue in cues:
                line = lines[cue["line"] - 1]
                said = words.get(cue["kind"], cue["text"])
                encouraged += "encourage:" in line
                assert said in line or "encourage:" in line, (cue, line)
    assert encouraged


def test_every_prompt_stands_where_it_is_written(client: FlaskClient, mine: Settings) -> None:
    """Each clip has the line of its prompt, its length, and a file that can be heard."""
    lines = mine.prompts_file.read_text(encoding="utf-8").split("\n")
    clips = client.get("/studio/workbench/clips/bovenrug").get_json()
    assert {one["file"] for one in clips} == {"prompts/nl.yaml"}
    assert all(lines[one["line"] - 1].startswith(f"  {one['prompt']}:") for one in clips)
    pause = next(one for one in clips if one["key"] == "pause_short")
    assert pause["text"] == "Pauze. Pijn? Stop dan."
    assert client.get(pause["url"]).status_code == 200


@pytest.mark.parametrize("path", ["gone/basic/normal", "bovenrug/heavy/normal", "bovenrug/basic/fast"])
def test_an_unknown_score_is_not_found(client: FlaskClient, path: str) -> None:
    """404 for a routine, level or tempo that there is not."""
    assert client.get(f"/studio/workbench/score/{path}").status_code == 404
    assert client.get("/studio/workbench/clips/gone").status_code == 404


def test_one_line_is_made_again_and_heard(maker: FlaskClient, building: Settings) -> None:
    """Saved: one sentence is spoken, only the tracks with it are made, and the time lines of both pages follow."""
    before = read(maker)
    old = news(maker)["pack"]
    assert save(maker, before["text"].replace(SENTENCE, OTHER), before["stamp"]) == 200
    build = built(maker, 1)
    assert (build["state"], build["remarks"]) == ("done", [])
    assert build["result"]["spoken"] == 1
    assert 0 < build["result"]["written"] < 20 < build["result"]["reused"]
    assert news(maker)["pack"] == build["result"]["pack"] != old
    cue = next(
        cue
        for track in score(maker)["tracks"]
        for step in track["steps"]
        for cue in step["cues"]
        if "rustig over het andere been" in cue["text"]
    )
    assert cue["line"] == line_of(building, OTHER)
    plan = maker.get("/studio/plan/now/basic/normal").get_json()
    assert "Leg die voet rustig over het andere been." in str(plan)

    change(building, "id: bovenrug", "# een regel erbij\nid: bovenrug")  # no sound changes, but every line does
    change(building, 'title: "Het open boek"', 'title: "Het open boek, rustig"')
    assert built(maker, 2)["result"]["changed"] is False
    track = score(maker)["tracks"][1]
    assert track["title"] == "Het open boek, rustig"
    assert track["steps"][0]["line"] == line_of(building, "id: to_floor")


def test_every_mistake_stands_at_its_line(maker: FlaskClient, building: Settings) -> None:
    """All of them at once, in the file where they are; the audio that was there goes on, and the next save mends it."""
    old = news(maker)["pack"]
    text = (building.content / FILE).read_text(encoding="utf-8")
    change(building, "posture: floor", "posture: flor")
    change(building, "- rest: 15", "- rest: veel")
    prompts = building.prompts_file.read_text(encoding="utf-8")
    building.prompts_file.write_text(prompts.replace("\n    safety: true", "\n    safety: ja", 1), encoding="utf-8")
    build = built(maker, 1)
    assert (build["state"], build["reason"]) == ("failed", "content")
    found = {(one["file"], one["line"]): one["message"] for one in build["remarks"] if one["error"]}
    leads = {one["line"]: one["lead"] for one in build["remarks"] if one["file"] == FILE}
    assert leads[line_of(building, "posture: flor")] == "Dit woord kent het programma niet. Bedoel je “floor”?"
    assert leads[line_of(building, "rest: veel")] == "Dit getal klopt niet."
    assert 'did you mean "floor"' in found[FILE, line_of(building, "posture: flor")]
    assert "not a plain number" in found[FILE, line_of(building, "rest: veel")]
    assert any(file == "prompts/nl.yaml" for file, _ in found)
    assert news(maker)["pack"] == old
    assert score(maker)["pack"] == old
    (building.content / FILE).write_text(text, encoding="utf-8")
    building.prompts_file.write_text(prompts, encoding="utf-8")
    assert (built(maker, 2)["state"], news(maker)["build"]["remarks"]) == ("done", [])


def test_a_missing_file_blames_no_other(maker: FlaskClient, building: Settings, tmp_path: Path) -> None:
    """Without the routine the prompts seem wrong: only that it is gone is told; it may come back under any name."""
    path = building.content / FILE
    path.rename(tmp_path / "away.yaml")
    build = built(maker, 1)
    assert (build["state"], build["reason"], build["remarks"]) == ("failed", "gone", [])
    (tmp_path / "away.yaml").rename(path.with_name("rug.yaml"))
    assert built(maker, 2)["state"] == "done"
    assert news(maker)["routines"] == {"bovenrug": "routines/rug.yaml"}


def test_a_cue_that_does_not_fit_is_told_at_its_line(maker: FlaskClient, building: Settings) -> None:
    """What only the build can know: a line that is too long for its repetition."""
    change(building, '{at: 3.6, say: "Adem uit, en draai open."}', '{at: 0.5, say: "Adem uit, en draai open."}')
    build = built(maker, 1)
    line = line_of(building, "{at: 0.5,")
    assert build["state"] == "failed"
    assert [one["line"] for one in build["remarks"] if one["error"] and one["file"] == FILE] == [line]
    assert "does not fit" in next(one["message"] for one in build["remarks"] if one["line"] == line)


def test_what_is_saved_during_a_build_is_built_after_it(maker: FlaskClient, building: Settings) -> None:
    """One build at a time, and the last one has the last text."""
    change(building, SENTENCE, OTHER)
    assert news(maker)["build"]["state"] == "running"
    change(building, OTHER, SENTENCE)
    assert news(maker)["build"]["number"] == 1
    assert built(maker, 2)["state"] == "done"
    assert "losjes over het andere been" in str(score(maker))
    assert load_content(routines=building.routines_folder, prompts=building.prompts_file)


def test_without_the_packages_for_audio(
    maker: FlaskClient, building: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is saved, and the page can say what to install."""
    (tmp_path / "without" / "av").mkdir(parents=True)
    (tmp_path / "without" / "av" / "__init__.py").write_text(
        "raise ModuleNotFoundError('no av', name='av')\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "without"))
    change(building, SENTENCE, OTHER)
    build = built(maker, 1)
    assert (build["state"], build["reason"]) == ("failed", "packages")
    assert "pip install" in build["message"]
    monkeypatch.undo()
    monkeypatch.setattr("skill.web.load_content", load_content)
    maker.post("/studio/workbench/builds", json={}, headers=ORIGIN)
    assert built(maker, 2)["state"] == "done"


SERVE = """
import sys, time
from pathlib import Path
from skill.settings import Settings
from skill.studio.workbench.building import Builder
from skill.studio.workbench.files import ContentFiles
settings = Settings(content=Path(sys.argv[1]), packs=Path(sys.argv[2]))
builder = Builder(settings, ContentFiles(settings), lambda: None, tuple)
builder.again()
print(builder._child.pid, flush=True)
"""


def test_a_build_ends_with_its_server(mine: Settings, tmp_path: Path) -> None:
    """A server that stops leaves no build behind; the audio that was there is as it was."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(mine.content), str(tmp_path / "fresh")],
        cwd=PROJECT,
        env=unwatched(),
        capture_output=True,
        text=True,
        check=True,
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
    assert not (tmp_path / "fresh" / "espeak" / "manifest.json").exists()
