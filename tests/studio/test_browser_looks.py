"""What the page looks like in a real browser, and whether everybody can use it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from skill.settings import PROJECT
from tests.studio.browser import (
    PATIENCE_MS,
    LocalServer,
    Visitor,
    begin_training,
    press,
    say,
    violations,
    wait_for_place,
    wait_for_ring,
)

SCREENSHOTS = PROJECT / "build" / "screenshots"
SIZES = {360: 740, 640: 450, 800: 1000, 1440: 900}
"""A phone, a wide screen at 200 % zoom, a tablet, and a wide screen."""
SCHEMES = ("light", "dark")
OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.outerHTML.slice(0, 60), style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
}"""


def calm(chromium: Browser, server: LocalServer, scheme: str) -> Visitor:
    """Somebody who wants no motion, so that every colour is the one that stays."""
    return Visitor(chromium, server.url, {"color_scheme": scheme, "reduced_motion": "reduce"})


def in_every_state(visitor: Visitor, look: Callable[[Page, str], None]) -> None:
    """Look at the page in every state that it can be in."""
    page = visitor.open(rate=1)
    look(page, "rest")
    press(page, "Start")
    wait_for_ring(page, "speaking")
    look(page, "speaking")
    begin_training(page, begun=True)
    page.locator("#timeline").get_by_role("button", name="Rechterkant").first.click()
    wait_for_place(page, "open_book/right_side")
    look(page, "playing")
    press(page, "Pauze")
    wait_for_ring(page, "listening")
    look(page, "listening")
    wait_for_ring(page, "paused")
    look(page, "paused")
    step_by_step = visitor.open(rate=1)
    press(step_by_step, "Start")
    expect(step_by_step.locator("#hint")).to_contain_text("Alexa, start”", timeout=PATIENCE_MS)
    say(step_by_step, "Alexa, stap voor stap")
    step_by_step.locator("#caption", has_text="stap voor stap").wait_for()
    press(step_by_step, "Start")
    step_by_step.locator("#now-exercise", has_text="Oefening").wait_for()
    look(step_by_step, "stepping")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(
    chromium: Browser, server: LocalServer, scheme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing keeps somebody out, in every state and on every size; pictures of it all, for the eye, in build/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    visitor = calm(chromium, server, scheme)
    found: dict[str, list[str]] = {}

    def look(page: Page, state: str) -> None:
        for width, height in SIZES.items():
            name = f"{state}-{width}-{scheme}"
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
            found[name] = violations(page)

    in_every_state(visitor, look)
    visitor.context.close()
    with capsys.disabled():
        print(f"\n{len(found)} screenshots ({scheme}) in {SCREENSHOTS}")  # noqa: T201  # where to look is the point
    assert {name: some for name, some in found.items() if some} == {}
    assert len(found) == 6 * len(SIZES)
    assert visitor.troubles == []


@pytest.mark.parametrize("path", ["/privacy", "/voorwaarden"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_other_pages(chromium: Browser, server: LocalServer, scheme: str, path: str) -> None:
    """The pages with text."""
    visitor = calm(chromium, server, scheme)
    page = visitor.context.new_page()
    page.goto(server.url + path)
    assert violations(page) == []
    visitor.context.close()


@pytest.mark.parametrize("width", SIZES)
def test_nothing_is_wider_than_the_screen(visitor: Visitor, width: int) -> None:
    """No sideways scrolling, and no words outside their button."""
    page = visitor.open()
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body, main *")].filter((one) =>
          one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
          .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert json.dumps(wide) == "[]"


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_who_wants_no_motion_gets_none(chromium: Browser, server: LocalServer, motion: str) -> None:
    """The ring moves while it speaks and plays, but not for everybody."""
    visitor = Visitor(chromium, server.url, {"reduced_motion": motion})
    page = visitor.open(rate=1)
    press(page, "Start")
    wait_for_ring(page, "speaking")
    speaking = page.evaluate("document.getAnimations().length")
    begin_training(page, begun=True)
    playing = page.evaluate("document.getAnimations().length")
    assert (speaking > 0, playing > 0) == ((False, False) if motion == "reduce" else (True, True))
    visitor.context.close()


def test_a_whole_training_by_keyboard(visitor: Visitor) -> None:
    """The skip link leads to the buttons, Enter and space press them, and one always sees where one is."""
    page = visitor.open(rate=8)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#primary")).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_ring(page, "speaking")
    expect(page.locator("#hint")).to_contain_text("Alexa, start”", timeout=PATIENCE_MS)
    page.keyboard.press("Space")
    wait_for_ring(page, "playing")
    page.keyboard.press("Enter")
    wait_for_ring(page, "listening")
    page.keyboard.press("Enter")
    wait_for_ring(page, "playing")
    last_step = page.locator("#timeline button").last
    for _ in range(40):
        page.keyboard.press("Tab")
        what, outlined = page.evaluate(OUTLINED)
        assert outlined, what
        if last_step.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#now-exercise")).to_have_text("Klaar", timeout=PATIENCE_MS)
