"""The workbench in a real browser: an owner edits, hears it, tries the switches, and lets things go wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from scripts.chromium import find_chromium
from skill.settings import Settings
from tests.studio.browser import FASTEST, PATIENCE_MS, LocalServer, Visitor
from tests.studio.owner import FILE, OTHER, SENTENCE, change, line_of, owned

SPOKEN = "Leg die voet rustig over het andere been."


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here; install the system's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


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

    def hurry(self) -> None:
        """Let time in the Echo pass faster."""
        self.page.locator("#echo").evaluate(f"frame => {{ frame.src = '/?snelheid={FASTEST}'; }}")
        self.echo.locator("body").wait_for()
        expect(self.echo.locator("#hint")).to_contain_text("rugoefening", timeout=PATIENCE_MS)

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
        """Change the text in the page."""
        text = self.page.locator("#text").input_value()
        assert old in text
        self.page.locator("#text").fill(text.replace(old, new, 1))

    def row(self, text: str) -> str:
        """The time line's row with this text."""
        return f'.score-row:has-text("{text}")'


@pytest.fixture
def mine(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The folder of an owner who edits."""
    return owned(settings, tmp_path, monkeypatch)


@pytest.fixture
def building(mine: Settings, tmp_path: Path) -> Settings:
    """The same, with a copy of the audio that a build may change, and a second voice."""
    packs = Path(shutil.copytree(mine.packs, tmp_path / "packs"))
    shutil.copytree(packs / "espeak", packs / "tweede")
    return replace(mine, packs=packs)


def visit(chromium: Browser, settings: Settings) -> Iterator[Owner]:
    """Open the workbench on a server of its own; the browser has nothing to complain about."""
    expect.set_options(timeout=PATIENCE_MS)
    server = LocalServer(settings)
    visitor = Visitor(chromium, server.url)
    page = visitor.context.new_page()
    page.on("console", lambda one: visitor.troubles.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
    page.goto(f"{server.url}/werkbank")
    page.locator(".score-row").first.wait_for()
    yield Owner(page, settings, visitor)
    visitor.context.close()
    server.stop()
    assert visitor.troubles == []


@pytest.fixture
def owner(chromium: Browser, mine: Settings) -> Iterator[Owner]:
    """Somebody who edits."""
    yield from visit(chromium, mine)


@pytest.fixture
def builder(chromium: Browser, building: Settings) -> Iterator[Owner]:
    """Somebody who edits and builds."""
    yield from visit(chromium, building)


def test_the_text_stands_beside_its_sound(owner: Owner) -> None:
    """A click on a line of the time line plays it and marks its line of the text; a click in the text goes there."""
    page = owner.page
    expect(page.locator(".score-row.head").first).to_contain_text("72,0 s")
    row = page.locator(owner.row("Wijs met je armen recht naar voren")).first
    row.click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pauzeer")
    expect(row).to_have_attribute("aria-current", "true")
    line = line_of(owner.settings, "Wijs met je armen recht naar voren")
    expect(page.locator("#marks .sounds")).to_have_attribute("data-line", str(line))
    expect(page.locator("#sounding")).to_contain_text("Wijs met je armen")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Speel")  # the line is over
    other = line_of(owner.settings, "Draaien op je stoel: de houding.")
    page.locator(f'#numbers [data-line="{other}"]').click()
    expect(page.locator("#sounding")).to_contain_text("Draaien op je stoel: de houding.")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Speel")
    page.locator("#text").evaluate(
        """(area, text) => {
          const at = area.value.indexOf(text);
          area.setSelectionRange(at, at);
          area.dispatchEvent(new Event("click"));
        }""",
        "Ga vooraan op je stoel zitten. Zet",
    )
    line = line_of(owner.settings, "Ga vooraan op je stoel zitten. Zet")
    expect(page.locator("#marks .sounds")).to_have_attribute("data-line", str(line))
    expect(page.locator(owner.row("Ga vooraan op je stoel zitten. Zet")).first).to_have_attribute(
        "aria-current", "true"
    )


def test_the_prompts_stand_beside_their_sound(owner: Owner) -> None:
    """The other file of the text: every clip with its prompt."""
    page = owner.page
    page.locator("#file").select_option("prompts/nl.yaml")
    row = page.locator(owner.row("Pauze. Pijn? Stop dan.")).first
    row.click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pauzeer")
    lines = owner.settings.prompts_file.read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("  pause_short:"))
    expect(page.locator("#marks .sounds")).to_have_attribute("data-line", str(line))


def test_what_the_echo_plays_is_marked_too(owner: Owner) -> None:
    """The line of the text that sounds in the training beside it."""
    owner.begin_training()
    expect(owner.page.locator("#sounding")).to_contain_text("Oefening één: het open boek.")
    line = line_of(owner.settings, "Oefening één: het open boek.")
    expect(owner.page.locator("#marks .sounds")).to_have_attribute("data-line", str(line))


def test_a_line_is_edited_and_heard(builder: Owner) -> None:
    """Saved in the page: one sentence is made, and time line, sound and Echo follow by themselves."""
    page = builder.page
    expect(page.locator("#save")).to_be_disabled()
    builder.type(SENTENCE, OTHER)
    page.keyboard.press("Control+s")
    expect(page.locator("#build-text")).to_contain_text("1 zin ingesproken")
    row = page.locator(builder.row(SPOKEN)).first
    with page.expect_response(lambda one: "/audio/espeak/track-" in one.url) as fetched:
        row.click()
    assert fetched.value.ok
    expect(page.locator("#sounding")).to_have_text(SPOKEN)
    assert OTHER in (builder.settings.content / FILE).read_text(encoding="utf-8")
    builder.hurry()
    builder.begin_training()
    expect(builder.echo.locator("#transcript")).to_contain_text(SPOKEN)


def test_a_file_saved_in_another_editor(builder: Owner) -> None:
    """The page takes the new text, its audio is made, and the time line follows."""
    change(builder.settings, SENTENCE, OTHER)
    expect(builder.page.locator(builder.row(SPOKEN)).first).to_be_visible(timeout=PATIENCE_MS)
    assert OTHER in builder.page.locator("#text").input_value()


def test_mistakes_stand_at_their_lines(builder: Owner) -> None:
    """All of them, marked in the text and listed under it; a click leads there, and mending them clears the list."""
    page = builder.page
    builder.type("posture: floor", "posture: flor")
    builder.type("- rest: 15", "- rest: veel")
    page.locator("#save").click()
    remarks = page.locator("#remarks li.wrong")
    expect(remarks).to_have_count(2)
    line = line_of(builder.settings, "rest: veel")
    expect(remarks.nth(1)).to_contain_text(f"bovenrug.yaml, regel {line} ")
    expect(page.locator("#build-text")).to_contain_text("Er staan fouten in de tekst")
    expect(page.locator("#numbers .wrong")).to_have_text([str(line_of(builder.settings, "posture: flor")), str(line)])
    remarks.nth(1).get_by_role("button").click()
    assert page.evaluate("document.activeElement.id") == "text"
    selected = page.locator("#text").evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert selected.strip() == "- rest: veel"
    builder.type("posture: flor", "posture: floor")
    builder.type("- rest: veel", "- rest: 15")
    page.locator("#save").click()
    expect(page.locator("#build-text")).to_contain_text("niets veranderd")
    expect(remarks).to_have_count(0)
    expect(page.locator("#numbers .wrong")).to_have_count(0)


def test_nothing_of_another_editor_is_overwritten(builder: Owner) -> None:
    """While the text here is not saved: the page says so, refuses to save, and offers to load what is there."""
    page = builder.page
    builder.type("# Rules", "# Mine")
    change(builder.settings, SENTENCE, OTHER)
    expect(page.locator("#notice")).to_contain_text("intussen ergens anders veranderd")
    page.locator("#save").click()
    expect(page.locator("#notice")).to_contain_text("Er is niets overschreven")
    assert "# Mine" not in (builder.settings.content / FILE).read_text(encoding="utf-8")
    page.locator("#take-new").click()
    expect(page.locator("#notice")).to_be_hidden()
    assert OTHER in page.locator("#text").input_value()
    builder.visitor.troubles = [one for one in builder.visitor.troubles if "409" not in one]


def test_level_and_tempo(owner: Owner) -> None:
    """The switches say the words, and what the Echo plays is shown, beside it and on the time line."""
    page = owner.page
    owner.begin_training()
    expect(page.locator("#level-now")).to_have_text("basis")
    owner.say("Alexa, pauze")
    owner.wait_for_ring("speaking")
    for label, said in (("Makkelijker", "makkelijker"), ("Rustiger", "rustiger")):
        page.get_by_role("button", name=label).click()
        expect(owner.echo.locator("#transcript .you").last).to_contain_text(said)
    owner.say("Alexa, ga verder")
    expect(page.locator("#level-now")).to_have_text("makkelijk")
    expect(page.locator("#tempo-now")).to_have_text("rustig")
    expect(page.locator("#score-level")).to_have_value("easier")


def test_voice_language_and_person(builder: Owner) -> None:
    """Each switch sets the Echo beside it, which says so at once."""
    page, hint = builder.page, builder.echo.locator("#hint")
    page.locator("#voice").select_option("tweede")
    with page.expect_response(lambda one: "/audio/tweede/clip-" in one.url, timeout=PATIENCE_MS):
        builder.begin_training()
    page.locator("#voice").select_option("espeak")
    expect(hint).to_contain_text("Alexa, start rugoefening")
    page.locator("#locale").select_option("en-GB")
    expect(hint).to_contain_text("Alexa, open rugoefening")
    page.locator("#locale").select_option("nl-NL")
    for person, words in (("first", "Welkom bij rugoefening."), ("later", "Fijn dat je er weer bent.")):
        page.locator("#person").select_option(person)
        expect(hint).to_contain_text("Alexa, start rugoefening")
        builder.say("Alexa, start rugoefening")
        expect(page.locator("#messages .name").first).to_have_text("LaunchRequest")
        expect(builder.echo.locator("#transcript .echo-says").last).to_contain_text(words)
        builder.say("Alexa, stop")
        expect(page.locator("#messages .name").first).not_to_have_text("LaunchRequest")


def test_every_fault_is_one_click_away(owner: Owner) -> None:
    """It is armed, it happens, and it is over; what should be seen is seen."""
    page = owner.page
    owner.begin_training()
    for fault, word in (("Bericht kwijt", "niet verstuurd"), ("Bericht dubbel", "dubbel verstuurd")):
        button = page.get_by_role("button", name=fault)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        owner.say("Alexa, volgende")
        expect(page.locator("#messages .pill.warned").first).to_have_text(word)
        expect(button).to_have_attribute("aria-pressed", "false")
        owner.wait_for_ring("playing")
    page.get_by_role("button", name="Andere Echo").click()
    expect(owner.echo.locator("#transcript .note").last).to_contain_text("Daar ben je weer")
    owner.wait_for_ring("playing")
    place = owner.echo.locator("#now").get_attribute("data-place")
    page.get_by_role("button", name="Antwoord na 9 s").click()
    expect(page.get_by_role("button", name="Antwoord na 9 s")).to_have_attribute("aria-pressed", "true")
    owner.say("Alexa, hoe lang nog")
    owner.say("Alexa, volgende")
    expect(owner.echo.locator("#transcript .note").last).to_contain_text("er is iets mis")
    owner.wait_for_ring("playing")
    assert owner.echo.locator("#now").get_attribute("data-place") == place
    page.get_by_role("button", name="Antwoord na 6 s").click()
    expect(page.get_by_role("button", name="Antwoord na 6 s")).to_have_attribute("aria-pressed", "true")
    owner.say("Alexa, pauze")
    owner.wait_for_ring("thinking")
    expect(page.locator("#messages .pill.warned").first).to_have_text("6 s vertraagd")
    owner.wait_for_ring("speaking")


def test_the_database_is_held_and_given_back(owner: Owner) -> None:
    """By a click and another click; the training goes on meanwhile."""
    page, hold = owner.page, owner.page.locator("#hold")
    owner.begin_training()
    hold.click()
    expect(hold).to_contain_text("nog")
    owner.say("Alexa, volgende")
    owner.echo.locator('#now[data-place="open_book/position"]').wait_for()
    hold.click()
    expect(hold).to_have_text("Database vast (30 s)")
    expect(page.locator("#connection")).to_have_text("")


def test_messages_can_be_read(owner: Owner) -> None:
    """Newest first, each with type, intent, time, and both sides as JSON with what the rules of Alexa say of it."""
    page = owner.page
    owner.begin_training()
    items = page.locator("#messages .exchange")
    expect(items).to_have_count(3)
    expect(items.nth(1)).to_contain_text("StartIntent")
    expect(items.nth(1)).to_contain_text("ms")
    items.nth(1).locator("summary").click()
    expect(items.nth(1)).to_contain_text("houdt zich aan alle regels van Alexa")
    request, answer = items.nth(1).locator("pre").all_inner_texts()
    assert json.loads(request)["request"]["intent"]["name"] == "StartIntent"
    assert json.loads(answer)["response"]["directives"][0]["type"] == "AudioPlayer.Play"
    owner.say("Alexa, vraag rugoefening naar een makkelijkere versie")
    expect(items.locator("visible=true").last).to_contain_text("EasierIntent")  # the last session begins here
    page.locator("#last-only").uncheck()
    expect(items.locator("visible=true").last).to_contain_text("LaunchRequest")


@pytest.mark.parametrize("width", [360, 640, 800, 1440])
def test_nothing_is_wider_than_the_screen(owner: Owner, width: int) -> None:
    """No sideways scrolling but in the text and the JSON; 640 is a wide screen at 200 % zoom."""
    page = owner.page
    owner.say("Alexa, start rugoefening")
    page.locator("#messages summary").click()
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => [...document.querySelectorAll("body, main *")].filter((one) => !one.matches("#text, pre") &&
          one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
          .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert json.dumps(wide) == "[]"
