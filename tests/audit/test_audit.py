"""The audit: an honest registry passes, and each lie is caught by the rule that it breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from registry.admission.receipt import sign_receipt
from registry.rows.queries import ReceiptClaims
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER, Body, copy_state
from tests.audit.planes import Plane, honest, published, status_lists
from tests.world import World, attested, changed, fork, fork_issued
from verifier.audit.audit import Asked, audit
from verifier.audit.kinds import Code, Severity
from verifier.encoding import b64u, digest
from verifier.envelope import parse_token, sign_token
from verifier.errors import UnavailableError, WrongUseError
from verifier.log.checkpoint import Checkpoint
from verifier.names import authority_uri, directory_uri, key_uri, log_origin, mark_uri
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, parse_statement
from verifier.statement.attestation import Period
from verifier.statement.claims import TYP as STATEMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.audit.report import Report


def silent(done: int, total: int) -> None:
    """Show no progress."""


def audited(world: World, *seen: str) -> Report:
    plane = published(world.sim)
    return audit(Asked(plane, world.pinned, plane, seen), silent)


def codes(world: World, *seen: str) -> set[Code]:
    return {finding.code for finding in audited(world, *seen).findings}


# --- honesty ---------------------------------------------------------------------------------------------------------


def test_an_honest_registry_passes() -> None:
    report = audited(honest().world)
    assert list(report.findings) == []
    assert (report.is_clean, report.counts.entries, report.counts.directories) == (True, 12, 2)


def test_a_folder_an_address_and_a_second_run_give_the_same_digest() -> None:
    story = honest()
    reports = [audit(Asked(story.plane, story.root, listing), silent) for listing in (story.plane, None, story.plane)]
    assert len({report.digest for report in reports}) == 1


def test_the_report_has_the_time_of_the_checkpoint_and_says_what_nobody_can_check() -> None:
    members = audited(honest().world).members()
    assert members["as_of"] == honest().world.sim.now
    assert [text.partition(":")[0] for text in members["not_made"]] == ["key_proof", "reservation", "withheld"]


def test_a_registry_that_renewed_its_root_passes_under_the_first_one() -> None:
    world, _ = fork_issued()
    root = world.sim.renew_root()
    world.announce("trust_root.published", f"https://{HOST}/trust", {"version": 2, "sha256": root.sha256})
    report = audited(world)
    assert list(report.findings) == []
    assert report.members()["trust_root"]["newest"]["version"] == 2


def test_every_kind_of_change_that_keeps_the_rules_passes() -> None:
    world, mark_id = fork_issued()
    holder = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=holder)
    world.announce("body.amended", world.body.uri, world.sim.terms((4,)))
    world.announce("key.retired", key_uri(HOST, holder.kid), operators=world.sim.ceremony.keys.operators[:1])
    world.change("mark.cancelled", mark_id)
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    world.announce("body.reinstated", world.body.uri)
    assert list(audited(world).findings) == []


def test_the_world_in_which_the_lies_are_told_is_honest_before() -> None:
    assert codes(fork()) == set()


# --- lies ------------------------------------------------------------------------------------------------------------


def backdated(world: World) -> None:
    prepared = world.prepare()
    world.sim.now += 10 * DAY
    world.show()
    world.issue(prepared, judged=False)


def signed_in_advance(world: World) -> None:
    prepared, anchor = world.prepare(), world.sim.anchor
    world.sim.now += 2 * DAY
    world.show()
    world.issue(prepared, anchor=anchor, judged=False)


def postdated(world: World) -> None:
    prepared = world.prepare()
    world.sim.now -= 300
    world.issue(prepared, judged=False)


def invented_anchor(world: World) -> None:
    world.issue(anchor=Anchor(size=world.sim.published, root=digest(b"invented")), judged=False)


def anchor_without_witnesses(world: World) -> None:
    world.sim.cosigning = 2
    world.show()
    anchor = world.sim.anchor
    world.sim.cosigning = 4
    world.issue(anchor=anchor)


def with_keys(world: World, body: Body) -> None:
    world.sim.add_key(body, "assessor", f"a-{body.no}", no=1, judged=False)
    world.sim.add_key(body, "decider", f"d-{body.no}", no=2, judged=False)
    world.show()
    world.body = body


def invented_accreditation(world: World) -> None:
    world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1])
    world.show()


def one_operator_twice(world: World) -> None:
    one = world.sim.ceremony.keys.operators[0]
    world.sim.accredit(1002, operators=(one, one))
    world.show()


def accredited_by_the_directory_key(world: World) -> None:
    keys = world.sim.ceremony.keys
    world.sim.accredit(1002, operators=(keys.directory, keys.operators[0]))
    world.show()


def accredited_by_an_evaluator(world: World) -> None:
    decider = world.body.keys["decider"]
    draft = Draft(log_origin(HOST), "body.amended", world.body.uri, world.sim.terms((3, 4)))
    world.sim.speak(draft, decider, iss=world.body.uri, judged=False)
    world.show()


def never_accredited(world: World) -> None:
    with_keys(world, Body(1009))
    world.issue(judged=False)


def suspended_body(world: World) -> None:
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    world.issue(judged=False)


def evaluated_too_early(world: World) -> None:
    early = Period(begins=world.sim.now - 200 * DAY, ends=world.sim.now - 3 * DAY)
    world.issue(attested(world.prepare(), evaluated=early), judged=False)


def tier_outside(world: World) -> None:
    with_keys(world, world.sim.accredit(1002, levels=(3,)))
    world.issue(tier=4, judged=False)


def unlisted_key(world: World) -> None:
    world.issue(decider=SoftwareSigner.generate(world.sim.entropy), judged=False)


def after_the_cut_off(world: World) -> None:
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": len(world.sim.entries)})
    world.issue(judged=False)


def before_a_later_cut_off(world: World) -> None:
    uri, cutoff = key_uri(HOST, world.body.keys["decider"].kid), len(world.sim.entries)
    world.issue()
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": cutoff})


def one_person_with_two_keys(world: World) -> None:
    key = world.sim.add_key(world.body, "assessor", "h-decider", no=3)
    world.show()
    world.issue(assessor=key, judged=False)


def reinstated_alone(world: World) -> None:
    mark_id = world.issue()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, judged=False)


def attestation_used_twice(world: World) -> None:
    first = world.prepare()
    attestation = world.attest(first)
    world.issue(first, attestation=attestation)
    world.issue(attestation=attestation, judged=False, idx=8)


def attestation_of_another_tier(world: World) -> None:
    world.issue(attested(world.prepare(), tier=4), judged=False)


def another_mark_than_logged(world: World) -> None:
    world.issue(judged=False, retell=lambda said: said | {"scope_kind": "group"})


def another_decider_number(world: World) -> None:
    world.issue(replace(world.prepare(), key_no=9), judged=False)


def term_too_long(world: World) -> None:
    prepared = world.prepare()
    world.issue(changed(prepared, exp=prepared.draft.exp + DAY), judged=False)


def level_without_criteria(world: World) -> None:
    world.issue(changed(world.prepare(), criteria="2099-01-01"), judged=False)


def no_technical_verification(world: World) -> None:
    world.issue(attested(world.prepare(tier=4), tv=None), judged=False)


def status_place_taken(world: World) -> None:
    world.issue()
    world.issue(judged=False)


def directory_hides_a_suspension(world: World) -> None:
    mark_id = world.issue()
    before = copy_state(world.sim.state)
    world.suspend(mark_id, directory=False)
    before.size = world.sim.state.size
    world.sim.publish_directory(state=before)


def directory_denies_a_mark(world: World) -> None:
    before = copy_state(world.sim.state)
    world.issue(directory=False)
    before.size = world.sim.state.size
    world.sim.publish_directory(state=before)


def directory_of_later_entries(world: World) -> None:
    keys = world.sim.ceremony.keys
    public: dict[str, Any] = {"size": 10_000, "bits": 0, "root": b64u(bytes(32)), "files": []}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    world.sim.append(world.sim.signed(draft, keys.directory), judged=False)
    world.sim.publish()


LIES: list[tuple[Callable[[World], object], Code]] = [
    (backdated, Code.BACKDATED),
    (signed_in_advance, Code.DATING_TOO_WIDE),
    (postdated, Code.POSTDATED),
    (invented_anchor, Code.ANCHOR_WRONG),
    (anchor_without_witnesses, Code.QUORUM_MISSING),
    (invented_accreditation, Code.SECOND_PERSON_MISSING),
    (one_operator_twice, Code.SECOND_PERSON_WRONG),
    (accredited_by_the_directory_key, Code.GRANTED_BY_ANOTHER),
    (accredited_by_an_evaluator, Code.GRANTED_BY_ANOTHER),
    (never_accredited, Code.ISSUER_NOT_ACCREDITED),
    (suspended_body, Code.ISSUER_NOT_ACCREDITED),
    (evaluated_too_early, Code.ISSUER_NOT_ACCREDITED),
    (tier_outside, Code.TIER_NOT_ACCREDITED),
    (unlisted_key, Code.KEY_NOT_ENTITLED),
    (after_the_cut_off, Code.KEY_NOT_ENTITLED),
    (one_person_with_two_keys, Code.SECOND_PERSON_WRONG),
    (reinstated_alone, Code.SECOND_PERSON_MISSING),
    (attestation_used_twice, Code.ATTESTATION_REUSED),
    (attestation_of_another_tier, Code.EVALUATION_WRONG),
    (another_mark_than_logged, Code.MARK_DIFFERS),
    (another_decider_number, Code.MARK_DIFFERS),
    (term_too_long, Code.TERM_TOO_LONG),
    (level_without_criteria, Code.CRITERIA_WRONG),
    (no_technical_verification, Code.TECHNICAL_VERIFICATION_MISSING),
    (status_place_taken, Code.STATUS_PLACE_TAKEN),
    (directory_hides_a_suspension, Code.DIRECTORY_WRONG),
    (directory_denies_a_mark, Code.DIRECTORY_WRONG),
    (directory_of_later_entries, Code.RULE_BROKEN),
]


@pytest.mark.parametrize(("lie", "code"), LIES, ids=[lie.__name__ for lie, _ in LIES])
def test_a_lie_is_caught_by_the_rule_that_it_breaks(lie: Callable[[World], object], code: Code) -> None:
    world = fork()
    lie(world)
    report = audited(world)
    assert code in {finding.code for finding in report.findings}, [one.members() for one in report.findings]
    assert not report.is_clean


def test_what_a_later_cut_off_makes_void_is_told_and_is_no_lie_of_the_registry() -> None:
    world = fork()
    before_a_later_cut_off(world)
    plane = published(world.sim)
    plane.files |= status_lists(world.sim, void=world.sim.state.marks)
    report = audit(Asked(plane, world.pinned, plane), silent)
    assert {one.code for one in report.findings} == {Code.VOID_BY_CUTOFF}
    assert report.is_clean


def test_a_lie_leaves_what_is_honest_alone() -> None:
    world, mark_id = fork_issued()
    term_too_long(world)
    world.suspend(mark_id)
    (finding,) = audited(world).findings
    assert (finding.code, finding.severity) == (Code.TERM_TOO_LONG, Severity.VIOLATION)
    assert parse_statement(world.sim.entries[finding.entry or 0]).type == "mark.issued"


def test_marks_that_rest_on_an_invented_accreditation_are_named() -> None:
    world = fork()
    with_keys(world, world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1]))
    mark_id = world.issue()
    found = {(one.code, one.object) for one in audited(world).findings}
    assert (Code.ISSUER_NOT_ACCREDITED, mark_uri(HOST, mark_id)) in found


def test_a_step_that_the_state_does_not_allow_is_found_once() -> None:
    world, mark_id = fork_issued()
    uri = mark_uri(HOST, mark_id)
    world.suspend(mark_id)
    again = Draft(log_origin(HOST), "mark.suspended", uri, {"reason": "again", "lift_by": world.sim.now + DAY})
    index = world.sim.append_unread(world.sim.signed(again, world.body.keys["decider"], iss=world.body.uri))
    world.sim.publish()
    assert [(one.code, one.entry) for one in audited(world).findings] == [(Code.STEP_NOT_ALLOWED, index)]


def test_an_entry_that_skips_the_objects_newest_one() -> None:
    world, mark_id = fork_issued()
    cancelled = Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {})
    stale = world.sim.signed(cancelled, world.body.keys["decider"], iss=world.body.uri)
    world.suspend(mark_id)
    world.sim.append_unread(stale)
    world.sim.publish()
    assert [one.code for one in audited(world).findings] == [Code.CHAIN_BROKEN]


def test_a_changed_row_does_not_fit_the_signed_root() -> None:
    world, _ = fork_issued()
    world.sim.entries[3] = world.sim.entries[4]
    report = audited(world)
    assert Code.ROOT_HASH_WRONG in {finding.code for finding in report.findings}
    assert all(finding.evidence for finding in report.findings if finding.code is Code.ROOT_HASH_WRONG)


def test_a_second_history_that_the_log_signed_and_keeps() -> None:
    world, _ = fork_issued()
    size = world.sim.published - 1
    forked = world.sim.cosigned(Checkpoint(log_origin(HOST), size, bytes(32)), time=world.sim.now)
    world.sim.files[f"log/checkpoints/{size}"] = forked.serialize()
    assert Code.ROOT_HASH_WRONG in codes(world)


def test_a_mark_by_a_listed_key_that_the_log_does_not_hold() -> None:
    world, good = fork_issued()
    mark_id = world.issue(logged=False, idx=8)
    shown = world.mark(mark_id)
    world.sim.now += DAY
    world.show()
    found = list(audited(world, shown, world.mark(good)).findings)
    assert [(one.code, one.detail) for one in found] == [(Code.MARK_NOT_LOGGED, "a listed key signed it")]
    assert found[0].evidence == (shown,)


def receipt_for(world: World, compact: str, index: int) -> str:
    claims = ReceiptClaims(index, b64u(world.sim.entropy(16)), world.sim.now)
    return sign_receipt(parse_statement(compact), claims, host=HOST, signer=world.sim.ceremony.keys.receipt)


def test_a_suspension_that_was_promised_and_dropped() -> None:
    world, mark_id = fork_issued()
    public = {"reason": "nonconformity", "lift_by": world.sim.now + DAY}
    draft = Draft(log_origin(HOST), "mark.suspended", mark_uri(HOST, mark_id), public)
    dropped = world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri)
    promised = receipt_for(world, dropped, len(world.sim.entries))
    kept = receipt_for(world, world.sim.entries[3].decode(), 3)
    assert codes(world, promised, kept) == set()
    world.sim.now += 600
    world.show()
    assert codes(world, promised, kept) == {Code.STATEMENT_DROPPED}


def test_a_token_of_somebody_else_is_no_report() -> None:
    world, mark_id = fork_issued()
    with pytest.raises(WrongUseError):
        audited(world, world.sim.files[f"m/{mark_id}/seal.jwt"].decode())


def test_an_entry_that_this_version_cannot_read_is_said_and_not_skipped() -> None:
    world, _ = fork_issued()
    operator = world.sim.ceremony.keys.operators[0]
    draft = Draft(log_origin(HOST), "notice.published", f"https://{HOST}/n/1", {"kind": "news", "sha256": digest(b"")})
    known = parse_token(world.sim.signed(draft, operator), STATEMENT)
    world.sim.append_unread(sign_token({**known.payload, "type": "notice.sung"}, typ=STATEMENT, signer=operator))
    world.sim.publish()
    report = audited(world)
    assert [one.code for one in report.findings] == [Code.NEWER_VERIFIER_NEEDED]
    assert not report.is_clean


def test_a_recognition_without_an_agreement() -> None:
    world = fork()
    keys = world.sim.ceremony.keys
    public = {
        "agreement": f"https://{HOST}/a/uk-1",
        "scheme": "jp.meti.scs",
        "tier": 3,
        "sub": f"https://{HOST}/o/{HOLDER}",
        "until": world.sim.now + DAY,
        "receipt_sha256": digest(b"receipt"),
    }
    draft = Draft(log_origin(HOST), "recognition.recorded", f"https://{HOST}/r/1", public)
    world.sim.append_unread(world.sim.signed(draft, keys.directory, iss=authority_uri(HOST)))
    world.sim.publish()
    assert Code.RECOGNITION_UNFOUNDED in codes(world)


def test_entries_that_are_not_served_end_the_audit_with_a_finding() -> None:
    story = honest()
    path = next(path for path in story.plane.files if path.startswith("log/tile/entries") and path.endswith("/12"))
    report = audit(Asked(story.plane.without(path), story.root, None), silent)
    assert [(one.code, one.path) for one in report.findings] == [(Code.MISSING_FILE, path)]


def test_a_plane_that_cannot_be_reached_is_no_finding() -> None:
    class Dead(Plane):
        def fetch(self, path: str) -> bytes:
            raise UnavailableError("no connection")

    with pytest.raises(UnavailableError):
        audit(Asked(Dead({}), honest().root), silent)
