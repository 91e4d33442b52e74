"""The federation endpoints of OpenID Federation 1.1, section 8, read with joserfc as any client would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.federation.conftest import AUTHORITY, BODY, HOLDER, TYPE, ask, opened
from verifier.encoding import b64u, unb64u
from verifier.keys import P256_ORDER

if TYPE_CHECKING:
    from tests.federation.conftest import Federated

OTHER_TYPE = f"{AUTHORITY}/tm/jp.meti.scs/4"


def published(federated: Federated) -> str:
    return (federated.world.public / f"m/{federated.mark}.jwt").read_text("ascii")


def test_the_entity_configuration_names_every_endpoint_under_its_host(federated: Federated) -> None:
    entity = federated.authority["metadata"]["federation_entity"]
    named = {name for name in entity if name.endswith("_endpoint")}
    kinds = ("fetch", "list", "trust_mark_status", "trust_mark_list", "trust_mark", "historical_keys")
    assert named == {f"federation_{kind}_endpoint" for kind in kinds}
    assert all(entity[name].startswith(f"{AUTHORITY}/federation/") for name in named)
    # Section 3.1.2: neither stands in the configuration of an anchor that has nobody above it.
    assert not {"authority_hints", "source_endpoint"} & federated.authority.keys()


def test_the_statement_about_a_body_names_its_deciders_key_and_lets_nobody_stand_below(federated: Federated) -> None:
    answer = federated.get("fetch", sub=BODY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/entity-statement+jwt")
    said = opened(answer.content, federated.authority["jwks"], "entity-statement+jwt")
    assert (said["iss"], said["sub"]) == (AUTHORITY, BODY)
    assert [key["kid"] for key in said["jwks"]["keys"]] == [federated.signers["decider"].kid]
    assert said["constraints"] == {"max_path_length": 0}
    assert said["source_endpoint"] == federated.authority["metadata"]["federation_entity"]["federation_fetch_endpoint"]
    assert said["iat"] < said["exp"] <= said["iat"] + 7 * 86_400
    assert "authority_hints" not in said


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"sub": ""}, 400, "invalid_request"),
        ({"sub": [BODY, BODY]}, 400, "invalid_request"),
        ({"sub": AUTHORITY}, 400, "invalid_request"),
        ({"sub": f"{AUTHORITY}/e/8"}, 404, "not_found"),
        ({"sub": HOLDER}, 404, "not_found"),
        ({"sub": "https://elsewhere.example/e/7"}, 404, "not_found"),
        ({"sub": f"{AUTHORITY}/e/7/../8"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_fetched_is_told_in_the_standards_form(
    federated: Federated, query: dict[str, str | list[str]], status: int, error: str
) -> None:
    answer = federated.get("fetch", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    told = answer.json()
    assert told["error"] == error
    assert set(told) == {"error", "error_description"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [BODY]),
        ({"entity_type": "federation_entity"}, [BODY]),
        ({"entity_type": "openid_provider"}, []),
        ({"entity_type": ["federation_entity", "openid_provider"]}, []),
        ({"trust_marked": "false"}, [BODY]),
        ({"trust_marked": "true"}, []),
        ({"trust_mark_type": TYPE}, []),
        ({"intermediate": "true"}, []),
        ({"intermediate": "false"}, [BODY]),
        ({"something_new": "1"}, [BODY]),
    ],
)
def test_the_list_of_subordinates_takes_every_filter(
    federated: Federated, query: dict[str, str | list[str]], found: list[str]
) -> None:
    answer = federated.get("list", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == found


def test_a_filter_that_is_no_boolean_is_an_invalid_request(federated: Federated) -> None:
    answer = federated.get("list", trust_marked="yes")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_holders_mark_is_given_by_type_and_subject_as_it_was_issued(federated: Federated) -> None:
    answer = federated.get("trust_mark", trust_mark_type=TYPE, sub=HOLDER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/trust-mark+jwt")
    assert answer.text == published(federated)
    statement = opened(federated.get("fetch", sub=BODY).text, federated.authority["jwks"], "entity-statement+jwt")
    mark = opened(answer.text, statement["jwks"], "trust-mark+jwt")
    assert (mark["iss"], mark["sub"], mark["trust_mark_type"]) == (BODY, HOLDER, TYPE)
    assert BODY in federated.authority["trust_mark_issuers"][TYPE]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"trust_mark_type": OTHER_TYPE, "sub": HOLDER}, 404),
        ({"trust_mark_type": TYPE, "sub": f"{AUTHORITY}/o/0188-5010005007126"}, 404),
        ({"trust_mark_type": TYPE, "sub": "https://elsewhere.example/o/0188-1180301018771"}, 404),
        ({"trust_mark_type": TYPE, "sub": "0188-1180301018771"}, 404),
        ({"trust_mark_type": "https://elsewhere.example/tm/jp.meti.scs/3", "sub": HOLDER}, 404),
        ({"trust_mark_type": TYPE}, 400),
        ({"sub": HOLDER}, 400),
    ],
)
def test_a_mark_that_nobody_holds_is_not_found_and_half_a_question_is_refused(
    federated: Federated, query: dict[str, str | list[str]], status: int
) -> None:
    answer = federated.get("trust_mark", **query)
    assert answer.status_code == status
    assert answer.json()["error"] == {404: "not_found", 400: "invalid_request"}[status]


def test_the_marked_entities_of_a_type_are_listed(federated: Federated) -> None:
    assert federated.get("trust_mark_list", trust_mark_type=TYPE).json() == [HOLDER]
    assert federated.get("trust_mark_list", trust_mark_type=TYPE, sub=HOLDER).json() == [HOLDER]
    assert federated.get("trust_mark_list", trust_mark_type=TYPE, sub=BODY).json() == []
    assert federated.get("trust_mark_list", trust_mark_type=OTHER_TYPE).json() == []
    assert federated.get("trust_mark_list").json()["error"] == "invalid_request"


def test_the_status_of_a_mark_is_a_signed_answer_about_exactly_that_mark(federated: Federated) -> None:
    mark = published(federated)
    answer = federated.post(mark)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/trust-mark-status-response+jwt")
    said = opened(answer.content, federated.authority["jwks"], "trust-mark-status-response+jwt")
    assert (said["iss"], said["trust_mark"], said["status"]) == (AUTHORITY, mark, "active")


def test_a_twin_of_the_signature_and_an_altered_mark_are_unknown_marks(federated: Federated) -> None:
    signed, _, signature = published(federated).rpartition(".")
    raw = unb64u(signature)
    twin = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    assert federated.post(f"{signed}.{b64u(twin)}").status_code == 404
    header, payload = signed.split(".")
    altered = unb64u(payload).replace("株式会社見本精機".encode(), "株式会社見本偽造".encode())
    assert altered != unb64u(payload)
    answer = federated.post(f"{header}.{b64u(altered)}.{signature}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize("mark", ["", "a.b.c", "not a token", "x" * 9000])
def test_what_is_no_mark_has_no_status(federated: Federated, mark: str) -> None:
    answer = federated.post(mark)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_status_is_asked_by_post_of_a_form_that_is_not_too_long(federated: Federated) -> None:
    assert federated.get("trust_mark_status", trust_mark=published(federated)).status_code == 405
    assert federated.post(published(federated), "application/json").status_code == 400
    assert federated.post("x" * 20_000).status_code == 413


def test_no_key_of_the_authority_is_over_yet(federated: Federated) -> None:
    answer = federated.get("historical_keys")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jwk-set+jwt")
    said = opened(answer.content, federated.authority["jwks"], "jwk-set+jwt")
    assert (said["iss"], said["keys"]) == (AUTHORITY, [])


def test_answers_may_be_read_from_any_page_and_kept_for_a_minute_at_most(federated: Federated) -> None:
    for name, query in (("fetch", {"sub": BODY}), ("list", {}), ("fetch", {})):
        headers = federated.get(name, **query).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] in ("public, max-age=60", "no-store")


def test_the_body_stands_in_the_federation_with_what_it_says_of_itself(federated: Federated) -> None:
    answer = ask(federated.world, "/e/7/.well-known/openid-federation")
    assert answer.headers["content-type"] == "application/entity-statement+jwt"
    statement = opened(federated.get("fetch", sub=BODY).text, federated.authority["jwks"], "entity-statement+jwt")
    own = opened(answer.content, statement["jwks"], "entity-statement+jwt")
    assert (own["iss"], own["sub"], own["authority_hints"]) == (BODY, BODY, [AUTHORITY])
    entity, above = own["metadata"]["federation_entity"], federated.authority["metadata"]["federation_entity"]
    assert entity["federation_trust_mark_status_endpoint"] == above["federation_trust_mark_status_endpoint"]
    assert "federation_fetch_endpoint" not in entity
