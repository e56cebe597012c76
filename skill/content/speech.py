"""The rules for text that is spoken: sentences, words and characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from skill.content.model import Side

MAX_SENTENCE_WORDS = 13
MAX_LINE_CHARACTERS = 600
MAX_WORD_LETTERS = 35
"""The longest words that Dutch dictionaries hold; whatever is longer is a mistake."""
SIDE_WORDS = {
    Side.RIGHT: re.compile(r"\brecht(s|er)", re.IGNORECASE),
    Side.LEFT: re.compile(r"\blink(s|er)", re.IGNORECASE),
}

_PUNCTUATION = frozenset(" .,:;?!…'’‘\"„“”-–()")  # noqa: RUF001 - Dutch quotes and dashes are meant
_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9 .,:;?!-]*")
_SENTENCE_END = re.compile(r"(?<=[.?!…])[\"'”’)]*\s+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def sentences(text: str) -> list[str]:
    """The sentences of a spoken text; a colon does not end one."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


def words(text: str) -> list[str]:
    """The words of a text, without punctuation."""
    return _WORD.findall(text)


def long_sentences(text: str) -> Iterator[str]:
    """What is wrong with each sentence of more than ``MAX_SENTENCE_WORDS`` words."""
    for sentence in sentences(text):
        count = len(words(sentence))
        if count > MAX_SENTENCE_WORDS:
            yield f'a sentence of {count} words: "{_short(sentence)}"; split it, {MAX_SENTENCE_WORDS} at most'


def text_problems(text: str, *, line: bool = True) -> Iterator[str]:
    """What is wrong with the characters and the length of a text; ``line`` when it is whole sentences."""
    if len(text) > MAX_LINE_CHARACTERS:
        yield f"a line of {len(text)} characters; divide it, {MAX_LINE_CHARACTERS} at most"
        return
    for character in () if _PLAIN.fullmatch(text) else dict.fromkeys(text):
        if character in "<>&":
            yield f'the character "{character}" cannot be spoken; write words only'
        elif not _speakable(character):
            name = unicodedata.name(character, "unnamed")
            yield f"the character U+{ord(character):04X} ({name.lower()}) cannot be spoken; remove it"
    longest = max(words(text), key=len, default="")
    if len(longest) > MAX_WORD_LETTERS:
        yield f'a word of {len(longest)} letters: "{_short(longest)}"; write words of {MAX_WORD_LETTERS} at most'
    if not words(text):
        yield "there is no word to speak; write a sentence"
    elif line and not text.rstrip("\"'”’)").endswith((".", "?", "!", "…")):
        yield "the line does not end with . ? or !; add it"


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"


def _speakable(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character) in ("Lu", "Ll", "Nd", "Mn")
