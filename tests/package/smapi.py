"""Amazon's own model of a skill manifest, to see that nothing of ours is unknown to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ask_sdk_core.serialize import DefaultSerializer


def loaded_and_written(data: Mapping[str, Any], model: type) -> Any:
    """What is left of the data when Amazon's model class reads it and writes it again."""
    serializer = DefaultSerializer()
    return serializer.serialize(serializer.deserialize(json.dumps(data), model))
