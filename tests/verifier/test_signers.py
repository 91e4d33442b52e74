"""Who may sign what: the whole table, every type with every role, first and second."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_treaty import list_foreign_operator
from tests.statement_samples import SAMPLES
from tests.world import World, fork
from verifier.encoding import b64u
from verifier.envelope import parse_token, sign_token
from verifier.errors import MarkError, NotFoundError, RefusedError, SignatureError
from verifier.names import authority_uri, log_origin
from verifier.replay.signers import SignedBy, check_signed, find_signer
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, Statement, parse_statement, sign_statement
from verifier.statement.approval import sign_approval
from verifier.statement.kinds import KINDS, Effect, Role, kind_of

OPERATORS = {("operator", "operator")}
ALONE = {("operator", None)}
ISSUE = {("decider", "assessor")}
DIRECTORY = {("directory", None)}
DECIDER = {("decider", None)}
FOREIGN: set[tuple[str, str | None]] = {("foreign_operator", None)}
TWO_HOLDERS = {("decider", "assessor"), ("decider", "decider")}

# The table "Signers" of the specification, written out a second time.
TABLE: dict[str, set[tuple[str, str | None]]] = {
    **dict.fromkeys(
        (
            "trust_root.published", "scheme.published", "body.accredited", "body.amended", "body.reinstated",
            "body.withdrawn", "expert.listed", "expert.delisted", "key.added", "key.revoked", "mark.annulled",
            "duty.extended", "mapping.published", "agreement.announced", "agreement.declined", "agreement.in_force",
            "agreement.suspended", "agreement.terminated", "policy.changed", "log.key_rotated", "log.closed",
        ),
        OPERATORS,
    ),
    "body.suspended": OPERATORS | ALONE,
    "key.retired": ALONE | DECIDER,
    "notice.published": ALONE,
    "disclosure.erased": ALONE,
    **dict.fromkeys(("mark.issued", "mark.corrected", "mark.scope_changed"), ISSUE),
    "mark.superseded": ISSUE | OPERATORS,
    "mark.suspended": DECIDER | OPERATORS | DIRECTORY,
    "mark.reinstated": TWO_HOLDERS | OPERATORS,
    "mark.withdrawn": TWO_HOLDERS | OPERATORS | DIRECTORY,
    **dict.fromkeys(("mark.cancelled", "evidence.sealed", "declaration.registered"), DECIDER),
    "annual_report.filed": DECIDER | ALONE,
    "declaration.stopped": DECIDER | OPERATORS,
    **dict.fromkeys(("directory.published", "recognition.recorded", "recognition.ended"), DIRECTORY),
    "agreement.proposed": FOREIGN,
}  # fmt: skip
ROLES = ("operator", "directory", "status", "receipt", "decider", "assessor", "desk", "foreign_operator")
GRANTS = {
    "body.accredited", "body.amended", "body.reinstated", "expert.listed", "key.added", "declaration.registered",
    "mark.issued", "mark.corrected", "mark.reinstated", "mark.scope_changed", "mark.superseded", "duty.extended",
    "agreement.in_force",
}  # fmt: skip
TAKES_AWAY = {
    "body.suspended", "body.withdrawn", "expert.delisted", "key.retired", "key.revoked", "declaration.stopped",
    "mark.suspended", "mark.withdrawn", "mark.cancelled", "mark.annulled", "agreement.suspended",
    "agreement.terminated", "recognition.ended",
}  # fmt: skip


class Cast:
    """Two persons in every role."""

    def __init__(self) -> None:
        self.world: World = fork()
        sim = self.world.sim
        keys = sim.ceremony.keys
        self.iss: dict[str, str] = dict.fromkeys(("operator", "directory", "status", "receipt"), authority_uri(HOST))
        self.people: dict[str, list[SoftwareSigner]] = {
            "operator": list(keys.operators),
            "directory": [keys.directory],
            "status": [keys.status],
            "receipt": [keys.receipt],
        }
        for number, role in enumerate(("assessor", "decider", "desk")):
            added = [
                sim.add_key(self.world.body, role, f"h-{role}-{person}", no=10 + 2 * number + person)
                for person in (0, 1)
            ]
            self.people[role], self.iss[role] = added, self.world.body.uri
        abroad = list_foreign_operator(self.world).body
        self.people["foreign_operator"], self.iss["foreign_operator"] = [abroad.keys["foreign_operator"]], abroad.uri
        self.index = len(sim.entries)

    def statement(self, type: str, first: str, second: str | None = None) -> tuple[Statement, str | None]:
        """Return a statement by the first person of a role, approved by the last of another."""
        path, public = SAMPLES[type]
        draft = Draft(log_origin(HOST), type, f"https://{HOST}/{path}", public)
        approval = self.second(draft, second) if second else None
        typ = "evaluation-attestation+jwt" if type in issued_like() else "approval+jwt"
        compact = sign_statement(
            draft,
            iss=self.iss[first],
            iat=self.world.sim.now,
            jti="A" * 22,
            prev=None,
            anchor=Anchor(size=1, root=b64u(bytes(32))),
            signer=self.people[first][0],
            second=parse_token(approval, typ).digest if approval else None,
        )
        return parse_statement(compact), approval

    def second(self, draft: Draft, role: str) -> str:
        signer, iss = self.people[role][-1], self.iss[role]
        if draft.type in issued_like():
            now = self.world.sim.now
            return sign_token(
                {"iss": iss, "iat": now, "exp": now + 60}, typ="evaluation-attestation+jwt", signer=signer
            )
        return sign_approval(
            draft.approval_subject,
            iss=iss,
            log=log_origin(HOST),
            iat=self.world.sim.now,
            signer=signer,
            entropy=self.world.sim.entropy,
        )

    def judge(self, statement: Statement, second: str | None) -> tuple[SignedBy, SignedBy | None]:
        sim = self.world.sim
        return check_signed(statement, second, index=self.index, root=sim.root, book=sim.state)


def issued_like() -> set[str]:
    return {"mark.issued"}


CAST = Cast()


def test_the_table_names_every_type() -> None:
    assert set(TABLE) == set(KINDS)


def test_each_role_alone_may_sign_what_the_table_says() -> None:
    for kind, ways in TABLE.items():
        allowed = {first for first, second in ways if second is None}
        assert {role for role in ROLES if _may(kind, role, None)} == allowed, kind


def test_each_pair_of_roles_may_sign_what_the_table_says() -> None:
    # One type stands for all that are signed in the same ways: the judge looks at nothing else of a type here.
    alike = {(KINDS[kind].signings, kind == "mark.issued"): kind for kind in TABLE}
    for kind in alike.values():
        allowed = {(first, second) for first, second in TABLE[kind] if second is not None}
        firsts = {first for first, _ in TABLE[kind]}
        tried = {(one, two) for one in ROLES for two in (ROLES if one in firsts else ("operator", "assessor"))}
        assert {(one, two) for one, two in tried if _may(kind, one, two)} == allowed, kind


def test_types_that_are_signed_in_the_same_ways_stand_in_the_table_alike() -> None:
    for kind, ways in TABLE.items():
        for other, others in TABLE.items():
            assert (KINDS[kind].signings == KINDS[other].signings) == (ways == others), (kind, other)


def _may(type: str, first: str, second: str | None) -> bool:
    statement, token = CAST.statement(type, first, second)
    try:
        signed, other = CAST.judge(statement, token)
    except MarkError:
        return False
    assert (signed.role, other.role if other else None) == (first, second)
    return True


def test_each_type_grants_or_takes_away_what_the_table_says() -> None:
    for kind in TABLE:
        expected = Effect.GRANT if kind in GRANTS else Effect.TAKING_AWAY if kind in TAKES_AWAY else Effect.RECORD
        assert kind_of(kind).effect is expected, kind


def test_no_foreign_operator_can_sign_yet() -> None:
    signed, _ = CAST.judge(*CAST.statement("notice.published", "operator"))
    assert not signed.may_be(Role.FOREIGN_OPERATOR)


# --- the second person -----------------------------------------------------------------------------------------------


def approved(**changes: Any) -> tuple[Statement, str]:
    """Return a statement by one operator and its approval by the other, with a changed approval."""
    sim = CAST.world.sim
    path, public = SAMPLES["policy.changed"]
    draft = Draft(log_origin(HOST), "policy.changed", f"https://{HOST}/{path}", public)
    payload = parse_token(sim.approval(draft, sim.ceremony.keys.operators[1]), "approval+jwt").payload | changes
    approval = sign_token(payload, typ="approval+jwt", signer=sim.ceremony.keys.operators[1])
    return parse_statement(sim.signed(draft, sim.ceremony.keys.operators[0], second=approval)), approval


def test_a_good_second_person_passes() -> None:
    first, second = CAST.judge(*approved())
    assert second is not None
    assert first.holder != second.holder


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"subject": "A" * 43}, "something else"),
        ({"aud": "other.example/log"}, "another audience"),
        ({"iss": f"https://{HOST}/e/1001"}, "another entity"),
        ({"iat": CAST.world.sim.now + 121, "exp": CAST.world.sim.now + 200}, "not of this time"),
        ({"iat": 1, "exp": 2}, "not of this time"),
    ],
)
def test_an_approval_is_refused_when_it_is_for(changes: dict[str, Any], because: str) -> None:
    with pytest.raises(MarkError, match=because):
        CAST.judge(*approved(**changes))


def test_an_approval_may_be_as_old_as_its_life() -> None:
    now = CAST.world.sim.now
    CAST.judge(*approved(iat=now - 100, exp=now + 1))
    with pytest.raises(RefusedError):
        CAST.judge(*approved(iat=now - 100, exp=now))


def test_the_second_persons_token_is_not_at_hand() -> None:
    statement, _ = approved()
    with pytest.raises(NotFoundError):
        CAST.judge(statement, None)


def test_another_approval_than_the_one_named() -> None:
    statement, _ = approved()
    with pytest.raises(SignatureError, match="another second token"):
        CAST.judge(statement, approved(jti="B" * 22)[1])


def test_the_second_person_is_the_first_under_another_key() -> None:
    world = fork()
    again = world.sim.add_key(world.body, "assessor", "h-decider", no=3)
    draft = Draft(log_origin(HOST), "mark.reinstated", f"https://{HOST}/{SAMPLES['mark.reinstated'][0]}", {})
    approval = world.sim.approval(draft, again, iss=world.body.uri)
    statement = parse_statement(
        world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri, second=approval)
    )
    with pytest.raises(RefusedError, match="the first one again"):
        check_signed(statement, approval, index=99, root=world.sim.root, book=world.sim.state)


def test_the_second_person_acts_for_another_body() -> None:
    world = fork()
    other = world.sim.accredit(1002)
    stranger = world.sim.add_key(other, "assessor", "h-stranger", no=1)
    draft = Draft(log_origin(HOST), "mark.reinstated", f"https://{HOST}/{SAMPLES['mark.reinstated'][0]}", {})
    approval = world.sim.approval(draft, stranger, iss=other.uri)
    statement = parse_statement(
        world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri, second=approval)
    )
    with pytest.raises(RefusedError, match="somebody else"):
        check_signed(statement, approval, index=99, root=world.sim.root, book=world.sim.state)


# --- the first person ------------------------------------------------------------------------------------------------


def test_a_signature_that_does_not_fit_is_refused() -> None:
    statement, token = CAST.statement("notice.published", "operator")
    spoilt = replace(statement, token=replace(statement.token, signature=bytes(63) + b"\1"))
    with pytest.raises(SignatureError):
        CAST.judge(spoilt, token)


def test_a_key_speaks_for_its_own_entity_only() -> None:
    statement, _ = CAST.statement("mark.cancelled", "decider")
    sim = CAST.world.sim
    with pytest.raises(RefusedError, match="another entity"):
        find_signer(statement.token, iss=authority_uri(HOST), index=CAST.index, root=sim.root, book=sim.state)


def test_a_key_counts_from_the_entry_after_its_own() -> None:
    statement, _ = CAST.statement("mark.cancelled", "decider")
    sim = CAST.world.sim
    added = sim.state.keys[statement.token.kid].steps[0].index
    find_signer(statement.token, iss=statement.iss, index=added + 1, root=sim.root, book=sim.state)
    with pytest.raises(RefusedError, match="did not count"):
        find_signer(statement.token, iss=statement.iss, index=added, root=sim.root, book=sim.state)


def test_an_operators_key_counts_within_its_window() -> None:
    world = fork()
    keys = [one.members() for one in world.pinned.content.keys]
    windowed = [key | {"from": 5, "until": 8, "cutoff": 7} if key["holder"] == "operator-1" else key for key in keys]
    root = world.sim.renew_root(keys=windowed)
    draft = Draft(log_origin(HOST), "notice.published", f"https://{HOST}/n/1", SAMPLES["notice.published"][1])
    statement = parse_statement(world.sim.signed(draft, world.sim.ceremony.keys.operators[0]))
    for index, counts in [(4, False), (5, True), (6, True), (7, False), (8, False)]:
        if counts:
            check_signed(statement, None, index=index, root=root, book=world.sim.state)
            continue
        with pytest.raises(RefusedError, match="did not count"):
            check_signed(statement, None, index=index, root=root, book=world.sim.state)
