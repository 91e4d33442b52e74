"""Statements: closed schemas, one object each, and nothing unknown is skipped."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from registry.scenario.simulated_log import HOST
from tests.statement_samples import DIGEST, KID, MARK, ROW, SAMPLES, SIGNER
from tests.world import fork, fork_issued
from verifier.encoding import digest
from verifier.envelope import sign_token
from verifier.errors import EnvelopeError, EvidenceError, MarkError, NewerVersionError, StatementError
from verifier.names import log_origin
from verifier.statement import Anchor, Draft, approval_subject, parse_statement, sign_statement
from verifier.statement import public as publics
from verifier.statement.kinds import KINDS


def payload(kind: str = "mark.cancelled", **changes: Any) -> dict[str, Any]:
    path, public = SAMPLES[kind]
    given = {
        "v": 1,
        "log": log_origin(HOST),
        "type": kind,
        "object": f"https://{HOST}/{path}",
        "iss": f"https://{HOST}/e/1",
        "iat": 1_800_000_000,
        "jti": "A" * 22,
        "prev": None,
        "anchor": {"size": 1, "root": DIGEST},
        "public": public,
        "sd": [],
    } | changes
    return {name: value for name, value in given.items() if value is not ...}


def signed(given: dict[str, Any]) -> str:
    return sign_token(given, typ="statement+jwt", signer=SIGNER)


def test_there_is_a_sample_of_every_type() -> None:
    assert set(SAMPLES) == set(KINDS)
    assert {kind.schema for kind in KINDS.values()} == set(get_args(publics.Public))


def test_a_statement_of_each_type_is_read() -> None:
    for kind in KINDS:
        statement = parse_statement(signed(payload(kind)))
        assert (statement.type, statement.public.members()) == (kind, SAMPLES[kind][1])
        assert statement.entry == statement.token.compact.encode()


def test_a_statement_of_each_type_signed_here_is_read_back() -> None:
    for kind, (path, public) in SAMPLES.items():
        draft = Draft(log_origin(HOST), kind, f"https://{HOST}/{path}", public, (DIGEST,))
        anchor = Anchor(size=1, root=DIGEST)
        compact = sign_statement(
            draft, iss=f"https://{HOST}", iat=5, jti="A" * 16, prev=0, anchor=anchor, signer=SIGNER, second=DIGEST
        )
        statement = parse_statement(compact)
        assert (statement.prev, statement.anchor, statement.sd, statement.second) == (0, anchor, (DIGEST,), DIGEST)
        assert statement.approval_subject == draft.approval_subject


def test_a_member_unknown_to_its_type_needs_a_newer_verifier() -> None:
    for kind, (_, public) in SAMPLES.items():
        given = signed(payload(kind, public=public | {"later": 1}))
        with pytest.raises(NewerVersionError):
            parse_statement(given)


def test_a_missing_member_of_its_type_is_refused() -> None:
    for kind, (_, public) in SAMPLES.items():
        for member in public.keys() - _optional(kind):
            without = {name: value for name, value in public.items() if name != member}
            given = signed(payload(kind, public=without))
            with pytest.raises(StatementError):
                parse_statement(given)


def test_a_member_of_another_type_of_value_is_refused() -> None:
    for kind, (_, public) in SAMPLES.items():
        for member in public:
            for value in ({"a": 1}, True, "\n", -1):
                given = signed(payload(kind, public=public | {member: value}))
                with pytest.raises(EvidenceError):
                    parse_statement(given)


def test_the_object_of_a_type_is_of_its_kind() -> None:
    for kind, rule in KINDS.items():
        other = f"https://{HOST}/n/1" if rule.object_kind != "n" else f"https://{HOST}/e/1"
        given = signed(payload(kind, object=other))
        with pytest.raises(StatementError, match="cannot be about"):
            parse_statement(given)


def _optional(kind: str) -> set[str]:
    fields = KINDS[kind].schema.model_fields
    return {field.alias or name for name, field in fields.items() if not field.is_required()}


# --- the frame -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["log", "type", "object", "iss", "iat", "jti", "prev", "anchor", "public", "sd"])
def test_a_statement_is_refused_without(name: str) -> None:
    with pytest.raises(EvidenceError):
        parse_statement(signed(payload(**{name: ...})))


@pytest.mark.parametrize("changes", [{"v": 2}, {"v": ...}, {"v": "1"}, {"later": 1}, {"type": "mark.praised"}], ids=str)
def test_what_this_version_cannot_understand_needs_a_newer_one(changes: dict[str, Any]) -> None:
    with pytest.raises(NewerVersionError):
        parse_statement(signed(payload(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"log": "other.example/log"}, id="another authority's log"),
        pytest.param({"object": f"https://other.example/m/{MARK}"}, id="another authority's object"),
        pytest.param({"object": "nothing"}, id="an object that is no name"),
        pytest.param({"object": f"https://{HOST}/m/{MARK[:-1]}u"}, id="a mark with a wrong check symbol"),
        pytest.param({"iss": "urn:body"}, id="an issuer that is no URI"),
        pytest.param({"iat": -1}, id="a negative date"),
        pytest.param({"iat": "1800000000"}, id="a date that is text"),
        pytest.param({"exp": 1_900_000_000}, id="an expiry"),
        pytest.param({"jti": "short"}, id="a short jti"),
        pytest.param({"jti": "A" * 65}, id="a long jti"),
        pytest.param({"jti": "../../../etc/passwd"}, id="a jti that is a path"),
        pytest.param({"prev": -1}, id="a negative previous index"),
        pytest.param({"prev": True}, id="a previous index that is true"),
        pytest.param({"anchor": {"size": 0, "root": DIGEST}}, id="an anchor of nothing"),
        pytest.param({"anchor": {"size": 1, "root": "short"}}, id="an anchor without a root"),
        pytest.param({"anchor": {"size": 1}}, id="half an anchor"),
        pytest.param({"sd": ["short"]}, id="a commitment that is no digest"),
        pytest.param({"sd": [DIGEST, DIGEST]}, id="a commitment twice"),
        pytest.param({"sd": sorted([DIGEST, KID], reverse=True)}, id="commitments out of order"),
        pytest.param({"sd": {}}, id="commitments that are an object"),
        pytest.param({"second": "short"}, id="a second that is no digest"),
        pytest.param({"public": []}, id="a public part that is a list"),
        pytest.param({"public": None}, id="no public part"),
    ],
)
def test_a_statement_is_refused_with(changes: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        parse_statement(signed(payload(**changes)))


def test_a_version_that_is_true_is_not_version_1() -> None:
    with pytest.raises(MarkError):
        parse_statement(signed(payload(v=True)))


def test_the_other_name_of_a_window_is_not_a_second_spelling() -> None:
    with pytest.raises(StatementError):
        parse_statement(signed(payload("body.amended", public={"scope": [ROW], "begins": 1, "ends": 2})))


def test_a_statement_of_more_than_four_kilobytes_is_refused() -> None:
    many = sorted({digest(bytes([at])) for at in range(100)})
    with pytest.raises(EnvelopeError, match="longer than 4096"):
        signed(payload(sd=many))


def test_only_the_strict_envelope_is_read() -> None:
    with pytest.raises(MarkError):
        parse_statement("a.b.c")
    with pytest.raises(EnvelopeError):
        parse_statement(sign_token({"iat": 1, "exp": 2}, typ="approval+jwt", signer=SIGNER))


# --- what is approved ------------------------------------------------------------------------------------------------


def test_an_approval_is_of_the_content_and_not_of_its_circumstances() -> None:
    first = parse_statement(signed(payload()))
    later = parse_statement(signed(payload(iat=1_900_000_000, jti="B" * 22, prev=7)))
    assert first.approval_subject == later.approval_subject


@pytest.mark.parametrize(
    "change",
    [{"log": "x/log"}, {"type": "mark.annulled"}, {"object": "y"}, {"public": {"a": 1}}, {"sd": (DIGEST,)}],
    ids=str,
)
def test_an_approval_is_of_every_part_of_the_content(change: dict[str, Any]) -> None:
    content: dict[str, Any] = {"log": "l", "type": "t", "object": "o", "public": {}, "sd": ()}
    assert approval_subject(**content) != approval_subject(**content | change)


def test_the_subject_of_an_approval_is_the_published_one() -> None:
    expected = digest(b'{"log":"l","object":"o","public":{"a":1},"sd":[],"type":"t"}')
    assert approval_subject(log="l", type="t", object="o", public={"a": 1}, sd=()) == expected


def test_the_log_of_a_world_reads_back_statement_by_statement() -> None:
    world, _ = fork_issued()
    assert [parse_statement(entry).type for entry in world.sim.entries] == [
        "trust_root.published", "scheme.published", "body.accredited", "body.accredited", "key.added", "key.added",
        "mark.issued", "directory.published",
    ]  # fmt: skip
    assert parse_statement(world.sim.entries[0]).anchor is None
    assert fork().sim.entries == world.sim.entries[:6]
