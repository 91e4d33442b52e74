"""Random histories: whatever happens in whatever order, log, directory and verdict tell the same story."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from registry.scenario.simulated_log import HOST
from tests.world import fork
from verifier.directory.build import build_directory
from verifier.directory.record import ObjectRecord
from verifier.directory.tree import look_up
from verifier.errors import RefusedError
from verifier.log.merkle import leaf_hash
from verifier.names import mark_uri
from verifier.replay.machines import MACHINES
from verifier.replay.state import replay
from verifier.statement import parse_statement
from verifier.verdict import Headline

ENDED = {"withdrawn", "cancelled", "annulled"}
HEADLINE = {
    "active": Headline.VALID_OFFLINE,
    "suspended": Headline.SUSPENDED,
    "withdrawn": Headline.WITHDRAWN,
    "cancelled": Headline.CANCELLED,
    "annulled": Headline.ANNULLED,
}


class History(RuleBasedStateMachine):
    """One mark and its body live; ``state`` is what a reader of the rules expects."""

    @initialize()
    def begin(self) -> None:
        self.world = fork()
        self.mark_id = self.world.issue()
        self.state = "active"
        self.body = "active"

    def tell(self, type_: str, public: dict[str, object] | None = None) -> None:
        second = self.world.body.keys["assessor"] if type_ in ("mark.withdrawn", "mark.reinstated") else None
        self.world.change(type_, self.mark_id, public, second=second)

    def attempt(self, type_: str, public: dict[str, object] | None, expected: dict[str, str]) -> None:
        if self.body != "active" and type_ == "mark.reinstated" and self.state in expected:
            with pytest.raises(RefusedError, match="not accredited when it decided"):
                self.tell(type_, public)
        elif self.state in expected:
            self.tell(type_, public)
            self.state = expected[self.state]
        else:
            with pytest.raises(RefusedError, match="not possible"):
                self.tell(type_, public)

    @rule()
    def suspend(self) -> None:
        lift_by = self.world.sim.now + 90 * 86_400
        self.attempt("mark.suspended", {"reason": "nonconformity", "lift_by": lift_by}, {"active": "suspended"})

    @rule()
    def reinstate(self) -> None:
        self.attempt("mark.reinstated", None, {"suspended": "active"})

    @rule()
    def withdraw(self) -> None:
        self.attempt("mark.withdrawn", {"reason": "fraud"}, dict.fromkeys(("active", "suspended"), "withdrawn"))

    @rule()
    def cancel(self) -> None:
        self.attempt("mark.cancelled", None, dict.fromkeys(("active", "suspended"), "cancelled"))

    @precondition(lambda self: self.state not in ENDED)
    @rule()
    def annul(self) -> None:
        self.world.announce("mark.annulled", mark_uri(HOST, self.mark_id), {"reason": "fraud"})
        self.state = "annulled"

    @precondition(lambda self: self.body == "active")
    @rule()
    def suspend_the_body(self) -> None:
        self.world.announce("body.suspended", self.world.body.uri, {"reason": "urgent"})
        self.body = "suspended"

    @precondition(lambda self: self.body == "suspended")
    @rule()
    def reinstate_the_body(self) -> None:
        self.world.announce("body.reinstated", self.world.body.uri)
        self.body = "active"

    @rule()
    def time_passes(self) -> None:
        self.world.sim.now += 3600
        self.world.show()

    @invariant()
    def the_verdict_is_what_the_rules_say(self) -> None:
        if hasattr(self, "world"):
            verdict = self.world.verdict(self.mark_id)
            assert verdict.headline is HEADLINE[self.state]
            assert verdict.mark is not None

    def teardown(self) -> None:
        if hasattr(self, "world"):
            sim = self.world.sim
            state = replay(HOST, [(parse_statement(entry), leaf_hash(entry)) for entry in sim.entries])
            assert state == sim.state
            built, uri = build_directory(state), mark_uri(HOST, self.mark_id)
            record = look_up(built.tree.prove(uri), uri, bits=built.bits, root=built.root)
            assert isinstance(record, ObjectRecord)
            assert (record.state, record.head) == (self.state, state.head(uri))


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=max(1, settings().max_examples // 12), stateful_step_count=6)


def test_every_state_that_a_mark_can_reach_has_its_headline() -> None:
    assert set(MACHINES["m"].values()) == {*HEADLINE, "superseded"}
