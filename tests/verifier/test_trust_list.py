"""The trust list: what it says, who signs it, and which keys a seal may be found by."""

from __future__ import annotations

from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.world import World, fork
from verifier.encoding import b64u
from verifier.envelope import parse_token, sign_token
from verifier.errors import EnvelopeError, MarkError, NewerVersionError, SignatureError, TrustRootError
from verifier.names import key_uri
from verifier.trust.trustlist import LIFETIME, read_trust_list, sign_trust_list

TYP = "trust-list+jwt"


def listed(world: World, names: dict[str, str] | None = None) -> str:
    sim = world.sim
    return sign_trust_list(
        sim.state, sim.root, names=names or {}, iat=sim.now, nonce=b64u(bytes(16)), signer=sim.ceremony.keys.directory
    )


def altered(world: World, **changes: Any) -> str:
    payload = parse_token(listed(world), TYP).payload | changes
    given = {name: value for name, value in payload.items() if value is not ...}
    return sign_token(given, typ=TYP, signer=world.sim.ceremony.keys.directory)


def test_the_list_says_who_may_act_with_which_keys() -> None:
    world = fork()
    read = read_trust_list(listed(world, {world.body.uri: "評価機関"}), world.pinned)
    body = read.body(1001)
    assert body is not None
    assert (body.uri, body.name, body.role, body.state) == (world.body.uri, "評価機関", "evaluation", "active")
    assert [(key.no, key.role, key.state) for key in body.keys] == [(1, "assessor", "active"), (2, "decider", "active")]
    assert [one.no for one in read.bodies] == [1001, 2001]
    assert (read.exp - read.iat, read.host) == (LIFETIME, HOST)
    assert read.body(9999) is None


def test_a_deciders_key_is_found_by_its_two_numbers_and_no_other_key_is() -> None:
    world = fork()
    read = read_trust_list(listed(world), world.pinned)
    found = read.key(1001, 2)
    assert found is not None
    assert found.kid == world.body.keys["decider"].kid
    assert [read.key(*place) for place in ((1001, 1), (1001, 3), (2001, 2), (9999, 2))] == [None] * 4


def test_retired_keys_stay_listed_and_revoked_ones_do_not() -> None:
    world = fork()
    one = world.sim.ceremony.keys.operators[:1]
    world.sim.say("key.retired", key_uri(HOST, world.body.keys["decider"].kid), {}, operators=one)
    revoked = {"reason": "compromised", "cutoff_index": 0}
    world.sim.say("key.revoked", key_uri(HOST, world.body.keys["assessor"].kid), revoked)
    body = read_trust_list(listed(world), world.pinned).body(1001)
    assert body is not None
    assert [(key.no, key.state) for key in body.keys] == [(2, "retired")]


def test_a_list_by_another_key_of_the_authority_is_refused() -> None:
    world = fork()
    for signer in (world.sim.ceremony.keys.status, world.sim.ceremony.keys.operators[0]):
        payload = parse_token(listed(world), TYP).payload
        with pytest.raises(TrustRootError, match="directory key"):
            read_trust_list(sign_token(payload, typ=TYP, signer=signer), world.pinned)


def test_a_list_by_a_directory_key_that_was_cut_off_is_refused() -> None:
    world = fork()
    keys = [one.members() for one in world.pinned.content.keys]
    cut = [key | {"cutoff": 3} if key["role"] == "directory" else key for key in keys]
    with pytest.raises(TrustRootError, match="directory key"):
        read_trust_list(listed(world), world.sim.renew_root(keys=cut))


def test_a_changed_list_is_refused() -> None:
    world = fork()
    head, _, signature = listed(world).rpartition(".")
    with pytest.raises(SignatureError):
        read_trust_list(f"{head}.{signature[:-4]}AAAA", world.pinned)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"log": "other.example/log"},
        {"hosts": []},
        {"hosts": ["other.example"]},
        {"iss": f"https://{HOST}/e/1"},
    ],
    ids=str,
)
def test_the_list_of_another_authority_is_refused(changes: dict[str, Any]) -> None:
    world = fork()
    with pytest.raises(TrustRootError, match="another authority"):
        read_trust_list(altered(world, **changes), world.pinned)


@pytest.mark.parametrize("name", ["iss", "iat", "exp", "nonce", "log", "size", "root", "hosts", "bodies"])
def test_every_member_is_required(name: str) -> None:
    world = fork()
    with pytest.raises(MarkError):
        read_trust_list(altered(world, **{name: ...}), world.pinned)


def test_a_list_that_lives_longer_than_a_week_is_refused() -> None:
    world = fork()
    with pytest.raises(EnvelopeError, match="lifetime"):
        altered(world, exp=world.sim.now + 7 * DAY + 1)


def test_an_unknown_member_needs_a_newer_verifier() -> None:
    world = fork()
    with pytest.raises(NewerVersionError):
        read_trust_list(altered(world, later=1), world.pinned)
