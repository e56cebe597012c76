"""``python -m audio``: build and check packs, list voices."""

import sys

from audio.cli import main

if __name__ == "__main__":
    sys.exit(main())
