"""Marks that were good once, or not yet, or not for this asker; and attempts to bring them back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER, OTHER_HOLDER, SCHEME
from tests.world import World, changed, expect, fork, fork_issued
from verifier.bundle import LoggedStatement
from verifier.errors import RefusedError
from verifier.identifier import parse_identifier
from verifier.mark import parse_mark
from verifier.names import key_uri, log_origin, mark_uri
from verifier.policy import About, AllOf, AtLeast, FreshWithin
from verifier.signer import SoftwareSigner
from verifier.statement import Draft
from verifier.statement.approval import parse_approval
from verifier.tier import Tier
from verifier.verdict import CheckName, Headline, Result


def holder(world: World) -> SoftwareSigner:
    return world.body.keys["assessor"]


# --- dates -----------------------------------------------------------------------------------------------------------


def test_an_expired_mark() -> None:
    world, mark_id = fork_issued()
    end = parse_mark(world.mark(mark_id)).exp
    verdict = world.verdict(mark_id, as_of=end)
    expect(verdict, Headline.EXPIRED, CheckName.VALIDITY_PERIOD, Result.FAILED, "expired")
    assert world.verdict(mark_id, as_of=end - 1).headline is Headline.VALID_OFFLINE


def test_a_mark_that_begins_later() -> None:
    world, mark_id = fork_issued()
    start = parse_mark(world.mark(mark_id)).nbf
    verdict = world.verdict(mark_id, as_of=start - 1)
    expect(verdict, Headline.NOT_YET_VALID, CheckName.VALIDITY_PERIOD, Result.FAILED, "not_yet_valid")
    assert world.verdict(mark_id, text=world.qr(mark_id), as_of=start - 1).headline is Headline.NOT_YET_VALID


def test_a_mark_is_not_valid_before_it_was_signed_even_on_its_first_day() -> None:
    world, mark_id = fork_issued()
    signed = parse_mark(world.mark(mark_id)).iat
    verdict = world.verdict(mark_id, as_of=signed - 121)
    expect(verdict, Headline.NOT_YET_VALID, CheckName.VALIDITY_PERIOD, Result.FAILED, "not_yet_valid")
    assert world.verdict(mark_id, as_of=signed).headline is Headline.VALID_OFFLINE


def test_an_expired_mark_shown_by_its_qr() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, text=world.qr(mark_id), as_of=parse_mark(world.mark(mark_id)).exp)
    expect(verdict, Headline.EXPIRED, CheckName.VALIDITY_PERIOD, Result.FAILED, "expired")


# --- states ----------------------------------------------------------------------------------------------------------


def test_a_suspended_mark() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    expect(world.verdict(mark_id), Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")


def test_a_suspension_that_nobody_lifted_in_time_withdraws_the_mark() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id, days=30)
    lift_by = world.sim.state.marks[mark_uri(HOST, mark_id)].lift_by
    assert lift_by is not None
    evidence = world.bundle(mark_id)
    before = world.verdict(mark_id, bundle=evidence, now=lift_by - 1)
    after = world.verdict(mark_id, bundle=evidence, now=lift_by)
    expect(before, Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")
    expect(after, Headline.WITHDRAWN, CheckName.STATE, Result.FAILED, "withdrawn")


def test_a_passed_deadline_is_known_from_the_directory_alone() -> None:
    world, mark_id = fork_issued()
    index = world.suspend(mark_id, days=30)
    shown = world.bundle(mark_id)
    cut = replace(shown, statements=tuple(one for one in shown.statements if one.index != index))
    verdict = world.verdict(mark_id, bundle=cut, now=world.sim.now + 31 * DAY)
    expect(verdict, Headline.WITHDRAWN, CheckName.STATE, Result.FAILED, "withdrawn")


def test_a_withdrawn_mark() -> None:
    world, mark_id = fork_issued()
    world.change("mark.withdrawn", mark_id, {"reason": "false_statement"}, second=holder(world))
    expect(world.verdict(mark_id), Headline.WITHDRAWN, CheckName.STATE, Result.FAILED, "withdrawn")


def test_a_cancelled_mark() -> None:
    world, mark_id = fork_issued()
    world.change("mark.cancelled", mark_id)
    expect(world.verdict(mark_id), Headline.CANCELLED, CheckName.STATE, Result.FAILED, "cancelled")


def test_an_annulled_mark() -> None:
    world, mark_id = fork_issued()
    world.announce("mark.annulled", mark_uri(HOST, mark_id), {"reason": "fraud"})
    expect(world.verdict(mark_id), Headline.ANNULLED, CheckName.STATE, Result.FAILED, "annulled")


def test_a_superseded_mark_names_its_successor() -> None:
    world, mark_id = fork_issued()
    successor = world.issue(idx=8, retell=lambda said: said | {"supersedes": mark_id})
    world.change("mark.superseded", mark_id, {"successor": successor}, second=world.body.keys["assessor"])
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.SUPERSEDED, CheckName.STATE, Result.FAILED, "superseded")
    assert verdict.successor == successor


def test_a_reinstated_mark_is_good_again() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=holder(world))
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


# --- coming back -----------------------------------------------------------------------------------------------------


def test_a_reinstatement_without_a_second_person() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, judged=False)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")
    expect(verdict, Headline.SUSPENDED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_reinstatement_approved_by_the_decider_again() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=world.body.keys["decider"], judged=False)
    check = expect(world.verdict(mark_id), Headline.SUSPENDED, CheckName.DIRECTORY, Result.FAILED, "directory")
    assert "the first one again" in check.detail


def test_an_approval_that_is_used_twice() -> None:
    world, mark_id = fork_issued()
    draft = Draft(log_origin(HOST), "mark.reinstated", mark_uri(HOST, mark_id), {})
    approval = world.sim.approval(draft, holder(world), iss=world.body.uri)
    for _ in range(2):
        world.suspend(mark_id)
        world.change("mark.reinstated", mark_id, approval=approval, judged=False)
    check = expect(world.verdict(mark_id), Headline.SUSPENDED, CheckName.DIRECTORY, Result.FAILED, "directory")
    assert "used before" in check.detail


def test_an_approval_of_something_else() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    other = Draft(log_origin(HOST), "mark.withdrawn", mark_uri(HOST, mark_id), {"reason": "fraud"})
    approval = world.sim.approval(other, holder(world), iss=world.body.uri)
    world.change("mark.reinstated", mark_id, approval=approval, judged=False)
    check = expect(world.verdict(mark_id), Headline.SUSPENDED, CheckName.DIRECTORY, Result.FAILED, "directory")
    assert "something else" in check.detail


def test_a_missing_approval_of_a_reinstatement() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=holder(world))
    shown = world.bundle(mark_id)
    kept = tuple(one for one in shown.approvals if parse_approval(one, log=log_origin(HOST)).iss != world.body.uri)
    assert len(kept) < len(shown.approvals)
    verdict = world.verdict(mark_id, bundle=replace(shown, approvals=kept))
    expect(verdict, Headline.SUSPENDED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_a_reinstatement_by_keys_that_were_stolen() -> None:
    world, mark_id = fork_issued()
    index = world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=holder(world))
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": index + 1})
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.VOID_KEY, CheckName.KEYS, Result.FAILED, "void_key")


@pytest.mark.parametrize("fate", ["body.suspended", "body.withdrawn"])
def test_a_reinstatement_by_a_body_that_may_no_longer_decide(fate: str) -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.announce(fate, world.body.uri, {"reason": "cause"})
    with pytest.raises(RefusedError, match="not accredited when it decided"):
        world.change("mark.reinstated", mark_id, second=holder(world))
    world.change("mark.reinstated", mark_id, second=holder(world), judged=False)
    check = expect(world.verdict(mark_id), Headline.SUSPENDED, CheckName.DIRECTORY, Result.FAILED, "directory")
    assert "not accredited when it decided" in check.detail


def test_a_suspended_body_may_still_take_away() -> None:
    world, mark_id = fork_issued()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    world.suspend(mark_id)
    assert world.verdict(mark_id).headline is Headline.SUSPENDED


def test_a_terminal_state_has_no_way_back() -> None:
    world, mark_id = fork_issued()
    world.change("mark.cancelled", mark_id)
    with pytest.raises(RefusedError, match="not possible while the object is cancelled"):
        world.change("mark.reinstated", mark_id, second=holder(world), judged=False)


# --- who may take away -----------------------------------------------------------------------------------------------


def unlogged(world: World, type: str, mark_id: str, signer: SoftwareSigner, iss: str) -> LoggedStatement:
    """Return a signed statement that the registry never took into its log."""
    public = {"reason": "nonconformity", "lift_by": world.sim.now + DAY} if type == "mark.suspended" else {}
    draft = Draft(log_origin(HOST), type, mark_uri(HOST, mark_id), public)
    return LoggedStatement(len(world.sim.entries), world.sim.signed(draft, signer, iss=iss), ())


def test_an_authentic_suspension_that_the_registry_never_logged_counts() -> None:
    world, mark_id = fork_issued()
    held = unlogged(world, "mark.suspended", mark_id, world.body.keys["decider"], world.body.uri)
    shown = world.bundle(mark_id)
    verdict = world.verdict(mark_id, bundle=replace(shown, statements=(*shown.statements, held)))
    expect(verdict, Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")


def test_another_body_cannot_suspend_the_mark() -> None:
    world, mark_id = fork_issued()
    rival = world.sim.accredit(1002)
    stolen = world.sim.add_key(rival, "decider", "h-rival", no=1)
    world.show()
    held = unlogged(world, "mark.suspended", mark_id, stolen, rival.uri)
    shown = world.bundle(mark_id)
    rivals = {world.sim.state.heads[uri].index for uri in (rival.uri, key_uri(HOST, stolen.kid))}
    known = tuple(world.sim.logged(index) for index in sorted(rivals))
    approvals = tuple(data.decode() for path, data in world.sim.files.items() if path.startswith("log/approvals/"))
    held_all = replace(shown, statements=(*shown.statements, *known, held), approvals=approvals)
    verdict = world.verdict(mark_id, bundle=held_all)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.INCLUSION, Result.FAILED, "not_included")
    check = verdict.check(CheckName.STATE)
    assert check is not None
    assert check.result is Result.PASSED


def test_another_body_cannot_retire_the_deciders_key() -> None:
    world, mark_id = fork_issued()
    rival = world.sim.accredit(1002)
    stolen = world.sim.add_key(rival, "decider", "h-rival", no=1)
    world.show()
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    draft = Draft(log_origin(HOST), "key.retired", uri, {})
    with pytest.raises(RefusedError, match="another body's"):
        world.sim.speak(draft, stolen, iss=rival.uri)
    world.sim.speak(draft, stolen, iss=rival.uri, judged=False)
    world.show()
    assert world.verdict(mark_id).headline is Headline.NOT_CONFIRMED


def test_a_retirement_shown_under_an_earlier_index_does_not_reach_into_the_past() -> None:
    world, mark_id = fork_issued()
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    draft = Draft(log_origin(HOST), "key.retired", uri, {})
    compact = world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri)
    shown = world.bundle(mark_id)
    issued = world.sim.state.marks[mark_uri(HOST, mark_id)].index
    early = LoggedStatement(issued - 1, compact, ())
    verdict = world.verdict(mark_id, bundle=replace(shown, statements=(*shown.statements, early)))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.INCLUSION, Result.FAILED, "not_included")
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.KEYS, Result.PASSED, "ok")


def test_the_directory_key_withdraws_only_what_is_due() -> None:
    world, mark_id = fork_issued()
    directory = world.sim.ceremony.keys.directory
    draft = Draft(log_origin(HOST), "mark.withdrawn", mark_uri(HOST, mark_id), {"reason": "not_lifted"})
    with pytest.raises(RefusedError, match="nothing makes"):
        world.sim.speak(draft, directory)
    world.suspend(mark_id, days=30)
    with pytest.raises(RefusedError, match="nothing makes"):
        world.sim.speak(draft, directory)
    world.sim.now += 30 * DAY + 10
    world.sim.speak(draft, directory)
    world.show()
    expect(world.verdict(mark_id), Headline.WITHDRAWN, CheckName.STATE, Result.FAILED, "withdrawn")


# --- demands ---------------------------------------------------------------------------------------------------------


def test_a_mark_below_the_tier_demanded() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, demand=AtLeast(Tier(SCHEME, 4)))
    expect(verdict, Headline.BELOW_REQUIREMENT, CheckName.REQUIREMENT, Result.FAILED, "below_requirement")


def test_a_level_of_another_scheme_covers_nothing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, demand=AtLeast(Tier("uk.ncsc.ce", 1)))
    expect(verdict, Headline.BELOW_REQUIREMENT, CheckName.REQUIREMENT, Result.FAILED, "below_requirement")


def test_a_mark_of_another_organisation_than_expected() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, demand=About(parse_identifier(OTHER_HOLDER)))
    expect(verdict, Headline.SUBJECT_MISMATCH, CheckName.SUBJECT, Result.FAILED, "subject_mismatch")


def test_evidence_older_than_demanded() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, demand=FreshWithin(60), now=world.sim.now + 3600)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.FRESHNESS, Result.UNKNOWN, "stale")


def test_demands_that_are_met_change_nothing() -> None:
    world, mark_id = fork_issued()
    demand = AllOf((AtLeast(Tier(SCHEME, 3)), About(parse_identifier(HOLDER)), FreshWithin(60)))
    verdict = world.verdict(mark_id, demand=demand, live=True)
    assert (verdict.headline, verdict.exit_code) == (Headline.VALID, 0)
    assert {check.result for check in verdict.checks} == {Result.PASSED}


def test_an_ended_mark_says_so_before_it_says_that_it_is_too_low() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    verdict = world.verdict(mark_id, demand=AtLeast(Tier(SCHEME, 4)))
    expect(verdict, Headline.SUSPENDED, CheckName.REQUIREMENT, Result.FAILED, "below_requirement")


def test_a_group_mark_covers_the_organisations_that_it_names() -> None:
    world = fork()
    prepared = world.prepare()
    scope = prepared.draft.scope.model_copy(update={"scope_kind": "group", "covered": (OTHER_HOLDER,)})
    evaluated = prepared.evaluated.model_copy(update={"scope_sha256": scope.digest})
    mark_id = world.issue(replace(changed(prepared, scope=scope), evaluated=evaluated))
    verdict = world.verdict(mark_id, demand=About(parse_identifier(OTHER_HOLDER)))
    expect(verdict, Headline.VALID_OFFLINE, CheckName.SUBJECT, Result.PASSED, "ok")
