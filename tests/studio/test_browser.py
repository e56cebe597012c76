"""The page in a real browser, with the real audio at up to sixteen times its tempo."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.chromium import find_chromium
from skill.pack import load_pack
from skill.settings import Settings
from tests.studio.browser import (
    PATIENCE_MS,
    LocalServer,
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
RECOGNISER = """
window.SpeechRecognition = class {
  start() { window.recogniser = this; }
  abort() { window.recogniser = null; }
};
window.hear = (words, isFinal) => window.recogniser.onresult(
  { resultIndex: 0, results: [Object.assign([{ transcript: words }], { isFinal })] });
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here; install the system's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[LocalServer]:
    """The application on a port."""
    found = LocalServer(settings)
    yield found
    found.stop()


@pytest.fixture
def visitor(chromium: Browser, server: LocalServer) -> Iterator[Visitor]:
    """Somebody with a browser, which has nothing to complain about."""
    found = Visitor(chromium, server.url)
    yield found
    found.context.close()
    assert found.troubles == []


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


def place_and_left(page: Page) -> tuple[str, str]:
    """The step, and the time left."""
    return page.locator("#now").get_attribute("data-place") or "", page.locator("#left").inner_text()


def test_a_reload_goes_on_in_place(visitor: Visitor) -> None:
    """The same step plays on; where the browser wants a tap first, one tap is enough."""
    page = visitor.open(rate=2)
    begin_training(page)
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    page.reload()
    wait_for_place(page, "open_book/position")
    if page.locator("#unblock").is_visible():
        page.locator("#unblock").click()
    wait_for_ring(page, "playing")
    _, before = place_and_left(page)
    expect(page.locator("#left")).not_to_have_text(before)
    press(page, "Pauze")
    wait_for_ring(page, "speaking")


def test_two_tabs_are_two_devices(visitor: Visitor) -> None:
    """One is paused, the other plays on."""
    one, two = visitor.open(rate=1), visitor.open(rate=4)
    begin_training(one)
    begin_training(two)
    press(two, "Pauze")
    wait_for_ring(two, "listening")
    expect(one.locator("#echo")).to_have_attribute("data-ring", "playing")
    assert one.evaluate("sessionStorage['rugoefening.device']") != two.evaluate("sessionStorage['rugoefening.device']")
    assert one.evaluate("localStorage['rugoefening.account']") == two.evaluate("localStorage['rugoefening.account']")


def test_a_restart_of_the_server_is_survived(visitor: Visitor, server: LocalServer) -> None:
    """While it is away the page says so; then the same person goes on in the same step."""
    page = visitor.open(rate=2)
    begin_training(page)
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    server.stop()
    press(page, "Volgende")
    expect(page.locator("#connection")).to_contain_text("Geen verbinding")
    visitor.troubles.clear()  # a browser tells of each request that nobody answers
    server.start()
    wait_for_place(page, "open_book/explanation")
    wait_for_ring(page, "playing")
    expect(page.locator("#connection")).to_have_text("")
    visitor.troubles = [one for one in visitor.troubles if "ERR_CONNECTION" not in one and "404" not in one]


def test_the_microphone_hears_its_wake_word_only(visitor: Visitor) -> None:
    """By a stand-in for the browser's recogniser: off at first, the wake word, and no answer to its own voice."""
    page = visitor.open(rate=2, script=RECOGNISER)
    button = page.locator("#microphone")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#microphone-note")).to_contain_text("spraakdienst")
    button.click()
    page.evaluate("hear('het regent vandaag', true)")
    page.evaluate("hear('Alexa start', false)")
    page.evaluate("hear('Alexa start rugoefening', true)")
    wait_for_ring(page, "speaking")
    assert page.locator("#transcript .you").all_inner_texts() == ["Alexa start rugoefening"]
    page.evaluate("hear('Alexa start', true)")
    wait_for_ring(page, "playing")
    button.click()
    assert page.evaluate("recogniser") is None


def test_without_a_recogniser_there_is_no_microphone(visitor: Visitor) -> None:
    """Everything else is there."""
    page = visitor.open(script="delete window.SpeechRecognition; delete window.webkitSpeechRecognition;")
    expect(page.locator("#microphone")).to_be_hidden()
    expect(page.locator("#microphone-note")).to_be_hidden()
    expect(page.locator("#primary")).to_have_text("Start")


def test_by_keyboard_alone(visitor: Visitor) -> None:
    """The skip link leads to the buttons, and the space bar is the big button."""
    page = visitor.open(rate=2)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#primary")).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_ring(page, "speaking")


@pytest.mark.parametrize("width", [360, 640, 800, 1440])
def test_nothing_is_wider_than_the_screen(visitor: Visitor, width: int) -> None:
    """No sideways scrolling, and no words outside their button; 640 is a wide screen at 200 % zoom."""
    page = visitor.open()
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body, main *")].filter((one) =>
          one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
          .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert json.dumps(wide) == "[]"
