"""No call of the service ignores a parameter: of the document's operations each refuses what it does not have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.verification.conftest import Service

PATHS = json.loads((Path(__file__).parents[2] / "openapi/verification.json").read_text("utf-8"))["paths"]
OPERATIONS = [(method, path) for path, methods in PATHS.items() for method in methods]
_VALUES = {"check": "A" * 32, "kind": "csv"}


def test_every_operation_refuses_a_parameter_that_it_does_not_have_and_names_it(service: Service) -> None:
    assert len(OPERATIONS) > 10
    for method, path in OPERATIONS:
        filled = re.sub(r"\{(\w+)[^}]*\}", lambda found: _VALUES.get(found[1], service.mark), path)
        answered = service.http.request(method, f"http://verification{filled}", params={"asof": "zzz"})
        assert (answered.status_code, answered.json()["code"]) == (400, "wrong_use"), (method, path, answered.text)
        assert "'asof'" in answered.json()["detail"]
        assert answered.json()["hint"]


@pytest.mark.parametrize("query", ["as_of=2020-01-01", "as_of=zzz", "known_at=1"])
def test_a_day_at_the_address_of_a_mark_is_refused_with_where_to_ask(service: Service, query: str) -> None:
    address = f"http://verification/verification/v1/marks/{service.mark}"
    assert service.http.get(address).status_code == 200
    refused = service.http.get(f"{address}?{query}")
    assert refused.status_code == 400
    assert "POST /verification/v1/lookups" in refused.json()["hint"]


def test_a_parameter_that_comes_twice_is_refused(service: Service) -> None:
    address = f"http://verification/verification/v1/checks/{'A' * 32}/rows?after=1&after=2"
    refused = service.http.get(address)
    assert (refused.status_code, refused.json()["code"]) == (400, "wrong_use")
    assert "'after'" in refused.json()["detail"]
