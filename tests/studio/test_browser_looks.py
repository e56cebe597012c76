"""What the page looks like in a real browser, and whether everybody can use it."""

from __future__ import annotations

import json

import pytest

from tests.studio.browser import Visitor


@pytest.mark.parametrize("width", [360, 640, 800, 1440])
def test_nothing_is_wider_than_the_screen(visitor: Visitor, width: int) -> None:
    """No sideways scrolling, and no words outside their button; 640 is a wide screen at 200 % zoom."""
    page = visitor.open()
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body, main *")].filter((one) =>
          one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
          .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert json.dumps(wide) == "[]"
