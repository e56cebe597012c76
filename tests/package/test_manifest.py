"""The manifest and models of the package, as Amazon will read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData
from ask_smapi_model.v1.skill.manifest.skill_manifest_envelope import SkillManifestEnvelope

from skill.package.check import Package
from skill.package.command import build_package
from skill.package.endpoint import read_endpoint
from skill.package.manifest import Distribution, build_manifest
from skill.package.store import read_store
from skill.settings import Settings
from tests.package.conftest import LOCALES, Wish
from tests.smapi import assert_loads_without_loss


def manifest_of(package: Package) -> Any:
    """The manifest as it is written."""
    return json.loads(package.files()["skill.json"])["manifest"]


def test_the_package_holds_manifest_models_and_icons(package: Package) -> None:
    """The layout is that of the ASK CLI: skill.json, a model per locale, images below assets."""
    assert sorted(package.files()) == [
        "assets/images/icon-108.png",
        "assets/images/icon-512.png",
        *(f"interactionModels/custom/{locale}.json" for locale in LOCALES),
        "skill.json",
    ]


def test_amazons_own_model_knows_every_field(package: Package) -> None:
    """Read and written by ask-smapi-model, the manifest is what it was; with a field that is not known it is not."""
    whole = json.loads(package.files()["skill.json"])
    assert_loads_without_loss(whole, SkillManifestEnvelope)
    whole["manifest"]["publishingInformation"]["sumary"] = "x"
    with pytest.raises(AssertionError, match="sumary"):
        assert_loads_without_loss(whole, SkillManifestEnvelope)


def test_amazons_own_model_knows_every_model(package: Package) -> None:
    """Each interaction model of the package is read and written without loss."""
    for text in package.models.values():
        assert_loads_without_loss(json.loads(text), InteractionModelData)


def test_every_locale_has_all_its_parts(package: Package) -> None:
    """Shop, privacy and model are there for the same locales, and the icons that the shop names are in the package."""
    manifest, files = manifest_of(package), package.files()
    shops = manifest["publishingInformation"]["locales"]
    assert tuple(sorted(shops)) == LOCALES
    assert tuple(sorted(manifest["privacyAndCompliance"]["locales"])) == LOCALES
    for shop in shops.values():
        for uri in (shop["smallIconUri"], shop["largeIconUri"]):
            assert uri.removeprefix("file://") in files


def test_where_alexa_calls_and_what_the_skill_can(package: Package) -> None:
    """Requests and the event of disabling go to the endpoint; the player is switched on."""
    manifest = manifest_of(package)
    address = {"uri": "https://rug.voorbeeld.nl/alexa", "sslCertificateType": "Trusted"}
    assert manifest["apis"] == {"custom": {"endpoint": address, "interfaces": [{"type": "AUDIO_PLAYER"}]}}
    assert manifest["events"] == {"endpoint": address, "subscriptions": [{"eventName": "SKILL_DISABLED"}]}


def test_the_skill_is_for_dutch_and_belgian_adults_and_says_what_it_keeps(package: Package) -> None:
    """Two countries, health and fitness, personal data, no advertisement, no purchase, no children."""
    manifest = manifest_of(package)
    publishing, privacy = manifest["publishingInformation"], manifest["privacyAndCompliance"]
    assert (publishing["isAvailableWorldwide"], publishing["distributionCountries"]) == (False, ["NL", "BE"])
    assert publishing["category"] == "HEALTH_AND_FITNESS"
    assert {key: value for key, value in privacy.items() if key != "locales"} == {
        "allowsPurchases": False,
        "usesPersonalInfo": True,
        "isChildDirected": False,
        "isExportCompliant": True,
        "containsAds": False,
    }
    assert privacy["locales"]["nl-NL"] == {
        "privacyPolicyUrl": "https://rug.voorbeeld.nl/privacy",
        "termsOfUseUrl": "https://rug.voorbeeld.nl/voorwaarden",
    }


@pytest.mark.parametrize(("way", "mode"), [("development", None), ("public", "PUBLIC"), ("private", "PRIVATE")])
def test_the_way_of_publishing_is_a_wish(way: Distribution, mode: str | None) -> None:
    """Without a wish nothing is said of publishing."""
    texts = read_store("rugoefening", "Alexa")
    made = build_manifest(read_endpoint("https://voorbeeld.nl"), texts, ["nl-NL"], distribution=way)
    assert made["manifest"]["publishingInformation"].get("distributionMode") == mode


def test_the_pages_lie_beside_the_endpoint() -> None:
    """Below a path of a proxy the pages are below it too."""
    texts = read_store("rugoefening", "Alexa")
    made = build_manifest(read_endpoint("https://voorbeeld.nl/rug/alexa"), texts, ["nl-NL"])
    pages = made["manifest"]["privacyAndCompliance"]["locales"]["nl-NL"]
    assert pages == {
        "privacyPolicyUrl": "https://voorbeeld.nl/rug/privacy",
        "termsOfUseUrl": "https://voorbeeld.nl/rug/voorwaarden",
    }


def test_wishes_reach_everything(wish: Wish) -> None:
    """Another name, wake word and certificate, and built-ins without our words, reach every text and model."""
    settings = Settings(wake_word="Echo")
    package = build_package(
        wish(invocation="dagelijkse rugoefening", settings=settings, certificate="Wildcard", builtin_samples=False)
    )
    manifest = manifest_of(package)
    assert manifest["apis"]["custom"]["endpoint"]["sslCertificateType"] == "Wildcard"
    assert "Echo, open dagelijkse rugoefening" in manifest["publishingInformation"]["testingInstructions"]
    for locale, shop in manifest["publishingInformation"]["locales"].items():
        assert shop["name"] == "Dagelijkse rugoefening"
        assert shop["description"].startswith("Dagelijkse rugoefening ")
        assert all(phrase.startswith("Echo, ") for phrase in shop["examplePhrases"])
        assert all("dagelijkse rugoefening" in phrase for phrase in shop["examplePhrases"])
        assert "Alexa" not in " ".join([shop["summary"], shop["description"], *shop["examplePhrases"]])
        model = json.loads(package.models[locale])["interactionModel"]["languageModel"]
        assert model["invocationName"] == "dagelijkse rugoefening"
        assert all(not intent["samples"] for intent in model["intents"] if intent["name"].startswith("AMAZON."))
