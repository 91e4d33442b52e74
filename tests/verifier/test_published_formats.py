"""Receipts, entity configurations, verdicts and witness requests survive the round trip, whatever they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, OTHER_HOLDER
from tests.vectors.authority_vectors import signed
from tests.vectors.directory_vectors import ORGANISATION
from tests.vectors.generate_log import LOG, ORIGIN
from tests.vectors.root_vectors import ceremony
from tests.vectors.verdict_vectors import verdict
from tests.world import fork_issued
from verifier.admission_receipt import TYP as RECEIPT
from verifier.admission_receipt import parse_admission_receipt, sign_admission_receipt, verify_admission_receipt
from verifier.directory.record import parse_line
from verifier.encoding import b64u, canonical
from verifier.envelope import MAX_TIME
from verifier.errors import EvidenceError, NewerVersionError, StatementError
from verifier.identifier import parse_identifier
from verifier.log.add_checkpoint import AddCheckpoint, parse_add_checkpoint, parse_size, serialize_size
from verifier.log.checkpoint import Checkpoint, sign_checkpoint
from verifier.log.merkle import MAX_SIZE
from verifier.names import body_uri, log_origin, trust_mark_type
from verifier.policy import About
from verifier.trust.entity_configuration import parse_entity_configuration, sign_entity_configuration
from verifier.trust.root import pin
from verifier.verdict import Check, CheckName, Headline, Result
from verifier.verdict_json import parse_verdict

DIGESTS = st.binary(min_size=32, max_size=32).map(b64u)
ROOT = ceremony().root
SIZES = st.integers(0, MAX_SIZE)


@given(DIGESTS, st.integers(0, 2**53 - 1), st.binary(min_size=16, max_size=16).map(b64u), st.integers(1, MAX_TIME - 61))
def test_a_receipt_says_what_was_signed(statement: str, index: int, jti: str, iat: int) -> None:
    compact = sign_admission_receipt(
        statement, index=index, host=HOST, jti=jti, iat=iat, signer=ceremony().keys.receipt
    )
    receipt = parse_admission_receipt(compact)
    verify_admission_receipt(receipt, ROOT)
    assert (receipt.statement_sha256, receipt.index, receipt.jti, receipt.iat) == (statement, index, jti, iat)
    assert (receipt.publish_by, receipt.log, receipt.token.compact) == (iat + 60, log_origin(HOST), compact)


@given(st.dictionaries(st.sampled_from(["iss", "log", "index", "iat", "publish_by", "jti"]), st.none() | st.text()))
def test_a_receipt_that_says_anything_else_is_refused(changes: dict[str, object]) -> None:
    payload = {"iss": f"https://{HOST}", "jti": "j" * 22, "iat": 9, "log": log_origin(HOST), "index": 7}
    payload |= {"publish_by": 10, "statement_sha256": "A" * 43}
    compact = signed(RECEIPT, payload | changes, ceremony().keys.receipt)
    if changes:
        with pytest.raises(EvidenceError):
            parse_admission_receipt(compact)
    else:
        assert parse_admission_receipt(compact).index == 7


@given(st.dictionaries(st.integers(1, 9), st.sets(st.integers(1, 999_999_999), max_size=5)))
def test_an_entity_configuration_says_what_was_signed(levels: dict[int, set[int]]) -> None:
    issuers = {
        trust_mark_type(HOST, "jp.meti.scs", level): [body_uri(HOST, no) for no in sorted(numbers)]
        for level, numbers in levels.items()
    }
    signer = ceremony().keys.directory
    read = parse_entity_configuration(
        sign_entity_configuration(HOST, organisation="見本", issuers=issuers, iat=9, signer=signer)
    )
    assert {kind: list(uris) for kind, uris in read.issuers.items()} == issuers
    assert (read.host, list(read.keys)) == (HOST, [signer.kid])


@given(SIZES, st.lists(st.binary(min_size=32, max_size=32), max_size=63), SIZES, st.binary(min_size=32, max_size=32))
def test_a_request_to_a_witness_says_what_was_asked(old: int, proof: list[bytes], size: int, root: bytes) -> None:
    request = AddCheckpoint(old, tuple(proof), sign_checkpoint(Checkpoint(ORIGIN, size, root), LOG))
    assert parse_add_checkpoint(request.serialize()) == request
    assert parse_size(serialize_size(size).encode()) == size


# --- verdicts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headline", list(Headline))
def test_a_verdict_of_every_headline_is_read_back(headline: Headline) -> None:
    assert parse_verdict(canonical(verdict(headline).members())) == verdict(headline)


def test_what_the_judge_says_is_read_back() -> None:
    world, mark_id = fork_issued()
    suspended = world.fork()
    suspended.suspend(mark_id)
    for one in (
        world.verdict(mark_id),
        world.verdict(mark_id, live=True),
        world.verdict(mark_id, text=world.qr(mark_id)),
        world.verdict(mark_id, text="nothing"),
        world.verdict(mark_id, text=world.qr(mark_id).replace(HOST, "other.example")),
        world.verdict(mark_id, now=world.sim.now + 9000 * DAY),
        world.verdict(mark_id, demand=About(parse_identifier(OTHER_HOLDER))),
        suspended.verdict(mark_id),
    ):
        assert parse_verdict(canonical(one.members())) == one


@given(st.lists(st.sampled_from(list(CheckName)), unique=True), st.sampled_from(list(Result)))
def test_only_a_verdict_whose_checks_passed_says_valid(names: list[CheckName], result: Result) -> None:
    checks = tuple(Check(name, result) for name in CheckName if name in names)
    data = canonical(replace(verdict(Headline.VALID), checks=checks).members())
    if result is Result.PASSED or not names:
        assert parse_verdict(data).checks == checks
    else:
        with pytest.raises(EvidenceError):
            parse_verdict(data)


# --- what this version does not know ---------------------------------------------------------------------------------


def test_an_unknown_member_in_the_only_item_of_a_list_needs_a_newer_version() -> None:
    members = ORGANISATION.members()
    later = {**members, "marks": [{**members["marks"][0], "later": 1}]}
    with pytest.raises(NewerVersionError):
        parse_line(canonical(later))


def test_a_list_that_is_too_short_is_refused_beside_an_unknown_member() -> None:
    with pytest.raises(StatementError):
        parse_line(canonical({**ORGANISATION.members(), "marks": [], "later": 1}))


def test_the_root_of_the_vectors_fulfils_its_own_threshold() -> None:
    assert pin(ROOT.serialize()).sha256 == ROOT.sha256
