"""Whether data loads into a class of ask-smapi-model, Amazon's own description of what SMAPI accepts.

Those classes call every attribute optional: what a file cannot do without is for the tests of that file to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ask_sdk_core.serialize import DefaultSerializer


def assert_loads_without_loss(data: Mapping[str, Any], model_class: type[Any]) -> None:
    """Data becomes an object of the class and the same data again: nothing in it is unknown or of another type."""
    serializer = DefaultSerializer()
    again = serializer.serialize(serializer.deserialize(json.dumps(data), model_class))
    lost = list(_differences(data, again, model_class.__name__))
    assert not lost, f"lost or changed on the way: {lost[:10]}"


def _differences(before: Any, after: Any, at: str) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before.keys() | after.keys():
            yield from _differences(before.get(key, "(nothing)"), after.get(key, "(nothing)"), f"{at}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{at}[{place}]")
    elif type(before) is not type(after) or before != after:
        yield f"{at}: {before!r} became {after!r}"
