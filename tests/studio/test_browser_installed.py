"""The page as an app on a phone: it opens without its server, keeps the screen on, and obeys the media keys."""

from __future__ import annotations

import shutil
from pathlib import Path

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
from tests.studio.test_door import STATIC

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

SCREEN = """
window.held = [];
window.ahead_ms = 0;
const now = Date.now;
Date.now = () => now() + window.ahead_ms;
Object.defineProperty(navigator, "wakeLock", { value: { request: async (kind) => {
  const lock = new EventTarget();
  lock.released = false;
  lock.release = async () => { lock.released = true; window.held = window.held.filter((one) => one !== kind); };
  window.held.push(kind);
  return lock;
} } });
"""
KEYS = """
window.keys = {};
MediaSession.prototype.setActionHandler = function (action, handler) { window.keys[action] = handler; };
"""
KEPT = "caches.keys().then(async (names) => [names, await Promise.all(names.map(async (name) => " + (
    "(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))])"
)


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker has all it needs."""
    page.wait_for_function("() => navigator.serviceWorker.controller")


def test_it_opens_without_its_server_and_goes_on_by_itself(visitor: Visitor, server: LocalServer) -> None:
    """The whole page is there with a calm word; nobody has to do anything when the server comes back."""
    page = visitor.open(rate=4)
    wait_for_worker(page)
    server.stop()
    page.reload()
    expect(page.locator("#connection")).to_contain_text("De server is er niet")
    expect(page.locator("#now-step")).to_have_text("Drie rustige oefeningen voor je bovenrug")
    assert page.locator("#timeline .step").count() == 16
    server.start()
    expect(page.locator("#connection")).to_have_text("")
    press(page, "Start")
    wait_for_ring(page, "speaking")
    visitor.forgive_outage()


def test_it_keeps_the_page_and_nothing_else(visitor: Visitor) -> None:
    """What is heard or said is not kept, nor what the server answers."""
    page = visitor.open(rate=4)
    wait_for_worker(page)
    begin_training(page)
    [name], [kept] = page.evaluate(KEPT)
    assert name.startswith("rugoefening-")
    assert [one for one in kept if not one.startswith("/studio/static/")] == ["/", "/manifest.webmanifest"]


def test_a_new_version_takes_over_at_once(visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next load brings the new page, and what was kept of the old one is gone."""
    page = visitor.open()
    wait_for_worker(page)
    [before], _ = page.evaluate(KEPT)
    changed = Path(shutil.copytree(STATIC, tmp_path / "static"))
    (changed / "icon.svg").write_text("<svg/>", encoding="utf-8")
    monkeypatch.setattr("skill.studio.shell.STATIC", changed)
    page.reload()
    page.wait_for_function(
        "async (before) => { const names = await caches.keys(); return names.length === 1 && names[0] !== before; }",
        arg=before,
    )


def test_the_screen_stays_on_while_a_training_runs(visitor: Visitor) -> None:
    """By a stand-in at the browser's own interface: held while it runs, not in rest and not in a long pause."""
    page = visitor.open(rate=8, script=SCREEN)
    wait_for_worker(page)
    assert page.evaluate("held") == []
    press(page, "Start")
    page.wait_for_function("() => held.length === 1")
    press(page, "Stop")
    wait_for_ring(page, "rest")
    page.wait_for_function("() => held.length === 0")
    begin_training(page)
    page.wait_for_function("() => held.length === 1")
    press(page, "Pauze")
    wait_for_ring(page, "paused")
    assert page.evaluate("held") == ["screen"]
    page.evaluate("ahead_ms = 121_000")
    page.wait_for_function("() => held.length === 0")
    press(page, "Verder")
    page.wait_for_function("() => held.length === 1")


def test_the_media_keys_are_the_buttons_of_the_device(visitor: Visitor) -> None:
    """Next, previous, pause and play do what the remote control of an Echo does; the lock screen shows the step."""
    page = visitor.open(rate=4, script=KEYS)
    wait_for_worker(page)
    begin_training(page)
    assert sorted(page.evaluate("Object.keys(keys)")) == ["nexttrack", "pause", "play", "previoustrack"]
    page.evaluate("keys.nexttrack()")
    wait_for_place(page, "open_book/position")
    page.evaluate("keys.nexttrack()")
    wait_for_place(page, "open_book/explanation")
    page.wait_for_function("() => navigator.mediaSession.metadata?.title === 'Uitleg'")
    assert page.evaluate("navigator.mediaSession.metadata.artist") == "Het open boek"
    page.evaluate("keys.previoustrack()")
    wait_for_place(page, "open_book/position")
    page.evaluate("keys.pause()")
    wait_for_ring(page, "paused")
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"
    page.evaluate("keys.play()")
    wait_for_ring(page, "playing")
    page.wait_for_function("() => navigator.mediaSession.playbackState === 'playing'")
