"""The judge of a new statement: what admission refuses, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import CRITERIA, DAY, SCHEME, TIERS, VERSION
from tests.world import World, attested, changed, fork, fork_issued
from verifier.encoding import b64u, digest
from verifier.envelope import parse_token
from verifier.errors import ConflictError, MarkError, NotFoundError, RefusedError, StatementError
from verifier.log.merkle import leaf_hash
from verifier.markid import new_mark_id
from verifier.names import body_uri, directory_uri, key_uri, log_origin, mark_uri, root_uri, scheme_uri
from verifier.replay.rules import Companions, judge
from verifier.replay.state import LogState, replay
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft, parse_statement
from verifier.statement.key_proof import sign_key_proof
from verifier.verdict import Headline


def refused(because: str, *, kind: type[MarkError] = RefusedError) -> Any:
    return pytest.raises(kind, match=because)


# --- place and date --------------------------------------------------------------------------------------------------


def test_a_statement_for_another_log_is_refused() -> None:
    world = fork()
    state = LogState("other.example")
    compact = world.sim.entries[1].decode()
    with refused("another log"):
        judge(state, world.sim.root, parse_statement(compact), Companions(), now=world.sim.now)


def test_a_stale_previous_index_is_a_conflict_that_names_the_head() -> None:
    world, mark_id = fork_issued()
    draft = Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {})
    stale = world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri)
    index = world.suspend(mark_id)
    with pytest.raises(ConflictError) as caught:
        world.sim.append(stale)
    assert caught.value.head == index


def test_the_anchor_covers_the_previous_entry() -> None:
    world, mark_id = fork_issued()
    anchor = world.sim.anchor
    world.suspend(mark_id)
    draft = Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {})
    compact = world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri, anchor=anchor)
    with refused("must cover the object's previous entry"):
        world.sim.append(compact)


def test_an_anchor_is_needed_and_lies_in_the_past() -> None:
    world = fork()
    ahead = Anchor(size=999, root=b64u(bytes(32)))
    with refused("needs an anchor"):
        world.issue(anchor=ahead)


def test_a_log_begins_with_the_trust_root() -> None:
    world = fork()
    with refused("begins with the trust root"):
        judge(LogState(HOST), world.sim.root, parse_statement(world.sim.entries[1]), Companions(), now=world.sim.now)


def test_no_statement_is_more_than_a_day_old() -> None:
    world, mark_id = fork_issued()
    with refused("too long ago"):
        world.issue(replace(world.prepare(idx=8), iat=world.sim.now - DAY - 1))
    draft = Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {})
    decider = world.body.keys["decider"]
    with refused("too long ago"):
        world.sim.append(world.sim.signed(draft, decider, iss=world.body.uri, iat=world.sim.now - DAY - 1))
    world.sim.append(world.sim.signed(draft, decider, iss=world.body.uri, iat=world.sim.now - DAY))


def test_a_statement_from_the_future_is_refused() -> None:
    world = fork()
    with refused("dated in the future"):
        world.issue(replace(world.prepare(), iat=world.sim.now + 121))


# --- what each type needs --------------------------------------------------------------------------------------------


def test_a_token_of_a_second_person_is_used_once() -> None:
    world = fork()
    prepared = world.prepare()
    attestation = world.attest(prepared)
    world.issue(prepared, attestation=attestation)
    with refused("used before"):
        world.issue(world.prepare(idx=8), attestation=attestation)


def test_an_issuance_needs_its_companions() -> None:
    world = fork()
    prepared = world.prepare()
    draft = Draft(log_origin(HOST), "mark.issued", mark_uri(HOST, prepared.draft.id), sample_issue(prepared))
    attestation = world.attest(prepared)
    compact = world.sim.signed(
        draft, world.body.keys["decider"], iss=world.body.uri, second=attestation, typ="evaluation-attestation+jwt"
    )
    for companions in (Companions(), Companions(second=attestation), Companions(second=attestation, mark="x")):
        with pytest.raises(NotFoundError):
            world.sim.append(compact, companions)


def sample_issue(prepared: Any) -> dict[str, Any]:
    draft = prepared.draft
    return {
        "scheme": draft.scheme, "tier": draft.tier, "criteria_sha256": CRITERIA, "sub": draft.sub,
        "scope_kind": "company", "covered": [], "nbf": draft.nbf, "exp": draft.exp, "mark_sha256": digest(b"m"),
        "seal_sha256": digest(b"s"), "status": {"list": 1, "idx": 7},
    }  # fmt: skip


def test_a_place_in_the_status_list_is_taken_once() -> None:
    world, _ = fork_issued()
    with refused("the place in the status list is taken"):
        world.issue(idx=7)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        pytest.param(lambda one: changed(one, exp=one.draft.exp + 1), "lasts longer than the 12 months", id="term"),
        pytest.param(lambda one: changed(one, basis="self_declared"), "another criteria version or basis", id="basis"),
        pytest.param(lambda one: changed(one, criteria="2099-01-01"), "not in the log", id="criteria"),
        pytest.param(lambda one: attested(one, tier=4), "attested another mark", id="attested tier"),
        pytest.param(
            lambda one: attested(one, scope_sha256=digest(b"x")), "attested another mark", id="attested scope"
        ),
        pytest.param(lambda one: replace(one, key_no=9), "another key number", id="key number"),
    ],
)
def test_an_issuance_outside_the_rules_is_refused(spoil: Any, because: str) -> None:
    world = fork()
    with refused(because):
        world.issue(spoil(world.prepare()))


def test_a_mark_signed_by_another_key_than_its_statement_is_refused() -> None:
    world = fork()
    prepared = world.prepare()
    other = world.sim.add_key(world.body, "decider", "h-other", no=3)
    world.show()
    mark_id = world.issue(prepared, logged=False)
    mark, seal = world.mark(mark_id), world.sim.files[f"m/{mark_id}/seal.jwt"].decode()
    attestation = world.sim.files[f"m/{mark_id}/attestation.jwt"].decode()
    public = sample_issue(prepared) | {
        "mark_sha256": parse_token(mark, "trust-mark+jwt").digest,
        "seal_sha256": parse_token(seal, "qr-seal+jwt").digest,
    }
    draft = Draft(log_origin(HOST), "mark.issued", mark_uri(HOST, mark_id), public)
    compact = world.sim.signed(draft, other, iss=world.body.uri, second=attestation, typ="evaluation-attestation+jwt")
    with pytest.raises(MarkError):
        world.sim.append(compact, Companions(second=attestation, mark=mark, seal=seal))


@pytest.mark.parametrize("seconds", [121, -121])
def test_a_mark_that_was_not_signed_with_its_statement_is_refused(seconds: int) -> None:
    world = fork()
    with refused("signed together"):
        world.issue(mark_iat=world.sim.now + seconds)


def key_statement(world: World, signer: SoftwareSigner, **changes: Any) -> tuple[dict[str, Any], str]:
    proof = sign_key_proof(
        body=world.body.uri, role="desk", holder="h-desk", no=7, log=log_origin(HOST), iat=world.sim.now,
        signer=signer, entropy=world.sim.entropy,
    )  # fmt: skip
    public = {
        "jwk": signer.jwk, "kid": signer.kid, "body": world.body.uri, "role": "desk", "holder": "h-desk", "no": 7,
        "proof": parse_token(proof, "key-proof+jwt").digest,
    }  # fmt: skip
    return public | changes, proof


def test_a_key_needs_its_own_proof() -> None:
    world = fork()
    signer = SoftwareSigner.generate(world.sim.entropy)
    public, proof = key_statement(world, signer)
    with pytest.raises(NotFoundError, match="own proof"):
        world.sim.say("key.added", key_uri(HOST, signer.kid), public)
    world.sim.say("key.added", key_uri(HOST, signer.kid), public, proof=proof)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"no": 2}, "something else"),
        ({"role": "decider"}, "something else"),
        ({"holder": "h-decider"}, "something else"),
        ({"body": body_uri(HOST, 4711)}, "something else"),
    ],
)
def test_a_key_is_listed_for_what_it_proved(changes: dict[str, Any], because: str) -> None:
    world = fork()
    signer = SoftwareSigner.generate(world.sim.entropy)
    public, proof = key_statement(world, signer, **changes)
    with refused(because, kind=StatementError):
        world.sim.say("key.added", key_uri(HOST, signer.kid), public, proof=proof)


def test_a_key_is_listed_under_its_own_name() -> None:
    world = fork()
    signer, other = (SoftwareSigner.generate(world.sim.entropy) for _ in range(2))
    public, proof = key_statement(world, signer)
    with refused("not the key that is added"):
        world.sim.say("key.added", key_uri(HOST, other.kid), public, proof=proof)


def test_a_key_number_is_never_used_twice() -> None:
    world = fork()
    with refused("used before"):
        world.sim.add_key(world.body, "desk", "h-desk", no=2)


def test_a_key_enters_once() -> None:
    world = fork()
    signer = SoftwareSigner.generate(world.sim.entropy)
    public, proof = key_statement(world, signer)
    world.sim.say("key.added", key_uri(HOST, signer.kid), public, proof=proof)
    world.sim.publish()
    with refused("not possible while the object is active"):
        world.sim.say("key.added", key_uri(HOST, signer.kid), public, proof=proof)


def test_a_key_is_listed_for_an_accredited_body_only() -> None:
    world = fork()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    with refused("accredited body"):
        world.sim.add_key(world.body, "desk", "h-desk", no=9)


@pytest.mark.parametrize(
    ("type", "object", "public", "because"),
    [
        pytest.param(
            "scheme.published", scheme_uri(HOST, SCHEME, "other"),
            {"scheme": SCHEME, "version": VERSION, "sha256": CRITERIA, "tiers": TIERS}, "not the scheme version",
            id="a scheme under another name",
        ),
        pytest.param(
            "scheme.published", scheme_uri(HOST, SCHEME, VERSION),
            {"scheme": SCHEME, "version": VERSION, "sha256": digest(b"other"), "tiers": TIERS}, "not possible",
            id="a scheme version published again",
        ),
        pytest.param(
            "trust_root.published", root_uri(HOST), {"version": 9, "sha256": digest(b"x")}, "another one",
            id="a trust root that is not at hand",
        ),
        pytest.param(
            "body.suspended", body_uri(HOST, 4711), {"reason": "urgent"}, "while the object is unknown",
            id="an unknown body",
        ),
        pytest.param(
            "agreement.in_force", f"https://{HOST}/a/jp-uk",
            {"version": 1, "sha256": digest(b"x"), "kind": "bilateral", "effective": 2_000_000_000},
            "while the object is unknown", id="an agreement that nobody announced",
        ),
    ],
)  # fmt: skip
def test_the_authority_is_refused(type: str, object: str, public: dict[str, Any], because: str) -> None:
    world = fork()
    with refused(because):
        world.sim.say(type, object, public)


def test_a_body_is_accredited_under_its_own_number_and_for_published_criteria() -> None:
    world = fork()
    good = {"no": 1002, "role": "evaluation", "identifier": "0188-1180301018771", **world.sim.terms((3,))}
    with refused("not the body"):
        world.sim.say("body.accredited", body_uri(HOST, 1003), good)
    with refused("ends before it begins"):
        world.sim.say("body.accredited", body_uri(HOST, 1002), good | {"until": good["from"]})
    row = {"scheme": SCHEME, "level": 5, "criteria_sha256": CRITERIA}
    with refused("no published criteria fit"):
        world.sim.say("body.accredited", body_uri(HOST, 1002), good | {"scope": [row]})
    with refused("no published criteria fit"):
        world.sim.say("body.amended", world.body.uri, {**world.sim.terms((3,)), "scope": [row]})


def test_a_cut_off_does_not_lie_in_the_future() -> None:
    world = fork()
    revoked = {"reason": "compromised", "cutoff_index": len(world.sim.entries) + 1}
    with refused("cannot lie in the future"):
        world.sim.say("key.revoked", key_uri(HOST, world.body.keys["decider"].kid), revoked)


def test_a_later_revocation_may_only_lower_the_cut_off() -> None:
    world, mark_id = fork_issued()
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "unspecified", "cutoff_index": 8})
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE
    for cutoff in (8, 9):
        with refused("may only lower"):
            world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": cutoff})
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": 6})
    assert world.verdict(mark_id).headline is Headline.VOID_KEY


@pytest.mark.parametrize("days", [0, -1, 185])
def test_a_suspension_ends_within_six_months(days: int) -> None:
    world, mark_id = fork_issued()
    with refused("within six months"):
        world.suspend(mark_id, days=days)


def test_a_successor_is_a_mark_of_this_log() -> None:
    world, mark_id = fork_issued()
    successor = {"successor": new_mark_id(world.sim.entropy)}
    with refused("not a mark of this log"):
        world.change("mark.superseded", mark_id, successor, second=world.body.keys["assessor"])


def test_a_directory_is_over_more_entries_than_the_last_and_over_past_ones() -> None:
    world, _ = fork_issued()
    for size in (1, 10_000):
        public = {"size": size, "bits": 0, "root": digest(b"x"), "files": []}
        draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
        with refused("more entries than the last one"):
            world.sim.append(world.sim.signed(draft, world.sim.ceremony.keys.directory))


@pytest.mark.parametrize("type", ["mark.cancelled", "mark.suspended"])
def test_a_body_speaks_of_its_own_marks_only(type: str) -> None:
    world, mark_id = fork_issued()
    rival = world.sim.accredit(1002)
    decider = world.sim.add_key(rival, "decider", "h-rival", no=1)
    public = {"reason": "x1", "lift_by": world.sim.now + DAY} if type == "mark.suspended" else {}
    draft = Draft(log_origin(HOST), type, mark_uri(HOST, mark_id), public)
    with refused("issued by another body"):
        world.sim.speak(draft, decider, iss=rival.uri)


# --- the state of a whole log ----------------------------------------------------------------------------------------


def test_replay_gives_the_state_that_admission_had() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    entries = [(parse_statement(entry), leaf_hash(entry)) for entry in world.sim.entries]
    state = replay(HOST, entries)
    assert state == world.sim.state
    assert state.state_of(mark_uri(HOST, mark_id)) == "suspended"


def test_replay_stops_at_the_first_entry_that_is_not_possible() -> None:
    world, _ = fork_issued()
    entries = [(parse_statement(entry), leaf_hash(entry)) for entry in world.sim.entries]
    with refused("entry 7: mark.issued is not possible"):
        replay(HOST, [*entries[:7], entries[6]])


def test_a_refused_step_changes_nothing() -> None:
    world, mark_id = fork_issued()
    before = replay(HOST, [(parse_statement(entry), leaf_hash(entry)) for entry in world.sim.entries])
    again = parse_statement(world.sim.entries[6])
    with pytest.raises(RefusedError):
        before.apply(again, leaf_hash(again.entry))
    assert before == world.sim.state
    assert before.marks[mark_uri(HOST, mark_id)].state == "active"
