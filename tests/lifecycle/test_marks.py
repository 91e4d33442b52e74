"""What may become of a mark: correction, renewal, upgrade, change within the term, reports; each with its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulated_life import correct, list_expert, publish_scheme
from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulator import DAY, HOLDER
from tests.world import World, attested, changed, fork, fork_issued
from verifier.dates import day_start, local_date, term_end
from verifier.encoding import digest
from verifier.errors import RefusedError
from verifier.mark import Scope
from verifier.names import log_origin, mark_uri
from verifier.replay.lineage import RENEWAL_OPENS
from verifier.statement import Draft
from verifier.verdict import Headline

if TYPE_CHECKING:
    from registry.scenario.simulated_world import Issuance
    from verifier.replay.records import MarkRecord

ANOTHER = "0188-7000012050002"


def record_of(world: World, mark_id: str) -> MarkRecord:
    return world.sim.state.marks[mark_uri(HOST, mark_id)]


def follow(world: World, old: str, prepared: Issuance | None = None, **how: Any) -> str:
    """Issue a mark that takes the place of an old one."""
    return world.issue(prepared or world.prepare(idx=8), retell=lambda said: said | {"supersedes": old}, **how)


def renewal(world: World, old: str, *, nbf: int | None = None) -> Issuance:
    begins = record_of(world, old).issued.exp if nbf is None else nbf
    return changed(world.prepare(idx=8), nbf=begins, exp=term_end(begins, 12, ZONE))


def within(world: World, old: str, **changes: Any) -> Issuance:
    return changed(world.prepare(idx=8), exp=record_of(world, old).issued.exp, **changes)


def until_renewal(world: World, mark_id: str, *, early: int = 0) -> None:
    world.sim.now = record_of(world, mark_id).issued.exp - RENEWAL_OPENS - early
    world.show()


# --- correction ------------------------------------------------------------------------------------------------------


def test_a_corrected_mark_is_valid_and_its_old_bytes_are_superseded() -> None:
    world, mark_id = fork_issued()
    old = world.mark(mark_id)
    correct(world, mark_id, name="株式会社サンプル精機工業")
    new = world.sim.files[_newest(world, mark_id)].decode()
    assert world.verdict(mark_id, text=new).headline is Headline.VALID_OFFLINE
    assert world.verdict(mark_id, text=old).headline is Headline.SUPERSEDED


def _newest(world: World, mark_id: str) -> str:
    return next(path for path in world.sim.files if path.startswith(f"m/{mark_id}/mark-"))


def later(world: World, mark_id: str) -> dict[str, Any]:
    return {"exp": record_of(world, mark_id).issued.exp + DAY}


def another_number(world: World, mark_id: str) -> dict[str, Any]:
    return {"number": "SCS3-0999999"}


def wider_scope(world: World, mark_id: str) -> dict[str, Any]:
    return {"scope": Scope(scope_kind="company", covered=(), scope_summary="何もかも", ot="included")}


@pytest.mark.parametrize("lie", [later, another_number, wider_scope])
def test_a_correction_that_changes_the_meaning_is_refused(lie: Any) -> None:
    world, mark_id = fork_issued()
    with pytest.raises(RefusedError, match="names, domains and listing only"):
        correct(world, mark_id, name="別名", **lie(world, mark_id))


def test_a_correction_that_changes_nothing_is_refused() -> None:
    world, mark_id = fork_issued()
    with pytest.raises(RefusedError, match="changes nothing"):
        correct(world, mark_id)


# --- renewal ---------------------------------------------------------------------------------------------------------


def test_a_renewal_from_ninety_days_before_loses_no_day_and_wins_none() -> None:
    world, old = fork_issued()
    until_renewal(world, old)
    new = follow(world, old, renewal(world, old))
    before, after = record_of(world, old).issued, record_of(world, new).issued
    assert after.nbf == before.exp
    assert (local_date(after.exp, ZONE).year, local_date(after.exp, ZONE).month) == (
        local_date(before.exp, ZONE).year + 1,
        local_date(before.exp, ZONE).month,
    )
    assert world.verdict(old).headline is Headline.VALID_OFFLINE
    assert world.verdict(new).headline is Headline.NOT_YET_VALID


def test_a_renewal_is_not_decided_earlier_than_ninety_days_before() -> None:
    world, old = fork_issued()
    until_renewal(world, old, early=DAY)
    with pytest.raises(RefusedError, match="from 90 days before"):
        follow(world, old, renewal(world, old))


def test_a_renewal_that_leaves_a_gap_is_refused() -> None:
    world, old = fork_issued()
    until_renewal(world, old)
    with pytest.raises(RefusedError, match="begins when the mark that it supersedes ends"):
        follow(world, old, renewal(world, old, nbf=record_of(world, old).issued.exp + DAY))


def test_a_suspended_mark_is_not_renewed() -> None:
    world, old = fork_issued()
    until_renewal(world, old)
    world.suspend(old)
    with pytest.raises(RefusedError, match="lift the suspension first"):
        follow(world, old, renewal(world, old))


def test_only_one_living_mark_takes_the_place_of_another() -> None:
    world, old = fork_issued()
    first = follow(world, old, within(world, old))
    again = changed(within(world, old), status_idx=9, number="SCS3-000009")
    with pytest.raises(RefusedError, match="supersedes that one already"):
        follow(world, old, again)
    world.change("mark.cancelled", first)
    second = follow(world, old, changed(within(world, old), status_idx=9, number="SCS3-000009"))
    assert record_of(world, second).issued.supersedes == old


# --- change within the term ------------------------------------------------------------------------------------------


def test_a_change_within_the_term_ends_no_later() -> None:
    world, old = fork_issued()
    world.sim.now += 40 * DAY
    world.show()
    with pytest.raises(RefusedError, match="ends no later than the mark that it supersedes"):
        follow(world, old, world.prepare(idx=8))
    new = follow(world, old, within(world, old))
    world.change("mark.scope_changed", old, {"successor": new}, second=world.body.keys["assessor"])
    verdict = world.verdict(old)
    assert (verdict.headline, verdict.successor) == (Headline.SUPERSEDED, new)


def test_an_upgrade_begins_a_term_of_its_own() -> None:
    world, old = fork_issued()
    world.sim.now += 40 * DAY
    world.show()
    new = follow(world, old, world.prepare(tier=4, idx=8))
    assert record_of(world, new).issued.exp > record_of(world, old).issued.exp
    with pytest.raises(RefusedError, match="stays with the body and the tier"):
        world.change("mark.scope_changed", old, {"successor": new}, second=world.body.keys["assessor"])
    world.change("mark.superseded", old, {"successor": new}, second=world.body.keys["assessor"])
    assert world.verdict(old).successor == new


def test_a_merged_organisation_is_followed_by_a_mark_that_covers_it() -> None:
    world, old = fork_issued()
    group = world.prepare(idx=8, identifier=ANOTHER, name="合併後の会社")
    scope = Scope(scope_kind="group", covered=(HOLDER,), scope_summary="グループ全社", ot="excluded")
    group = changed(group, scope=scope, exp=record_of(world, old).issued.exp)
    group = attested(group, scope_sha256=scope.digest, holder_sha256=group.draft.holder.digest)
    new = follow(world, old, group)
    world.change("mark.superseded", old, {"successor": new}, second=world.body.keys["assessor"])
    assert world.sim.state.state_of(mark_uri(HOST, old)) == "superseded"


def test_another_organisation_takes_no_mark_over() -> None:
    world, old = fork_issued()
    stranger = world.prepare(idx=8, identifier=ANOTHER, name="別会社")
    with pytest.raises(RefusedError, match="same scheme and holder"):
        follow(world, old, changed(stranger, exp=record_of(world, old).issued.exp))


def test_a_successor_that_does_not_name_the_mark_is_refused() -> None:
    world, old = fork_issued()
    other = world.issue(idx=8)
    with pytest.raises(RefusedError, match="does not name the mark"):
        world.change("mark.superseded", old, {"successor": other}, second=world.body.keys["assessor"])


def test_what_has_ended_is_superseded_by_nothing() -> None:
    world, old = fork_issued()
    world.change("mark.cancelled", old)
    with pytest.raises(RefusedError, match="has ended is not superseded"):
        follow(world, old, within(world, old))


def test_the_authority_hands_marks_of_a_withdrawn_body_over() -> None:
    world, old = fork_issued()
    first = world.body
    world.announce("body.withdrawn", first.uri, {"reason": "cause"})
    world.body = world.sim.accredit(1002)
    world.sim.add_key(world.body, "assessor", "h-new-assessor", no=1)
    world.sim.add_key(world.body, "decider", "h-new-decider", no=2)
    world.show()
    new = follow(world, old, within(world, old))
    world.announce("mark.superseded", mark_uri(HOST, old), {"successor": new})
    assert world.verdict(old).successor == new


# --- reports ---------------------------------------------------------------------------------------------------------

REPORTED = digest(b"criteria with reports")
YEARLY = {
    "level": 4,
    "basis": "evaluation",
    "issuer": "body",
    "term_months": 36,
    "technical_verification": False,
    "report": {"every_months": 12, "grace_days": 30},
}


def reporting() -> tuple[World, str, int]:
    """Return a world with a mark whose tier asks for yearly reports, and the day on which the first is due."""
    world = fork()
    publish_scheme(world, "example.reported", "1", REPORTED, [YEARLY])
    rows = [{"scheme": "example.reported", "level": 4, "criteria_sha256": REPORTED}]
    window = {"from": world.sim.now - 90 * DAY, "until": world.sim.now + 2000 * DAY}
    world.announce("body.amended", world.body.uri, {"scope": rows, **window})
    prepared = changed(world.prepare(tier=4), scheme="example.reported", criteria="1")
    prepared = attested(prepared, scheme="example.reported", criteria_sha256=REPORTED, tv=None)
    mark_id = world.issue(prepared, retell=lambda said: said | {"criteria_sha256": REPORTED})
    return world, mark_id, term_end(record_of(world, mark_id).issued.nbf, 12, ZONE)


def overdue_at(due: int) -> int:
    return day_start(local_date(due + 30 * DAY, ZONE), ZONE)


def by_the_clock(world: World, mark_id: str, type: str, public: dict[str, Any]) -> int:
    draft = Draft(log_origin(HOST), type, mark_uri(HOST, mark_id), public)
    return world.sim.speak(draft, world.sim.ceremony.keys.directory)


def overdue(world: World) -> dict[str, Any]:
    return {"reason": "report_overdue", "lift_by": world.sim.now + 90 * DAY}


def test_an_overdue_report_suspends_by_the_clock_and_not_a_second_earlier() -> None:
    world, mark_id, due = reporting()
    world.sim.now = overdue_at(due) - 60
    world.show()
    with pytest.raises(RefusedError, match=r"nothing makes mark\.suspended due"):
        by_the_clock(world, mark_id, "mark.suspended", overdue(world))
    world.sim.now = overdue_at(due)
    world.show()
    by_the_clock(world, mark_id, "mark.suspended", overdue(world))
    world.show()
    assert world.verdict(mark_id).headline is Headline.SUSPENDED
    third = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    with pytest.raises(RefusedError, match="filed before the suspension is lifted"):
        world.change("mark.reinstated", mark_id, second=third)
    world.change("annual_report.filed", mark_id, {"due": due})
    world.change("mark.reinstated", mark_id, second=third)
    assert world.sim.state.state_of(mark_uri(HOST, mark_id)) == "active"


def test_a_report_is_filed_once_for_its_year_and_not_before_it() -> None:
    world, mark_id, due = reporting()
    with pytest.raises(RefusedError, match="next report of this mark is due"):
        world.change("annual_report.filed", mark_id, {"due": due + DAY})
    world.change("annual_report.filed", mark_id, {"due": due})
    with pytest.raises(RefusedError, match="next report of this mark is due"):
        world.change("annual_report.filed", mark_id, {"due": due})
    following = term_end(record_of(world, mark_id).issued.nbf, 24, ZONE)
    with pytest.raises(RefusedError, match="has not begun"):
        world.change("annual_report.filed", mark_id, {"due": following})


def test_an_extension_puts_a_report_off_by_half_a_year_at_most() -> None:
    world, mark_id, due = reporting()
    uri = mark_uri(HOST, mark_id)
    with pytest.raises(RefusedError, match="within half a year"):
        world.announce("duty.extended", uri, {"duty": "annual_report", "until": due + 300 * DAY})
    world.announce("duty.extended", uri, {"duty": "annual_report", "until": overdue_at(due) + 60 * DAY})
    world.sim.now = overdue_at(due) + DAY
    world.show()
    with pytest.raises(RefusedError, match="nothing makes"):
        by_the_clock(world, mark_id, "mark.suspended", overdue(world))


def test_a_mark_without_a_duty_has_no_reports_and_no_extension() -> None:
    world, mark_id = fork_issued()
    with pytest.raises(RefusedError, match="no report is due"):
        world.change("annual_report.filed", mark_id, {"due": world.sim.now})
    with pytest.raises(RefusedError, match="no duty"):
        world.announce(
            "duty.extended", mark_uri(HOST, mark_id), {"duty": "annual_report", "until": world.sim.now + DAY}
        )


# --- a level without terms -------------------------------------------------------------------------------------------


def test_a_level_that_the_criteria_do_not_define_is_granted_by_nobody() -> None:
    world = fork()
    with pytest.raises(RefusedError, match="no published criteria fit"):
        world.announce("body.amended", world.body.uri, world.sim.terms((3, 4, 5)))
    with pytest.raises(RefusedError):
        world.issue(attested(changed(world.prepare(), tier=5), tier=5))
    assert list_expert(world) in world.sim.state.experts
