"""Explaining an entry: what it says, who signed, what came before and after, what proves it."""

from __future__ import annotations

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.audit.planes import Plane, honest, published
from tests.world import World, changed, fork, fork_issued
from verifier.audit.chain import read_chain
from verifier.audit.explain import Explanation, explain_entry
from verifier.audit.finding import Findings
from verifier.errors import ProofError, WrongUseError
from verifier.names import mark_uri
from verifier.statement import parse_statement


def explained(world: World, index: int, plane: Plane | None = None) -> Explanation:
    fetcher = plane or world.sim
    return explain_entry(fetcher, read_chain(fetcher, world.pinned, Findings()), index)


def place_of(world: World, type: str) -> int:
    return next(at for at, data in enumerate(world.sim.entries) if parse_statement(data).type == type)


def test_every_entry_of_an_honest_registry_is_signed_proven_and_dated() -> None:
    world = honest().world
    for index in range(len(world.sim.entries)):
        members = explained(world, index).members()
        assert (members["signatures"], members["proof"]["inclusion"]) == ("hold", "proven"), members
        assert members["proof"]["dating"]["holds"] in (True, None)
        assert members["says"]


def test_an_issuance_tells_both_persons_and_what_happened_since() -> None:
    world = honest().world
    index = place_of(world, "mark.issued")
    members = explained(world, index).members()
    assert (members["signed"]["role"], members["approved"]["role"]) == ("decider", "assessor")
    assert (members["signed"]["holder"], members["approved"]["holder"]) == ("h-decider", "h-assessor")
    assert [(one["type"], one["state"], one["this"]) for one in members["history"]] == [
        ("mark.issued", "active", True),
        ("mark.suspended", "suspended", False),
    ]
    assert members["history_is_whole"]
    assert members["proof"]["dating"]["holds"] is True


def test_what_the_directory_does_not_reach_is_said_to_be_open() -> None:
    world, mark_id = fork_issued()
    index = world.suspend(mark_id, directory=False)
    explanation = explained(world, index)
    assert [step.type for step in explanation.history.steps] == ["mark.issued", "mark.suspended"]
    assert not explanation.history.is_whole


def test_a_lie_about_the_date_and_a_missing_approval_are_told() -> None:
    world = fork()
    prepared = world.prepare()
    world.sim.now += 10 * DAY
    world.show()
    mark_id = world.issue(prepared, judged=False)
    index = world.sim.state.marks[mark_uri(HOST, mark_id)].index
    assert explained(world, index).proof.dated.holds is False
    alone = world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1])
    world.show()
    accredited = world.sim.state.heads[alone.uri].index
    assert "needs a second person" in explained(world, accredited).signatures.trouble


def test_without_a_quorum_nothing_is_proven() -> None:
    world, _ = fork_issued()
    world.sim.cosigning = 2
    world.show()
    assert "quorum" in explained(world, 3).proof.trouble


def test_an_entry_that_is_not_in_the_signed_tree_is_refused() -> None:
    story = honest()
    plane = published(story.world.sim)
    path = next(path for path in plane.files if path.startswith("log/tile/0/") and path.endswith("/12"))
    harmed = plane.changed(path, bytes(32) + plane.files[path][32:])
    with pytest.raises(ProofError):
        explained(story.world, 5, harmed)


def test_an_index_beyond_the_log_is_wrong_use() -> None:
    with pytest.raises(WrongUseError, match="the last one is 11"):
        explained(honest().world, 12)


def test_a_term_that_is_too_long_is_explained_in_plain_words() -> None:
    world = fork()
    prepared = world.prepare()
    mark_id = world.issue(changed(prepared, exp=prepared.draft.exp + DAY), judged=False)
    says = " ".join(explained(world, world.sim.state.marks[mark_uri(HOST, mark_id)].index).members()["says"])
    assert "It attests jp.meti.scs level 3 to 0188-1180301018771" in says
    assert "until before 2027-11-22T15:00:00Z" in says
