"""The workbench in a real browser when something is not there: the file, or the server. It says so, and stays true."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.studio.bench import Owner
from tests.studio.owner import FILE, SENTENCE

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer


def test_a_file_that_disappears(builder: Owner) -> None:
    """The text stays, under its own name; it is saved anew by one click, or goes on by itself when it is back."""
    page, path = builder.page, builder.settings.content / FILE
    notice, before = page.locator("#notice"), path.read_text(encoding="utf-8")
    builder.visitor.forgiven.add("404 (NOT FOUND)")
    path.unlink()
    expect(notice).to_contain_text("bovenrug.yaml is er niet meer. De tekst staat nog hier.")
    expect(page.locator("#file option:checked")).to_have_text(f"{FILE} (weg)")
    expect(page.locator("#build-text")).to_contain_text("Er is een bestand weg")
    expect(page.locator("#remarks li")).to_have_count(0)
    assert page.locator("#text").input_value() == before
    page.get_by_role("button", name="Bewaar opnieuw").click()
    expect(notice).to_be_hidden()
    expect(page.locator("#file option:checked")).to_have_text(FILE)
    assert path.read_text(encoding="utf-8") == before

    path.unlink()
    expect(notice).to_contain_text("is er niet meer")
    page.reload()
    expect(notice).to_contain_text("Zet het bestand terug in de map routines")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#restore")).to_be_hidden()
    page.locator(".score-row").first.wait_for()
    path.write_text(before.replace("# Rules", "# Newer rules"), encoding="utf-8")
    expect(page.locator("#text")).to_have_value(before.replace("# Rules", "# Newer rules"))
    expect(notice).to_be_hidden()
    path.rename(path.with_name("rug.yaml"))
    expect(page.locator("#file option:checked")).to_have_text("routines/rug.yaml")
    expect(notice).to_be_hidden()


def test_without_the_server_everything_stays_true(builder: Owner) -> None:
    """What cannot be done is told, and every control shows what is; when the server is back it works again."""
    page = builder.page
    builder.visitor.forgiven |= {"ERR_INTERNET_DISCONNECTED", "503 (SERVICE UNAVAILABLE)"}
    builder.type("# Rules", "# Mine")
    builder.visitor.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Geen verbinding")
    page.locator("#person").select_option("first")
    expect(page.locator("#trial-note")).to_contain_text("Wie er oefent, is niet veranderd. Er is geen verbinding")
    expect(page.locator("#person")).to_have_value("own")
    page.locator("[data-outage=away]").click()
    expect(page.locator("#trial-note")).to_contain_text("Dat lukte niet. Er is geen verbinding")
    expect(page.locator("[data-outage=away]")).to_have_attribute("aria-pressed", "false")
    page.locator("#score-level").select_option("harder")
    expect(page.locator("#score-note")).to_contain_text("De tijdlijn is niet ververst")
    expect(page.locator("#score-level")).to_have_value("basic")
    page.locator("#save").click()
    expect(page.locator("#notice")).to_contain_text("Bewaren is niet gelukt. Er is geen verbinding")
    expect(page.locator("#save")).to_be_enabled()
    builder.visitor.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("")
    page.locator("#save").click()
    expect(page.locator("#notice")).to_be_hidden()
    page.locator("#score-level").select_option("harder")
    expect(page.locator("#score-note")).to_have_text("")
    expect(page.locator("#score-level")).to_have_value("harder")
    page.locator("#person").select_option("later")
    expect(page.locator("#trial-note")).to_have_text("")
    assert "# Mine" in (builder.settings.content / FILE).read_text(encoding="utf-8")


def test_a_file_that_cannot_be_opened(owner: Owner) -> None:
    """The list goes back to the file that is shown."""
    page = owner.page
    owner.visitor.forgiven.add("503 (")
    page.route("**/prompts/nl.yaml", lambda route: route.fulfill(status=503, json={"error": {"message": "no"}}))
    page.locator("#file").select_option("prompts/nl.yaml")
    expect(page.locator("#notice")).to_contain_text("prompts/nl.yaml kon niet open. De server kon dit nu niet doen.")
    expect(page.locator("#file")).to_have_value(FILE)
    assert SENTENCE in page.locator("#text").input_value()
    page.route("**/workbench/builds", lambda route: route.fulfill(status=503, json={"error": {"message": "no"}}))
    page.evaluate("document.getElementById('build').dataset.state = 'failed'")
    page.evaluate("document.getElementById('build-again').hidden = false")
    page.locator("#build-again").click()
    expect(page.locator("#build-text")).to_contain_text("De audio maken is niet begonnen")


def test_a_text_that_is_too_large(owner: Owner) -> None:
    """The page says how large it is and how large it may be; nothing is saved, and the text stays."""
    page = owner.page
    before = (owner.settings.content / FILE).read_text(encoding="utf-8")
    owner.type("# Rules", "# " + "groot " * 50_000)
    page.locator("#save").click()
    expect(page.locator("#notice")).to_contain_text("is te groot: 3")
    expect(page.locator("#notice")).to_contain_text("hoogstens 250.000 kan")
    assert (owner.settings.content / FILE).read_text(encoding="utf-8") == before
    assert "groot groot" in page.locator("#text").input_value()
