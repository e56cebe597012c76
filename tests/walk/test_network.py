"""A bad network and two Echos: a random walk in which every promise holds."""

from __future__ import annotations

import pytest

from tests.walk.machine import Network
from tests.walk.walking import Walking


@pytest.mark.no_cover  # it measures promises; coverage would make it twice as slow
def test_network(walking: Walking) -> None:
    """After every step all promises hold, and enough steps were made."""
    walking.walk(Network)
