"""Admission: what is refused, and that trying again is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from verifier.admission_receipt import parse_admission_receipt, verify_admission_receipt
from verifier.encoding import b64u
from verifier.envelope import parse_token
from verifier.errors import ConflictError, RefusedError
from verifier.markid import new_mark_id
from verifier.statement import Anchor, Draft, sign_statement
from verifier.statement.approval import sign_approval

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World

DATABASES = ("sqlite", "postgresql")
HOST = "shirushi.example"
HOUR = 3600


def scheme_statement(world: World, **changes: Any) -> dict[str, Any]:
    """Return a request that publishes a scheme; ``changes`` replace arguments of sign_statement."""
    first, second = world.ceremony.keys.operators
    public = {"scheme": "a.b", "version": changes.pop("version", "1"), "sha256": "A" * 43, "tiers": []}
    draft = Draft(f"{HOST}/log", "scheme.published", f"https://{HOST}/s/a.b/{public['version']}", public)
    iss, now = f"https://{HOST}", world.clock()
    approval = sign_approval(
        draft.approval_subject, iss=iss, log=draft.log, iat=now, signer=second, entropy=world.entropy
    )
    arguments = {
        "iss": iss,
        "iat": now,
        "jti": b64u(world.entropy(16)),
        "prev": None,
        "anchor": world.desk.anchor(),
        "signer": first,
        "second": parse_token(approval, "approval+jwt").digest,
        **changes,
    }
    return {"statement": sign_statement(draft, **arguments), "second": approval}


def test_the_same_statement_again_gets_the_first_answer(world: World) -> None:
    request = scheme_statement(world)
    first = world.send(request)
    world.clock.now += 2 * HOUR
    again = world.send(request)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_another_statement_under_the_same_jti_is_a_conflict(world: World) -> None:
    jti = b64u(world.entropy(16))
    admitted = world.send(scheme_statement(world, jti=jti))
    other = world.send(scheme_statement(world, jti=jti, version="2"))
    assert other.status_code == 409
    assert other.json()["head"] == admitted.json()["index"]


def test_a_stale_prev_is_a_conflict_that_names_the_new_head(office: Office) -> None:
    world, _ = office
    uri = f"https://{HOST}/e/7"
    head = world.desk.head(uri)
    world.desk.suspend_body(7, reason="cause")
    draft = Draft(f"{HOST}/log", "body.suspended", uri, {"reason": "cause"})
    first, _ = world.ceremony.keys.operators
    stale = sign_statement(
        draft,
        iss=f"https://{HOST}",
        iat=world.clock(),
        jti=b64u(world.entropy(16)),
        prev=head,
        anchor=world.desk.anchor(),
        signer=first,
    )
    answer = world.send({"statement": stale})
    assert (answer.status_code, answer.json()["head"]) == (409, world.desk.head(uri))


def test_the_receipt_promises_the_entry_within_a_minute(world: World) -> None:
    request = scheme_statement(world)
    answer = world.send(request).json()
    receipt = parse_admission_receipt(answer["receipt"])
    verify_admission_receipt(receipt, world.ceremony.root)
    assert receipt.statement_sha256 == parse_token(request["statement"], "statement+jwt").digest
    assert receipt.index == answer["index"]
    assert receipt.publish_by == world.clock() + 60


def test_an_anchor_that_was_never_published_is_refused(world: World) -> None:
    answer = world.send(scheme_statement(world, anchor=Anchor(size=1, root="A" * 43)))
    assert answer.status_code == 422
    assert "no published checkpoint" in answer.json()["detail"]


def test_a_grant_on_an_old_anchor_is_refused(world: World) -> None:
    world.desk.publish_scheme({"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []})
    old = world.desk.anchor()
    world.clock.now += 24 * HOUR
    world.settle()
    signers_body = Draft(
        f"{HOST}/log",
        "body.accredited",
        f"https://{HOST}/e/7",
        {
            "no": 7,
            "role": "evaluation",
            "identifier": "0188-1180301018771",
            "scope": [],
            "from": world.clock(),
            "until": world.clock() + HOUR,
        },
    )
    first, second = world.ceremony.keys.operators
    approval = sign_approval(
        signers_body.approval_subject,
        iss=f"https://{HOST}",
        log=signers_body.log,
        iat=world.clock(),
        signer=second,
        entropy=world.entropy,
    )
    statement = sign_statement(
        signers_body,
        iss=f"https://{HOST}",
        iat=world.clock(),
        jti=b64u(world.entropy(16)),
        prev=None,
        anchor=old,
        signer=first,
        second=parse_token(approval, "approval+jwt").digest,
    )
    answer = world.send({"statement": statement, "second": approval})
    assert (answer.status_code, answer.json()["detail"]) == (422, "the anchor is too old")


def test_without_witnesses_for_six_hours_nothing_is_granted_but_rights_are_taken_away(office: Office) -> None:
    world, signers = office
    world.doors.shut |= {"w1", "w2", "w3"}
    world.clock.now += 7 * HOUR
    answer = world.send(world.sign_mark(signers, world.reserve(signers).json()).request)
    assert (answer.status_code, answer.json()["code"]) == (503, "witnesses_unavailable")
    assert answer.headers["retry-after"]
    assert world.desk.suspend_body(7, reason="cause").index > 0


def test_the_approval_counts_once(world: World) -> None:
    request = scheme_statement(world)
    assert world.send(request).status_code == 201
    payload = parse_token(request["statement"], "statement+jwt").payload
    first, _ = world.ceremony.keys.operators
    again = sign_statement(
        Draft(f"{HOST}/log", "scheme.published", f"https://{HOST}/s/a.b/1", payload["public"]),
        iss=payload["iss"],
        iat=world.clock(),
        jti=b64u(world.entropy(16)),
        prev=world.desk.head(f"https://{HOST}/s/a.b/1"),
        anchor=world.desk.anchor(),
        signer=first,
        second=payload["second"],
    )
    answer = world.send({"statement": again, "second": request["second"]})
    assert answer.status_code in (409, 422)


def test_what_is_not_brought_along_is_refused(world: World) -> None:
    request = scheme_statement(world)
    answer = world.send({"statement": request["statement"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "refused")


def test_a_disclosure_that_fits_no_commitment_is_refused(world: World) -> None:
    request = scheme_statement(world)
    salt = b64u(world.entropy(16))
    answer = world.send({**request, "disclosures": [{"salt": salt, "name": "name", "value": "somebody"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "statement")


@pytest.mark.parametrize("change", ["mark", "number", "place"])
def test_a_mark_is_issued_only_under_what_was_reserved_for_it(office: Office, change: str) -> None:
    world, signers = office
    one, other = world.reserve(signers).json(), world.reserve(signers).json()
    changed = {
        "mark": {**one, "mark": new_mark_id(world.entropy)},
        "number": {**one, "number": "SCS3-999999"},
        "place": {**one, "status": other["status"]},
    }[change]
    answer = world.send(world.sign_mark(signers, changed).request)
    assert answer.status_code == 422, answer.text
    assert "reserved" in answer.json()["detail"]


def test_the_desk_tells_a_conflict_and_a_refusal_apart(world: World) -> None:
    scheme = {"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []}
    world.desk.publish_scheme(scheme)
    with pytest.raises(RefusedError) as refused:
        world.desk.publish_scheme(scheme)
    assert not isinstance(refused.value, ConflictError)
