"""A list that is sent as JSON: one answer for each supplier, or a refusal that says which one names nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.verification.test_checks import CHECKS, POLICY, ROOT, done

if TYPE_CHECKING:
    from tests.verification.conftest import Service


@pytest.mark.parametrize("nothing", [{}, {"name": ""}, {"identifier": " ", "mark": "\u3000"}, {"tier": "★3"}])
def test_a_supplier_of_a_json_list_that_names_nobody_is_refused_by_its_place_not_left_out(
    service: Service, nothing: dict[str, str]
) -> None:
    suppliers = [{"identifier": "T1180301018771"}, nothing, {"name": "名前だけ"}]
    refused = service.http.post(CHECKS, json={"suppliers": suppliers, "policy": POLICY})
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert refused.json()["detail"] == "body.suppliers.1: give at least one of identifier, mark and name"


def test_each_supplier_of_a_json_list_has_one_answer_whose_row_counts_the_headings(service: Service) -> None:
    suppliers = [{"name": "名前だけ"}, {"identifier": "0"}, {"name": ",,;;\n\t"}, {"name": "名前だけ"}]
    begun = service.http.post(CHECKS, json={"suppliers": suppliers, "policy": POLICY})
    done(service, begun.json()["progress"])
    rows = [json.loads(line) for line in service.http.get(f"{ROOT}{begun.json()['progress']}/rows").text.splitlines()]
    assert [row["row"] for row in rows] == [2, 3, 4, 5]
    described = service.made.api.openapi()
    told = described["components"]["schemas"]["CheckOrder"]["description"]
    assert "suppliers[0]`` is row 2" in told
    assert "suppliers[0]` is row 2" in described["paths"]["/verification/v1/checks/{check}/rows"]["get"]["description"]
