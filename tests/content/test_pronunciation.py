"""The lexicon: what a voice is given instead of the words that it says wrong."""
# ruff: noqa: RUF001 - phonemes are written with letters that look like others

from __future__ import annotations

import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.content import Content, Entry, Pronunciation, load_content
from skill.content.speech import sentences
from tests.content.conftest import Copy
from tests.content.phonemes import phonemes

LEXICON = Pronunciation(
    (
        Entry("twee", "twé"),
        Entry("één twee", "een-twee"),
        Entry("één één twee", "een, een, twee"),
        Entry("rug", "ruch", ("espeak",)),
        Entry("rug", "roeg", ("mijn_stem",)),
        Entry("ruch", "rag", ("espeak",)),
        Entry("'s nachts", "snachts"),
        Entry("app", "ep"),
    )
)
FREE = st.text("bcfijklmoqvyzBCÉ0159 .,:;?!()„”", max_size=40)  # no word of the lexicon can be made of these


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        ("Open de app.", "Open de ep."),
        ("App, APP of app?", "Ep, Ep of ep?"),
        ("(app) „app” app: 'app'!", "(ep) „ep” ep: 'ep'!"),
        ("De apps, mapp en app2.", "De apps, mapp en app2."),
        ("Een app-winkel en mijn-app.", "Een app-winkel en mijn-app."),
        ("Bel één één twee.", "Bel een, een, twee."),
        ("ÉÉN ÉÉN TWEE", "Een, een, twee"),
        ("Zeg één twee drie.", "Zeg een-twee drie."),
        ("Eén twee, één, twee.", "Eén twé, één, twé."),
        ("Een een twee.", "Een een twé."),
        ("Het is één  één\ttwee.", "Het is een, een, twee."),
        ("Ook 's nachts, ’s nachts, 's Nachts.", "Ook snachts, snachts, snachts."),
        ("'s Nachts slaap je.", "snachts slaap je."),
        ("", ""),
    ],
)
def test_whole_words_are_written_as_the_voice_needs_them(sentence: str, spoken: str) -> None:
    """Whole words only, in any case, beside punctuation; an accent is another word; the longest entry wins."""
    assert LEXICON.spoken(sentence, "gtts") == spoken


def test_an_entry_holds_for_its_voices() -> None:
    """The same word is written in another way for another voice, and left alone for the rest."""
    assert LEXICON.spoken("Je rug.", "mijn_stem") == "Je roeg."
    assert LEXICON.spoken("Je rug.", "polly") == "Je rug."


def test_what_was_replaced_is_not_looked_at_again() -> None:
    """One entry does not change what another one wrote."""
    assert LEXICON.spoken("Je rug. Ruch!", "espeak") == "Je ruch. Rag!"


def test_accents_are_the_same_however_they_are_stored() -> None:
    """A letter with a separate accent matches as the single letter does, in the entry and in the text."""
    apart = unicodedata.normalize("NFD", "één één twee")
    assert LEXICON.spoken(f"Bel {apart}.", "gtts") == "Bel een, een, twee."
    assert Pronunciation((Entry(apart, "een"),)).spoken("Bel één één twee.", "gtts") == "Bel een."


@given(FREE, st.sampled_from(["espeak", "gtts", "mijn_stem"]))
def test_a_text_without_the_words_comes_back_unchanged(text: str, voice: str) -> None:
    """Nothing else is touched, not even how an accent is stored."""
    for form in (text, unicodedata.normalize("NFD", text)):
        assert LEXICON.spoken(form, voice) == form
        assert Pronunciation().spoken(form, voice) == form


@given(FREE, FREE, st.sampled_from(LEXICON.entries))
def test_all_around_a_word_is_kept(before: str, after: str, entry: Entry) -> None:
    """Only the word itself is replaced."""
    voice = entry.voices[0] if entry.voices else "gtts"
    assert LEXICON.spoken(f"{before} {entry.word} {after}", voice) == f"{before} {entry.say} {after}"


def test_a_lexicon_goes_to_other_processes_and_into_sets() -> None:
    """It is plain frozen data; where an entry stands in its file makes no difference."""
    assert pickle.loads(pickle.dumps(LEXICON)) == LEXICON  # noqa: S301 # our own data
    moved = Pronunciation(tuple(Entry(one.word, one.say, one.voices, "a.yaml", 7) for one in LEXICON.entries))
    assert len({LEXICON, moved}) == 1


def test_every_entry_that_comes_with_the_project_is_heard(content: Content) -> None:
    """Each one changes the phonemes of a sentence of the embedded voice."""
    everything = list(dict.fromkeys(content.sentences("bovenrug")))
    pairs = []
    for entry in content.pronunciation.entries:
        alone = Pronunciation((entry,))
        changed = next(one for one in everything if alone.spoken(one, "espeak") != one)
        pairs.append((changed, alone.spoken(changed, "espeak")))
    before, after = (phonemes(texts) for texts in zip(*pairs, strict=True))
    assert [pair for pair, old, new in zip(pairs, before, after, strict=True) if old == new] == []


def test_voices_that_nobody_could_hear_here_get_the_text_as_it_stands(content: Content) -> None:
    """The entries that come with the project are for the engine whose phonemes can be read."""
    everything = set(content.sentences("bovenrug"))
    assert {content.pronunciation.spoken(one, name) for one in everything for name in ("gtts", "polly")} == everything


def test_the_embedded_voice_says_the_hard_words_well(content: Content) -> None:
    """One one two, the wake word, the skill and the out-of-hours doctor sound Dutch, and "Eén" as "één"."""
    wanted = {
        "Bel één één twee.": "bˈɛl ˈeːn ˈeːn tʋˈeː",
        "Zeg: Alexa, pauze.": "zˈɛx | aːlˈɛksaː | pˈʌʊzə",
        "Welkom bij rugoefening.": "ʋˈɛlkɔm bɛɪ rˈɵx ˈufənˌɪŋ",
        "Bel dan je huisarts of de spoedpost.": "bˈɛl dˈɑn jə hˈœyzɑrts ɔf də spˈutpɔst",
        "Eén.": "ˈeːn",
        "Trek je bovenste knie op.": "trˈɛk jə bˈoːvɵnstə knˈi ˈɔp",
    }
    assert phonemes([content.pronunciation.spoken(one, "espeak") for one in wanted]) == list(wanted.values())


def test_what_is_spoken_stays_one_sentence_and_stays_the_same(content: Content) -> None:
    """No entry ends a sentence or writes a word that another entry changes once more."""
    for sentence in set(content.sentences("bovenrug")):
        for voice in ("espeak", "piper", "gtts"):
            spoken = content.pronunciation.spoken(sentence, voice)
            assert sentences(spoken) == [spoken]
            assert content.pronunciation.spoken(spoken, voice) == spoken


def test_what_is_shown_does_not_change(copy: Copy, content: Content) -> None:
    """The texts of the clips and the safety hash are the same without any lexicon."""
    for path in (copy.prompts, copy.routine):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(one for one in lines if not one.startswith(("pronunciation:", "  - {word:"))), "utf-8")
    bare = copy.load()
    assert bare.pronunciation == Pronunciation()
    texts, bare_texts = (one.clips("bovenrug").values() for one in (content, bare))
    assert [clip.text for clip in texts] == [clip.text for clip in bare_texts]
    assert bare.safety_hash("bovenrug") == content.safety_hash("bovenrug")
    assert set(bare.sentences("bovenrug")) == set(content.sentences("bovenrug"))


def test_other_names_make_no_entry_unused() -> None:
    """With another invocation name and wake word the entries for our own names stay, and do no harm."""
    content = load_content(invocation="mijn oefening", wake_word="Computer")
    assert content.pronunciation == load_content().pronunciation
    said = {content.pronunciation.spoken(one, "espeak") for one in content.sentences("bovenrug")}
    assert "Welkom bij mijn oefening." in said


def test_a_word_that_is_only_in_a_chosen_name_may_have_an_entry(copy: Copy) -> None:
    """Whoever chooses a name can also say how it sounds; under our own name that entry would be unused."""
    copy.replace("prompts", "  - {word:", '  - {word: "mijntraining", say: "mijn training"}\n  - {word:')
    content = load_content(invocation="mijntraining", routines=copy.routines, prompts=copy.prompts)
    assert content.pronunciation.spoken("Welkom bij mijntraining.", "gtts") == "Welkom bij mijn training."
    assert any('"mijntraining" changes no sentence' in one for one in copy.problems())


@pytest.mark.parametrize("word", ["vijf", "sla over", "op je linkerzij liggen", "de rechterkant", "veertien"])
def test_everything_that_is_said_counts(copy: Copy, word: str) -> None:
    """Counted words, prompts, positions, names of steps and minutes are all spoken, so an entry may be for them."""
    used = word != "sla over"
    copy.replace("prompts", "  - {word:", f'  - {{word: "{word}", say: "anders"}}\n  - {{word:')
    if used:
        assert any(one.word == word for one in copy.load().pronunciation.entries)
    else:
        assert any('"sla over" changes no sentence' in one for one in copy.problems())


def test_a_word_within_a_longer_entry_is_used_when_one_of_its_voices_says_it(copy: Copy) -> None:
    """The longer entry hides the shorter one for its own voices only."""
    short = '  - {word: "volle", say: "vole"}\n  - {word: "volle uitleg", say: "vole uitleg", voices: [espeak]}\n'
    copy.replace("prompts", "Dit is de volledige uitleg", "Dit is de volle uitleg")
    copy.replace("prompts", "  - {word:", f"{short}  - {{word:")
    assert copy.load().pronunciation.spoken("De volle uitleg.", "gtts") == "De vole uitleg."
    copy.replace("prompts", ', say: "vole uitleg", voices: [espeak]}', ', say: "vole uitleg"}')
    assert [one for one in copy.problems() if "changes no" in one] == [
        f'nl.yaml:{copy.line("prompts", short[:20])}: "volle" changes no sentence that is said; '
        "write it as in the text, or remove the entry"
    ]


def test_a_copied_routine_may_keep_its_entries(copy: Copy) -> None:
    """The same entry in two files is no mistake; another way to say the same word is."""
    text = copy.routine.read_text("utf-8").replace("id: bovenrug", "id: kort", 1)
    other = copy.routines / "kort.yaml"
    other.write_text(text, "utf-8")
    assert copy.load().pronunciation.spoken("Eén.", "espeak") == "Één."
    other.write_text(text.replace('say: "één"', 'say: "een"'), "utf-8")
    line = copy.line("routine", 'word: "Eén"')
    wrong = [one for one in copy.problems() if one.startswith(f'kort.yaml:{line}: "Eén" for espeak, piper')]
    assert [one.endswith(f"bovenrug.yaml:{line}; remove one of the two") for one in wrong] == [True]


def test_a_file_that_cannot_be_read_makes_no_entry_unused(copy: Copy) -> None:
    """Only the real mistake is told: what the lexicon is for may stand in the file that is broken."""
    copy.routine.write_text("exercises: [", "utf-8")
    assert [Path(one.split(":")[0]).name for one in copy.problems()] == ["bovenrug.yaml"]


def test_an_unused_entry_is_told_beside_other_mistakes(copy: Copy) -> None:
    """All problems come at once, also when some are about the text and others about the lexicon."""
    copy.replace("prompts", "  - {word:", '  - {word: "fiets", say: "viets"}\n  - {word:')
    copy.replace("routine", "rest: 15", "rest: 99")
    routine, prompts = sorted(copy.problems())
    assert "rest 99 is out of range" in routine
    assert prompts.startswith(f"nl.yaml:{copy.line('prompts', 'fiets')}: ")
    assert '"fiets" changes no sentence' in prompts
