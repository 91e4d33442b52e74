"""A body speaks about its own marks: one holder takes away for a while, two lift or end, and each refusal is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from issuer import mark_commands
from issuer.correct import Correction, correct
from issuer.identity import ROLES
from issuer.mark_acts import Act, approve, say, suspension
from registry.scenario import cast
from tests.issuer.test_rotation import Bench, bench
from verifier.envelope import DAY
from verifier.errors import NotFoundError, RefusedError, WrongUseError
from verifier.gather import gather
from verifier.mark import parse_mark
from verifier.names import mark_uri
from verifier.replay.mark_rules import LONGEST_SUSPENSION

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from issuer.desk import Desk
    from verifier.mark import Holder

__all__ = ["bench"]


@pytest.fixture
def issued(bench: Bench) -> tuple[Bench, str]:
    """A desk with one mark of its own, published."""
    with bench.desk(*ROLES) as desk:
        package = bench.issue(desk, bench.decided(desk, cast.SUPPLIER_3))
    bench.world.pass_time(1)
    return bench, package.name


def standing(bench: Bench, mark: str) -> str | None:
    with bench.desk() as desk:
        return desk.registry.state_of(mark_uri(cast.HOST, mark))


def suspended(bench: Bench, desk: Desk, mark: str) -> None:
    now = bench.world.clock()
    say(desk, suspension(mark, reason="nonconformity", lift_by=now + 90 * DAY, now=now))
    bench.world.pass_time(1)


def test_one_holder_suspends_and_two_lift(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    with bench.desk("decider") as desk:
        suspended(bench, desk, mark)
    assert standing(bench, mark) == "suspended"
    act = Act(mark, "mark.reinstated", {})
    with bench.desk("assessor") as desk:
        approval = approve(desk, act)
    with bench.desk("decider") as desk:
        with pytest.raises(RefusedError, match="needs another holder's approval"):
            say(desk, act)
        say(desk, act, approval)
    assert standing(bench, mark) == "active"


def test_a_withdrawal_is_approved_with_its_reason_and_is_the_end(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    act = Act(mark, "mark.withdrawn", {"reason": "cause"})
    with bench.desk("assessor") as desk:
        approval = approve(desk, act)
    with bench.desk("decider") as desk:
        with pytest.raises(RefusedError, match="approval is for something else"):
            say(desk, Act(mark, "mark.withdrawn", {"reason": "request"}), approval)
        say(desk, act, approval)
        bench.world.pass_time(1)
        with pytest.raises(RefusedError, match="not possible while the object is withdrawn"):
            suspended(bench, desk, mark)
    assert standing(bench, mark) == "withdrawn"


def test_a_mark_is_cancelled_as_its_holder_wishes_without_a_second_person(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    act = Act(mark, "mark.cancelled", {})
    with bench.desk("assessor", "decider") as desk:
        with pytest.raises(RefusedError, match="needs no second person"):
            approve(desk, act)
        with pytest.raises(RefusedError, match="takes no approval"):
            say(desk, act, "a.b.c")
        say(desk, act)
    assert standing(bench, mark) == "cancelled"


def test_a_report_that_no_tier_asks_for_is_refused_by_the_registry(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    with bench.desk("decider") as desk, pytest.raises(RefusedError, match="no report is due"):
        say(desk, Act(mark, "annual_report.filed", {"due": bench.world.clock()}))


@pytest.mark.parametrize("days", [0, LONGEST_SUSPENSION // DAY + 1])
def test_a_suspension_is_lifted_within_six_months(days: int) -> None:
    with pytest.raises(RefusedError, match="within six months"):
        suspension("m", reason="cause", lift_by=1_800_000_000 + days * DAY, now=1_800_000_000)


def test_the_commands_say_the_same(
    issued: tuple[Bench, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench, mark = issued

    def desk_with(folder: Path, *roles: Any, passphrase_file: Path | None) -> AbstractContextManager[Desk]:
        return bench.desk(*roles)

    monkeypatch.setattr(mark_commands, "desk_with", desk_with)
    monkeypatch.setattr(mark_commands, "present", bench.world.clock)
    mark_commands.suspend(mark, reason="nonconformity", lift_by="2027-01-15", desk=bench.folder)
    bench.world.pass_time(1)
    assert "log entry" in capsys.readouterr().out
    with pytest.raises(WrongUseError, match="a withdrawal has a reason"):
        mark_commands.approve_("withdraw", mark, desk=bench.folder)
    with pytest.raises(WrongUseError, match="has a successor"):
        mark_commands.approve_("supersede", mark, desk=bench.folder)
    mark_commands.approve_("supersede", mark, successor=mark, desk=bench.folder)
    itself = tmp_path / "itself.jwt"
    itself.write_text(capsys.readouterr().out)
    with pytest.raises(RefusedError):
        mark_commands.supersede(mark, successor=mark, approval=itself, desk=bench.folder)
    mark_commands.approve_("reinstate", mark, desk=bench.folder)
    approval = tmp_path / "approval.jwt"
    approval.write_text(capsys.readouterr().out)
    mark_commands.reinstate(mark, approval=approval, desk=bench.folder)
    assert standing(bench, mark) == "active"
    with pytest.raises(WrongUseError, match="cannot be read"):
        mark_commands.withdraw(mark, reason="cause", approval=tmp_path / "none", desk=bench.folder)


def holder_corrected(bench: Bench, mark: str, correction: Correction) -> Holder:
    """Correct the mark and return the holder that its newest version names."""
    with bench.desk("assessor", "decider") as desk:
        correct(desk, mark, correction)
    # The first turn makes the directory that holds the correction, the second publishes it.
    bench.world.pass_time(120)
    bench.world.pass_time(1)
    with bench.desk() as desk:
        token = gather(desk.registry.fetcher, mark).mark
    assert token is not None
    return parse_mark(token).content.org


def test_a_slip_in_the_holders_name_is_corrected_and_the_mark_stays_valid(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    org = holder_corrected(bench, mark, Correction(name="株式会社 見本製作所", domains=()))
    assert (org.name, org.domains) == ("株式会社 見本製作所", None)
    assert standing(bench, mark) == "active"


def test_a_correction_takes_a_holder_off_the_lists_and_onto_them_again(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    for unlisted in (True, None):
        org = holder_corrected(bench, mark, Correction(unlisted=bool(unlisted)))
        assert (org.unlisted, org.name, org.is_listed) == (unlisted, cast.SUPPLIER_3.name, not unlisted)
    assert standing(bench, mark) == "active"


def test_a_correction_that_changes_nothing_or_is_of_a_stranger_is_refused(issued: tuple[Bench, str]) -> None:
    bench, mark = issued
    with bench.desk("assessor", "decider") as desk:
        with pytest.raises(RefusedError, match="changes nothing"):
            correct(desk, mark, Correction())
        with pytest.raises(NotFoundError):
            correct(desk, "0" * 26, Correction(name="株式会社見本"))
