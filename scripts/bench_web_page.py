"""What bench.py does with one tab: load the page, press its buttons, go through a training, and look at the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

PATIENCE_MS = 120_000
FASTEST = 16
_TIMES = """() => {
  const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
  const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return [
    Math.max(at("first-contentful-paint"), at("usable")),
    loaded.filter((one) => !one.name.includes("/audio/")).reduce((sum, one) => sum + one.transferSize, 0),
  ];
}"""
_LISTEN = """
window.sounds = [];
let pressed = 0;
addEventListener("click", (event) => (pressed = event.timeStamp), true);
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const heard = () => { if (pressed) window.sounds.push(performance.now() - pressed); pressed = 0; };
  this.addEventListener("playing", heard, { once: true });
  return play.call(this);
};
"""


@dataclass(frozen=True)
class Load:
    """One load of a page by somebody who was never here."""

    usable_ms: float
    """From the address to a page that is drawn and whose buttons work."""
    bytes: int
    """All that came over the line, headers included, audio left out."""


@dataclass(frozen=True)
class Memory:
    """What a tab holds when nothing more can be thrown away."""

    heap_bytes: int
    nodes: int


def first_load(page: Page, url: str, *, slowed: int) -> Load:
    """Load an address with a processor that seems so many times slower."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    usable_ms, loaded = page.evaluate(_TIMES)
    return Load(usable_ms, round(loaded))


def presses(page: Page, url: str, then: Sequence[str], moment_ms: int) -> list[float]:
    """How long the first press of a new page takes to sound (ms), and then others in the first exercise."""
    page.add_init_script(_LISTEN)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    found = [_press(page, "start", moment_ms)]
    if then:
        _begin(page, moment_ms)
    return found + [_press(page, wish, moment_ms) for wish in then]


def training(page: Page, url: str, *, whole: bool, moment_ms: int) -> Memory:
    """Go through a training at sixteen times its tempo, or its first steps; what the tab holds after it."""
    if page.url == "about:blank":
        page.goto(f"{url}/?snelheid={FASTEST}")
    _ring(page, "rest")
    _click(page, "start")
    _ring(page, "speaking")
    _begin(page, moment_ms)
    if whole:
        page.locator("#now-exercise", has_text="Klaar").wait_for(timeout=PATIENCE_MS)
    else:
        for wish in ("next", "next", "pause"):
            _click(page, wish)
            page.wait_for_timeout(moment_ms)
    return _memory(page)


def _begin(page: Page, moment_ms: int) -> None:
    """From the words before the training to its first exercise, without waiting for their end."""
    page.locator("#primary[title$=', start']").wait_for(timeout=PATIENCE_MS)
    _click(page, "start")
    _ring(page, "playing")
    page.wait_for_timeout(moment_ms)


def _press(page: Page, wish: str, moment_ms: int) -> float:
    page.evaluate("window.sounds.length = 0")
    _click(page, wish)
    page.wait_for_function("() => window.sounds.length > 0", timeout=PATIENCE_MS)
    page.wait_for_timeout(moment_ms)
    return float(page.evaluate("window.sounds[0]"))


def _click(page: Page, wish: str) -> None:
    page.locator(f"[data-wish={wish}]:not([data-rests])").click(timeout=PATIENCE_MS)


def _ring(page: Page, ring: str) -> None:
    page.locator(f"#echo[data-ring={ring}]").wait_for(timeout=PATIENCE_MS)


def _memory(page: Page) -> Memory:
    developer = page.context.new_cdp_session(page)
    developer.send("HeapProfiler.collectGarbage")
    developer.send("Performance.enable")
    known = {one["name"]: one["value"] for one in developer.send("Performance.getMetrics")["metrics"]}
    developer.detach()
    return Memory(round(known["JSHeapUsedSize"]), round(known["Nodes"]))
