"""What the workbench looks like in a real browser, and whether everybody can use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.studio.bench import Owner
from tests.studio.browser import FASTEST
from tests.studio.looks import SCREENSHOTS, SIZES, Looks, too_wide
from tests.studio.owner import change

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const accent = getComputedStyle(document.getElementById("play")).borderColor;
  const around = one.id === "text" && accent === getComputedStyle(one.closest(".editor")).borderColor;
  const outlined = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
  return [one.dataset.number ?? null, outlined || around || one.id === "echo"];
}"""


def test_axe_finds_nothing(builder: Owner, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing keeps somebody out: at rest, with a mistake and a conflict, with messages open; pictures in build/."""
    looks = Looks(widths=(360, 1440))
    looks.take(builder.page, "workbench-rest")
    builder.type("posture: floor", "posture: flor")
    builder.page.locator("#save").click()
    expect(builder.page.locator("#remarks li.wrong")).to_have_count(1)
    builder.type("posture: flor", "posture: floo")
    change(builder.settings, "# Rules", "# Other rules")
    expect(builder.page.locator("#keep-mine")).to_be_visible()
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


CONTROLS = ".skip, .top a, main :is(button, select, input, textarea, summary, iframe, [tabindex='0'])"


@pytest.mark.parametrize("pace", [FASTEST])
def test_everything_is_done_by_keyboard(owner: Owner) -> None:
    """Tab reaches every control in the order of the page, with an outline; Enter plays a line; the text lets go."""
    page = owner.page
    page.locator("#text").press("Tab")
    assert page.evaluate("document.activeElement.id") != "text"
    row = page.locator(owner.row("Wijs met je armen recht naar voren")).first
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pauzeer")
    page.locator("#play").focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Speel")
    page.locator("#score").evaluate("score => score.replaceChildren(score.querySelector('.track'))")  # far fewer lines
    wanted = page.locator(CONTROLS).evaluate_all(
        """all => all.filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).map((one, number) =>
          (one.dataset.number = number))"""
    )
    page.locator("#last-only").focus()
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }")
    seen: list[int] = []
    for _ in range(len(wanted) + 40):
        page.keyboard.press("Tab")
        number, outlined = page.evaluate(FOCUSED)
        if number is not None and int(number) not in seen:
            seen.append(int(number))
            assert outlined, page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        if len(seen) == len(wanted):
            break
    assert seen == wanted


def test_nothing_moves_for_who_wants_no_motion(owner: Owner) -> None:
    """Colours of the buttons fade for others only."""
    fades = "getComputedStyle(document.querySelector('.chip')).transitionDuration"
    owner.page.emulate_media(reduced_motion="no-preference")
    assert owner.page.evaluate(fades) != "0s"
    owner.page.emulate_media(reduced_motion="reduce")
    assert owner.page.evaluate(fades) == "0s"
    assert owner.page.evaluate("document.getAnimations().length") == 0
