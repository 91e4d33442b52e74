"""The mark: its claims agree with each other, and unknown ones are never skipped."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, OTHER_HOLDER
from tests.world import fork, fork_issued
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token, sign_token
from verifier.errors import EvidenceError, MarkError, NewerVersionError, StatementError
from verifier.mark import Holder, Scope, parse_mark, sign_mark
from verifier.schema import read_model
from verifier.seal import parse_scan, seal_fits_mark

WORLD, MARK_ID = fork_issued()
CLAIMS = parse_token(WORLD.mark(MARK_ID), "trust-mark+jwt").payload


def claims() -> dict[str, Any]:
    return deepcopy(CLAIMS)


def signed(payload: dict[str, Any]) -> str:
    return sign_token(payload, typ="trust-mark+jwt", signer=WORLD.body.keys["decider"])


def altered(path: str, value: Any) -> dict[str, Any]:
    """Return the claims of a good mark with one member replaced, added, or left out for ``...``."""
    payload = claims()
    *parents, name = path.split("/")
    place = payload
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return payload


def test_a_mark_says_what_was_drafted() -> None:
    world = fork()
    prepared = world.prepare()
    draft = prepared.draft
    compact = sign_mark(
        draft, iat=1_795_305_600, seal_sha256=digest(b"seal"), nonce=b64u(bytes(16)), signer=world.body.keys["decider"]
    )
    mark = parse_mark(compact)
    assert (mark.host, mark.id, mark.iss, mark.sub, mark.nbf, mark.exp) == (
        HOST, draft.id, draft.iss, draft.sub, draft.nbf, draft.exp,
    )  # fmt: skip
    assert (mark.status_no, mark.status_idx) == (draft.status_no, draft.status_idx)
    assert (mark.content.org, mark.content.scope) == (draft.holder, draft.scope)
    assert parse_mark(signed(mark.token.payload)).token.signing_input == mark.token.signing_input


def test_the_claims_are_those_of_the_specification() -> None:
    payload = claims()
    assert sorted(payload) == [
        "exp", "iat", "id", "iss", "jti", "logo_uri", "nbf", "ref", "scs", "status", "sub", "trust_mark_type",
    ]  # fmt: skip
    assert payload["ref"] == f"https://{HOST}/m/{payload['jti']}"
    assert payload["id"] == payload["trust_mark_type"] == f"https://{HOST}/tm/jp.meti.scs/3"
    assert payload["status"] == {"status_list": {"idx": 7, "uri": f"https://{HOST}/status/1"}}


REQUIRED = [
    "iss", "sub", "trust_mark_type", "id", "iat", "nbf", "exp", "jti", "ref", "logo_uri", "status",
    "status/status_list", "status/status_list/idx", "status/status_list/uri", "scs", "scs/scheme", "scs/tier",
    "scs/number", "scs/criteria", "scs/basis", "scs/org", "scs/org/name", "scs/org/identifiers",
    "scs/scope_kind", "scs/covered", "scs/scope_summary", "scs/ot", "scs/scope_sha256", "scs/seal_sha256",
    "scs/log", "scs/nonce",
]  # fmt: skip


def test_a_mark_is_refused_without_any_of_its_members() -> None:
    for path in REQUIRED:
        payload = altered(path, ...)
        with pytest.raises(MarkError):
            parse_mark(signed(payload))


@pytest.mark.parametrize("value", [None, 1.5, True, [], {}], ids=repr)
def test_a_member_of_another_type_is_refused(value: Any) -> None:
    for path in REQUIRED:
        if (path, value) != ("scs/covered", []):
            payload = altered(path, value)
            with pytest.raises(MarkError):
                parse_mark(signed(payload))


@pytest.mark.parametrize("path", ["new", "scs/new", "scs/org/new", "status/new", "status/status_list/new"])
def test_a_member_that_is_not_known_needs_a_newer_verifier(path: str) -> None:
    with pytest.raises(NewerVersionError):
        parse_mark(signed(altered(path, "value")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("iss", "https://shirushi.example"),
        ("iss", "https://shirushi.example/o/0188-1180301018771"),
        ("iss", "https://other.example/e/1001"),
        ("sub", f"https://{HOST}/o/{OTHER_HOLDER}"),
        ("sub", "https://other.example/o/0188-1180301018771"),
        ("trust_mark_type", f"https://{HOST}/tm/jp.meti.scs/4"),
        ("id", f"https://{HOST}/tm/jp.meti.scs/4"),
        ("id", "https://other.example/tm/jp.meti.scs/3"),
        ("scs/tier", 4),
        ("scs/scheme", "jp.meti.other"),
        ("scs/tier", 0),
        ("scs/tier", 10),
        ("jti", "0" * 26),
        ("ref", f"https://{HOST}/m/" + "0" * 26),
        ("scs/log", "other.example/log"),
        ("status/status_list/uri", "https://other.example/status/1"),
        ("status/status_list/uri", f"https://{HOST}/status/0"),
        ("status/status_list/uri", f"https://{HOST}/status/01"),
        ("status/status_list/uri", f"https://{HOST}/status/１"),
        ("status/status_list/uri", f"https://{HOST}/status/x"),
        ("status/status_list/idx", -1),
        ("scs/org/identifiers", []),
        ("scs/org/identifiers", ["1180301018771"]),
        ("scs/org/identifiers", ["0188-1180301018771", "0188-T5010005007126"]),
        ("scs/covered", ["0188-T1180301018771"]),
        ("scs/covered", ["nobody"]),
        ("scs/org/name", ""),
        ("scs/org/name", "x" * 201),
        ("scs/org/domains", ["Example.com"]),
        ("scs/scope_kind", "world"),
        ("scs/ot", "maybe"),
        ("scs/basis", "hope"),
        ("scs/scope_summary", "another scope"),
        ("scs/scope_sha256", digest(b"other")),
        ("scs/seal_sha256", "short"),
        ("scs/nonce", "short"),
        ("scs/number", "1"),
        ("exp", 1_000),
        ("iat", 1_795_273_200 - 101 * DAY),
    ],
)  # fmt: skip
def test_a_mark_that_contradicts_itself_is_refused(path: str, value: Any) -> None:
    with pytest.raises(EvidenceError):
        parse_mark(signed(altered(path, value)))


def test_a_mark_may_be_signed_a_hundred_days_ahead() -> None:
    nbf = claims()["nbf"]
    assert parse_mark(signed(altered("iat", nbf - 100 * DAY))).nbf == nbf


def test_the_scope_digest_is_over_exactly_the_four_members() -> None:
    scope = Scope(scope_kind="company", covered=(), scope_summary="全社", ot="excluded")
    named = {"scope_kind": "company", "covered": [], "scope_summary": "全社", "ot": "excluded"}
    assert scope.digest == digest(canonical(named))


def test_members_are_read_under_the_names_of_the_format_only() -> None:
    with pytest.raises(StatementError):
        read_model(Holder, {"name": "x", "identifiers": "0188-1180301018771"}, what="holder")


@pytest.mark.parametrize(
    "change",
    [("scs/tier", 4), ("nbf", 1_795_273_201), ("scs/org/name", "別の会社"), ("status/status_list/idx", 8)],
    ids=lambda change: str(change[0]),
)
def test_a_seal_that_tells_another_story_does_not_fit(change: tuple[str, Any]) -> None:
    world, mark_id = fork_issued()
    content = parse_scan(world.qr(mark_id)).content
    payload = altered(*change)
    payload["trust_mark_type"] = payload["id"] = f"https://{HOST}/tm/jp.meti.scs/{payload['scs']['tier']}"
    assert seal_fits_mark(content, parse_mark(world.mark(mark_id)))
    assert not seal_fits_mark(content, parse_mark(signed(payload)))
