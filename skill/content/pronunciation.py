"""How words are written for the voices that say them wrong: a small lexicon, applied before a sentence is spoken."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

_NO_WORD_BEFORE = r"(?<![^\W_])(?<![^\W_]['’-])"
_NO_WORD_BEHIND = r"(?!['’-]?[^\W_])"


@dataclass(frozen=True)
class Entry:
    """One word, or a few that follow each other, and how to write them for a voice."""

    word: str
    say: str
    voices: tuple[str, ...] = ()
    """Names of voices; empty: every voice."""
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    """Where it stands in the YAML file, counted from 1."""

    @property
    def key(self) -> str:
        """The word as it is compared."""
        return folded(self.word)

    def serves(self, voice: str) -> bool:
        """Whether it holds for a voice."""
        return not self.voices or voice in self.voices


@dataclass(frozen=True)
class Pronunciation:
    """The entries of all files together."""

    entries: tuple[Entry, ...] = ()

    def spoken(self, sentence: str, voice: str) -> str:
        """How to write a sentence for a voice; the sentence itself where no entry matches.

        Whole words only, a word with a hyphen being one word. Of the entries that begin at the same word the longest
        one is taken, and what was put in its place is not looked at again.
        """
        lexicon = _lexicon(self.entries, voice)
        written, count = lexicon.words.subn(lexicon.replacement, composed(sentence))
        return written if count else sentence

    def matching(self, sentence: str, voice: str) -> Iterator[Entry]:
        """The entries that change a sentence for a voice."""
        lexicon = _lexicon(self.entries, voice)
        return (lexicon.entry(match) for match in lexicon.words.finditer(composed(sentence)))


def composed(text: str) -> str:
    """A text with every accent in the same character as its letter."""
    return unicodedata.normalize("NFC", text)


@functools.lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A text as it is compared: without regard to case, kind of apostrophe, spaces, and how accents are stored."""
    return " ".join(composed(text).casefold().replace("’", "'").split())


@dataclass(frozen=True)
class _Lexicon:
    """The entries for one voice, longest first, and a pattern with a group for each."""

    entries: tuple[Entry, ...]
    words: re.Pattern[str]

    def entry(self, match: re.Match[str]) -> Entry:
        return self.entries[(match.lastindex or 0) - 1]

    def replacement(self, match: re.Match[str]) -> str:
        say = self.entry(match).say
        return say[:1].upper() + say[1:] if match.group()[:1].isupper() else say


@functools.cache
def _lexicon(entries: tuple[Entry, ...], voice: str) -> _Lexicon:
    served = tuple(sorted((one for one in entries if one.serves(voice)), key=lambda one: len(one.key), reverse=True))
    groups = "|".join(f"({_pattern(one)})" for one in served) or r"(?!)"  # without entries: what never matches
    return _Lexicon(served, re.compile(f"{_NO_WORD_BEFORE}(?:{groups}){_NO_WORD_BEHIND}", re.IGNORECASE))


def _pattern(entry: Entry) -> str:
    return r"\s+".join(re.escape(word).replace("'", "['’]") for word in entry.key.split())
