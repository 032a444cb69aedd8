"""The server against requests made from its own description: none is a fault, all answers fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from app.conftest import Served, serve
from detente.app.limits import Limits
from detente.app.server import Setup, create_app
from detente.library import read_template
from detente.scenario.reading import read_scenario_text

# Not "a body of the right shape is accepted": most texts are no scenarios.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
SMALL = read_template("mutual-limits")
PLAN = read_scenario_text(SMALL).plans[0].id
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve(Setup(folder, limits=Limits(jobs=1))) as served:
        yield served


# 413: a text longer than it may be is refused for the request's length before it is read.
REFUSED = {"negative_data_rejection": {"expected-statuses": [400, 403, 404, 405, 413, 422, 429]}}
CONFIG = schemathesis.Config.from_dict({"checks": REFUSED})
schema = schemathesis.openapi.from_dict(create_app(Setup()).openapi(), config=CONFIG)


@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
def test_any_request(case: schemathesis.Case, served: Served) -> None:
    case.call_and_validate(base_url=served.url, checks=CHECKS, timeout=60)


@schema.include(path_regex="verdict|change|steps|explain|screen|open").parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
def test_any_request_about_a_scenario(case: schemathesis.Case, served: Served) -> None:
    if isinstance(case.body, dict) and "text" in case.body:
        case.body["text"] = SMALL
        if isinstance(case.body.get("plan"), str):
            case.body["plan"] = PLAN
    answer = case.call(base_url=served.url, timeout=60)
    case.validate_response(answer, checks=CHECKS[:4])


def test_every_question_is_described(served: Served) -> None:
    found = served.client.get("/openapi.json").json()["paths"]
    assert {path.removeprefix("/api/") for path in found} == {
        "about", "cases", "open", "verdict", "check", "pictures", "explain", "compare", "screen",
        "sources", "leaning", "jobs", "jobs/{job}", "jobs/{job}/file", "change", "steps",
        "difference", "save",
    }  # fmt: skip
