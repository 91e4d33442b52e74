"""Trust roots: who has to agree, what the next version needs, and what a root may say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.world import World, fork
from verifier.encoding import b64u, canonical, digest, read_object
from verifier.errors import MarkError, NewerVersionError, StatementError, TrustRootError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner
from verifier.trust.root import CustodianKeys, TrustRoot, follow, follow_each, parse_root, pin, sign_root, steps_from

WORLD = fork()
ROOT = WORLD.pinned
CUSTODIANS = WORLD.sim.ceremony.custodians
CONTENT = ROOT.content.members()


def signed(*custodians: CustodianKeys, **changes: Any) -> TrustRoot:
    content = {name: value for name, value in (CONTENT | changes).items() if value is not ...}
    return sign_root(content, custodians or CUSTODIANS[:2])


def new_custodian(name: str) -> tuple[CustodianKeys, dict[str, Any]]:
    entropy = seeded_entropy(name)
    lattice, es256 = MLDSA65PrivateKey.from_seed_bytes(entropy(32)), SoftwareSigner.generate(entropy)
    listed = {"holder": name, "es256": es256.jwk, "ml_dsa_65": b64u(lattice.public_key().public_bytes_raw())}
    return CustodianKeys(name, es256, lattice), listed


def test_a_root_is_read_back_byte_for_byte() -> None:
    data = ROOT.serialize()
    assert pin(data).serialize() == data
    assert pin(data).content == ROOT.content
    assert ROOT.sha256 == digest(canonical(CONTENT))


def test_the_digest_leaves_the_signatures_out() -> None:
    assert signed(*CUSTODIANS).sha256 == signed(*CUSTODIANS[1:]).sha256 == ROOT.sha256


# --- the threshold ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3])
def test_two_of_three_custodians_make_a_root(count: int) -> None:
    assert pin(signed(*CUSTODIANS[:count]).serialize()).content.version == 1


def test_one_custodian_is_too_few() -> None:
    with pytest.raises(TrustRootError, match="1 of 2"):
        pin(signed(CUSTODIANS[0]).serialize())


def test_one_custodian_who_signs_twice_is_one() -> None:
    with pytest.raises(TrustRootError, match="1 of 2"):
        pin(signed(CUSTODIANS[0], CUSTODIANS[0]).serialize())


def test_a_stranger_does_not_count() -> None:
    stranger, _ = new_custodian("stranger")
    with pytest.raises(TrustRootError, match="1 of 2"):
        pin(signed(CUSTODIANS[0], stranger).serialize())


def test_a_custodian_under_anothers_name_does_not_count() -> None:
    with pytest.raises(TrustRootError, match="1 of 2"):
        pin(signed(CUSTODIANS[0], replace(CUSTODIANS[0], holder=CUSTODIANS[1].holder)).serialize())


@pytest.mark.parametrize("member", ["es256", "ml_dsa_65"])
def test_both_kinds_of_signature_are_needed(member: str) -> None:
    file = read_object(signed().serialize())
    for value in ("", "AAAA", file["signatures"][1][member], "!"):
        broken = [{**file["signatures"][0], member: value}, *file["signatures"][1:]]
        with pytest.raises(TrustRootError, match="1 of 2"):
            pin(canonical({**file, "signatures": broken}))


def test_a_missing_post_quantum_signature_is_no_signature() -> None:
    file = read_object(ROOT.serialize())
    del file["signatures"][0]["ml_dsa_65"]
    with pytest.raises(StatementError):
        pin(canonical(file))


def test_a_changed_root_has_no_signatures() -> None:
    other = canonical(CONTENT | {"threshold": 1})
    with pytest.raises(TrustRootError, match="0 of 1"):
        pin(TrustRoot(ROOT.content, other, ROOT.signatures).serialize())


# --- following -------------------------------------------------------------------------------------------------------


def test_the_next_version_is_followed() -> None:
    second = signed(version=2)
    third = signed(version=3)
    assert follow(ROOT, []).content.version == 1
    assert follow(ROOT, [second.serialize()]).content.version == 2
    assert follow(ROOT, [third.serialize(), ROOT.serialize(), second.serialize()]).content.version == 3


def test_an_older_version_is_passed_over_and_never_returned_to() -> None:
    second = pin(signed(version=2).serialize())
    assert follow(second, [ROOT.serialize()]) is second


def test_a_version_may_not_be_missing() -> None:
    with pytest.raises(TrustRootError, match="missing from the chain"):
        follow(ROOT, [signed(version=3).serialize()])


def test_new_custodians_need_the_old_ones_and_the_old_ones_the_new() -> None:
    (one, listed_one), (two, listed_two) = new_custodian("new-1"), new_custodian("new-2")
    changes: dict[str, Any] = {"version": 2, "custodians": [listed_one, listed_two]}
    agreed = signed(*CUSTODIANS[:2], one, two, **changes)
    assert follow(ROOT, [agreed.serialize()]).content.custodians[0].holder == "new-1"
    for signers in [(one, two), CUSTODIANS[:2], (CUSTODIANS[0], one, two), (*CUSTODIANS[:2], one)]:
        with pytest.raises(TrustRootError, match="of 2"):
            follow(ROOT, [signed(*signers, **changes).serialize()])


def test_the_host_never_changes() -> None:
    moved = signed(version=2, host="other.example", log="other.example/log")
    with pytest.raises(TrustRootError):
        follow(ROOT, [moved.serialize()])


def test_one_bad_successor_spoils_the_chain() -> None:
    with pytest.raises(MarkError):
        follow(ROOT, [signed(version=2).serialize(), b"{}"])


@pytest.mark.parametrize("order", [(3, 2), (2, 3), (3, 0, 2), (0, 3, 1, 2, 3)])
def test_versions_from_strangers_are_followed_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    files = {0: b"no root", 1: ROOT.serialize(), 2: signed(version=2).serialize(), 3: signed(version=3).serialize()}
    candidates = [files[one] for one in order]
    assert follow_each(ROOT, candidates).content.version == 3
    assert [one.serialize() for one in steps_from(ROOT, candidates)] == [files[2], files[3]]


def test_a_version_that_strangers_forged_hides_no_agreed_one() -> None:
    forged = signed(CUSTODIANS[0], version=2).serialize()
    second, third = signed(version=2).serialize(), signed(version=3).serialize()
    assert follow_each(ROOT, [third, forged, second]).content.version == 3
    assert follow_each(ROOT, [third, forged]) is ROOT


# --- what a root may say ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"host": "Other.example"}, id="a host in capitals"),
        pytest.param({"host": "other.example"}, id="a host that is not the log's"),
        pytest.param({"log": "shirushi.example/other"}, id="another log"),
        pytest.param({"zone": "Mars/Olympus"}, id="a zone that is none"),
        pytest.param({"zone": "../../etc/passwd"}, id="a zone that is a path"),
        pytest.param({"threshold": 4}, id="a threshold that cannot be met"),
        pytest.param({"expires": CONTENT["issued"]}, id="no life"),
        pytest.param({"expires": CONTENT["issued"] + 397 * DAY + 1}, id="a life over 13 months"),
        pytest.param({"custodians": CONTENT["custodians"] + CONTENT["custodians"][:1]}, id="a custodian twice"),
        pytest.param({"keys": CONTENT["keys"] + CONTENT["keys"][:1]}, id="a key twice"),
        pytest.param(
            {"custodians": [CONTENT["custodians"][0], {**CONTENT["custodians"][0], "holder": "other"}]},
            id="two custodians with the same keys",
        ),
        pytest.param(
            {
                "custodians": [
                    CONTENT["custodians"][0],
                    {**CONTENT["custodians"][1], "ml_dsa_65": CONTENT["custodians"][0]["ml_dsa_65"]},
                ]
            },
            id="two custodians with the same post-quantum key",
        ),
    ],
)
def test_a_root_is_refused_with(changes: dict[str, Any]) -> None:
    with pytest.raises(TrustRootError):
        signed(**changes)


@pytest.mark.parametrize("name", sorted(CONTENT))
def test_every_member_is_required(name: str) -> None:
    with pytest.raises(MarkError):
        signed(**{name: ...})


@pytest.mark.parametrize("changes", [{"v": 2}, {"v": True}, {"later": 1}], ids=str)
def test_another_version_of_the_format_needs_a_newer_verifier(changes: dict[str, Any]) -> None:
    with pytest.raises(NewerVersionError):
        signed(**changes)


def test_the_signed_part_has_one_form() -> None:
    file = read_object(ROOT.serialize())
    spaced = ROOT.signed.replace(b",", b", ", 1)
    with pytest.raises(TrustRootError, match="canonical"):
        parse_root(canonical({**file, "signed": b64u(spaced)}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b" " * 1_048_577], ids=lambda data: repr(data[:4]))
def test_it_is_no_root(data: bytes) -> None:
    with pytest.raises(MarkError):
        parse_root(data)


def test_keys_and_witnesses_count_within_their_windows() -> None:
    key = ROOT.content.keys[0].model_copy(update={"begins": 3, "ends": 9, "cutoff": 7})
    assert [index for index in range(12) if key.holds(index)] == [3, 4, 5, 6, 7, 8]
    assert [index for index in range(12) if key.counts(index)] == [3, 4, 5, 6]
    assert all(ROOT.content.witnesses[0].holds(index) for index in (0, 1, 2**40))


def test_a_root_of_a_sandbox_is_another_root() -> None:
    sandbox = World(environment="sandbox").pinned
    assert (sandbox.content.environment, sandbox.host) == ("sandbox", HOST)
    assert sandbox.sha256 != ROOT.sha256
