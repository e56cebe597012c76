"""How a page looks on screens of several sizes, and what axe-core and a ruler find in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from skill.settings import PROJECT

SCREENSHOTS = PROJECT / "build" / "screenshots"
SIZES = {360: 740, 640: 450, 800: 1000, 1440: 900}
"""A phone, a wide screen at 200 % zoom, a tablet, and a wide screen."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass
class Looks:
    """What was found in each state of a page on each of some sizes, with a picture of it, for the eye.

    Half of them are light and half of them dark: each state and each size is seen in both.
    """

    widths: Sequence[int] = tuple(SIZES)
    found: dict[str, list[str]] = field(default_factory=dict)

    def take(self, page: Page, state: str) -> None:
        """Look at the page as it is now."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        first = len(self.found) // len(self.widths)
        for number, width in enumerate(self.widths, first):
            scheme = SCHEMES[number % 2]
            name = f"{state}-{width}-{scheme}"
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": SIZES[width]})
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
            self.found[name] = violations(page, frames=not self.found)  # what is in a frame has looks of its own

    @property
    def amiss(self) -> dict[str, list[str]]:
        """Where something was found."""
        return {name: some for name, some in self.found.items() if some}


def violations(page: Page, *, frames: bool = True) -> list[str]:
    """What axe-core finds in the page, and its frames, by rule and element."""
    for frame in page.frames if frames else (page.main_frame,):
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "(iframes) => axe.run({resultTypes: ['violations'], iframes}).then((result) => result.violations)", frames
    )
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def too_wide(page: Page, but: str = "none") -> list[str]:
    """What is wider than its place, as words outside their button; ``but``: what may be, a CSS selector."""
    found: list[str] = page.evaluate(
        """(but) => [...document.querySelectorAll("body, main *")].filter((one) => !one.matches(but) &&
          one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
          .map((one) => one.outerHTML.slice(0, 80))""",
        but,
    )
    return found
