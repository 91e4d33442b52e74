"""What verifiers of credentials fetch: type metadata at the address in ``vct``, the issuer's keys beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.federation.conftest import AUTHORITY, BODY, ask
from verifier.credential import DISCLOSABLE, credential_type

if TYPE_CHECKING:
    from tests.federation.conftest import Federated

VCT = credential_type("shirushi.example", "jp.meti.scs", 3)


def test_the_type_stands_at_its_own_address_in_both_languages(federated: Federated) -> None:
    answer = ask(federated.world, VCT.removeprefix(AUTHORITY))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told["vct"] == VCT
    assert [one["locale"] for one in told["display"]] == ["ja", "en"]
    assert all(one["name"] and "★3" in one["name"] for one in told["display"])
    claims = {claim["path"][0]: claim for claim in told["claims"]}
    assert {name for name, claim in claims.items() if claim["sd"] == "always"} == set(DISCLOSABLE)
    assert {name for name, claim in claims.items() if not claim["mandatory"]} == {"name_latin", "domains"}
    for claim in told["claims"]:
        assert [one["locale"] for one in claim["display"]] == ["ja", "en"]
        assert all(one["label"] for one in claim["display"])


@pytest.mark.parametrize("path", ["/vct/jp.meti.scs/4", "/vct/jp.meti.scs/33", "/vct/unknown/3", "/vct/..%2F..%2Fm/3"])
def test_a_type_that_nobody_issues_is_not_described(federated: Federated, path: str) -> None:
    answer = ask(federated.world, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_issuers_keys_stand_where_the_standard_looks_for_them(federated: Federated) -> None:
    answer = ask(federated.world, "/.well-known/jwt-vc-issuer/e/7")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    told = answer.json()
    assert told["issuer"] == BODY
    assert [key["kid"] for key in told["jwks"]["keys"]] == [federated.signers["decider"].kid]
    assert ask(federated.world, "/.well-known/jwt-vc-issuer/e/8").status_code == 404
    assert ask(federated.world, "/.well-known/jwt-vc-issuer/e/x").status_code == 400
