"""What a page in a real browser outlives: a reload, another tab, a restart of the server, and no server at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.studio.browser import (
    LocalServer,
    Visitor,
    begin_training,
    press,
    wait_for_place,
    wait_for_ring,
)

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

STALLS_AT = 100_000
"""About 17 s of a track."""
SAME_AS_BEFORE = """() => {
  const now = document.getElementById("left").textContent, same = now === window.before;
  window.before = now;
  return same;
}"""
STALLS = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const stall = () => { if (this.currentTime > 8) window.stalled = this; }; // and no slow beginning
  if (this.src.includes("track-")) this.addEventListener("waiting", stall);
  return play.call(this);
};
"""


def place_and_left(page: Page) -> tuple[str, str]:
    """The step, and the time left."""
    return page.locator("#now").get_attribute("data-place") or "", page.locator("#left").inner_text()


def test_a_reload_goes_on_in_place(visitor: Visitor) -> None:
    """The same step plays on; where the browser wants a tap first, one tap is enough."""
    page = visitor.open(rate=4)
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
    one, two = visitor.open(rate=4), visitor.open(rate=4)
    begin_training(one)
    begin_training(two)
    press(two, "Pauze")
    wait_for_ring(two, "paused")
    expect(one.locator("#echo")).to_have_attribute("data-ring", "playing")
    assert one.evaluate("sessionStorage['rugoefening.device']") != two.evaluate("sessionStorage['rugoefening.device']")
    assert one.evaluate("localStorage['rugoefening.account']") == two.evaluate("localStorage['rugoefening.account']")


def test_a_restart_of_the_server_is_survived(visitor: Visitor, server: LocalServer) -> None:
    """While it is away the page says so; then the same person goes on in the same step."""
    page = visitor.open(rate=4)
    begin_training(page)
    press(page, "Volgende")
    wait_for_place(page, "open_book/position")
    server.stop()
    press(page, "Volgende")
    expect(page.locator("#connection")).to_contain_text("De server is er niet")
    server.start()
    wait_for_place(page, "open_book/explanation")
    wait_for_ring(page, "playing")
    expect(page.locator("#connection")).to_have_text("")
    visitor.forgive_outage()


def test_a_stall_of_the_sound_stops_the_training_too(visitor: Visitor, server: LocalServer) -> None:
    """While no sound comes the device stays where it is, and pause keeps the place that was heard."""
    server.hold_tracks_at(bytes_of_sound=STALLS_AT)
    page = visitor.open(rate=4, script=STALLS)
    begin_training(page)
    page.wait_for_function("() => window.stalled")
    page.wait_for_function(SAME_AS_BEFORE, polling=1_000)  # it may come to a stop twice, and shows so a moment later
    place, left = place_and_left(page)
    page.wait_for_timeout(2_000)  # in which 8 s would sound
    assert place_and_left(page) == (place, left)
    press(page, "Pauze")
    wait_for_ring(page, "speaking")
    heard = page.evaluate("window.stalled.currentTime")
    kept = page.evaluate("JSON.parse(sessionStorage['rugoefening.was']).was")
    assert kept["activity"] == "STOPPED"
    assert abs(kept["offset_ms"] / 1000 - heard) < 1
    server.hold_tracks_at(bytes_of_sound=None)
    press(page, "Verder")
    wait_for_ring(page, "playing")
    page.wait_for_function("(before) => document.getElementById('left').textContent < before", arg=left)
