"""A later version of the criteria ends issuance under the earlier one: to the second, for that one only, in the log."""

from __future__ import annotations

from typing import Any

import pytest

from registry.scenario.simulated_life import publish_scheme
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import published
from registry.scenario.simulator import CRITERIA, DAY
from tests.scheme.packs import SCS, next_version
from tests.world import World, fork
from verifier.audit.audit import Asked, audit
from verifier.audit.kinds import Code
from verifier.dates import parse_instant
from verifier.encoding import canonical, digest
from verifier.errors import RefusedError
from verifier.names import mark_uri
from verifier.scheme.reading import parse_pack
from verifier.scheme.shipped import load_shipped
from verifier.statement.public import SchemePublished
from verifier.verdict import Headline

LATER = digest(b"later criteria")
SCHEME = "jp.meti.scs"
TIER = {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12, "technical_verification": False}


def replacing(world: World, until: int | None, *, version: str = "2028-04", **said: Any) -> None:
    members = {"replaces": CRITERIA, "replaced_issuable_until": until} if until is not None else {}
    publish_scheme(world, SCHEME, version, digest(version.encode()), [TIER], **(members | said))


@pytest.mark.parametrize(("early", "is_admitted"), [(1, True), (0, False), (-1, False)])
def test_a_mark_under_replaced_criteria_is_issued_until_the_last_second_and_not_at_the_end(
    early: int, is_admitted: bool
) -> None:
    world = fork()
    end = world.sim.now + DAY
    replacing(world, end)
    world.sim.now = end - early
    if is_admitted:
        assert world.verdict(world.issue()).headline is Headline.VALID_OFFLINE
        return
    with pytest.raises(RefusedError, match="version 2028-04 replaced the criteria"):
        world.issue()


def test_a_mark_that_was_issued_before_the_end_keeps_its_term() -> None:
    world = fork()
    mark_id = world.issue()
    replacing(world, world.sim.now)
    world.sim.now += 100 * DAY
    world.show()
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE
    assert world.sim.state.state_of(mark_uri(HOST, mark_id)) == "active"


def test_the_earliest_end_counts_and_a_later_version_gives_no_day_back() -> None:
    world = fork()
    replacing(world, world.sim.now)
    replacing(world, world.sim.now + 1000 * DAY, version="2030-04")
    with pytest.raises(RefusedError, match="2028-04"):
        world.issue()


def test_other_criteria_and_other_schemes_are_left_alone() -> None:
    world = fork()
    replacing(world, world.sim.now, replaces=LATER)
    members = {"replaces": CRITERIA, "replaced_issuable_until": world.sim.now}
    publish_scheme(world, "example.other", "1", digest(b"other"), [TIER], **members)
    assert world.verdict(world.issue()).headline is Headline.VALID_OFFLINE


def test_an_end_without_the_criteria_that_end_is_refused_and_so_is_one_of_its_own() -> None:
    world = fork()
    with pytest.raises(RefusedError, match="without saying under which"):
        replacing(world, None, replaced_issuable_until=world.sim.now)
    with pytest.raises(RefusedError, match="do not replace themselves"):
        replacing(world, world.sim.now, replaces=digest(b"2028-04"))


def test_a_registry_that_admits_a_mark_under_replaced_criteria_is_found_by_the_audit() -> None:
    world = fork()
    replacing(world, world.sim.now)
    world.issue(judged=False)
    plane = published(world.sim)
    report = audit(Asked(plane, world.pinned, plane), lambda done, total: None)
    assert {one.code for one in report.findings} == {Code.CRITERIA_WRONG}


def test_a_statement_without_the_new_members_has_the_bytes_that_it_always_had() -> None:
    said = {"scheme": SCHEME, "version": "1", "sha256": CRITERIA, "tiers": [TIER]}
    assert canonical(SchemePublished.model_validate(said).members()) == canonical(said)


def test_a_pack_that_fixes_the_last_day_of_decisions_ends_issuance_at_the_next_midnight_of_its_zone() -> None:
    old, new = load_shipped(*SCS), parse_pack(next_version(evaluations_until="2028-09-30", marks_until="2029-03-31"))
    public = SchemePublished.model_validate(new.statement_public((old, new)))
    assert public.replaces == old.digest
    assert public.replaced_issuable_until == parse_instant("2028-10-01", zone="Asia/Tokyo")


def test_a_pack_says_nothing_of_a_version_that_is_closed_not_at_hand_or_without_a_last_day() -> None:
    old = load_shipped(*SCS)
    closed = load_shipped("jp.meti.scs", "2025-04")
    assert "replaces" not in old.statement_public((old, closed))
    dated = parse_pack(next_version(evaluations_until="2028-09-30"))
    assert "replaces" not in dated.statement_public()
    assert "replaces" not in parse_pack(next_version()).statement_public((old,))
