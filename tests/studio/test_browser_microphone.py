"""Hands free in a real browser, by a stand-in at the browser's own interface for speech recognition."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.studio.browser import SOUNDS, Visitor, begin_training, wait_for_ring

pytestmark = pytest.mark.no_cover  # a browser waits for this process; coverage would let it wait longer

RECOGNISER = """
window.starts = 0;
window.SpeechRecognition = class {
  start() { window.recogniser = this; window.starts += 1; }
  abort() { window.recogniser = null; }
};
window.fail = (error) => { window.recogniser.onerror({ error }); window.recogniser.onend(); };
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


def test_the_sound_is_soft_only_while_somebody_speaks(visitor: Visitor) -> None:
    """A wake word of which nothing more comes, a failure and an end each give the sound its loudness back."""
    page = visitor.open(rate=1, script=RECOGNISER + SOUNDS)
    begin_training(page)
    page.locator("#microphone").click()
    volumes = "sounds.map((one) => one.volume)"
    for over in ("fail('no-speech')", "recogniser.onend()", "hear('Alex is thuis', true)", "0"):
        page.evaluate("hear('Alexa', false)")
        assert page.evaluate(volumes) == [0.15, 0.15]
        page.evaluate(over)
        page.wait_for_function(f"() => {volumes}.every((one) => one === 1)")
    expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("error", "note"),
    [
        ("not-allowed", "geeft de microfoon niet"),
        ("audio-capture", "geen microfoon gevonden"),
        ("language-not-supported", "verstaat geen Nederlands"),
    ],
)
def test_a_microphone_that_cannot_be_says_why(visitor: Visitor, error: str, note: str) -> None:
    """It is off then, with a word of its own for each reason."""
    page = visitor.open(script=RECOGNISER)
    page.locator("#microphone").click()
    page.evaluate("(error) => { const one = recogniser; one.onerror({ error }); one.onend(); }", error)
    expect(page.locator("#microphone-note")).to_contain_text(note)
    expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "false")


def test_a_recogniser_that_fails_and_fails_is_left_alone(visitor: Visitor) -> None:
    """After three failures in a row it is off; words in between begin the count anew."""
    page = visitor.open(script=RECOGNISER)
    page.locator("#microphone").click()
    for number in range(1, 5):
        page.wait_for_function("(number) => starts === number", arg=number)
        page.evaluate("fail('network')")
        if number == 2:
            page.wait_for_function("() => starts === 3")
            page.evaluate("hear('het regent', true)")
            page.evaluate("starts = 2")
            page.evaluate("recogniser.onend()")
    page.wait_for_function("() => starts === 5")
    expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "true")
    page.evaluate("(() => { const one = recogniser; one.onerror({ error: 'network' }); one.onend(); })()")
    expect(page.locator("#microphone-note")).to_contain_text("doet het nu niet")
    expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(500)  # in which it would begin again
    assert page.evaluate("starts") == 5
