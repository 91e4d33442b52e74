"""Witness policies (C2SP tlog-policy, editor's copy of 2026-07): which logs count and whose cosignatures suffice.

The file says nothing of time. What is added here is q: the earliest time at which the cosignatures on a checkpoint meet
the quorum. A verifier that has a policy of its own checks it together with the one of the trust root: ``Policies``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.errors import EvidenceError, KeyRefusedError, ProofError
from verifier.log.cosignature import cosigned_times
from verifier.log.note import open_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.log.checkpoint import SignedCheckpoint
    from verifier.log.note import VerifierKey

NO_QUORUM = "none"


@dataclass(frozen=True)
class PolicyLog:
    """A log that counts: its key, whose name is its origin, and where it is found."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class PolicyWitness:
    """A witness that counts, under a name that means something in this policy only."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class PolicyGroup:
    """A group that witnesses a checkpoint when ``threshold`` of its members do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class CosignedAt:
    """When the quorum was met (unix seconds), and the key names of all witnesses whose cosignatures verified."""

    time: int
    witnesses: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A policy file. Build one with ``policy_file.parse_policy``, which refuses what contradicts itself."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def __post_init__(self) -> None:
        """Refuse a key that stands twice. Raises KeyRefusedError."""
        # The Ed25519 cosignature does not name its cosigner: under two names, one key would be two witnesses.
        for kind, keys in (("logs", [log.key for log in self.logs]), ("witnesses", [w.key for w in self.witnesses])):
            if len({key.public for key in keys}) != len(keys):
                raise KeyRefusedError(f"two {kind} of the policy have the same key")

    def check_checkpoint(self, signed: SignedCheckpoint) -> CosignedAt:
        """Return when the checkpoint met this policy; afterwards it may be trusted as far as the policy is.

        Raises ProofError: no such log, the log's signature bad or missing, a witness's cosignature bad, quorum not met.
        """
        if not self.logs:
            raise ProofError("the policy names no log, so it cannot say whose checkpoint this is")
        self.check_log(signed)
        return self.check_quorum(signed)

    def check_log(self, signed: SignedCheckpoint) -> None:
        """Check that a log of this policy signed the checkpoint of its own origin. Raises ProofError."""
        origin = signed.checkpoint.origin
        keys = [log.key for log in self.logs if log.key.name == origin]
        if not keys:
            raise ProofError(f"the policy knows no log of the origin {origin}")
        try:
            open_note(signed.note, keys)
        except EvidenceError as error:
            raise ProofError(f"the log's signature is missing or bad: {error.message}") from error

    def check_quorum(self, signed: SignedCheckpoint) -> CosignedAt:
        """Return when the cosignatures met the quorum, whoever the log is. Raises ProofError."""
        names = {witness.key: witness.name for witness in self.witnesses}
        try:
            times = cosigned_times(signed, tuple(names))
        except EvidenceError as error:
            raise ProofError(f"a witness's cosignature is bad: {error.message}") from error
        time = quorum_time(self, {names[key]: timestamp for key, timestamp in times.items()})
        if time is None:
            raise ProofError(f"the quorum of witnesses is not met: {len(times)} of {len(names)} cosigned")
        return CosignedAt(time, tuple(sorted(key.name for key in times)))

    @cached_property
    def groups_by_name(self) -> Mapping[str, PolicyGroup]:
        """The groups by their name."""
        return {group.name: group for group in self.groups}


@dataclass(frozen=True)
class Policies:
    """Several policies that a checkpoint has to meet together, such as the trust root's and the verifier's own."""

    each: tuple[Policy, ...]

    def check_checkpoint(self, signed: SignedCheckpoint) -> CosignedAt:
        """Return when the last of the policies was met. One that names no log leaves the log to the others.

        Raises ProofError.
        """
        naming = [policy for policy in self.each if policy.logs]
        if not naming:
            raise ProofError("no policy names a log, so none can say whose checkpoint this is")
        for policy in naming:
            policy.check_log(signed)
        met = [policy.check_quorum(signed) for policy in self.each]
        witnesses = sorted({name for cosigned in met for name in cosigned.witnesses})
        return CosignedAt(max(cosigned.time for cosigned in met), tuple(witnesses))


def quorum_time(policy: Policy, timestamps: Mapping[str, int]) -> int | None:
    """Return the smallest time at which these cosignatures meet the quorum, or None when they never do.

    ``timestamps`` holds verified cosignature times by the policy's witness names. A policy that asks for no cosignature
    is met at 0, a time so early that it dates nothing.
    """
    return 0 if policy.quorum == NO_QUORUM else _time_of(policy, policy.quorum, timestamps)


def _time_of(policy: Policy, name: str, timestamps: Mapping[str, int]) -> int | None:
    group = policy.groups_by_name.get(name)
    if group is None:
        return timestamps.get(name)
    times = sorted(time for member in group.members if (time := _time_of(policy, member, timestamps)) is not None)
    return times[group.threshold - 1] if len(times) >= group.threshold else None
