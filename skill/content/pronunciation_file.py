"""Reads the lexicon of a prompts file or a routine, and checks that every entry changes something that is said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import yaml

from skill.content.nodes import Problems, Reader
from skill.content.pronunciation import Entry, Pronunciation, composed, folded
from skill.content.speech import text_problems

ANY_OTHER_VOICE = ""
"""Stands for the voices that no entry names."""
_INSIDE_WORDS = " '’-"
_SENTENCE_ENDS = ".?!…"


def read_pronunciation(reader: Reader, node: yaml.Node | None) -> tuple[Entry, ...]:
    """The entries of the key ``pronunciation``, as far as they can be read."""
    found = (_entry(reader, one) for one in reader.items(node, "pronunciation"))
    return tuple(one for one in found if one is not None)


def _entry(reader: Reader, node: yaml.Node) -> Entry | None:
    before = reader.count()
    fields = reader.fields(node, "an entry of pronunciation", ("word", "say"), ("voices",))
    if fields is None:
        return None
    word = _speakable(reader, fields.get("word"), "word")
    say = _speakable(reader, fields.get("say"), "say")
    entry = Entry(word, say, _voices(reader, fields.get("voices")), reader.file, fields.line)
    if reader.count() > before:
        return None
    for problem in _entry_problems(entry):
        reader.problem(fields.line, problem)
    return entry


def _speakable(reader: Reader, node: yaml.Node | None, what: str) -> str:
    text = composed(reader.text(node, what))
    if text and node is not None:
        for problem in text_problems(text, line=False):
            reader.problem(node, f"{what}: {problem}")
    return text


def _voices(reader: Reader, node: yaml.Node | None) -> tuple[str, ...]:
    names = [reader.id(one, "the voice") for one in reader.items(node, "voices")]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        reader.problem(node or 1, f'the voice "{name}" is there twice; remove one')
    return tuple(name for name in names if name)


def _entry_problems(entry: Entry) -> Iterator[str]:
    if not all(one.isalnum() or one in _INSIDE_WORDS for one in entry.word):
        yield f'"{entry.word}" holds more than words; write the word without punctuation'
    if any(one in _SENTENCE_ENDS for one in entry.say):
        yield f'"{entry.say}" holds the end of a sentence; leave out . ? ! and …'
    voice = entry.voices[0] if entry.voices else ANY_OTHER_VOICE
    if Pronunciation((entry,)).spoken(entry.word, voice) == entry.word:
        yield f'"{entry.word}" is said as it stands; write it in another way in say, or remove the entry'


def check_doubled(entries: Sequence[Entry], problems: Problems) -> None:
    """A word has one entry a voice; the very same entry may stand in several files, as in a copied routine."""
    for number, entry in enumerate(entries):
        for other in entries[:number]:
            if other.key != entry.key or (other.file != entry.file and other.say == entry.say):
                continue
            shared = [voice for voice in entry.voices or other.voices if other.serves(voice)]
            if shared or not (entry.voices or other.voices):
                voices = ", ".join(shared) or "every voice"
                also = f'"{entry.word}" for {voices} is also written in {other.file}:{other.line}'
                problems.add(entry.file, entry.line, f"{also}; remove one of the two")


def check_used(pronunciation: Pronunciation, sentences: Collection[str], problems: Problems) -> None:
    """Every entry changes a sentence for at least one of its voices."""
    named = {voice for entry in pronunciation.entries for voice in entry.voices}
    texts = [(sentence, folded(sentence)) for sentence in sentences]
    for entry in pronunciation.entries:
        used = (
            match.key == entry.key
            for sentence, text in texts
            if entry.key in text
            for voice in entry.voices or (ANY_OTHER_VOICE, *named)
            for match in pronunciation.matching(sentence, voice)
        )
        if not any(used):
            problem = f'"{entry.word}" changes no sentence that is said; write it as in the text, or remove the entry'
            problems.add(entry.file, entry.line, problem)
