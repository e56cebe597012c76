"""What a press or a word does to the sound of a real browser: at once, once, and with no server too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.studio.browser import (
    MUSIC,
    SOUNDS,
    LocalServer,
    Visitor,
    begin_training,
    press,
    say,
    wait_for_place,
    wait_for_ring,
)

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

SOUNDING = "sounds.filter((one) => !one.paused && !one.ended && one.src).map((one) => one.src.match(/clip|track/)[0])"


def wait_for_sound(page: Page, kind: str) -> None:
    """Wait until only this comes out of the loudspeaker: a clip or a track; empty: nothing."""
    page.wait_for_function(f"(wanted) => {SOUNDING}.join() === wanted", arg=kind)


class Line:
    """The line to the server: answers may be held for as long as a test likes."""

    def __init__(self, page: Page) -> None:
        self.waiting: list[Route] = []
        self.holds = False
        page.route("**/studio/devices/**", self._take)

    def let_go(self) -> None:
        """Hold nothing any more."""
        self.holds = False
        for route in self.waiting:
            route.continue_()
        self.waiting.clear()

    def _take(self, route: Route) -> None:
        if self.holds:
            self.waiting.append(route)
        else:
            route.continue_()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """The page, of which one can see what sounds."""
    return visitor.open(rate=4, script=SOUNDS)


def test_start_pressed_thrice_does_not_pass_the_safety_words(page: Page) -> None:
    """Three hasty clicks are one wish; the button then says that it skips the words, and a later press does so."""
    primary = page.locator("#primary")
    for _ in range(3):
        primary.click()
        page.wait_for_timeout(300)
    expect(primary).to_have_text("Begin meteen")
    wait_for_sound(page, "clip")
    assert page.locator("#transcript .you").all_inner_texts() == ["Alexa, start rugoefening"]
    page.get_by_role("button", name="Rechterkant").first.click()
    expect(page.locator("#transcript .note")).to_contain_text("Luister eerst naar de uitleg")
    wait_for_sound(page, "clip")
    press(page, "Begin meteen")
    wait_for_sound(page, "track")


def test_a_double_click_is_one_wish(page: Page) -> None:
    """On every button and step: the second click of two is no second "next"."""
    begin_training(page)
    page.locator("[data-wish=next]").dblclick()
    wait_for_place(page, "open_book/position")
    page.locator("#timeline").get_by_role("button", name="Linkerkant").last.dblclick()
    wait_for_place(page, "seated_turn/left_side")
    said = page.locator("#transcript .you").all_inner_texts()
    assert said[2:] == ["Alexa, volgende", "Alexa, vraag rugoefening naar oefening twee", "Knop: volgende × 4"]


def test_a_press_silences_the_sound_until_the_answer_is_there(page: Page) -> None:
    """However slow the answer is; words that change nothing let it go on from the same place."""
    line = Line(page)
    begin_training(page)
    wait_for_sound(page, "track")
    line.holds = True
    say(page, "Alexa, hoe laat is het?")
    wait_for_sound(page, "")
    stood = page.evaluate(f"{MUSIC}.currentTime")
    page.wait_for_timeout(500)
    assert page.evaluate(f"[{MUSIC}.currentTime, {SOUNDING}]") == [stood, []]
    line.let_go()
    wait_for_sound(page, "track")
    assert page.evaluate(f"{MUSIC}.currentTime") < stood + 4
    line.holds = True
    say(page, "niemand luistert hiernaar")
    wait_for_sound(page, "")
    line.let_go()
    wait_for_sound(page, "track")
    line.holds = True
    press(page, "Pauze")
    wait_for_sound(page, "")
    line.let_go()
    wait_for_sound(page, "clip")


@pytest.mark.parametrize(
    ("label", "answer"),
    [("Stop", "Goed, we stoppen."), ("Ik heb pijn", "Stop met bewegen.")],
)
def test_without_a_server_a_press_is_silent_and_never_lost(
    visitor: Visitor, server: LocalServer, label: str, answer: str
) -> None:
    """It is told when the server is back, however long that takes; until then, and behind it, nothing goes on."""
    page = visitor.open(
        rate=4, script=f"{SOUNDS} window.ahead = 0; const now = Date.now; Date.now = () => now() + ahead;"
    )
    begin_training(page)
    wait_for_sound(page, "track")
    server.stop()
    press(page, label)
    wait_for_sound(page, "")
    expect(page.locator("#connection")).to_contain_text("Het geluid staat stil")
    expect(page.locator("#ring-word")).to_have_text("Wacht op de server")
    page.evaluate("ahead = 60_000")
    assert page.evaluate("JSON.parse(sessionStorage['rugoefening.was']).was.activity") == "STOPPED"
    server.start()
    expect(page.locator("#transcript .echo-says").last).to_contain_text(answer)
    expect(page.locator("#connection")).to_have_text("")
    assert "track" not in page.evaluate(SOUNDING)
    visitor.forgive_outage()


def test_a_page_that_is_loaded_again_without_its_server_stays_silent(visitor: Visitor, server: LocalServer) -> None:
    """Somebody pressed pause, and then loaded the page again: nothing goes on by itself."""
    page = visitor.open(rate=4, script=SOUNDS)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    begin_training(page)
    server.stop()
    press(page, "Pauze")
    wait_for_sound(page, "")
    page.reload()
    server.start()
    wait_for_ring(page, "paused")
    wait_for_sound(page, "")
    visitor.forgive_outage()


def test_other_wishes_without_a_server_are_given_up_after_a_while(visitor: Visitor, server: LocalServer) -> None:
    """A "next" of long ago is not meant any more: the training goes on where it was."""
    page = visitor.open(
        rate=4, script=f"{SOUNDS} window.ahead = 0; const now = Date.now; Date.now = () => now() + ahead;"
    )
    begin_training(page)
    wait_for_sound(page, "track")
    server.stop()
    press(page, "Volgende")
    wait_for_sound(page, "")
    expect(page.locator("#connection")).to_contain_text("De server is er niet")
    page.evaluate("ahead = 16_000")
    server.start()
    wait_for_sound(page, "track")
    wait_for_place(page, "open_book/to_floor")
    assert "Alexa, volgende" not in page.locator("#transcript .you").all_inner_texts()
    visitor.forgive_outage()


def test_a_refused_pain_stays_silent(page: Page, visitor: Visitor) -> None:
    """The server fails: nothing goes on by itself, and the page says that something is wrong."""
    begin_training(page)
    wait_for_sound(page, "track")
    page.route("**/studio/devices/**", lambda route: route.fulfill(status=500, json={}))
    press(page, "Ik heb pijn")
    expect(page.locator("#connection")).to_contain_text("Er ging iets mis")
    wait_for_sound(page, "")
    page.unroute_all()
    page.wait_for_timeout(300)
    wait_for_sound(page, "")
    press(page, "Pauze")
    wait_for_sound(page, "clip")
    visitor.forgiven |= {"500", "status 500"}


def test_the_end_looks_like_an_end(visitor: Visitor) -> None:
    """Behind the closing by "next"; and after "stop" in a pause, which really stops."""
    page = visitor.open(script=SOUNDS)
    begin_training(page)
    press(page, "Pauze")
    wait_for_ring(page, "paused")
    press(page, "Stop")
    expect(page.locator("#transcript .you").last).to_have_text("Alexa, vraag rugoefening naar stoppen")
    expect(page.locator("#now-exercise")).to_have_text("Gestopt")
    wait_for_ring(page, "rest")
    page.reload()
    expect(page.locator("#now-exercise")).to_have_text("Gestopt")
    press(page, "Verder")
    wait_for_sound(page, "track")
    page.get_by_role("button", name="Afsluiting").click()
    wait_for_place(page, "elbows_up/closing")
    press(page, "Volgende")
    expect(page.locator("#now-exercise")).to_have_text("Klaar")
    wait_for_ring(page, "rest")
    expect(page.locator("#primary")).to_have_text("Start")
    expect(page.locator("[data-wish=next]")).to_have_attribute("aria-disabled", "true")
