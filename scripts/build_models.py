"""Make the interaction models from the phrases: the same as ``rugoefening models``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from skill.alexa.interaction_model import main
from skill.errors import RugoefeningError

if __name__ == "__main__":
    try:
        sys.exit(main())
    except RugoefeningError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
