"""How an Echo is set from the workbench: level and tempo by words, voice, language and person by its own settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skill.settings import Settings
from skill.web import create_app
from tests.studio.owner import copied
from tests.studio.tab import ORIGIN, Tab, begun
from tests.studio.test_workbench_faults import ask, exchanges, place


def set_anew(tab: Tab, **settings: Any) -> dict[str, Any]:
    """The state of a device that is made again with other settings."""
    asked = {"account": tab.account, "device": tab.device, **settings}
    answer = tab.client.post("/studio/devices", json=asked, headers=ORIGIN)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    tab.account = asked["account"]
    tab.visit, tab.at_ms, tab.seen = answer.get_json()["visit"], 0, 0
    tab.state = answer.get_json()
    return tab.state


def said(state: dict[str, Any]) -> str:
    """What sounds now."""
    return " ".join(text for _, text in state["speech"]["lines"])


def test_level_and_tempo_by_the_words_of_the_skill(tab: Tab) -> None:
    """While it plays they need the name of the skill, in the pause they do not; then the audio is another one."""
    begun(tab)
    assert tab.state["words"]["easier"] == "Alexa, vraag rugoefening naar een makkelijkere versie"
    tab.say("Alexa, pauze")
    assert tab.state["words"]["slower"] == "Alexa, rustiger"
    tab.say(tab.state["words"]["easier"])
    tab.say(tab.state["words"]["slower"])
    tab.say("Alexa, ga verder")
    assert tab.finish()["place"]["plan"].endswith("/easier/calm")
    tab.say(tab.state["words"]["harder"])
    tab.finish()
    tab.say(tab.state["words"]["faster"])
    assert tab.finish()["place"]["plan"].endswith("/basic/normal")
    intents = [one["intent"] for one in exchanges(tab) if one["type"] == "IntentRequest"]
    assert [one for one in intents if not one.startswith(("AMAZON", "Start"))] == [
        "FasterIntent",
        "HarderIntent",
        "SlowerIntent",
        "EasierIntent",
    ]


@pytest.mark.parametrize(
    ("locale", "start", "pause", "quoted"),
    [
        ("nl-NL", "Alexa, start rugoefening", "pauze", "Zeg: Alexa, pauze"),
        ("en-GB", "Alexa, open rugoefening", "pause", "Zeg: Alexa, pause"),
        ("en-US", "Alexa, open rugoefening", "pause", "Zeg: Alexa, pause"),
        ("de-DE", "Alexa, öffne rugoefening", "Pause", "Zeg: Alexa, Pause"),
    ],
)
def test_every_language_of_an_echo(tab: Tab, locale: str, start: str, pause: str, quoted: str) -> None:
    """The buttons say the words of that language, the requests name it, and the Dutch voice quotes its commands."""
    state = set_anew(tab, locale=locale)
    assert state["words"]["start"] == start
    assert quoted in said(tab.say(start))
    tab.finish()
    tab.say(tab.state["words"]["start"])
    tab.finish()
    assert (tab.state["ring"], tab.state["words"]["pause"]) == ("playing", f"Alexa, {pause}")
    for wish, ring in (("next", "playing"), ("easier", "speaking"), ("pause", "speaking"), ("pain", "speaking")):
        assert tab.say(tab.state["words"][wish])["ring"] == ring
    assert {one["request"]["request"]["locale"] for one in exchanges(tab)} == {locale}
    intents = {one["intent"] for one in exchanges(tab)}
    assert {"StartIntent", "AMAZON.NextIntent", "EasierIntent", "AMAZON.PauseIntent", "PainIntent"} <= intents


def test_a_click_on_the_time_line_in_another_language(tab: Tab) -> None:
    """It goes there by the words of that language."""
    set_anew(tab, locale="de-DE")
    tab.say("Alexa, öffne rugoefening")
    tab.finish()
    tab.tell(target={"exercise": "seated_turn", "step": "position"})
    while not tab.state["player"] or not tab.state["player"]["playing"]:
        tab.finish()
    assert place(tab.state) == "seated_turn/position"


def test_another_voice(built_pack: Path, tmp_path: Path) -> None:
    """An Echo hears the pack that it was set to, another one at the same time the pack that is served."""
    packs = tmp_path / "packs"
    copied(built_pack / "espeak", packs / "espeak")
    copied(built_pack / "espeak", packs / "tweede")
    manifest = packs / "tweede" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "voice": "tweede", "pack": "tweede01"}))
    tab = Tab(create_app(Settings(packs=packs, database=tmp_path / "progress.sqlite3")))
    set_anew(tab, voice="tweede")
    begun(tab)
    assert tab.state["player"]["url"].startswith("/audio/tweede/")
    assert tab.state["place"]["plan"] == "tweede01/basic/normal"
    assert tab.client.get(tab.state["player"]["url"]).status_code == 200
    other = Tab(create_app(Settings(packs=packs, database=tmp_path / "other.sqlite3")), device="device-2")
    assert begun(other).state["player"]["url"].startswith("/audio/espeak/")
    assert 'value="tweede"' in tab.client.get("/werkbank").get_data(as_text=True)


def test_a_voice_that_does_not_fit_is_not_taken(built_pack: Path, tmp_path: Path) -> None:
    """Its pack is of another text: the served one is heard, and the page can tell."""
    packs = tmp_path / "packs"
    copied(built_pack / "espeak", packs / "espeak")
    (packs / "oud").mkdir()
    manifest = json.loads((packs / "espeak" / "manifest.json").read_text())
    (packs / "oud" / "manifest.json").write_text(json.dumps({**manifest, "clips": {}}))
    tab = Tab(create_app(Settings(packs=packs, database=tmp_path / "progress.sqlite3")))
    set_anew(tab, voice="oud")
    devices = ask(tab, "news", accounts=[tab.account], since=0)["devices"]
    assert [(one["device"], one["voice"]) for one in devices] == [(tab.device, "espeak")]
    assert begun(tab).state["player"]["url"].startswith("/audio/espeak/")


def test_production_serves_its_own_voice_only(built_pack: Path, tmp_path: Path) -> None:
    """A second pack in the folder is for trying out, and not for the world."""
    packs = tmp_path / "packs"
    copied(built_pack / "espeak", packs / "espeak")
    (packs / "tweede").symlink_to(packs / "espeak", target_is_directory=True)
    settings = Settings(packs=packs, database=tmp_path / "progress.sqlite3")
    file = next((packs / "espeak").glob("clip-*.mp3")).name
    production = create_app(replace(settings, environment="production"), verifier=lambda *_: None).test_client()
    assert production.get(f"/audio/espeak/{file}").status_code == 200
    assert production.get(f"/audio/tweede/{file}").status_code == 404
    assert create_app(settings).test_client().get(f"/audio/tweede/{file}").status_code == 200


def test_somebody_for_the_first_time(tab: Tab) -> None:
    """However often this browser trained: the whole intro."""
    begun(tab)
    set_anew(tab, account=ask(tab, "persons", experienced=False)["account"])
    assert tab.state["player"] is None
    assert said(tab.say("Alexa, start rugoefening")).startswith("Welkom bij rugoefening. We doen drie rustige")


def test_somebody_who_was_here_before(tab: Tab) -> None:
    """The short intro of a later day, with no training half done."""
    set_anew(tab, account=ask(tab, "persons", experienced=True)["account"])
    words = said(tab.say("Alexa, start rugoefening"))
    assert "drie rustige oefeningen" not in words
    assert "Daar ben je weer" not in words
    tab.finish()
    tab.say("start")
    assert place(tab.finish()) == "open_book/to_floor"


@pytest.mark.parametrize("wrong", [{"locale": "fr-FR"}, {"locale": 5}, {"voice": "../x"}, {"voice": ""}])
def test_settings_are_read_strictly(tab: Tab, wrong: dict[str, Any]) -> None:
    """A language that the skill does not serve, or a voice that is a path, is refused."""
    asked = {"account": tab.account, "device": tab.device, **wrong}
    assert tab.client.post("/studio/devices", json=asked, headers=ORIGIN).status_code == 400
