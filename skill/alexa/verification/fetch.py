"""Fetching a certificate chain, within bounds of time and size."""

from __future__ import annotations

import time
from http.client import HTTPException
from pathlib import Path

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from skill.errors import RequestRefusedError

WITHIN_S = 2.0
"""How long one fetch may take, and how long each wait in it."""
MOST_BYTES = 64 * 1024


def fetch(address: str, roots: Path) -> bytes:
    """What stands at an https address whose host leads to one of these roots; HTTPS_PROXY is honoured.

    A host that sends its headers drop by drop can hold it longer than WITHIN_S: run it where it may be left behind.
    Raises RequestRefusedError with the reason ``fetch``.
    """
    ends = time.monotonic() + WITHIN_S
    try:
        with requests.Session() as session:
            session.trust_env = False  # no passwords of .netrc, and no other roots than these
            with session.get(
                address,
                headers={"Accept": "*/*", "Accept-Encoding": "identity"},
                timeout=WITHIN_S,
                verify=str(roots),
                proxies=get_environ_proxies(address),
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise RequestRefusedError("fetch", f"the certificate host answered {answer.status_code}")
                return _body(answer, ends)
    except requests.exceptions.SSLError:
        raise RequestRefusedError("fetch", "the certificate host has no trusted certificate") from None
    except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError):
        raise RequestRefusedError("fetch", "the certificate host cannot be reached") from None


def _body(answer: requests.Response, ends: float) -> bytes:
    body = b""
    while chunk := answer.raw.read1(MOST_BYTES, decode_content=False):
        body += chunk
        if len(body) > MOST_BYTES:
            raise RequestRefusedError("fetch", f"the certificate chain is over {MOST_BYTES // 1024} KB")
        if time.monotonic() > ends:
            raise RequestRefusedError("fetch", "the certificate host is too slow")
    return body
