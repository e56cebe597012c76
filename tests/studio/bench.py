"""The workbench in a real browser, and what somebody does with it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Page

from skill.settings import Settings
from tests.studio.browser import Visitor


@dataclass
class Owner:
    """Somebody at the workbench, with a folder of text."""

    page: Page
    settings: Settings
    visitor: Visitor

    @property
    def echo(self) -> FrameLocator:
        """The Echo in the page."""
        return self.page.frame_locator("#echo")

    def say(self, words: str) -> None:
        """Say something to the Echo."""
        self.echo.locator("#words").fill(words)
        self.echo.locator("#words").press("Enter")

    def wait_for_ring(self, ring: str) -> None:
        """Wait until the light ring of the Echo shows this."""
        self.echo.locator(f"#echo[data-ring={ring}]").wait_for()

    def begin_training(self) -> None:
        """Until the first exercise plays."""
        self.say("Alexa, start rugoefening")
        self.wait_for_ring("speaking")
        self.say("Alexa, start")
        self.wait_for_ring("playing")

    def type(self, old: str, new: str) -> None:
        """Type something else in the place of some words of the text."""
        self.page.locator("#text").evaluate(
            """(area, words) => {
              const at = area.value.indexOf(words);
              if (at < 0) throw new Error(`not in the text: ${words}`);
              area.focus();
              area.setSelectionRange(at, at + words.length);
            }""",
            old,
        )
        self.page.keyboard.insert_text(new)

    def row(self, text: str) -> str:
        """The time line's row with this text."""
        return f'.score-row:has-text("{text}")'
