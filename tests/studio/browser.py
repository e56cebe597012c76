"""The real page in a real Chromium, with the server in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from werkzeug.serving import make_server

from skill.settings import Settings
from skill.web import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FASTEST = 16
PATIENCE_MS = 60_000
STILL = """
const now = Date.now, { play, pause } = HTMLMediaElement.prototype, sounds = new Set(), held = new Set();
let since = null, lost = 0;
Date.now = () => (since ?? now()) - lost;
HTMLMediaElement.prototype.play = function () { sounds.add(this); held.delete(this); return play.call(this); };
HTMLMediaElement.prototype.pause = function () { held.delete(this); pause.call(this); };
window.hold = () => {
  since ??= now();
  for (const one of [...sounds].filter((sound) => !sound.paused)) { pause.call(one); held.add(one); }
  return true;
};
window.go = () => {
  if (since !== null) lost += now() - since;
  since = null;
  for (const one of held) play.call(one);
  held.clear();
};
"""
"""A script for a page whose time and sound the test can hold; an answer that is asked for meanwhile sounds."""
WIDE: ViewportSize = {"width": 1280, "height": 900}
SOUNDS = """
const RealAudio = window.Audio;
window.sounds = [];
window.Audio = class extends RealAudio { constructor() { super(); window.sounds.push(this); } };
"""
MUSIC = "sounds.find((one) => one.src.includes('track-'))"


class LocalServer:
    """The application on a port of this machine; it can be stopped and come back on the same port."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.port = 0
        self._flows = threading.Event()
        self._holds_at: int | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, as a process that was begun just now: it knows no device."""
        app: Flask = create_app(self._settings)
        self._server = make_server("127.0.0.1", self.port, self._held(app), threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def hold_tracks_at(self, bytes_of_sound: int | None) -> None:
        """Let no more of a track out than its first bytes, as a network that fails; None: let all of it out."""
        self._holds_at = bytes_of_sound
        if bytes_of_sound is None:
            self._flows.set()

    def _held(self, app: Flask) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            body = app(environ, start_response)
            return self._dripping(body) if "/track-" in environ["PATH_INFO"] and self._holds_at is not None else body

        return answer

    def _dripping(self, body: Iterable[bytes]) -> Iterator[bytes]:
        sent = 0
        for piece in body:
            if sent + len(piece) > (self._holds_at or 0):
                self._flows.wait(PATIENCE_MS / 1000)
            yield piece
            sent += len(piece)

    def stop(self) -> None:
        """Answer no more."""
        self._flows.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Visitor:
    """Somebody with a browser, who wants no motion unless the options say so: it would be drawn for nobody."""

    browser: Browser
    url: str
    options: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """Of the browser."""
    forgiven: set[str] = field(default_factory=set)
    """Words of complaints that belong to the test, whenever they come."""

    def __post_init__(self) -> None:
        options = {"locale": "nl-NL", "viewport": WIDE, "reduced_motion": "reduce", **self.options}
        self.context: BrowserContext = self.browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)

    @property
    def troubles(self) -> list[str]:
        """What the browser complained about, and was not forgiven."""
        return [one for one in self.complaints if not any(word in one for word in self.forgiven)]

    def forgive_outage(self) -> None:
        """Forgive what the browser says of a server that does not answer, or that does not know its device."""
        self.forgiven |= {"ERR_CONNECTION", "404", "fetching the script"}

    def tab(self) -> Page:
        """A new tab, whose complaints are noted."""
        page = self.context.new_page()
        page.on("console", lambda one: self.complaints.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def open(self, rate: float = FASTEST, *, script: str = "") -> Page:
        """Open the page in a new tab; the script runs before it."""
        page = self.tab()
        if script:
            page.add_init_script(script)
        page.goto(f"{self.url}/?snelheid={rate:g}")
        page.locator(".step").first.wait_for()
        return page


def wait_for_ring(page: Page, ring: str) -> None:
    """Wait until the light ring shows this."""
    page.locator(f"#echo[data-ring={ring}]").wait_for()


def wait_for_place(page: Page, place: str) -> None:
    """Wait until this step is there."""
    page.locator(f'#now[data-place="{place}"]').wait_for()


def stand_still(page: Page, ring: str, place: str = "") -> None:
    """Hold the time and the sound of a page with STILL as soon as it is there, however fast it goes."""
    wanted = f"body:has(#echo[data-ring={ring}])" + (f':has(#now[data-place*="{place}"])' if place else "")
    page.wait_for_function("(wanted) => document.querySelector(wanted) && hold()", arg=wanted)


def go_on(page: Page) -> None:
    """Let its time pass again."""
    page.evaluate("go()")


def press(page: Page, label: str) -> None:
    """Press one of the big buttons, as somebody who saw what it says now."""
    button = page.locator("#controls").get_by_role("button", name=label, exact=True)
    button.and_(page.locator(":not([data-rests])")).click()


def begin_training(page: Page, *, begun: bool = False) -> None:
    """From the welcome to the first exercise, without waiting for the end of the intro; ``begun``: which sounds now."""
    if not begun:
        press(page, "Start")
    expect(page.locator("#hint")).to_contain_text("Alexa, start”")
    say(page, "Alexa, start")
    wait_for_ring(page, "playing")


def say(page: Page, words: str) -> None:
    """Type what one would say."""
    page.locator("#words").fill(words)
    page.locator("#words").press("Enter")
