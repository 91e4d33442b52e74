"""Collecting cosignatures: all witnesses of the policy are asked at once; their lines stand in the policy's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.errors import PublishRefusedError
from registry.witness.client import Cosigned, KnowsOtherSize, WitnessClient
from verifier.errors import MarkError, RefusedError
from verifier.log.cosignature import verify_cosignature

if TYPE_CHECKING:
    from verifier.log.checkpoint import SignedCheckpoint
    from verifier.log.note import NoteSignature
    from verifier.log.tlog_policy import Policy, PolicyWitness

Proof = Callable[[int], list[bytes]]
"""Returns the consistency proof from an older size to the checkpoint's."""


@dataclass(frozen=True)
class Collected:
    """The checkpoint with every cosignature that verified, and why the other witnesses gave none."""

    signed: SignedCheckpoint
    absent: dict[str, str]


class Cosigners:
    """The witnesses of a policy, each behind its client, by its name in the policy."""

    def __init__(self, policy: Policy, clients: Mapping[str, WitnessClient]) -> None:
        self._policy = policy
        self._clients = clients
        self._known: dict[str, int] = {}

    def collect(self, signed: SignedCheckpoint, *, published: int, proof: Proof) -> Collected:
        """Ask every witness. ``published`` is the size that each is expected to have cosigned last.

        Raises PublishRefusedError when a witness has cosigned a larger tree than this one.
        """
        witnesses = [one for one in self._policy.witnesses if one.name in self._clients]
        absent = {one.name: "no address is set" for one in self._policy.witnesses if one not in witnesses}
        # Proofs are made here, one after the other: what they read is not shared between threads.
        proofs = {size: proof(size) for size in {self._old_size(one, published) for one in witnesses}}
        with ThreadPoolExecutor(max_workers=max(1, len(witnesses))) as threads:
            first = list(
                threads.map(lambda one: self._ask(one, self._old_size(one, published), proofs, signed), witnesses)
            )
        lines = []
        for witness, answer in zip(witnesses, first, strict=True):
            settled = self._ask_again(witness, answer, signed, proof) if isinstance(answer, int) else answer
            if isinstance(settled, str):
                absent[witness.name] = settled
            elif not isinstance(settled, int):
                self._known[witness.name] = signed.checkpoint.size
                lines.append(settled)
        return Collected(signed.adding(*lines), absent)

    def _old_size(self, witness: PolicyWitness, published: int) -> int:
        return self._known.get(witness.name, published)

    def _ask(
        self, witness: PolicyWitness, old_size: int, proofs: Mapping[int, list[bytes]], signed: SignedCheckpoint
    ) -> NoteSignature | int | str:
        """Return the line, the size that the witness stands at instead, or why it gave none."""
        try:
            answer = self._clients[witness.name].submit(old_size, proofs[old_size], signed)
            if isinstance(answer, KnowsOtherSize):
                return answer.size
            return _own_line(witness, answer, signed)
        except MarkError as error:
            return error.message

    def _ask_again(
        self, witness: PolicyWitness, size: int, signed: SignedCheckpoint, proof: Proof
    ) -> NoteSignature | int | str:
        if size > signed.checkpoint.size:
            raise PublishRefusedError(
                f"the witness {witness.name} has cosigned {size} entries, the log holds {signed.checkpoint.size}",
                hint="The database is older than what was published: recover the log before publishing.",
            )
        again = self._ask(witness, size, {size: proof(size)}, signed)
        return "the witness moved while it was asked" if isinstance(again, int) else again


def _own_line(witness: PolicyWitness, answer: Cosigned, signed: SignedCheckpoint) -> NoteSignature:
    for line in answer.signatures:
        if line.claims(witness.key):
            verify_cosignature(witness.key, line, signed)
            return line
    raise RefusedError("it answered without its own cosignature")
