"""Random lives of bodies, keys, experts, declarations, evidence and notices, against tables written down here anew.

Whatever is said in whatever order: what is allowed leads where it should, the rest is refused and changes nothing, what
has ended stays so, and the log alone gives the same state at its end and at every size before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from registry.scenario.simulated_life import (
    DECLARED,
    accredit_registrar,
    body_says,
    declare,
    list_expert,
    seal_evidence,
)
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER
from tests.world import World, fork
from verifier.errors import RefusedError
from verifier.identifier import parse_identifier
from verifier.log.merkle import leaf_hash
from verifier.names import body_uri, key_uri, mark_uri, org_uri
from verifier.replay.history import states_of
from verifier.replay.records import Entry
from verifier.replay.state import replay
from verifier.scheme.tables import files_digest
from verifier.statement import parse_statement
from verifier.statement.document import write_document

if TYPE_CHECKING:
    from collections.abc import Callable

ORGANISATION = org_uri(HOST, parse_identifier(HOLDER))
SERIES, EXPERT, NOTICE = f"https://{HOST}/v/lot-1", f"https://{HOST}/x/riss-000001", f"https://{HOST}/n/1"
BODY = {
    "amend": {"active": "active"},
    "suspend": {"active": "suspended"},
    "reinstate": {"suspended": "active"},
    "withdraw": {"active": "withdrawn", "suspended": "withdrawn"},
}
KEY = {"retire": {"active": "retired"}, "revoke": {"active": "revoked", "retired": "revoked"}}
SEALS = {
    "plan": {None: "planned", "planned": "planned", "unplanned": "unplanned"},
    "results": {
        None: "unplanned",
        "planned": "sealed",
        "sealed": "sealed",
        "corrected": "corrected",
        "unplanned": "unplanned",
    },
    "correction": {"sealed": "corrected", "corrected": "corrected", "unplanned": "unplanned"},
}
SAID = [0]
"""How many times something was said, allowed or refused, in this process."""


class Lives(RuleBasedStateMachine):
    """A registry in which everything happens to one object of each kind."""

    @initialize()
    def begin(self) -> None:
        self.world: World = fork()
        self.registrar = accredit_registrar(self.world)
        self.other = self.world.sim.accredit(1002)
        self.world.sim.add_key(self.other, "decider", "h-other", no=1)
        self.world.sim.publish()
        self.key = key_uri(HOST, self.other.keys["decider"].kid)
        self.states: dict[str, str | None] = {self.other.uri: "active", self.key: "active"}

    def attempt(self, uri: str, table: dict[Any, str], say: Callable[[], object]) -> None:
        """Say something: it leads where the table says, or is refused and changes nothing."""
        SAID[0] += 1
        before, size = self.states.get(uri), len(self.world.sim.entries)
        if before in table:
            say()
            self.states[uri] = table[before]
            return
        with pytest.raises(RefusedError):
            say()
        assert len(self.world.sim.entries) == size

    @rule(step=st.sampled_from(sorted(BODY)))
    def body(self, step: str) -> None:
        types = {"amend": "body.amended", "suspend": "body.suspended", "reinstate": "body.reinstated"}
        public = {"amend": self.world.sim.terms((3,)), "suspend": {"reason": "urgent"}, "reinstate": {}}
        said = public.get(step, {"reason": "cause"})
        self.attempt(
            self.other.uri,
            BODY[step],
            lambda: self.world.sim.say(types.get(step, "body.withdrawn"), self.other.uri, said),
        )
        self.world.sim.publish()

    @rule(step=st.sampled_from(sorted(KEY)), back=st.integers(0, 3))
    def a_key(self, step: str, back: int) -> None:
        if step == "retire":
            one = self.world.sim.ceremony.keys.operators[:1]
            self.attempt(self.key, KEY[step], lambda: self.world.sim.say("key.retired", self.key, {}, operators=one))
        else:
            record = self.world.sim.state.keys[self.other.keys["decider"].kid]
            if record.cutoff is not None:
                return
            cutoff = max(0, len(self.world.sim.entries) - back)
            public = {"reason": "compromised", "cutoff_index": cutoff}
            self.attempt(self.key, KEY[step], lambda: self.world.sim.say("key.revoked", self.key, public))
        self.world.sim.publish()

    @rule(listing=st.booleans())
    def expert(self, listing: bool) -> None:
        if listing:
            every = dict.fromkeys((None, "active", "delisted"), "active")
            self.attempt(EXPERT, every, lambda: list_expert(self.world))
        else:
            delisted = {"active": "delisted"}
            self.attempt(EXPERT, delisted, lambda: self.world.sim.say("expert.delisted", EXPERT, {"reason": "request"}))
            self.world.sim.publish()

    @rule(level=st.sampled_from([0, 1, 2]))
    def declaration(self, level: int) -> None:
        if level:
            every = dict.fromkeys((None, "declared", "stopped"), "declared")
            self.attempt(ORGANISATION, every, lambda: declare(self.world, self.registrar, HOLDER, level=level))
        else:
            public = {"scheme": DECLARED, "reason": "request"}
            self.attempt(
                ORGANISATION,
                {"declared": "stopped"},
                lambda: body_says(self.world, self.registrar, "declaration.stopped", ORGANISATION, public),
            )

    @rule(kind=st.sampled_from(sorted(SEALS)))
    def seal(self, kind: str) -> None:
        content = b"%d" % len(self.world.sim.entries)
        self.attempt(SERIES, SEALS[kind], lambda: seal_evidence(self.world, "lot-1", kind, content))

    @rule()
    def notice(self) -> None:
        every = dict.fromkeys((None, "published"), "published")
        files = {"ja.md": b"%d\n" % len(self.world.sim.entries), "en.md": b"text\n"}
        public = {"kind": "fake_mark", "sha256": files_digest(files)}
        says = {"operators": self.world.sim.ceremony.keys.operators[:1], "document": write_document(files)}
        self.attempt(NOTICE, every, lambda: self.world.sim.say("notice.published", NOTICE, public, **says))
        self.world.sim.publish()

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        if self.world.sim.now < 1_795_305_600 + 200 * DAY:
            self.world.sim.now += days * DAY
            self.world.sim.publish()

    @invariant()
    def every_object_is_where_its_table_leads(self) -> None:
        if hasattr(self, "world"):
            for uri, expected in self.states.items():
                assert self.world.sim.state.state_of(uri) == expected

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        sim = self.world.sim
        statements = [parse_statement(entry) for entry in sim.entries]
        pairs = [(one, leaf_hash(one.entry)) for one in statements]
        assert replay(HOST, pairs) == sim.state
        for uri, expected in self.states.items():
            own = [Entry(at, leaf, one) for at, (one, leaf) in enumerate(pairs) if one.object == uri]
            assert (list(states_of(own)) or [None])[-1] == expected


class TwoPeople(RuleBasedStateMachine):
    """Marks are granted and taken away: none is in force without two people, none outlives its decision or its body."""

    @initialize()
    def begin(self) -> None:
        self.world: World = fork()
        self.world.sim.add_key(self.world.body, "decider", "h-third", no=3)
        self.world.sim.publish()
        self.marks: list[str] = []
        self.idx = 20
        self.until: dict[str, int] = {}

    def record(self, mark_id: str) -> Any:
        return self.world.sim.state.marks[mark_uri(HOST, mark_id)]

    @rule(alone=st.booleans())
    def issue(self, alone: bool) -> None:
        SAID[0] += 1
        self.idx += 1
        body = self.world.sim.state.bodies[body_uri(HOST, self.world.body.no)]
        decider = self.world.body.keys["decider"]
        wishes: dict[str, Any] = {"idx": self.idx, "directory": False}
        if alone:
            wishes["assessor"] = decider
        if alone or body.state != "active":
            count = len(self.world.sim.state.marks)
            with pytest.raises(RefusedError):
                self.world.issue(**wishes)
            assert len(self.world.sim.state.marks) == count
            return
        mark_id = self.world.issue(**wishes)
        self.marks.append(mark_id)
        self.until[mark_id] = self.record(mark_id).issued.exp

    @rule(which=st.integers(0, 5), step=st.sampled_from(["suspended", "reinstated", "withdrawn", "cancelled"]))
    def change(self, which: int, step: str) -> None:
        if not self.marks:
            return
        SAID[0] += 1
        mark_id = self.marks[which % len(self.marks)]
        record, sim = self.record(mark_id), self.world.sim
        public = {
            "suspended": {"reason": "nonconformity", "lift_by": sim.now + 30 * DAY},
            "withdrawn": {"reason": "cause"},
        }.get(step, {})
        second = self.world.body.keys["assessor"] if step in ("reinstated", "withdrawn") else None
        body = sim.state.bodies[self.world.body.uri]
        past = record.lift_by is not None and sim.now >= record.lift_by
        allowed = {
            "suspended": record.state == "active",
            "reinstated": record.state == "suspended" and not past and body.state == "active",
            "withdrawn": record.state in ("active", "suspended"),
            "cancelled": record.state in ("active", "suspended") and not past,
        }[step]
        if allowed:
            self.world.change(f"mark.{step}", mark_id, public, second=second, directory=False)
        else:
            with pytest.raises(RefusedError):
                self.world.change(f"mark.{step}", mark_id, public, second=second, directory=False)

    @rule(suspend=st.booleans())
    def body(self, suspend: bool) -> None:
        SAID[0] += 1
        uri, sim = self.world.body.uri, self.world.sim
        state = sim.state.bodies[uri].state
        type_, public = ("body.suspended", {"reason": "urgent"}) if suspend else ("body.reinstated", {})
        if (state == "active") == suspend:
            sim.say(type_, uri, public)
        else:
            with pytest.raises(RefusedError):
                sim.say(type_, uri, public)
        sim.publish()

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.world.sim.now += days * DAY
        self.world.sim.publish()

    @invariant()
    def nothing_is_in_force_but_what_two_people_decided(self) -> None:
        if hasattr(self, "world"):
            marks = self.world.sim.state.marks
            assert {mark_uri(HOST, one) for one in self.marks} == marks.keys()
            assert {mark_id: self.record(mark_id).issued.exp for mark_id in self.marks} == self.until

    def teardown(self) -> None:
        if hasattr(self, "world"):
            sim = self.world.sim
            statements = [parse_statement(entry) for entry in sim.entries]
            assert replay(HOST, [(one, leaf_hash(one.entry)) for one in statements]) == sim.state


FEW = {"max_examples": max(3, settings().max_examples // 10), "stateful_step_count": 12, "deadline": None}
TestLives = Lives.TestCase
TestLives.settings = settings(**FEW)
TestTwoPeople = TwoPeople.TestCase
TestTwoPeople.settings = settings(**FEW)


@pytest.mark.prove
def test_fifty_thousand_steps_lead_where_the_tables_say() -> None:
    SAID[0] = 0
    many = settings(max_examples=1_100, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Lives, settings=many)
    run_state_machine_as_test(TwoPeople, settings=many)
    assert SAID[0] >= 50_000
