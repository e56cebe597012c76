"""``python -m audio``: what ``rugoefening audio`` runs."""

import sys

from audio.cli import main

if __name__ == "__main__":
    sys.exit(main())
