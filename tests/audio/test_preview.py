"""The page for listening, read as a browser reads it: its parts, its data, its sound and its rules."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio import mp3
from audio.filters import meter
from audio.listen import commands
from audio.listen.choice import Choice
from audio.listen.findings import Measured, sound_findings, track_findings
from audio.listen.preview import preview, waveform
from audio.loudness import RATE
from audio.score import scores
from skill.content import Level, Tempo
from skill.errors import AudioError
from skill.pack import MANIFEST, load_pack
from tests.audio.small import small_content
from tests.copies import copied

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&amp; {{sounds}}"


class Page(HTMLParser):
    """What a parser finds in the page: the attributes of every element, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[tuple[str, dict[str, str | None], str]] = []
        self.text: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag in ("script", "style"):
            self.blocks.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        """Text behind it stands in no element of interest."""
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Note text, in the block it belongs to."""
        if self._open in ("script", "style"):
            tag, attributes, text = self.blocks[-1]
            self.blocks[-1] = tag, attributes, text + data
        else:
            self.text.append(data)

    def scripts(self, kind: str | None) -> Iterator[tuple[str, str]]:
        """The id and text of the scripts of one type."""
        for tag, attributes, text in self.blocks:
            if tag == "script" and attributes.get("type") == kind:
                yield attributes.get("id") or "", text

    @property
    def data(self) -> dict[str, Any]:
        """The data of the page."""
        ((_, text),) = self.scripts("application/json")
        found: dict[str, Any] = json.loads(text)
        return found

    @property
    def policy(self) -> dict[str, list[str]]:
        """The rules of its Content-Security-Policy."""
        (rules,) = (one["content"] for tag, one in self.elements if one.get("http-equiv") == "Content-Security-Policy")
        return {name: values for name, *values in (rule.split() for rule in (rules or "").split(";"))}


def small_choice(packs: Path) -> Choice:
    """The small training."""
    folder = packs / "espeak"
    return Choice(small_content(), load_pack(folder / MANIFEST), folder, "small", Level.BASIC, Tempo.NORMAL)


@pytest.fixture(scope="module")
def choice(small_packs_once: Path) -> Choice:
    """The small training, not to be changed."""
    return small_choice(small_packs_once)


@pytest.fixture(scope="module")
def text(choice: Choice) -> str:
    """The page of the small training."""
    return preview(choice).decode()


def test_nothing_comes_from_outside(text: str) -> None:
    """No address of another place, and no element that loads something, stands in the page."""
    assert "://" not in text
    page = Page(text)
    assert not [one for one in page.elements if {"src", "href", "srcset", "action", "onerror"} & one[1].keys()]
    assert not [tag for tag, _ in page.elements if tag in ("link", "iframe", "object", "embed", "base")]


def test_policy_allows_only_its_own_script(text: str) -> None:
    """By default nothing is allowed; the one script and the one style are named by the hash of their text."""
    page = Page(text)
    ((_, script),) = page.scripts(None)
    (style,) = (one for tag, _, one in page.blocks if tag == "style")
    assert page.policy == {
        "default-src": ["'none'"],
        "media-src": ["blob:"],
        "script-src": [_source(script)],
        "style-src": [_source(style)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert not [one for _, one in page.elements if "style" in one or any(name.startswith("on") for name in one)]


def test_script_writes_text_only(text: str) -> None:
    """The script has no way to turn text into elements."""
    ((_, script),) = Page(text).scripts(None)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


def test_script_finds_what_it_asks_for(text: str) -> None:
    """Every element that the script looks up by its id is there."""
    page = Page(text)
    ((_, script),) = page.scripts(None)
    wanted = set(re.findall(r'\$\("([\w-]+)"\)', script))
    assert wanted
    assert wanted <= {one.get("id") for _, one in page.elements}


def test_data_is_that_of_the_manifest(choice: Choice, text: str) -> None:
    """Tracks with their steps and cues, and all clips, are those of the manifest; nothing stands out."""
    data = Page(text).data
    manifest = json.loads((choice.folder / MANIFEST).read_text(encoding="utf-8"))
    assert (data["voice"], data["pack"], data["title"]) == ("espeak", manifest["pack"], "Klein")
    (training,) = data["trainings"]
    assert [one["key"] for one in training["tracks"]] == [
        "small/preparation/basic/normal",
        "small/open_book/basic/normal",
    ]
    for track in training["tracks"]:
        made = manifest["tracks"][track["key"]]
        assert (track["file"], track["ms"], track["steps"]) == (made["file"], made["ms"], made["steps"])
    assert {f"small/{one['key']}": (one["text"], one["file"], one["ms"]) for one in data["clips"]} == {
        key: (made["text"], made["file"], made["ms"]) for key, made in manifest["clips"].items()
    }
    assert data["misfits"] == []
    assert {one["key"] for one in data["clips"] if one["safety"]} == {"safety_info", "recording_intro"}


def test_sound_is_that_of_the_files(choice: Choice, text: str) -> None:
    """Every file of the chosen training and of the clips is embedded once, byte by byte, and no other."""
    page = Page(text)
    found = {name: base64.b64decode(sound) for name, sound in page.scripts("text/plain")}
    (training,) = page.data["trainings"]
    wanted = {one["file"] for one in [*training["tracks"], *page.data["clips"]]}
    assert found == {name: (choice.folder / name).read_bytes() for name in wanted}


def test_measurements_are_true(choice: Choice, text: str) -> None:
    """Loudness and peak agree with ffmpeg's own meter, and the waveform with the sound."""
    for track in Page(text).data["trainings"][0]["tracks"]:
        sound = mp3.decode((choice.folder / track["file"]).read_bytes())
        lufs, peak = meter(sound)
        assert abs(track["lufs"] - lufs) < 0.2
        assert abs(track["peak"] - peak) < 0.3
        assert max(track["peaks"]) == round(100 * float(np.abs(sound).max()))


def test_waveform_shows_where_it_sounds() -> None:
    """Silence is flat; a tone has its own peak and level."""
    second = np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE).astype(np.float32) * np.float32(0.5)
    found = waveform(np.concatenate([np.zeros(RATE, np.float32), second]))
    half = len(found.peaks) // 2
    assert set(found.peaks[: half - 1]) == set(found.levels[: half - 1]) == {0}
    assert 49 <= min(found.peaks[half + 1 :]) <= max(found.peaks[half + 1 :]) <= 50
    assert all(abs(one - 35) <= 4 for one in found.levels[half + 1 :])


def test_same_pack_same_page(choice: Choice, text: str) -> None:
    """Made twice, the page is the same."""
    assert preview(choice).decode() == text


def test_all_levels(choice: Choice) -> None:
    """With everything embedded each level and tempo can be chosen, and the chosen one comes first in view."""
    calm = replace(choice, tempo=Tempo.CALM)
    data = Page(preview(calm, everything=True).decode()).data
    assert len(data["trainings"]) == len(Level) * len(Tempo)
    chosen = data["trainings"][data["chosen"]]
    assert (chosen["level"], chosen["tempo"]) == ("basic", "calm")
    assert len({one["label"] for one in data["trainings"]}) == len(data["trainings"])


def test_text_cannot_become_code(choice: Choice, text: str) -> None:
    """Whatever stands in the YAML stays text: the page has the same elements, and says it to the letter."""
    clip = choice.pack.clips["small/stopped"]
    clips = {**choice.pack.clips, "small/stopped": replace(clip, text=HOSTILE)}
    routine = replace(choice.routine, title=HOSTILE)
    evil = replace(
        choice,
        pack=replace(choice.pack, clips=clips),
        content=replace(choice.content, routines={"small": routine}),
    )
    page = Page(preview(evil).decode())
    assert page.elements == Page(text).elements
    assert page.data["title"] == HOSTILE
    assert HOSTILE in [one["text"] for one in page.data["clips"]]
    assert "".join(page.text).count(HOSTILE) == 2


def test_pack_that_does_not_fit_the_text(choice: Choice) -> None:
    """A line that was changed after the build is named on the page."""
    content = small_content()
    stopped = content.prompts["stopped"]
    changed = replace(stopped, cues=(replace(stopped.cues[0], text="Klaar."),))
    other = replace(choice, content=replace(content, prompts={**content.prompts, "stopped": changed}))
    assert Page(preview(other).decode()).data["misfits"] == ["clip stopped says something else than the text"]


def test_damaged_file(small_packs: Path) -> None:
    """A file that is not what the manifest says is named, and there is no page."""
    choice = small_choice(small_packs)
    path = choice.folder / choice.pack.clips["small/stopped"].file
    path.write_bytes(b"no sound")
    with pytest.raises(AudioError, match=rf"{path.name}: damaged"):
        preview(choice)


def test_good_sound_is_not_reported() -> None:
    """Within its limits a file has no findings."""
    assert list(sound_findings(Measured(70_000, -15.5, -2.0), track=True)) == []
    assert list(sound_findings(Measured(2_000, -14.5, -3.0), track=False)) == []


@pytest.mark.parametrize(
    ("measured", "track", "words"),
    [
        (Measured(70_000, -15.7, -3.0), True, "Te zacht: −15,7 LUFS"),  # noqa: RUF001 # the sign of a number
        (Measured(70_000, -14.3, -3.0), True, "Te hard"),
        (Measured(70_000, -15.0, -1.5), True, "Te hoge pieken"),
        (Measured(59_000, -15.0, -3.0), True, "Te kort"),
        (Measured(241_000, -15.0, -3.0), False, "Te lang"),
    ],
)
def test_sound_outside_its_limits(measured: Measured, track: bool, words: str) -> None:
    """Each limit that is passed gives one finding of its own."""
    (finding,) = sound_findings(measured, track=track)
    assert finding.text.startswith(words)


def test_lines_out_of_the_ordinary(choice: Choice) -> None:
    """A line that is too fast and one that came late are found at their moment; a safety line may be slow."""
    track = choice.track("open_book")
    score = next(one for one in scores(choice.content) if track.key in one.keys)
    assert list(track_findings(track, score)) == []
    position, exercise, closing = track.steps
    line = "Dit is een lange zin die veel te snel wordt gesproken."
    fast = replace(position.cues[0], text=line, end_ms=position.cues[0].start_ms + 2000)
    slow = replace(position.cues[0], text=line, end_ms=position.cues[0].start_ms + 9000, warning=True)
    late = [
        replace(one, start_ms=one.start_ms + 400) if one.repetition == 1 and one.text == "Adem uit." else one
        for one in exercise.cues
    ]
    changed = replace(
        track,
        steps=(
            replace(position, cues=(fast, slow, *position.cues[1:])),
            replace(exercise, cues=tuple(late)),
            closing,
        ),
    )
    quick, pushed = track_findings(changed, score)
    assert (quick.start_ms, quick.text.startswith("Snel gesproken")) == (fast.start_ms, True)
    moment = next(one.start_ms for one in late if one.text == "Adem uit.")
    assert (pushed.start_ms, "later dan de tekst vraagt" in pushed.text) == (moment, True)


@pytest.fixture(scope="module")
def fewer_clips(built_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real pack, of its clips one in eight: to measure all of them takes long."""
    packs = tmp_path_factory.mktemp("fewer")
    path = copied(built_pack / "espeak", packs / "espeak") / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["clips"] = dict(list(manifest["clips"].items())[::8])
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return packs


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, fewer_clips: Path, tmp_path: Path) -> Callable[..., int]:
    """Runs a command on the real pack, with a browser that would leave a trace."""
    opened = tmp_path / "opened"
    monkeypatch.setenv("RUGOEFENING_PACKS", str(fewer_clips))
    monkeypatch.setenv("BROWSER", f"touch {opened} #%s")

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        commands.add_commands(parser.add_subparsers(dest="command", required=True))
        return commands.run(parser.parse_args(words))

    return run


def test_command_writes_the_page(call: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The path stands on standard output, the size on standard error; without a terminal no browser opens."""
    path = tmp_path / "page.html"
    assert call("preview", "--html", str(path), "--level", "harder") == 0
    printed = capsys.readouterr()
    assert printed.out == f"{path}\n"
    assert re.search(r"\d MB", printed.err)
    page = Page(path.read_text(encoding="utf-8"))
    assert len(page.data["clips"]) > 40
    assert [one["level"] for one in page.data["trainings"]] == ["harder"]
    assert [one["title"] for one in page.data["trainings"][0]["tracks"]] == [
        "Het klaarzetten",
        "Het open boek",
        "Draaien op je stoel",
        "Ellebogen omhoog",
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_routine(call: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """A routine that does not exist is wrong usage, and the routines are named."""
    assert call("preview", "--routine", "knie") == 2
    assert "the routines are bovenrug" in capsys.readouterr().err


def test_folder_that_is_not_there(call: Callable[..., int], tmp_path: Path) -> None:
    """Where the page cannot be written one message says so."""
    with pytest.raises(AudioError, match="cannot be written"):
        call("preview", "--html", str(tmp_path / "nowhere" / "page.html"))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
