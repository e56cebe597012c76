"""What the page looks like in a real browser, and whether everybody can use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.studio.browser import (
    STILL,
    LocalServer,
    Visitor,
    begin_training,
    go_on,
    press,
    say,
    stand_still,
    wait_for_ring,
)
from tests.studio.looks import SCHEMES, SCREENSHOTS, SIZES, Looks, too_wide, violations

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.outerHTML.slice(0, 60), style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
}"""


def in_every_state(visitor: Visitor, look: Callable[[Page, str], None]) -> None:
    """Look at the page in every state that it can be in; it stands still meanwhile."""

    def look_at(page: Page, state: str, ring: str, place: str = "") -> None:
        stand_still(page, ring, place)
        look(page, state)
        expect(page.locator("#echo")).to_have_attribute("data-ring", ring)

    page = visitor.open(script=STILL)
    look(page, "rest")
    press(page, "Start")
    look_at(page, "speaking", "speaking")
    say(page, "Alexa, start")
    go_on(page)
    stand_still(page, "playing")
    page.locator("#timeline").get_by_role("button", name="Rechterkant").first.click()
    go_on(page)
    look_at(page, "playing", "playing", "open_book/right_side")
    press(page, "Pauze")
    go_on(page)
    look_at(page, "listening", "listening")
    go_on(page)
    look_at(page, "paused", "paused")
    step_by_step = visitor.open(script=STILL)
    press(step_by_step, "Start")
    stand_still(step_by_step, "speaking")
    say(step_by_step, "Alexa, stap voor stap")
    step_by_step.locator("#caption", has_text="stap voor stap").wait_for()
    say(step_by_step, "Alexa, start")
    look_at(step_by_step, "stepping", "speaking", "open_book/")


def test_axe_finds_nothing(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing keeps somebody out, in every state on every size; pictures of it all in build/."""
    looks = Looks()
    in_every_state(visitor, looks.take)
    with capsys.disabled():
        print(f"\n{len(looks.found)} screenshots in {SCREENSHOTS}")  # noqa: T201  # where to look is the point
    assert looks.amiss == {}
    assert len(looks.found) == 6 * len(SIZES)


@pytest.mark.parametrize("path", ["/privacy", "/voorwaarden"])
def test_axe_finds_nothing_on_the_other_pages(visitor: Visitor, path: str) -> None:
    """The pages with text."""
    page = visitor.tab()
    page.goto(visitor.url + path)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_nothing_is_wider_than_the_screen(visitor: Visitor) -> None:
    """No sideways scrolling, and no words outside their button."""
    page = visitor.open()
    for width in (320, *SIZES):
        page.set_viewport_size({"width": width, "height": 800})
        assert too_wide(page) == []
    press(page, "Start")
    expect(page.locator("#primary")).to_have_text("Begin meteen")
    page.set_viewport_size({"width": 320, "height": 800})
    assert too_wide(page) == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_who_wants_no_motion_gets_none(chromium: Browser, server: LocalServer, motion: str) -> None:
    """The ring moves while it speaks and plays, but not for everybody."""
    visitor = Visitor(chromium, server.url, {"reduced_motion": motion})
    page = visitor.open(rate=4)
    press(page, "Start")
    wait_for_ring(page, "speaking")
    speaking = page.evaluate("document.getAnimations().length")
    begin_training(page, begun=True)
    playing = page.evaluate("document.getAnimations().length")
    assert (speaking > 0, playing > 0) == ((False, False) if motion == "reduce" else (True, True))
    visitor.context.close()


def test_a_training_by_keyboard(visitor: Visitor) -> None:
    """The skip link leads to the buttons, Enter and space press them, and one always sees where one is."""
    page = visitor.open(rate=8)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    primary = page.locator("#primary:not([data-rests])")
    expect(primary).to_be_focused()
    page.keyboard.press("Enter")
    expect(primary).to_have_text("Begin meteen")
    page.keyboard.press("Space")
    expect(primary).to_have_text("Pauze")
    page.keyboard.press("Enter")
    expect(primary).to_have_text("Verder")
    page.keyboard.press("Enter")
    expect(primary).to_have_text("Pauze")
    last_step = page.locator("#timeline button").last
    for _ in range(40):
        page.keyboard.press("Tab")
        what, outlined = page.evaluate(OUTLINED)
        assert outlined, what
        if last_step.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#now-exercise")).to_have_text("Klaar")
