"""The page in a real browser, with the real audio at up to sixteen times its tempo."""

from __future__ import annotations

from playwright.sync_api import expect

from skill.pack import load_pack
from skill.settings import Settings
from tests.studio.browser import (
    MUSIC,
    SOUNDS,
    Visitor,
    begin_training,
    press,
    say,
    wait_for_place,
    wait_for_ring,
)

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


def test_a_whole_training(visitor: Visitor, settings: Settings) -> None:
    """Safety words, start, pause, go on, next, repeat, skip, a rest, the closing, and a training that counts."""
    page = visitor.open(script=WATCH)
    pack = load_pack(settings.pack_folder / "manifest.json")
    press(page, "Start")
    wait_for_ring(page, "listening")
    assert len(heard := page.evaluate("captions")) > 10
    assert "Eerst je veiligheid." in heard
    assert all(line in pack.clips["bovenrug/intro_first"].text for line in heard)
    press(page, "Start")
    wait_for_place(page, "open_book/to_floor")
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    press(page, "Pauze")
    wait_for_ring(page, "paused")
    press(page, "Verder")
    wait_for_ring(page, "playing")
    wait_for_place(page, "open_book/right_side")
    press(page, "Herhaal")
    expect(page.locator("#transcript .you").last).to_have_text("Alexa, herhaal")
    wait_for_place(page, "seated_turn/to_chair")
    press(page, "Volgende")
    wait_for_place(page, "seated_turn/position")
    say(page, "Alexa, vraag rugoefening naar de volgende oefening")
    wait_for_place(page, "elbows_up/position")
    page.locator("#timeline").get_by_role("button", name="Herhalingen").click()
    expect(page.locator("#now-exercise")).to_have_text("Klaar")
    first = [f"open_book/{step.id}" for step in pack.tracks["bovenrug/open_book/basic/normal"].steps]
    second = ["seated_turn/to_chair", "seated_turn/position"]
    third = ["elbows_up/position", "elbows_up/repetitions", "elbows_up/closing"]  # who sits hears no way to the chair
    assert [one for one in page.evaluate("places") if one != "none"] == [*first, *second, *third]
    assert "rust" in page.evaluate("clocks")
    assert "Twee. Omhoog, en open." in page.locator("#transcript").inner_text()
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
            f"(beyond) => {{ const one = {MUSIC}; return one.currentTime > beyond && (one.pause(), one.currentTime) }}",
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
