"""Evidence that a stranger, without any key of the registry, puts together to help or to harm a mark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulator import DAY, HOLDER, OTHER_HOLDER
from tests.world import World, changed, expect, fork, fork_issued
from verifier.bundle import LoggedStatement
from verifier.dates import day_start, local_date, term_end
from verifier.directory.build import build_directory
from verifier.edge.root_store import RootStore
from verifier.encoding import b64u, unb64u
from verifier.errors import RefusedError
from verifier.mark import Holder
from verifier.names import authority_uri, directory_uri, key_uri, log_origin, mark_uri, root_uri
from verifier.signer import SoftwareSigner
from verifier.statement import Draft, parse_statement, sign_statement
from verifier.trust.root import TrustRoot, pin
from verifier.verdict import CheckName, Headline, Result


def garbled(token: str) -> str:
    """Return the token with one bit of its signature turned: its digest stays the same."""
    head, payload, signature = token.split(".")
    data = bytearray(unb64u(signature))
    data[40] ^= 1
    return f"{head}.{payload}.{b64u(bytes(data))}"


def held(
    world: World, type: str, mark_id: str, signer: SoftwareSigner, iss: str, public: dict[str, Any], **at: int
) -> Any:
    """Return a statement about a mark that the log never had."""
    draft = Draft(log_origin(HOST), type, mark_uri(HOST, mark_id), public)
    return LoggedStatement(len(world.sim.entries), world.sim.signed(draft, signer, iss=iss), ())


def test_a_self_made_issuance_in_place_of_the_true_one_confirms_nothing_and_forges_nothing() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    true = next(one for one in bundle.statements if parse_statement(one.compact).type == "mark.issued")
    said = parse_statement(true.compact)
    public = {**said.token.payload["public"], "mark_sha256": b64u(bytes(32))}
    fake = sign_statement(
        Draft(said.log, said.type, said.object, public),
        iss=said.iss,
        iat=said.iat,
        jti=said.jti,
        prev=None,
        anchor=said.anchor,
        signer=SoftwareSigner.generate(world.sim.entropy),
        second=said.second,
    )
    others = tuple(one for one in bundle.statements if one is not true)
    verdict = world.verdict(
        mark_id, bundle=replace(bundle, statements=(*others, LoggedStatement(true.index, fake, ())))
    )
    assert verdict.headline is Headline.NOT_CONFIRMED


def test_a_junk_statement_with_an_operators_kid_forges_nothing() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    operator = world.sim.ceremony.keys.operators[0]
    public = {"reason": "nonconformity", "lift_by": world.sim.now + DAY}
    junk = held(world, "mark.suspended", mark_id, operator, authority_uri(HOST), public)
    bad = replace(junk, index=0, compact=garbled(junk.compact))
    verdict = world.verdict(mark_id, bundle=replace(bundle, latest=None, statements=(*bundle.statements, bad)))
    assert verdict.headline is Headline.NOT_CONFIRMED


def test_the_path_of_the_issuance_is_cut_after_the_deciders_key_retired() -> None:
    world, mark_id = fork_issued()
    decider = world.body.keys["decider"]
    retired = Draft(log_origin(HOST), "key.retired", key_uri(HOST, decider.kid), {})
    world.sim.speak(retired, decider, iss=world.body.uri)
    world.show()
    bundle = world.bundle(mark_id)
    cut = tuple(
        replace(one, path=()) if parse_statement(one.compact).type == "mark.issued" else one
        for one in bundle.statements
    )
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE
    assert world.verdict(mark_id, bundle=replace(bundle, statements=cut)).headline is Headline.NOT_CONFIRMED


def test_a_damaged_second_token_makes_the_check_impossible_not_failed() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    assert bundle.attestation is not None
    damaged = replace(bundle, attestation=garbled(bundle.attestation))
    assert world.verdict(mark_id, bundle=damaged).headline is Headline.NOT_CONFIRMED
    for at, approval in enumerate(bundle.approvals):
        approvals = (*bundle.approvals[:at], garbled(approval), *bundle.approvals[at + 1 :])
        assert world.verdict(mark_id, bundle=replace(bundle, approvals=approvals)).headline is Headline.NOT_CONFIRMED


def test_the_decider_alone_adds_another_organisation_to_the_holder() -> None:
    world = fork()
    prepared = world.prepare()
    attestation = world.attest(prepared)
    holder = Holder(name="株式会社サンプル精機", identifiers=(HOLDER, OTHER_HOLDER))
    with pytest.raises(RefusedError, match="another mark, holder"):
        world.issue(changed(prepared, holder=holder), attestation=attestation)
    mark_id = world.issue(changed(prepared, holder=holder), attestation=attestation, judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.TWO_PERSONS, Result.FAILED, "two_persons")


def test_a_mark_claims_to_be_valid_from_long_before_its_decision() -> None:
    world = fork()
    begins = day_start(local_date(world.sim.now - 300 * DAY, ZONE), ZONE)
    early = changed(world.prepare(), nbf=begins, exp=term_end(begins, 12, ZONE))
    with pytest.raises(RefusedError, match="from before the day of its decision"):
        world.issue(early)
    mark_id = world.issue(early, judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.CRITERIA, Result.FAILED, "criteria")


def test_a_suspension_that_was_not_lifted_in_time_cannot_be_lifted_later() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id, days=30)
    world.sim.now += 60 * DAY
    world.show()
    with pytest.raises(RefusedError, match="withdrawn itself"):
        world.change("mark.reinstated", mark_id, second=world.body.keys["assessor"])
    world.change("mark.reinstated", mark_id, second=world.body.keys["assessor"], judged=False)
    assert world.verdict(mark_id).headline is not Headline.VALID_OFFLINE


@pytest.mark.parametrize("type", ["mark.withdrawn", "mark.suspended"])
def test_the_directory_key_alone_takes_away_what_is_not_due(type: str) -> None:
    world, mark_id = fork_issued()
    public: dict[str, Any] = {"reason": "not_lifted"}
    if type == "mark.suspended":
        public["lift_by"] = world.sim.now + DAY
    key = world.sim.ceremony.keys.directory
    statement = held(world, type, mark_id, key, authority_uri(HOST), public)
    bundle = world.bundle(mark_id)
    verdict = world.verdict(mark_id, bundle=replace(bundle, statements=(*bundle.statements, statement)))
    check = verdict.check(CheckName.STATE)
    assert check is not None
    assert check.result is Result.PASSED


def test_a_suspension_that_ends_before_it_begins_withdraws_nothing() -> None:
    world, mark_id = fork_issued()
    public = {"reason": "nonconformity", "lift_by": 1}
    statement = held(world, "mark.suspended", mark_id, world.body.keys["decider"], world.body.uri, public)
    bundle = world.bundle(mark_id)
    verdict = world.verdict(mark_id, bundle=replace(bundle, statements=(*bundle.statements, statement)))
    assert verdict.headline is Headline.NOT_CONFIRMED


def test_another_marks_successor_is_not_this_marks_successor() -> None:
    world = fork()
    old = world.issue(idx=1)
    new = world.issue(idx=2, retell=lambda said: said | {"supersedes": old})
    world.change("mark.superseded", old, {"successor": new}, second=world.body.keys["assessor"])
    bundle = world.bundle(new)
    known = {one.index for one in bundle.statements}
    foreign = tuple(one for one in world.bundle(old).statements if one.index not in known)
    assert world.verdict(new, bundle=replace(bundle, statements=(*bundle.statements, *foreign))).successor is None
    assert world.verdict(old).successor == new


def test_a_bundle_cannot_teach_the_root_store_a_root_that_nobody_signed(tmp_path: Any) -> None:
    world, _ = fork_issued()
    first = pin(world.sim.files["trust/1.json"])
    second = world.sim.renew_root()
    unsigned = TrustRoot(second.content, second.signed, ()).serialize()
    store = RootStore(tmp_path)
    store.learn(first, (unsigned, second.serialize(), unsigned))
    assert store.newest(first).content.version == 2


def test_a_newer_trust_root_is_left_out_of_the_evidence() -> None:
    world, mark_id = fork_issued()
    second = world.sim.renew_root()
    said = {"version": 2, "sha256": second.sha256}
    world.announce("trust_root.published", root_uri(HOST), said)
    bundle = world.bundle(mark_id)
    assert world.verdict(mark_id, bundle=bundle).headline is Headline.VALID_OFFLINE
    first = replace(bundle, trust_roots=bundle.trust_roots[:1])
    verdict = world.verdict(mark_id, bundle=first)
    check = expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    assert "version 2 of the trust root" in check.detail


def test_a_directory_that_is_dated_ahead_is_as_old_as_its_anchor() -> None:
    world, mark_id = fork_issued()
    sim = world.sim
    witnessed = sim.now
    built = build_directory(sim.state)
    public = {"size": built.size, "bits": built.bits, "root": b64u(built.root), "files": []}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, sim.ceremony.keys.directory, iat=sim.now + 60 * DAY), judged=False)
    sim.publish()
    world.suspend(mark_id, days=90, directory=False)
    sim.now += 60 * DAY
    sim.publish()
    sim.serve_directory(built, entry)
    verdict = world.verdict(mark_id, live=True)
    assert verdict.headline is not Headline.VALID
    assert verdict.known_at is not None
    assert verdict.known_at <= witnessed
