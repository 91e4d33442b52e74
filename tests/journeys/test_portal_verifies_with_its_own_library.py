"""A portal engineer verifies the mark with a stock JOSE library and published keys only."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.journeys.conftest import Demonstration


def claims_of(compact: str) -> dict[str, Any]:
    payload = compact.split(".")[1]
    loaded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return loaded


def kid_of(compact: str) -> str:
    header = compact.split(".", maxsplit=1)[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


def verified(compact: str, jwk: dict[str, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(jws.deserialize_compact(compact, ECKey.import_key(jwk), ["ES256"]).payload)
    return loaded


@pytest.mark.parametrize("level", [3, 4])
def test_the_keys_of_the_bundles_entries_verify_the_mark(demonstration: Demonstration, level: int) -> None:
    bundle = demonstration.bundle(level)
    entries = [claims_of(one["statement"]) for one in bundle["statements"]]
    keys = {one["public"]["kid"]: one["public"]["jwk"] for one in entries if one["type"] == "key.added"}
    assert verified(bundle["mark"], keys[kid_of(bundle["mark"])])["scs"]["tier"] == level


@pytest.mark.parametrize("level", [3, 4])
def test_the_keys_of_the_trust_list_verify_the_mark(demonstration: Demonstration, level: int) -> None:
    mark = (demonstration.package(level) / "mark.jwt").read_text().strip()
    trust_list = claims_of((demonstration.folder / "public/trust/list.jwt").read_text().strip())
    keys = {key["kid"]: key["jwk"] for body in trust_list["bodies"] for key in body["keys"]}
    assert verified(mark, keys[kid_of(mark)])["jti"] == demonstration.package(level).name
