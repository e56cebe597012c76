"""The web face against its description in ``openapi.yaml``, by schemathesis, and what no description allows."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import negative_data_rejection, unsupported_method

from scripts import fuzz_http
from scripts.fuzz_app import UnderFire, development
from skill.pack import MANIFEST, load_pack

DESCRIPTION = Path(__file__).with_name("openapi.yaml")
OPERATIONS = (
    "POST /alexa",
    "GET /audio/{voice}/{file}",
    "HEAD /audio/{voice}/{file}",
    "GET /healthz",
    "GET /metrics",
    "GET /privacy",
    "HEAD /privacy",
    "GET /voorwaarden",
    "HEAD /voorwaarden",
    "GET /",
    "HEAD /",
    "GET /manifest.webmanifest",
    "HEAD /manifest.webmanifest",
    "GET /service-worker.js",
    "HEAD /service-worker.js",
    "GET /studio/static/{file}",
    "GET /studio/plan/{pack}/{level}/{tempo}",
    "POST /studio/devices",
    "POST /studio/devices/{device}/{visit}",
    "GET /werkbank",
    "HEAD /werkbank",
    "GET /studio/workbench/files/{folder}/{file}",
    "POST /studio/workbench/files/{folder}/{file}",
    "GET /studio/workbench/score/{routine}/{level}/{tempo}",
    "GET /studio/workbench/clips/{routine}",
    "POST /studio/workbench/news",
    "POST /studio/workbench/builds",
    "POST /studio/workbench/database",
    "POST /studio/workbench/persons",
)
WITH_PARAMETERS = tuple(one for one in OPERATIONS if "{" in one or one.startswith("POST"))
load_all_checks()


@pytest.fixture(scope="module")
def files(built_pack: Path) -> list[str]:
    """The audio files that exist."""
    return sorted(load_pack(built_pack / "espeak" / MANIFEST).files)


@pytest.fixture(scope="module")
def schema(built_pack: Path, files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description, with the names of some real files, on the application."""
    described = yaml.safe_load(DESCRIPTION.read_text())
    names = next(one for one in described["paths"]["/audio/{voice}/{file}"]["parameters"] if one["name"] == "file")
    names["schema"] = {"anyOf": [{"enum": files[:20]}, names["schema"]]}
    found = openapi.from_dict(described)
    found.app = development(built_pack, tmp_path_factory.mktemp("http")).app
    return found


def test_the_description_names_every_operation(schema: Any) -> None:
    """What is tested below is all that is described."""
    assert {one.ok().label for one in schema.get_all_operations()} == set(OPERATIONS)


def test_every_address_of_the_application_is_described(schema: Any) -> None:
    """The application has no address that the description does not know."""
    known = {str(rule).replace("<", "{").replace(">", "}") for rule in schema.app.url_map.iter_rules()}
    assert known <= set(schema.raw_schema["paths"])


@pytest.mark.no_cover  # many requests of the same kind
@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_are_as_described(schema: Any, label: str) -> None:
    """Good requests get the status, type and content that the description promises."""
    _check(schema, label, GenerationMode.POSITIVE)


@pytest.mark.no_cover  # many requests of the same kind
@pytest.mark.parametrize("label", WITH_PARAMETERS)
def test_answers_to_bad_requests_are_as_described(schema: Any, label: str) -> None:
    """Bad requests are refused as the description promises, or answered: never a failure of the server."""
    _check(schema, label, GenerationMode.NEGATIVE)


def _check(schema: Any, label: str, mode: GenerationMode) -> None:
    operation = next(one.ok() for one in schema.get_all_operations() if one.ok().label == label)

    @settings(max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Case[Any]) -> None:
        # the client of werkzeug takes it for a query; odd paths as they come over the wire stand in the test below
        assume(not any("?" in str(one) for one in (case.path_parameters or {}).values()))
        # what is new in a request is answered on purpose: Alexa adds to its requests without a warning
        case.call_and_validate(excluded_checks=[negative_data_rejection, unsupported_method])

    answered()


@pytest.mark.no_cover  # coverage would be measured as the application's own time
def test_odd_requests_never_make_the_server_fail(app: UnderFire, files: list[str]) -> None:
    """Odd methods, paths, ranges, conditions, hosts and lengths: no 5xx, no error in the log, within 50 ms."""
    for seed in range(250):
        app.http(*fuzz_http.request(Random(seed), files))  # noqa: S311  # to be repeatable is what it is for
