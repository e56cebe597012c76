"""The manifest of the skill: what Amazon is told of its address, its abilities, its texts and its privacy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from skill.package.endpoint import Endpoint
from skill.package.icons import SIZES
from skill.package.store import StoreTexts

Certificate = Literal["Trusted", "Wildcard"]
Distribution = Literal["development", "public", "private"]
COUNTRIES = ("NL", "BE")


def icon_path(size: int) -> str:
    """Where the icon of a size (pixels) lies in the package."""
    return f"assets/images/icon-{size}.png"


def build_manifest(
    endpoint: Endpoint,
    texts: StoreTexts,
    locales: Sequence[str],
    *,
    certificate: Certificate = "Trusted",
    distribution: Distribution = "development",
) -> dict[str, Any]:
    """The content of ``skill.json`` for these locales.

    ``distribution`` development says nothing about publishing. The skill keeps a keyed hash of the user id for its
    place in the routine: personal data under the AVG, so ``usesPersonalInfo`` is true. It keeps no health data.
    """
    address = {"uri": endpoint.uri, "sslCertificateType": certificate}
    publishing: dict[str, Any] = {
        "locales": {locale: _shop(texts, locale) for locale in locales},
        "isAvailableWorldwide": False,
        "distributionCountries": list(COUNTRIES),
        "category": "HEALTH_AND_FITNESS",
        "testingInstructions": texts.testing,
    }
    if distribution != "development":
        publishing["distributionMode"] = distribution.upper()
    pages = {"privacyPolicyUrl": endpoint.privacy, "termsOfUseUrl": endpoint.terms}
    manifest = {
        "manifestVersion": "1.0",
        "publishingInformation": publishing,
        "apis": {"custom": {"endpoint": dict(address), "interfaces": [{"type": "AUDIO_PLAYER"}]}},
        "events": {"endpoint": dict(address), "subscriptions": [{"eventName": "SKILL_DISABLED"}]},
        "privacyAndCompliance": {
            "allowsPurchases": False,
            "usesPersonalInfo": True,
            "isChildDirected": False,
            "isExportCompliant": True,
            "containsAds": False,
            "locales": {locale: dict(pages) for locale in locales},
        },
    }
    return {"manifest": manifest}


def _shop(texts: StoreTexts, locale: str) -> dict[str, Any]:
    text = texts.of(locale)
    small, large = SIZES
    return {
        "name": text.name,
        "summary": text.summary,
        "description": text.description,
        "examplePhrases": list(text.examples),
        "keywords": list(text.keywords),
        "smallIconUri": f"file://{icon_path(small)}",
        "largeIconUri": f"file://{icon_path(large)}",
    }
