"""Forged checkpoints of one registry, by kind and from a seed: what a thief, a lying log or a bad witness could show.

Each kind says how every reader has to refuse it: a policy (which remembers nothing), an auditor, a monitor and a copy
of the directory that have seen the newest checkpoint, and the verdict on a mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.scenario.simulator import RegistrySimulator
from verifier.audit.kinds import Code
from verifier.encoding import b64
from verifier.errors import EvidenceError, MalformedError, MarkError, NotFoundError, ProofError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import EMPTY_ROOT
from verifier.log.note import Note, NoteSignature, NoteSigner
from verifier.log.tree import root_at
from verifier.verdict import CheckName

TIME_BYTES = 8


@dataclass(frozen=True)
class Forger:
    """Everything of a registry that its worst operator holds, and a source of chance."""

    sim: RegistrySimulator
    chance: Random

    @property
    def head(self) -> Checkpoint:
        """The newest checkpoint."""
        sim = self.sim
        return Checkpoint(sim.log_signer.key.name, sim.published, root_at(sim.tree, sim.published))

    def key(self) -> Ed25519PrivateKey:
        """Return a new key."""
        return Ed25519PrivateKey.from_private_bytes(self.chance.randbytes(32))

    def some(self, count: int) -> list[Cosigner]:
        """Return so many witnesses, in any order."""
        return self.chance.sample(self.sim.witnesses, count)

    def time(self) -> int:
        """Return a time of the last minute."""
        return self.sim.now - self.chance.randrange(60)

    def signed(self, checkpoint: Checkpoint, *, by: NoteSigner | None = None) -> SignedCheckpoint:
        """Return the checkpoint under the log's signature, or somebody's."""
        text = checkpoint.serialize()
        return SignedCheckpoint(Note(text, ((by or self.sim.log_signer).sign(text),)), checkpoint)

    def cosigned(
        self, signed: SignedCheckpoint, witnesses: list[Cosigner], *, over: SignedCheckpoint | None = None
    ) -> SignedCheckpoint:
        """Return the checkpoint with cosignatures, made over another one where that is given."""
        return signed.adding(*(one.cosign(over or signed, self.time()) for one in witnesses))

    def witnessed(self, checkpoint: Checkpoint) -> bytes:
        """Return the checkpoint as log and a quorum of witnesses would sign it together."""
        return self.cosigned(self.signed(checkpoint), self.some(3)).serialize()


Forge = Callable[[Forger], bytes]


@dataclass(frozen=True)
class Kind:
    """How to forge, and how each reader refuses.

    ``policy`` and ``audit`` are None where a reader without a memory has nothing to refuse: log and witnesses signed.
    Of several codes or checks, one has to be among those told.
    """

    forge: Forge
    policy: type[MarkError] | None
    audit: frozenset[Code] | type[MarkError] | None
    monitor: frozenset[Code]
    copy: type[MarkError]
    verdict: frozenset[CheckName]


def honest(forger: Forger) -> bytes:
    """Return the newest checkpoint, cosigned anew by any quorum at any time, its lines in any order."""
    signed = forger.cosigned(forger.signed(forger.head), forger.some(forger.chance.choice((3, 4))))
    lines = list(signed.note.signatures)
    forger.chance.shuffle(lines)
    return Note(signed.note.text, tuple(lines)).serialize()


# --- what log and witnesses agree on, and memory tells ---------------------------------------------------------------


def _older(forger: Forger) -> bytes:
    size = forger.chance.randrange(1, forger.head.size)
    return forger.witnessed(replace(forger.head, size=size, root=root_at(forger.sim.tree, size)))


def _forked(forger: Forger) -> bytes:
    return forger.witnessed(replace(forger.head, root=forger.chance.randbytes(32)))


def _forked_before(forger: Forger) -> bytes:
    return forger.witnessed(
        replace(forger.head, size=forger.chance.randrange(1, forger.head.size), root=forger.chance.randbytes(32))
    )


def _empty(forger: Forger) -> bytes:
    return forger.witnessed(replace(forger.head, size=0, root=EMPTY_ROOT))


# --- witnesses -------------------------------------------------------------------------------------------------------


def _too_few(forger: Forger) -> bytes:
    return forger.cosigned(forger.signed(forger.head), forger.some(forger.chance.randrange(3))).serialize()


def _strangers(forger: Forger) -> bytes:
    strangers = [Cosigner(f"stranger-{at}.example", forger.key()) for at in range(4)]
    return forger.cosigned(forger.signed(forger.head), [*forger.some(2), *strangers]).serialize()


def _namesake(forger: Forger) -> bytes:
    *two, third = forger.some(3)
    return forger.cosigned(forger.signed(forger.head), [*two, Cosigner(third.key.name, forger.key())]).serialize()


def _twice(forger: Forger) -> bytes:
    signed = forger.signed(forger.head)
    lines = [one.cosign(signed, forger.sim.now - age) for one in forger.some(2) for age in range(4)]
    return signed.adding(*forger.chance.sample(lines, len(lines))).serialize()


def _same_line_twice(forger: Forger) -> bytes:
    signed = forger.cosigned(forger.signed(forger.head), forger.some(2))
    log, first, second = signed.note.signatures
    return Note(signed.note.text, (log, first, second, first, second)).serialize()


def _moved(change: Callable[[Forger, Checkpoint], Checkpoint]) -> Forge:
    """Return a forgery whose third cosignature was made over a changed checkpoint."""

    def forge(forger: Forger) -> bytes:
        signed = forger.signed(forger.head)
        *two, third = forger.some(3)
        other = forger.signed(change(forger, forger.head))
        return forger.cosigned(forger.cosigned(signed, two), [third], over=other).serialize()

    return forge


def _redated(forger: Forger) -> bytes:
    signed = forger.cosigned(forger.signed(forger.head), forger.some(3))
    *others, last = signed.note.signatures
    time = forger.sim.now - 61 - forger.chance.randrange(10_000)
    last = replace(last, signature=time.to_bytes(TIME_BYTES) + last.signature[TIME_BYTES:])
    return Note(signed.note.text, (*others, last)).serialize()


def _undated(forger: Forger) -> bytes:
    *two, third = forger.some(3)
    signed = forger.cosigned(forger.signed(forger.head), two)
    return signed.adding(third.cosign(signed, 0)).serialize()


def _by_the_log(forger: Forger) -> bytes:
    """The log signs the text of a cosignature itself, in the name of the third witness."""
    *two, third = forger.some(3)
    signed = forger.cosigned(forger.signed(forger.head), two)
    time = forger.time().to_bytes(TIME_BYTES)
    line = forger.sim.log_signer.sign(f"cosignature/v1\ntime {int.from_bytes(time)}\n{signed.note.text}")
    return signed.adding(NoteSignature(third.key.name, third.key.id, time + line.signature)).serialize()


# --- the log's signature ---------------------------------------------------------------------------------------------


def _thief(forger: Forger) -> bytes:
    thief = NoteSigner(forger.head.origin, forger.key())
    return forger.cosigned(forger.signed(forger.head, by=thief), forger.some(3)).serialize()


def _unsigned(forger: Forger) -> bytes:
    signed = forger.cosigned(forger.signed(forger.head), forger.some(3))
    return Note(signed.note.text, signed.note.signatures[1:]).serialize()


def _other_origin(forger: Forger) -> bytes:
    origin = f"registry-{forger.chance.randrange(1000)}.example/log"
    return forger.witnessed(replace(forger.head, origin=origin))


def _other_origin_own_key(forger: Forger) -> bytes:
    origin = f"registry-{forger.chance.randrange(1000)}.example/log"
    signed = forger.signed(replace(forger.head, origin=origin), by=NoteSigner(origin, forger.key()))
    return forger.cosigned(signed, forger.some(3)).serialize()


def _edited(change: Callable[[Forger, Checkpoint], Checkpoint]) -> Forge:
    """Return a forgery whose text was changed after everybody had signed."""

    def forge(forger: Forger) -> bytes:
        signed = forger.cosigned(forger.signed(forger.head), forger.some(3))
        return Note(change(forger, forger.head).serialize(), signed.note.signatures).serialize()

    return forge


def _longer(forger: Forger, head: Checkpoint) -> Checkpoint:
    return replace(head, size=head.size + forger.chance.randrange(1, 1000))


def _another_root(forger: Forger, head: Checkpoint) -> Checkpoint:
    return replace(head, root=forger.chance.randbytes(32))


def _extended(forger: Forger, head: Checkpoint) -> Checkpoint:
    return replace(head, extensions=(f"extension {forger.chance.randrange(1000)}",))


def _elsewhere(forger: Forger, head: Checkpoint) -> Checkpoint:
    return replace(head, origin=f"registry-{forger.chance.randrange(1000)}.example/log")


def _smaller(forger: Forger, head: Checkpoint) -> Checkpoint:
    size = forger.chance.randrange(1, head.size)
    return replace(head, size=size, root=root_at(forger.sim.tree, size))


# --- bytes -----------------------------------------------------------------------------------------------------------


def _written(change: Callable[[Forger, str], str]) -> Forge:
    """Return a forgery whose text is no checkpoint, signed and cosigned as it stands."""

    def forge(forger: Forger) -> bytes:
        text = change(forger, forger.head.serialize())
        signed = SignedCheckpoint(Note(text, (forger.sim.log_signer.sign(text),)), forger.head)
        return forger.cosigned(signed, forger.some(3)).serialize()

    return forge


def _number(written: Callable[[int], str]) -> Callable[[Forger, str], str]:
    return lambda forger, text: text.replace(f"\n{forger.head.size}\n", f"\n{written(forger.head.size)}\n", 1)


def _flipped(forger: Forger) -> bytes:
    note = bytearray(forger.cosigned(forger.signed(forger.head), forger.some(3)).serialize())
    note[forger.chance.randrange(len(note))] ^= 1 << forger.chance.randrange(8)
    return bytes(note)


def _cut(forger: Forger) -> bytes:
    note = forger.cosigned(forger.signed(forger.head), forger.some(3)).serialize()
    return note[: forger.chance.randrange(len(note))]


def _of_memory(forge: Forge, code: Code, copy: type[MarkError] = NotFoundError) -> Kind:
    return Kind(forge, None, None, frozenset({code}), copy, frozenset({CheckName.HISTORY}))


def _of_witnesses(forge: Forge, code: Code) -> Kind:
    codes = frozenset({code})
    return Kind(forge, ProofError, codes, codes, ProofError, frozenset({CheckName.WITNESSES}))


def _of_log(forge: Forge) -> Kind:
    codes = frozenset({Code.LOG_SIGNATURE_BAD})
    return Kind(forge, ProofError, codes, codes, ProofError, frozenset({CheckName.CHECKPOINT}))


def _of_form(forge: Forge) -> Kind:
    codes, checks = frozenset({Code.MALFORMED_FILE}), frozenset({CheckName.CHECKPOINT})
    return Kind(forge, MalformedError, MalformedError, codes, MalformedError, checks)


_OF_DAMAGE = frozenset({Code.LOG_SIGNATURE_BAD, Code.QUORUM_MISSING, Code.MALFORMED_FILE})
_CHECKS_OF_DAMAGE = frozenset({CheckName.CHECKPOINT, CheckName.WITNESSES})

KINDS: dict[str, Kind] = {
    "older than the highest seen": _of_memory(_older, Code.ROLLED_BACK),
    "forked at the same size": _of_memory(_forked, Code.HISTORY_REWRITTEN, ProofError),
    "forked at an older size": _of_memory(_forked_before, Code.ROLLED_BACK),
    "of size 0": _of_memory(_empty, Code.ROLLED_BACK),
    "cosigned by too few": _of_witnesses(_too_few, Code.QUORUM_MISSING),
    "cosigned by strangers": _of_witnesses(_strangers, Code.QUORUM_MISSING),
    "cosigned by a namesake": _of_witnesses(_namesake, Code.QUORUM_MISSING),
    "two witnesses, each at four times": _of_witnesses(_twice, Code.QUORUM_MISSING),
    "two witnesses, each line twice": _of_witnesses(_same_line_twice, Code.QUORUM_MISSING),
    "a cosignature of another origin": _of_witnesses(_moved(_elsewhere), Code.COSIGNATURE_BAD),
    "a cosignature of another size": _of_witnesses(_moved(_smaller), Code.COSIGNATURE_BAD),
    "a cosignature of another root": _of_witnesses(_moved(_another_root), Code.COSIGNATURE_BAD),
    "a cosignature with another time": _of_witnesses(_redated, Code.COSIGNATURE_BAD),
    "a cosignature without a time": _of_witnesses(_undated, Code.COSIGNATURE_BAD),
    "a cosignature by the log": _of_witnesses(_by_the_log, Code.COSIGNATURE_BAD),
    "signed by an unknown key": _of_log(_thief),
    "signed by witnesses only": _of_log(_unsigned),
    "of another origin": _of_log(_other_origin),
    "of another origin under its own key": _of_log(_other_origin_own_key),
    "with another root, edited": _of_log(_edited(_another_root)),
    "with another size, edited": _of_log(_edited(_longer)),
    "with another origin, edited": _of_log(_edited(_elsewhere)),
    "with an extension line, edited": _of_log(_edited(_extended)),
    "a leading zero": _of_form(_written(_number(lambda size: f"0{size}"))),
    "a negative size": _of_form(_written(_number(lambda size: f"-{size}"))),
    "a size of 2**63": _of_form(_written(_number(lambda size: str(2**63 + size)))),
    "a size in other digits": _of_form(_written(_number(lambda size: chr(0x660 + size % 10)))),
    "a root of 31 bytes": _of_form(_written(lambda forger, text: text.replace(b64(forger.head.root), b64(bytes(31))))),
    "a root without padding": _of_form(_written(lambda forger, text: text.replace("=\n", "\n"))),
    "an empty line": _of_form(_written(lambda forger, text: text.replace("\n", "\n\n", 1))),
    "CRLF": _of_form(_written(lambda forger, text: text.replace("\n", "\r\n"))),
    "cut off": Kind(_cut, EvidenceError, EvidenceError, _OF_DAMAGE, EvidenceError, _CHECKS_OF_DAMAGE),
    "one bit flipped": Kind(_flipped, EvidenceError, EvidenceError, _OF_DAMAGE, EvidenceError, _CHECKS_OF_DAMAGE),
}
