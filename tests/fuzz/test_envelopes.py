"""Requests of every type that ask-sdk knows, good ones and spoiled ones, through the whole application."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.fuzz_app import Finding, UnderFire
from scripts.fuzz_model import KINDS, ByteRandom, envelope, envelope_of
from scripts.fuzz_mutate import spoiled
from scripts.fuzz_words import CANARY, Words
from tests.envelopes import launch

ALWAYS_THE_SAME = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,  # the application measures its own time, in CPU time
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", KINDS)
def test_valid_envelopes_of_every_type_are_answered(app: UnderFire, words: Words, kind: str) -> None:
    """What is built from ask-sdk's own model is read by ask-sdk, and the skill answers it."""
    for seed in range(3):
        made = json.dumps(envelope_of(kind, Random(seed), words))  # noqa: S311  # to be repeatable is what it is for
        read = DefaultSerializer().deserialize(made, RequestEnvelope)
        assert read.request.object_type == kind
        app.alexa(made.encode())


@pytest.mark.no_cover  # coverage would be measured as the application's own time
@ALWAYS_THE_SAME
@given(random=st.randoms(use_true_random=False))
def test_spoiled_envelopes_are_answered_or_refused(app: UnderFire, words: Words, random: Random) -> None:
    """Whatever is wrong with a request: 200 or 400, no error in the log, Alexa's rules kept, within 50 ms."""
    app.alexa(spoiled(random, envelope(random, words)))


@pytest.mark.no_cover  # coverage would be measured as the application's own time
@ALWAYS_THE_SAME
@given(data=st.binary(max_size=2_000))
def test_bytes_that_steer_the_choices_do_so_too(app: UnderFire, words: Words, data: bytes) -> None:
    """The same, where the choices come from bytes, as atheris gives them."""
    random = ByteRandom(data)
    app.alexa(spoiled(random, envelope(random, words)))


@pytest.mark.no_cover  # coverage would be measured as the application's own time
def test_what_is_stored_tells_nothing(app: UnderFire, words: Words) -> None:
    """After many requests the database holds rows, but no id, no text of a request and no mark of pain."""
    for seed in range(200):
        random = Random(seed)  # noqa: S311  # to be repeatable is what it is for
        app.alexa(spoiled(random, envelope(random, words)))
    assert app.judge_store() > 0


def test_the_fuzzer_notices_an_error_in_the_log(app: UnderFire) -> None:
    """An application whose handler fails is found out, also when its answer looks well."""
    view = app.app.view_functions["alexa"]

    def failing() -> Any:
        app.app.logger.error("it went wrong")
        return view()

    app.app.view_functions["alexa"] = failing
    try:
        with pytest.raises(Finding, match="it went wrong"):
            app.alexa(json.dumps(launch()).encode())
    finally:
        app.app.view_functions["alexa"] = view


def test_the_fuzzer_notices_an_id_in_the_answer(app: UnderFire) -> None:
    """An application that gives back what it was told is found out."""
    view = app.app.view_functions["alexa"]
    app.app.view_functions["alexa"] = lambda: {"version": "1.0", "response": {}, "sessionAttributes": {"a": CANARY}}
    try:
        with pytest.raises(Finding, match="came back"):
            app.alexa(json.dumps(launch()).encode())
    finally:
        app.app.view_functions["alexa"] = view
