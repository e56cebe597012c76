"""The stream token."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.alexa.token import decode, encode
from skill.coach import Stream
from skill.coach.situation import MARKS
from skill.content import Level, Tempo

names = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)


@given(
    names,
    names,
    st.sampled_from(Level),
    st.sampled_from(Tempo),
    names,
    names,
    st.frozensets(st.sampled_from(sorted(MARKS))),
)
def test_a_token_says_everything(
    routine: str, track: str, level: Level, tempo: Tempo, pack: str, run: str, marks: frozenset[str]
) -> None:
    """Whatever a stream is, its token gives it back, within Alexa's 1024 characters."""
    stream = Stream(routine, track, level, tempo, pack, run, marks)
    token = encode(stream)
    assert decode(token) == stream
    assert len(token) <= 1024


def test_a_token_can_be_read_by_people() -> None:
    """The parts stand in the order of the design."""
    stream = Stream("bovenrug", "open_book", Level.BASIC, Tempo.NORMAL, "3fa9c1d2", "k3j9", frozenset("ba"))
    assert encode(stream) == "v1:bovenrug:open_book:basic:normal:3fa9c1d2:k3j9:ab"


@pytest.mark.parametrize(
    "token",
    [
        None,
        5,
        "",
        "garbage",
        "v1:a:b:basic:normal:c:d",
        "v2:a:b:basic:normal:c:d:-",
        "v1:a:b:expert:normal:c:d:-",
        "v1:a:b:basic:fast:c:d:-",
        "v1:a:b:basic:normal:c:d:z",
        "v1:a:b:basic:normal:c:d:",
        "v1:a:../b:basic:normal:c:d:-",
        "v1:a:b:basic:normal:c::-",
        "v1:" + "a" * 600,
    ],
)
def test_what_is_no_token_is_nothing(token: object) -> None:
    """Garbage, another version, unknown words and paths are refused."""
    assert decode(token) is None


@pytest.mark.no_cover  # making text of all of Unicode is slow, and no code of ours
@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is either a token or nothing."""
    stream = decode(text)
    assert stream is None or encode(stream).split(":")[:7] == text.split(":")[:7]
