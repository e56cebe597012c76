"""The package as it is made for an owner, and ways to wish for something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from skill.package.check import Package
from skill.package.command import Wanted, build_package
from skill.package.endpoint import read_endpoint
from skill.settings import Settings

LOCALES = ("de-DE", "en-GB", "en-US", "nl-NL")

Wish = Callable[..., Wanted]


@pytest.fixture(scope="session")
def wish() -> Wish:
    """What somebody asks for; what is given replaces what is usual."""

    def wished(**wishes: Any) -> Wanted:
        usual: dict[str, Any] = {
            "settings": Settings(),
            "endpoint": read_endpoint("https://rug.voorbeeld.nl"),
            "invocation": "rugoefening",
            "certificate": "Trusted",
            "distribution": "development",
            "builtin_samples": True,
        }
        return Wanted(**{**usual, **wishes})

    return wished


@pytest.fixture(scope="session")
def package(wish: Wish) -> Package:
    """The package with everything as it comes."""
    return build_package(wish())
