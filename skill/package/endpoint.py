"""The address at which Alexa calls the skill, and the pages beside it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from skill.errors import SkillPackageError

PATH = "/alexa"
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_INSIDE = ("localhost", "local", "internal", "lan", "home", "test", "invalid", "example", "arpa")
"""Last parts of names that do not exist on the internet."""
_BRANDS = ("alexa", "amazon", "aws")


@dataclass(frozen=True)
class Endpoint:
    """Where the skill is reached from the internet."""

    base: str
    """The address of the application, without a slash at its end."""

    @property
    def uri(self) -> str:
        """Where Alexa sends her requests."""
        return self.base + PATH

    @property
    def privacy(self) -> str:
        """The page on privacy."""
        return f"{self.base}/privacy"

    @property
    def terms(self) -> str:
        """The page with the terms of use."""
        return f"{self.base}/voorwaarden"

    def notes(self) -> Iterator[str]:
        """What certification may refuse of this address."""
        host = urlsplit(self.base).hostname or ""
        for brand in _BRANDS:
            if brand in host:
                yield f"endpoint {self.base}: certification refuses {brand!r} in the name of a host"


def read_endpoint(text: str) -> Endpoint:
    """The endpoint that a person wrote, with or without ``/alexa`` behind it.

    Raises SkillPackageError with everything that Alexa would refuse: she calls https on port 443 of a public host.
    """
    try:
        url = urlsplit(text.strip())
        problems = [*_problems(url)]
    except ValueError:
        problems = ["it is no web address"]
    if problems:
        raise SkillPackageError(
            "The endpoint is not right:", [f"{text}: {one}; write https://…{PATH}" for one in problems]
        )
    path = url.path.rstrip("/").removesuffix(PATH)
    return Endpoint(f"https://{(url.hostname or '').lower()}{path}")


def _problems(url: SplitResult) -> Iterator[str]:
    host = (url.hostname or "").lower()
    if url.scheme != "https":
        yield "Alexa calls https only"
    if url.port not in (None, 443):
        yield f"Alexa calls port 443 only, not {url.port}"
    if url.username is not None or url.password is not None:
        yield "a name or password may not stand in it"
    if url.query or url.fragment:
        yield "nothing may follow the path"
    if re.search(r"\s|//", url.path):
        yield "its path may hold no space and no empty part"
    if not host:
        yield "it names no host"
    elif _is_address(host):
        yield f"{host} is a number; Alexa needs the name that stands in the certificate"
    elif host.rpartition(".")[2] in _INSIDE:
        yield f"{host} cannot be reached from the internet"
    elif not _HOST.fullmatch(host):
        yield f"{host} is no full name of a host"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdecimal()
    return True
