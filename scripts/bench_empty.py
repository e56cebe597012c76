"""A skill that does nothing, to compare with: Flask, ask-sdk-core, waitress, and none of ours; only bench.py starts it.

It verifies and remembers nothing and answers everything with an empty response: what it takes on a machine, every skill
of this kind takes there.
"""

from __future__ import annotations

from typing import Any, cast

import waitress  # type: ignore[import-untyped]  # it has no types
from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope, Response
from flask import Flask, request

from skill.settings import load_settings


class _Nothing(AbstractRequestHandler):
    def can_handle(self, handler_input: HandlerInput) -> bool:
        return handler_input is not None

    def handle(self, handler_input: HandlerInput) -> Response:
        return handler_input.response_builder.response


def _app() -> Flask:
    builder = SkillBuilder()
    builder.add_request_handler(_Nothing())
    skill, serializer, app = builder.create(), DefaultSerializer(), Flask("empty")

    @app.post("/alexa")
    def alexa() -> dict[str, Any]:
        envelope = serializer.deserialize(request.get_data(as_text=True), RequestEnvelope)
        return cast(dict[str, Any], serializer.serialize(skill.invoke(request_envelope=envelope, context=None)))

    return app


if __name__ == "__main__":
    found = load_settings()
    waitress.serve(_app(), host=found.host, port=found.port, threads=found.threads)
