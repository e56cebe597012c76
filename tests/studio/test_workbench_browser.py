"""The workbench in a real browser: an owner edits, hears it, tries the switches, and lets things go wrong."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Route, expect

from tests.studio.bench import Owner
from tests.studio.owner import FILE, OTHER, SENTENCE, change, line_of

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

SPOKEN_BEFORE = "Leg die voet losjes over het andere been."
SPOKEN = "Leg die voet rustig over het andere been."


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


@pytest.mark.parametrize("pace", [1])
def test_what_the_echo_plays_is_marked_too(owner: Owner) -> None:
    """The line of the text that sounds in the training beside it."""
    owner.begin_training()
    expect(owner.page.locator("#sounding")).to_contain_text("Oefening één: het open boek.")
    line = line_of(owner.settings, "Oefening één: het open boek.")
    expect(owner.page.locator("#marks .sounds")).to_have_attribute("data-line", str(line))


@pytest.mark.parametrize("pace", [8])
def test_a_line_is_edited_and_heard(builder: Owner) -> None:
    """Saved in the page, one sentence is made; time line, sound and Echo follow by themselves.

    So they do when another editor puts it back as it was.
    """
    page = builder.page
    expect(page.locator("#save")).to_be_disabled()
    builder.echo.locator("body").evaluate("body => { body.id = 'before'; }")
    builder.type(SENTENCE, OTHER)
    page.keyboard.press("Control+s")
    expect(page.locator("#build-text")).to_contain_text("1 zin ingesproken")
    row = page.locator(builder.row(SPOKEN)).first
    with page.expect_response(lambda one: "/audio/espeak/track-" in one.url) as fetched:
        row.click()
    assert fetched.value.ok
    expect(page.locator("#sounding")).to_have_text(SPOKEN)
    assert OTHER in (builder.settings.content / FILE).read_text(encoding="utf-8")
    builder.echo.locator("body:not(#before) #primary[title]").wait_for()  # it was loaded anew
    builder.begin_training()
    builder.say("Alexa, volgende")
    expect(builder.echo.locator("#transcript")).to_contain_text(SPOKEN)
    change(builder.settings, OTHER, SENTENCE)
    expect(page.locator(builder.row(SPOKEN_BEFORE)).first).to_be_visible()
    assert SENTENCE in page.locator("#text").input_value()


def test_mistakes_stand_at_their_lines(builder: Owner) -> None:
    """All of them, marked in the text and listed under it; a click leads there, and mending them clears the list."""
    page = builder.page
    builder.type("posture: floor", "posture: flor")
    builder.type("- rest: 15", "- rest: veel")
    page.locator("#save").click()
    remarks = page.locator("#remarks li.wrong")
    expect(remarks).to_have_count(2)
    line = line_of(builder.settings, "rest: veel")
    expect(remarks.nth(1)).to_contain_text(f"bovenrug.yaml, regel {line} Dit getal klopt niet.")
    expect(remarks.nth(1).locator("[lang=en]")).to_contain_text("is not a plain number")
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
    page, notice = builder.page, builder.page.locator("#notice")
    builder.type("# Rules", "# Mine")
    change(builder.settings, "Rules", "Other rules")
    expect(notice).to_contain_text("intussen ergens anders veranderd")
    expect(notice).not_to_contain_text("overschreven")
    builder.visitor.forgiven.add("409 (CONFLICT)")
    with page.expect_console_message(lambda one: "409 (CONFLICT)" in one.text):
        page.locator("#save").click()
    expect(notice).to_contain_text("Er is niets overschreven")
    assert "# Mine" not in text_of(builder)
    page.locator("#take-new").click()
    expect(notice).to_be_hidden()
    assert "# Other rules" in page.locator("#text").input_value()


def test_the_own_text_can_be_kept(builder: Owner) -> None:
    """Copied, or put over what another editor wrote: knowingly, and never over what came after that."""
    page, notice = builder.page, builder.page.locator("#notice")
    builder.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    builder.visitor.forgiven.add("409 (CONFLICT)")
    builder.type("# Rules", "# Mine")
    change(builder.settings, "# Rules", "# Other rules")
    keep = page.get_by_role("button", name="Houd mijn tekst")
    page.get_by_role("button", name="Kopieer mijn tekst").click()
    expect(page.locator("#copied")).to_have_text("Gekopieerd.")
    assert "# Mine" in page.evaluate("navigator.clipboard.readText()")
    page.route("**/bovenrug.yaml", lambda route: newer(builder, route), times=1)  # the base that "keep" asks for
    with page.expect_console_message(lambda one: "409 (CONFLICT)" in one.text):
        keep.click()
    expect(notice).to_contain_text("Er is niets overschreven")
    assert "# Newer rules" in text_of(builder)
    keep.click()
    expect(notice).to_be_hidden()
    expect(page.locator("#save")).to_be_disabled()
    assert text_of(builder) == page.locator("#text").input_value()
    assert "# Mine" in text_of(builder)


def newer(owner: Owner, route: Route) -> None:
    """Let an editor write just after the page has read what is there."""
    answer = route.fetch()
    change(owner.settings, "# Other rules", "# Newer rules")
    route.fulfill(response=answer)


def text_of(owner: Owner) -> str:
    """The routine on the disk."""
    return (owner.settings.content / FILE).read_text(encoding="utf-8")


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
    with page.expect_response(lambda one: "/audio/tweede/clip-" in one.url):
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


@pytest.mark.parametrize("pace", [1])
def test_every_fault_is_one_click_away(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is armed, it happens, and it is over; what should be seen is seen. Its seconds are shorter here."""
    page, sleep = owner.page, time.sleep
    monkeypatch.setattr("skill.studio.workbench.wire.sleep", lambda seconds: sleep(seconds / 8))
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


def test_the_database_is_held_or_away_and_given_back(owner: Owner) -> None:
    """By a click and another click; the training goes on meanwhile."""
    page, hold = owner.page, owner.page.locator("[data-outage=held]")
    owner.begin_training()
    hold.click()
    expect(hold).to_contain_text("nog")
    owner.say("Alexa, volgende")
    owner.echo.locator('#now[data-place="open_book/position"]').wait_for()
    hold.click()
    expect(hold).to_have_text("Database vast (30 s)")
    away = page.locator("[data-outage=away]")
    away.click()
    expect(away).to_contain_text("Database weg: nog")
    owner.say("Alexa, volgende")
    owner.echo.locator('#now[data-place="open_book/explanation"]').wait_for()
    away.click()
    expect(away).to_have_text("Database weg (30 s)")
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
