"""Where a certificate chain may come from."""

from __future__ import annotations

import posixpath
import re

from skill.errors import RequestRefusedError

HOST = "s3.amazonaws.com"
FOLDER = "/echo.api/"
LONGEST = 512

_ADDRESS = re.compile(r"(?i:https)://(?i:s3\.amazonaws\.com)(?::443)?(/[A-Za-z0-9._~/-]*)", re.ASCII)


def normalised(address: str) -> str:
    """The address to fetch the chain from: https, Amazon's host, a plain path in its folder.

    Whatever a URL may hold besides (user, other port, query, fragment, escapes, backslashes, blanks, letters
    that are no ASCII) is refused, so that nobody after this can read it in another way.
    Raises RequestRefusedError with the reason ``address``. Source: ``alexa-platform.md`` §5.
    """
    match = _ADDRESS.fullmatch(address) if len(address) <= LONGEST else None
    if match is None:
        raise RequestRefusedError("address", f"the certificate chain must be at https://{HOST}{FOLDER}…")
    path = posixpath.normpath(match[1])
    if not path.startswith(FOLDER):
        raise RequestRefusedError("address", f"the path of the certificate chain must begin with {FOLDER}")
    return f"https://{HOST}{path}"
