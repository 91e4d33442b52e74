"""Collecting cosignatures: all witnesses of the policy are asked at once; their lines stand in the policy's order.

What a witness says is believed only where it shows the log's own signature: one that claims a larger tree, or refuses,
is asked for the checkpoint it cosigned. A claim without that evidence makes the witness absent, never stops the log.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from registry.errors import DatabaseBehindError, LogForkedError
from registry.publishing.publisher_refusals import RECOVER, TWO_HISTORIES
from registry.witness.client import Cosigned, KnowsOtherSize, WitnessClient
from verifier.errors import EvidenceError, MarkError, NotFoundError, RefusedError
from verifier.log.cosignature import verify_cosignature
from verifier.log.merkle import verify_consistency

if TYPE_CHECKING:
    from verifier.log.checkpoint import Checkpoint, SignedCheckpoint
    from verifier.log.note import NoteSignature
    from verifier.log.tlog_policy import Policy, PolicyWitness

Proof = Callable[[int], list[bytes]]
"""Returns the consistency proof from an older size to the checkpoint's."""


@dataclass(frozen=True)
class Collected:
    """The checkpoint with every cosignature that verified, and why the other witnesses gave none."""

    signed: SignedCheckpoint
    absent: dict[str, str]


@dataclass(frozen=True)
class WitnessedHeads:
    """The newest checkpoint that each witness shows, under the log's verified signature, and who shows none, why."""

    heads: dict[str, Checkpoint]
    absent: dict[str, str]


@dataclass(frozen=True)
class _Objection:
    """A witness will not cosign; ``size`` is the one that it claims to know, if it claims one."""

    message: str
    size: int | None = None


class ShowsCheckpoint(Protocol):
    """A witness that can be asked for the newest checkpoint it cosigned (C2SP tlog-witness, monitoring)."""

    def latest(self, origin: str) -> SignedCheckpoint:
        """Return it, unverified. Raises NotFoundError when there is none, UnavailableError, MalformedError."""
        ...


def witnessed_heads(policy: Policy, origin: str, witnesses: Mapping[str, ShowsCheckpoint]) -> WitnessedHeads:
    """Ask every witness of the policy what it cosigned last. One that has cosigned nothing is in neither list."""
    asked = [one for one in policy.witnesses if one.name in witnesses]
    absent = _without_address(policy, witnesses)
    found: dict[str, Checkpoint] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as threads:
        answers = list(threads.map(lambda one: _head(policy, origin, witnesses[one.name]), asked))
    for witness, answer in zip(asked, answers, strict=True):
        if isinstance(answer, str):
            absent[witness.name] = answer
        elif answer is not None:
            found[witness.name] = answer
    return WitnessedHeads(found, absent)


class Cosigners:
    """The witnesses of a policy, each behind its client, by its name in the policy."""

    def __init__(self, policy: Policy, clients: Mapping[str, WitnessClient]) -> None:
        self._policy = policy
        self._clients = clients
        self._known: dict[str, int] = {}

    def heads(self, origin: str) -> WitnessedHeads:
        """Ask every witness what it cosigned last."""
        return witnessed_heads(self._policy, origin, self._clients)

    def collect(self, signed: SignedCheckpoint, *, published: int, proof: Proof) -> Collected:
        """Ask every witness. ``published`` is the size that each is expected to have cosigned last.

        Raises DatabaseBehindError or LogForkedError when a witness shows that the log key signed a tree which this one
        does not extend.
        """
        witnesses = [one for one in self._policy.witnesses if one.name in self._clients]
        absent = _without_address(self._policy, self._clients)
        # Proofs are made here, one after the other: what they read is not shared between threads.
        proofs = {size: proof(size) for size in {self._old_size(one, published) for one in witnesses}}
        with ThreadPoolExecutor(max_workers=max(1, len(witnesses))) as threads:
            first = list(
                threads.map(lambda one: self._ask(one, self._old_size(one, published), proofs, signed), witnesses)
            )
        lines = []
        for witness, answer in zip(witnesses, first, strict=True):
            settled = self._settle(witness, answer, signed, proof) if isinstance(answer, _Objection) else answer
            if isinstance(settled, str):
                absent[witness.name] = settled
            else:
                self._known[witness.name] = signed.checkpoint.size
                lines.append(settled)
        return Collected(signed.adding(*lines), absent)

    def _old_size(self, witness: PolicyWitness, published: int) -> int:
        return self._known.get(witness.name, published)

    def _ask(
        self, witness: PolicyWitness, old_size: int, proofs: Mapping[int, list[bytes]], signed: SignedCheckpoint
    ) -> NoteSignature | _Objection | str:
        """Return the line, what the witness objects, or why it gave none."""
        try:
            answer = self._clients[witness.name].submit(old_size, proofs[old_size], signed)
            if isinstance(answer, KnowsOtherSize):
                return _Objection("the witness moved while it was asked", answer.size)
            return _own_line(witness, answer, signed)
        except RefusedError as error:
            return _Objection(error.message)
        except MarkError as error:
            return error.message

    def _settle(
        self, witness: PolicyWitness, objection: _Objection, signed: SignedCheckpoint, proof: Proof
    ) -> NoteSignature | str:
        if objection.size is not None and objection.size <= signed.checkpoint.size:
            size = objection.size
            again = self._ask(witness, size, {size: proof(size)}, signed)
            if not isinstance(again, _Objection):
                return again
            objection = again
        shown = _head(self._policy, signed.checkpoint.origin, self._clients[witness.name])
        if shown is not None and not isinstance(shown, str):
            _refuse_contradiction(witness, shown, signed.checkpoint, proof)
        return objection.message


def _without_address(policy: Policy, addressed: Container[str]) -> dict[str, str]:
    return {one.name: "no address is set" for one in policy.witnesses if one.name not in addressed}


def _head(policy: Policy, origin: str, witness: ShowsCheckpoint) -> Checkpoint | str | None:
    """Return the checkpoint that a witness shows, None when it has none, or why nothing can be said."""
    try:
        shown = witness.latest(origin)
        policy.check_log(shown)
    except NotFoundError:
        return None
    except MarkError as error:
        return error.message
    return shown.checkpoint if shown.checkpoint.origin == origin else "it shows another log"


def _refuse_contradiction(witness: PolicyWitness, shown: Checkpoint, ours: Checkpoint, proof: Proof) -> None:
    if shown.size > ours.size:
        raise DatabaseBehindError(
            f"the witness {witness.name} has cosigned {shown.size} entries, the log holds {ours.size}", hint=RECOVER
        )
    try:
        verify_consistency(
            old_size=shown.size, new_size=ours.size, old_root=shown.root, new_root=ours.root, path=proof(shown.size)
        )
    except EvidenceError as error:
        raise LogForkedError(
            f"the witness {witness.name} has cosigned another tree of {shown.size} entries", hint=TWO_HISTORIES
        ) from error


def _own_line(witness: PolicyWitness, answer: Cosigned, signed: SignedCheckpoint) -> NoteSignature:
    for line in answer.signatures:
        if line.claims(witness.key):
            verify_cosignature(witness.key, line, signed)
            return line
    raise RefusedError("it answered without its own cosignature")
