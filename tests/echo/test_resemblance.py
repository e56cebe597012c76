"""Which samples resemble what was said: repeated words and compounds."""

from __future__ import annotations

from collections.abc import Sequence

from skill.echo.resemblance import Resemblance
from skill.echo.samples import Sample
from skill.echo.vocabulary import Trace

NONE: frozenset[str] = frozenset()


def resemblance(*samples: Sample, linking: Sequence[str] = ()) -> Resemblance:
    """The samples, with no fillers or negations, and no intent that is favoured."""
    return Resemblance(samples, NONE, NONE, linking, ())


def test_a_word_counts_as_often_as_it_is_said() -> None:
    """One "nine" is not "nine nine nine"."""
    known = resemblance(Sample("Emergency", ("nine", "nine", "nine")), Sample("Choose", ("exercise", "one")))
    once, often = (known.closest(said)[0].score for said in (["nine"], ["nine", "nine", "nine"]))
    assert once < often
    assert known.closest(["exercise", "nine"])[0].sample.intent == "Choose"


def test_letters_that_join_two_words_are_those_of_the_language() -> None:
    """A compound is traced to its halves where its linking letters are known, else to no first half."""
    samples = (Sample("A", ("arbeit", "heute")), Sample("B", ("pause", "jetzt")))
    halves = (Trace("arbeit", 0.9), Trace("pause", 0.95))
    assert resemblance(*samples, linking=("s",)).traces("arbeitspause") == halves
    assert Trace("arbeit", 0.9) not in resemblance(*samples).traces("arbeitspause")
