"""Witness policies: quorum, time, and two policies together. The hostile files are in the vectors."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.generate_log import LOG, ORIGIN, POLICY, STRANGER, TIME, WITNESSES, private_key
from verifier.encoding import sha256
from verifier.errors import KeyRefusedError, MalformedError, ProofError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.policy_file import parse_policy, serialize_policy
from verifier.log.tlog_policy import Policies, Policy, PolicyWitness, quorum_time

SIGNED = sign_checkpoint(Checkpoint(ORIGIN, 7, sha256(b"root")), LOG)
MAJORITY = parse_policy(POLICY.encode())
TWO_LEVELS = "".join(
    (
        "# two operators\n\n",
        f"\tlog {LOG.key}  https://registry.example/log/ \n",
        *(f"witness {name} {Cosigner(f'{name}.example', private_key(name)).key}\n" for name in "ABCDE"),
        "group one 2 A B C\ngroup two any D E\ngroup both all one two\nquorum both\n",
    )
).encode()


def cosigned(*times: int) -> SignedCheckpoint:
    pairs = zip(WITNESSES, times, strict=False)
    return SIGNED.adding(*(witness.cosign(SIGNED, time) for witness, time in pairs))


@given(st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 50)))
def test_the_quorum_time_is_the_first_moment_at_which_the_policy_is_met(times: dict[str, int]) -> None:
    def met(now: int) -> bool:
        seen = {name for name, time in times.items() if time <= now}
        return len(seen & set("ABC")) >= 2 and len(seen & set("DE")) >= 1

    expected = next((now for now in range(51) if met(now)), None)
    assert quorum_time(parse_policy(TWO_LEVELS), times) == expected


def test_a_policy_file_survives_the_round_trip() -> None:
    policy = parse_policy(TWO_LEVELS)
    assert parse_policy(serialize_policy(policy)) == policy
    assert policy.logs[0].url == "https://registry.example/log/"
    assert b"group two any D E" in serialize_policy(policy)
    assert b"group both all one two" in serialize_policy(policy)


def test_names_are_opaque_octets() -> None:
    data = POLICY.encode().replace(b"majority", b"\xe2\x84\xaa\xff")
    assert serialize_policy(parse_policy(data)) == data
    with pytest.raises(MalformedError):
        parse_policy(data.replace(b"quorum \xe2\x84\xaa\xff", b"quorum K\xff"))


def test_thirty_two_witnesses_and_groups_are_accepted_and_129_refused() -> None:
    def policy(count: int) -> bytes:
        lines = [
            f"witness W{at} {Cosigner(f'w{at}.example', private_key(str(at))).key}\ngroup G{at} any W{at}\n"
            for at in range(count)
        ]
        return ("".join(lines) + "quorum G0\n").encode()

    assert len(parse_policy(policy(32)).groups) == 32
    with pytest.raises(MalformedError, match="at most"):
        parse_policy(policy(129))


@pytest.mark.parametrize("present", list(combinations(range(4), 3)))
def test_any_three_of_four_meet_the_policy_at_the_time_of_the_last(present: tuple[int, ...]) -> None:
    lines = [WITNESSES[at].cosign(SIGNED, TIME + at) for at in present]
    met = MAJORITY.check_checkpoint(SIGNED.adding(*lines))
    assert met.time == TIME + max(present)
    assert met.witnesses == tuple(WITNESSES[at].key.name for at in present)


def test_each_failure_is_told_apart() -> None:
    unsigned = sign_checkpoint(SIGNED.checkpoint, type(LOG)(ORIGIN, private_key("thief")))
    elsewhere = sign_checkpoint(Checkpoint("other.example/log", 7, sha256(b"root")), LOG)
    forged = STRANGER.cosign(SIGNED, TIME)
    forged = type(forged)(WITNESSES[0].key.name, WITNESSES[0].key.id, forged.signature)
    for signed, message in (
        (unsigned, "the log's signature"),
        (elsewhere, "no log of the origin"),
        (cosigned(TIME, TIME), "quorum of witnesses is not met: 2 of 4"),
        (cosigned(TIME, TIME, TIME).adding(forged), "witness's cosignature is bad"),
    ):
        with pytest.raises(ProofError, match=message):
            MAJORITY.check_checkpoint(signed)


def test_two_policies_are_met_when_the_later_of_them_is() -> None:
    own = parse_policy(f"witness mine {WITNESSES[3].key}\nquorum mine\n".encode())
    signed = cosigned(TIME, TIME + 1, TIME + 2, TIME + 60)
    met = Policies((MAJORITY, own)).check_checkpoint(signed)
    assert met.time == TIME + 60
    assert met.witnesses == tuple(witness.key.name for witness in WITNESSES)
    with pytest.raises(ProofError, match="quorum"):
        Policies((MAJORITY, own)).check_checkpoint(cosigned(TIME, TIME, TIME))


def test_policies_that_name_no_log_trust_no_checkpoint() -> None:
    own = parse_policy(f"witness mine {WITNESSES[0].key}\nquorum mine\n".encode())
    for policy in (own, Policies((own, own)), Policies(())):
        with pytest.raises(ProofError, match="log"):
            policy.check_checkpoint(cosigned(TIME, TIME, TIME, TIME))


def test_one_key_under_two_names_is_refused_however_the_policy_is_built() -> None:
    copied = Cosigner("copy.example/w1", private_key("witness 1")).key
    with pytest.raises(KeyRefusedError):
        Policy((), (PolicyWitness("a", WITNESSES[0].key), PolicyWitness("b", copied)), (), "a")
