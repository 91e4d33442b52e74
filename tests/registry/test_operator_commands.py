"""What two operators say on the command line about marks, bodies and experts: each is one entry and one new state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry import commands
from registry.data_folder import DataFolder
from registry.desk import body_commands, key_commands, mark_commands
from registry.rows import queries
from verifier.edge.packs import find_pack
from verifier.envelope import DAY
from verifier.errors import RefusedError, WrongUseError
from verifier.names import body_uri, expert_uri, key_uri, mark_uri
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from pathlib import Path

    from registry.desk.operator_desk import OperatorDesk
    from tests.registry.conftest import Office, World
    from verifier.signer import SoftwareSigner
    from verifier.statement import Statement

HOST = "shirushi.example"


@pytest.fixture
def at_desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A registry whose operators' desk the commands sit down at."""
    world, signers = office

    def operators_desk(directory: Path) -> OperatorDesk:
        assert directory == world.folder
        return world.desk

    for module in (mark_commands, body_commands, key_commands, commands):
        monkeypatch.setattr(module, "operators_desk", operators_desk)
    assert DataFolder(world.folder).trust_root().host == HOST
    return world, signers


def state_of(world: World, uri: str) -> str | None:
    world.settle()
    return world.registry.look_up(uri).result(30)[1]


def test_a_suspended_mark_is_reinstated_then_withdrawn_and_never_comes_back(at_desk: Office) -> None:
    world, signers = at_desk
    mark = world.issue(signers)
    uri = mark_uri(HOST, mark)
    world.desk.suspend_mark(mark, reason="nonconformity", lift_by=world.clock() + DAY)
    world.settle()
    mark_commands.reinstate(world.folder, mark)
    assert state_of(world, uri) == "active"
    mark_commands.withdraw(world.folder, mark.upper(), "cause")
    assert state_of(world, uri) == "withdrawn"
    with pytest.raises(RefusedError, match="not possible while the object is withdrawn"):
        mark_commands.reinstate(world.folder, mark)


def test_a_mark_is_annulled(at_desk: Office, capsys: pytest.CaptureFixture[str]) -> None:
    world, signers = at_desk
    mark = world.issue(signers)
    mark_commands.annul(world.folder, mark, "false_evidence")
    assert capsys.readouterr().out.startswith("log entry ")
    assert state_of(world, mark_uri(HOST, mark)) == "annulled"


def test_a_report_and_its_extension_are_refused_where_the_tier_asks_for_none(at_desk: Office) -> None:
    world, signers = at_desk
    mark = world.issue(signers)
    with pytest.raises(RefusedError, match="no report is due"):
        mark_commands.report(world.folder, mark, "2027-11-01")
    with pytest.raises(RefusedError, match="no duty annual_report"):
        mark_commands.extend(world.folder, mark, "2027-12-01")
    with pytest.raises(WrongUseError, match="not a time"):
        mark_commands.extend(world.folder, mark, "some day")


def test_a_body_is_amended_reinstated_and_withdrawn(at_desk: Office) -> None:
    world, _ = at_desk
    uri = body_uri(HOST, 7)
    world.desk.suspend_body(7, reason="cause")
    world.settle()
    body_commands.reinstate(world.folder, no=7)
    assert state_of(world, uri) == "active"
    window = {"begins": "2026-10-01", "ends": "2028-10-01"}
    scs, criteria = "jp.meti.scs", ["2026-03-27"]
    with pytest.raises(RefusedError, match="tier 5 cannot be issued"):
        body_commands.amend(world.folder, no=7, scheme=scs, version=criteria, level=[5], **window)
    # This registry published other criteria than those of the shipped pack.
    with pytest.raises(RefusedError, match="criteria"):
        body_commands.amend(world.folder, no=7, scheme=scs, version=criteria, level=[3], **window)
    pack = find_pack("jp.ipa.jc-star")
    level = pack.tiers[-1].level
    world.desk.publish_scheme(pack.statement_public())
    world.settle()
    body_commands.amend(world.folder, no=7, scheme=pack.scheme, version=[pack.version], level=[level], **window)
    assert state_of(world, uri) == "active"
    scope = world.registry.writer.ask(lambda _, state: lambda: state.bodies[uri].scope).result(30)
    assert [(row.scheme, row.level, row.criteria_sha256) for row in scope] == [(pack.scheme, level, pack.digest)]
    body_commands.withdraw(world.folder, no=7, reason="lapse")
    assert state_of(world, uri) == "withdrawn"


def test_an_expert_is_listed_delisted_and_listed_again(at_desk: Office) -> None:
    world, _ = at_desk
    uri = expert_uri(HOST, "RISS-000123")
    listed = {"register": "riss", "begins": "2026-04-01", "ends": "2029-04-01"}
    body_commands.list_(world.folder, "RISS-000123", **listed)
    assert state_of(world, uri) == "active"
    body_commands.delist(world.folder, "RISS-000123", reason="request")
    assert state_of(world, uri) == "delisted"
    body_commands.list_(world.folder, "RISS-000123", **listed)
    assert state_of(world, uri) == "active"


def test_one_operator_alone_says_only_what_one_may_say(at_desk: Office) -> None:
    world, signers = at_desk
    mark = world.issue(signers)
    with pytest.raises(RefusedError, match="needs a second person"):
        world.desk.submit("mark.withdrawn", mark_uri(HOST, mark), {"reason": "cause"}, alone=True)


def test_one_operator_suspends_a_body_where_it_is_urgent(at_desk: Office) -> None:
    world, _ = at_desk
    uri = body_uri(HOST, 7)
    commands.suspend_body(world.folder, 7, "cause", urgent=True)
    assert state_of(world, uri) == "suspended"
    assert newest(world, uri).second is None
    body_commands.reinstate(world.folder, no=7)
    world.settle()
    commands.suspend_body(world.folder, 7, "cause")
    assert newest(world, uri).second is not None


def test_a_retired_key_signs_nothing_more(at_desk: Office) -> None:
    world, signers = at_desk
    world.issue(signers)
    key_commands.retire(world.folder, signers["decider"].kid)
    assert state_of(world, key_uri(HOST, signers["decider"].kid)) == "retired"
    assert not is_issued(world, signers)


def test_a_mark_is_handed_over_only_to_a_mark_that_names_it(at_desk: Office) -> None:
    world, signers = at_desk
    mark, other = world.issue(signers), world.issue(signers)
    with pytest.raises(RefusedError, match="does not name the mark"):
        mark_commands.supersede(world.folder, mark, other)
    assert state_of(world, mark_uri(HOST, mark)) == "active"


def newest(world: World, uri: str) -> Statement:
    world.settle()
    with world.registry.database.read() as connection:
        index = world.registry.look_up(uri).result(30)[0]
        assert index is not None
        (entry,) = queries.entries(connection, index, index + 1)
    return parse_statement(entry.statement)


def is_issued(world: World, signers: dict[str, SoftwareSigner]) -> bool:
    try:
        world.issue(signers)
    except AssertionError:
        return False
    return True
