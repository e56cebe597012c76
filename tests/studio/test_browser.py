"""The page in a real browser, with the real audio at up to sixteen times its tempo."""

from __future__ import annotations

from playwright.sync_api import expect

from skill.pack import load_pack
from skill.settings import Settings
from tests.studio.browser import (
    PATIENCE_MS,
    Visitor,
    begin_training,
    press,
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
    """From the safety words to the closing, every step in order, with captions, rests, and a training that counts."""
    page = visitor.open(script=WATCH)
    press(page, "Start")
    wait_for_ring(page, "listening")
    assert "Eerst je veiligheid." in page.evaluate("captions")
    press(page, "Start")
    expect(page.locator("#now-exercise")).to_have_text("Klaar", timeout=PATIENCE_MS)
    pack = load_pack(settings.pack_folder / "manifest.json")
    tracks = [pack.tracks[f"bovenrug/{one}/basic/normal"] for one in ("open_book", "seated_turn", "elbows_up")]
    steps = [f"{track.key.split('/')[1]}/{step.id}" for track in tracks for step in track.steps]
    steps.remove("elbows_up/to_chair")  # whoever sits already hears no way to the chair
    assert [one for one in page.evaluate("places") if one != "none"] == steps
    assert "rust" in page.evaluate("clocks")
    assert "Twee. Omhoog, en open." in page.locator("#transcript").inner_text()
    wait_for_ring(page, "rest")
    press(page, "Start")
    page.locator("#words").fill("Alexa, hoe vaak heb ik geoefend?")
    page.keyboard.press("Enter")
    expect(page.locator("#transcript li").last).to_contain_text("op één dag", timeout=PATIENCE_MS)


def test_the_buttons_and_the_time_line(visitor: Visitor) -> None:
    """Pause, go on, next, previous, repeat, a click on another step, and stop."""
    page = visitor.open(rate=4)
    begin_training(page)
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    press(page, "Pauze")
    wait_for_ring(page, "listening")
    press(page, "Verder")
    wait_for_ring(page, "playing")
    press(page, "Volgende")
    wait_for_place(page, "open_book/explanation")
    press(page, "Vorige")
    wait_for_place(page, "open_book/position")
    page.locator("#timeline").get_by_role("button", name="Herhalingen").click()
    wait_for_place(page, "elbows_up/repetitions")
    expect(page.locator("#timeline [aria-current=step]")).to_have_text("Herhalingen")
    wait_for_ring(page, "playing")
    press(page, "Ik heb pijn")
    expect(page.locator("#caption")).to_contain_text("pijn", ignore_case=True, timeout=PATIENCE_MS)
    press(page, "Stop")
    expect(page.locator("#primary")).not_to_have_text("Pauze")


def test_whoever_speaks_pauses_the_sound_and_it_goes_on_by_itself(visitor: Visitor) -> None:
    """Barge-in by the text field with words that are for Alexa herself."""
    page = visitor.open(rate=2)
    begin_training(page)
    page.locator("#words").fill("Alexa, hoe laat is het?")
    page.keyboard.press("Enter")
    wait_for_ring(page, "speaking")
    expect(page.locator("#caption")).to_have_text("Alexa geeft zelf antwoord.")
    wait_for_ring(page, "playing")
