"""Vectors of what stands on the wire between a log and a witness: requests, what is answered, and the size of a 409."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.vectors.cases import Case, accepted, rejected, replaced, vector_file
from tests.vectors.generate_log import LOG, ORIGIN, STRANGER, TIME, private_key
from verifier.encoding import b64, b64u
from verifier.log.add_checkpoint import SIZE_TYPE, AddCheckpoint
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.merkle import EMPTY_ROOT, leaf_hash
from verifier.log.note import NoteSigner
from verifier.log.tree import MemoryTree, consistency_path, root_at


def story(name: str) -> MemoryTree:
    """Return a tree of 12 leaves; all stories agree on the first five."""
    tree = MemoryTree()
    for index in range(12):
        tree.append(leaf_hash(f"{'shared' if index < 5 else name} {index}".encode()))
    return tree


TRUE, FALSE = story("true"), story("false")


def witness_vectors() -> dict[str, Any]:
    """Return the content of witness.json."""
    return vector_file(
        "add-checkpoint: the request, what the witness cosigned last for the origin, and the answer",
        "c2sp.org/tlog-witness@v1.0.0; docs/specification/witness.md",
        [*_answered(), *_declined(), *_malformed(), *_sizes()],
        keys=[str(LOG.key)],
    )


def _at(tree: MemoryTree, size: int, signer: NoteSigner = LOG) -> SignedCheckpoint:
    return sign_checkpoint(Checkpoint(ORIGIN, size, root_at(tree, size)), signer)


def _growth(old: int, new: int, tree: MemoryTree = TRUE) -> AddCheckpoint:
    return AddCheckpoint(old, tuple(consistency_path(tree, old, new)), _at(tree, new))


def _given(request: AddCheckpoint | str, cosigned: int) -> dict[str, Any]:
    body = request if isinstance(request, str) else request.serialize().decode()
    return {"request": body, "cosigned": {"size": cosigned, "root": b64u(root_at(TRUE, cosigned))}}


def _case(name: str, request: AddCheckpoint, cosigned: int, status: int, why: str) -> Case:
    told = {"body": f"{cosigned}\n", "content_type": SIZE_TYPE} if status == 409 else {}
    expect = {"status": status, "size": request.signed.checkpoint.size, **told}
    return accepted(name, _given(request, cosigned), why, expect)


def _answered() -> list[Case]:
    noisy = _growth(3, 7)
    noisy = replace(noisy, signed=noisy.signed.adding(STRANGER.cosign(noisy.signed, TIME)))
    empty = AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG))
    return [
        _case("the first checkpoint", _growth(0, 7), 0, 200, "a proof from nothing is empty"),
        _case("an empty log", empty, 0, 200, "0 is written 0"),
        _case("growth", _growth(3, 7), 3, 200, "the proof holds"),
        _case("growth from a power of two", _growth(4, 12), 4, 200, "the old root is a node of the new tree"),
        _case("the same checkpoint again", _growth(7, 7), 7, 200, "an equal tree is cosigned again"),
        _case("a line of a stranger", noisy, 3, 200, "signatures of unknown keys are ignored"),
    ]


def _declined() -> list[Case]:
    growth = _growth(3, 7)
    thief = NoteSigner(ORIGIN, private_key("thief"))
    other = NoteSigner("other.example/log", private_key("log"))
    foreign = sign_checkpoint(replace(growth.signed.checkpoint, origin="other.example/log"), other)
    wrong_empty = AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG))
    return [
        _case("another origin", replace(growth, signed=foreign), 3, 404, "the origin is unknown"),
        _case("a stranger's signature", replace(growth, signed=_at(TRUE, 7, thief)), 3, 403, "a trusted key signs"),
        _case("an old size above the new one", AddCheckpoint(8, (), _at(TRUE, 7)), 8, 400, "a log does not shrink"),
        _case("an old size below the cosigned one", _growth(3, 12), 7, 409, "the old size is the cosigned one"),
        _case("an old size above the cosigned one", _growth(9, 12), 7, 409, "the old size is the cosigned one"),
        _case("an old size where nothing was cosigned", _growth(3, 12), 0, 409, "the old size is 0 then"),
        _case("a rollback", _growth(3, 5), 9, 409, "the old size is the cosigned one"),
        _case("no proof", replace(growth, proof=()), 3, 422, "the proof has to hold"),
        _case("a hash too many", replace(growth, proof=(*growth.proof, bytes(32))), 3, 422, "the proof has to hold"),
        _case("a hash too few", replace(growth, proof=growth.proof[:-1]), 3, 422, "the proof has to hold"),
        _case("another history", _growth(7, 12, FALSE), 7, 422, "the proof has to hold"),
        _case("another root of the same size", _growth(7, 7, FALSE), 7, 422, "one size has one root"),
        _case("a proof from nothing", replace(_growth(0, 7), proof=(EMPTY_ROOT,)), 0, 422, "it is empty"),
        _case("an empty tree with a root", wrong_empty, 0, 422, "the root of nothing is SHA-256 of nothing"),
    ]


def _malformed() -> list[Case]:
    good = _growth(3, 7).serialize().decode()
    hash_line = good.split("\n")[1]

    def case(name: str, old: str, new: str, why: str) -> Case:
        return rejected(name, _given(replaced(good, (old, new)), 3), why)

    return [
        case("no old line", "old 3\n", "", "the old size comes first"),
        case("another word", "old 3", "new 3", "the old size comes first"),
        case("two spaces", "old 3", "old  3", "one space"),
        case("a leading zero", "old 3", "old 03", "no leading zeros"),
        case("a negative size", "old 3", "old -1", "ASCII digits"),
        case("other digits", "old 3", "old \u0663", "ASCII digits"),
        case("a size of 2**63", "old 3", f"old {2**63}", "sizes lie below 2^63"),
        case("a carriage return", "old 3\n", "old 3\r\n", "lines end in a newline"),
        case("64 hashes", "old 3\n", "old 3\n" + f"{b64(bytes(32))}\n" * 64, "at most 63 hashes"),
        case("a hash of 31 bytes", hash_line, b64(bytes(31)), "hashes are 32 bytes"),
        case("a hash without padding", hash_line, hash_line.rstrip("="), "base64 is canonical"),
        case("no empty line", f"\n\n{ORIGIN}", f"\n{ORIGIN}", "an empty line before the checkpoint"),
        case("no checkpoint", good.partition("\n\n")[2], "", "a checkpoint follows"),
        case("a checkpoint without a signature", good.rpartition("\n\n")[2], "", "the checkpoint is a signed note"),
    ]


def _sizes() -> list[Case]:
    def told(body: str) -> dict[str, Any]:
        return {"answer": body}

    return [
        accepted("a size", told("7\n"), "a decimal number and a newline", {"size": 7}),
        accepted("size 0", told("0\n"), "a decimal number and a newline", {"size": 0}),
        rejected("a size without a newline", told("7"), "a decimal number and a newline"),
        rejected("a size with a leading zero", told("07\n"), "no leading zeros"),
        rejected("a size of 2**63, told", told(f"{2**63}\n"), "sizes lie below 2^63"),
        rejected("two sizes", told("7\n8\n"), "one number"),
        rejected("no size", told("\n"), "a decimal number and a newline"),
        rejected("a size in words", told("seven\n"), "a decimal number and a newline"),
    ]
