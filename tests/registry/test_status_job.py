"""The status lists follow the log: signed when an entry or the clock changes one, and each one daily."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.publishing.files import PublicFolder
from registry.publishing.status_job import REFRESH
from verifier.errors import UnavailableError
from verifier.mark import parse_mark
from verifier.names import key_uri
from verifier.status_list import LIFETIME, Status, read_status_list

if TYPE_CHECKING:
    from registry.desk.operator_desk import OperatorDesk
    from tests.registry.conftest import Office, World
    from verifier.status_list import StatusList

DATABASES = ("sqlite", "postgresql")
DAY = 86_400


def shown(world: World, no: int = 1) -> StatusList:
    return read_status_list((world.public / f"status/{no}").read_bytes(), world.ceremony.root)


def said(world: World, mark_id: str) -> Status | None:
    mark = parse_mark((world.public / f"m/{mark_id}.jwt").read_bytes())
    return shown(world, mark.status_no).status(mark.status_idx, now=world.clock())


def suspend(world: World, mark_id: str, *, hours: int = 720) -> None:
    world.desk.suspend_mark(mark_id, reason="nonconformity", lift_by=world.clock() + hours * 3600)


def revoke(desk: OperatorDesk, kid: str, cutoff: int) -> None:
    public = {"reason": "compromised", "cutoff_index": cutoff}
    desk.submit("key.revoked", key_uri(desk.host, kid), public)


def test_a_registry_without_marks_has_no_list(office: Office) -> None:
    world, _ = office
    assert world.registry.status.step() == ()
    assert not (world.public / "status").exists()


def test_a_mark_is_valid_in_its_list_once_it_is_issued_and_a_suspension_shows_at_once(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    assert said(world, mark_id) is Status.VALID
    suspend(world, mark_id)
    assert world.registry.status.step() == (1,)
    assert said(world, mark_id) is Status.SUSPENDED


def test_what_changes_no_mark_signs_no_list(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    before = (world.public / "status/1").read_bytes()
    world.desk.suspend_body(7, reason="cause")
    assert world.registry.status.step() == ()
    assert (world.public / "status/1").read_bytes() == before


def test_the_clock_changes_a_list_at_a_deadline_and_at_the_end_of_a_term(office: Office) -> None:
    world, signers = office
    lasting, lifted = world.issue(signers), world.issue(signers)
    suspend(world, lifted, hours=12)
    world.registry.status.step()
    world.clock.now += DAY // 2 - 1
    assert world.registry.status.step() == ()
    world.clock.now += 1
    assert world.registry.status.step() == (1,)
    assert (said(world, lifted), said(world, lasting)) == (Status.INVALID, Status.VALID)
    world.clock.now = parse_mark((world.public / f"m/{lasting}.jwt").read_bytes()).exp
    assert world.registry.status.step() == (1,)
    assert said(world, lasting) is Status.INVALID


def test_a_list_is_signed_anew_daily_long_before_it_ends(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    first = shown(world)
    world.clock.now += REFRESH - 1
    assert world.registry.status.step() == ()
    world.clock.now += 1
    assert world.registry.status.step() == (1,)
    assert (shown(world).iat, shown(world).entries) == (first.iat + REFRESH, first.entries)
    assert REFRESH * 3 == LIFETIME


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_cut_off_takes_the_later_marks_of_a_key_and_leaves_the_earlier_ones(office: Office, role: str) -> None:
    world, signers = office
    early, late = world.issue(signers), world.issue(signers)
    index, _ = world.registry.look_up(f"https://{world.registry.host}/m/{late}").result(30)
    revoke(world.desk, signers[role].kid, index or 0)
    assert world.registry.status.step() == (1,)
    assert (said(world, early), said(world, late)) == (Status.VALID, Status.INVALID)


def test_a_lower_cut_off_takes_more(office: Office) -> None:
    world, signers = office
    marks = [world.issue(signers) for _ in range(3)]
    indices = [world.registry.look_up(f"https://{world.registry.host}/m/{one}").result(30)[0] or 0 for one in marks]
    revoke(world.desk, signers["decider"].kid, indices[2])
    world.settle()
    assert [said(world, one) for one in marks] == [0, 0, 1]
    revoke(world.desk, signers["decider"].kid, indices[1])
    world.settle()
    assert [said(world, one) for one in marks] == [0, 1, 1]


def test_a_registry_that_starts_again_signs_the_same_entries(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    suspend(world, mark_id)
    world.settle()
    before = shown(world)
    world.registry.writer._follower.forget()
    world.clock.now += 5
    assert world.registry.status.step() == (1,)
    assert (shown(world).entries, shown(world).iat) == (before.entries, before.iat + 5)


def test_a_step_that_was_cut_short_is_made_up_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    suspend(world, mark_id)

    def full(*_: object) -> None:
        raise UnavailableError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(PublicFolder, "replace", full)
        with pytest.raises(UnavailableError):
            world.registry.status.step()
    assert said(world, mark_id) is Status.VALID
    assert world.registry.status.step() == (1,)
    assert said(world, mark_id) is Status.SUSPENDED


def test_the_reader_serves_a_list_under_the_address_in_the_mark(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    mark = parse_mark((world.public / f"m/{mark_id}.jwt").read_bytes())
    uri = mark.token.payload["status"]["status_list"]["uri"]
    answer = world.http.get(uri.replace(f"https://{world.registry.host}", "http://read"))
    assert answer.content == (world.public / "status/1").read_bytes()
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert [world.http.get(f"http://read/status/{no}").status_code for no in ("2", "01", "0", "x")] == [404] * 4


def test_a_clock_that_ran_ahead_leaves_no_list_of_another_time(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    world.clock.now += 30 * DAY
    assert world.registry.status.step() == (1,)
    world.clock.now -= 30 * DAY
    assert world.registry.status.step() == (1,)
    assert said(world, mark_id) is Status.VALID
    assert world.registry.status.step() == ()
