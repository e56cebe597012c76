"""The page in a real browser, with the real audio at up to sixteen times its tempo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from skill.pack import load_pack
from skill.settings import Settings
from tests.studio.browser import (
    MUSIC,
    SOUNDS,
    STILL,
    Visitor,
    begin_training,
    go_on,
    press,
    say,
    stand_still,
    wait_for_place,
    wait_for_ring,
)

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

SECOND = "Twee. Omhoog, en open."
WATCH = """
window.places = []; window.captions = []; window.clocks = [];
addEventListener("DOMContentLoaded", () => {
  const note = (list, text) => { if (text && list.at(-1) !== text) list.push(text); };
  new MutationObserver(() => {
    note(window.places, document.getElementById("now").dataset.place);
    note(window.captions, document.getElementById("caption").textContent);
    const clock = document.getElementById("clock");
    if (!clock.hidden) note(window.clocks, clock.querySelector("span").textContent);
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
});
"""


def press_at(page: Page, place: str, label: str) -> None:
    """Press a button while this step plays, however short it is."""
    stand_still(page, "playing", place)
    press(page, label)
    go_on(page)


def test_a_whole_training(visitor: Visitor, settings: Settings) -> None:
    """Safety words, start, pause, go on, next, repeat, skip, a rest, the closing, and a training that counts."""
    page = visitor.open(script=STILL + WATCH)
    pack = load_pack(settings.pack_folder / "manifest.json")
    press(page, "Start")
    stand_still(page, "listening")
    assert len(heard := page.evaluate("captions")) > 10
    assert "Eerst je veiligheid." in heard
    assert all(line in pack.clips["bovenrug/intro_first"].text for line in heard)
    press(page, "Start")
    go_on(page)
    press_at(page, "open_book/to_floor", "Volgende")
    press_at(page, "open_book/position", "Pauze")
    wait_for_ring(page, "paused")
    press(page, "Verder")
    page.wait_for_function("(line) => transcript.textContent.includes(line) && hold()", arg=SECOND)
    press(page, "Herhaal")
    go_on(page)
    press_at(page, "seated_turn/to_chair", "Volgende")
    stand_still(page, "playing", "seated_turn/position")
    say(page, "Alexa, vraag rugoefening naar de volgende oefening")
    go_on(page)
    stand_still(page, "playing", "elbows_up/position")
    page.locator("#timeline").get_by_role("button", name="Herhalingen").click()
    go_on(page)
    expect(page.locator("#now-exercise")).to_have_text("Klaar")
    track = pack.tracks["bovenrug/open_book/basic/normal"]
    first = [f"open_book/{step.id}" for step in track.steps]
    second = ["seated_turn/to_chair", "seated_turn/position"]
    third = ["elbows_up/position", "elbows_up/repetitions", "elbows_up/closing"]  # who sits hears no way to the chair
    assert [one for one in page.evaluate("places") if one != "none"] == [*first, *second, *third]
    assert "rust" in page.evaluate("clocks")
    once = [cue.text for step in track.steps for cue in step.cues].count(SECOND)
    assert page.locator("#transcript").inner_text().count(SECOND) == once + 1  # it was repeated
    wait_for_ring(page, "rest")
    press(page, "Start")
    say(page, "Alexa, hoe vaak heb ik geoefend?")
    expect(page.locator("#transcript li").last).to_contain_text("op één dag")


def test_the_buttons_and_the_time_line(visitor: Visitor) -> None:
    """Next, previous, repeat, a click on another step, pain, and stop."""
    page = visitor.open(rate=8, script=SOUNDS)
    begin_training(page)
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    press(page, "Volgende")
    wait_for_place(page, "open_book/explanation")
    press(page, "Vorige")
    wait_for_place(page, "open_book/position")
    sounded = page.evaluate(f"{MUSIC}.currentTime")
    press(page, "Volgende")
    page.wait_for_function(f"(before) => {MUSIC}.currentTime > before + 10", arg=sounded)
    begun = page.evaluate(f"{MUSIC}.currentTime")
    page.wait_for_function(f"(begun) => {MUSIC}.currentTime > begun + 6", arg=begun)
    press(page, "Herhaal")
    page.wait_for_function(f"(begun) => !{MUSIC}.paused && {MUSIC}.currentTime < begun + 4", arg=begun)
    wait_for_place(page, "open_book/explanation")
    page.locator("#timeline").get_by_role("button", name="Herhalingen").click()
    wait_for_place(page, "elbows_up/repetitions")
    expect(page.locator("#timeline [aria-current=step]")).to_have_text("Herhalingen")
    wait_for_ring(page, "playing")
    press(page, "Ik heb pijn")
    expect(page.locator("#caption")).to_contain_text("pijn", ignore_case=True)
    press(page, "Stop")
    expect(page.locator("#primary")).not_to_have_text("Pauze")


def test_captions_are_in_step_with_the_voice(visitor: Visitor, settings: Settings) -> None:
    """Wherever the real sound is, the caption is the line that the pack's manifest has there."""
    page = visitor.open(script=SOUNDS)
    pack = load_pack(settings.pack_folder / "manifest.json")
    track = pack.tracks["bovenrug/open_book/basic/normal"]
    lines = [(cue.start_ms, cue.text) for step in track.steps for cue in step.cues if cue.text and cue.kind != "count"]
    begin_training(page)
    seen = set()
    for beyond in (5, 20, 40):
        heard = page.wait_for_function(
            f"(beyond) => {{ const one = {MUSIC}; if (one.currentTime > beyond) one.pause();"
            " return one.currentTime > beyond && one.currentTime; }",
            arg=beyond,
        ).json_value()
        begun = [text for start, text in lines if start <= heard * 1000]
        expect(page.locator("#caption")).to_have_text(begun[-1])
        seen.add(begun[-1])
        page.evaluate(f"void {MUSIC}.play()")
    assert len(seen) == 3


def test_whoever_speaks_pauses_the_sound_and_it_goes_on_by_itself(visitor: Visitor) -> None:
    """Barge-in by the text field with words that are for Alexa herself."""
    page = visitor.open(rate=2)
    begin_training(page)
    say(page, "Alexa, hoe laat is het?")
    wait_for_ring(page, "speaking")
    expect(page.locator("#caption")).to_have_text("Alexa geeft zelf antwoord.")
    wait_for_ring(page, "playing")
