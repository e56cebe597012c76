"""Hands free in a real browser, by a stand-in at the browser's own interface for speech recognition."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.studio.browser import Visitor, wait_for_ring

RECOGNISER = """
window.SpeechRecognition = class {
  start() { window.recogniser = this; }
  abort() { window.recogniser = null; }
};
window.hear = (words, isFinal) => window.recogniser.onresult(
  { resultIndex: 0, results: [Object.assign([{ transcript: words }], { isFinal })] });
"""


def test_the_microphone_hears_its_wake_word_only(visitor: Visitor) -> None:
    """By a stand-in for the browser's recogniser: off at first, the wake word, and no answer to its own voice."""
    page = visitor.open(rate=8, script=RECOGNISER)
    button = page.locator("#microphone")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#microphone-note")).to_contain_text("het bedrijf dat je browser maakt")
    button.click()
    expect(page.locator("#microphone-note")).to_contain_text("De microfoon is aan")
    page.evaluate("hear('het regent vandaag', true)")
    page.evaluate("hear('Alexa start', false)")
    page.evaluate("hear('Alexa start rugoefening', true)")
    wait_for_ring(page, "speaking")
    assert page.locator("#transcript .you").all_inner_texts() == ["Alexa start rugoefening"]
    page.evaluate("hear('Alexa start', true)")
    wait_for_ring(page, "playing")
    button.click()
    assert page.evaluate("recogniser") is None


def test_without_a_recogniser_there_is_no_microphone(visitor: Visitor) -> None:
    """Everything else is there."""
    page = visitor.open(script="delete window.SpeechRecognition; delete window.webkitSpeechRecognition;")
    expect(page.locator("#microphone")).to_be_hidden()
    expect(page.locator("#microphone-note")).to_be_hidden()
    expect(page.locator("#primary")).to_have_text("Start")
