"""The registry is away: what was signed waits, is sent unchanged while it may be, and is anchored again after that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from issuer.batch.rows import read_sheet, write_sheet
from issuer.batch.run import issue_batch
from issuer.batch.spool import send_spooled, spooled
from issuer.decision import granted, sign_issue
from issuer.issue import Waiting
from issuer.workplace import rules_of
from registry.scenario.outcome import verify_package
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world, issued_entries
from verifier.errors import UnavailableError, WrongUseError
from verifier.mark import parse_mark
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.issuance import Signed

HOUR, DAY = 3600, 86_400
WRITES, ALL = {"api"}, {"api", "read"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BatchWorld]:
    with batch_world(tmp_path, seed="spool") as world:
        yield world


def sign_while_away(bench: BatchWorld, count: int = 7) -> dict[str, Signed]:
    """Run a batch while only the read plane answers; return what waits by case."""
    lines = bench.grant(count)
    bench.line.away |= WRITES
    outcome = issue_batch(bench.desk, read_sheet(write_sheet(lines, form="csv"), filename="b.csv"), QUIET)
    assert (outcome.admitted, outcome.waiting) == (0, count)
    return {case: signed_of(bench, case) for case, *_ in lines}


def signed_of(bench: BatchWorld, case: str) -> Signed:
    issuance = bench.desk.issuance(case)
    assert issuance is not None
    assert issuance.signed is not None
    return issuance.signed


def come_back(bench: BatchWorld, hours: float) -> None:
    """End the outage after so long; the registry publishes again."""
    bench.line.away |= ALL
    bench.world.clock.now += int(hours * HOUR)
    bench.line.away.clear()
    bench.publish()


def headlines(bench: BatchWorld, folder: Path) -> list[Headline]:
    waiting = Waiting(240, bench.world.pass_time)
    desk = bench.with_signers()
    packages = [desk.issue(one.id, folder, waiting=waiting, progress=lambda *_: None).folder for one in desk.cases()]
    root = bench.world.public / "trust/1.json"
    return [verify_package(one, root, now=bench.world.clock()).headline for one in packages]


def test_the_whole_batch_is_signed_in_one_session_while_the_registry_is_away(bench: BatchWorld) -> None:
    stored = sign_while_away(bench)
    waiting = spooled(bench.desk)
    assert {one.case_id for one in waiting} == stored.keys()
    assert bench.marks_in_log() == []


def test_what_waited_for_hours_is_sent_unchanged_and_needs_no_key(bench: BatchWorld, tmp_path: Path) -> None:
    stored = sign_while_away(bench)
    come_back(bench, 20)
    settled = send_spooled(bench.with_signers(), QUIET, renew=False)
    assert (settled.admitted.keys(), settled.refused) == (stored.keys(), {})
    assert {case: signed_of(bench, case) for case in stored} == stored
    assert [one.token.compact for _, one in issued_entries(bench.world)] == [one.statement for one in stored.values()]
    assert spooled(bench.desk) == ()
    bench.publish()
    assert set(headlines(bench, tmp_path / "marks")) == {Headline.VALID_OFFLINE}


def test_after_thirty_hours_every_mark_is_anchored_again_and_issued_once(bench: BatchWorld, tmp_path: Path) -> None:
    stored = sign_while_away(bench)
    ids = {case: parse_mark(one.mark).id for case, one in stored.items()}
    come_back(bench, 30)
    refused = send_spooled(bench.with_signers(), QUIET, renew=False)
    assert refused.refused.keys() == stored.keys()
    assert bench.marks_in_log() == []
    assert {case: signed_of(bench, case) for case in stored} == stored
    settled = send_spooled(bench.desk, QUIET, renew=True)
    assert (settled.admitted.keys(), settled.refused) == (stored.keys(), {})
    assert len(set(bench.marks_in_log())) == len(bench.marks_in_log()) == len(stored)
    assert {case: parse_mark(signed_of(bench, case).mark).id for case in stored} == ids
    lines = bench.desk.history("C-000001")
    assert any(one.event == "signed_again" and stored["C-000001"].statement in one.note for one in lines)
    bench.publish()
    assert set(headlines(bench, tmp_path / "marks")) == {Headline.VALID_OFFLINE}


def test_the_batch_itself_goes_on_after_the_outage(bench: BatchWorld) -> None:
    stored = sign_while_away(bench)
    come_back(bench, 30)
    lines = [(one.id, one.holder.identifiers[0], one.level) for one in bench.desk.cases()]
    outcome = issue_batch(bench.desk, read_sheet(write_sheet(lines, form="xlsx"), filename="b.xlsx"), QUIET)
    outcome.check()
    assert outcome.batch.id == "B-000001"
    assert outcome.batch.receipt is not None
    assert len(bench.marks_in_log()) == len(stored)


def test_renewing_sends_first_what_may_have_been_admitted_already(bench: BatchWorld) -> None:
    lines = bench.grant(5)
    bench.line.lost.add("api")
    issue_batch(bench.desk, read_sheet(write_sheet(lines, form="csv"), filename="b.csv"), QUIET)
    assert len(bench.marks_in_log()) == 5
    bench.line.lost.clear()
    before = {case: signed_of(bench, case) for case, *_ in lines}
    come_back(bench, 30)
    assert len(send_spooled(bench.desk, QUIET, renew=True).admitted) == 5
    assert {case: signed_of(bench, case) for case, *_ in lines} == before
    assert len(bench.marks_in_log()) == 5


def test_renewing_needs_the_deciders_key(bench: BatchWorld) -> None:
    sign_while_away(bench, 1)
    with pytest.raises(WrongUseError, match="decider's key is not open"):
        send_spooled(bench.with_signers(), QUIET, renew=True)


def test_while_it_is_still_away_everything_stays_as_it_is(bench: BatchWorld) -> None:
    stored = sign_while_away(bench, 2)
    assert send_spooled(bench.desk, QUIET, renew=True).away is not None
    assert {case: signed_of(bench, case) for case in stored} == stored


def test_without_an_anchor_nothing_is_signed(bench: BatchWorld) -> None:
    lines = bench.grant(2)
    bench.line.away |= ALL
    with pytest.raises(UnavailableError):
        issue_batch(bench.desk, read_sheet(write_sheet(lines, form="csv"), filename="b.csv"), QUIET)
    assert [bench.desk.issuance(case) for case, *_ in lines] == [None, None]


@pytest.mark.parametrize(("later", "keeps_mark"), [(90, True), (150, False)])
def test_the_seal_stays_and_the_mark_as_long_as_it_is_signed_together_with_its_statement(
    bench: BatchWorld, later: int, keeps_mark: bool
) -> None:
    stored = sign_while_away(bench, 1)["C-000001"]
    work = bench.desk.case("C-000001")
    decided = granted(work, rules_of(work), bench.desk.identity)
    anchor = bench.desk.registry.anchor(bench.desk.identity.log)
    again = sign_issue(
        decided.signable,
        anchor,
        identity=bench.desk.identity,
        signers=bench.desk.signers,
        at=parse_mark(stored.mark).iat + later,
        entropy=bench.desk.entropy,
        earlier=stored,
    )
    assert again.seal == stored.seal
    assert (again.mark == stored.mark) is keeps_mark
    assert again.statement != stored.statement


def test_a_term_that_began_before_the_signature_begins_with_it_and_ends_as_much_later(bench: BatchWorld) -> None:
    stored = sign_while_away(bench, 1)["C-000001"]
    come_back(bench, 30)
    send_spooled(bench.desk, QUIET, renew=True)
    before, after = parse_mark(stored.mark), parse_mark(signed_of(bench, "C-000001").mark)
    assert after.nbf > before.nbf
    assert after.exp > before.exp
    assert replace(after, token=before.token, iat=0, nbf=0, exp=0, content=before.content) == replace(
        before, iat=0, nbf=0, exp=0
    )
