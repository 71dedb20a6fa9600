"""Schemathesis: whatever fits the schema is answered as it says, and whatever doesn't is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.serving.service import Service, serving

OF_USERS = ("/recommend", "/rank", "/explain", "/neighbours", "/history")
"""Where an id that fits the schema is refused, since nobody has it."""
NEW = "/new-items"
"""Refused by a model whose items have numbers, which names no others."""
PATHS = (*OF_USERS, NEW, "/users", "/items", "/health", "/metrics")
TOKEN = {"Authorization": "Bearer secret"}


@pytest.fixture(scope="module")
def service(trained: Path) -> Iterator[Service]:
    with serving(trained / "models/peapod", PEAPOD_TOKEN="secret") as service:
        yield service
        assert service.process.poll() is None
        assert [line for line in service.lines if " 500 " in line or "Traceback" in line] == []


@pytest.fixture(scope="module")
def operations(service: Service) -> dict[str, Any]:
    """What the schema says of each path."""
    schema = schemathesis.openapi.from_url(f"{service.address}/openapi.json", headers=TOKEN)
    # What is wrong may be too long as well, which is seen first.
    rejection = schema.config.checks.negative_data_rejection
    # A list of its own: the default is one for all schemas.
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]
    return {one.ok().path: one.ok() for one in schema.get_all_operations()}


def test_every_path_is_in_the_schema(operations: dict[str, Any]) -> None:
    assert set(operations) == set(PATHS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", PATHS)
def test_every_path_keeps_its_word(operations: dict[str, Any], path: str, mode: GenerationMode) -> None:
    operation = operations[path]
    if mode is GenerationMode.NEGATIVE and not operation.body:
        pytest.skip("takes nothing that could be wrong")
    excluded = [positive_data_acceptance] if path in (*OF_USERS, NEW) else []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def asked(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=TOKEN, excluded_checks=excluded)

    asked()


@pytest.mark.parametrize("path", [path for path in PATHS if path != NEW])
def test_examples_of_the_schema_are_answered(service: Service, operations: dict[str, Any], path: str) -> None:
    """Random ids are nobody's: the examples are what gets through."""
    for body in operations[path].body:
        examples = body.definition["schema"]["examples"]
        assert examples
        for example in examples:
            found = httpx.post(f"{service.address}{path}", json=example, headers=TOKEN, timeout=60)
            assert found.status_code == 200
