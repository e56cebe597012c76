"""Production without its verification, to compare with; only bench.py starts it, on loopback.

The skill itself has no switch for this.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from skill.serving.command import serve_app
from skill.settings import load_settings
from skill.web import create_app


def _let_in(_headers: Mapping[str, str], _body: bytes) -> None:
    """Every request is taken for genuine."""


if __name__ == "__main__":
    found = load_settings()
    sys.exit(serve_app(lambda: create_app(found, verifier=_let_in), found))
