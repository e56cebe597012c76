"""The rules for spoken text."""

from __future__ import annotations

import pytest

from skill.content.speech import long_sentences, sentences, text_problems, words


def test_a_colon_does_not_end_a_sentence() -> None:
    """A sentence ends at a full stop, a question mark or an exclamation mark."""
    text = 'Zeg: verder, of: stop. Klaar? "Ja." Goed!'
    assert sentences(text) == ["Zeg: verder, of: stop.", "Klaar?", '"Ja.', "Goed!"]


def test_words_are_counted_as_they_are_spoken() -> None:
    """Punctuation is no word; 's nachts and a hyphen do not split oddly."""
    assert words("Ook 's nachts, op je matje-thuis.") == ["Ook", "s", "nachts", "op", "je", "matje-thuis"]


def test_thirteen_words_are_enough() -> None:
    """Thirteen words pass, fourteen do not."""
    assert not list(long_sentences("een " * 12 + "twee."))
    assert len(list(long_sentences("een " * 13 + "twee."))) == 1


@pytest.mark.parametrize("text", ["Ga door & adem.", "Rust\u200b nu.", "Adem 💨 in.", "A_b."])
def test_what_no_voice_can_say_is_named(text: str) -> None:
    """Markup, invisible characters, emoji and underscores are refused one by one."""
    assert any("cannot be spoken" in one for one in text_problems(text))
