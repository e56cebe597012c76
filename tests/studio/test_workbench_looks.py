"""What the workbench looks like in a real browser, and whether everybody can use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.studio.bench import Owner
from tests.studio.looks import SCREENSHOTS, SIZES, Looks, too_wide


def test_axe_finds_nothing(builder: Owner, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing keeps somebody out, at rest, with a mistake, and with messages open; pictures of it all in build/."""
    looks = Looks(widths=(360, 1440))
    looks.take(builder.page, "workbench-rest")
    builder.type("posture: floor", "posture: flor")
    builder.page.locator("#save").click()
    expect(builder.page.locator("#remarks li.wrong")).to_have_count(1)
    looks.take(builder.page, "workbench-mistake")
    builder.say("Alexa, start rugoefening")
    builder.page.locator("#messages summary").first.click()
    expect(builder.page.locator("#messages .json")).to_have_count(2)
    looks.take(builder.page, "workbench-messages")
    with capsys.disabled():
        print(f"\n{len(looks.found)} screenshots in {SCREENSHOTS}")  # noqa: T201  # where to look is the point
    assert looks.amiss == {}
    assert len(looks.found) == 6


def test_nothing_is_wider_than_the_screen(owner: Owner) -> None:
    """No sideways scrolling but in the text and the JSON; 640 is a wide screen at 200 % zoom."""
    page = owner.page
    owner.say("Alexa, start rugoefening")
    page.locator("#messages summary").click()
    for width in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        assert too_wide(page, but="#text, pre") == []
