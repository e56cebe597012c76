"""Refuses a Python that is too old; written so that Python 3.6 can still read it and say so."""

import sys

OLDEST = (3, 11)


def require_python(version: "tuple[int, ...]" = tuple(sys.version_info[:3])) -> None:
    """End the program with one message and exit status 1 when this Python is too old."""
    if tuple(version[:2]) >= OLDEST:
        return
    sys.exit(
        "rugoefening needs Python {}.{} or newer; this is Python {} ({}).\n"
        "Install a newer Python, or call one that is there by its own name, such as: python3.12 {}".format(
            OLDEST[0], OLDEST[1], ".".join(map(str, version)), sys.executable, sys.argv[0]
        )
    )
